"""The calls that glue outside Python makes often, in the shape it needs: bytes and numbers, no
memory.

Above: the page's glue, which reads and writes guest memory itself. Below: fd, clock, random,
linker. Each answers a value of at least 0 (or bytes) or an errno of WASI as a negative number,
counts as one system call, and raises `WouldBlock` and `ProcessExit` as the bound calls do. Not
traced: glue uses the ordinary calls for a guest that is.
"""

from __future__ import annotations

from orchestrator.wasi import clock, fd, rights
from orchestrator.wasi.guest import Guest
from orchestrator.wasi.iovec import TRANSFER_MAX
from orchestrator.wasi.linker import failed
from orchestrator.wasi.random import CHUNK


def fast_write(guest: Guest, number: int, data: bytes) -> int:
    """Write `data` to fd `number`: how many bytes were taken, or -errno. See `fd.fd_write`."""
    try:
        if guest.usage.syscalls >= guest.next_turn:
            guest.take_turns()
        file = guest.require(number, rights.FD_WRITE)
        written = fd.write(guest, number, file, data)
    except BaseException as error:
        return -failed(guest, error)
    _done(guest)
    return written


def fast_read(guest: Guest, number: int, size: int) -> bytes | int:
    """Read up to `size` bytes from fd `number`: the bytes, or -errno. See `fd.fd_read`."""
    try:
        if guest.usage.syscalls >= guest.next_turn:
            guest.take_turns()
        file = guest.require(number, rights.FD_READ)
        data = file.read_nowait(min(size, TRANSFER_MAX))
    except BaseException as error:
        return -failed(guest, error)
    _done(guest)
    return data


def fast_seek(guest: Guest, number: int, offset: int, whence: int) -> int:
    """Move the offset of fd `number`: the new one, or -errno. See `fd.fd_seek`."""
    try:
        is_tell = offset == 0 and whence == 1
        file = guest.require(number, rights.FD_TELL if is_tell else rights.FD_SEEK)
        place = fd.seek(file, offset, whence)
    except BaseException as error:
        return -failed(guest, error)
    _done(guest)
    return place


def fast_clock(guest: Guest, ident: int) -> int:
    """Return the time of a clock in nanoseconds, or -errno. See `clock.clock_time_get`."""
    try:
        now = clock.now(guest, ident)
    except BaseException as error:
        return -failed(guest, error)
    _done(guest)
    return now


def fast_random(guest: Guest, size: int) -> bytes | int:
    """Return `size` random bytes, at most CHUNK: glue asks again for the rest."""
    try:
        data = guest.entropy(max(0, min(size, CHUNK)))
    except BaseException as error:
        return -failed(guest, error)
    _done(guest)
    return data


def _done(guest: Guest) -> None:
    guest.usage.syscalls += 1
    process = guest.process
    if process.call is not None:
        process.end_call()
    if guest.signal_word and process.signals.caught:
        guest.show_signals()
