"""Children, groups and the terminal's foreground: the extension's `proc_` calls but for spawning.

Above: calls. Below: guest, kernel. Signals have Linux's numbers here, as everywhere in the
extension; preview1's `proc_raise` has its own.
"""

from __future__ import annotations

import struct

from orchestrator.kernel.reaping import WaitOptions
from orchestrator.kernel.wait import WouldBlock
from orchestrator.wasi.abi import MASK32
from orchestrator.wasi.guest import Guest
from vfs.errors import fail

_PAIR = struct.Struct("<II")
_IDS = struct.Struct("<IIII")
_SIGN = 1 << 31
_WAIT_FLAGS = int(WaitOptions.NOHANG | WaitOptions.UNTRACED | WaitOptions.CONTINUED)


def signed(value: int) -> int:
    """Return the signed 32-bit integer that `value` carries."""
    value &= MASK32
    return value - 2 * _SIGN if value >= _SIGN else value


def proc_wait(guest: Guest, pid: int, flags: int, result: int) -> None:
    """Wait for a child that ended, or (with flags) was stopped or continued; write its process id
    and Linux's wait status.

    With NOHANG (1) and nothing to tell, the id is 0. UNTRACED is 2, CONTINUED 8.

    Raises:
        OSError: ECHILD without such a child, EINVAL for an unknown flag, EINTR, EFAULT if the result
            lies outside the memory.

    pagebox 1, proc_wait; POSIX waitpid.
    """
    guest.memory.check(result, _PAIR.size)
    if flags & ~_WAIT_FLAGS:
        fail("EINVAL")
    child, status = guest.kernel.wait_nowait(guest.process, signed(pid), WaitOptions(flags))
    guest.memory.write(result, _PAIR.pack(child, status.wait_status if child else 0))


def proc_kill(guest: Guest, pid: int, signal: int) -> None:
    """Send a signal of Linux's number to a process, a group, or everybody, as kill(2) reads `pid`.

    One that stops the guest itself returns when it goes on.

    Raises:
        OSError: ESRCH, EINVAL for an unknown signal, EPERM.

    pagebox 1, proc_kill; POSIX kill.
    """
    process = guest.process
    # A record means that the signal was sent on an earlier try, and that the stop is over.
    if process.call is not None:
        return
    guest.kernel.kill(process, signed(pid), signal)
    process.check_fatal()
    if process.stopped:
        process.begin_call("proc_kill")
        raise WouldBlock((process.resumed,))


def proc_ids(guest: Guest, result: int) -> None:
    """Write four 32-bit integers: the ids of the process, its parent, its group and its session.

    Raises:
        OSError: EFAULT if the result lies outside the memory.

    pagebox 1, proc_ids; POSIX getpid, getppid, getpgrp, getsid.
    """
    me = guest.process
    guest.memory.write(result, _IDS.pack(me.pid, me.ppid, me.pgid, me.sid))


def proc_setpgid(guest: Guest, pid: int, pgid: int) -> None:
    """Move the guest (`pid` 0) or a child to a group; `pgid` 0 makes one named after it.

    Raises:
        OSError: ESRCH for anybody else, EPERM for a session leader or a group of another session,
            EINVAL for a negative number.

    pagebox 1, proc_setpgid; POSIX setpgid.
    """
    guest.kernel.setpgid(guest.process, signed(pid), signed(pgid))


def proc_setsid(guest: Guest) -> None:
    """Become the leader of a new session and group, without a terminal.

    Raises:
        OSError: EPERM if the guest leads a group.

    pagebox 1, proc_setsid; POSIX setsid.
    """
    guest.kernel.setsid(guest.process)


def tty_getpgrp(guest: Guest, fd: int, result: int) -> None:
    """Write the group that is in the foreground of the guest's terminal.

    Raises:
        OSError: EBADF, ENOTTY if `fd` is not the guest's controlling terminal, EFAULT if the result
            lies outside the memory.

    pagebox 1, tty_getpgrp; POSIX tcgetpgrp.
    """
    tty = guest.tty(fd)
    if guest.process.tty is not tty:
        fail("ENOTTY")
    guest.memory.store_u32(result, tty.foreground)


def tty_setpgrp(guest: Guest, fd: int, pgid: int) -> None:
    """Put a group of the guest's session in the foreground. From the background it stops the group
    (TTOU).

    Raises:
        OSError: EBADF, ENOTTY if `fd` is not the guest's controlling terminal, EINVAL, EPERM for a
            group of another session, EIO for an orphan, EINTR.

    pagebox 1, tty_setpgrp; POSIX tcsetpgrp.
    """
    guest.tty(fd).set_foreground(guest.process, signed(pgid))
