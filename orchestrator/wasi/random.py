"""Random bytes: `random_get`.

Above: calls, fast. Below: guest, kernel.wait. The entropy is the kernel's injected source.
"""

from __future__ import annotations

from orchestrator.kernel.wait import TurnOver
from orchestrator.wasi.guest import Guest

CHUNK = 65536
"""Bytes asked of the source at a time: what the page's generator gives at most per call."""
BURST = 64 * CHUNK
"""Bytes given before others have their turn: a gigabyte must not stop the whole sandbox."""


def random_get(guest: Guest, buf: int, buf_len: int) -> None:
    """Fill `buf_len` bytes at `buf` with random bytes.

    Raises:
        OSError: EFAULT if the buffer does not fit the memory; nothing is drawn then.

    WASI preview1, random_get.
    """
    guest.memory.check(buf, buf_len)
    if buf_len <= BURST:
        _fill(guest, buf, buf + buf_len)
        return
    call = guest.process.begin_call("random_get")
    filled = call.intent if isinstance(call.intent, int) else 0
    end = min(filled + BURST, buf_len)
    _fill(guest, buf + filled, buf + end)
    if end < buf_len:
        call.intent = end
        # Whoever else is ready runs, and a fatal signal can end it.
        raise TurnOver


def _fill(guest: Guest, start: int, end: int) -> None:
    for ptr in range(start, end, CHUNK):
        guest.memory.write(ptr, guest.entropy(min(CHUNK, end - ptr)))
