"""The end of processes: exit, zombies, orphans, wait. Above: kernel. Below: process, delivery.
_exit(2), waitpid(2).
"""

from __future__ import annotations

from enum import IntFlag
from typing import TYPE_CHECKING

from orchestrator.kernel import delivery
from orchestrator.kernel.process import Process, State, Status
from orchestrator.kernel.signal import Disposition, Signal
from orchestrator.kernel.wait import WouldBlock
from vfs.errors import fail

if TYPE_CHECKING:
    from orchestrator.kernel.kernel import Kernel


class WaitOptions(IntFlag):
    """Options of waitpid(2)."""

    NOHANG = 1
    UNTRACED = 2
    CONTINUED = 8


def exit_process(kernel: Kernel, process: Process, status: Status) -> None:
    """`Kernel.exit`."""
    if process.status is not None:
        return
    groups = delivery.unorphaned_groups(kernel, process)
    process.status = status
    process.end_call()
    if process.alarm is not None:
        process.alarm.set(0)
    kernel.scheduler.drop(process)
    process.state = State.ZOMBIE
    process.stopped = False
    process.fds.close_all()
    _give_back(kernel, process)
    _leave_terminal(kernel, process)
    _orphan_children(kernel, process)
    delivery.end_stops(kernel, groups)
    _tell_parent(kernel, process)
    process.exited.fire()


def _give_back(kernel: Kernel, process: Process) -> None:
    """A zombie is a number and a status: it must not pin a module, a directory or an
    environment.
    """
    usage, budget = process.usage, process.budget
    budget.syscalls += usage.syscalls
    budget.peak_memory = max(budget.peak_memory, usage.peak_memory)
    kernel.memory -= usage.memory
    usage.memory = 0
    process.image = None
    process.env = {}
    process.cwd = kernel.namespace.root
    process.signals = process.signals.inherited()


def _leave_terminal(kernel: Kernel, process: Process) -> None:
    """With its leader a session loses the terminal (POSIX _exit)."""
    tty, process.tty = process.tty, None
    if tty is not None and process.pid == tty.session:
        tty.leader_ended()
        for member in kernel.processes.values():
            if member.tty is tty:
                member.tty = None


def _orphan_children(kernel: Kernel, process: Process) -> None:
    children, process.children = process.children, {}
    for child in children.values():
        child.parent = None
        if child.state is State.ZOMBIE:
            _remove(kernel, child)


def _tell_parent(kernel: Kernel, process: Process) -> None:
    parent = process.parent
    if parent is None:
        _remove(kernel, process)
        return
    ignored = parent.signals.disposition(Signal.CHLD) is Disposition.IGNORE
    if ignored:
        _reap(kernel, parent, process)
    kernel.deliver(parent, Signal.CHLD)
    parent.child_event.fire()


def wait_nowait(
    kernel: Kernel, process: Process, pid: int, options: WaitOptions
) -> tuple[int, Status]:
    """`Kernel.wait_nowait`."""
    candidates = _candidates(process, pid)
    if not candidates:
        fail("ECHILD")
    for child in candidates:
        status = _news_of(kernel, process, child, options)
        if status is not None:
            return child.pid, status
    if options & WaitOptions.NOHANG:
        return 0, Status()
    raise WouldBlock((process.child_event,))


def _candidates(process: Process, pid: int) -> list[Process]:
    children = process.children
    if pid > 0:
        return [children[pid]] if pid in children else []
    if pid == -1:
        return list(children.values())
    pgid = process.pgid if pid == 0 else -pid
    return [child for child in children.values() if child.pgid == pgid]


def _news_of(
    kernel: Kernel, parent: Process, child: Process, options: WaitOptions
) -> Status | None:
    if child.state is State.ZOMBIE:
        _reap(kernel, parent, child)
        return child.status
    report = child.report
    if report is None:
        return None
    asked = WaitOptions.UNTRACED if report.stopped else WaitOptions.CONTINUED
    if not options & asked:
        return None
    child.report = None
    return report


def _reap(kernel: Kernel, parent: Process, child: Process) -> None:
    parent.usage.children_fuel += child.usage.fuel + child.usage.children_fuel
    parent.usage.children_steps += child.usage.steps + child.usage.children_steps
    del parent.children[child.pid]
    child.parent = None
    _remove(kernel, child)


def _remove(kernel: Kernel, process: Process) -> None:
    process.state = State.REAPED
    kernel.processes.pop(process.pid, None)
