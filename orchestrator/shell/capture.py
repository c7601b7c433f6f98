"""Where the output of `$(...)` goes when its body runs in the shell itself: a pipe that is never full.

To those who write, and to those who ask what it is, it is the end of a pipe. Nobody has to wait for a reader, so that
the shell may be writer and reader at once. Below: kernel.
"""

from __future__ import annotations

import stat as st
from typing import TYPE_CHECKING

from orchestrator.kernel.file import File
from orchestrator.kernel.wait import Waitable, WouldBlock
from orchestrator.shell.expand.assign import LONGEST_VALUE
from vfs.errors import fail
from vfs.inode import OpenFlags, Stat

if TYPE_CHECKING:
    from orchestrator.kernel.file import Buffer
    from orchestrator.kernel.system import System


class Capture(File):
    """Keeps what is written, up to what a variable may hold.

    Attributes:
        has_overflowed: more was written than fits.
    """

    __slots__ = ("_chunks", "_closed", "_room", "has_overflowed", "is_closed")

    def __init__(self) -> None:
        super().__init__(OpenFlags.WRITE)
        self._chunks: list[bytes] = []
        self._room = LONGEST_VALUE
        self._closed = Waitable()
        self.has_overflowed = False
        self.is_closed = False

    def write_nowait(self, data: Buffer) -> int:
        """Take all of it. Raises: ENOMEM past what a variable may hold."""
        size = len(data)
        self._room -= size
        if self._room < 0:
            self.has_overflowed = True
            self._chunks.clear()
            fail("ENOMEM")
        self._chunks.append(bytes(data))
        return size

    def _close(self) -> None:
        self.is_closed = True
        self._closed.fire()

    def stat(self) -> Stat:
        """A pipe, to those who ask."""
        return Stat(0, 0, st.S_IFIFO | 0o600, 1, 0, 0, 0, 0, 0, 0, 0)

    def describe(self) -> str:
        """What /proc shows."""
        return "pipe:[capture]"

    def finish(self, system: System) -> bytes:
        """Let go of it, wait until no process can write any more, and return what was written.

        Raises: ENOMEM.
        """
        self.release()
        while not self.is_closed:
            try:
                system.blocking(self._ended)
            except InterruptedError:
                continue
        if self.has_overflowed:
            fail("ENOMEM")
        chunks = self._chunks
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    def _ended(self) -> None:
        if not self.is_closed:
            raise WouldBlock((self._closed,))
