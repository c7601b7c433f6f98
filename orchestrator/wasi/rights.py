"""Rights: which an fd has by what it leads to, and how the guest's wishes narrow them.

Above: guest, fd, path. Below: abi. Rights are kept as plain integers: arithmetic on flag members
costs a microsecond, and these are looked at in every call.
"""

from __future__ import annotations

import stat
from typing import NamedTuple

from orchestrator.wasi.abi import Rights
from vfs.inode import OpenFlags

FD_READ = Rights.FD_READ.value
FD_WRITE = Rights.FD_WRITE.value
FD_READDIR = Rights.FD_READDIR.value
FD_SEEK = Rights.FD_SEEK.value
FD_TELL = Rights.FD_TELL.value
FD_SYNC = Rights.FD_SYNC.value
FD_DATASYNC = Rights.FD_DATASYNC.value
FD_ADVISE = Rights.FD_ADVISE.value
FD_ALLOCATE = Rights.FD_ALLOCATE.value
FD_FDSTAT_SET_FLAGS = Rights.FD_FDSTAT_SET_FLAGS.value
FD_FILESTAT_GET = Rights.FD_FILESTAT_GET.value
FD_FILESTAT_SET_SIZE = Rights.FD_FILESTAT_SET_SIZE.value
FD_FILESTAT_SET_TIMES = Rights.FD_FILESTAT_SET_TIMES.value
POLL_FD_READWRITE = Rights.POLL_FD_READWRITE.value
PATH_OPEN = Rights.PATH_OPEN.value
PATH_CREATE_FILE = Rights.PATH_CREATE_FILE.value
PATH_CREATE_DIRECTORY = Rights.PATH_CREATE_DIRECTORY.value
PATH_LINK_SOURCE = Rights.PATH_LINK_SOURCE.value
PATH_LINK_TARGET = Rights.PATH_LINK_TARGET.value
PATH_READLINK = Rights.PATH_READLINK.value
PATH_RENAME_SOURCE = Rights.PATH_RENAME_SOURCE.value
PATH_RENAME_TARGET = Rights.PATH_RENAME_TARGET.value
PATH_FILESTAT_GET = Rights.PATH_FILESTAT_GET.value
PATH_FILESTAT_SET_SIZE = Rights.PATH_FILESTAT_SET_SIZE.value
PATH_FILESTAT_SET_TIMES = Rights.PATH_FILESTAT_SET_TIMES.value
PATH_SYMLINK = Rights.PATH_SYMLINK.value
PATH_REMOVE_DIRECTORY = Rights.PATH_REMOVE_DIRECTORY.value
PATH_UNLINK_FILE = Rights.PATH_UNLINK_FILE.value

ALL = (1 << 30) - 1
"""Every right preview1 has a bit for. Guests pass bits beyond them; those mean nothing."""

_ANY = FD_FDSTAT_SET_FLAGS | FD_FILESTAT_GET | POLL_FD_READWRITE
_STREAM = _ANY | FD_READ | FD_WRITE | FD_SYNC | FD_DATASYNC
_PLACED = FD_SEEK | FD_TELL
_REGULAR = (
    _STREAM | _PLACED | FD_ADVISE | FD_ALLOCATE | FD_FILESTAT_SET_SIZE | FD_FILESTAT_SET_TIMES
)
_PATHS = (
    PATH_OPEN
    | PATH_CREATE_FILE
    | PATH_CREATE_DIRECTORY
    | PATH_LINK_SOURCE
    | PATH_LINK_TARGET
    | PATH_READLINK
    | PATH_RENAME_SOURCE
    | PATH_RENAME_TARGET
    | PATH_FILESTAT_GET
    | PATH_FILESTAT_SET_SIZE
    | PATH_FILESTAT_SET_TIMES
    | PATH_SYMLINK
    | PATH_REMOVE_DIRECTORY
    | PATH_UNLINK_FILE
)
# FD_READ and FD_WRITE mean nothing on a directory itself, but libc asks for FD_READ when it opens
# one.
_DIRECTORY = (
    _ANY | FD_READ | FD_READDIR | FD_SYNC | FD_DATASYNC | FD_ADVISE | FD_FILESTAT_SET_TIMES | _PATHS
)
_NEED_WRITE = FD_WRITE | FD_ALLOCATE | FD_FILESTAT_SET_SIZE
_READ_FLAG = OpenFlags.READ.value
_WRITE_FLAG = OpenFlags.WRITE.value


class Grant(NamedTuple):
    """Rights on an fd, and the most that what is opened through it can have."""

    base: int
    inheriting: int


FULL = Grant(ALL, ALL)


def of_file(mode: int, open_flags: int, *, is_tty: bool) -> Grant:
    """Return every right that makes sense on a file of st_mode `mode` opened with `open_flags`.

    libc takes a character device without FD_SEEK and FD_TELL for a terminal, so only a terminal
    lacks them; and it reads O_ACCMODE from FD_READ and FD_WRITE, so these tell how the file was
    opened.
    """
    if stat.S_ISDIR(mode):
        return Grant(_DIRECTORY, ALL)
    if stat.S_ISREG(mode):
        base = _REGULAR
    elif stat.S_ISCHR(mode) and not is_tty:
        base = _STREAM | _PLACED
    else:
        base = _STREAM
    if not open_flags & _READ_FLAG:
        base &= ~FD_READ
    if not open_flags & _WRITE_FLAG:
        base &= ~_NEED_WRITE
    return Grant(base, 0)


def access_flags(base: int, *, truncate: bool) -> int:
    """Return READ and WRITE of `OpenFlags` for what `base` wants to do with the file."""
    flags = _READ_FLAG if base & (FD_READ | FD_READDIR) else 0
    return flags | (_WRITE_FLAG if base & _NEED_WRITE or truncate else 0)
