"""A small text writer on a descriptor, for tools. Above: system. Below: fdcalls."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.kernel.fdcalls import FdCalls

BUFFER_SIZE = 8192


class TextWriter:
    """Takes `str` (UTF-8, surrogateescape) and writes bytes; enough of a file for
    `print(file=...)`.
    """

    __slots__ = ("_buffered", "_fd", "_parts", "_size", "_system")

    def __init__(self, system: FdCalls, fd: int, *, buffered: bool = True) -> None:
        self._system = system
        self._fd = fd
        self._buffered = buffered
        self._parts: list[bytes] = []
        self._size = 0

    def write(self, text: str) -> int:
        """Append `text`. Raises: as `System.write`, when it has to be written out."""
        self.write_bytes(text.encode("utf-8", "surrogateescape"))
        return len(text)

    def write_bytes(self, data: bytes) -> None:
        """Append raw bytes."""
        if data:
            self._parts.append(data)
            self._size += len(data)
            if not self._buffered or self._size >= BUFFER_SIZE:
                self.flush()

    def flush(self) -> None:
        """Write out what is held; after a failure it is held no more, so that it is not reported
        twice.
        """
        if self._parts:
            data = b"".join(self._parts)
            self._parts.clear()
            self._size = 0
            self._system.write(self._fd, data)
