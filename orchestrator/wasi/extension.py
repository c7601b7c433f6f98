"""The extension module `pagebox`: what a Unix program needs to know and preview1 has no call for.

Above: calls. Below: guest, path, kernel. docs/abi.md describes each call to those who write guests.
The two calls that the rewriter adds to every module, `yield` and `memory_guard`, are here as well.
"""

from __future__ import annotations

import struct
from dataclasses import replace

from orchestrator.kernel.wait import Preempted
from orchestrator.wasi import rights
from orchestrator.wasi.abi import MASK32
from orchestrator.wasi.guest import Guest
from orchestrator.wasi.path import is_follow, start
from orchestrator.wasi.strings import encode
from vfs.errors import fail
from vfs.inode import Stat

PAGE_SIZE = 65536
"""Bytes in a page of linear memory."""
REFUSED = MASK32
"""What `memory_guard` answers for no: -1, for which `memory.grow` fails by itself."""
TTY_CANONICAL, TTY_ECHO, TTY_SIGNALS, TTY_POST = 1, 2, 4, 8
_TTY_ALL = TTY_CANONICAL | TTY_ECHO | TTY_SIGNALS | TTY_POST
_OWNER = struct.Struct("<III")
_WINDOW = struct.Struct("<HH")


def getcwd(guest: Guest, buf: int, buf_len: int, length: int) -> None:
    """Write the path of the working directory, without a NUL, and how many bytes it has.

    Raises:
        OSError: ERANGE if the buffer is too small (the length is written all the same), ENOENT if
            the directory was removed, EFAULT if the buffer or the result lies outside the memory.

    pagebox 1, getcwd; POSIX getcwd.
    """
    memory = guest.memory
    memory.check(buf, buf_len)
    memory.check(length, 4)
    path = encode(guest.kernel.namespace.path_of(guest.process.cwd))
    memory.store_u32(length, len(path))
    if len(path) > buf_len:
        fail("ERANGE")
    memory.write(buf, path)


def path_stat(guest: Guest, fd: int, flags: int, path: int, path_len: int, result: int) -> None:
    """Write mode, uid and gid of what the path leads to: three 32-bit integers.

    Raises:
        OSError: as `path_filestat_get`: ENOENT, ENOTDIR, EACCES, ELOOP, EINVAL, EPERM if the path
            leaves `fd`, EFAULT, EILSEQ, ENOTCAPABLE.

    pagebox 1, path_stat; POSIX fstatat.
    """
    follow = is_follow(flags)
    guest.memory.check(result, _OWNER.size)
    at, text, beneath = start(guest, fd, path, path_len, rights.PATH_FILESTAT_GET)
    facts = guest.kernel.namespace.stat(
        at, text, guest.process.cred, follow=follow, beneath=beneath
    )
    _store_owner(guest, result, facts)


def fd_stat(guest: Guest, fd: int, result: int) -> None:
    """Write mode, uid and gid of the file behind `fd`: three 32-bit integers.

    Raises:
        OSError: EBADF, EFAULT if the result lies outside the memory, ENOTCAPABLE.

    pagebox 1, fd_stat; POSIX fstat.
    """
    file = guest.require(fd, rights.FD_FILESTAT_GET)
    _store_owner(guest, result, file.stat())


def path_chmod(guest: Guest, fd: int, flags: int, path: int, path_len: int, mode: int) -> None:
    """Set the permission bits of what the path leads to; type bits in `mode` are ignored.

    It takes the right PATH_FILESTAT_SET_TIMES, the only one preview1 has for changing facts.

    Raises:
        OSError: EPERM (not the owner, or the path leaves `fd`), ENOENT, ENOTDIR, EACCES, ELOOP,
            EROFS, ENOTSUP for a link itself, EINVAL, EFAULT, EILSEQ, ENOTCAPABLE.

    pagebox 1, path_chmod; POSIX fchmodat.
    """
    follow = is_follow(flags)
    at, text, beneath = start(guest, fd, path, path_len, rights.PATH_FILESTAT_SET_TIMES)
    guest.kernel.namespace.chmod(
        at, text, guest.process.cred, mode & 0o7777, follow=follow, beneath=beneath
    )


def fd_chmod(guest: Guest, fd: int, mode: int) -> None:
    """Set the permission bits of the file behind `fd`.

    Raises:
        OSError: EBADF, EPERM (not the owner), EROFS, EINVAL for what has no inode (a pipe),
            ENOTCAPABLE.

    pagebox 1, fd_chmod; POSIX fchmod.
    """
    file = guest.require(fd, rights.FD_FILESTAT_SET_TIMES)
    if file.location is None:
        fail("EINVAL")
    guest.kernel.namespace.fchmod(file.location, guest.process.cred, mode & 0o7777)


def umask(guest: Guest, mask: int) -> int:
    """Set the mask of permission bits that new files do not get, and return the former one.

    pagebox 1, umask; POSIX umask.
    """
    process = guest.process
    former = process.cred.umask
    process.cred = replace(process.cred, umask=mask & 0o777)
    return former


def isatty(guest: Guest, fd: int, result: int) -> None:
    """Write 1 if `fd` is a terminal, else 0.

    Raises:
        OSError: EBADF, EFAULT if the result lies outside the memory.

    pagebox 1, isatty; POSIX isatty.
    """
    guest.memory.store_u32(result, int(guest.file(fd).isatty))


def tty_get(guest: Guest, fd: int, result: int) -> None:
    """Write the terminal's modes: bit 0 canonical, 1 echo, 2 signals, 3 output processing.

    Raises:
        OSError: EBADF, ENOTTY, EFAULT if the result lies outside the memory.

    pagebox 1, tty_get; POSIX tcgetattr.
    """
    modes = guest.tty(fd).termios
    flags = TTY_CANONICAL if modes.canonical else 0
    flags |= TTY_ECHO if modes.echo else 0
    flags |= TTY_SIGNALS if modes.signals else 0
    flags |= TTY_POST if modes.post else 0
    guest.memory.store_u32(result, flags)


def tty_set(guest: Guest, fd: int, modes: int) -> None:
    """Set the terminal's modes from the 32-bit integer at `modes`, bits as for `tty_get`.

    Raises:
        OSError: EBADF, ENOTTY, EINVAL for an unknown bit, EFAULT, EIO for an orphan in the
            background, EINTR.

    pagebox 1, tty_set; POSIX tcsetattr.
    """
    tty = guest.tty(fd)
    flags = guest.memory.load_u32(modes)
    if flags & ~_TTY_ALL:
        fail("EINVAL")
    wanted = replace(
        tty.termios,
        canonical=bool(flags & TTY_CANONICAL),
        echo=bool(flags & TTY_ECHO),
        signals=bool(flags & TTY_SIGNALS),
        post=bool(flags & TTY_POST),
    )
    tty.set_termios(guest.process, wanted)


def tty_size(guest: Guest, fd: int, result: int) -> None:
    """Write the terminal's rows and columns: two 16-bit integers.

    Raises:
        OSError: EBADF, ENOTTY, EFAULT if the result lies outside the memory.

    pagebox 1, tty_size; POSIX tcgetwinsize.
    """
    size = guest.tty(fd).size
    guest.memory.write(result, _WINDOW.pack(size.rows & 0xFFFF, size.columns & 0xFFFF))


def memory_guard(guest: Guest, delta: int) -> int:
    """Return `delta`, a number of pages the memory is to grow by, or -1 if a limit forbids it.

    pagebox 1, memory_guard; added by the rewriter.
    """
    if not 0 <= delta <= PAGE_SIZE:  # 65536 pages are all of 4 GiB
        return REFUSED
    try:
        guest.charge_memory(delta * PAGE_SIZE)
    except OSError:
        return REFUSED
    guest.memory.expect_growth()
    return delta


def yield_(guest: Guest) -> int:
    """Charge the slice that is used up, let others run, and return the fuel of the next.

    pagebox 1, yield; added by the rewriter.
    """
    process = guest.process
    guest.kernel.charge_fuel(process, guest.slice)
    process.check_fatal()
    if guest.signal_word:
        guest.show_signals()
    if process.scheduler.contended():
        raise Preempted
    return guest.slice


def _store_owner(guest: Guest, result: int, facts: Stat) -> None:
    guest.memory.write(
        result, _OWNER.pack(facts.mode & MASK32, facts.uid & MASK32, facts.gid & MASK32)
    )
