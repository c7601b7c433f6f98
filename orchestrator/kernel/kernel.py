"""The kernel: the table of processes, and the calls that make, end, signal and wait for them.

Above: wasi, system, sandbox. Below: everything in this package. Nothing here waits. The process
that calls is always an argument; `scheduler.running` is asked only where no argument can reach
(`/proc/self`, terminals).
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NoReturn

from orchestrator.kernel import delivery, opening, reaping, starting
from orchestrator.kernel.binfmt import Registry
from orchestrator.kernel.device import DeviceTable
from orchestrator.kernel.limits import Budget, Limits
from orchestrator.kernel.pipe import CAPACITY, Pipe, PipeReader, PipeWriter
from orchestrator.kernel.process import Process, State, Status
from orchestrator.kernel.reaping import WaitOptions
from orchestrator.kernel.sched import Clock, Scheduler
from orchestrator.kernel.signal import Disposition, Signal
from orchestrator.kernel.wait import WouldBlock
from vfs.errors import fail
from vfs.inode import OpenFlags

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from orchestrator.kernel.binfmt import Program
    from orchestrator.kernel.fdtable import FdTable
    from orchestrator.kernel.file import File
    from orchestrator.kernel.tty import Tty
    from orchestrator.kernel.wait import Driver, Waitable
    from vfs.access import Credentials
    from vfs.mount import Location
    from vfs.namespace import Namespace

PID_MAX = 32768
FAULTS_KEPT = 32
_RESERVED_PIDS = 2


class Kernel:
    """One sandbox's processes.

    Attributes:
        processes: every process that has not been reaped, by pid, in order of creation.
        binfmts: the program formats; the sandbox registers its own.
        devices: what opens character devices.
        faults: the last few tracebacks of Python programs that failed by a bug of ours.
        memory: bytes of linear memory in use by all processes.
        last_pid: the pid given last.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        entropy: Callable[[int], bytes],
        namespace: Namespace,
        driver: Driver,
        limits: Limits | None = None,
        scheduler: Scheduler | None = None,
        hostname: str = "pagebox",
        shell: str = "/bin/sh",
    ) -> None:
        self.clock = clock
        self.entropy = entropy
        self.namespace = namespace
        self.driver = driver
        self.limits = limits or Limits()
        self.scheduler = scheduler or Scheduler(clock)
        self.hostname = hostname
        self.booted = clock.monotonic()
        self.processes: dict[int, Process] = {}
        self.binfmts = Registry(shell)
        self.devices = DeviceTable()
        self.faults: deque[str] = deque(maxlen=FAULTS_KEPT)
        self.memory = 0
        self.pipes = 0
        self.last_pid = _RESERVED_PIDS - 1
        self._last_ino = 0

    # --- starting ---

    def spawn(
        self,
        parent: Process | None,
        path: str,
        argv: Sequence[str],
        env: Mapping[str, str],
        *,
        cwd: Location | None = None,
        fds: FdTable | None = None,
        pgid: int | None = None,
        new_session: bool = False,
        cred: Credentials | None = None,
        tty: Tty | None = None,
        limits: Limits | None = None,
        budget: Budget | None = None,
        signals: Mapping[Signal, Disposition] | None = None,
    ) -> Process:
        """Start the program at `path` (no PATH search) as a child of `parent`; it is ready when
        this returns.

        Args:
            parent: None for the host: then nobody waits, and the kernel reaps it when it ends.
            fds: the child's table, taken over whether or not this succeeds. Default: the parent's
                without close-on-exec; for the host's, an empty one.
            pgid: group to join (0: a new one). Default: the parent's, or a new one for the host's.
            new_session: make it the leader of a session of its own, without a terminal unless `tty`
                is given.
            tty: its controlling terminal, if it leads a session and the terminal is free. Default:
                the parent's.
            limits, budget, cred, cwd: default to the parent's, or the kernel's for the host's.
            signals: dispositions that differ from the inherited ones (the parent's ignored
                signals).

        Raises:
            OSError: ENOENT EACCES ENOEXEC ELOOP ENOTDIR (what the path leads to), E2BIG, EAGAIN
                (too many processes), EPERM (group of another session), ENOMEM. posix_spawn(3).
        """
        options = starting.Options(cwd, fds, pgid, new_session, cred, tty, limits, budget, signals)
        return starting.spawn(self, parent, path, argv, env, options)

    def spawn_program(
        self,
        parent: Process | None,
        program: Program,
        argv: Sequence[str],
        env: Mapping[str, str] | None = None,
        *,
        cwd: Location | None = None,
        fds: FdTable | None = None,
        pgid: int | None = None,
        new_session: bool = False,
        cred: Credentials | None = None,
        tty: Tty | None = None,
        limits: Limits | None = None,
        budget: Budget | None = None,
        signals: Mapping[Signal, Disposition] | None = None,
        exe: str = "",
    ) -> Process:
        """Start `program` itself: a subshell, or a program of the host's. Otherwise as `spawn`.

        `env` defaults to the parent's. Raises: EAGAIN, E2BIG, EPERM, ENOMEM.
        """
        options = starting.Options(cwd, fds, pgid, new_session, cred, tty, limits, budget, signals)
        return starting.spawn_program(self, parent, program, argv, env, exe, options)

    def exec(
        self, process: Process, path: str, argv: Sequence[str], env: Mapping[str, str]
    ) -> NoReturn:
        """Replace the image of `process`, a Python program that is running. execve(2).

        Raises: ProcessExec, which unwinds the old image, when it succeeded; as `spawn` when not.
        """
        starting.replace_image(self, process, path, argv, env)

    def next_pid(self) -> int:
        """A number no process, group or session uses."""
        taken = set(self.processes)
        for process in self.processes.values():
            taken.update((process.pgid, process.sid))
        pid = self.last_pid
        while True:
            pid = pid + 1 if pid + 1 < PID_MAX else _RESERVED_PIDS
            if pid not in taken:
                self.last_pid = pid
                return pid

    # --- ending and waiting ---

    def exit(self, process: Process, status: Status) -> None:
        """End `process`: close its files, tell its parent, give its children away. Idempotent.

        For whoever holds its stack. Others, the host included, `kill`: that unwinds the stack
        first. _exit(2).
        """
        reaping.exit_process(self, process, status)

    def wait_nowait(
        self,
        process: Process,
        pid: int = -1,
        options: WaitOptions = WaitOptions(0),  # noqa: B008
    ) -> tuple[int, Status]:
        """Reap a child that has ended, or learn of one that was stopped or continued. waitpid(2).

        Args:
            pid: a child; -1 any; 0 any of my group; less than -1 any of group `-pid`.

        Returns:
            Its pid and status; (0, Status()) with NOHANG if there is nothing to tell.

        Raises: ECHILD, WouldBlock.
        """
        return reaping.wait_nowait(self, process, pid, options)

    # --- signals, groups, sessions ---

    def kill(self, sender: Process | None, pid: int, signal: int) -> None:
        """Send `signal` to a process (`pid` > 0), a group (< -1), my group (0) or everybody (-1).
        kill(2).

        `sender` None is the host. A sender that hits itself must call `process.check_signals()`
        next.
        Raises: EINVAL, ESRCH, EPERM.
        """
        delivery.send(self, sender, pid, signal)

    def deliver(self, process: Process, signal: Signal, reason: str = "") -> None:
        """Let `signal` arrive at `process` without asking who sent it (the kernel's own
        signals).
        """
        delivery.deliver(self, process, signal, reason)

    def signal_group(self, pgid: int, signal: Signal) -> None:
        """Let `signal` arrive at every member of a group (the terminal's signals)."""
        delivery.signal_group(self, pgid, signal)

    def kill_tree(self, process: Process, reason: str = "") -> None:
        """KILL a process, its descendants, and everybody in the sessions of these: nothing of a run
        is left.
        """
        for victim in delivery.tree(self, process):
            delivery.deliver(self, victim, Signal.KILL, reason)

    def broken_pipe(self, process: Process) -> NoReturn:
        """What a writer gets when nobody reads: SIGPIPE, and EPIPE if it survives that. write(2).

        Raises: ProcessExit, EPIPE.
        """
        delivery.deliver(self, process, Signal.PIPE)
        process.check_fatal()
        fail("EPIPE")

    def setpgid(self, process: Process, pid: int, pgid: int) -> None:
        """Move a process (0: me) to a group (0: a new one named after it). setpgid(2).

        Raises: ESRCH (not me nor my child), EPERM (a session leader, or a group of another
            session), EINVAL.
        """
        delivery.setpgid(self, process, pid, pgid)

    def setsid(self, process: Process) -> int:
        """Become leader of a new session and group, without a terminal. Raises: EPERM (leads a
        group). setsid(2).
        """
        return delivery.setsid(self, process)

    # --- files ---

    def open_nowait(
        self,
        process: Process,
        at: Location | None,
        path: str,
        flags: OpenFlags,
        mode: int = 0o666,
        *,
        beneath: bool = False,
    ) -> File:
        """Open what `path` leads to from `at` (None: the working directory); not held by anybody
        yet. open(2).

        Opening a FIFO raises WouldBlock until the other end is there; the intent is in
        `process.call`, so the caller ends with `process.end_call()` however the call ends.
        Raises: ENOENT EACCES EEXIST EISDIR ENOTDIR ELOOP EROFS ENOSPC ENXIO EPERM, WouldBlock.
        """
        return opening.open_nowait(self, process, at, path, flags, mode, beneath=beneath)

    def pipe(self) -> tuple[PipeReader, PipeWriter]:
        """Both ends of a new pipe, not held by anybody yet. Raises: ENFILE (pipes use what they
        may). pipe(2).
        """
        pipe = self.make_pipe(self.next_ino(), _nothing)
        return PipeReader(pipe), PipeWriter(pipe)

    def pipe_fds(self, process: Process, *, cloexec: bool = False) -> tuple[int, int]:
        """Descriptors of a new pipe in `process`: (read end, write end). pipe2(2).

        Raises: EMFILE ENFILE, and then no descriptor is left behind.
        """
        reader, writer = (end.hold() for end in self.pipe())
        fds = process.fds
        try:
            read_fd = fds.add(reader, cloexec=cloexec)
            try:
                return read_fd, fds.add(writer, cloexec=cloexec)
            except OSError:
                fds.close(read_fd)
                raise
        finally:
            reader.release()
            writer.release()

    def make_pipe(self, ino: int, on_close: Callable[[], None]) -> Pipe:
        """A pipe that counts; `on_close` is called when both ends are closed. Raises: ENFILE."""
        if (self.pipes + 1) * CAPACITY > self.limits.pipe_bytes:
            fail("ENFILE")
        self.pipes += 1

        def closed() -> None:
            self.pipes -= 1
            on_close()

        return Pipe(ino, closed)

    def next_ino(self) -> int:
        """A number for something that is open but has no inode."""
        self._last_ino += 1
        return self._last_ino

    def poll_nowait(
        self,
        process: Process,
        wants: Sequence[tuple[File, bool, bool]],
        deadline: int | None = None,
    ) -> list[tuple[bool, bool]]:
        """For each (file, wants to read, wants to write): whether it would not block. poll(2).

        Returns as soon as one is ready or `deadline` (monotonic ns) has passed. Raises: WouldBlock.
        """
        found = [(read and f.readable(), write and f.writable()) for f, read, write in wants]
        if any(pair[0] or pair[1] for pair in found):
            return found
        if deadline is not None and self.clock.monotonic() >= deadline:
            return found
        raise WouldBlock(_poll_waitables(wants), deadline)

    # --- accounting ---

    def charge_memory(self, process: Process, delta: int) -> None:
        """Count `delta` more bytes of linear memory (less, if negative). Raises: ENOMEM, nothing is
        counted then.
        """
        usage, limits = process.usage, process.limits
        if delta > 0:
            if limits.memory is not None and usage.memory + delta > limits.memory:
                fail("ENOMEM")
            total = self.limits.total_memory
            if total is not None and self.memory + delta > total:
                fail("ENOMEM")
        usage.memory += delta
        self.memory += delta
        usage.peak_memory = max(usage.peak_memory, usage.memory)

    def charge_fuel(self, process: Process, fuel: int) -> None:
        """Count instructions of a guest; past the budget XCPU is delivered: call
        `process.check_fatal()` next.
        """
        process.usage.fuel += fuel
        process.budget.fuel += fuel
        if process.budget.is_spent():
            self._out_of_budget(process)

    def charge_steps(self, process: Process, steps: int) -> None:
        """The same for the steps of a Python program."""
        process.usage.steps += steps
        process.budget.steps += steps
        if process.budget.is_spent():
            self._out_of_budget(process)

    def _out_of_budget(self, process: Process) -> None:
        """End everybody who shares the budget. Not to be caught: a program that traps XCPU would
        never end.
        """
        for sharer in self.alive():
            if sharer.budget is process.budget and sharer.signals.fatal is None:
                sharer.signals.fatal, sharer.signals.reason = Signal.XCPU, "out of fuel"
                self.scheduler.resume(sharer)
                sharer.wake()

    def alive(self) -> list[Process]:
        """The processes that have not ended, in order of creation."""
        return [process for process in self.processes.values() if process.state is not State.ZOMBIE]


def _nothing() -> None:
    """An anonymous pipe is kept by nobody but its ends."""


def _poll_waitables(wants: Sequence[tuple[File, bool, bool]]) -> tuple[Waitable, ...]:
    found: dict[Waitable, None] = {}
    for file, read, write in wants:
        if read and file.read_waitable is not None:
            found[file.read_waitable] = None
        if write and file.write_waitable is not None:
            found[file.write_waitable] = None
    return tuple(found)
