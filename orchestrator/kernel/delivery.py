"""Delivering signals: who may, what happens, stopping and going on, groups and their orphans.

Above: kernel (its methods call these). Below: process, signal, sched. kill(2), signal(7).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.kernel.process import INIT_PID, Process, Status
from orchestrator.kernel.signal import UNCATCHABLE, Action, Disposition, Signal, default_action
from vfs.errors import fail

if TYPE_CHECKING:
    from orchestrator.kernel.kernel import Kernel


def deliver(kernel: Kernel, process: Process, signal: Signal, reason: str = "") -> None:
    """Let `signal` arrive at `process`; whoever sends it was found to be allowed to."""
    if not process.is_alive:
        return
    if signal is Signal.CONT or signal is Signal.KILL:
        _resume(kernel, process, report=signal is Signal.CONT)
    disposition = process.signals.disposition(signal)
    if signal in UNCATCHABLE:
        disposition = Disposition.DEFAULT
    if disposition is Disposition.CATCH:
        process.signals.catch(signal)
        process.wake()
    elif disposition is Disposition.DEFAULT:
        _default(kernel, process, signal, reason)


def _default(kernel: Kernel, process: Process, signal: Signal, reason: str) -> None:
    match default_action(signal):
        case Action.TERMINATE | Action.CORE:
            # The first fatal signal is what the process dies of; only KILL overrides one that is
            # waiting.
            if process.signals.fatal is None or signal is Signal.KILL:
                process.signals.fatal, process.signals.reason = signal, reason
            process.wake()
        case Action.STOP:
            # POSIX: a stop from the terminal is lost on a group nobody could continue.
            if signal is Signal.STOP or not is_orphaned(kernel, process.pgid):
                _stop(kernel, process, signal)


def _stop(kernel: Kernel, process: Process, signal: Signal) -> None:
    if process.stopped:
        return
    process.scheduler.stop(process)
    _report(kernel, process, Status(signal=signal, stopped=True))


def _resume(kernel: Kernel, process: Process, *, report: bool) -> None:
    if not process.stopped:
        return
    process.scheduler.resume(process)
    process.resumed.fire()
    if process.has_signal():
        process.wake()
    if report:
        _report(kernel, process, Status(continued=True))


def _report(kernel: Kernel, process: Process, status: Status) -> None:
    """Tell the parent of a stop or continuation; one that it has not asked for yet is replaced."""
    process.report = status
    if process.parent is not None:
        deliver(kernel, process.parent, Signal.CHLD)
        process.parent.child_event.fire()


# --- whom ---


def targets(kernel: Kernel, sender: Process | None, pid: int) -> list[Process]:
    """The processes that `pid` means to kill(2). Raises: ESRCH; EPERM for init.

    A zombie counts as existing. `-1` means everybody but the sender.
    """
    if pid == INIT_PID:
        fail("EPERM")
    if pid > 0:
        found = [kernel.processes[pid]] if pid in kernel.processes else []
    elif pid == -1:
        found = [process for process in kernel.processes.values() if process is not sender]
    else:
        pgid = -pid if pid else (sender.pgid if sender else 0)
        found = members(kernel, pgid)
    if not found:
        fail("ESRCH")
    return found


def send(kernel: Kernel, sender: Process | None, pid: int, signal: int) -> None:
    """kill(2). Signal 0 only asks. Raises: EINVAL (no such signal), ESRCH, EPERM (none of them may
    be signalled).
    """
    if signal and signal not in Signal.__members__.values():
        fail("EINVAL")
    found = targets(kernel, sender, pid)
    allowed = [process for process in found if may_signal(sender, process, signal)]
    if not allowed:
        fail("EPERM")
    if signal:
        for process in allowed:
            deliver(kernel, process, Signal(signal))


def may_signal(sender: Process | None, target: Process, signal: int) -> bool:
    """The host and uid 0 may everything, others their own; CONT goes anywhere in the session."""
    if sender is None or sender.cred.uid in (0, target.cred.uid):
        return True
    return signal == Signal.CONT and sender.sid == target.sid


# --- groups ---


def members(kernel: Kernel, pgid: int) -> list[Process]:
    """The processes of a group, zombies included, in order of pid."""
    return [process for process in kernel.processes.values() if process.pgid == pgid]


def signal_group(kernel: Kernel, pgid: int, signal: Signal) -> None:
    """Deliver to every member of a group; an empty one is no error."""
    for process in members(kernel, pgid):
        deliver(kernel, process, signal)


def is_orphaned(kernel: Kernel, pgid: int) -> bool:
    """Whether nobody outside the group, in its session, is parent of a member: nobody could
    continue it.
    """
    for process in members(kernel, pgid):
        parent = process.parent
        if process.is_alive and parent and parent.pgid != pgid and parent.sid == process.sid:
            return False
    return True


def unorphaned_groups(kernel: Kernel, process: Process) -> list[int]:
    """The groups that `process` may be about to orphan by ending: its own and its children's, not
    orphaned yet.
    """
    pgids = dict.fromkeys([process.pgid, *(child.pgid for child in process.children.values())])
    return [pgid for pgid in pgids if not is_orphaned(kernel, pgid)]


def end_stops(kernel: Kernel, pgids: list[int]) -> None:
    """HUP, then CONT, to those of `pgids` that became orphaned and have a stopped member (POSIX
    _exit).
    """
    for pgid in pgids:
        stopped = any(process.stopped for process in members(kernel, pgid))
        if stopped and is_orphaned(kernel, pgid):
            signal_group(kernel, pgid, Signal.HUP)
            signal_group(kernel, pgid, Signal.CONT)


def tree(kernel: Kernel, process: Process) -> list[Process]:
    """`process`, its descendants, and every member of a session that one of them is in and
    leads.
    """
    found: dict[Process, None] = {}
    waiting = [process]
    while waiting:
        one = waiting.pop()
        if one in found:
            continue
        found[one] = None
        waiting += one.children.values()
        if one.sid == one.pid:
            waiting += [other for other in kernel.processes.values() if other.sid == one.sid]
    return list(found)


def setpgid(kernel: Kernel, process: Process, pid: int, pgid: int) -> None:
    """`Kernel.setpgid`."""
    if pid < 0 or pgid < 0:
        fail("EINVAL")
    target = process if pid in (0, process.pid) else process.children.get(pid)
    if target is None or not target.is_alive:
        fail("ESRCH")
    pgid = pgid or target.pid
    if target.sid == target.pid or target.sid != process.sid:
        fail("EPERM")
    if pgid != target.pid and all(one.sid != process.sid for one in members(kernel, pgid)):
        fail("EPERM")
    target.pgid = pgid


def setsid(kernel: Kernel, process: Process) -> int:
    """`Kernel.setsid`."""
    if members(kernel, process.pid):
        fail("EPERM")
    process.sid = process.pgid = process.pid
    process.tty = None
    return process.sid
