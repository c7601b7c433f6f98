r"""Shell patterns taken apart: text to a list of items.

A backslash quotes the next character; quoted parts of words arrive here already escaped. Knows nothing of
files or strings to match.
"""

import re
from dataclasses import dataclass
from typing import TypeAlias

from orchestrator.shell.expand.errors import LimitError

MAX_DEPTH = 100
"""How deep ``@( )`` may nest in a pattern."""

SPECIAL = re.compile(r"[*?\[\\]|[@!+](?=\()")
_PLAIN = re.compile(r"[^*?\[\\@!+|()]+")
_NEEDS_ESCAPE = re.compile(r"[*?\[\]\\()|@!+^-]")
_CLASSES = {
    "alpha": r"[^\W\d_]",
    "digit": r"[0-9]",
    "alnum": r"[^\W_]",
    "upper": r"[A-ZÀ-ÖØ-ÞΑ-ΫА-Я]",
    "lower": r"[a-zß-öø-ÿα-ώа-я]",
    "space": r"[ \t-\r]",
    "blank": r"[ \t]",
    "punct": r"[!-/:-@\[-`{-~]",
    "print": r"[ -~\u00a0-\U0010ffff]",
    "graph": r"[!-~\u00a1-\U0010ffff]",
    "cntrl": r"[\x00-\x1f\x7f-\x9f]",
    "xdigit": r"[0-9A-Fa-f]",
    "word": r"\w",
    "ascii": r"[\x00-\x7f]",
}
_CLASS = re.compile(r"\[:([a-z]+):\]")
_EQUIVALENT = re.compile(r"\[([=.])(.)\1\]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class One:
    """One character, as the source of a regular expression."""

    regex: str


@dataclass(frozen=True, slots=True)
class Star:
    """``*``."""


@dataclass(frozen=True, slots=True)
class Extended:
    """``kind(a|b)`` with kind one of ``? * + @ !``."""

    kind: str
    alternatives: "tuple[Items, ...]"


Items: TypeAlias = "tuple[str | One | Star | Extended, ...]"
STAR = Star()
ANY = One(".")


def escape(text: str) -> str:
    """``text`` as a pattern that matches exactly itself."""
    return _NEEDS_ESCAPE.sub(r"\\\g<0>", text)


def unescape(pattern: str) -> str:
    """A pattern without its quoting backslashes."""
    return re.sub(r"\\(.)", r"\1", pattern, flags=re.DOTALL)


def parse_items(pattern: str, extglob: bool) -> Items:
    """The items of a pattern. Raises LimitError when ``@( )`` nests too deep."""
    return _ItemParser(pattern, extglob).sequence(0)


class _ItemParser:
    def __init__(self, text: str, extglob: bool) -> None:
        self.text = text
        self.pos = 0
        self.extglob = extglob
        self.last_close = text.rfind("]")
        self.closers = self._matching_parentheses() if extglob and "(" in text else {}

    def sequence(self, depth: int) -> Items:
        """Items up to the end, or in a group up to ``|`` or ``)``."""
        items: list[str | One | Star | Extended] = []
        while self.pos < len(self.text):
            plain = _PLAIN.match(self.text, self.pos)
            if plain:
                self.pos = plain.end()
                _add(items, plain.group())
                continue
            char = self.text[self.pos]
            if depth and char in "|)":
                break
            if char in "?*+@!" and self._opens_group():
                items.append(self._group(char, depth))
            else:
                self.pos += 1
                self._single(char, items)
        return tuple(items)

    def _opens_group(self) -> bool:
        return self.extglob and self.pos + 1 in self.closers

    def _group(self, kind: str, depth: int) -> Extended:
        if depth >= MAX_DEPTH:
            raise LimitError("pattern nests too deep")
        self.pos += 2
        alternatives = [self.sequence(depth + 1)]
        while self.text[self.pos] == "|":
            self.pos += 1
            alternatives.append(self.sequence(depth + 1))
        self.pos += 1
        return Extended(kind, tuple(alternatives))

    def _single(self, char: str, items: list[str | One | Star | Extended]) -> None:
        if char == "*":
            if not items or items[-1] is not STAR:
                items.append(STAR)
        elif char == "?":
            items.append(ANY)
        elif char == "[":
            items.append(self._bracket() or "[")
        elif char == "\\" and self.pos < len(self.text):
            _add(items, self.text[self.pos])
            self.pos += 1
        else:
            _add(items, char)

    def _matching_parentheses(self) -> dict[int, int]:
        """Which ``(`` behind an extended-glob sign is closed where: found once, in one pass, which steps over
        what the parser steps over (a bracket may hold parentheses)."""
        text = self.text
        stack: list[int] = []
        closers: dict[int, int] = {}
        pos = 0
        while pos < len(text):
            char = text[pos]
            pos += 1
            if char == "\\":
                pos += 1
            elif char == "[":
                self.pos = pos
                if self._bracket() is None:
                    stack.clear()  # a bracket that is not closed swallows what would close the groups around
                pos = self.pos
            elif char == "(" and pos > 1 and text[pos - 2] in "?*+@!":
                stack.append(pos - 1)
            elif char == ")" and stack:
                closers[stack.pop()] = pos - 1
        self.pos = 0
        return closers

    def _bracket(self) -> One | None:
        """A bracket expression behind its ``[``; None (nothing consumed) when it is not closed."""
        text, pos = self.text, self.pos
        if pos > self.last_close:
            return None
        negated = text[pos : pos + 1] in ("!", "^")
        pos += negated
        fragments: list[str] = []
        ranges: list[str] = []
        first = True
        while pos < len(text):
            if text[pos] == "]" and not first:
                self.pos = pos + 1
                return One(_bracket_regex(fragments, ranges, negated))
            first = False
            found = _CLASS.match(text, pos)
            if found:
                fragments.append(_CLASSES.get(found.group(1), r"(?!)"))
                pos = found.end()
                continue
            low, pos = _bracket_char(text, pos)
            if text.startswith("-", pos) and text[pos + 1 : pos + 2] not in ("]", ""):
                high, pos = _bracket_char(text, pos + 1)
                if low <= high:
                    ranges.append(f"{re.escape(low)}-{re.escape(high)}")
            else:
                ranges.append(re.escape(low))
        return None


def _bracket_char(text: str, pos: int) -> tuple[str, int]:
    equivalent = _EQUIVALENT.match(text, pos)
    if equivalent:
        return equivalent.group(2), equivalent.end()
    if text[pos] == "\\" and pos + 1 < len(text):
        return text[pos + 1], pos + 2
    return text[pos], pos + 1


def _bracket_regex(fragments: list[str], ranges: list[str], negated: bool) -> str:
    if not fragments:
        inside = "".join(ranges)
        if not inside:
            return "." if negated else "(?!)."
        return f"[{'^' * negated}{inside}]"
    if ranges:
        fragments = [*fragments, f"[{''.join(ranges)}]"]
    either = "|".join(fragments)
    return f"(?:(?!{either}).)" if negated else f"(?:{either})"


def _add(items: list[str | One | Star | Extended], text: str) -> None:
    last = items[-1] if items else None
    if isinstance(last, str):
        items[-1] = last + text
    else:
        items.append(text)
