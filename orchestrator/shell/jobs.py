"""Jobs: the children of a shell, in the foreground and behind it.

A job is a pipeline with a number. With job control (`set -m`, interactive) each has a process group, and the
terminal belongs to the one in the foreground.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from orchestrator.kernel.process import Status
from orchestrator.kernel.reaping import WaitOptions
from orchestrator.kernel.signal import Disposition, Signal
from orchestrator.shell.control import Interrupted
from orchestrator.shell.files import open_null
from orchestrator.shell.signals import describe
from orchestrator.shell.syntax import print_node
from vfs.errors import symbol_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from orchestrator.kernel.fdtable import FdTable
    from orchestrator.kernel.process import Process
    from orchestrator.shell.shell import Shell
    from orchestrator.shell.syntax.nodes import Command

    Signals = Mapping[Signal, Disposition] | None
    Start = Callable[[Shell, FdTable, int | None, Signals], Process]

REMEMBERED = 1024
"""Statuses of ended background processes that `wait` can still be asked for."""


@dataclass(slots=True, eq=False)
class Job:
    """One pipeline: its processes in order, and what is known of each."""

    number: int
    pids: list[int]
    pgid: int | None
    text: str
    statuses: dict[int, Status] = field(default_factory=dict)
    notified: bool = False
    control: bool = False
    saved_mode: object = None

    @property
    def is_done(self) -> bool:
        """Whether every process has ended."""
        return all(pid in self.statuses and not self.statuses[pid].stopped for pid in self.pids)

    @property
    def is_stopped(self) -> bool:
        """Whether it has been stopped: no process runs and one at least is stopped."""
        known = [self.statuses.get(pid) for pid in self.pids]
        return all(known) and any(status is not None and status.stopped for status in known)

    @property
    def status(self) -> Status | None:
        """The status of the last process, None while it runs."""
        return self.statuses.get(self.pids[-1])

    def state_text(self) -> str:
        """Return what `jobs` calls its state."""
        if self.is_stopped:
            return "Stopped"
        status = self.status
        if not self.is_done or status is None:
            return "Running"
        if status.signal is not None:
            return describe(status.signal)
        return "Done" if status.code == 0 else f"Exit {status.code}"

    def line(self, mark: str, *, pids: bool = False) -> str:
        """Return the line `jobs` prints."""
        running = not self.is_done and not self.is_stopped
        state, pid = self.state_text(), " "
        if pids:
            pid = f"{self.pids[0]:5d} "
            state += " (signal)" if self.is_stopped else ""
        return f"[{self.number}]{mark} {pid}{state:<24}{self.text}{' &' if running else ''}"


class JobTable:
    """The jobs of one shell, and the statuses of background processes that have ended."""

    def __init__(self) -> None:
        self.jobs: dict[int, Job] = {}
        self.order: list[int] = []  # least recently current first
        self.finished: dict[int, int] = {}
        self.coprocesses: dict[int, tuple[str, int, int]] = {}

    def __iter__(self) -> Iterator[Job]:
        return iter([self.jobs[number] for number in sorted(self.jobs)])

    def copy(self) -> JobTable:
        """Return a copy for a subshell: it can list its parent's jobs, not wait for them."""
        other = JobTable()
        other.jobs = {number: replace(job) for number, job in self.jobs.items()}
        other.order = self.order.copy()
        return other

    def add(self, pids: list[int], pgid: int | None, text: str) -> Job:
        """Enter a job under the next number and make it the current one."""
        number = max(self.jobs, default=0) + 1
        job = Job(number, pids, pgid, text)
        self.jobs[number] = job
        self.make_current(job)
        return job

    def make_current(self, job: Job) -> None:
        """Let `%%` mean this job."""
        if job.number in self.order:
            self.order.remove(job.number)
        self.order.append(job.number)

    def remove(self, job: Job) -> None:
        """Forget a job."""
        self.jobs.pop(job.number, None)
        if job.number in self.order:
            self.order.remove(job.number)

    def mark(self, job: Job) -> str:
        """Return `+` for the current job, `-` for the previous one, else a space."""
        if self.order[-1:] == [job.number]:
            return "+"
        return "-" if self.order[-2:-1] == [job.number] else " "

    def find(self, spec: str) -> Job | None:
        """Return the job that `%n`, `%%`, `%-`, `%text` or `%?text` means; None if there is none."""
        name = spec.removeprefix("%")
        if name in ("", "%", "+"):
            return self.jobs[self.order[-1]] if self.order else None
        if name == "-":
            return self.jobs[self.order[-2]] if len(self.order) > 1 else None
        if name.isdecimal():
            return self.jobs.get(int(name))
        found = self.matching(name)
        return found[0] if len(found) == 1 else None

    def matching(self, name: str) -> list[Job]:
        """Return the jobs whose text begins with `name`, or holds what is behind its `?`."""
        if name.startswith("?"):
            return [job for job in self if name[1:] in job.text]
        return [job for job in self if job.text.startswith(name)]

    def of_pid(self, pid: int) -> Job | None:
        """Return the job a process belongs to."""
        return next((job for job in self.jobs.values() if pid in job.pids), None)

    def record(self, pid: int, status: Status) -> None:
        """Note what became of a child."""
        job = self.of_pid(pid)
        if job is not None:
            if status.continued:
                job.statuses.pop(pid, None)
            else:
                job.statuses[pid] = status
            job.notified = False
        if not status.stopped and not status.continued:
            self.finished[pid] = status.exit_code
            if len(self.finished) > REMEMBERED:
                self.finished.pop(next(iter(self.finished)))


PATIENCE = 8
"""Turns of the others after which nobody is expected to end soon."""
_ALL = WaitOptions.NOHANG | WaitOptions.UNTRACED | WaitOptions.CONTINUED


def poll_children(shell: Shell) -> None:
    """Learn what has become of children, without waiting."""
    while shell.process.children:
        try:
            pid, status = shell.system.waitpid(-1, _ALL)
        except OSError:
            return
        if pid == 0:
            return
        shell.jobs.record(pid, status)


def make_room(shell: Shell) -> None:
    """Where there are too many processes to start another, let some come to their end first, as bash does.

    Nothing is raised: who starts one finds out whether it helped.
    """
    kernel, children = shell.system.kernel, shell.process.children
    turns = PATIENCE
    while len(kernel.processes) >= kernel.limits.processes and children and turns:
        alive = len(children)
        shell.system.yield_now()
        poll_children(shell)
        turns = PATIENCE if len(children) < alive else turns - 1


def start_background(shell: Shell, start: Start, node: Command) -> None:
    """Start `command &`."""
    from_terminal = shell.options.monitor
    poll_children(shell)
    fds = shell.process.fds.clone(keep_cloexec=True)
    signals = None
    if not from_terminal:
        signals = {Signal.INT: Disposition.IGNORE, Signal.QUIT: Disposition.IGNORE}
        open_null(shell.system, fds, 0)
    try:
        process = start(shell, fds, 0 if from_terminal else None, signals)
    except OSError as error:
        shell.report_os_error("fork", error)
        return
    shell.last_background = process.pid
    job = shell.jobs.add([process.pid], process.pgid if from_terminal else None, print_node(node))
    if shell.interactive:
        shell.error_text(f"[{job.number}] {process.pid}\n")


def wait_foreground(shell: Shell, processes: Sequence[Process], node: Command) -> list[int]:
    """Wait until every one of `processes` has ended, or all are stopped; return their statuses.

    With job control the terminal is theirs meanwhile. A stopped pipeline becomes a job.
    Raises: Interrupted (Ctrl-C ended it and the shell is interactive).
    """
    if shell.options.monitor:
        return _wait_with_control(shell, processes, node)
    statuses = [_wait_one(shell, process.pid, WaitOptions(0)) for process in processes]
    last = statuses[-1]
    if last.signal is not None:
        _report_death(shell, processes[-1].pid, last, node)
    if shell.jobs.jobs:
        settle(shell)
    return [status.exit_code for status in statuses]


def _wait_one(shell: Shell, pid: int, options: WaitOptions) -> Status:
    """Wait for one child, running traps of signals that arrive meanwhile only afterwards, as bash does."""
    while True:
        try:
            return shell.system.waitpid(pid, options)[1]
        except InterruptedError:
            continue
        except OSError as error:
            if symbol_of(error) != "ECHILD":
                raise
            return Status.exited(shell.jobs.finished.get(pid, 127))


def _report_death(shell: Shell, pid: int, status: Status, node: Command) -> None:
    """A script is told of a child that a signal ended, but for the two that are everyday."""
    signal = status.signal
    if signal is None or signal in (Signal.INT, Signal.PIPE) or shell.interactive:
        return
    if signal is Signal.TERM:
        shell.error_text("Terminated\n")
        return
    shell.report(f"{pid:5d} {describe(signal):<24}{print_node(node)}")


def settle(shell: Shell) -> None:
    """What a shell that is not interactive does about ended jobs after each command it has waited for.

    `bash -c` forgets them at once. A script keeps those that ended by themselves until it asks for them with
    `jobs` or `wait`. Either says which ones a signal ended, and with job control what became of any.
    """
    if shell.interactive:
        return
    poll_children(shell)
    keeps = "c" not in shell.invocation_letters
    for job in list(shell.jobs):
        status = job.status
        if status is None or job.notified or not (job.is_done or job.is_stopped):
            continue
        if not keeps or (job.is_done and status.signal is not None):
            tell(shell, job)


def tell(shell: Shell, job: Job) -> None:
    """Say what became of a job as a shell that is not interactive does; forget one that has ended."""
    status = job.status
    if shell.options.monitor:
        shell.error_text(f"{'' if job.is_done else chr(10)}{job.line(shell.jobs.mark(job))}\n")
    elif status is not None and status.signal not in (None, Signal.TERM, Signal.INT, Signal.PIPE):
        assert status.signal is not None
        shell.report(f"{job.pids[-1]:5d} {describe(status.signal):<24}{job.text}")
    job.notified = True
    if job.is_done:
        shell.jobs.remove(job)
        release_coprocess(shell, job.pids[-1])


def release_coprocess(shell: Shell, pid: int) -> None:
    """Take away the variables and descriptors of a coprocess that has ended and been waited for."""
    name, *fds = shell.jobs.coprocesses.pop(pid, ("",))
    if not name:
        return
    for fd in fds:
        if fd in shell.process.fds:
            shell.process.fds.close(fd)
    for variable in (name, f"{name}_PID"):
        shell.variables.pop(variable, None)


def _wait_with_control(shell: Shell, processes: Sequence[Process], node: Command) -> list[int]:
    pids = [process.pid for process in processes]
    pgid = processes[0].pgid
    give_terminal(shell, pgid)
    known = {pid: _wait_one(shell, pid, WaitOptions.UNTRACED) for pid in pids}
    give_terminal(shell, shell.process.pgid)
    last = known[pids[-1]]
    if any(status.stopped for status in known.values()):
        job = shell.jobs.add(pids, pgid, print_node(node))
        job.statuses.update(known)
        if shell.interactive:
            job.notified = True
            shell.error_text(f"\n{job.line(shell.jobs.mark(job))}\n")
    elif last.signal is not None:
        after_signal(shell, last)
    settle(shell)
    return [status.exit_code for status in known.values()]


def give_terminal(shell: Shell, pgid: int) -> None:
    """Make `pgid` the terminal's foreground group, if the shell has a terminal."""
    if shell.terminal < 0:
        return
    try:
        shell.system.tcsetpgrp(shell.terminal, pgid)
    except OSError:
        return  # the terminal is gone: there is nobody to give it to


def after_signal(shell: Shell, status: Status) -> None:
    """Say that a signal ended the foreground job; Ctrl-C ends what the shell was doing as well."""
    signal = status.signal
    if signal is Signal.INT:
        shell.error_text("\n")
        if shell.interactive:
            raise Interrupted
    elif signal is not None and signal is not Signal.PIPE:
        shell.error_text(f"{describe(signal)}\n")


def notify(shell: Shell) -> None:
    """Tell of jobs that have changed, before a prompt; forget those that have ended."""
    poll_children(shell)
    for job in list(shell.jobs):
        if job.notified or not (job.is_done or job.is_stopped):
            continue
        job.notified = True
        if shell.interactive:
            shell.error_text(f"{job.line(shell.jobs.mark(job))}\n")
        if job.is_done:
            shell.jobs.remove(job)


def continue_in_foreground(shell: Shell, job: Job) -> int:
    """Let a stopped or background job go on in the foreground; return its status (`fg`)."""
    assert job.pgid is not None
    give_terminal(shell, job.pgid)
    stopped = job.is_stopped
    waiting = [pid for pid in job.pids if pid not in job.statuses or job.statuses[pid].stopped]
    job.statuses = {pid: s for pid, s in job.statuses.items() if not s.stopped}
    if stopped:
        shell.system.kill(-job.pgid, Signal.CONT)
    for pid in waiting:
        job.statuses[pid] = _wait_one(shell, pid, WaitOptions.UNTRACED)
    give_terminal(shell, shell.process.pgid)
    last = job.statuses[job.pids[-1]]
    if job.is_stopped:
        shell.jobs.make_current(job)
        job.notified = True
        shell.error_text(f"\n{job.line(shell.jobs.mark(job))}\n")
    else:
        shell.jobs.remove(job)
        if last.signal is not None:
            after_signal(shell, last)
    return last.exit_code
