"""Pipes and copies of descriptors, which preview1 cannot make: the extension's `fd_` calls.

Above: calls. Below: guest, kernel.fdtable. A copy has the rights and the sync flags of its original;
the numbers of the preopens cannot be made to mean another file.
"""

from __future__ import annotations

import struct

from orchestrator.wasi.abi import MASK32
from orchestrator.wasi.guest import Guest
from vfs.errors import fail

CLOEXEC = 1
ASK = MASK32
"""Passed as -1: only tell."""
_PAIR = struct.Struct("<II")


def fd_pipe(guest: Guest, flags: int, result: int) -> None:
    """Make a pipe, and write the fds of its read end and its write end.

    Raises:
        OSError: EMFILE, ENFILE when all pipes together use what they may, EINVAL for an unknown
            flag, EFAULT if the result lies outside the memory.

    pagebox 1, fd_pipe; POSIX pipe2.
    """
    guest.memory.check(result, _PAIR.size)
    cloexec = _cloexec(flags)
    ends = guest.kernel.pipe_fds(guest.process, cloexec=cloexec)
    guest.memory.write(result, _PAIR.pack(*ends))


def fd_dup(guest: Guest, fd: int, least: int, flags: int, result: int) -> None:
    """Give the file of `fd` another number as well: the lowest free one from `least` on.

    Raises:
        OSError: EBADF, EMFILE, EINVAL if `least` is no descriptor or for an unknown flag, EFAULT if
            the result lies outside the memory.

    pagebox 1, fd_dup; POSIX fcntl with F_DUPFD and F_DUPFD_CLOEXEC.
    """
    guest.memory.check(result, 4)
    cloexec = _cloexec(flags)
    copy = guest.process.fds.dup(fd, lowest=least, cloexec=cloexec)
    guest.share(fd, copy)
    guest.memory.store_u32(result, copy)


def fd_dup2(guest: Guest, fd: int, to: int, flags: int) -> None:
    """Let `to` mean the file of `fd` as well, closing what it meant. Nothing happens if they are one.

    Raises:
        OSError: EBADF if `fd` is not open, `to` is out of range or a preopened directory, EINVAL for
            an unknown flag.

    pagebox 1, fd_dup2; POSIX dup3.
    """
    cloexec = _cloexec(flags)
    guest.file(fd)
    if fd == to:
        return
    if to in guest.preopens:
        fail("EBADF")
    guest.process.fds.dup2(fd, to, cloexec=cloexec)
    guest.share(fd, to)


def fd_cloexec(guest: Guest, fd: int, value: int, former: int) -> None:
    """Say whether `fd` is closed in programs the guest starts: 1, 0, or -1 to only ask; write the
    former answer.

    Raises:
        OSError: EBADF, EINVAL for any other value, EFAULT if the result lies outside the memory.

    pagebox 1, fd_cloexec; POSIX fcntl with F_GETFD and F_SETFD.
    """
    guest.memory.check(former, 4)
    guest.file(fd)
    value &= MASK32
    if value not in (0, 1, ASK):
        fail("EINVAL")
    fds = guest.process.fds
    guest.memory.store_u32(former, int(fd in fds.cloexec))
    if value != ASK:
        fds.set_cloexec(fd, value == 1)


def _cloexec(flags: int) -> bool:
    if flags & ~CLOEXEC:
        fail("EINVAL")
    return flags == CLOEXEC
