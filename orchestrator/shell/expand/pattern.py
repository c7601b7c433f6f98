"""Shell patterns matched in linear time: ``case``, ``[[ ==``, ``${x#...}``, ``${x/...}``, file names.

Without extended globs a pattern is fixed pieces between stars. Each piece but the last is matched at its first
possible place and never reconsidered (an atomic group), which is right for globs and keeps the regular
expression engine from exploding. Extended globs are matched by ``glob_sets``.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Protocol

from orchestrator.shell.expand.glob_items import STAR, Extended, Items, One, parse_items
from orchestrator.shell.expand.glob_sets import SetPattern


class Pattern(Protocol):
    """A compiled pattern. Offsets are in characters."""

    literal: str | None
    """The text, when the pattern matches exactly one."""

    def matches(self, text: str) -> bool:
        """Whether all of ``text`` matches."""

    def prefix(self, text: str, longest: bool) -> int:
        """Where the longest or shortest match at the start ends; -1 when there is none."""

    def suffix(self, text: str, longest: bool) -> int:
        """Where the longest or shortest match at the end starts; -1 when there is none."""

    def find(self, text: str, start: int) -> tuple[int, int] | None:
        """The leftmost match at or after ``start``, the longest there."""

    def find_all(self, text: str) -> Iterator[tuple[int, int]]:
        """All matches from left to right, each the longest at its place, behind the one before."""


class _Finder:
    """``find_all`` by repeated ``find``, for patterns whose ``find`` looks at nothing twice."""

    __slots__ = ()

    def find(self, text: str, start: int) -> tuple[int, int] | None:
        """See Pattern."""
        raise NotImplementedError

    def find_all(self, text: str) -> Iterator[tuple[int, int]]:
        """See Pattern."""
        position = 0
        while position <= len(text):
            span = self.find(text, position)
            if span is None:
                return
            yield span
            position = max(span[1], span[0] + 1)


class LiteralPattern(_Finder):
    """A pattern without special characters."""

    __slots__ = ("literal",)

    def __init__(self, literal: str) -> None:
        self.literal: str | None = literal

    def matches(self, text: str) -> bool:
        """See Pattern."""
        return text == self.literal

    def prefix(self, text: str, longest: bool) -> int:
        """See Pattern."""
        literal = self.literal or ""
        return len(literal) if text.startswith(literal) else -1

    def suffix(self, text: str, longest: bool) -> int:
        """See Pattern."""
        literal = self.literal or ""
        return len(text) - len(literal) if text.endswith(literal) else -1

    def find(self, text: str, start: int) -> tuple[int, int] | None:
        """See Pattern."""
        literal = self.literal or ""
        at = text.find(literal, start)
        return None if at < 0 else (at, at + len(literal))


class StarPattern(_Finder):
    """Fixed pieces between stars."""

    __slots__ = ("_find_head", "_full", "_longest", "_pieces", "_plain", "_reversed", "_shortest",
                 "_tail", "flags", "literal")  # fmt: skip

    def __init__(self, items: Items, flags: int) -> None:
        self.literal: str | None = None
        self.flags = flags | re.DOTALL
        self._pieces = _split_at_stars(items)
        self._plain = _as_text(self._pieces) if not flags & re.IGNORECASE else None
        self._full: re.Pattern[str] | None = None
        self._longest: re.Pattern[str] | None = None
        self._shortest: re.Pattern[str] | None = None
        self._find_head: re.Pattern[str] | None = None
        self._tail: re.Pattern[str] | None = None
        self._reversed: StarPattern | None = None

    def matches(self, text: str) -> bool:
        """See Pattern."""
        if self._full is None:
            self._full = self._compile(_regex(self._pieces, True) + r"\Z")
        return self._full.match(text) is not None

    def prefix(self, text: str, longest: bool) -> int:
        """See Pattern."""
        plain = self._plain
        if plain is not None and len(plain) == 2 and not plain[0]:
            if not plain[1]:
                return len(text) if longest else 0
            at = text.rfind(plain[1]) if longest else text.find(plain[1])
            return at if at < 0 else at + len(plain[1])
        match = self._prefix_regex(longest).match(text)
        return match.end() if match else -1

    def suffix(self, text: str, longest: bool) -> int:
        """See Pattern."""
        plain = self._plain
        if plain is not None and len(plain) == 2 and not plain[1]:
            if not plain[0]:
                return 0 if longest else len(text)
            return text.find(plain[0]) if longest else text.rfind(plain[0])
        if self._reversed is None:
            self._reversed = self._mirror()
        end = self._reversed.prefix(text[::-1], longest)
        return end if end < 0 else len(text) - end

    def find(self, text: str, start: int) -> tuple[int, int] | None:
        """See Pattern. When the rest fails behind the first piece, it fails behind every later one too."""
        if self._find_head is None:
            self._find_head = self._compile(_piece_regex(self._pieces[0]))
            self._tail = self._compile(_regex(((), *self._pieces[1:]), True))
        head = self._find_head.search(text, start)
        if head is None or self._tail is None:
            return None
        if len(self._pieces) == 1:
            return head.span()
        tail = self._tail.match(text, head.end())
        return (head.start(), tail.end()) if tail else None

    def _prefix_regex(self, longest: bool) -> re.Pattern[str]:
        known = self._longest if longest else self._shortest
        if known is None:
            known = self._compile(_regex(self._pieces, longest))
            if longest:
                self._longest = known
            else:
                self._shortest = known
        return known

    def _mirror(self) -> "StarPattern":
        items: list[str | One | object] = []
        for number, piece in enumerate(reversed(self._pieces)):
            if number:
                items.append(STAR)
            items.extend(item[::-1] if isinstance(item, str) else item for item in reversed(piece))
        return StarPattern(tuple(items), self.flags)  # type: ignore[arg-type]

    def _compile(self, source: str) -> re.Pattern[str]:
        return re.compile(source, self.flags)


Pieces = tuple[Items, ...]


def _split_at_stars(items: Items) -> Pieces:
    pieces: list[list[str | One]] = [[]]
    for item in items:
        if item is STAR:
            pieces.append([])
        elif isinstance(item, (str, One)):
            pieces[-1].append(item)
    return tuple(map(tuple, pieces))


def _as_text(pieces: Pieces) -> list[str] | None:
    """The pieces as plain strings, None when one holds ``?`` or a bracket."""
    texts: list[str] = []
    for piece in pieces:
        if len(piece) > 1 or (piece and not isinstance(piece[0], str)):
            return None
        texts.append(str(piece[0]) if piece else "")
    return texts


def _piece_regex(piece: Items) -> str:
    return "".join(
        re.escape(item) if isinstance(item, str) else item.regex  # type: ignore[union-attr]
        for item in piece
    )


def _regex(pieces: Pieces, longest: bool) -> str:
    source = _piece_regex(pieces[0])
    for piece in pieces[1:-1]:
        source += f"(?>.*?{_piece_regex(piece)})"
    if len(pieces) > 1:
        last = _piece_regex(pieces[-1])
        source += f".*{last}" if longest else f"(?>.*?{last})"
    return source


@lru_cache(maxsize=1024)
def compile_glob(text: str, extglob: bool = False, nocase: bool = False) -> Pattern:
    """Compile a pattern. Cached: a pure function of its arguments.

    Raises LimitError when extended globs nest deeper than we allow.
    """
    items = parse_items(text, extglob)
    if any(isinstance(item, Extended) for item in items):
        return SetPattern(items, nocase)
    if not nocase and all(isinstance(item, str) for item in items):
        return LiteralPattern("".join(map(str, items)))
    return StarPattern(items, re.IGNORECASE if nocase else 0)


@lru_cache(maxsize=1024)
def is_glob(text: str, extglob: bool) -> bool:
    """Whether a field can match other names than itself."""
    return any(not isinstance(item, str) for item in parse_items(text, extglob))
