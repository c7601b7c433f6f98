"""Numbers and record layouts of WASI preview1: the only place that knows them.

Above: every call. Below: nothing but the standard library. Errors inside are known by symbol; their
numbers exist in `ERRNO` alone, because a host's own numbers differ (ENOENT is 2 on Linux, 44 here).
All records are little-endian; sizes are bytes, times nanoseconds since 1970.
"""

from __future__ import annotations

import errno
import stat
import struct
from collections.abc import Mapping
from enum import IntEnum, IntFlag
from types import MappingProxyType
from typing import NamedTuple

PREVIEW1 = "wasi_snapshot_preview1"
EXTENSION = "pagebox"

_NAMES = (
    "SUCCESS E2BIG EACCES EADDRINUSE EADDRNOTAVAIL EAFNOSUPPORT EAGAIN EALREADY EBADF EBADMSG "
    "EBUSY ECANCELED ECHILD ECONNABORTED ECONNREFUSED ECONNRESET EDEADLK EDESTADDRREQ EDOM "
    "EDQUOT EEXIST EFAULT EFBIG EHOSTUNREACH EIDRM EILSEQ EINPROGRESS EINTR EINVAL EIO "
    "EISCONN EISDIR ELOOP EMFILE EMLINK EMSGSIZE EMULTIHOP ENAMETOOLONG ENETDOWN ENETRESET "
    "ENETUNREACH ENFILE ENOBUFS ENODEV ENOENT ENOEXEC ENOLCK ENOLINK ENOMEM ENOMSG "
    "ENOPROTOOPT ENOSPC ENOSYS ENOTCONN ENOTDIR ENOTEMPTY ENOTRECOVERABLE ENOTSOCK ENOTSUP "
    "ENOTTY ENXIO EOVERFLOW EOWNERDEAD EPERM EPIPE EPROTO EPROTONOSUPPORT EPROTOTYPE ERANGE "
    "EROFS ESPIPE ESRCH ESTALE ETIMEDOUT ETXTBSY EXDEV ENOTCAPABLE"
)
_SYMBOLS = tuple(_NAMES.split())

ERRNO: Mapping[str, int] = MappingProxyType({name: n for n, name in enumerate(_SYMBOLS)})
"""WASI's number of every errno symbol."""

SYMBOL: Mapping[int, str] = MappingProxyType(dict(enumerate(_SYMBOLS)))
"""The symbol of every WASI number: for strace and tests."""

_OF_HOST: Mapping[int, int] = MappingProxyType(
    {getattr(errno, name): n for name, n in ERRNO.items() if hasattr(errno, name)}
)


class NotCapable(OSError):
    """A right is missing. No host of ours has an errno for WASI's ENOTCAPABLE, so it is a type."""

    def __init__(self) -> None:
        """Make one; as a plain `OSError` it reads as EPERM."""
        super().__init__(errno.EPERM, "Capabilities insufficient")


def wasi_errno(error: OSError) -> int | None:
    """Return WASI's number for `error`; None if its errno has none, which is a bug of ours."""
    if isinstance(error, NotCapable):
        return ERRNO["ENOTCAPABLE"]
    return None if error.errno is None else _OF_HOST.get(error.errno)


class Filetype(IntEnum):
    """What an fd or a directory entry leads to."""

    UNKNOWN = 0
    BLOCK_DEVICE = 1
    CHARACTER_DEVICE = 2
    DIRECTORY = 3
    REGULAR_FILE = 4
    SOCKET_DGRAM = 5
    SOCKET_STREAM = 6
    SYMBOLIC_LINK = 7


_FILETYPES: Mapping[int, Filetype] = MappingProxyType(
    {
        stat.S_IFREG: Filetype.REGULAR_FILE,
        stat.S_IFDIR: Filetype.DIRECTORY,
        stat.S_IFLNK: Filetype.SYMBOLIC_LINK,
        stat.S_IFCHR: Filetype.CHARACTER_DEVICE,
        stat.S_IFBLK: Filetype.BLOCK_DEVICE,
        stat.S_IFSOCK: Filetype.SOCKET_STREAM,
    }
)


def filetype(mode: int) -> Filetype:
    """Return the file type for the type bits of `mode`. Preview1 has none for a pipe: UNKNOWN."""
    return _FILETYPES.get(stat.S_IFMT(mode), Filetype.UNKNOWN)


class Rights(IntFlag):
    """What may be done with an fd."""

    FD_DATASYNC = 1 << 0
    FD_READ = 1 << 1
    FD_SEEK = 1 << 2
    FD_FDSTAT_SET_FLAGS = 1 << 3
    FD_SYNC = 1 << 4
    FD_TELL = 1 << 5
    FD_WRITE = 1 << 6
    FD_ADVISE = 1 << 7
    FD_ALLOCATE = 1 << 8
    PATH_CREATE_DIRECTORY = 1 << 9
    PATH_CREATE_FILE = 1 << 10
    PATH_LINK_SOURCE = 1 << 11
    PATH_LINK_TARGET = 1 << 12
    PATH_OPEN = 1 << 13
    FD_READDIR = 1 << 14
    PATH_READLINK = 1 << 15
    PATH_RENAME_SOURCE = 1 << 16
    PATH_RENAME_TARGET = 1 << 17
    PATH_FILESTAT_GET = 1 << 18
    PATH_FILESTAT_SET_SIZE = 1 << 19
    PATH_FILESTAT_SET_TIMES = 1 << 20
    FD_FILESTAT_GET = 1 << 21
    FD_FILESTAT_SET_SIZE = 1 << 22
    FD_FILESTAT_SET_TIMES = 1 << 23
    PATH_SYMLINK = 1 << 24
    PATH_REMOVE_DIRECTORY = 1 << 25
    PATH_UNLINK_FILE = 1 << 26
    POLL_FD_READWRITE = 1 << 27
    SOCK_SHUTDOWN = 1 << 28
    SOCK_ACCEPT = 1 << 29


class FdFlags(IntFlag):
    """Flags of an open file."""

    APPEND = 1
    DSYNC = 2
    NONBLOCK = 4
    RSYNC = 8
    SYNC = 16


class OFlags(IntFlag):
    """How `path_open` opens."""

    CREAT = 1
    DIRECTORY = 2
    EXCL = 4
    TRUNC = 8


class FstFlags(IntFlag):
    """Which times to set, and to what."""

    ATIM = 1
    ATIM_NOW = 2
    MTIM = 4
    MTIM_NOW = 8


class Whence(IntEnum):
    """What a seek counts from."""

    SET = 0
    CUR = 1
    END = 2


class Clock(IntEnum):
    """The clocks."""

    REALTIME = 0
    MONOTONIC = 1
    PROCESS_CPUTIME_ID = 2
    THREAD_CPUTIME_ID = 3


class EventType(IntEnum):
    """What a subscription waits for."""

    CLOCK = 0
    FD_READ = 1
    FD_WRITE = 2


LOOKUP_FOLLOW = 1
SUBSCRIPTION_ABSTIME = 1
EVENT_HANGUP = 1
ADVICE_MAX = 5
PREOPEN_DIR = 0
_SIGNALS = (
    "NONE HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM CHLD CONT STOP "
    "TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH POLL PWR SYS"
)
SIGNAL_NAMES = tuple(_SIGNALS.split())
"""Names of WASI's signals in the order of their numbers, which are not Linux's past TERM."""

IOVEC_MAX = 1024
"""How many iovecs one call may pass, as IOV_MAX on Linux."""
FILE_SIZE_MAX = (1 << 63) - 1
"""The largest offset and file size: off_t is signed."""

_FILESTAT = struct.Struct("<QQB7xQQQQQ")
_FDSTAT = struct.Struct("<BxHxxxxQQ")
_PRESTAT = struct.Struct("<B3xI")
_DIRENT = struct.Struct("<QQIB3x")
_SUBSCRIPTION = struct.Struct("<QB7xI4xQQH6x")
_EVENT = struct.Struct("<QHB5xQH6x")

FILESTAT_SIZE = _FILESTAT.size
FDSTAT_SIZE = _FDSTAT.size
PRESTAT_SIZE = _PRESTAT.size
DIRENT_SIZE = _DIRENT.size
SUBSCRIPTION_SIZE = _SUBSCRIPTION.size
EVENT_SIZE = _EVENT.size

MASK32 = 0xFFFF_FFFF
MASK64 = 0xFFFF_FFFF_FFFF_FFFF


class Filestat(NamedTuple):
    """Facts of a file; mode and owner, which preview1 lacks, are told by the extension."""

    dev: int
    ino: int
    filetype: int
    nlink: int
    size: int
    atim: int
    mtim: int
    ctim: int

    def pack(self) -> bytes:
        """Return the 64-byte record; a time before 1970 becomes 0, since these are unsigned."""
        dev, ino, kind, nlink, size, *times = self
        atim, mtim, ctim = (max(0, time) & MASK64 for time in times)
        return _FILESTAT.pack(
            dev & MASK64, ino & MASK64, kind, nlink & MASK64, size & MASK64, atim, mtim, ctim
        )

    @classmethod
    def unpack(cls, data: bytes) -> Filestat:
        """Read the record `pack` makes."""
        return cls(*_FILESTAT.unpack(data))


class Fdstat(NamedTuple):
    """Facts of an fd."""

    filetype: int
    flags: int
    base: int
    inheriting: int

    def pack(self) -> bytes:
        """Return the 24-byte record."""
        return _FDSTAT.pack(*self)

    @classmethod
    def unpack(cls, data: bytes) -> Fdstat:
        """Read the record `pack` makes."""
        return cls(*_FDSTAT.unpack(data))


class Subscription(NamedTuple):
    """One thing `poll_oneoff` waits for. `ident` is a clock id or an fd, as `kind` says."""

    userdata: int
    kind: int
    ident: int
    timeout: int
    precision: int
    flags: int

    @classmethod
    def unpack(cls, data: bytes, offset: int = 0) -> Subscription:
        """Read the 48-byte record at `offset`."""
        return cls(*_SUBSCRIPTION.unpack_from(data, offset))

    def pack(self) -> bytes:
        """Return the 48-byte record: for guests written in Python, and tests."""
        return _SUBSCRIPTION.pack(*self)


class Event(NamedTuple):
    """One thing that happened."""

    userdata: int
    error: int
    kind: int
    nbytes: int = 0
    flags: int = 0

    def pack(self) -> bytes:
        """Return the 32-byte record."""
        return _EVENT.pack(*self)

    @classmethod
    def unpack(cls, data: bytes, offset: int = 0) -> Event:
        """Read the record `pack` makes."""
        return cls(*_EVENT.unpack_from(data, offset))


def pack_dirent(cookie: int, ino: int, name: bytes, kind: int) -> bytes:
    """Return a directory entry: 24 bytes and the name, no NUL. `cookie` is that of the next one."""
    return _DIRENT.pack(cookie, ino & MASK64, len(name), kind) + name


def unpack_dirent(data: bytes, offset: int = 0) -> tuple[int, int, int, int]:
    """Return cookie, ino, length of the name and file type of the entry at `offset`."""
    cookie, ino, length, kind = _DIRENT.unpack_from(data, offset)
    return cookie, ino, length, kind


def pack_prestat(name_length: int) -> bytes:
    """Return the 8-byte record of a preopened directory."""
    return _PRESTAT.pack(PREOPEN_DIR, name_length)
