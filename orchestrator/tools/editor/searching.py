"""What an editor finds, and goes to: search, replace, line numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.tools.editor.text import Place

if TYPE_CHECKING:
    from orchestrator.tools.editor.prompt import Prompt
    from orchestrator.tools.editor.text import Text
    from orchestrator.tools.editor.view import View


class Searching:
    """The half of an editor that looks for things."""

    def __init__(self, text: Text, view: View, prompt: Prompt) -> None:
        self.text = text
        self.view = view
        self.prompt = prompt
        self.message = ""
        self._needle = ""
        self._exact = False

    # --- lines ---

    def go_to(self, row: int, column: int = 0) -> None:
        """A row counted from 0 (from the end if negative), as far as there are so many."""
        last = len(self.text.lines) - 1
        row = max(0, min(row if row >= 0 else last + 1 + row, last))
        self.text.cursor = Place(row, min(column, len(self.text.lines[row])))
        self.view.follow(middle=True)

    def ask_line(self) -> None:
        """`LINE`, or `LINE,COLUMN`."""
        answer = self.prompt.line("Enter line number, column number")
        if answer is None:
            self.message = "Cancelled"
            return
        words = answer[0].replace(",", " ").split()
        if not words or not all(word.lstrip("-").isdigit() for word in words[:2]):
            self.message = "Invalid line or column number"
            return
        row = int(words[0])
        column = max(0, int(words[1]) - 1) if len(words) > 1 else 0
        self.go_to(row - 1 if row > 0 else row, column)

    # --- searching ---

    def ask_search(self) -> None:
        """Ask what to look for, and go there. M-C: mind upper and lower case."""
        if self._ask("Search"):
            self.search_again()

    def _ask(self, verb: str) -> bool:
        while True:
            case = " [Case Sensitive]" if self._exact else ""
            last = f" [{self._needle}]" if self._needle else ""
            answer = self.prompt.line(f"{verb}{case}{last}", options="M-c M-C")
            if answer is None:
                self.message = "Cancelled"
                return False
            if answer[1]:
                self._exact = not self._exact
                continue
            self._needle = answer[0] or self._needle
            if not self._needle:
                self.message = "Cancelled"
            return bool(self._needle)

    def search_again(self) -> None:
        """The next place after the cursor."""
        if not self._needle:
            self.message = "No current search pattern"
            return
        start = self.text.cursor
        found = self.text.find(self._needle, self.text.after(start), exact=self._exact)
        if found is None:
            self.message = f'"{self._needle}" not found'
            return
        if found == start:
            self.message = "This is the only occurrence"
        elif found < start:
            self.message = "Search Wrapped"
        self.text.cursor = found
        self.view.follow(middle=True)

    # --- replacing ---

    def ask_replace(self) -> None:
        """Ask what by what, then for each place: yes, no, all."""
        if not self._ask("Search (to replace)"):
            return
        answer = self.prompt.line("Replace with")
        if answer is None:
            self.message = "Cancelled"
            return
        before = self.text.cursor
        count = self._replace_all(answer[0])
        self.text.cursor = Place(before.row, min(before.column, len(self.text.lines[before.row])))
        self.message = f"Replaced {count} occurrence{'' if count == 1 else 's'}"

    def _replace_all(self, new: str) -> int:
        """From the cursor to the end, then from the top to the cursor."""
        count, everywhere = 0, False
        at, wrapped, first = self.text.cursor, False, self.text.cursor
        while True:
            found = self.text.find(self._needle, at, exact=self._exact)
            if found is None or (wrapped and found >= first):
                return count
            if found < at:
                if wrapped:
                    return count
                wrapped = True
                if found >= first:
                    return count
            self.text.cursor = found
            self.view.follow(middle=True)
            answer = "a" if everywhere else self.prompt.yes("Replace this instance? ", "a")
            if not answer:
                return count
            everywhere = everywhere or answer == "a"
            end = Place(found.row, found.column + len(self._needle))
            if answer in ("y", "a"):
                self.text.replace(found, end, new)
                count += 1
                at = self.text.cursor
                if found.row == first.row and wrapped:
                    first = Place(first.row, first.column + len(new) - len(self._needle))
            else:
                at = end
