"""The bytes of one regular file in memory: sparse, in chunks, over an optional read-only backing.

Above it: memfs and overlay. Appending touches the last chunk only; a hole, and what was never
    changed in a
backing, is stored nowhere. Each chunk may be shorter than :data:`CHUNK`: what is missing reads as
zeros.
"""

from collections.abc import Callable
from typing import Protocol

from vfs.errors import fail

CHUNK_BITS = 18
CHUNK = 1 << CHUNK_BITS
"""Bytes per chunk: above the largest common transfer (64 KiB, 128 KiB), small enough to copy at
once."""
SIZE_MAX = 1 << 44
"""The largest file (16 TiB, as ext4); past it EFBIG."""


class Backing(Protocol):
    """Where bytes come from that nobody has written here: a bytes object, a loader, a lower
    file."""

    def read_at(self, offset: int, size: int) -> bytes:
        """As :meth:`vfs.inode.Inode.read_at`."""
        ...


class Account(Protocol):
    """Who pays for stored bytes."""

    def take(self, size: int) -> int:
        """Reserve up to ``size`` bytes; returns how many there were."""
        ...

    def give_back(self, size: int) -> None:
        """Return ``size`` bytes."""
        ...


class Fixed:
    """A backing of bytes at hand."""

    __slots__ = ("_data",)

    def __init__(self, data: bytes) -> None:
        self._data = data

    def read_at(self, offset: int, size: int) -> bytes:
        """The slice; the object itself if all of it is asked for."""
        return self._data[offset : offset + size]


class Lazy:
    """A backing that calls ``loader`` at the first read; ``size`` is what it promises to return."""

    __slots__ = ("_data", "_loader", "_size")

    def __init__(self, loader: Callable[[], bytes], size: int) -> None:
        self._loader = loader
        self._size = size
        self._data: bytes | None = None

    def read_at(self, offset: int, size: int) -> bytes:
        """The slice. Raises: EIO if the loader does not keep its promise; whatever the loader
        raises."""
        if self._data is None:
            data = self._loader()
            if len(data) != self._size:
                fail("EIO")
            self._data = data
        return self._data[offset : offset + size]


class Content:
    """A sparse, growable sequence of bytes.

    Args:
        account: pays for what is stored; the backing is free.
        backing: what reads give where nothing was written, for the first ``size`` bytes.
    """

    __slots__ = ("_account", "_backed", "_backing", "_chunks", "size", "stored")

    def __init__(self, account: Account, backing: Backing | None = None, size: int = 0) -> None:
        self.size = size
        self.stored = 0
        self._account = account
        self._chunks: dict[int, bytearray] = {}
        self._backing = backing
        self._backed = size if backing is not None else 0

    # -- reading -----------------------------------------------------------------------------------

    def read(self, offset: int, size: int) -> bytes:
        """Up to ``size`` bytes from ``offset``. Raises: EINVAL if one is negative, and as the
        backing."""
        if offset < 0 or size < 0:
            fail("EINVAL")
        end = min(offset + size, self.size)
        if end <= offset:
            return b""
        first = offset >> CHUNK_BITS
        if (end - 1) >> CHUNK_BITS == first:
            start = offset - (first << CHUNK_BITS)
            return self._piece(first, start, start + end - offset)
        if not self._chunks and end <= self._backed and self._backing is not None:
            return self._backing.read_at(offset, end - offset)
        return self._join(offset, end)

    def _join(self, offset: int, end: int) -> bytes:
        pieces = []
        while offset < end:
            index, start = offset >> CHUNK_BITS, offset & (CHUNK - 1)
            stop = min(CHUNK, start + end - offset)
            pieces.append(self._piece(index, start, stop))
            offset += stop - start
        return b"".join(pieces)

    def _piece(self, index: int, start: int, stop: int) -> bytes:
        """Bytes ``start`` to ``stop`` of one chunk, all of them within the file."""
        chunk = self._chunks.get(index)
        if chunk is None:
            data = self._below(index, start, stop)
        else:
            with memoryview(chunk) as view:
                data = bytes(view[start:stop])
        missing = stop - start - len(data)
        return data + bytes(missing) if missing else data

    def _below(self, index: int, start: int, stop: int) -> bytes:
        """What the backing has there; shorter, perhaps empty, past its end."""
        base = index << CHUNK_BITS
        stop = min(stop, self._backed - base)
        if self._backing is None or stop <= start:
            return b""
        return self._backing.read_at(base + start, stop - start)

    @property
    def occupied(self) -> int:
        """Bytes stored here, and those of the backing that are still read from it."""
        if self._backing is None:
            return self.stored
        changed = sum(
            max(0, min(CHUNK, self._backed - (index << CHUNK_BITS))) for index in self._chunks
        )
        return self.stored + self._backed - changed

    # -- writing -----------------------------------------------------------------------------------

    def write(self, offset: int, data: bytes | bytearray | memoryview) -> int:
        """Write at ``offset``; returns how many bytes fitted. Raises: ENOSPC if none did, EFBIG,
        EINVAL."""
        total = len(data)
        if total > CHUNK:
            data = memoryview(data)
        if offset < 0:
            fail("EINVAL")
        if offset + total > SIZE_MAX:
            fail("EFBIG")
        done = 0
        while done < total:
            at = offset + done
            start = at & (CHUNK - 1)
            step = min(total - done, CHUNK - start)
            piece = data if step == total else data[done : done + step]
            taken = self._write_piece(at >> CHUNK_BITS, start, piece)
            done += taken
            if taken < step:
                break
        if done:
            self.size = max(self.size, offset + done)
        elif total:
            fail("ENOSPC")
        return done

    def _write_piece(self, index: int, start: int, data: bytes | bytearray | memoryview) -> int:
        """Write within one chunk; returns how many bytes fitted, 0 with the chunk as it was."""
        chunk = self._chunks.get(index)
        held = 0 if chunk is None else len(chunk)
        if chunk is None:
            chunk = bytearray(self._below(index, 0, CHUNK))
        need = max(start + len(data), len(chunk)) - held
        room = self._account.take(need)
        if room < need:
            fitting = held + room - start
            if fitting <= 0 or held + room < len(chunk):
                self._account.give_back(room)
                return 0
            data = data[:fitting]
        if len(chunk) < start:
            chunk += bytes(start - len(chunk))
        if start == len(chunk):
            chunk += data
        elif start + len(data) <= len(chunk):
            with memoryview(
                chunk
            ) as view:  # a bytearray copies what is assigned to its slices twice
                view[start : start + len(data)] = data
        else:
            chunk[start : start + len(data)] = data
        self.stored += len(chunk) - held
        self._chunks[index] = chunk
        return len(data)

    # -- length ------------------------------------------------------------------------------------

    def truncate(self, size: int) -> None:
        """Cut off, or add a hole. Raises: EINVAL if negative, EFBIG."""
        if size < 0:
            fail("EINVAL")
        if size > SIZE_MAX:
            fail("EFBIG")
        if size < self.size:
            self._cut(size)
        self.size = size

    def _cut(self, size: int) -> None:
        last, keep = size >> CHUNK_BITS, size & (CHUNK - 1)
        freed = 0
        for index in [
            index for index in self._chunks if index > last or (index == last and not keep)
        ]:
            freed += len(self._chunks.pop(index))
        chunk = self._chunks.get(last)
        if chunk is not None and len(chunk) > keep:
            freed += len(chunk) - keep
            del chunk[keep:]
        self._backed = min(self._backed, size)
        self.stored -= freed
        self._account.give_back(freed)

    def discard(self) -> None:
        """Give all storage back; the file is empty afterwards."""
        self.truncate(0)
