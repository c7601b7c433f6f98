"""The environment: `environ_get` and `environ_sizes_get`.

Above: calls. Below: guest, strings.
"""

from __future__ import annotations

from orchestrator.wasi.guest import Guest
from orchestrator.wasi.strings import encode, store_sizes, store_strings


def environ_get(guest: Guest, environ: int, environ_buf: int) -> None:
    """Write a pointer for each `NAME=value` to `environ`, and the texts with NULs to `environ_buf`.

    Raises:
        OSError: EFAULT if either array does not fit the memory.

    WASI preview1, environ_get.
    """
    store_strings(guest.memory, environ, environ_buf, _variables(guest))


def environ_sizes_get(guest: Guest, environc: int, environ_buf_size: int) -> None:
    """Write the number of variables and the bytes they take, NULs included.

    Raises:
        OSError: EFAULT if a result lies outside the memory.

    WASI preview1, environ_sizes_get.
    """
    store_sizes(guest.memory, environc, environ_buf_size, _variables(guest))


def _variables(guest: Guest) -> list[bytes]:
    return [encode(f"{name}={value}") for name, value in guest.process.env.items()]
