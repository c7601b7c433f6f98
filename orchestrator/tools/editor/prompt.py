"""Questions in an editor's line of messages: a line to type, or yes and no."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.tools.editor.view import width_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.shell.interactive_keys import Key

_CANCEL = ("C-c", "escape", "C-x")
_LINE_KEYS = ("^C Cancel|^U Clear", "Enter Accept")
_YES_KEYS = (" Y Yes|", " N No|^C Cancel")


class Prompt:
    """Asks. `show(message, keys, column)` draws the screen with the question; `key()` waits for a key."""

    def __init__(
        self, show: Callable[[str, tuple[str, str], int], None], key: Callable[[], Key]
    ) -> None:
        self._show = show
        self._key = key

    def line(self, question: str, answer: str = "", options: str = "") -> tuple[str, str] | None:
        """What was typed, and which of the `options` (names of keys) ended it or ""; None when given up."""
        at = len(answer)
        while True:
            column = width_of(f"{question}: {answer[:at]}", 8)
            self._show(f"{question}: {answer}", _LINE_KEYS, column)
            key = self._key()
            if key.name == "enter":
                return answer, ""
            if key.name in options.split():
                return answer, key.name
            if key.name in _CANCEL:
                return None
            answer, at = self._edited(answer, at, key)

    def _edited(self, answer: str, at: int, key: Key) -> tuple[str, int]:
        match key.name:
            case "":
                return answer[:at] + key.text + answer[at:], at + len(key.text)
            case "paste":
                text = key.text.partition("\n")[0]
                return answer[:at] + text + answer[at:], at + len(text)
            case "backspace" if at:
                return answer[: at - 1] + answer[at:], at - 1
            case "delete" | "C-d":
                return answer[:at] + answer[at + 1 :], at
            case "left" | "C-b":
                return answer, max(0, at - 1)
            case "right" | "C-f":
                return answer, min(len(answer), at + 1)
            case "home" | "C-a":
                return answer, 0
            case "end" | "C-e":
                return answer, len(answer)
            case "C-u" | "C-k":
                return "", 0
        return answer, at

    def yes(self, question: str, others: str = "") -> str:
        """`y`, `n`, one of `others`, or `` when given up."""
        while True:
            self._show(question, _YES_KEYS, width_of(question, 8))
            key = self._key()
            if key.name in _CANCEL:
                return ""
            if key.text and key.text.lower() in ("y", "n", *others):
                return key.text.lower()
