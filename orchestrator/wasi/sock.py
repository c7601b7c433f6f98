"""Sockets, which do not exist here: every call answers ENOTSUP for any fd that is open.

Above: calls. Below: guest. Nothing leaves the page, so there is nothing to connect to; a program
sees an honest errno instead of a socket that never connects.
"""

from __future__ import annotations

from orchestrator.wasi.guest import Guest
from vfs.errors import fail


def sock_accept(guest: Guest, fd: int, flags: int, result: int) -> None:
    """Accept a connection: there are none.

    Raises:
        OSError: EBADF if `fd` is not open, else ENOTSUP.

    WASI preview1, sock_accept. Deviation: no sockets.
    """
    _refuse(guest, fd)


def sock_recv(
    guest: Guest, fd: int, iovs: int, iovs_len: int, flags: int, nread: int, roflags: int
) -> None:
    """Receive a message: there are none.

    Raises:
        OSError: EBADF if `fd` is not open, else ENOTSUP.

    WASI preview1, sock_recv. Deviation: no sockets.
    """
    _refuse(guest, fd)


def sock_send(guest: Guest, fd: int, iovs: int, iovs_len: int, flags: int, nwritten: int) -> None:
    """Send a message: nobody listens.

    Raises:
        OSError: EBADF if `fd` is not open, else ENOTSUP.

    WASI preview1, sock_send. Deviation: no sockets.
    """
    _refuse(guest, fd)


def sock_shutdown(guest: Guest, fd: int, how: int) -> None:
    """Shut down a connection: there are none.

    Raises:
        OSError: EBADF if `fd` is not open, else ENOTSUP.

    WASI preview1, sock_shutdown. Deviation: no sockets.
    """
    _refuse(guest, fd)


def _refuse(guest: Guest, fd: int) -> None:
    guest.file(fd)
    fail("ENOTSUP")
