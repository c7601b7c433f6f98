"""The line editor: keys over a terminal, one line (or pasted lines) at a time.

It uses the kernel's read, write and termios alone, so the page and the command line share it. What the keys do is
in interactive_editing, interactive_recall and interactive_choosing; which key does it, in interactive_keymap.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from orchestrator.shell.interactive_choosing import CHOOSING
from orchestrator.shell.interactive_editing import EDITING, KILLS, interrupt
from orchestrator.shell.interactive_history import HistoryWalk
from orchestrator.shell.interactive_inputrc import keymap_of, read_init_file
from orchestrator.shell.interactive_keymap import key_name
from orchestrator.shell.interactive_keys import EndOfInput, Key, KeyReader
from orchestrator.shell.interactive_line import KillRing, Line
from orchestrator.shell.interactive_recall import RECALL, go
from orchestrator.shell.interactive_screen import Screen
from orchestrator.shell.interactive_vi import ViMode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from orchestrator.kernel.termios import Termios
    from orchestrator.shell.interactive_keymap import Bound
    from orchestrator.shell.shell import Shell

PASTE_ON, PASTE_OFF = "\x1b[?2004h", "\x1b[?2004l"
ESCAPE_WAIT = 50_000_000
"""Nanoseconds in which the rest of a key's sequence has to come."""
MOST_TYPED = 10_000
"""Keys that a macro may type, macros in macros counted."""
MOST_COUNT = 1_000_000 // 1000


class Editor:
    """Edits lines for one shell; keeps the kill ring between them."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell
        self.system = shell.system
        self.keymap = keymap_of(shell)
        self.kills = KillRing()
        self.keys = KeyReader(self._read_byte, self._escape_is_alone)
        self.screen = Screen(self.write, self._columns())
        self.prompt = ""
        self.line = Line()
        self.walk = HistoryWalk([])
        self.vi = ViMode(self)
        self.pending: Key | None = None
        self._unused: list[Key] = []
        self.last_function = ""
        self.count, self.explicit = 1, False
        self.accepted = self.overwriting = False
        self.next_entry: int | None = None
        # what single commands remember between presses
        self.arguments_back = 0
        self.argument_index: int | None = None
        self.wanted = ""
        self.menu: list[str] = []
        self.menu_at = self.menu_start = 0
        self.macro: list[bytes] | None = None
        self.last_macro = b""
        self._typed = b""
        self._typed_count = 0
        self._cooked: Termios | None = None

    # --- the terminal ---

    def write(self, text: str) -> None:
        """Send something to the terminal."""
        self.shell.error_text(text)

    def _columns(self) -> int:
        try:
            return self.system.winsize(0).columns or 80
        except OSError:
            return 80

    def _read_byte(self) -> bytes:
        """Return the next byte, a macro's first. A resize while waiting draws the line anew."""
        if self._typed:
            byte, self._typed = self._typed[:1], self._typed[1:]
            return byte
        byte = self._from_terminal()
        if self.macro is not None:
            self.macro.append(byte)
        return byte

    def _from_terminal(self) -> bytes:
        self._typed_count = 0
        while True:
            if not self.system.file(0).readable():
                self.draw()
            try:
                return self.system.read(0, 1)
            except InterruptedError:
                self.shell.take_signals()
                self.resized()
            except OSError:
                return b""

    def _escape_is_alone(self) -> bool:
        """In vi mode, an Escape behind which nothing comes for a moment is a key of its own."""
        if not self.shell.options.vi or self._typed:
            return False
        return not self.system.poll([(0, True, False)], ESCAPE_WAIT)[0][0]

    def type_keys(self, text: str) -> None:
        """Let keys be read before those of the terminal (a macro). Too many at once are refused with a bell."""
        data = text.encode("utf-8", "surrogateescape")
        self._typed_count += len(data)
        if self._typed_count > MOST_TYPED:
            self.screen.bell()
            return
        self._typed = data + self._typed

    def resized(self) -> None:
        """Take over the window's width."""
        columns = self._columns()
        if columns != self.screen.columns:
            self.screen.resize(columns)

    def draw(self) -> None:
        """Show the line as it is now."""
        self.screen.draw(self.prompt, self.line.text, self.line.point)

    def say(self, message: str) -> None:
        """Print a line of text below the line being edited, which is drawn anew behind it."""
        self.screen.show_below(self.prompt, self.line.text, message + "\n")

    @contextmanager
    def cooked(self) -> Iterator[None]:
        """Give the terminal to a command meanwhile, in the state it had before editing."""
        raw = self.system.tcgetattr(0)
        if self._cooked is not None:
            self.system.tcsetattr(0, self._cooked)
        self.write(PASTE_OFF)
        try:
            yield
        finally:
            self.system.tcsetattr(0, raw)
            self.write(PASTE_ON)
            self.screen.forget()

    # --- one line ---

    def read_line(self, prompt: str, history: list[str], initial: str = "") -> str | None:
        """Let the user edit a line; return it with its newline, None at the end of input.

        Raises: Interrupted for Ctrl-C. The terminal is as it was when this returns.
        """
        before = self._cooked = self.system.tcgetattr(0)
        raw = replace(before.cbreak(), signals=False, flow=False, extended=False)
        self.system.tcsetattr(0, raw)
        paste = self.keymap.is_on("enable-bracketed-paste")
        self.write(PASTE_ON if paste else "")
        try:
            return self._edit(prompt, history, initial)
        finally:
            self.write(PASTE_OFF if paste else "")
            self.system.tcsetattr(0, before)

    def _edit(self, prompt: str, history: list[str], initial: str) -> str | None:
        head, newline, self.prompt = prompt.rpartition("\n")
        self.write(head.replace("\x01", "").replace("\x02", "") + newline)
        self.screen.forget()
        self.resized()
        self.line = Line(initial)
        self.walk = HistoryWalk(history)
        self.last_function = ""
        self.accepted = self.overwriting = False
        self._start()
        try:
            while not self.accepted:
                key = self.next_key()
                if key.name == "C-d" and not self.line.text:
                    return None
                self.press(key)
        except EndOfInput:
            return None
        self.screen.finish(self.prompt, self.line.text)
        return self.line.text + "\n"

    def _start(self) -> None:
        """Show the entry that C-o asked for; begin in vi's insert mode."""
        entry, self.next_entry = self.next_entry, None
        if entry is not None and entry < len(self.walk.entries):
            go(self, entry)
        self.vi.begin()

    # --- keys ---

    def next_key(self) -> Key:
        """Return the next key: one that was read and not used, else one from the terminal. Raises: EndOfInput."""
        if self.pending is not None:
            key, self.pending = self.pending, None
            return key
        return self._unused.pop(0) if self._unused else self.keys.next()

    def press(self, key: Key) -> None:
        """Act on one key. Raises: Interrupted."""
        if self.shell.options.vi and self.vi.press(key):
            return
        chord, following = key_name(key), []
        while chord in self.keymap.prefixes and chord not in self.keymap.bindings:
            following.append(self.next_key())
            chord += " " + key_name(following[-1])
        bound = self.keymap.bindings.get(chord)
        if bound is not None:
            self._bound(key, bound)
            return
        if (
            not key.name
        ):  # only a character that begins nothing: what came behind it is keys of their own
            self._unused = following + self._unused
        self._unbound(key, chord)

    def _unbound(self, key: Key, chord: str) -> None:
        if not key.name:
            self.perform("self-insert", key)
        elif key.name == "paste":
            self.kills.joining = False
            self.line.insert(key.text)
            self.done("paste")
        elif key.name == "C-c":
            interrupt(self, key)
        elif chord not in SILENT:
            self.screen.bell()

    def _bound(self, key: Key, bound: Bound) -> None:
        if bound.macro is not None:
            self.type_keys(bound.macro)
        elif bound.command is not None:
            self._run_command(bound.command)
        elif bound.function == "digit-argument":
            self._digit(key.name[2:])
        else:
            self.perform(bound.function, key)

    def perform(self, function: str, key: Key) -> None:
        """Carry out one of readline's functions."""
        if function not in KILLS:
            self.kills.joining = False
        if function != "self-insert":
            self.line.break_undo()
        FUNCTIONS[function](self, key)
        self.done(function)

    def done(self, function: str) -> None:
        """A command is over: the count counts no more."""
        self.count, self.explicit = 1, False
        self.last_function = function

    def _digit(self, digit: str) -> None:
        """M-5, M-1 2 and M--: how often the next key counts."""
        text = digit
        while True:
            key = self.next_key()
            char = key.name[2:] if key.name.startswith("M-") else key.text if not key.name else ""
            if not (char.isdecimal() and len(char) == 1):
                break
            text += char
        self.pending = key
        digits = text.lstrip("-")
        number = min(int(digits[:6]), MOST_COUNT) if digits else 1
        self.count, self.explicit = (-number if text.startswith("-") else number), True

    def insert_typed(self, text: str) -> None:
        """Insert what was typed, or put it over what is there."""
        if self.overwriting:
            self.line.cut(self.line.point, min(self.line.point + len(text), self.line.row_end()))
        self.line.insert(text, typed=True)

    def _run_command(self, command: str) -> None:
        """`bind -x`: a command of the shell, which may look at and change READLINE_LINE and READLINE_POINT."""
        shell = self.shell
        self.screen.erase()
        shell.store("READLINE_LINE", self.line.text)
        shell.store("READLINE_POINT", str(self.line.point))
        with self.cooked():
            shell.compiler.run_text(shell, command)
        text, point = shell.text("READLINE_LINE"), shell.text("READLINE_POINT")
        for name in ("READLINE_LINE", "READLINE_POINT"):
            shell.unset_variable(name)
        place = min(int(point[:9]), len(text)) if point.isdecimal() else len(text)
        self.line.replace(text, place)
        self.done("")

    def set_mode(self, mode: str) -> None:
        """Change to `vi` or `emacs` keys, as `set -o` does."""
        options = self.shell.options
        options.vi, options.emacs = mode == "vi", mode == "emacs"
        self.vi.begin()

    def read_init_file(self) -> None:
        """Read the inputrc file again."""
        read_init_file(self.shell)


def _start_macro(editor: Editor, key: Key) -> None:
    """C-x (: keep the keys from now on."""
    editor.macro = []


def _end_macro(editor: Editor, key: Key) -> None:
    """C-x ): the keys kept are the macro."""
    if editor.macro is not None:
        editor.last_macro = b"".join(editor.macro)[:-2]  # not the two keys of this command
    editor.macro = None


def _call_macro(editor: Editor, key: Key) -> None:
    """C-x e: type the macro."""
    for _ in range(max(editor.count, 1)):
        editor.type_keys(editor.last_macro.decode("utf-8", "surrogateescape"))


FUNCTIONS: Mapping[str, Callable[[Editor, Key], None]] = MappingProxyType(
    {
        **EDITING,
        **RECALL,
        **CHOOSING,
        "call-last-kbd-macro": _call_macro,
        "end-kbd-macro": _end_macro,
        "start-kbd-macro": _start_macro,
    }
)
"""What each of readline's functions does."""

SILENT = frozenset(("C-z", "C-q", "unknown"))
"""Keys that mean nothing here and deserve no bell."""
