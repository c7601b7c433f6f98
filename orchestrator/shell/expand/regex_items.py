"""POSIX extended regular expressions taken apart: characters to a tree.

The input is a list of (character, quoted): what the script quoted matches itself wherever it stands.
"""

import re
from dataclasses import dataclass
from typing import TypeAlias

MAX_DEPTH = 200
MAX_REPEAT = 32767

Chars: TypeAlias = "tuple[tuple[str, bool], ...]"


class RegexError(Exception):
    """The text is no regular expression (``[[ x =~ ( ]]``): status 2."""


@dataclass(frozen=True, slots=True)
class Char:
    """One character, as the source of a Python regular expression for a single character."""

    source: str
    literal: str | None = None


@dataclass(frozen=True, slots=True)
class Anchor:
    """``^`` or ``$``."""

    kind: str


@dataclass(frozen=True, slots=True)
class Group:
    """``( ... )`` number ``number`` (from 1)."""

    number: int
    body: "Node"


@dataclass(frozen=True, slots=True)
class Repeat:
    """``body{low,high}``; ``high`` None means no limit."""

    body: "Node"
    low: int
    high: int | None


@dataclass(frozen=True, slots=True)
class Concat:
    """One after the other."""

    items: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Either:
    """``a|b``."""

    choices: "tuple[Node, ...]"


Node: TypeAlias = "Char | Anchor | Group | Repeat | Concat | Either"

_START = Anchor("^")
_CLASSES = {
    "alpha": r"[^\W\d_]",
    "digit": "[0-9]",
    "alnum": r"[^\W_]",
    "upper": "[A-ZÀ-ÖØ-Þ]",
    "lower": "[a-zß-öø-ÿ]",
    "space": r"[ \t-\r]",
    "blank": r"[ \t]",
    "punct": r"[!-/:-@\[-`{-~]",
    "print": r"[ -~\u00a0-\U0010ffff]",
    "graph": r"[!-~\u00a1-\U0010ffff]",
    "cntrl": r"[\x00-\x1f\x7f-\x9f]",
    "xdigit": "[0-9A-Fa-f]",
    "word": r"\w",
}
_ESCAPES = {"w": r"\w", "W": r"\W", "s": r"\s", "S": r"\S"}
_COUNT = re.compile(r"\{(\d*)(,?)(\d*)\}")


class RegexParser:
    """Reads one expression; ``groups`` counts its parentheses."""

    def __init__(self, chars: Chars) -> None:
        self.chars = chars
        self.pos = 0
        self.groups = 0
        self.depth = 0

    def parse(self) -> Node:
        """The whole expression. Raises RegexError."""
        node = self._either()
        if self.pos < len(self.chars):
            raise RegexError("unmatched )")
        return node

    def _at(self, wanted: str) -> bool:
        """Whether an unquoted character of ``wanted`` stands here."""
        if self.pos >= len(self.chars):
            return False
        char, quoted = self.chars[self.pos]
        return not quoted and char in wanted

    def _either(self) -> Node:
        choices = [self._concat()]
        while self._at("|"):
            self.pos += 1
            choices.append(self._concat())
        return choices[0] if len(choices) == 1 else Either(tuple(choices))

    def _concat(self) -> Node:
        items: list[Node] = []
        while self.pos < len(self.chars) and not self._at("|"):
            if self._at(")") and self.depth:
                break
            items.append(self._repeated(self._atom(not items)))
        return items[0] if len(items) == 1 else Concat(tuple(items))

    def _atom(self, first: bool) -> Node:
        char, quoted = self.chars[self.pos]
        self.pos += 1
        if quoted:
            return Char(re.escape(char), char)
        if char == "(":
            return self._group()
        if char == "[":
            return self._bracket()
        if char == ".":
            return Char(".")
        if char in "^$":
            return Anchor(char)
        if char == "\\":
            return self._escape()
        if char == "{" or (char in "*+?" and first):
            raise RegexError("repetition of nothing")
        return Char(re.escape(char), char)

    def _escape(self) -> Node:
        if self.pos >= len(self.chars):
            raise RegexError("trailing backslash")
        char, _ = self.chars[self.pos]
        self.pos += 1
        if char in _ESCAPES:
            return Char(_ESCAPES[char])
        if char in "123456789" and int(char) > self.groups:
            raise RegexError("no such group")
        if char in "bB<>":
            return Anchor("\\" + char)
        return Char(re.escape(char), char)

    def _group(self) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise RegexError("nested too deep")
        self.groups += 1
        number = self.groups
        body = self._either()
        if not self._at(")"):
            raise RegexError("unmatched (")
        self.pos += 1
        self.depth -= 1
        return Group(number, body)

    def _repeated(self, node: Node) -> Node:
        while self._at("*+?{"):
            if node == _START:
                raise RegexError("repetition of nothing")
            char = self.chars[self.pos][0]
            if char == "{":
                count = self._count(self.pos)
                if count is None:
                    raise RegexError("no repetition count")
                low, high, self.pos = count
            else:
                low, high = {"*": (0, None), "+": (1, None), "?": (0, 1)}[char]
                self.pos += 1
            node = _repeat(node, low, high)
        return node

    def _count(self, start: int) -> tuple[int, int | None, int] | None:
        """``{m,n}`` at ``start``: low, high and where it ends; None when it is plain text."""
        text = "".join(char for char, quoted in self.chars[start : start + 14] if not quoted)
        match = _COUNT.match(text)
        if not match or not (match.group(1) or match.group(2)):
            return None
        low = int(match.group(1) or 0)
        high: int | None = low
        if match.group(2):
            high = int(match.group(3)) if match.group(3) else None
        if low > MAX_REPEAT or (high is not None and (high > MAX_REPEAT or high < low)):
            raise RegexError("invalid repetition count")
        return low, high, start + match.end()

    def _bracket(self) -> Node:
        negated = self._at("^")
        self.pos += negated
        sources: list[str] = []
        first = True
        while True:
            if self.pos >= len(self.chars):
                raise RegexError("unmatched [")
            if self._at("]") and not first:
                self.pos += 1
                break
            first = False
            sources.append(self._bracket_item())
        either = "|".join(sources)
        return Char(f"(?:(?!{either}).)" if negated else f"(?:{either})")

    def _bracket_item(self) -> str:
        if self._at("[") and self.pos + 1 < len(self.chars):
            found = self._bracket_class()
            if found:
                return found
        low = self._bracket_char()
        if self._at("-") and not self._closes(self.pos + 1):
            self.pos += 1
            high = self._bracket_char()
            if high < low:
                raise RegexError("invalid range")
            return f"[{re.escape(low)}-{re.escape(high)}]"
        return f"[{re.escape(low)}]"

    def _closes(self, position: int) -> bool:
        return position < len(self.chars) and self.chars[position] == ("]", False)

    def _bracket_class(self) -> str | None:
        kind = self.chars[self.pos + 1][0]
        if kind not in ":=.":
            return None
        text = "".join(char for char, _ in self.chars[self.pos : self.pos + 24])
        end = text.find(kind + "]", 2)
        if end < 0:
            return None
        name = text[2:end]
        if (kind == ":" and name not in _CLASSES) or (kind != ":" and len(name) != 1):
            raise RegexError("invalid character class")
        self.pos += end + 2
        return _CLASSES[name] if kind == ":" else re.escape(name)

    def _bracket_char(self) -> str:
        if self._at("[") and self.pos + 1 < len(self.chars) and self.chars[self.pos + 1][0] == ".":
            text = "".join(char for char, _ in self.chars[self.pos : self.pos + 6])
            if text[3:5] == ".]":
                self.pos += 5
                return text[2]
        char = self.chars[self.pos][0]
        self.pos += 1
        return char


def _repeat(node: Node, low: int, high: int | None) -> Node:
    """Stacked stars (``a**``) are one: repeating a repetition without bounds adds nothing."""
    if isinstance(node, Repeat) and node.high is None and high is None and node.low <= 1:
        return Repeat(node.body, min(node.low, low), None)
    return Repeat(node, low, high)
