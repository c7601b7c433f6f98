"""What a process can wait for, and the three ways a call leaves other than by returning or
`OSError`.

Above: everything that runs processes. Below: nothing. No function here (or anywhere in the kernel)
ever
waits: it raises `WouldBlock`, and a `Driver`, which owns the stacks, waits and lets the call be
tried again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.kernel.process import Process, Status


class Wakeable(Protocol):
    """Somebody who can be told that it is worth trying again; a `Process`, as a rule."""

    def wake(self) -> None:
        """Make ready to run; harmless when already so."""


class Waitable:
    """A condition that processes sleep on: readable, writable, child changed, continued ..."""

    __slots__ = ("waiters",)

    def __init__(self) -> None:
        # A dict, not a set: processes must be woken in the order in which they went to sleep.
        self.waiters: dict[Wakeable, None] = {}

    def subscribe(self, waiter: Wakeable) -> None:
        """Let `waiter.wake()` be called at the next `fire`, once."""
        self.waiters[waiter] = None

    def unsubscribe(self, waiter: Wakeable) -> None:
        """Forget `waiter`; harmless when it is not there."""
        self.waiters.pop(waiter, None)

    def fire(self) -> None:
        """Wake every subscriber, in order of arrival, and forget them."""
        if self.waiters:
            waiters, self.waiters = self.waiters, {}
            for waiter in waiters:
                waiter.wake()


class WouldBlock(BaseException):
    """The call can neither finish nor fail now: try again when one of `waitables` fires.

    `deadline` is absolute, in nanoseconds of the kernel's monotonic clock; None waits for ever.
    A BaseException, so that no `except Exception` on the way swallows it.
    """

    def __init__(self, waitables: tuple[Waitable, ...] = (), deadline: int | None = None) -> None:
        super().__init__()
        self.waitables = waitables
        self.deadline = deadline


class Preempted(WouldBlock):
    """The slice is used up. The process goes to the back of the queue; the call is *not* run
    again.
    """


class TurnOver(WouldBlock):
    """The call gives up its turn: let the others run, then try it (again). Only a fatal signal ends it.

    For callers whose calls are dear and burn no fuel (`dd bs=64`): raised before every thousandth
    or so.
    """


class ProcessExit(BaseException):
    """Unwinds a process's stack: it asked to end, or a fatal signal was delivered."""

    def __init__(self, status: Status) -> None:
        super().__init__(status)
        self.status = status


class ProcessExec(BaseException):
    """Unwinds the stack of a Python program whose image has been replaced (`kernel.exec`)."""


class Driver(Protocol):
    """Gives each process a stack and moves the baton. Implemented by `orchestrator.platform`
    alone.
    """

    def start(self, process: Process, body: Callable[[], object]) -> None:
        """Give `process` a stack on which `body` runs when the scheduler first picks the process.

        `body` never raises and calls `kernel.exit` itself; when it returns, pass the baton to
        `scheduler.next()`. Called a second time for a process whose body is about to return (exec),
        the new stack replaces the old.
        """

    def wait(self, process: Process, block: WouldBlock) -> None:
        """Sleep: `scheduler.block(process, block)`, hand over the baton, return once picked again.

        Then calls `process.check_signals()`, and so raises ProcessExit for a fatal signal and EINTR
        (`InterruptedError`) for a caught one.
        """

    def preempt(self, process: Process) -> None:
        """End of a slice: `scheduler.yield_(process)`, let the others run, then
        `process.check_fatal()`.
        """
