"""Random bytes: `random_get`.

Above: calls, fast. Below: guest. The entropy is the kernel's injected source.
"""

from __future__ import annotations

from orchestrator.wasi.guest import Guest

CHUNK = 65536
"""Bytes asked of the source at a time: what the page's generator gives at most per call."""


def random_get(guest: Guest, buf: int, buf_len: int) -> None:
    """Fill `buf_len` bytes at `buf` with random bytes.

    Raises:
        OSError: EFAULT if the buffer does not fit the memory; nothing is drawn then.

    WASI preview1, random_get.
    """
    memory = guest.memory
    memory.check(buf, buf_len)
    end = buf + buf_len
    for start in range(buf, end, CHUNK):
        memory.write(start, guest.entropy(min(CHUNK, end - start)))
