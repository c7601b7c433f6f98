"""The history as the editor walks it: up and down, searching; and what is added to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.shell.expand import compile_glob
from orchestrator.shell.interactive_joining import joined

if TYPE_CHECKING:
    from orchestrator.shell.shell import Shell

DEFAULT_SIZE = 500


class HistoryWalk:
    """One line's way through the history: changed entries keep their changes until the line is entered."""

    def __init__(self, entries: list[str]) -> None:
        self.entries = entries
        self.at = len(entries)
        self._changed: dict[int, str] = {}

    def move(self, current: str, target: int) -> str | None:
        """Go to an entry, keeping `current` as it is now; None if there is none."""
        if not 0 <= target <= len(self.entries) or target == self.at:
            return None
        self._changed[self.at] = current
        self.at = target
        return self.text(target)

    def text(self, index: int) -> str:
        """Return an entry as it has been left."""
        known = self._changed.get(index)
        if known is not None:
            return known
        return self.entries[index] if index < len(self.entries) else ""

    def search(self, wanted: str, start: int, step: int, *, prefix: bool = False) -> int | None:
        """Return the first entry from `start` on that holds `wanted` (or begins with it)."""
        index = start
        while 0 <= index < len(self.entries):
            text = self.text(index)
            if text.startswith(wanted) if prefix else wanted in text:
                return index
            index += step
        return None


def last_argument(entry: str) -> str:
    """Return the last word of a command, for M-. and `!$`; quotes keep words together."""
    word, quote, start = "", "", 0
    inside = False
    for at, char in enumerate(entry):
        if quote:
            quote = "" if char == quote and entry[at - 1] != "\\" else quote
        elif char in "'\"":
            quote = char
        if char.isspace() and not quote and entry[at - 1] != "\\":
            inside = False
        elif not inside:
            inside, start = True, at
        if inside:
            word = entry[start : at + 1]
    return word


class Entry(str):
    """A command of the history, and when it was entered (nanoseconds), if that is known."""

    __slots__ = ("when",)

    when: int | None

    def __new__(cls, text: str, when: int | None) -> Entry:
        """Make one; a str cannot be filled in afterwards."""
        entry = super().__new__(cls, text)
        entry.when = when
        return entry


def remember(shell: Shell, text: str) -> None:
    """Add a command as it was read, if HISTCONTROL, HISTIGNORE and HISTSIZE want it."""
    shell.recorded = False
    text = text.strip("\n")
    if not text.strip() or not shell.options.history:
        return
    if "\n" in text and not shell.options.cmdhist:
        for line in text.split("\n"):
            _consider(shell, line)
    elif "\n" in text and not shell.options.lithist:
        _consider(shell, joined(text))
    else:
        _consider(shell, text)


def _consider(shell: Shell, text: str) -> None:
    control = shell.text("HISTCONTROL").split(":")
    spaces = "ignorespace" in control or "ignoreboth" in control
    repeats = "ignoredups" in control or "ignoreboth" in control
    if spaces and text.startswith((" ", "\t")):
        return
    if repeats and shell.history and shell.history[-1] == text:
        return
    if _is_ignored(shell, text):
        return
    if "erasedups" in control:
        for index in range(len(shell.history) - 1, -1, -1):
            if shell.history[index] == text:
                remove(shell, index)
    add(shell, text)
    shell.recorded = True


def add(shell: Shell, text: str) -> None:
    """Put an entry at the end."""
    shell.history.append(Entry(text, shell.system.realtime()))
    shell.history_number += 1
    trim(shell)


def remove(shell: Shell, index: int) -> None:
    """Take an entry away; those behind it get other numbers."""
    if 0 <= index < len(shell.history):
        del shell.history[index]
        shell.history_number -= 1
        shell.history_saved = min(shell.history_saved, shell.history_number)


def clear(shell: Shell) -> None:
    """Forget everything."""
    shell.history.clear()
    shell.history_number = shell.history_saved = 1
    shell.recorded = False


def _is_ignored(shell: Shell, text: str) -> bool:
    """Whether HISTIGNORE matches; `&` in a pattern stands for the last entry."""
    patterns = shell.text("HISTIGNORE")
    last = shell.history[-1] if shell.history else ""
    for pattern in patterns.split(":") if patterns else ():
        if text == last if pattern == "&" else compile_glob(pattern).matches(text):
            return True
    return False


def trim(shell: Shell) -> None:
    """Keep HISTSIZE entries."""
    size = shell.text("HISTSIZE", str(DEFAULT_SIZE))
    if size.isdecimal():
        del shell.history[: max(0, len(shell.history) - int(size))]
