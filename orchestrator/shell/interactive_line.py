"""The line being edited: its text, the cursor, undo; and the kill ring, which outlives lines. Pure."""

from __future__ import annotations

import re

SHELL_WORD = re.compile(
    r"""(?:\\.|'[^']*'?|"(?:\\.|[^"\\])*"?|[^\s;&|<>()'"\\])+|[;&|<>()]+""", re.DOTALL
)
MOST_UNDO = 500
KILLS = 10


class KillRing:
    """What was cut, latest last; consecutive kills join."""

    def __init__(self) -> None:
        self.entries: list[str] = []
        self.joining = False

    def add(self, text: str, *, before: bool) -> None:
        """Keep `text`, joined to the last entry while kills follow one another."""
        if not text:
            return
        if self.joining and self.entries:
            last = self.entries[-1]
            self.entries[-1] = text + last if before else last + text
        else:
            self.entries.append(text)
            del self.entries[:-KILLS]
        self.joining = True

    def rotate(self) -> str:
        """Bring the entry before the last one to the end and return it (M-y)."""
        self.entries.insert(0, self.entries.pop())
        return self.entries[-1]


class Line:
    """Text with a cursor: `point` is the index the next character goes to."""

    def __init__(self, text: str = "", point: int | None = None) -> None:
        self.text = text
        self.point = len(text) if point is None else point
        self._undo: list[tuple[str, int]] = []
        self._inserting = False
        self.mark = 0

    # --- changes ---

    def _remember(self, *, inserting: bool = False) -> None:
        """Note the state before a change; characters typed in a row are undone as one."""
        if not (inserting and self._inserting):
            self._undo.append((self.text, self.point))
            del self._undo[:-MOST_UNDO]
        self._inserting = inserting

    def insert(self, text: str, *, typed: bool = False) -> None:
        """Insert at the cursor."""
        self._remember(inserting=typed)
        self.text = self.text[: self.point] + text + self.text[self.point :]
        self.point += len(text)

    def cut(self, start: int, end: int) -> str:
        """Remove and return what is between two indices; the cursor goes there."""
        start, end = max(0, min(start, end)), min(len(self.text), max(start, end))
        removed = self.text[start:end]
        if removed:
            self._remember()
            self.text = self.text[:start] + self.text[end:]
            self.point = start
        return removed

    def replace(self, text: str, point: int | None = None) -> None:
        """Put other text in the line's place."""
        self._remember()
        self.text = text
        self.point = len(text) if point is None else point

    def undo(self) -> bool:
        """Take the last change back; whether there was one."""
        self._inserting = False
        if not self._undo:
            return False
        self.text, self.point = self._undo.pop()
        return True

    def undo_depth(self) -> int:
        """Return how many changes can be taken back."""
        return len(self._undo)

    def join_undo(self, depth: int) -> None:
        """Let everything changed since `undo_depth` was `depth` be taken back at once."""
        del self._undo[depth + 1 :]

    def break_undo(self) -> None:
        """What is typed from now on is undone apart from what was typed before."""
        self._inserting = False

    # --- places ---

    def word_end(self, at: int | None = None) -> int:
        """Return where the word at or behind an index ends (letters and digits)."""
        at = self.point if at is None else at
        while at < len(self.text) and not self.text[at].isalnum():
            at += 1
        while at < len(self.text) and self.text[at].isalnum():
            at += 1
        return at

    def word_start(self, at: int | None = None) -> int:
        """Return where the word before an index begins."""
        at = self.point if at is None else at
        while at > 0 and not self.text[at - 1].isalnum():
            at -= 1
        while at > 0 and self.text[at - 1].isalnum():
            at -= 1
        return at

    def blank_word_start(self) -> int:
        """Return where the word before the cursor begins, words being parted by blanks (C-w)."""
        at = self.point
        while at > 0 and self.text[at - 1].isspace():
            at -= 1
        while at > 0 and not self.text[at - 1].isspace():
            at -= 1
        return at

    def shell_word_end(self) -> int:
        """Return where the shell's word at or behind the cursor ends; quotes keep words together."""
        return next((end for _, end in self._shell_words() if end > self.point), len(self.text))

    def shell_word_start(self) -> int:
        """Return where the shell's word before the cursor begins."""
        return max((start for start, _ in self._shell_words() if start < self.point), default=0)

    def _shell_words(self) -> list[tuple[int, int]]:
        """Return start and end of each word; signs like `;` and `|` are words too."""
        return [match.span() for match in SHELL_WORD.finditer(self.text)]

    def row_start(self) -> int:
        """Return where the cursor's row of a many-line text begins."""
        return self.row_start_at(self.point)

    def row_start_at(self, at: int) -> int:
        """Return where the row of an index begins."""
        return self.text.rfind("\n", 0, max(0, at)) + 1

    def row_end(self) -> int:
        """Return where the cursor's row ends."""
        return self.row_end_at(self.point)

    def row_end_at(self, at: int) -> int:
        """Return where the row of an index ends."""
        end = self.text.find("\n", max(0, at))
        return len(self.text) if end < 0 else end

    def previous(self) -> int:
        """Return the index one character back, combining marks taken along."""
        at = self.point - 1
        while at > 0 and _joins(self.text[at]):
            at -= 1
        return max(0, at)

    def following(self) -> int:
        """Return the index one character on."""
        at = self.point + 1
        while at < len(self.text) and _joins(self.text[at]):
            at += 1
        return min(len(self.text), at)

    def row_up(self) -> int | None:
        """Return the index above the cursor, None on the first row."""
        start = self.row_start()
        if start == 0:
            return None
        above = self.text.rfind("\n", 0, start - 1) + 1
        return min(above + self.point - start, start - 1)

    def row_down(self) -> int | None:
        """Return the index below the cursor, None on the last row."""
        end = self.row_end()
        if end == len(self.text):
            return None
        below_end = self.text.find("\n", end + 1)
        below_end = len(self.text) if below_end < 0 else below_end
        return min(end + 1 + self.point - self.row_start(), below_end)

    # --- changes by word ---

    def transpose(self) -> None:
        """Swap the two characters around the cursor (C-t)."""
        at = self.point
        if len(self.text) < 2 or at == 0:
            return
        at = at - 1 if at == len(self.text) else at
        swapped = self.text[at] + self.text[at - 1]
        self.replace(self.text[: at - 1] + swapped + self.text[at + 1 :], at + 1)

    def transpose_words(self) -> None:
        """Swap the word before the cursor with the one behind it (M-t)."""
        second_end = self.word_end()
        second = self.word_start(second_end)
        first = self.word_start(second)
        first_end = self.word_end(first)
        if first_end > second or first == second:
            return
        text = self.text
        swapped = text[second:second_end] + text[first_end:second] + text[first:first_end]
        self.replace(text[:first] + swapped + text[second_end:], second_end)

    def change_case(self, how: str) -> None:
        """Make the word behind the cursor `upper`, `lower` or `capitalize`d."""
        end = self.word_end()
        word = self.text[self.point : end]
        lead = len(word) - len(word.lstrip())
        changed = word.upper() if how == "upper" else word.lower()
        if how == "capitalize":
            at = next((i for i, char in enumerate(word) if char.isalnum()), lead)
            changed = word[:at] + word[at : at + 1].upper() + word[at + 1 :].lower()
        self.replace(self.text[: self.point] + changed + self.text[end:], self.point + len(changed))


def _joins(char: str) -> bool:
    """Whether a character belongs to the one before it."""
    return "\u0300" <= char <= "\u036f" or char in "\u200d\ufe0f"
