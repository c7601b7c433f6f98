"""Opening by path: `path_open`.

Above: calls. Below: guest, path, rights, kernel. How a file is opened follows from the rights that
are asked for, which is how preview1 says read and write.
"""

from __future__ import annotations

from orchestrator.kernel.file import File
from orchestrator.wasi import rights
from orchestrator.wasi.abi import NotCapable, OFlags
from orchestrator.wasi.fdstat import ALL_FLAGS, set_synced, status_flags
from orchestrator.wasi.guest import Guest, full_grant
from orchestrator.wasi.path import is_follow, start
from orchestrator.wasi.rights import Grant
from vfs.errors import fail
from vfs.inode import OpenFlags

_CREAT = OFlags.CREAT.value
_DIRECTORY = OFlags.DIRECTORY.value
_EXCL = OFlags.EXCL.value
_TRUNC = OFlags.TRUNC.value
_ALL = _CREAT | _DIRECTORY | _EXCL | _TRUNC
_KERNEL_FLAGS = (
    (_CREAT, OpenFlags.CREAT),
    (_DIRECTORY, OpenFlags.DIRECTORY),
    (_EXCL, OpenFlags.EXCL),
    (_TRUNC, OpenFlags.TRUNC),
)


def path_open(
    guest: Guest,
    fd: int,
    lookup: int,
    path: int,
    path_len: int,
    oflags: int,
    base: int,
    inheriting: int,
    fdflags: int,
    result: int,
) -> None:
    """Open what the path leads to, and write its fd: the lowest free number.

    It is opened for reading if `base` has FD_READ or FD_READDIR, for writing if it has FD_WRITE,
    FD_ALLOCATE or FD_FILESTAT_SET_SIZE. A new file's mode is 0666 less the umask.

    Raises:
        OSError: ENOENT, EEXIST, EISDIR, ENOTDIR, EACCES, ELOOP, EROFS, ENOSPC, ENXIO, EMFILE,
            EINVAL for unknown flags, EPERM if the path leaves `fd`, ENOTCAPABLE if rights are asked
            for that `fd` does not pass on, EFAULT, EILSEQ, EINTR while a FIFO waits for
            its other end.

    WASI preview1, path_open; POSIX openat.
    """
    guest.memory.check(result, 4)
    flags = _open_flags(lookup, oflags, base, fdflags)
    at, text, beneath = start(guest, fd, path, path_len, _needed(oflags))
    wanted = _inherited(guest, fd, Grant(base & rights.ALL, inheriting & rights.ALL))
    process = guest.process
    if len(process.fds) >= process.fds.limit:
        fail("EMFILE")  # before a file is made for nothing
    file = guest.kernel.open_nowait(process, at, text, flags, beneath=beneath)
    number = _install(guest, file, wanted)
    set_synced(guest, number, fdflags)
    guest.memory.store_u32(result, number)


def _needed(oflags: int) -> int:
    """Return the rights on the directory that opening takes."""
    needed = rights.PATH_OPEN
    if oflags & _CREAT:
        needed |= rights.PATH_CREATE_FILE
    if oflags & _TRUNC:
        needed |= rights.PATH_FILESTAT_SET_SIZE
    return needed


def _open_flags(lookup: int, oflags: int, base: int, fdflags: int) -> OpenFlags:
    if oflags & ~_ALL or fdflags & ~ALL_FLAGS:
        fail("EINVAL")
    flags = OpenFlags(rights.access_flags(base, truncate=bool(oflags & _TRUNC)))
    if oflags & _DIRECTORY:
        # Guests ask for every right they can have; on a directory FD_WRITE means nothing.
        flags &= ~OpenFlags.WRITE
    for bit, flag in _KERNEL_FLAGS:
        if oflags & bit:
            flags |= flag
    if not is_follow(lookup):
        flags |= OpenFlags.NOFOLLOW
    return flags | status_flags(fdflags)


def _inherited(guest: Guest, fd: int, wanted: Grant) -> Grant:
    """Return `wanted` if `fd` passes all of it on. Raises NotCapable."""
    passed_on = guest.grant(fd).inheriting
    if (wanted.base | wanted.inheriting) & ~passed_on:
        raise NotCapable
    return wanted


def _install(guest: Guest, file: File, wanted: Grant) -> int:
    """Give `file` a number and the rights asked for, as far as they make sense on it."""
    fds = guest.process.fds
    number = fds.add(file)
    try:
        full = full_grant(file)
    except OSError:  # a host's file that vanished meanwhile
        fds.close(number)
        raise
    guest.set_grant(number, Grant(wanted.base & full.base, wanted.inheriting & full.inheriting))
    return number
