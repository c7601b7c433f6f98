"""sponge(1), ts(1): the two of moreutils that people miss most."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING

from orchestrator.tools.options import Parsed, Tool, UsageError
from vfs.errors import text
from vfs.inode import OpenFlags

if TYPE_CHECKING:
    from orchestrator.kernel.system import System

_SECOND = 10**9
_WRITE = OpenFlags.WRITE | OpenFlags.CREAT


def _sponge(system: System, parsed: Parsed) -> int:
    data = bytearray()
    while piece := system.read(0):
        system.step()
        system.kernel.charge_memory(system.process, len(piece))  # ENOMEM before the host has none
        data += piece
    if not parsed.operands:
        system.write(1, data)
        return 0
    path = parsed.operands[0]
    keep = OpenFlags.APPEND if parsed.has("a") else OpenFlags.TRUNC
    try:
        fd = system.open(path, _WRITE | keep)
    except OSError as error:
        raise UsageError(f"error opening output file: {text(error)}", hint=False) from None
    system.write(fd, data)
    system.close(fd)
    return 0


class _Stamps:
    """What each line gets in front."""

    def __init__(self, system: System, parsed: Parsed) -> None:
        self._system = system
        self._relative = parsed.has("i", "s")
        self._steps = parsed.has("i")
        usual = "%H:%M:%S" if self._relative else "%b %d %H:%M:%S"
        self._format = parsed.operands[0] if parsed.operands else usual
        self._begun = self._now()

    def _now(self) -> int:
        return self._system.realtime()

    def next(self) -> str:
        """The stamp of a line that has just come."""
        now = self._now()
        shown = now - self._begun if self._relative else now
        if self._steps:
            self._begun = now
        seconds, rest = divmod(shown, _SECOND)
        moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=seconds)
        micro = f"{rest // 1000:06}"
        pattern = self._format
        for short, long in (
            ("%.S", f"%S.{micro}"),
            ("%.s", f"{seconds}.{micro}"),
            ("%.T", f"%H:%M:%S.{micro}"),
            ("%s", str(seconds)),
        ):
            pattern = pattern.replace(short, long)
        return moment.strftime(pattern)


def _ts(system: System, parsed: Parsed) -> int:
    stamps = _Stamps(system, parsed)
    at_start = True
    while data := system.read(0):
        system.step()
        for line in _lines(data):
            if at_start:
                stamp = stamps.next().encode("utf-8", "surrogateescape")
                system.stdout.write_bytes(stamp + b" ")
            system.stdout.write_bytes(line)
            at_start = line.endswith(b"\n")
        system.flush()
    return 0


def _lines(data: bytes) -> list[bytes]:
    """Ended by newlines alone, which they keep."""
    return [part for part in re.split(rb"(?<=\n)", data) if part]


class _MoreTool(Tool):
    """Their own words for wrong options."""

    __slots__ = ()

    def complain(self, system: System, error: UsageError) -> None:
        """The words, and the usage."""
        if self.name == "ts" and "invalid option" in str(error):
            system.stderr.write(f"Unknown option: {str(error)[-2]}\n")
        elif error.hint and str(error):
            system.stderr.write(f"{self.name}: {error}\n")
        elif str(error):
            system.stderr.write(f"{error}\n")
        if error.hint:
            system.stderr.write(f"usage: {self.usage}\n")


SPONGE = _MoreTool(
    "sponge",
    "Read all of standard input, then write it to a file.",
    "sponge [-a] [FILE]",
    _sponge,
    "a",
)
TS = _MoreTool(
    "ts",
    "Put the time in front of each line.",
    "ts [-i | -s] [-m] [FORMAT]",
    _ts,
    "ism",
    bad_usage=255,
)
