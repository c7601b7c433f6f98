"""Signals: numbers, default actions, and what one process has pending.

Below: wait. Who may signal whom and what stopping means to the scheduler is `kernel.delivery`'s
business.
Deviation: there is no signal mask; a caught signal is only noted here and taken by the program at
its own safe points (`take`), so it cannot interrupt a program between two of them.
"""

from __future__ import annotations

from enum import Enum, IntEnum


class Signal(IntEnum):
    """Linux's numbers, which every script and `kill -l` expects (signal(7))."""

    HUP = 1
    INT = 2
    QUIT = 3
    ILL = 4
    TRAP = 5
    ABRT = 6
    BUS = 7
    FPE = 8
    KILL = 9
    USR1 = 10
    SEGV = 11
    USR2 = 12
    PIPE = 13
    ALRM = 14
    TERM = 15
    STKFLT = 16
    CHLD = 17
    CONT = 18
    STOP = 19
    TSTP = 20
    TTIN = 21
    TTOU = 22
    URG = 23
    XCPU = 24
    XFSZ = 25
    VTALRM = 26
    PROF = 27
    WINCH = 28
    IO = 29
    PWR = 30
    SYS = 31


class Action(Enum):
    """What a signal does to a process that has said nothing about it."""

    TERMINATE = "terminate"
    CORE = "core"
    IGNORE = "ignore"
    STOP = "stop"
    CONTINUE = "continue"


class Disposition(Enum):
    """What a process has said about a signal (sigaction(2))."""

    DEFAULT = "default"
    IGNORE = "ignore"
    CATCH = "catch"


_CORE = ("QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "SEGV", "XCPU", "XFSZ", "SYS")
STOP_SIGNALS = frozenset({Signal.STOP, Signal.TSTP, Signal.TTIN, Signal.TTOU})
UNCATCHABLE = frozenset({Signal.KILL, Signal.STOP})

_ACTIONS: dict[Signal, Action] = {
    **dict.fromkeys((Signal[name] for name in _CORE), Action.CORE),
    **dict.fromkeys((Signal.CHLD, Signal.URG, Signal.WINCH), Action.IGNORE),
    **dict.fromkeys(STOP_SIGNALS, Action.STOP),
    Signal.CONT: Action.CONTINUE,
}


def default_action(signal: Signal) -> Action:
    """What `signal` does by default (signal(7))."""
    return _ACTIONS.get(signal, Action.TERMINATE)


class SignalState:
    """One process's dispositions and pending signals.

    `fatal` is set once, by the first signal that ends the process; the process unwinds at its next
    wake-up. `reason` says why in a few words, where the signal alone does not ("out of fuel").
    `caught` holds caught signals not yet taken, in order of arrival, each number at most once (as
    Unix does). `interrupt` says that a caught signal arrived since the last EINTR: each arrival
    interrupts one wait, so a program that goes on waiting without taking the signal does not spin.
    """

    __slots__ = ("caught", "dispositions", "fatal", "interrupt", "reason")

    def __init__(self) -> None:
        self.dispositions: dict[Signal, Disposition] = {}
        self.fatal: Signal | None = None
        self.reason = ""
        self.caught: dict[Signal, None] = {}
        self.interrupt = False

    def disposition(self, signal: Signal) -> Disposition:
        """What the process has said about `signal`."""
        return self.dispositions.get(signal, Disposition.DEFAULT)

    def set(self, signal: Signal, disposition: Disposition) -> Disposition:
        """Change a disposition and return the former one. A pending one that is no longer caught is
        dropped.
        """
        former = self.disposition(signal)
        self.dispositions[signal] = disposition
        if disposition is not Disposition.CATCH:
            self.caught.pop(signal, None)
            self.interrupt = self.interrupt and bool(self.caught)
        return former

    def catch(self, signal: Signal) -> None:
        """Note the arrival of a caught signal."""
        self.caught[signal] = None
        self.interrupt = True

    def take(self) -> list[Signal]:
        """The caught signals that arrived, oldest first; they are pending no more."""
        taken = list(self.caught)
        self.caught.clear()
        self.interrupt = False
        return taken

    def take_one(self) -> Signal | None:
        """The oldest caught signal, which is pending no more; None if there is none."""
        signal = next(iter(self.caught), None)
        if signal is not None:
            del self.caught[signal]
        if not self.caught:
            self.interrupt = False
        return signal

    def inherited(self) -> SignalState:
        """A child's state: ignored signals stay ignored, caught ones go back to default
        (execve(2)).
        """
        state = SignalState()
        ignored = (s for s, d in self.dispositions.items() if d is Disposition.IGNORE)
        state.dispositions = dict.fromkeys(ignored, Disposition.IGNORE)
        return state
