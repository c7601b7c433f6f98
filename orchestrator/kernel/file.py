"""Open-file descriptions: what descriptors point to and share, an offset included.

Above: fdtable, kernel, wasi. Below: wait, vfs. Pipes, terminals, devices and the host's streams are
subclasses in their own modules. Permission to open was checked by whoever made the object; only the
access mode is checked here.
"""

from __future__ import annotations

import stat as st
from typing import TYPE_CHECKING, Self

from vfs.errors import fail
from vfs.inode import Dirent, OpenFlags, Stat
from vfs.mount import path_of

if TYPE_CHECKING:
    from orchestrator.kernel.wait import Waitable
    from vfs.inode import Inode
    from vfs.mount import Location

Buffer = bytes | bytearray | memoryview
_READ = OpenFlags.READ.value
_WRITE = OpenFlags.WRITE.value
_APPEND = OpenFlags.APPEND.value
_NONBLOCK = OpenFlags.NONBLOCK.value
STATUS_FLAGS = OpenFlags.APPEND | OpenFlags.NONBLOCK
"""Flags that can be changed on an open file (fcntl F_SETFL)."""


class File:
    """An open file; operations a kind cannot do answer with the errno a kernel gives.

    Attributes:
        flags: how it was opened; `can_read`, `can_write`, `append`, `nonblock` are copies for the
            hot paths.
        location: where it was found; None for pipes and host streams.
        references: descriptors and calls that hold it; the last `release` closes it.
        read_waitable, write_waitable: fires when `readable()` or `writable()` may have become true;
            None for kinds that are always ready.
    """

    __slots__ = (
        "append",
        "can_read",
        "can_write",
        "flags",
        "location",
        "nonblock",
        "offset",
        "read_waitable",
        "references",
        "write_waitable",
    )

    def __init__(self, flags: OpenFlags, location: Location | None = None) -> None:
        bits = int(flags)  # an operation on an IntFlag costs a microsecond, on an int nothing
        self.can_read = bits & _READ != 0
        self.can_write = bits & _WRITE != 0
        self.location = location
        self.offset = 0
        self.references = 0
        self.read_waitable: Waitable | None = None
        self.write_waitable: Waitable | None = None
        self.set_flags(flags)

    def set_flags(self, flags: OpenFlags) -> None:
        """Replace the flags; the caller keeps the access mode (fcntl F_SETFL changes `STATUS_FLAGS`
        only).
        """
        self.flags = flags
        bits = int(flags)
        self.append = bits & _APPEND != 0
        self.nonblock = bits & _NONBLOCK != 0

    # --- life ---

    def hold(self) -> Self:
        """Count one more descriptor (or call) that uses it."""
        self.references += 1
        return self

    def release(self) -> None:
        """Count one less; the last one closes it."""
        self.references -= 1
        if self.references == 0:
            self._close()

    def _close(self) -> None:
        """What the kind does when nobody uses it any more."""

    # --- content ---

    def read_nowait(self, size: int) -> bytes:
        """Up to `size` bytes from the offset; `b""` at the end.

        Raises: WouldBlock, EAGAIN (O_NONBLOCK), EBADF (not open for reading), EISDIR, EIO. read(2).
        """
        fail("EBADF" if not self.can_read else "EINVAL")

    def write_nowait(self, data: Buffer) -> int:
        """Write at the offset (or the end, O_APPEND); returns how many bytes were taken, at least 1
        of some.

        Raises: WouldBlock, EAGAIN, EBADF (not open for writing), EPIPE, ENOSPC, EFBIG, EIO.
        write(2). The caller turns EPIPE into SIGPIPE (`kernel.broken_pipe`): a file does not know
        who writes.
        """
        fail("EBADF" if not self.can_write else "EINVAL")

    def pread(self, size: int, offset: int) -> bytes:
        """Read at `offset`, which stays as it was. Raises: ESPIPE for what has no offset, EBADF,
        EINVAL.
        """
        fail("ESPIPE")

    def pwrite(self, data: Buffer, offset: int) -> int:
        """Write at `offset`, which stays as it was. Raises: ESPIPE for what has no offset, EBADF,
        EINVAL.
        """
        fail("ESPIPE")

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move the offset: from the start (0), the offset (1) or the end (2); returns the new one.

        Raises: ESPIPE, EINVAL (before the start, or no such `whence`). lseek(2).
        """
        fail("ESPIPE")

    def truncate(self, size: int) -> None:
        """Set the size. Raises: EINVAL (not a regular file, or not open for writing), EFBIG.
        ftruncate(2).
        """
        fail("EINVAL")

    def sync(self) -> None:
        """Bring content to lasting storage. Raises: EINVAL for what has none. fsync(2)."""
        fail("EINVAL")

    # --- facts ---

    def stat(self) -> Stat:
        """The facts of what is open. fstat(2)."""
        if self.location is None:
            fail("EBADF")
        return self.location.inode.stat()

    def describe(self) -> str:
        """What `/proc/<pid>/fd/N` reads: a path, or `pipe:[7]`."""
        return "anon:[file]"

    @property
    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return False

    # --- readiness, for poll(2) ---

    def readable(self) -> bool:
        """Whether a read would return or fail at once."""
        return True

    def writable(self) -> bool:
        """Whether a write would return or fail at once."""
        return True

    def available(self) -> int:
        """How many bytes a read could get now, as far as known (FIONREAD)."""
        return 0

    def is_hung_up(self) -> bool:
        """Whether the other side is gone for good (POLLHUP)."""
        return False


class InodeFile(File):
    """A regular file."""

    __slots__ = ("inode",)

    def __init__(self, location: Location, flags: OpenFlags) -> None:
        super().__init__(flags, location)
        self.inode: Inode = location.inode
        self.inode.hold()

    def _close(self) -> None:
        self.inode.release()

    def read_nowait(self, size: int) -> bytes:
        """As `File.read_nowait`; never blocks."""
        if not self.can_read:
            fail("EBADF")
        data = self.inode.read_at(self.offset, size)
        self.offset += len(data)
        return data

    def write_nowait(self, data: Buffer) -> int:
        """As `File.write_nowait`; never blocks."""
        if not self.can_write:
            fail("EBADF")
        if self.append:
            written = self.inode.append(data)
            self.offset = self.inode.size
            return written
        written = self.inode.write_at(self.offset, data)
        self.offset += written
        return written

    def pread(self, size: int, offset: int) -> bytes:
        """As `File.pread`."""
        if not self.can_read:
            fail("EBADF")
        return self.inode.read_at(offset, size)

    def pwrite(self, data: Buffer, offset: int) -> int:
        """As `File.pwrite`. POSIX: O_APPEND does not count here (Linux differs and documents it as
        a bug).
        """
        if not self.can_write:
            fail("EBADF")
        return self.inode.write_at(offset, data)

    def seek(self, offset: int, whence: int = 0) -> int:
        """As `File.seek`."""
        if whence not in (0, 1, 2):
            fail("EINVAL")
        start = (0, self.offset, self.inode.size)[whence]
        if start + offset < 0:
            fail("EINVAL")
        if start + offset >= 1 << 63:
            fail("EOVERFLOW")
        self.offset = start + offset
        return self.offset

    def truncate(self, size: int) -> None:
        """As `File.truncate`."""
        if not self.can_write:
            fail("EINVAL")
        self.inode.truncate(size)

    def sync(self) -> None:
        """As `File.sync`."""
        self.inode.sync()

    def describe(self) -> str:
        """The path it has now, or the one it was opened by with ` (deleted)`, as Linux says it."""
        return describe_location(self.location)

    def available(self) -> int:
        """Bytes from the offset to the end."""
        return max(0, self.inode.size - self.offset)


class DirectoryFile(File):
    """An open directory: a place to resolve from, and a list of entries to page through."""

    __slots__ = ("_entries", "inode")

    def __init__(self, location: Location, flags: OpenFlags) -> None:
        super().__init__(flags, location)
        self.inode: Inode = location.inode
        self._entries: list[Dirent] | None = None
        self.inode.hold()

    def _close(self) -> None:
        self._entries = None
        self.inode.release()

    def read_nowait(self, size: int) -> bytes:
        """Raises: EISDIR."""
        fail("EISDIR")

    def entries(self) -> list[Dirent]:
        """All entries, `.` and `..` first, as they were at the first call: a position in it stays
        valid.

        Raises: ENOENT if the directory was removed.
        """
        if self._entries is None:
            inode = self.inode
            above = inode.parent or inode
            dots = [Dirent(".", inode.ino, st.S_IFDIR), Dirent("..", above.ino, st.S_IFDIR)]
            self._entries = dots + inode.entries()
        return self._entries

    def rewind(self) -> None:
        """Let the next `entries` look anew. rewinddir(3)."""
        self._entries = None

    def sync(self) -> None:
        """As `File.sync`."""
        self.inode.sync()

    def describe(self) -> str:
        """The path it has now."""
        return describe_location(self.location)


def describe_location(location: Location | None) -> str:
    """The path of `location`, with ` (deleted)` when it is no longer there."""
    if location is None:
        return "(unreachable)"
    try:
        return path_of(location)
    except OSError:
        return f"{location.name or location.inode.name} (deleted)"
