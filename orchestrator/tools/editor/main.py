"""nano(1): what the keys of the editor do. The keys and messages are those of GNU nano."""

from __future__ import annotations

import stat as st
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.kernel.signal import Disposition, Signal
from orchestrator.shell.interactive_keys import EndOfInput, Key, KeyReader
from orchestrator.tools.editor.prompt import Prompt
from orchestrator.tools.editor.searching import Searching
from orchestrator.tools.editor.storage import Storage
from orchestrator.tools.editor.text import Place
from orchestrator.tools.editor.view import ENTER, LEAVE, View, column_at, width_of
from orchestrator.tools.options import VERSION, Parsed, Tool, UsageError
from vfs.errors import text as words_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.kernel.system import System

_KEYS = (
    "^G Help|^O Write Out|^W Where Is|^K Cut|^C Location|M-U Undo",
    "^X Exit|^R Read File|^\\ Replace|^U Paste|^_ Go To Line|M-E Redo",
)
_HELP = """\
^S save                    ^O save under a name       ^X leave
^R insert a file           ^G this help               ^L draw again
^W search                  M-W search again           ^\\ replace
^K cut line or marked      M-6 copy                   ^U paste
^^ M-A begin, end marking  M-U undo                   M-E redo
^_ M-G go to line          ^C where am I              M-D count words
^A ^E line's ends          M-\\ M-/ text's ends        ^Y ^V page up, down
^B ^F character            ^P ^N line                 C-left C-right word
^D delete                  M-T cut to the end         M-L line numbers
"""
_ENDS = (Signal.HUP, Signal.TERM)


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line chose."""

    tab: int = 8
    spaces: bool = False
    indent: bool = False
    numbers: bool = False
    view_only: bool = False


class _Ended(Exception):
    """The terminal is gone, or somebody asks the editor to end."""


class Editor(Searching):
    """One file being edited on the terminal."""

    def __init__(self, system: System, storage: Storage, options: Options) -> None:
        self._system = system
        self._storage = storage
        self._options = options
        self._keys = KeyReader(self._byte)
        self._running = True
        self._cutting = False
        self._paging = 0
        self._wanted: int | None = None
        text, message = storage.read()
        view = View(system, text, options.tab, options.numbers)
        super().__init__(text, view, Prompt(self._ask_screen, self._key))
        self.message = message
        self._commands = self._bindings()

    # --- the loop ---

    def run(self, at: Place | None) -> int:
        """Until it is left; the exit status."""
        if at is not None:
            self.go_to(at.row, at.column)
        try:
            while self._running:
                self._screen()
                self._pressed(self._key())
        except (_Ended, EndOfInput):
            self._rescue()
        return 0

    def _rescue(self) -> None:
        """What was not saved is kept beside the file, as nano does when its terminal goes away."""
        if self.text.changed:
            self._storage.rescue(self.text)

    def _screen(self) -> None:
        self.view.draw(self._title(), self.message, _KEYS)

    def _ask_screen(self, message: str, keys: tuple[str, str], column: int) -> None:
        self.view.draw(self._title(), message, keys, column)

    def _title(self) -> str:
        name = self._storage.path or "New Buffer"
        flag = "Modified" if self.text.changed else "View" if self._options.view_only else ""
        columns = self.view.columns
        left = "  nano"[: max(0, columns - len(name) - len(flag) - 4)]
        room = columns - len(left) - len(flag) - 2
        middle = name.center(max(len(name) + 2, room - len(left))).ljust(room)[:room]
        return left + middle + flag + "  "

    def _key(self) -> Key:
        """Wait for a key. A new window size is drawn meanwhile. Raises: EndOfInput, _Ended."""
        while True:
            try:
                self._system.poll([(0, True, False)])
                return self._keys.next()
            except InterruptedError:
                self._signalled()

    def _signalled(self) -> None:
        for signal in self._system.take_signals():
            if signal in _ENDS:
                raise _Ended
            self.view.resized()
            self._screen()

    def _byte(self) -> bytes:
        while True:
            try:
                return self._system.read(0, 1)
            except InterruptedError:
                self._signalled()

    def _pressed(self, key: Key) -> None:
        self.message = ""
        command = self._commands.get(key.name)
        cutting, self._cutting = self._cutting, False
        wanted, self._wanted = self._wanted, None
        if key.name in ("up", "down", "C-p", "C-n", "page-up", "page-down", "C-y", "C-v"):
            self._wanted = wanted
        if key.name in ("C-k", "M-k"):
            self._cut(more=cutting)
        elif key.name == "" and key.text >= " ":
            self._type(key.text)
        elif key.name == "paste":
            self._change(lambda: self._insert(key.text))
        elif command is not None:
            command()
        else:
            self.message = f"Unbound key: {key.name or key.text!r}"
        if key.name in _MOVES:
            self.text.seal()

    def _bindings(self) -> dict[str, Callable[[], None]]:
        text = self.text
        commands: dict[str, Callable[[], None]] = {
            **dict.fromkeys(("left", "C-b"), lambda: self._move(text.before(text.cursor))),
            **dict.fromkeys(("right", "C-f"), lambda: self._move(text.after(text.cursor))),
            **dict.fromkeys(("up", "C-p"), lambda: self._vertical(-1)),
            **dict.fromkeys(("down", "C-n"), lambda: self._vertical(1)),
            **dict.fromkeys(("home", "C-a"), lambda: self._move(Place(text.cursor.row, 0))),
            **dict.fromkeys(
                ("end", "C-e"), lambda: self._move(Place(text.cursor.row, len(text.line)))
            ),
            **dict.fromkeys(("page-up", "C-y"), lambda: self._page(-1)),
            **dict.fromkeys(("page-down", "C-v"), lambda: self._page(1)),
            **dict.fromkeys(
                ("C-left", "M-space", "M-b"), lambda: self._move(text.word_before(text.cursor))
            ),
            **dict.fromkeys(
                ("C-right", "M-f", "C-@"), lambda: self._move(text.word_after(text.cursor))
            ),
            **dict.fromkeys(("M-\\", "C-home", "M-|"), lambda: self._move(Place(0, 0))),
            **dict.fromkeys(("M-/", "C-end", "M-?"), lambda: self._move(text.end())),
            **dict.fromkeys(("C-_", "M-g", "M-G"), self.ask_line),
            **dict.fromkeys(("M-u", "M-U"), lambda: self._change(self._undo)),
            **dict.fromkeys(("M-e", "M-E"), lambda: self._change(self._redo)),
            **dict.fromkeys(("M-w", "M-W"), self.search_again),
            **dict.fromkeys(("C-^", "M-a", "M-A"), self._toggle_mark),
            **dict.fromkeys(("M-6", "M-^"), self._copy),
            **dict.fromkeys(("M-t", "M-T"), lambda: self._change(self._cut_rest)),
            **dict.fromkeys(("M-l", "M-L", "M-n", "M-N"), self._toggle_numbers),
            **dict.fromkeys(("M-d", "M-D"), self._count),
            **dict.fromkeys(("C-o", "f3"), self._write_out),
            "backspace": lambda: self._change(self._erase),
            "delete": lambda: self._change(text.delete),
            "C-d": lambda: self._change(text.delete),
            "enter": lambda: self._change(self._new_line),
            "tab": lambda: self._change(self._tab),
            "C-c": self._location,
            "C-g": self._show_help,
            "C-l": self.view.resized,
            "C-r": lambda: self._change(self._insert_file),
            "C-s": self._save,
            "C-u": lambda: self._change(lambda: self._insert(text.clipboard)),
            "C-w": self.ask_search,
            "C-\\": lambda: self._change(self.ask_replace),
            "C-x": self._leave,
        }
        return commands

    # --- moving ---

    def _move(self, place: Place) -> None:
        self.text.cursor = place

    def _vertical(self, rows: int) -> None:
        """Up or down, keeping to the column of the screen."""
        text, tab = self.text, self._options.tab
        if self._wanted is None:
            self._wanted = width_of(text.line[: text.cursor.column], tab)
        row = max(0, min(text.cursor.row + rows, len(text.lines) - 1))
        text.cursor = Place(row, column_at(text.lines[row], self._wanted, tab))

    def _page(self, pages: int) -> None:
        rows = max(1, self.view.height - 2)
        self.view.scroll(pages * rows)
        self._vertical(pages * rows)

    def _location(self) -> None:
        text = self.text
        row, column = text.cursor.row + 1, text.cursor.column + 1
        total = sum(map(len, text.lines)) + len(text.lines) - 1
        here = sum(map(len, text.lines[: row - 1])) + row - 1 + column - 1
        lines, width = len(text.lines), len(text.line) + 1
        self.message = (
            f"line {row}/{lines} ({row * 100 // lines}%), col {column}/{width} "
            f"({column * 100 // width}%), char {here}/{total} ({here * 100 // max(1, total)}%)"
        )

    def _count(self) -> None:
        text = self.text
        words = sum(len(line.split()) for line in text.lines)
        self.message = f"In the text:  {len(text.lines)} lines,  {words} words"

    # --- changing ---

    def _change(self, action: Callable[[], None]) -> None:
        """Do what changes the text, unless it is only to be looked at."""
        if self._options.view_only:
            self.message = "Key is invalid in view mode"
            return
        action()

    def _type(self, char: str) -> None:
        self._change(lambda: self.text.insert(char, "type"))

    def _insert(self, text: str) -> None:
        if text:
            self.text.insert(text)

    def _new_line(self) -> None:
        line = self.text.line[: self.text.cursor.column]
        indent = line[: len(line) - len(line.lstrip())] if self._options.indent else ""
        self.text.insert("\n" + indent, "type")

    def _tab(self) -> None:
        tab = self._options.tab
        column = width_of(self.text.line[: self.text.cursor.column], tab)
        self.text.insert(" " * (tab - column % tab) if self._options.spaces else "\t", "type")

    def _erase(self) -> None:
        if not self._drop_marked():
            self.text.backspace()

    def _drop_marked(self) -> bool:
        marked = self._marked()
        if marked is None:
            return False
        self.text.replace(*marked, "")
        self.view.mark = None
        return True

    def _undo(self) -> None:
        self.message = "Undid the last change" if self.text.undo() else "Nothing to undo"

    def _redo(self) -> None:
        self.message = "Redid the change" if self.text.redo() else "Nothing to redo"

    # --- cutting ---

    def _marked(self) -> tuple[Place, Place] | None:
        mark, cursor = self.view.mark, self.text.cursor
        return None if mark is None or mark == cursor else (min(mark, cursor), max(mark, cursor))

    def _toggle_mark(self) -> None:
        self.view.mark = None if self.view.mark is not None else self.text.cursor
        self.message = "Mark Set" if self.view.mark is not None else "Mark Unset"

    def _cut(self, *, more: bool) -> None:
        def cut() -> None:
            marked = self._marked()
            if marked is not None:
                self.text.clipboard = self.text.between(*marked)
                self._drop_marked()
            else:
                self.text.cut_line(more=more)
                self._cutting = True

        self._change(cut)

    def _cut_rest(self) -> None:
        start, end = self.text.cursor, self.text.end()
        self.text.clipboard = self.text.between(start, end)
        self.text.replace(start, end, "")

    def _copy(self) -> None:
        marked, row = self._marked(), self.text.cursor.row
        self.text.clipboard = self.text.between(*marked) if marked else self.text.lines[row] + "\n"
        self.view.mark = None
        self.message = "Copied"

    # --- files ---

    def _save(self) -> None:
        if self._storage.path:
            self._write(self._storage.path)
        else:
            self._write_out()

    def _write_out(self) -> None:
        if self._options.view_only:
            self.message = "Key is invalid in view mode"
            return
        answer = self.prompt.line("File Name to Write", self._storage.path)
        if answer is None or not answer[0]:
            self.message = "Cancelled"
            return
        path = answer[0]
        other = path != self._storage.path and self._system.exists(path)
        if other and self.prompt.yes(f'File "{path}" exists; OVERWRITE? ') != "y":
            self.message = "Cancelled"
            return
        self._write(path)

    def _write(self, path: str) -> bool:
        try:
            count = self._storage.write(self.text, path)
        except OSError as error:
            self.message = f"Error writing {path}: {words_of(error)}"
            return False
        self.message = f"Wrote {count} line{'' if count == 1 else 's'}"
        return True

    def _insert_file(self) -> None:
        answer = self.prompt.line("File to insert")
        if answer is None or not answer[0]:
            self.message = "Cancelled"
            return
        try:
            content = self._storage.content(answer[0])
        except OSError as error:
            self.message = f"Error reading {answer[0]}: {words_of(error)}"
            return
        self._insert(content)
        self.message = f"Read {content.count(chr(10))} lines"

    def _leave(self) -> None:
        if not self.text.changed or self._options.view_only:
            self._running = False
            return
        answer = self.prompt.yes("Save modified buffer? ")
        if answer == "n":
            self._running = False
        elif answer == "y":
            before = self._storage.path
            name = self.prompt.line("File Name to Write", before)
            self._running = name is None or not name[0] or not self._write(name[0])
        if self._running and not self.message:
            self.message = "Cancelled"

    # --- the rest ---

    def _toggle_numbers(self) -> None:
        self.view.toggle_numbers()

    def _show_help(self) -> None:
        lines = [*_HELP.splitlines(), "", "Any key goes back to the text."]
        self._system.write(1, ("\x1b[H\x1b[2J" + "\r\n".join(lines)).encode())
        self._key()
        self.view.resized()


_MOVES = frozenset(
    {"left", "right", "up", "down", "home", "end", "page-up", "page-down", "C-a", "C-e"}
)


# --- the program ---


def _place(word: str) -> Place | None:
    """`+LINE[,COLUMN]`."""
    row, _, column = word[1:].partition(",")
    if not row.lstrip("-").isdigit() or not (column.isdigit() or not column):
        return None
    return Place(int(row) - 1 if int(row) > 0 else int(row), max(0, int(column or 1) - 1))


def _nano(system: System, parsed: Parsed) -> int:
    words, at = list(parsed.operands), None
    if words and words[0].startswith("+") and len(words[0]) > 1:
        at = _place(words.pop(0))
        if at is None:
            raise UsageError("Invalid line or column number", hint=False)
    if len(words) > 1:
        raise UsageError("one file at a time here", hint=False)
    if not (system.isatty(0) and system.isatty(1)):
        what = "input" if not system.isatty(0) else "output"
        system.stderr.write(f"Standard {what} is not a terminal\n")
        return 1
    tab = parsed.last("T", "tabsize") or "8"
    if not tab.isdigit() or not 1 <= int(tab) <= 80:
        raise UsageError(f'Requested tab size "{tab}" is invalid', hint=False)
    options = Options(
        int(tab),
        parsed.has("E", "tabstospaces"),
        parsed.has("i", "autoindent"),
        parsed.has("l", "linenumbers"),
        parsed.has("v", "view"),
    )
    return _on_terminal(system, Storage(system, words[0] if words else ""), options, at)


def _on_terminal(system: System, storage: Storage, options: Options, at: Place | None) -> int:
    """Run the editor with the terminal raw, and put it back in order whatever happens."""
    if storage.path and system.exists(storage.path):
        kind = system.stat(storage.path).mode
        if not st.S_ISREG(kind):
            words = "is a directory" if st.S_ISDIR(kind) else "is not a normal file"
            raise UsageError(f'"{storage.path}" {words}', hint=False)
    for signal in (Signal.WINCH, *_ENDS):
        system.set_signal(signal, Disposition.CATCH)
    former = system.tcgetattr(0)
    system.tcsetattr(0, former.raw())
    system.write(1, ENTER.encode())
    try:
        return Editor(system, storage, options).run(at)
    finally:
        system.write(1, LEAVE.encode())
        system.tcsetattr(0, former)


NANO = Tool(
    "nano",
    f"Edit a text. ({VERSION})",
    "nano [-Eilv] [-T COLUMNS] [+LINE[,COLUMN]] [FILE]",
    _nano,
    "EilvT:",
    ("tabstospaces", "autoindent", "linenumbers", "view", "tabsize="),
)
