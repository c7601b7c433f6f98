"""Pipes: bytes from writers to readers, at most 64 KiB on the way.

Above: kernel, wasi's fast path. Below: file, wait. pipe(7). Kept as a queue of the very chunks that
were written: a block that is read as it was written is never copied or joined.
"""

from __future__ import annotations

import stat as st
from collections import deque
from typing import TYPE_CHECKING

from orchestrator.kernel.file import Buffer, File
from orchestrator.kernel.wait import Waitable, WouldBlock
from vfs.errors import fail
from vfs.inode import OpenFlags, Stat

if TYPE_CHECKING:
    from collections.abc import Callable

    from vfs.mount import Location

CAPACITY = 65536
PIPE_BUF = 4096
"""Writes up to this many bytes are all or nothing. POSIX asks for 512 at least; Linux has 4096."""
CHUNKS_MAX = 512
"""How many chunks may wait; more are joined to one."""


def _nobody() -> None:
    """`on_close` of a pipe that nobody counts."""


class Pipe:
    """The bytes between the ends, and how many of each end are open.

    Invariants: `size` is the sum of the chunks less `head`; `head` bytes of the first chunk have
    been read. `reader_opens` and `writer_opens` count every open there ever was: one that came and
    went while another process slept in open(2) of a FIFO must still let that open return.
    """

    __slots__ = (
        "chunks",
        "head",
        "ino",
        "on_close",
        "opened",
        "readable",
        "reader_opens",
        "readers",
        "size",
        "writable",
        "writer_opens",
        "writers",
    )

    def __init__(self, ino: int = 0, on_close: Callable[[], None] = _nobody) -> None:
        self.ino = ino
        self.on_close = on_close
        self.chunks: deque[bytes] = deque()
        self.head = 0
        self.size = 0
        self.readers = 0
        self.writers = 0
        self.reader_opens = 0
        self.writer_opens = 0
        self.readable = Waitable()
        self.writable = Waitable()
        self.opened = Waitable()

    def take(self, size: int) -> bytes:
        """Remove and return up to `size` bytes; there must be some and `size` positive."""
        chunks = self.chunks
        if self.head == 0:
            first = chunks[0]
            length = len(first)
            if length == size or (length < size and len(chunks) == 1):
                chunks.popleft()
                self.size -= length
                return first
        return self._gather(size)

    def _gather(self, size: int) -> bytes:
        chunks = self.chunks
        parts: list[bytes] = []
        wanted = min(size, self.size)
        self.size -= wanted
        while wanted:
            first = chunks[0]
            rest = len(first) - self.head
            if rest > wanted:
                # A cursor, not a shortened chunk: byte-wise reading of a 64 KiB block must not be
                # quadratic.
                parts.append(first[self.head : self.head + wanted])
                self.head += wanted
                break
            parts.append(first[self.head :] if self.head else first)
            chunks.popleft()
            self.head = 0
            wanted -= rest
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def compact(self) -> None:
        """Join the chunks: byte-wise writers must not turn 64 KiB of content into megabytes of
        objects.
        """
        whole = self._gather(self.size)
        self.chunks.append(whole)
        self.size = len(whole)

    def add_reader(self) -> None:
        """One more read end is open."""
        self.readers += 1
        self.reader_opens += 1
        self.opened.fire()

    def add_writer(self) -> None:
        """One more write end is open."""
        self.writers += 1
        self.writer_opens += 1
        self.opened.fire()

    def remove_reader(self) -> None:
        """A read end was closed; with the last one, writers learn of it by EPIPE and the bytes are
        gone.
        """
        self.readers -= 1
        if self.readers == 0:
            self.chunks.clear()
            self.head = self.size = 0
            self.writable.fire()
            self._closed()

    def remove_writer(self) -> None:
        """A write end was closed; with the last one, readers get what is left and then the end."""
        self.writers -= 1
        if self.writers == 0:
            self.readable.fire()
            self._closed()

    def _closed(self) -> None:
        if self.readers == 0 and self.writers == 0:
            self.on_close()

    def stat(self) -> Stat:
        """The facts of an anonymous pipe."""
        return Stat(0, self.ino, st.S_IFIFO | 0o600, 1, 0, 0, 0, 0, 0, 0, 0)


class _PipeEnd(File):
    """What both ends share."""

    __slots__ = ("pipe",)

    def __init__(self, pipe: Pipe, flags: OpenFlags, location: Location | None) -> None:
        super().__init__(flags, location)
        self.pipe = pipe
        self.read_waitable = pipe.readable
        self.write_waitable = pipe.writable
        if self.can_read:
            pipe.add_reader()
        if self.can_write:
            pipe.add_writer()

    def _close(self) -> None:
        if self.can_write:
            self.pipe.remove_writer()
        if self.can_read:
            self.pipe.remove_reader()

    def stat(self) -> Stat:
        """The FIFO's inode, or a pipe that has none."""
        return self.pipe.stat() if self.location is None else self.location.inode.stat()

    def describe(self) -> str:
        """As Linux names it in /proc."""
        return f"pipe:[{self.pipe.ino}]"


class PipeReader(_PipeEnd):
    """The end that is read."""

    __slots__ = ()

    def __init__(
        self,
        pipe: Pipe,
        flags: OpenFlags = OpenFlags.READ,
        location: Location | None = None,
    ) -> None:
        super().__init__(pipe, flags, location)

    def read_nowait(self, size: int) -> bytes:
        """What is there, up to `size`; `b""` when every writer is gone. read(2), pipe(7).

        Raises: WouldBlock, EAGAIN (O_NONBLOCK).
        """
        pipe = self.pipe
        if pipe.size and size > 0:
            data = pipe.take(size)
            # Below PIPE_BUF of room a writer might not be able to go on: waking it would only cost
            # a switch.
            if pipe.writable.waiters and pipe.size <= CAPACITY - PIPE_BUF:
                pipe.writable.fire()
            return data
        if size < 0:
            fail("EINVAL")
        if size == 0 or not pipe.writers:
            return b""
        if self.nonblock:
            fail("EAGAIN")
        raise WouldBlock((pipe.readable,))

    def readable(self) -> bool:
        """Bytes are there, or the end is."""
        return self.pipe.size > 0 or not self.pipe.writers

    def available(self) -> int:
        """Bytes on the way."""
        return self.pipe.size

    def is_hung_up(self) -> bool:
        """Every writer is gone."""
        return not self.pipe.writers


class PipeWriter(_PipeEnd):
    """The end that is written."""

    __slots__ = ()

    def __init__(
        self,
        pipe: Pipe,
        flags: OpenFlags = OpenFlags.WRITE,
        location: Location | None = None,
    ) -> None:
        super().__init__(pipe, flags, location)

    def write_nowait(self, data: Buffer) -> int:
        """Take all of `data`, or as much as there is room for if it is longer than PIPE_BUF.
        write(2), pipe(7).

        Raises: EPIPE when every reader is gone, WouldBlock, EAGAIN (O_NONBLOCK).
        """
        pipe = self.pipe
        if not pipe.readers:
            fail("EPIPE")
        length = len(data)
        room = CAPACITY - pipe.size
        if length > room:
            if room == 0 or length <= PIPE_BUF:
                if self.nonblock:
                    fail("EAGAIN")
                raise WouldBlock((pipe.writable,))
            data, length = data[:room], room
        elif length == 0:
            return 0
        chunks = pipe.chunks
        chunks.append(data if type(data) is bytes else bytes(data))
        pipe.size += length
        if len(chunks) > CHUNKS_MAX:
            pipe.compact()
        if pipe.readable.waiters:
            pipe.readable.fire()
        return length

    def writable(self) -> bool:
        """PIPE_BUF bytes fit, or writing fails at once."""
        return self.pipe.size <= CAPACITY - PIPE_BUF or not self.pipe.readers

    def is_hung_up(self) -> bool:
        """Every reader is gone."""
        return not self.pipe.readers


class PipeBoth(PipeReader, PipeWriter):
    """A FIFO opened for reading and writing; it meets itself, so opening never waits."""

    __slots__ = ()
