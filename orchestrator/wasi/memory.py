"""A guest's linear memory, seen from the host through bounds checks.

Above: every WASI call (`orchestrator.wasi`) and the engines (`orchestrator.platform`), which supply
the concrete memories. Below: nothing; this module imports the standard library alone. It refuses to
hand out a view of guest memory: callers get copies, so that no view outlives a growth.

Pointers and lengths are unsigned byte counts. All integers are little-endian. Every access outside
the memory raises `OSError` EFAULT and touches nothing.
"""

from __future__ import annotations

import errno
import struct
from typing import NoReturn, Protocol

_U16 = struct.Struct("<H")
_U32 = struct.Struct("<I")
_U64 = struct.Struct("<Q")
_PAIR = struct.Struct("<II")
_MASK16, _MASK32, _MASK64 = 0xFFFF, 0xFFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFF


def fault(ptr: int, size: int) -> NoReturn:
    """Raise EFAULT for the `size` bytes at `ptr`.

    Raises:
        OSError: EFAULT, always.
    """
    # Not `vfs.errors.fail`: the engines import this module, and it stands below everything.
    raise OSError(errno.EFAULT, f"bad address 0x{ptr & _MASK64:x}+{size}")


class Memory(Protocol):
    """What the calls need of a memory: three primitives, and integers derived from them.

    An engine subclasses it and supplies `size`, `read` and `write`; it may override the rest with
    something faster.
    """

    def size(self) -> int:
        """Return the present size in bytes."""

    def read(self, ptr: int, size: int) -> bytes:
        """Return a copy of `size` bytes at `ptr`.

        Raises:
            OSError: EFAULT if any of them lies outside the memory.
        """

    def write(self, ptr: int, data: bytes) -> None:
        """Store `data` at `ptr`, all of it or nothing.

        Raises:
            OSError: EFAULT if any of it would lie outside the memory.
        """

    def expect_growth(self) -> None:
        """Hear that the guest is about to grow its memory: a cached view must be refetched."""

    def check(self, ptr: int, size: int) -> None:
        """Check that the `size` bytes at `ptr` exist, before anything is done for them.

        Raises:
            OSError: EFAULT if they do not.
        """
        if ptr < 0 or size < 0 or ptr + size > self.size():
            fault(ptr, size)

    def load_u8(self, ptr: int) -> int:
        """Return the byte at `ptr`. Raises OSError EFAULT."""
        return self.read(ptr, 1)[0]

    def load_u16(self, ptr: int) -> int:
        """Return the 16-bit integer at `ptr`. Raises OSError EFAULT."""
        return int.from_bytes(self.read(ptr, 2), "little")

    def load_u32(self, ptr: int) -> int:
        """Return the 32-bit integer at `ptr`. Raises OSError EFAULT."""
        return int.from_bytes(self.read(ptr, 4), "little")

    def load_u64(self, ptr: int) -> int:
        """Return the 64-bit integer at `ptr`. Raises OSError EFAULT."""
        return int.from_bytes(self.read(ptr, 8), "little")

    def load_pair(self, ptr: int) -> tuple[int, int]:
        """Return the two 32-bit integers at `ptr`: one iovec. Raises OSError EFAULT."""
        first, second = _PAIR.unpack(self.read(ptr, 8))
        return first, second

    def store_u8(self, ptr: int, value: int) -> None:
        """Store the low 8 bits of `value` at `ptr`. Raises OSError EFAULT."""
        self.write(ptr, bytes((value & 0xFF,)))

    def store_u16(self, ptr: int, value: int) -> None:
        """Store the low 16 bits of `value` at `ptr`. Raises OSError EFAULT."""
        self.write(ptr, _U16.pack(value & _MASK16))

    def store_u32(self, ptr: int, value: int) -> None:
        """Store the low 32 bits of `value` at `ptr`. Raises OSError EFAULT."""
        self.write(ptr, _U32.pack(value & _MASK32))

    def store_u64(self, ptr: int, value: int) -> None:
        """Store the low 64 bits of `value` at `ptr`. Raises OSError EFAULT."""
        self.write(ptr, _U64.pack(value & _MASK64))


class ViewMemory(Memory):
    """A memory over a cached `memoryview`: what CPython engines and tests subclass.

    A view goes stale when the guest grows its memory: slices of it come up short *silently*, so
    every access compares with the cached length first and asks `fetch` again before it gives up.
    """

    __slots__ = ("_length", "_view")

    def __init__(self) -> None:
        """Start without a view; the first access fetches it."""
        self._view = memoryview(bytearray())
        self._length = 0

    def fetch(self) -> memoryview:
        """Return a fresh writable view (format B) of the whole memory. Subclasses supply it."""
        raise NotImplementedError

    def expect_growth(self) -> None:
        """Forget the view; the next access fetches it."""
        self._view = memoryview(bytearray())
        self._length = 0

    def size(self) -> int:
        """Return the present size in bytes."""
        self._refetch()
        return self._length

    def check(self, ptr: int, size: int) -> None:
        """Check that the `size` bytes at `ptr` exist. Raises OSError EFAULT."""
        if ptr < 0 or size < 0 or (ptr + size > self._length and ptr + size > self.size()):
            fault(ptr, size)

    def read(self, ptr: int, size: int) -> bytes:
        """Return a copy of `size` bytes at `ptr`. Raises OSError EFAULT."""
        end = ptr + size
        if ptr < 0 or size < 0 or end > self._length:
            self.check(ptr, size)
        return self._view[ptr:end].tobytes()

    def write(self, ptr: int, data: bytes) -> None:
        """Store `data` at `ptr`, all of it or nothing. Raises OSError EFAULT."""
        end = ptr + len(data)
        if ptr < 0 or end > self._length:
            self.check(ptr, len(data))
        self._view[ptr:end] = data

    def load_u32(self, ptr: int) -> int:
        """Return the 32-bit integer at `ptr`. Raises OSError EFAULT."""
        if ptr < 0 or ptr + 4 > self._length:
            self.check(ptr, 4)
        value: int = _U32.unpack_from(self._view, ptr)[0]
        return value

    def load_pair(self, ptr: int) -> tuple[int, int]:
        """Return the two 32-bit integers at `ptr`: one iovec. Raises OSError EFAULT."""
        if ptr < 0 or ptr + 8 > self._length:
            self.check(ptr, 8)
        return _PAIR.unpack_from(self._view, ptr)

    def store_u32(self, ptr: int, value: int) -> None:
        """Store the low 32 bits of `value` at `ptr`. Raises OSError EFAULT."""
        if ptr < 0 or ptr + 4 > self._length:
            self.check(ptr, 4)
        _U32.pack_into(self._view, ptr, value & _MASK32)

    def store_u64(self, ptr: int, value: int) -> None:
        """Store the low 64 bits of `value` at `ptr`. Raises OSError EFAULT."""
        if ptr < 0 or ptr + 8 > self._length:
            self.check(ptr, 8)
        _U64.pack_into(self._view, ptr, value & _MASK64)

    def _refetch(self) -> None:
        self._view = self.fetch()
        self._length = len(self._view)


class BytesMemory(ViewMemory):
    """A memory in a `bytearray`, for tests and for the fake engine.

    Args:
        size: its size in bytes.
        fill: the byte it is filled with, so that a test sees what was written and what was not.
    """

    __slots__ = ("buffer",)

    def __init__(self, size: int = 65536, fill: int = 0) -> None:
        """Make `size` bytes, each of them `fill`."""
        super().__init__()
        self.buffer = bytearray([fill]) * size

    def fetch(self) -> memoryview:
        """Return a view of the buffer."""
        return memoryview(self.buffer)

    def grow(self, delta: int) -> None:
        """Add `delta` zero bytes at the end, as `memory.grow` does."""
        # A fresh buffer: a bytearray with a live view cannot be resized.
        self.buffer = self.buffer + bytes(delta)
