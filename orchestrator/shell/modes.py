"""File modes as people write them: octal, or `u+x,g-w,o=r`, for `umask`. Pure text."""

from __future__ import annotations

import re

_CLAUSE = re.compile(r"([ugoa]*)((?:[-+=](?:[rwxXst]*|[ugo]))+)")
_ACTION = re.compile(r"([-+=])([ugo]|[rwxXst]*)")
_SHIFTS = {"u": 6, "g": 3, "o": 0}


class ModeError(Exception):
    """Text that is no mode."""


def parse(text: str, mode: int, *, directory: bool, umask: int) -> int:
    """Return the permission bits (07777) that `text` makes of `mode`. Raises: ModeError."""
    if text[:1].isdecimal():
        if set(text) - set("01234567") or int(text, 8) > 0o7777:
            raise ModeError(f"invalid mode: {text}")
        return int(text, 8)
    return apply_symbolic(text, mode, directory=directory, umask=umask)


def apply_symbolic(text: str, mode: int, *, directory: bool, umask: int) -> int:
    """Return the bits that symbolic clauses make of `mode`; without `ugoa` the umask holds back. Raises: ModeError."""
    for clause in text.split(","):
        match = _CLAUSE.fullmatch(clause)
        if match is None:
            raise ModeError(_what_is_wrong(clause))
        who, actions = match.groups()
        for operator, permissions in _ACTION.findall(actions):
            mode = _apply(mode, who, operator, permissions, directory=directory, umask=umask)
    return mode


def _what_is_wrong(clause: str) -> str:
    rest = clause.lstrip("ugoa")
    if rest[:1] not in ("-", "+", "="):
        return f"`{rest[:1]}': invalid symbolic mode operator"
    return f"`{rest[1:].lstrip('rwxXst')[:1]}': invalid symbolic mode character"


def _apply(
    mode: int, who: str, operator: str, permissions: str, *, directory: bool, umask: int
) -> int:
    everyone = not who
    who = "ugo" if everyone or "a" in who else who
    bits = _bits(mode, who, permissions, directory=directory)
    if everyone:
        bits &= ~umask
    if operator == "+":
        return mode | bits
    if operator == "-":
        return mode & ~bits
    affected = sum(0o7 << _SHIFTS[letter] for letter in set(who))
    affected |= (0o4000 if "u" in who else 0) | (0o2000 if "g" in who else 0)
    if directory:
        affected &= ~0o6000  # a directory keeps its set-id bits unless they are named
    if everyone:
        affected &= ~umask
    return mode & ~affected | bits


def _bits(mode: int, who: str, permissions: str, *, directory: bool) -> int:
    """Return the bits that `permissions` means for `who`."""
    triple = 0
    if permissions and permissions in _SHIFTS:
        triple = mode >> _SHIFTS[permissions] & 7
        permissions = ""
    for letter, bit in (("r", 4), ("w", 2), ("x", 1)):
        if letter in permissions:
            triple |= bit
    if "X" in permissions and (directory or mode & 0o111):
        triple |= 1
    bits = sum(triple << _SHIFTS[letter] for letter in set(who))
    if "s" in permissions:
        bits |= (0o4000 if "u" in who else 0) | (0o2000 if "g" in who else 0)
    if "t" in permissions:
        bits |= 0o1000
    return bits
