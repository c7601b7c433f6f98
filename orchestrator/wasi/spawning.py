"""Starting another program: `proc_spawn` of the extension.

Above: calls. Below: guest, strings, kernel. The request is a record in guest memory: it is read as a
whole, checked, and only then is anything done for it. docs/abi.md describes it.
"""

from __future__ import annotations

import stat as st
import struct
from enum import IntFlag
from typing import NamedTuple

from orchestrator.kernel.fdtable import FdTable
from orchestrator.kernel.process import Process
from orchestrator.kernel.search import DEFAULT_PATH, find_program
from orchestrator.kernel.signal import Disposition, Signal
from orchestrator.kernel.tty import Tty
from orchestrator.wasi.guest import Guest
from orchestrator.wasi.strings import load_path
from vfs.access import EXEC, require
from vfs.errors import fail
from vfs.mount import Location

ACTIONS_MAX = 4096
"""File actions of one request: more than two for each descriptor a process can have."""
POINTER_SIZE = 8
"""Counted for each string on top of its bytes, as Linux does: many empty strings are not free."""
CLOSE, DUP2 = 0, 1
_REQUEST = struct.Struct("<11Ii")
_ACTION = struct.Struct("<III")
REQUEST_SIZE = _REQUEST.size
ACTION_SIZE = _ACTION.size


class SpawnFlags(IntFlag):
    """What is special about a child."""

    SEARCH = 1
    SETPGROUP = 2
    DEFAULT_SIGNALS = 4
    CLOSE_FDS = 8
    SETSID = 16
    FOREGROUND = 32


class Request(NamedTuple):
    """`struct pagebox_spawn`: pointers and lengths as they came."""

    path: int
    path_len: int
    argv: int
    argv_len: int
    env: int
    env_len: int
    cwd: int
    cwd_len: int
    actions: int
    actions_len: int
    flags: int
    pgroup: int

    @classmethod
    def unpack(cls, data: bytes) -> Request:
        """Read the record of REQUEST_SIZE bytes."""
        return cls(*_REQUEST.unpack(data))


def proc_spawn(guest: Guest, request: int, pid: int) -> None:
    """Start a program as a child of the guest, and write its process id.

    The child has the guest's credentials, limits, ignored signals, terminal, and its open files but
    for those marked close-on-exec and the guest's own preopens. Rights the guest gave up on a file
    do not bind the child.

    Raises:
        OSError: ENOENT, EACCES, ENOTDIR, ELOOP, ENAMETOOLONG, ENOEXEC for the program or the
            directory, E2BIG for arguments or actions past the limits, EAGAIN with too many processes,
            EBADF for a file action on what is not open, EINVAL for unknown flags, actions or text
            without its NUL, EILSEQ for a path that is not UTF-8, EPERM for a group of another
            session, ENOTTY for FOREGROUND without a terminal, EIO, EINTR, ENOMEM, EFAULT.

    pagebox 1, proc_spawn; POSIX posix_spawn.
    """
    memory = guest.memory
    memory.check(pid, 4)
    wanted = Request.unpack(memory.read(request, REQUEST_SIZE))
    flags = _flags(wanted)
    argv, env = _texts(guest, wanted)
    if not argv:
        fail("EINVAL")
    cwd = _directory(guest, wanted)
    path = load_path(memory, wanted.path, wanted.path_len)
    if flags & SpawnFlags.SEARCH:
        along = env.get("PATH", DEFAULT_PATH)
        path = find_program(guest.kernel.namespace, cwd, guest.process.cred, path, along)
    tty = _foreground(guest.process) if flags & SpawnFlags.FOREGROUND else None
    fds = child_table(
        guest, _actions(guest, wanted), close_others=bool(flags & SpawnFlags.CLOSE_FDS)
    )
    child = guest.kernel.spawn(
        guest.process,
        path,
        argv,
        env,
        cwd=cwd,
        fds=fds,
        pgid=wanted.pgroup if flags & SpawnFlags.SETPGROUP else None,
        new_session=bool(flags & SpawnFlags.SETSID),
        signals=_defaults(guest.process) if flags & SpawnFlags.DEFAULT_SIGNALS else None,
    )
    if tty is not None:
        tty.foreground = child.pgid
    memory.store_u32(pid, child.pid)


def _flags(wanted: Request) -> int:
    flags = wanted.flags
    if flags & ~int(~SpawnFlags(0)):
        fail("EINVAL")
    if flags & SpawnFlags.SETPGROUP and wanted.pgroup < 0:
        fail("EINVAL")
    if flags & SpawnFlags.SETSID and flags & (SpawnFlags.SETPGROUP | SpawnFlags.FOREGROUND):
        fail("EPERM")
    return flags


# --- text ---


def _texts(guest: Guest, wanted: Request) -> tuple[list[str], dict[str, str]]:
    """Return arguments and environment. Raises OSError EFAULT, E2BIG, EINVAL."""
    memory = guest.memory
    memory.check(wanted.argv, wanted.argv_len)
    memory.check(wanted.env, wanted.env_len)
    room = guest.process.limits.arguments
    if wanted.argv_len + wanted.env_len > room:
        fail("E2BIG")
    blobs = memory.read(wanted.argv, wanted.argv_len), memory.read(wanted.env, wanted.env_len)
    if sum(len(blob) + POINTER_SIZE * blob.count(b"\0") for blob in blobs) > room:
        fail("E2BIG")
    argv, pairs = (_strings(blob) for blob in blobs)
    env: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if equals:  # what is no assignment, nobody could look up
            env.setdefault(name, value)
    return argv, env


def _strings(blob: bytes) -> list[str]:
    """Return the strings that stand back to back, each with its NUL. Raises OSError EINVAL."""
    if not blob:
        return []
    if not blob.endswith(b"\0"):
        fail("EINVAL")
    return blob[:-1].decode("utf-8", "surrogateescape").split("\0")


def _directory(guest: Guest, wanted: Request) -> Location:
    """Return where the child starts. Raises OSError as a path does, ENOTDIR, EACCES."""
    process = guest.process
    if wanted.cwd_len == 0:
        return process.cwd
    path = load_path(guest.memory, wanted.cwd, wanted.cwd_len)
    found = guest.kernel.namespace.resolve(process.cwd, path, process.cred)
    if not st.S_ISDIR(found.inode.mode):
        fail("ENOTDIR", path)
    require(found.inode, process.cred, EXEC, path)
    return found


# --- files ---


def _actions(guest: Guest, wanted: Request) -> list[tuple[int, int, int]]:
    """Return (operation, from, to) of each file action. Raises OSError E2BIG, EFAULT, EINVAL."""
    if wanted.actions_len > ACTIONS_MAX:
        fail("E2BIG")
    data = guest.memory.read(wanted.actions, wanted.actions_len * ACTION_SIZE)
    actions = list(_ACTION.iter_unpack(data))
    if any(operation not in (CLOSE, DUP2) for operation, _, _ in actions):
        fail("EINVAL")
    return actions


def child_table(
    guest: Guest, actions: list[tuple[int, int, int]], *, close_others: bool
) -> FdTable:
    """Return the child's descriptors: the guest's after the actions, in their order.

    To close what is not open is no failure (POSIX posix_spawn_file_actions_addclose).

    Raises:
        OSError: EBADF for dup2 from what is not open, or to a number out of range.
    """
    table = guest.process.fds.clone(keep_cloexec=True)
    try:
        for fd in guest.preopens:
            table.close(fd)
        kept = {0, 1, 2}
        for operation, source, target in actions:
            if operation == DUP2:
                _dup2(table, source, target)
                kept.add(target)
            elif source in table:
                table.close(source)
        table.close_cloexec()
        for fd in table if close_others else ():
            if fd not in kept:
                table.close(fd)
    except OSError:
        table.close_all()
        raise
    return table


def _dup2(table: FdTable, source: int, target: int) -> None:
    """As dup2(2), and onto itself it drops close-on-exec (POSIX posix_spawn_file_actions_adddup2)."""
    table.dup2(source, target)
    table.set_cloexec(target, False)


# --- signals and the terminal ---


def _defaults(process: Process) -> dict[Signal, Disposition]:
    return dict.fromkeys(process.signals.dispositions, Disposition.DEFAULT)


def _foreground(process: Process) -> Tty:
    """Return the terminal that is handed over, once it may be.

    Raises:
        OSError: ENOTTY without a terminal, EIO for an orphan in the background, WouldBlock.
    """
    if process.tty is None:
        fail("ENOTTY")
    process.tty.check_background(process, Signal.TTOU)
    return process.tty
