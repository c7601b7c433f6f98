"""Options and operands of builtins, with bash's wording for what is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.shell.builtin import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator


class Options:
    """Options read from the words behind a builtin's name.

    `spec` lists the letters; one followed by `:` takes an argument. Reading stops at the first operand or
    behind `--`. `given` has every letter in order of appearance, `values` the last argument of each.
    Raises: UsageError (status 2).
    """

    def __init__(self, words: list[str], spec: str, *, plus: bool = False) -> None:
        self.given: list[str] = []
        self.values: dict[str, str] = {}
        self.removed: list[str] = []
        self._words = words
        self._spec = spec
        at = 1
        while at < len(words):
            word = words[at]
            if word == "--":
                at += 1
                break
            if plus and len(word) > 1 and word[0] == "+":
                self._take_removed(word)
                at += 1
                continue
            if len(word) < 2 or word[0] != "-":
                break
            at = self._take(word, at)
        self.operands = words[at:]

    def __contains__(self, letter: str) -> bool:
        return letter in self.given

    def __iter__(self) -> Iterator[str]:
        return iter(self.given)

    def _take(self, word: str, at: int) -> int:
        """Read one word of letters; return where to go on."""
        for position, letter in enumerate(word[1:], 1):
            found = self._spec.find(letter) if letter != ":" else -1
            if found < 0:
                raise UsageError(f"-{letter}: invalid option")
            self.given.append(letter)
            if self._spec[found + 1 : found + 2] == ":":
                rest = word[position + 1 :]
                if not rest:
                    at += 1
                    if at >= len(self._words):
                        raise UsageError(f"-{letter}: option requires an argument")
                    rest = self._words[at]
                self.values[letter] = rest
                break
        return at + 1

    def _take_removed(self, word: str) -> None:
        for letter in word[1:]:
            if letter not in self._spec:
                raise UsageError(f"+{letter}: invalid option")
            self.removed.append(letter)


def no_options(words: list[str]) -> list[str]:
    """Return the operands of a builtin without options; `--` may stand in front. Raises: UsageError."""
    return Options(words, "").operands


def whole_number(text: str) -> int | None:
    """Return the number a decimal operand is, sign and blanks around allowed; None when it is none."""
    stripped = text.strip(" \t\n")
    digits = stripped[1:] if stripped[:1] in ("+", "-") else stripped
    if not digits.isascii() or not digits.isdecimal():
        return None
    number = int(stripped)
    return number if -(1 << 63) <= number < 1 << 63 else None
