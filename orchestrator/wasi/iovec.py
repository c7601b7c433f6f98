"""Scattered buffers: what a vector of (pointer, length) pairs in guest memory names.

Above: fd. Below: memory. Vectors come from hostile guests: their number, and what one call moves,
are capped, and every buffer is checked before anything is read or written through it.
"""

from __future__ import annotations

import struct

from orchestrator.wasi.abi import IOVEC_MAX
from orchestrator.wasi.memory import Memory
from vfs.errors import fail

TRANSFER_MAX = 64 << 20
"""Bytes one call moves at most; more is a short count, which POSIX allows. A guest may name the
same memory a thousand times, and must not make the host hold it a thousand times."""


def load(memory: Memory, ptr: int, count: int) -> list[tuple[int, int]]:
    """Return the (pointer, length) pairs of the `count` vectors at `ptr`, every buffer checked.

    Raises:
        OSError: EINVAL for more than IOVEC_MAX, EFAULT if the array or a buffer is outside the
            memory.
    """
    if not 0 <= count <= IOVEC_MAX:
        fail("EINVAL")
    pairs = list(struct.iter_unpack("<II", memory.read(ptr, 8 * count)))
    for buffer, size in pairs:
        memory.check(buffer, size)
    return pairs


def gather(memory: Memory, ptr: int, count: int) -> bytes:
    """Return the bytes that the vectors name, one after another, at most TRANSFER_MAX of them.

    Raises:
        OSError: EINVAL, EFAULT as `load`.
    """
    if count == 1:
        buffer, size = memory.load_pair(ptr)
        if size > TRANSFER_MAX:
            memory.check(buffer, size)
            size = TRANSFER_MAX
        return memory.read(buffer, size)
    parts, room = [], TRANSFER_MAX
    for buffer, size in load(memory, ptr, count):
        if size:
            parts.append(memory.read(buffer, min(size, room)))
            room -= len(parts[-1])
    return b"".join(parts)


def room(pairs: list[tuple[int, int]]) -> int:
    """Return how many bytes fit into the buffers, at most TRANSFER_MAX."""
    return min(sum(size for _, size in pairs), TRANSFER_MAX)


def scatter(memory: Memory, pairs: list[tuple[int, int]], data: bytes) -> None:
    """Lay `data` into the buffers, which have room for it. Raises OSError EFAULT."""
    start = 0
    for buffer, size in pairs:
        if start >= len(data):
            return
        memory.write(buffer, data[start : start + size])
        start += size
