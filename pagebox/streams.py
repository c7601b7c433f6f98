"""What a run writes, on its way to the host: kept, called back with, or read as a stream."""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import Future
from typing import TYPE_CHECKING

from orchestrator.kernel.outlet import Outlet

if TYPE_CHECKING:
    from collections.abc import Callable


class Stream:
    """Chunks handed from the sandbox's thread to readers in the host's; `b""` is the end."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._chunks: deque[bytes] = deque()
        self._readers: deque[Future[bytes]] = deque()
        self._ended = False

    def read(self) -> Future[bytes]:
        """A future of the next chunk."""
        future: Future[bytes] = Future()
        with self._lock:
            if self._chunks:
                future.set_result(self._chunks.popleft())
            elif self._ended:
                future.set_result(b"")
            else:
                self._readers.append(future)
        return future

    def push(self, data: bytes) -> None:
        """Add a chunk."""
        with self._lock:
            reader = self._next_reader()
            if reader is None:
                self._chunks.append(data)
        if reader is not None:
            reader.set_result(data)

    def end(self) -> None:
        """There will be no more. Idempotent."""
        with self._lock:
            self._ended = True
            readers, self._readers = self._readers, deque()
        for reader in readers:
            if reader.set_running_or_notify_cancel():
                reader.set_result(b"")

    def _next_reader(self) -> Future[bytes] | None:
        while self._readers:
            reader = self._readers.popleft()
            if reader.set_running_or_notify_cancel():
                return reader
        return None


class Captured:
    """One output of a run.

    Args:
        limit: bytes kept for the result; what comes after is dropped, and `is_truncated` says so.
        callback: called with every chunk, kept or not.
        stream: also hand the chunks to `stream`.
    """

    def __init__(
        self, limit: int, callback: Callable[[bytes], None] | None = None, *, stream: bool = False
    ) -> None:
        self.stream = Stream()
        self.is_truncated = False
        self.outlet = Outlet(self._take, window=None)
        self._callback = callback
        self._streams = stream
        self._room = limit
        self._chunks: list[bytes] = []

    def _take(self, data: bytes) -> None:
        if self._callback is not None:
            self._callback(data)
        if self._streams:
            self.stream.push(data)
        self.is_truncated = self.is_truncated or len(data) > self._room
        if self._room:
            self._chunks.append(data[: self._room])
            self._room -= len(self._chunks[-1])

    def value(self) -> bytes:
        """What was kept."""
        return b"".join(self._chunks)

    def close(self) -> None:
        """The run has ended."""
        self.stream.end()
