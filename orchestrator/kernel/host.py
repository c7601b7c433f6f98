"""The host's streams: a sandbox's standard input fed by a pump, and its output to a collector or a
consumer.

Above: sandbox, platform. Below: file, outlet, wait. Pumps and consumers call in through
`scheduler.post`.
"""

from __future__ import annotations

import stat as st
from typing import TYPE_CHECKING

from orchestrator.kernel.file import Buffer, File
from orchestrator.kernel.outlet import Outlet
from orchestrator.kernel.pipe import Pipe
from orchestrator.kernel.wait import WouldBlock
from vfs.errors import fail
from vfs.inode import OpenFlags, Stat

if TYPE_CHECKING:
    from collections.abc import Callable


def _nobody() -> None:
    """`wanted` of an input that is fed without being asked."""


class HostInput(File):
    """Bytes from the host. It asks for more (`wanted`) only when a program reads and finds nothing.

    Args:
        wanted: called at most once between two `feed`s; starts the pump.
    """

    __slots__ = ("_asked", "_ended", "_pipe", "_wanted")

    def __init__(self, wanted: Callable[[], None] = _nobody) -> None:
        super().__init__(OpenFlags.READ)
        self._wanted = wanted
        self._pipe = Pipe()
        self._asked = False
        self._ended = False
        self.read_waitable = self._pipe.readable

    def feed(self, data: bytes) -> None:
        """Add bytes. From another thread: `scheduler.post(lambda: input.feed(data))`."""
        self._asked = False
        if data and not self._ended:
            self._pipe.chunks.append(bytes(data))
            self._pipe.size += len(data)
        self._pipe.readable.fire()

    def end(self) -> None:
        """There will be no more."""
        self._ended = True
        self._pipe.readable.fire()

    def read_nowait(self, size: int) -> bytes:
        """What is there, up to `size`; `b""` at the end. Raises: WouldBlock, EAGAIN, EBADF
        (closed).
        """
        if size <= 0:
            return b""
        if not self.readable() and not self.nonblock:
            raise WouldBlock((self._pipe.readable,))
        if self._pipe.size:
            return self._pipe.take(size)
        if not self._ended:
            fail("EAGAIN")
        return b""

    def _ask(self) -> None:
        if not self._asked:
            self._asked = True
            self._wanted()

    def _close(self) -> None:
        self._ended = True
        self._pipe.chunks.clear()
        self._pipe.size = 0

    def stat(self) -> Stat:
        """A pipe, to those who ask."""
        return Stat(0, 0, st.S_IFIFO | 0o600, 1, 0, 0, 0, 0, 0, 0, 0)

    def describe(self) -> str:
        """What /proc shows."""
        return "pipe:[host]"

    def readable(self) -> bool:
        """Bytes or the end are there. Asking counts as reading: a poll must start the pump too."""
        if not self._pipe.size and not self._ended:
            self._ask()  # the pump may have it ready, and feed at once
        return self._pipe.size > 0 or self._ended

    def available(self) -> int:
        """Bytes that are there."""
        return self._pipe.size

    def is_hung_up(self) -> bool:
        """The host has ended it."""
        return self._ended


class HostOutput(File):
    """Bytes to the host."""

    __slots__ = ("outlet",)

    def __init__(self, outlet: Outlet) -> None:
        super().__init__(OpenFlags.WRITE)
        self.outlet = outlet
        self.write_waitable = outlet.writable

    def write_nowait(self, data: Buffer) -> int:
        """Deliver as much as there is room for. Raises: WouldBlock, EAGAIN, EPIPE (the host listens
        no more).
        """
        outlet = self.outlet
        if outlet.is_closed:
            fail("EPIPE")
        if not len(data):
            return 0
        sent = outlet.send(data if type(data) is bytes else bytes(data))
        if sent:
            return sent
        if self.nonblock:
            fail("EAGAIN")
        raise WouldBlock((outlet.writable,))

    def stat(self) -> Stat:
        """A pipe, to those who ask."""
        return Stat(0, 0, st.S_IFIFO | 0o600, 1, 0, 0, 0, 0, 0, 0, 0)

    def describe(self) -> str:
        """What /proc shows."""
        return "pipe:[host]"

    def writable(self) -> bool:
        """There is room, or writing fails at once."""
        return self.outlet.is_closed or self.outlet.room() > 0

    def is_hung_up(self) -> bool:
        """The host listens no more."""
        return self.outlet.is_closed


class Collector:
    """Keeps what a run writes, up to a limit; use its `outlet` for a `HostOutput`.

    Args:
        limit: bytes kept; None for all.
        discard: past the limit, True takes and drops the rest (`is_truncated` says so), False fails
            the writer with EPIPE, so that an endless producer ends.
    """

    def __init__(self, limit: int | None = None, *, discard: bool = True) -> None:
        self.limit = limit
        self.discard = discard
        self.is_truncated = False
        self.size = 0
        self._chunks: list[bytes] = []
        self.outlet = Outlet(self._take, window=None)

    def _take(self, data: bytes) -> None:
        room = len(data) if self.limit is None else self.limit - self.size
        if len(data) > room:
            self.is_truncated = True
            data = data[:room]
            if not self.discard:
                self.outlet.close()
        if data:
            self._chunks.append(data)
            self.size += len(data)

    def value(self) -> bytes:
        """Everything kept so far."""
        if len(self._chunks) > 1:
            self._chunks = [b"".join(self._chunks)]
        return self._chunks[0] if self._chunks else b""
