"""Extended globs, matched by sets of positions.

From a set of places where a match may start, each item gives the set of places where it may end. Nothing is
tried twice, so no pattern can explode: the cost is at most the pattern's size times the text's length squared
(only ``!( )`` needs the square).
"""

import re
from collections.abc import Iterator

from orchestrator.shell.expand.glob_items import STAR, Extended, Items, One


class SetPattern:
    """A pattern with ``?( ) *( ) +( ) @( ) !( )``. Its methods are those of ``pattern.Pattern``."""

    __slots__ = ("_items", "_nocase", "_reversed", "literal")

    def __init__(self, items: Items, nocase: bool) -> None:
        self.literal: str | None = None
        self._items = items
        self._nocase = nocase
        self._reversed: Items | None = None

    def matches(self, text: str) -> bool:
        """See Pattern."""
        return len(text) in self._matcher(text).ends(self._items, {0})

    def prefix(self, text: str, longest: bool) -> int:
        """See Pattern."""
        return self._pick(text, self._items, longest)

    def suffix(self, text: str, longest: bool) -> int:
        """See Pattern."""
        end = self._pick(text[::-1], self._mirror(), longest)
        return end if end < 0 else len(text) - end

    def _mirror(self) -> Items:
        if self._reversed is None:
            self._reversed = _mirrored(self._items)
        return self._reversed

    def find(self, text: str, start: int) -> tuple[int, int] | None:
        """See Pattern."""
        for span in self.find_all(text[start:]):
            return span[0] + start, span[1] + start
        return None

    def find_all(self, text: str) -> Iterator[tuple[int, int]]:
        """See Pattern. One pass backwards finds all places where a match can start."""
        size = len(text)
        backwards = self._matcher(text[::-1])
        starts = backwards.ends(self._mirror(), set(range(size + 1)))
        matcher = self._matcher(text)
        position = 0
        for start in sorted(size - end for end in starts):
            if start >= position:
                end = max(matcher.ends(self._items, {start}))
                yield start, end
                position = max(end, start + 1)

    def _pick(self, text: str, items: Items, longest: bool) -> int:
        ends = self._matcher(text).ends(items, {0})
        if not ends:
            return -1
        return max(ends) if longest else min(ends)

    def _matcher(self, text: str) -> "_Matcher":
        return _Matcher(text, self._nocase)


class _Matcher:
    """One text; remembers what ``!( )`` gave from each start."""

    def __init__(self, text: str, nocase: bool) -> None:
        self.text = text
        self.flags = re.DOTALL | (re.IGNORECASE if nocase else 0)
        self.negations: dict[tuple[int, int], set[int]] = {}

    def ends(self, items: Items, starts: set[int]) -> set[int]:
        """Where a match of all items, begun at one of ``starts``, may end."""
        for item in items:
            if not starts:
                return starts
            if item is STAR:
                starts = set(range(min(starts), len(self.text) + 1))
            elif isinstance(item, Extended):
                starts = self._extended(item, starts)
            else:
                starts = self._fixed(item, starts)  # type: ignore[arg-type]
        return starts

    def _fixed(self, item: str | One, starts: set[int]) -> set[int]:
        source = re.escape(item) if isinstance(item, str) else item.regex
        match = re.compile(source, self.flags).match
        found = (match(self.text, start) for start in starts)
        return {one.end() for one in found if one}

    def _extended(self, item: Extended, starts: set[int]) -> set[int]:
        if item.kind == "!":
            return self._negated(item, starts)
        once = self._either(item, starts)
        if item.kind == "@":
            return once
        if item.kind == "?":
            return once | starts
        reached, fresh = set(once), once
        while fresh:
            fresh = self._either(item, fresh) - reached
            reached |= fresh
        return reached if item.kind == "+" else reached | starts

    def _either(self, item: Extended, starts: set[int]) -> set[int]:
        ends: set[int] = set()
        for alternative in item.alternatives:
            ends |= self.ends(alternative, starts)
        return ends

    def _negated(self, item: Extended, starts: set[int]) -> set[int]:
        ends: set[int] = set()
        for start in starts:
            key = (id(item), start)
            known = self.negations.get(key)
            if known is None:
                matched = self._either(item, {start})
                known = set(range(start, len(self.text) + 1)) - matched
                self.negations[key] = known
            ends |= known
        return ends


def _mirrored(items: Items) -> Items:
    mirrored: list[object] = []
    for item in reversed(items):
        if isinstance(item, str):
            mirrored.append(item[::-1])
        elif isinstance(item, Extended):
            alternatives = tuple([_mirrored(one) for one in item.alternatives])
            mirrored.append(Extended(item.kind, alternatives))
        else:
            mirrored.append(item)
    return tuple(mirrored)  # type: ignore[arg-type]
