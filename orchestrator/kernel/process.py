"""A process: its place among the others, what it has open, what it has used, and how it ended.

Above: kernel, sched, system. Below: fdtable, signal, wait. It is a record with few verbs: creating,
signalling, waiting for and ending processes are `kernel.Kernel`'s.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from orchestrator.kernel.signal import Signal, SignalState
from orchestrator.kernel.wait import ProcessExit, Waitable, WouldBlock
from vfs.errors import fail

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.kernel.alarm import Alarm
    from orchestrator.kernel.binfmt import Program
    from orchestrator.kernel.fdtable import FdTable
    from orchestrator.kernel.limits import Budget, Limits
    from orchestrator.kernel.sched import Scheduler
    from orchestrator.kernel.tty import Tty
    from vfs.access import Credentials
    from vfs.mount import Location

INIT_PID = 1
"""The parent of those who have none. The kernel itself plays it: such processes are reaped when
they end.
"""


_STOPPED, _CONTINUED = 0x7F, 0xFFFF


class State(Enum):
    """Where a process stands with the scheduler. Being stopped is apart from it
    (`Process.stopped`).
    """

    NEW = "new"
    READY = "ready"
    RUNNING = "running"
    BLOCKED = "blocked"
    ZOMBIE = "zombie"
    REAPED = "reaped"


@dataclass(frozen=True, slots=True)
class Status:
    """How a process ended, or (stopped, continued) what a wait with UNTRACED or CONTINUED has to
    tell.

    Args:
        code: exit status, 0-255; 0 when a signal ended it.
        signal: the signal that ended it, or stopped it when `stopped`.
        stopped: it has not ended, it was stopped by `signal`.
        continued: it has not ended, it goes on after a stop.
        reason: a few words for the host ("out of fuel"); may be empty.
    """

    code: int = 0
    signal: Signal | None = None
    stopped: bool = False
    continued: bool = False
    reason: str = ""

    @property
    def exit_code(self) -> int:
        """What a shell calls `$?`: the code, or 128 + the signal's number."""
        return self.code if self.signal is None else 128 + self.signal

    @property
    def wait_status(self) -> int:
        """The integer that waitpid(2) gives on Linux; there are no core files."""
        if self.continued:
            return _CONTINUED
        if self.stopped:
            return (self.signal or 0) << 8 | _STOPPED
        return self.code << 8 if self.signal is None else int(self.signal)

    @classmethod
    def exited(cls, code: int) -> Status:
        """It returned or called exit; only the low eight bits count (exit(3))."""
        return cls(code=code & 0xFF)

    @classmethod
    def killed(cls, signal: Signal, reason: str = "") -> Status:
        """`signal` ended it."""
        return cls(signal=signal, reason=reason)


@dataclass(slots=True)
class Usage:
    """What one process has used. `fuel` counts guest instructions, `steps` those of Python
    programs.
    """

    started: int = 0  # realtime, ns
    fuel: int = 0
    steps: int = 0
    syscalls: int = 0
    memory: int = 0
    peak_memory: int = 0
    children_fuel: int = 0
    children_steps: int = 0


class CallRecord:
    """What one blocked call must remember between two tries: its deadline, and intent others can
    see.

    Registered intent (a FIFO's reader that has not yet met a writer) is withdrawn when the call
    ends in any
    way: it returned (after `keep`), failed, was interrupted, or the process was killed.
    """

    __slots__ = ("_withdrawals", "deadline", "intent", "name", "seen", "trace_id")

    def __init__(self, name: str) -> None:
        self.name = name
        self.deadline: int | None = None
        self.intent: object | None = None
        self.seen = 0
        self.trace_id = 0
        self._withdrawals: list[Callable[[], None]] = []

    def on_withdraw(self, action: Callable[[], None]) -> None:
        """Call `action` when the call ends without having taken its intent over by `keep`."""
        self._withdrawals.append(action)

    def keep(self) -> None:
        """The intent came true: it is no longer to be withdrawn."""
        self._withdrawals.clear()

    def withdraw(self) -> None:
        """Undo what is still only intended. Idempotent."""
        while self._withdrawals:
            self._withdrawals.pop()()


@dataclass(slots=True, eq=False)
class Process:
    """One process. Made by `Kernel.spawn` alone; `eq=False` keeps it hashable by identity."""

    pid: int
    pgid: int
    sid: int
    argv: tuple[str, ...]
    env: dict[str, str]
    cwd: Location
    cred: Credentials
    fds: FdTable
    limits: Limits
    budget: Budget
    scheduler: Scheduler
    parent: Process | None = None
    exe: str = ""
    tty: Tty | None = None  # controlling terminal
    image: Program | None = None
    state: State = State.NEW
    stopped: bool = False
    status: Status | None = None
    report: Status | None = None  # a stop or continuation the parent has not been told of
    call: CallRecord | None = None
    children: dict[int, Process] = field(default_factory=dict)
    signals: SignalState = field(default_factory=SignalState)
    usage: Usage = field(default_factory=Usage)
    exited: Waitable = field(default_factory=Waitable)
    child_event: Waitable = field(default_factory=Waitable)
    resumed: Waitable = field(default_factory=Waitable)
    waiting_on: tuple[Waitable, ...] = ()
    timer: int = 0  # ticket of the live timer in the scheduler, 0 if none
    alarm: Alarm | None = None

    def __repr__(self) -> str:
        return f"<Process {self.pid} {self.name} {self.state.value}>"

    @property
    def name(self) -> str:
        """The last part of argv[0], for `ps` and messages."""
        return self.argv[0].rsplit("/", 1)[-1] if self.argv else ""

    @property
    def ppid(self) -> int:
        """The parent's pid; `INIT_PID` for those started by the host and for orphans."""
        return self.parent.pid if self.parent is not None else INIT_PID

    @property
    def is_alive(self) -> bool:
        """Whether it has not ended yet."""
        return self.status is None

    def wake(self) -> None:
        """Make ready if it sleeps (`Waitable` calls this)."""
        self.scheduler.wake(self)

    def expired(self) -> None:
        """The deadline of what it waits for has passed (the scheduler calls this)."""
        self.scheduler.wake(self)

    # --- signals at safe points ---

    def has_signal(self) -> bool:
        """Whether a fatal signal, or a caught one it has not been interrupted for, is pending."""
        signals = self.signals
        return signals.fatal is not None or signals.interrupt

    def check_fatal(self) -> None:
        """Raise ProcessExit if a fatal signal is pending. For safe points where nothing is being
        waited for.
        """
        signal = self.signals.fatal
        if signal is not None:
            raise ProcessExit(Status.killed(signal, self.signals.reason))

    def check_signals(self) -> None:
        """Raise ProcessExit for a fatal signal, EINTR once for the arrival of a caught one."""
        self.check_fatal()
        if self.signals.interrupt:
            self.signals.interrupt = False
            fail("EINTR")

    def check_stopped(self) -> None:
        """Raise WouldBlock while stopped: for a process that has just stopped itself."""
        if self.stopped:
            raise WouldBlock((self.resumed,))

    # --- call records ---

    def begin_call(self, name: str) -> CallRecord:
        """The record of the call being tried; the same one on every try until `end_call`."""
        if self.call is None:
            self.call = CallRecord(name)
        return self.call

    def end_call(self) -> None:
        """The call returned, failed or was abandoned: withdraw what is only intended.
        Idempotent.
        """
        call, self.call = self.call, None
        if call is not None:
            call.withdraw()
