"""The command line: `args_get` and `args_sizes_get`.

Above: calls. Below: guest, strings.
"""

from __future__ import annotations

from orchestrator.wasi.guest import Guest
from orchestrator.wasi.strings import encode, store_sizes, store_strings


def args_get(guest: Guest, argv: int, argv_buf: int) -> None:
    """Write a pointer for each argument to `argv`, and the arguments, each with a NUL, to
    `argv_buf`.

    Raises:
        OSError: EFAULT if either array does not fit the memory.

    WASI preview1, args_get.
    """
    store_strings(guest.memory, argv, argv_buf, _arguments(guest))


def args_sizes_get(guest: Guest, argc: int, argv_buf_size: int) -> None:
    """Write the number of arguments and the bytes they take, NULs included.

    Raises:
        OSError: EFAULT if a result lies outside the memory.

    WASI preview1, args_sizes_get.
    """
    store_sizes(guest.memory, argc, argv_buf_size, _arguments(guest))


def _arguments(guest: Guest) -> list[bytes]:
    return [encode(argument) for argument in guest.process.argv]
