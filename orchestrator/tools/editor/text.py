"""The text of an editor: lines, a cursor, a clipboard, and everything that can be undone.

A text is never without a line. Positions are (row, column) in characters; every change goes through `replace`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

MOST_UNDONE = 10_000


class Place(NamedTuple):
    """Between two characters."""

    row: int
    column: int


@dataclass(slots=True)
class _Change:
    """`removed` stood at `start` and `inserted` stands there now."""

    start: Place
    removed: str
    inserted: str
    cursor: Place
    kind: str


class Text:
    """What is edited.

    Attributes:
        lines: without their ends; the last is empty when the file ends with a newline.
        cursor: where typing goes.
        changed: whether it differs from what was read or last written.
        clipboard: what was cut or copied last.
    """

    def __init__(self, content: str = "") -> None:
        self.lines = content.split("\n")
        self.cursor = Place(0, 0)
        self.clipboard = ""
        self._undo: list[_Change] = []
        self._redo: list[_Change] = []
        self._saved: _Change | None = None

    @property
    def changed(self) -> bool:
        """See the class."""
        return (self._undo[-1] if self._undo else None) is not self._saved

    def saved(self) -> None:
        """It has been written: from now on this is what counts as unchanged."""
        self._saved = self._undo[-1] if self._undo else None
        if self._saved is not None:
            self._saved.kind = ""  # typing more must not grow the change that was saved

    def content(self) -> str:
        """All of it."""
        return "\n".join(self.lines)

    @property
    def line(self) -> str:
        """The cursor's."""
        return self.lines[self.cursor.row]

    def end(self) -> Place:
        """After the last character."""
        return Place(len(self.lines) - 1, len(self.lines[-1]))

    # --- changes ---

    def between(self, start: Place, end: Place) -> str:
        """The text from `start` to `end`."""
        if start.row == end.row:
            return self.lines[start.row][start.column : end.column]
        first, last = self.lines[start.row][start.column :], self.lines[end.row][: end.column]
        return "\n".join([first, *self.lines[start.row + 1 : end.row], last])

    def replace(self, start: Place, end: Place, new: str, kind: str = "") -> None:
        """Put `new` in place of what is between; the cursor goes behind it. Changes of one `kind` that follow one
        another are undone together."""
        change = _Change(start, self.between(start, end), new, self.cursor, kind)
        self._splice(start, end, new)
        self._redo.clear()
        if not self._joined(change):
            self._undo.append(change)
            del self._undo[:-MOST_UNDONE]

    def _joined(self, change: _Change) -> bool:
        """Grow the last change by this one, if both are typing, or rubbing out, at one place."""
        last = self._undo[-1] if self._undo else None
        if last is None or not change.kind or last.kind != change.kind or last is self._saved:
            return False
        if change.kind == "type" and _after(last.start, last.inserted) == change.start:
            last.inserted += change.inserted
            return True
        if change.kind == "erase" and _after(change.start, change.removed) == last.start:
            last.start, last.removed = change.start, change.removed + last.removed
            return True
        if change.kind == "delete" and change.start == last.start:
            last.removed += change.removed
            return True
        return False

    def _splice(self, start: Place, end: Place, new: str) -> None:
        head = self.lines[start.row][: start.column]
        tail = self.lines[end.row][end.column :]
        self.lines[start.row : end.row + 1] = f"{head}{new}{tail}".split("\n")
        self.cursor = _after(start, new)

    def undo(self) -> bool:
        """Take the last change back; False if there is none."""
        if not self._undo:
            return False
        change = self._undo.pop()
        self._splice(change.start, _after(change.start, change.inserted), change.removed)
        self.cursor = change.cursor
        self._redo.append(change)
        return True

    def redo(self) -> bool:
        """Make the change again that was taken back last."""
        if not self._redo:
            return False
        change = self._redo.pop()
        self._splice(change.start, _after(change.start, change.removed), change.inserted)
        self._undo.append(change)
        return True

    def seal(self) -> None:
        """What is typed from now on is undone by itself."""
        if self._undo:
            self._undo[-1].kind = ""

    # --- typing ---

    def insert(self, new: str, kind: str = "") -> None:
        """At the cursor."""
        self.replace(self.cursor, self.cursor, new, kind)

    def backspace(self) -> None:
        """Remove the character before the cursor."""
        start = self.before(self.cursor)
        if start != self.cursor:
            self.replace(start, self.cursor, "", "erase")

    def delete(self) -> None:
        """Remove the character under the cursor."""
        after = self.after(self.cursor)
        if after != self.cursor:
            self.replace(self.cursor, after, "", "delete")

    def cut_line(self, *, more: bool) -> None:
        """Move the cursor's line to the clipboard; with `more`, behind what is there."""
        row = self.cursor.row
        end = Place(row + 1, 0) if row + 1 < len(self.lines) else Place(row, len(self.line))
        taken = self.between(Place(row, 0), end)
        if taken:
            self.clipboard = self.clipboard + taken if more else taken
            self.replace(Place(row, 0), end, "")

    # --- moving ---

    def before(self, place: Place) -> Place:
        """One character back."""
        if place.column > 0:
            return Place(place.row, place.column - 1)
        return Place(place.row - 1, len(self.lines[place.row - 1])) if place.row else place

    def after(self, place: Place) -> Place:
        """One character on."""
        if place.column < len(self.lines[place.row]):
            return Place(place.row, place.column + 1)
        return Place(place.row + 1, 0) if place.row + 1 < len(self.lines) else place

    def word_after(self, place: Place) -> Place:
        """The beginning of the next word."""
        inside = True
        while (following := self.after(place)) != place:
            is_word = _is_word(self._at(place))
            if not inside and is_word:
                break
            inside = inside and is_word
            place = following
        return place

    def word_before(self, place: Place) -> Place:
        """The beginning of the word before."""
        found = False
        while (former := self.before(place)) != place:
            is_word = _is_word(self._at(former))
            if found and not is_word:
                break
            found = found or is_word
            place = former
        return place

    def _at(self, place: Place) -> str:
        line = self.lines[place.row]
        return line[place.column] if place.column < len(line) else "\n"

    # --- searching ---

    def find(self, needle: str, start: Place, *, exact: bool = False) -> Place | None:
        """The first `needle` at or after `start`, going on at the top after the end; None if there is none."""
        shape = (lambda line: line) if exact else str.lower
        wanted = shape(needle)
        count = len(self.lines)
        for step in range(count + 1):
            row = (start.row + step) % count
            column = shape(self.lines[row]).find(wanted, start.column if step == 0 else 0)
            if column >= 0:
                return Place(row, column)
        return None


def _after(start: Place, text: str) -> Place:
    """Where `text` ends if it begins at `start`."""
    rows = text.count("\n")
    if not rows:
        return Place(start.row, start.column + len(text))
    return Place(start.row + rows, len(text) - text.rindex("\n") - 1)


def _is_word(char: str) -> bool:
    return char.isalnum() or char == "_"
