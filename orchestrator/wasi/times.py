"""Times to set: from preview1's flags to what `utimens` takes.

Above: fdstat, path. Below: guest.
"""

from __future__ import annotations

from typing import NamedTuple

from orchestrator.wasi.abi import FILE_SIZE_MAX, FstFlags
from orchestrator.wasi.guest import Guest
from vfs.errors import fail

_ATIM = FstFlags.ATIM.value
_ATIM_NOW = FstFlags.ATIM_NOW.value
_MTIM = FstFlags.MTIM.value
_MTIM_NOW = FstFlags.MTIM_NOW.value
_ALL = _ATIM | _ATIM_NOW | _MTIM | _MTIM_NOW


class Times(NamedTuple):
    """Nanoseconds since 1970, None to leave one as it is; `is_now`: both are the current time."""

    atime: int | None
    mtime: int | None
    is_now: bool


def parse_times(guest: Guest, atim: int, mtim: int, flags: int) -> Times | None:
    """Return the times that `flags` asks for; None if it asks for none.

    Raises:
        OSError: EINVAL for unknown or contradicting flags, or a time beyond 2**63.
    """
    if flags & ~_ALL or flags & 3 == 3 or flags >> 2 == 3:
        fail("EINVAL")
    if not flags:
        return None
    now = guest.clock.realtime()
    atime = _choose(flags, _ATIM, atim, now)
    mtime = _choose(flags >> 2, _ATIM, mtim, now)
    return Times(atime, mtime, is_now=flags == _ATIM_NOW | _MTIM_NOW)


def _choose(flags: int, given: int, value: int, now: int) -> int | None:
    if not flags & 3:
        return None
    if not flags & given:
        return now
    if not 0 <= value <= FILE_SIZE_MAX:
        fail("EINVAL")
    return value
