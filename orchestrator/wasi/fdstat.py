"""Facts of an fd, and of the file behind it: flags, rights, times, preopens.

Above: calls. Below: guest, times, kernel.file.
"""

from __future__ import annotations

from orchestrator.kernel.file import File
from orchestrator.wasi import rights
from orchestrator.wasi.abi import (
    FILESTAT_SIZE,
    MASK32,
    FdFlags,
    Fdstat,
    Filestat,
    NotCapable,
    filetype,
    pack_prestat,
)
from orchestrator.wasi.guest import Guest, Preopen
from orchestrator.wasi.rights import Grant
from orchestrator.wasi.strings import encode
from orchestrator.wasi.times import Times, parse_times
from vfs.errors import fail
from vfs.inode import OpenFlags, Stat

APPEND = FdFlags.APPEND.value
NONBLOCK = FdFlags.NONBLOCK.value
SYNC = (FdFlags.DSYNC | FdFlags.RSYNC | FdFlags.SYNC).value
ALL_FLAGS = APPEND | NONBLOCK | SYNC
_STATUS = OpenFlags.APPEND | OpenFlags.NONBLOCK


def filestat(facts: Stat) -> bytes:
    """Return the filestat record of `facts`."""
    kind = filetype(facts.mode)
    times = (facts.atime, facts.mtime, facts.ctime)
    return Filestat(facts.dev, facts.ino, kind, facts.nlink, facts.size, *times).pack()


def status_flags(fdflags: int) -> OpenFlags:
    """Return the kernel's flags for APPEND and NONBLOCK of `fdflags`."""
    append = OpenFlags.APPEND if fdflags & APPEND else OpenFlags(0)
    return append | OpenFlags.NONBLOCK if fdflags & NONBLOCK else append


def fd_fdstat_get(guest: Guest, fd: int, result: int) -> None:
    """Write the file type, flags and rights of `fd`.

    Raises:
        OSError: EBADF, EFAULT if the result lies outside the memory.

    WASI preview1, fd_fdstat_get; POSIX fcntl with F_GETFL.
    """
    file = guest.file(fd)
    grant = guest.grant(fd)
    flags = (APPEND if file.append else 0) | (NONBLOCK if file.nonblock else 0)
    flags |= guest.synced.get(fd, 0)
    record = Fdstat(filetype(file.stat().mode), flags, grant.base, grant.inheriting).pack()
    guest.memory.write(result, record)


def fd_fdstat_set_flags(guest: Guest, fd: int, flags: int) -> None:
    """Set the flags of `fd`. APPEND and NONBLOCK belong to the open file and so to all who share
    it.

    Raises:
        OSError: EBADF, EINVAL for an unknown flag, ENOTCAPABLE.

    WASI preview1, fd_fdstat_set_flags; POSIX fcntl with F_SETFL.
    """
    file = guest.require(fd, rights.FD_FDSTAT_SET_FLAGS)
    if flags & ~ALL_FLAGS:
        fail("EINVAL")
    file.set_flags(file.flags & ~_STATUS | status_flags(flags))
    set_synced(guest, fd, flags)


def set_synced(guest: Guest, fd: int, flags: int) -> None:
    """Keep the DSYNC, RSYNC and SYNC bits of `flags` for `fd`."""
    if flags & SYNC:
        guest.synced[fd] = flags & SYNC
    else:
        guest.synced.pop(fd, None)


def fd_fdstat_set_rights(guest: Guest, fd: int, base: int, inheriting: int) -> None:
    """Give up rights on `fd`: those that stay are `base` and `inheriting`.

    Raises:
        OSError: EBADF, ENOTCAPABLE if it would add one.

    WASI preview1, fd_fdstat_set_rights.
    """
    guest.file(fd)
    held = guest.grant(fd)
    wanted = Grant(base & rights.ALL, inheriting & rights.ALL)
    if wanted.base & ~held.base or wanted.inheriting & ~held.inheriting:
        raise NotCapable
    guest.set_grant(fd, wanted)


def fd_filestat_get(guest: Guest, fd: int, result: int) -> None:
    """Write the facts of the file behind `fd`.

    Raises:
        OSError: EBADF, EFAULT if the result lies outside the memory, ENOTCAPABLE.

    WASI preview1, fd_filestat_get; POSIX fstat.
    """
    file = guest.require(fd, rights.FD_FILESTAT_GET)
    guest.memory.check(result, FILESTAT_SIZE)
    guest.memory.write(result, filestat(file.stat()))


def fd_filestat_set_times(guest: Guest, fd: int, atim: int, mtim: int, flags: int) -> None:
    """Set the times of the file behind `fd`, as `flags` says.

    Raises:
        OSError: EBADF, EINVAL for flags that contradict each other or a time beyond 2**63, EACCES
            and EPERM as utimensat, EPERM for what keeps no times (a pipe), EROFS, ENOTCAPABLE.

    WASI preview1, fd_filestat_set_times; POSIX futimens.
    """
    file = guest.require(fd, rights.FD_FILESTAT_SET_TIMES)
    times = parse_times(guest, atim, mtim, flags)
    if times is not None:
        _set_times(guest, file, times)


def _set_times(guest: Guest, file: File, times: Times) -> None:
    if file.location is None:
        fail("EPERM")
    guest.kernel.namespace.futimens(
        file.location, guest.process.cred, times.atime, times.mtime, times.is_now
    )


def fd_prestat_get(guest: Guest, fd: int, result: int) -> None:
    """Write what kind of preopen `fd` is (a directory) and how long its name is.

    Raises:
        OSError: EBADF if it is no preopen, EFAULT if the result lies outside the memory.

    WASI preview1, fd_prestat_get.
    """
    name = encode(_preopen(guest, fd).name)
    guest.memory.write(result, pack_prestat(len(name)))


def fd_prestat_dir_name(guest: Guest, fd: int, path: int, path_len: int) -> None:
    """Write the name of the preopened directory `fd`, without a NUL.

    Raises:
        OSError: EBADF if it is no preopen, ENAMETOOLONG if `path_len` is too small, EFAULT if the
            buffer lies outside the memory.

    WASI preview1, fd_prestat_dir_name.
    """
    name = encode(_preopen(guest, fd).name)
    if len(name) > path_len & MASK32:
        fail("ENAMETOOLONG")
    guest.memory.write(path, name)


def _preopen(guest: Guest, fd: int) -> Preopen:
    preopen = guest.preopens.get(fd)
    if preopen is None:
        fail("EBADF")
    return preopen
