"""The history as the editor walks it: up and down, searching; and what is added to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.shell.expand import compile_glob

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


def remember(shell: Shell, text: str) -> None:
    """Add a command to the history as HISTCONTROL, HISTIGNORE and HISTSIZE say."""
    text = text.strip("\n")
    if not text.strip() or not shell.options.history:
        return
    control = shell.text("HISTCONTROL").split(":")
    spaces = "ignorespace" in control or "ignoreboth" in control
    repeats = "ignoredups" in control or "ignoreboth" in control
    if spaces and text.startswith(" "):
        return
    if repeats and shell.history and shell.history[-1] == text:
        return
    if _is_ignored(shell, text):
        return
    if "erasedups" in control:
        shell.history[:] = [entry for entry in shell.history if entry != text]
    shell.history.append(text)
    shell.history_number += 1
    trim(shell)


def _is_ignored(shell: Shell, text: str) -> bool:
    patterns = shell.text("HISTIGNORE")
    return bool(patterns) and any(compile_glob(p).matches(text) for p in patterns.split(":"))


def trim(shell: Shell) -> None:
    """Keep HISTSIZE entries."""
    size = shell.text("HISTSIZE", str(DEFAULT_SIZE))
    if size.isdecimal():
        del shell.history[: max(0, len(shell.history) - int(size))]
