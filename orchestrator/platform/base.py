"""The seam between the page and CPython, as protocols, and the one error an engine reports.

A platform is five things: a clock, entropy, a driver (stacks and the baton), an engine (what executes wasm) and a
name. `fake`, `native` and `browser` are the three; the same engine test suite passes on all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from orchestrator.kernel.process import Process
    from orchestrator.kernel.sched import Clock, Scheduler
    from orchestrator.kernel.wait import Driver
    from orchestrator.wasi.memory import Memory

STACK_OVERFLOW = "stack overflow"
UNREACHABLE = "unreachable"


class Trapped(Exception):
    """A guest did what wasm forbids. `reason` is a few words; UNREACHABLE is what `abort()` compiles to."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Guest(Protocol):
    """What an engine needs of a WASI guest: somewhere to put its memory, and its calls."""

    memory: Memory
    slice: int  # what `pagebox.yield` answers after the others have had their turn

    @property
    def process(self) -> Process: ...

    @property
    def calls(self) -> Mapping[tuple[str, str], Callable[..., int]]:
        """The imports by (module, name). Each returns an int, or raises WouldBlock or ProcessExit."""

    def settle(self, fuel_left: int) -> None:
        """Charge the fuel of the last slice, of which `fuel_left` was not used."""


class Module(Protocol):
    """A compiled module, shared by all its processes."""

    @property
    def key(self) -> str:
        """The sha256 of the bytes it was compiled from, in hexadecimal."""


class Engine(Protocol):
    """Executes rewritten modules (`orchestrator.wasm.instrument`), one instance a process."""

    def compile(self, process: Process, data: bytes, key: str) -> Module:
        """Compile, or find in the cache; may wait on behalf of `process`. Raises ValueError for an invalid module."""

    def start(
        self,
        module: Module,
        guest: Guest,
        finish: Callable[[BaseException | None], None],
    ) -> None:
        """Give the guest's process a stack on which `_start` runs when the scheduler first picks it.

        `finish` is called once, on that stack, when the guest has ended: with None when `_start` returned, with
        ProcessExit, `Trapped`, or OSError (EAGAIN, ENOMEM: no room for an instance). Then the baton moves on.
        The last slice of fuel has been settled by then.
        """


class Platform(Protocol):
    """One page, or one CPython host."""

    name: str
    clock: Clock

    def entropy(self, size: int) -> bytes:
        """`size` random bytes from the host's generator."""

    def driver(self, scheduler: Scheduler) -> Driver:
        """A driver for one sandbox's scheduler."""

    def engine(self, driver: Driver, scheduler: Scheduler) -> Engine:
        """An engine whose guests run on the stacks of `driver`."""
