"""The screen of an editor: a title, as much of the text as fits, a line of messages, two lines of keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.shell.interactive_width import char_width, shown

if TYPE_CHECKING:
    from orchestrator.kernel.system import System
    from orchestrator.tools.editor.text import Place, Text

ENTER = "\x1b[?1049h\x1b[?2004h\x1b[2J"
LEAVE = "\x1b[?2004l\x1b[?25h\x1b[?1049l"
_REVERSE, _PLAIN = "\x1b[7m", "\x1b[m"
_AROUND = 4  # rows besides the text: title, messages, two of keys
_SHORT_SCREEN = 8  # below this many rows, no keys are shown


def cells(char: str, column: int, tab: int) -> str:
    """What a character looks like at a column of the screen."""
    if char == "\t":
        return " " * (tab - column % tab)
    return shown(char)


def width_of(text: str, tab: int) -> int:
    """The columns a text takes, from column 0."""
    column = 0
    for char in text:
        piece = cells(char, column, tab)
        column += len(piece) if len(piece) > 1 else char_width(piece)
    return column


def column_at(text: str, wanted: int, tab: int) -> int:
    """How many characters fit before a column of the screen."""
    column = 0
    for index, char in enumerate(text):
        piece = cells(char, column, tab)
        column += len(piece) if len(piece) > 1 else char_width(piece)
        if column > wanted:
            return index
    return len(text)


class View:
    """Draws a text. Only rows that changed are written."""

    def __init__(self, system: System, text: Text, tab: int, numbers: bool) -> None:
        self._system = system
        self._text = text
        self._tab = tab
        self._numbers = numbers
        self._drawn: list[str] = []
        self._top = 0
        self.mark: Place | None = None
        self.resized()

    def resized(self) -> None:
        """The window has a new size, or the screen is in disorder: draw everything again."""
        size = self._system.winsize(1)
        self.rows, self.columns = max(3, size.rows), max(8, size.columns)
        self._drawn = [""] * self.rows
        self._system.write(1, b"\x1b[m\x1b[2J")

    @property
    def height(self) -> int:
        """Rows of text."""
        return self.rows - (_AROUND if self.rows >= _SHORT_SCREEN else 2)

    @property
    def top(self) -> int:
        """The first row of the text that is shown."""
        return self._top

    def follow(self, *, middle: bool = False) -> None:
        """Scroll until the cursor is on the screen; after a jump, to the middle."""
        row, height = self._text.cursor.row, self.height
        if self._top <= row < self._top + height:
            return
        if middle:
            self._top = row - height // 2
        elif row < self._top:
            self._top = row
        else:
            self._top = row - height + 1
        self._top = max(0, self._top)

    def scroll(self, rows: int) -> None:
        """Move the window over the text."""
        self._top = max(0, min(self._top + rows, len(self._text.lines) - 1))

    def toggle_numbers(self) -> None:
        """Show the numbers of the lines, or no more."""
        self._numbers = not self._numbers

    # --- drawing ---

    def draw(self, title: str, message: str, keys: tuple[str, str], at: int | None = None) -> None:
        """The whole screen. `at`: the cursor's column in the line of messages, when something is asked there."""
        self.follow()
        lines = [f"{_REVERSE}{self._fitted(title)}{_PLAIN}"]
        lines += [self._row(self._top + index) for index in range(self.height)]
        asked = at is not None
        lines.append(
            f"{_REVERSE}{self._fitted(message)}{_PLAIN}" if asked else self._centred(message)
        )
        if self.rows >= _SHORT_SCREEN:
            lines += [self._keys(line) for line in keys]
        out = ["\x1b[?25l"]
        for index, line in enumerate(lines[: self.rows]):
            if line != self._drawn[index]:
                # Cleared first: after a full row the cursor stands on its last cell.
                out.append(f"\x1b[{index + 1};1H\x1b[K{line}")
                self._drawn[index] = line
        row, column = self._cursor() if at is None else (self.height + 1, min(at, self.columns - 1))
        out.append(f"\x1b[{row + 1};{column + 1}H\x1b[?25h")
        self._system.write(1, "".join(out).encode("utf-8", "surrogateescape"))

    def _fitted(self, text: str) -> str:
        """A text cut or filled to the window's width."""
        out, column = "", 0
        for char in text:
            piece = shown(char)
            size = len(piece) if len(piece) > 1 else char_width(piece)
            if column + size > self.columns:
                break
            out, column = out + piece, column + size
        return out + " " * (self.columns - column)

    def _centred(self, message: str) -> str:
        if not message:
            return ""
        boxed = f"[ {message} ]"
        lead = " " * max(0, (self.columns - width_of(boxed, 8)) // 2)
        return f"{lead}{_REVERSE}{self._fitted(boxed).rstrip()}{_PLAIN}"

    def _keys(self, line: str) -> str:
        """`^X Exit` and the like: the keys in reverse, as many as fit."""
        out, column = "", 0
        for part in line.split("|"):
            key, _, words = part.partition(" ")
            cell = f"{key} {words}"
            if column + len(cell) > self.columns:
                break
            out += f"{_REVERSE}{key}{_PLAIN} {words}" + " " * max(0, 14 - len(cell))
            column += max(14, len(cell))
        return out.rstrip()

    @property
    def _margin(self) -> int:
        return len(str(len(self._text.lines))) + 1 if self._numbers else 0

    def _cursor(self) -> tuple[int, int]:
        """Where the cursor is on the screen."""
        place = self._text.cursor
        column = width_of(self._text.line[: place.column], self._tab)
        return place.row - self._top + 1, column - self._start(place.row) + self._margin

    def _start(self, row: int) -> int:
        """The first column shown of a line: not 0 only in the cursor's, when it is further on than fits."""
        if row != self._text.cursor.row:
            return 0
        room = self.columns - self._margin - 1
        column = width_of(self._text.line[: self._text.cursor.column], self._tab)
        if column < room:
            return 0
        step = max(1, room - 8)
        return (column - room) // step * step + step

    def _row(self, row: int) -> str:
        if row >= len(self._text.lines):
            return ""
        number = f"{row + 1:>{self._margin - 1}} " if self._numbers else ""
        lead = f"{_REVERSE}{number}{_PLAIN}" if number else ""
        return lead + self._line(row, self.columns - self._margin)

    def _line(self, row: int, room: int) -> str:
        """As much of a line as fits, with `<` and `>` where it goes on, and the marked part in reverse."""
        line, start = self._text.lines[row], self._start(row)
        low, high = self._marked(row)
        out: list[str] = []
        column, lit = 0, False
        for index, char in enumerate(line):
            piece = cells(char, column, self._tab)
            size = len(piece) if len(piece) > 1 else char_width(piece)
            if column + size > start + room:
                return self._cut(out, lit, room)
            if column >= start:
                if (low <= index < high) != lit:
                    lit = not lit
                    out.append(_REVERSE if lit else _PLAIN)
                out.append(piece)
            column += size
        if start:
            out[:1] = [f"{_REVERSE}<{_PLAIN}"]
        return "".join(out) + (_PLAIN if lit else "")

    def _cut(self, out: list[str], lit: bool, room: int) -> str:
        """A line that is longer than the window: its last cell says so."""
        taken = sum(
            char_width(p) if len(p) == 1 else len(p) for p in out if not p.startswith("\x1b")
        )
        while out and taken > room - 1:
            last = out.pop()
            if not last.startswith("\x1b"):
                taken -= char_width(last) if len(last) == 1 else len(last)
        fill = " " * (room - 1 - taken)
        return "".join(out) + (_PLAIN if lit else "") + f"{fill}{_REVERSE}>{_PLAIN}"

    def _marked(self, row: int) -> tuple[int, int]:
        """The columns of a line that are marked."""
        if self.mark is None:
            return 0, 0
        start, end = sorted((self.mark, self._text.cursor))
        if not start.row <= row <= end.row:
            return 0, 0
        low = start.column if row == start.row else 0
        return low, end.column if row == end.row else len(self._text.lines[row]) + 1
