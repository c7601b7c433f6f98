"""Names near a mistyped one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST = 3
LONGEST = 32
"""Longer names are not compared: nobody mistypes them one letter at a time."""


def nearest(name: str, names: Iterable[str]) -> list[str]:
    """Return up to three of `names` that are one or two slips of the finger away, best first.

    Where the same letters in another order make a name, only such names are meant.
    """
    if not 1 < len(name) <= LONGEST:
        return []
    limit = 1 if len(name) < 5 else 2
    near = []
    for other in names:
        if abs(len(other) - len(name)) <= limit and other != name:
            slips = distance(name, other)
            if slips <= limit:
                near.append((slips, other))
    swapped = sorted(other for _, other in near if sorted(other) == sorted(name))
    return (swapped or [other for _, other in sorted(near)])[:MOST]


def distance(left: str, right: str) -> int:
    """Return how many letters to change, drop, insert or swap with a neighbour to get from one to the other."""
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        older, before, row = before, row, [i]
        for j, b in enumerate(right, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and b == left[i - 2]:
                best = min(best, older[j - 2] + 1)
            row.append(best)
    return row[-1]
