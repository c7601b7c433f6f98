"""The prompt and the line on the terminal, over as many rows as it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from orchestrator.shell.interactive_width import char_width, printable, shown, visible

if TYPE_CHECKING:
    from collections.abc import Callable

ERASE_BELOW, ERASE_ALL = "\x1b[J", "\x1b[H\x1b[2J"


class Place(NamedTuple):
    """A row and column, from 0 at the prompt's first row."""

    row: int = 0
    column: int = 0


def advance(place: Place, char: str, columns: int) -> Place:
    """Return where the cursor is after a character, as a terminal that wraps at `columns` does it."""
    if char == "\n":
        return Place(place.row + 1, 0)
    row, column = place
    for piece in shown(char):
        width = char_width(piece)
        if column + width > columns:
            row, column = row + 1, 0
        column += width
    return Place(row, column)


def after(place: Place, text: str, columns: int) -> Place:
    """Return where the cursor is after `text`."""
    for char in text:
        place = advance(place, char, columns)
    return place


class Screen:
    """Draws a prompt and a line, and knows where it left the cursor."""

    def __init__(self, write: Callable[[str], None], columns: int) -> None:
        self._write = write
        self.columns = max(columns, 2)
        self._at = Place()
        self._drawn: tuple[str, str] | None = None

    def draw(self, prompt: str, text: str, point: int) -> None:
        """Show prompt and text with the cursor before `text[point]`."""
        if (prompt, text) == self._drawn:
            self._go(prompt, text, point)
            return
        if self._appended(prompt, text, point):
            return
        columns = self.columns
        start = after(Place(), visible(prompt), columns)
        end = after(start, text, columns)
        pieces = [self._to_start(), ERASE_BELOW, printable(prompt), "".join(map(_sent, text))]
        if end.column == columns:  # the terminal has not wrapped yet: make it
            pieces.append(" \r")
            end = Place(end.row + 1, 0)
        target = self._settled(after(start, text[:point], columns))
        pieces.append(_move(end, target))
        self._write("".join(pieces))
        self._at = target
        self._drawn = (prompt, text)

    def _appended(self, prompt: str, text: str, point: int) -> bool:
        """The everyday case, one character typed at the end: show it alone."""
        if self._drawn is None:
            return False
        old_prompt, old_text = self._drawn
        if prompt != old_prompt or point != len(text) or len(text) != len(old_text) + 1:
            return False
        char = text[-1]
        place = advance(self._at, char, self.columns)
        simple = " " <= char < "\x7f" and text.startswith(old_text) and place.row == self._at.row
        if not simple or place.column >= self.columns or not self._cursor_at_end(prompt, old_text):
            return False
        self._write(char)
        self._at = place
        self._drawn = (prompt, text)
        return True

    def _go(self, prompt: str, text: str, point: int) -> None:
        """Nothing but the cursor moves."""
        start = after(Place(), visible(prompt), self.columns)
        target = self._settled(after(start, text[:point], self.columns))
        if target != self._at:
            self._write(_move(self._at, target))
            self._at = target

    def _cursor_at_end(self, prompt: str, text: str) -> bool:
        start = after(Place(), visible(prompt), self.columns)
        return self._settled(after(start, text, self.columns)) == self._at

    def _settled(self, place: Place) -> Place:
        """A cursor behind the last column stands at the beginning of the next row."""
        return place if place.column < self.columns else Place(place.row + 1, 0)

    def _to_start(self) -> str:
        return (f"\x1b[{self._at.row}A" if self._at.row else "") + "\r"

    def finish(self, prompt: str, text: str) -> None:
        """Put the cursor below the line, which stays on the screen."""
        self.draw(prompt, text, len(text))
        self._write("\n")
        self.forget()

    def forget(self) -> None:
        """The cursor is at the beginning of an empty row: whatever was drawn is history."""
        self._at = Place()
        self._drawn = None

    def erase(self) -> None:
        """Take the prompt and the line off the screen."""
        self._write(self._to_start() + ERASE_BELOW)
        self.forget()

    def clear(self) -> None:
        """Empty the screen (C-l)."""
        self._write(ERASE_ALL)
        self.forget()

    def resize(self, columns: int) -> None:
        """The window has another width; what it has done to the rows is guessed from the old layout."""
        self.columns = max(columns, 2)
        prompt, text = self._drawn or ("", "")
        self._drawn = None
        end = after(Place(), visible(prompt) + text, self.columns)
        self._at = Place(min(self._at.row, end.row), 0)

    def bell(self) -> None:
        """Say that something cannot be done."""
        self._write("\a")

    def show_below(self, prompt: str, text: str, listing: str) -> None:
        """Print a listing under the line; the line is drawn anew behind it."""
        self.finish(prompt, text)
        self._write(listing)


def _sent(char: str) -> str:
    return char if char == "\n" else shown(char)


def _move(start: Place, target: Place) -> str:
    """Return the sequences that take the cursor from one place to another."""
    rows = target.row - start.row
    vertical = f"\x1b[{-rows}A" if rows < 0 else f"\x1b[{rows}B" if rows else ""
    if start.column == target.column:
        return vertical
    return vertical + "\r" + (f"\x1b[{target.column}C" if target.column else "")
