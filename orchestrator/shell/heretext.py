"""The open file behind a here-document or here-string: bytes that can be read and sought, and have no name.

bash uses a pipe for short ones and an unlinked file for long ones; this is the latter for both.
"""

from __future__ import annotations

import stat as st

from orchestrator.kernel.file import File
from vfs.errors import fail
from vfs.inode import OpenFlags, Stat


class HereText(File):
    """Read-only bytes."""

    __slots__ = ("data",)

    def __init__(self, data: bytes) -> None:
        super().__init__(OpenFlags.READ)
        self.data = data

    def read_nowait(self, size: int) -> bytes:
        """As `File.read_nowait`; never blocks."""
        chunk = self.data[self.offset : self.offset + size]
        self.offset += len(chunk)
        return chunk

    def pread(self, size: int, offset: int) -> bytes:
        """As `File.pread`."""
        return self.data[offset : offset + size]

    def seek(self, offset: int, whence: int = 0) -> int:
        """As `File.seek`."""
        if whence not in (0, 1, 2):
            fail("EINVAL")
        start = (0, self.offset, len(self.data))[whence]
        if start + offset < 0:
            fail("EINVAL")
        self.offset = start + offset
        return self.offset

    def stat(self) -> Stat:
        """A regular file without a name."""
        return Stat(0, 0, st.S_IFREG | 0o600, 0, 0, 0, len(self.data), 0, 0, 0, 0)

    def describe(self) -> str:
        """What `/proc/<pid>/fd/N` reads."""
        return "/tmp/sh-thd (deleted)"

    def available(self) -> int:
        """Bytes from the offset to the end."""
        return max(0, len(self.data) - self.offset)
