"""Text in and out of guest memory: names are `str` inside, bytes with `surrogateescape` outside.

Above: args, environ, path, extension. Below: memory, vfs.path for the limit.
"""

from __future__ import annotations

import struct

from orchestrator.wasi.abi import MASK32
from orchestrator.wasi.memory import Memory
from vfs.errors import fail
from vfs.path import PATH_MAX


def encode(text: str) -> bytes:
    """Return the bytes of a name."""
    return text.encode("utf-8", "surrogateescape")


def load_path(memory: Memory, ptr: int, size: int) -> str:
    """Return the path of `size` bytes at `ptr`.

    Preview1's strings are Unicode, so other bytes are refused, not escaped.

    Raises:
        OSError: EFAULT outside the memory, ENAMETOOLONG from PATH_MAX, EINVAL with a NUL inside,
            EILSEQ if it is not UTF-8.
    """
    if size >= PATH_MAX:
        memory.check(ptr, size)
        fail("ENAMETOOLONG")
    data = memory.read(ptr, size)
    if 0 in data:
        fail("EINVAL")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        fail("EILSEQ")


def store_sizes(memory: Memory, count_out: int, size_out: int, strings: list[bytes]) -> None:
    """Write how many strings there are and the bytes they take with a NUL each.

    Raises:
        OSError: EFAULT if a result lies outside the memory.
    """
    memory.check(size_out, 4)
    memory.store_u32(count_out, len(strings))
    memory.store_u32(size_out, sum(map(len, strings)) + len(strings))


def store_strings(memory: Memory, pointers: int, buffer: int, strings: list[bytes]) -> None:
    """Write the strings with a NUL each to `buffer` and a pointer to each to `pointers`.

    Raises:
        OSError: EFAULT if either does not fit; nothing is written then.
    """
    addresses, blob = [], bytearray()
    for string in strings:
        addresses.append(buffer + len(blob) & MASK32)
        blob += string + b"\0"
    memory.check(buffer, len(blob))
    memory.write(pointers, struct.pack(f"<{len(addresses)}I", *addresses))
    memory.write(buffer, bytes(blob))
