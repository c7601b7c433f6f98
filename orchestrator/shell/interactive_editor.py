"""The line editor: emacs keys over a terminal, one line (or pasted lines) at a time.

It uses the kernel's read, write and termios alone, so the page and the command line share it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.shell.control import Interrupted
from orchestrator.shell.interactive_completion import ASK_ABOVE, complete, listing
from orchestrator.shell.interactive_history import HistoryWalk, last_argument
from orchestrator.shell.interactive_keys import EndOfInput, Key, KeyReader
from orchestrator.shell.interactive_line import KillRing, Line
from orchestrator.shell.interactive_screen import Screen

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.shell.shell import Shell

PASTE_ON, PASTE_OFF = "\x1b[?2004h", "\x1b[?2004l"
KILLS = frozenset(("C-k", "C-u", "C-w", "M-d", "M-backspace", "C-x backspace"))
YANKS = frozenset(("C-y", "M-y"))


class Editor:
    """Edits lines for one shell; keeps the kill ring between them."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell
        self.system = shell.system
        self.kills = KillRing()
        self.keys = KeyReader(self._read_byte)
        self.screen = Screen(self._write, self._columns())
        self.prompt = ""
        self.line = Line()
        self.walk = HistoryWalk([])
        self.pending: Key | None = None
        self.last_key = ""
        self.arguments_back = 0
        self.count = 1

    # --- the terminal ---

    def _write(self, text: str) -> None:
        self.shell.error_text(text)

    def _columns(self) -> int:
        try:
            return self.system.winsize(0).columns or 80
        except OSError:
            return 80

    def _read_byte(self) -> bytes:
        """Return the next byte. A resize while waiting draws the line anew."""
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

    def resized(self) -> None:
        """Take over the window's width."""
        columns = self._columns()
        if columns != self.screen.columns:
            self.screen.resize(columns)

    def draw(self) -> None:
        """Show the line as it is now."""
        self.screen.draw(self.prompt, self.line.text, self.line.point)

    # --- one line ---

    def read_line(self, prompt: str, history: list[str]) -> str | None:
        """Let the user edit a line; return it with its newline, None at the end of input.

        Raises: Interrupted for Ctrl-C. The terminal is as it was when this returns.
        """
        before = self.system.tcgetattr(0)
        raw = replace(before.cbreak(), signals=False, flow=False, extended=False)
        self.system.tcsetattr(0, raw)
        self._write(PASTE_ON)
        try:
            return self._edit(prompt, history)
        finally:
            self._write(PASTE_OFF)
            self.system.tcsetattr(0, before)

    def _edit(self, prompt: str, history: list[str]) -> str | None:
        head, newline, self.prompt = prompt.rpartition("\n")
        self._write(head.replace("\x01", "").replace("\x02", "") + newline)
        self.screen.forget()
        self.resized()
        self.line = Line()
        self.walk = HistoryWalk(history)
        self.last_key = ""
        try:
            while True:
                key = self.pending or self.keys.next()
                self.pending = None
                if key.name == "enter":
                    break
                if key.name == "C-d" and not self.line.text:
                    return None
                self.press(key)
        except EndOfInput:
            return None
        self.screen.finish(self.prompt, self.line.text)
        return self.line.text + "\n"

    def press(self, key: Key) -> None:
        """Act on one key. Raises: Interrupted."""
        if key.name not in KILLS:
            self.kills.joining = False
        if not key.name:
            self.line.insert(key.text * self.count, typed=True)
        elif key.name.startswith("M-") and key.name[2:].isdecimal() and len(key.name) == 3:
            self._digit(int(key.name[2:]))
            return
        else:
            self.line.break_undo()
            self._command(key)
        self.count = 1
        self.last_key = key.name

    def _digit(self, digit: int) -> None:
        """M-5 and the like: how often the next key counts."""
        before = self.count if self.last_key.startswith("M-digit") else 0
        self.count = min(before * 10 + digit, 1000) or 1
        self.last_key = "M-digit"

    def _command(self, key: Key) -> None:
        command = COMMANDS.get(key.name)
        if command is None:
            self.screen.bell()
            return
        for _ in range(self.count if key.name in REPEATED else 1):
            command(self, key)

    # --- moving ---

    def to_start(self, key: Key) -> None:
        """C-a, Home."""
        self.line.point = self.line.row_start()

    def to_end(self, key: Key) -> None:
        """C-e, End."""
        self.line.point = self.line.row_end()

    def left(self, key: Key) -> None:
        """C-b, left."""
        self.line.point = self.line.previous()

    def right(self, key: Key) -> None:
        """C-f, right."""
        self.line.point = self.line.following()

    def word_left(self, key: Key) -> None:
        """M-b."""
        self.line.point = self.line.word_start()

    def word_right(self, key: Key) -> None:
        """M-f."""
        self.line.point = self.line.word_end()

    def clear_screen(self, key: Key) -> None:
        """C-l."""
        self.screen.clear()

    # --- removing and bringing back ---

    def delete(self, key: Key) -> None:
        """C-d, Delete."""
        self.line.cut(self.line.point, self.line.following())

    def erase(self, key: Key) -> None:
        """Backspace."""
        self.line.cut(self.line.previous(), self.line.point)

    def _kill(self, start: int, end: int) -> None:
        before = end <= self.line.point and start < self.line.point
        self.kills.add(self.line.cut(start, end), before=before)

    def kill_to_end(self, key: Key) -> None:
        """C-k."""
        end = self.line.row_end()
        self._kill(self.line.point, end if end > self.line.point else end + 1)

    def kill_to_start(self, key: Key) -> None:
        """C-u."""
        self._kill(self.line.row_start(), self.line.point)

    def kill_word(self, key: Key) -> None:
        """M-d."""
        self._kill(self.line.point, self.line.word_end())

    def kill_word_back(self, key: Key) -> None:
        """M-Backspace."""
        self._kill(self.line.word_start(), self.line.point)

    def kill_blank_word(self, key: Key) -> None:
        """C-w."""
        self._kill(self.line.blank_word_start(), self.line.point)

    def yank(self, key: Key) -> None:
        """C-y."""
        if self.kills.entries:
            self.line.insert(self.kills.entries[-1])

    def yank_pop(self, key: Key) -> None:
        """M-y, behind C-y: the kill before that one."""
        if self.last_key not in YANKS or not self.kills.entries:
            self.screen.bell()
            return
        length = len(self.kills.entries[-1])
        self.line.cut(self.line.point - length, self.line.point)
        self.line.insert(self.kills.rotate())

    def undo(self, key: Key) -> None:
        """C-_."""
        if not self.line.undo():
            self.screen.bell()

    def extended(self, key: Key) -> None:
        """C-x: a second key says what (C-u undo, Backspace kills to the start)."""
        second = self.keys.next()
        if second.name == "C-u":
            self.undo(key)
        elif second.name == "backspace":
            self.kill_to_start(key)
        else:
            self.screen.bell()

    # --- changing ---

    def transpose(self, key: Key) -> None:
        """C-t."""
        self.line.transpose()

    def transpose_words(self, key: Key) -> None:
        """M-t."""
        self.line.transpose_words()

    def change_case(self, key: Key) -> None:
        """M-u, M-l, M-c."""
        self.line.change_case({"u": "upper", "l": "lower", "c": "capitalize"}[key.name[2:]])

    def quoted_insert(self, key: Key) -> None:
        """C-v: the next key as it is."""
        self.line.insert(self.keys.literal())

    def paste(self, key: Key) -> None:
        """Bracketed paste: nothing in it is a command."""
        self.line.insert(key.text)

    def comment(self, key: Key) -> None:
        """M-#: keep the line as a comment."""
        self.line.replace("#" + self.line.text)

    # --- history ---

    def _go(self, target: int) -> None:
        text = self.walk.move(self.line.text, target)
        if text is None:
            self.screen.bell()
        else:
            self.line = Line(text)

    def up(self, key: Key) -> None:
        """C-p, up: the row above, else the entry before."""
        above = self.line.row_up() if key.name == "up" else None
        if above is not None:
            self.line.point = above
        else:
            self._go(self.walk.at - 1)

    def down(self, key: Key) -> None:
        """C-n, down."""
        below = self.line.row_down() if key.name == "down" else None
        if below is not None:
            self.line.point = below
        else:
            self._go(self.walk.at + 1)

    def oldest(self, key: Key) -> None:
        """M-<."""
        self._go(0)

    def newest(self, key: Key) -> None:
        """M->."""
        self._go(len(self.walk.entries))

    def insert_last_argument(self, key: Key) -> None:
        """M-. and M-_: the last word of the entry before; pressed again, of the one before that."""
        again = self.last_key in ("M-.", "M-_")
        self.arguments_back = self.arguments_back + 1 if again else 1
        entries = self.walk.entries
        if self.arguments_back > len(entries):
            self.screen.bell()
            return
        if again:
            self.line.undo()
        self.line.insert(last_argument(entries[-self.arguments_back]))

    def search(self, key: Key) -> None:
        """C-r, C-s: search as one types."""
        self.pending = _Search(self).run(-1 if key.name == "C-r" else 1)

    # --- completion ---

    def complete(self, key: Key) -> None:
        """Tab: as far as there is one way on; pressed again, show the ways."""
        before = self.line.text[: self.line.point]
        found = complete(self.shell, before)
        if not found.candidates:
            self.screen.bell()
            return
        word = before[found.start :]
        if found.replacement not in ("", word) and len(found.replacement) >= len(word):
            self.line.cut(found.start, self.line.point)
            self.line.insert(found.replacement)
            return
        if self.last_key != "tab":
            self.screen.bell()
            return
        self._list(found.candidates)

    def _list(self, candidates: list[str]) -> None:
        if len(candidates) > ASK_ABOVE and not self._wants_all(len(candidates)):
            return
        text = listing(candidates, self.screen.columns)
        self.screen.show_below(self.prompt, self.line.text, text)

    def _wants_all(self, count: int) -> bool:
        self.screen.finish(self.prompt, self.line.text)
        prompt, line = self.prompt, self.line
        self.prompt, self.line = f"Display all {count} possibilities? (y or n)", Line()
        try:
            answer = self.keys.next()
        finally:
            self._write("\n")
            self.screen.forget()
            self.prompt, self.line = prompt, line
        return answer.text in ("y", "Y", " ")

    def interrupt(self, key: Key) -> None:
        """C-c: give the line up."""
        self.draw()
        self._write("^C\n")
        self.screen.forget()
        raise Interrupted

    def ignore(self, key: Key) -> None:
        """Keys that mean nothing here and deserve no bell."""


class _Search:
    """Incremental search: a prompt of its own, until a key that is no part of it."""

    def __init__(self, editor: Editor) -> None:
        self.editor = editor
        self.wanted = ""
        self.at = editor.walk.at
        self.failed = False
        self.prompt = editor.prompt
        self.original = (editor.line, editor.walk.at)

    def run(self, step: int) -> Key | None:
        """Search; return the key that ended it, to be acted on (None when it was given up)."""
        editor = self.editor
        try:
            while True:
                self._show(step)
                key = editor.keys.next()
                if key.name in ("C-r", "C-s"):
                    step = -1 if key.name == "C-r" else 1
                    self._find(self.at + step, step)
                elif key.name == "backspace":
                    self.wanted = self.wanted[:-1]
                    self._find(self.original[1] + (step if step < 0 else 0), step)
                elif not key.name:
                    self.wanted += key.text
                    self._find(self.at, step)
                elif key.name in ("C-g", "C-c"):
                    editor.line, editor.walk.at = self.original
                    return None
                else:
                    return key if key.name != "escape" else None
        finally:
            editor.prompt = self.prompt

    def _show(self, step: int) -> None:
        way = "reverse-i-search" if step < 0 else "i-search"
        failed = "failed " if self.failed else ""
        self.editor.prompt = f"({failed}{way})`{self.wanted}': "

    def _find(self, start: int, step: int) -> None:
        walk = self.editor.walk
        index = walk.search(self.wanted, min(start, len(walk.entries) - 1), step)
        self.failed = index is None
        if index is None:
            self.editor.screen.bell()
            return
        self.at = index
        walk.at = index
        text = walk.text(index)
        self.editor.line = Line(text, text.find(self.wanted))


COMMANDS: dict[str, Callable[[Editor, Key], None]] = {
    **dict.fromkeys(("C-a", "home"), Editor.to_start),
    **dict.fromkeys(("C-e", "end"), Editor.to_end),
    **dict.fromkeys(("C-b", "left"), Editor.left),
    **dict.fromkeys(("C-f", "right"), Editor.right),
    **dict.fromkeys(("M-b", "M-left", "C-left"), Editor.word_left),
    **dict.fromkeys(("M-f", "M-right", "C-right"), Editor.word_right),
    **dict.fromkeys(("C-p", "up"), Editor.up),
    **dict.fromkeys(("C-n", "down"), Editor.down),
    **dict.fromkeys(("C-d", "delete"), Editor.delete),
    "backspace": Editor.erase,
    "C-k": Editor.kill_to_end,
    "C-u": Editor.kill_to_start,
    "C-w": Editor.kill_blank_word,
    **dict.fromkeys(("M-d", "C-delete"), Editor.kill_word),
    "M-backspace": Editor.kill_word_back,
    "C-y": Editor.yank,
    "M-y": Editor.yank_pop,
    "C-_": Editor.undo,
    "C-x": Editor.extended,
    "C-t": Editor.transpose,
    "M-t": Editor.transpose_words,
    **dict.fromkeys(("M-u", "M-l", "M-c"), Editor.change_case),
    "C-v": Editor.quoted_insert,
    "paste": Editor.paste,
    "M-#": Editor.comment,
    **dict.fromkeys(("M-<", "page-up"), Editor.oldest),
    **dict.fromkeys(("M->", "page-down"), Editor.newest),
    **dict.fromkeys(("M-.", "M-_"), Editor.insert_last_argument),
    **dict.fromkeys(("C-r", "C-s"), Editor.search),
    "tab": Editor.complete,
    "C-l": Editor.clear_screen,
    "C-c": Editor.interrupt,
    **dict.fromkeys(("C-g", "C-z", "C-q", "insert", "unknown"), Editor.ignore),
}
"""What each key does."""

REPEATED = frozenset(
    ("left", "right", "C-b", "C-f", "M-b", "M-f", "C-d", "delete", "backspace", "M-d", "C-w",
     "M-backspace", "up", "down", "C-p", "C-n")
)  # fmt: skip
"""Keys that a count in front of them repeats."""
