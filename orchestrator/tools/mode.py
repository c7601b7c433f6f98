"""File modes as chmod(1) writes them: octal, or clauses like `u=rwx,go-w,+X`."""

from __future__ import annotations

from dataclasses import dataclass

_WHO = {"u": 0o4700, "g": 0o2070, "o": 0o1007, "a": 0o7777}
_BITS = {"r": 0o444, "w": 0o222, "x": 0o111, "s": 0o6000, "t": 0o1000}
_SHIFT = {"u": 6, "g": 3, "o": 0}


@dataclass(frozen=True, slots=True)
class Clause:
    """One change: `mask` says whose bits, `operator` is + - or = (0: a number), `letters` which."""

    mask: int
    operator: str
    letters: str
    has_who: bool


class InvalidMode(ValueError):
    """Not a mode."""


def parse_mode(text: str, umask: int) -> list[Clause] | int:
    """A number for an octal mode, else the clauses in order. Raises InvalidMode."""
    if text and all(digit in "01234567" for digit in text):
        value = int(text, 8) if len(text) <= 12 else 0o10000
        if value > 0o7777:
            raise InvalidMode(text)
        # With five digits or more the set-id bits of a directory are named, and so cleared (chmod(1)).
        return value if len(text) < 5 else [Clause(0o7777, "0", text, True)]
    clauses: list[Clause] = []
    for part in text.split(","):
        clauses += _parse_part(part, umask)
    return clauses


def _parse_part(part: str, umask: int) -> list[Clause]:
    who = len(part) - len(part.lstrip("ugoa"))
    mask = 0
    for letter in part[:who]:
        mask |= _WHO[letter]
    rest = part[who:]
    if not rest or rest[0] not in "+-=":
        raise InvalidMode(part)
    clauses = []
    while rest:
        operator, rest = rest[0], rest[1:]
        end = next((i for i, letter in enumerate(rest) if letter in "+-="), len(rest))
        letters, rest = rest[:end], rest[end:]
        if letters.strip("rwxXst") and letters not in _SHIFT:
            raise InvalidMode(part)
        clauses.append(Clause(mask or 0o7777 & ~umask, operator, letters, bool(mask)))
    return clauses


def apply_mode(change: list[Clause] | int, mode: int, *, is_dir: bool) -> int:
    """The permission bits after the change; `mode` is those before."""
    if isinstance(change, int):
        # A numeric mode leaves a directory's set-id bits alone unless it names them (chmod(1)).
        return change | (mode & 0o6000 if is_dir and change <= 0o777 else 0)
    for clause in change:
        if clause.operator == "0":
            mode = int(clause.letters, 8)
            continue
        bits = _bits(clause.letters, mode, is_dir=is_dir) & clause.mask
        if clause.operator == "+":
            mode |= bits
        elif clause.operator == "-":
            mode &= ~bits
        else:
            kept = 0o6000 if is_dir else 0
            cleared = clause.mask if clause.has_who else 0o7777
            mode = mode & (~cleared | kept) | bits
    return mode & 0o7777


def _bits(letters: str, mode: int, *, is_dir: bool) -> int:
    if letters in _SHIFT:
        value = mode >> _SHIFT[letters] & 7
        return value * 0o111
    bits = 0
    for letter in letters:
        if letter == "X":
            bits |= 0o111 if is_dir or mode & 0o111 else 0
        else:
            bits |= _BITS[letter]
    return bits


def mode_text(mode: int, letter: str) -> str:
    """As ls -l shows it: `-rwxr-xr-x`; `letter` is the file's kind."""
    text = ""
    for shift, special, low, high in (
        (6, 0o4000, "s", "S"),
        (3, 0o2000, "s", "S"),
        (0, 0o1000, "t", "T"),
    ):
        bits = mode >> shift
        text += ("r" if bits & 4 else "-") + ("w" if bits & 2 else "-")
        text += (low if bits & 1 else high) if mode & special else ("x" if bits & 1 else "-")
    return letter + text
