"""The seam between the page and CPython, as protocols, and the one error an engine reports.

A platform is five things: a clock, entropy, a driver (stacks and the baton), an engine (what executes wasm) and a
name. `fake`, `native` and `browser` are the three; the same engine test suite passes on all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

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
    """What an engine needs of a WASI guest: its calls, and somewhere to put its memory."""

    slice: int  # what `pagebox.yield` answers after the others have had their turn

    @property
    def process(self) -> Process: ...

    @property
    def calls(self) -> Mapping[tuple[str, str], Callable[..., int]]:
        """The imports by (module, name). Each returns an int, or raises WouldBlock or ProcessExit."""

    def attach(self, memory: Memory) -> None:
        """Take over the instance's memory. Raises: ENOMEM."""

    def settle(self, fuel_left: int) -> None:
        """Charge the fuel of the last slice, of which `fuel_left` was not used."""


class Source(Protocol):
    """Where a module's bytes come from; loaded on the process's own stack, when it first runs."""

    @property
    def key(self) -> str:
        """Names the rewritten bytes in every cache: two sources with one key are the same module."""

    @property
    def label(self) -> str:
        """What to call it in messages: `coreutils`."""

    def load(self) -> bytes:
        """The rewritten module (`orchestrator.wasm.instrument`). Raises ValueError in words if it is refused."""


class Engine(Protocol):
    """Executes rewritten modules, one instance a process."""

    def start(
        self,
        source: Source,
        guest: Guest,
        finish: Callable[[BaseException | None], None],
    ) -> None:
        """Give the guest's process a stack; when the scheduler first picks it, compile (or find) and run `_start`.

        `finish` is called once when the guest has ended, while it still has the baton: with None when `_start`
        returned, with ProcessExit, `Trapped`, ValueError (the module is refused or invalid, in words), or OSError
        (EAGAIN, ENOMEM: no room for an instance). The last slice of fuel has been settled by then. Afterwards
        the baton moves on.
        """


D = TypeVar("D", bound="Driver")


class Platform(Protocol[D]):
    """One page, or one CPython host. `D` is its kind of driver: how it is run is the host's business."""

    @property
    def name(self) -> str:
        """`native`, `browser` or `fake`."""

    @property
    def clock(self) -> Clock:
        """The clocks every process sees."""

    def entropy(self, size: int) -> bytes:
        """`size` random bytes from the host's generator."""

    def driver(self, scheduler: Scheduler) -> D:
        """A driver for one sandbox's scheduler."""

    def engine(self, driver: D, scheduler: Scheduler) -> Engine:
        """An engine whose guests run on the stacks of `driver`."""
