"""The memory of whichever guest runs: one object for all of them, since only the running one makes calls.

Above: the WASI calls. Below: glue. Bytes cross through a staging area in Pyodide's own memory, which both sides can
copy from and to without making an object for the other.
"""

from __future__ import annotations

from ctypes import c_uint8
from typing import TYPE_CHECKING

from orchestrator.wasi.memory import Memory, fault

if TYPE_CHECKING:
    from orchestrator.platform.browser.glue import Glue

STAGING_BYTES = 64 << 10


class RunningMemory(Memory):
    """See `orchestrator.wasi.memory.Memory`."""

    def __init__(self, glue: Glue, staging: memoryview) -> None:
        """`staging`: `STAGING_BYTES` writable bytes that the glue reads and fills."""
        self._glue = glue
        self._staging = staging

    def size(self) -> int:
        """The present size in bytes."""
        return self._glue.size()

    def expect_growth(self) -> None:
        """Nothing to forget: the glue looks at the memory afresh for every access."""

    def read(self, ptr: int, size: int) -> bytes:
        """A copy of `size` bytes at `ptr`. Raises OSError EFAULT."""
        if size > STAGING_BYTES:
            return self._read_long(ptr, size)
        if ptr < 0 or size < 0 or not self._glue.peek(ptr, size):
            fault(ptr, size)
        return self._staging[:size].tobytes()

    def write(self, ptr: int, data: bytes) -> None:
        """Store `data` at `ptr`, all of it or nothing. Raises OSError EFAULT."""
        size = len(data)
        if size > STAGING_BYTES:
            self._write_long(ptr, data)
            return
        self._staging[:size] = data
        if ptr < 0 or not self._glue.poke(ptr, size):
            fault(ptr, size)

    def _read_long(self, ptr: int, size: int) -> bytes:
        self.check(ptr, size)
        ends = range(ptr, ptr + size, STAGING_BYTES)
        return b"".join(self.read(at, min(STAGING_BYTES, ptr + size - at)) for at in ends)

    def _write_long(self, ptr: int, data: bytes) -> None:
        self.check(ptr, len(data))
        for at in range(0, len(data), STAGING_BYTES):
            self.write(ptr + at, data[at : at + STAGING_BYTES])


def staging_at(address: int) -> memoryview:
    """The staging bytes the glue has set aside at `address` of this interpreter's own memory."""
    return memoryview((c_uint8 * STAGING_BYTES).from_address(address)).cast("B")
