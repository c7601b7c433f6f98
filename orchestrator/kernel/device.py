"""Character devices: which device number opens as what.

Above: opening, kernel. Below: file, limits. Numbers are Linux's (admin-guide/devices), so `ls -l
/dev` looks right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.kernel.file import Buffer, File
from vfs.errors import fail
from vfs.inode import OpenFlags
from vfs.mount import path_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.kernel.kernel import Kernel
    from orchestrator.kernel.process import Process
    from vfs.mount import Location

    Opener = Callable[[Kernel, Process, Location, OpenFlags], File]

CHUNK = 1 << 20
"""The most one read of an endless device gives: a guest must not make the host allocate a
gigabyte.
"""


def makedev(major: int, minor: int) -> int:
    """Device number from its parts, as stat's st_rdev holds it."""
    return major << 8 | minor


NULL = makedev(1, 3)
ZERO = makedev(1, 5)
FULL = makedev(1, 7)
RANDOM = makedev(1, 8)
URANDOM = makedev(1, 9)
TTY = makedev(5, 0)


class DeviceFile(File):
    """An open character device without an offset that means anything."""

    __slots__ = ()

    def seek(self, offset: int, whence: int = 0) -> int:
        """Accepted and without effect, as for the memory devices of Linux."""
        return 0

    def describe(self) -> str:
        """Its path."""
        assert self.location is not None
        return path_of(self.location)

    def _require(self, allowed: bool) -> None:
        if not allowed:
            fail("EBADF")


class NullFile(DeviceFile):
    """/dev/null: nothing to read, everything is taken."""

    __slots__ = ()

    def read_nowait(self, size: int) -> bytes:
        """The end, always."""
        self._require(self.can_read)
        return b""

    def write_nowait(self, data: Buffer) -> int:
        """Everything."""
        self._require(self.can_write)
        return len(data)


class ZeroFile(NullFile):
    """/dev/zero."""

    __slots__ = ()

    def read_nowait(self, size: int) -> bytes:
        """Zeros."""
        self._require(self.can_read)
        return bytes(min(size, CHUNK))


class FullFile(ZeroFile):
    """/dev/full."""

    __slots__ = ()

    def write_nowait(self, data: Buffer) -> int:
        """Raises: ENOSPC."""
        self._require(self.can_write)
        fail("ENOSPC")


class RandomFile(NullFile):
    """/dev/random and /dev/urandom: the kernel's entropy. What is written is taken and ignored."""

    __slots__ = ("_entropy",)

    def __init__(
        self, flags: OpenFlags, location: Location, entropy: Callable[[int], bytes]
    ) -> None:
        super().__init__(flags, location)
        self._entropy = entropy

    def read_nowait(self, size: int) -> bytes:
        """Random bytes."""
        self._require(self.can_read)
        return self._entropy(min(size, CHUNK))


def _open_random(kernel: Kernel, process: Process, location: Location, flags: OpenFlags) -> File:
    return RandomFile(flags, location, kernel.entropy)


def _open_tty(kernel: Kernel, process: Process, location: Location, flags: OpenFlags) -> File:
    """/dev/tty is the controlling terminal of whoever opens it (tty(4)); ENXIO without one."""
    if process.tty is None:
        fail("ENXIO")
    return process.tty.open(flags, location)


class DeviceTable:
    """From device number to what opens it. One per kernel; the sandbox may register more."""

    __slots__ = ("_openers",)

    def __init__(self) -> None:
        self._openers: dict[int, Opener] = {
            NULL: lambda kernel, process, location, flags: NullFile(flags, location),
            ZERO: lambda kernel, process, location, flags: ZeroFile(flags, location),
            FULL: lambda kernel, process, location, flags: FullFile(flags, location),
            RANDOM: _open_random,
            URANDOM: _open_random,
            TTY: _open_tty,
        }

    def register(self, rdev: int, opener: Opener) -> None:
        """Let `opener` make the open files of device number `rdev`."""
        self._openers[rdev] = opener

    def open(self, kernel: Kernel, process: Process, location: Location, flags: OpenFlags) -> File:
        """An open file on the device at `location`. Raises: ENXIO (nobody drives it), what the
        opener raises.
        """
        opener = self._openers.get(location.inode.rdev)
        if opener is None:
            fail("ENXIO")
        return opener(kernel, process, location, flags)
