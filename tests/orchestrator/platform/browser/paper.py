"""The JavaScript side on paper: it keeps what it is told, and a test plays the browser."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from orchestrator.kernel.process import State
from orchestrator.kernel.sched import Scheduler
from orchestrator.kernel.wait import ProcessExit, Waitable
from orchestrator.platform.browser.memory import STAGING_BYTES

PAGE = 65536


class PaperClock:
    def __init__(self) -> None:
        self.now = 1_000

    def monotonic(self) -> int:
        return self.now

    def realtime(self) -> int:
        return self.now


class PaperProcess:
    """What the scheduler and the driver look at in a process."""

    def __init__(self, scheduler: Scheduler) -> None:
        self.scheduler = scheduler
        self.state = State.NEW
        self.stopped = False
        self.timer = 0
        self.waiting_on: tuple[Waitable, ...] = ()
        self.fatal = False
        self.caught = False

    def wake(self) -> None:
        self.scheduler.wake(self)  # type: ignore[arg-type]

    def expired(self) -> None:
        self.wake()

    def has_signal(self) -> bool:
        return self.fatal or self.caught

    def check_fatal(self) -> None:
        if self.fatal:
            raise ProcessExit("killed")  # type: ignore[arg-type]

    def check_signals(self) -> None:
        self.check_fatal()
        if self.caught:
            self.caught = False
            raise InterruptedError

    def kill(self) -> None:
        self.fatal = True
        self.wake()


class PaperGlue:
    """See `orchestrator.platform.browser.glue.Glue`.

    Attributes:
        bodies: of the Python programs, by number.
        guests: (address, key) by number.
        slept: what `sleep` was told, in order.
        woken: how often `wake` was asked for.
        late: whether the page's events have waited long enough.
        bundled: keys of modules that can be fetched.
        refusals: why a module cannot be compiled, by key.
    """

    def __init__(self) -> None:
        self.bodies: dict[int, Callable[[], int]] = {}
        self.guests: dict[int, tuple[int, str]] = {}
        self.slept: list[float] = []
        self.woken = 0
        self.turns = 0
        self.late = False
        self.bundled: set[str] = set()
        self.refusals: dict[str, str] = {}
        self.compiled: list[str] = []
        self.fetched: list[str] = []
        self.wiring: Any = None
        self.memory = bytearray(PAGE)
        self._staging = (ctypes.c_uint8 * STAGING_BYTES)()

    def program(self, number: int, body: Callable[[], int]) -> None:
        self.bodies[number] = body

    def guest(self, number: int, address: int, key: str) -> None:
        self.guests[number] = (address, key)

    def hand(self, number: int, following: int) -> Any:
        """An awaitable: running it runs the others until `number` is picked again."""

        def run() -> None:
            chosen = following
            while chosen != number:
                chosen = self.bodies[chosen]() if chosen else self.wiring_pick()

        return run

    def wiring_pick(self) -> int:
        raise AssertionError("everybody sleeps, and the test did not say what happens then")

    def turn(self, number: int) -> Any:
        def run() -> None:
            self.turns += 1
            self.late = False

        return run

    def due(self) -> bool:
        return self.late

    def sleep(self, milliseconds: float) -> None:
        self.slept.append(milliseconds)

    def wake(self) -> None:
        self.woken += 1

    def unwind(self) -> None:
        self.bodies.clear()
        self.guests.clear()

    def fetch(self, key: str) -> bool:
        if key in self.bundled:
            self.fetched.append(key)
        return key in self.bundled

    def compile(self, key: str, data: bytes) -> str:
        self.compiled.append(key)
        return self.refusals.get(key, "")

    def link(self, wiring: Any) -> int:
        self.wiring = wiring
        return ctypes.addressof(self._staging)

    def size(self) -> int:
        return len(self.memory)

    def peek(self, ptr: int, size: int) -> bool:
        if ptr + size > len(self.memory):
            return False
        ctypes.memmove(self._staging, bytes(self.memory[ptr : ptr + size]), size)
        return True

    def poke(self, ptr: int, size: int) -> bool:
        if ptr + size > len(self.memory):
            return False
        self.memory[ptr : ptr + size] = bytes(self._staging[:size])
        return True


def run_sync(awaitable: Any) -> None:
    """On paper, waiting is running what comes in between."""
    awaitable()


class PaperGuest:
    """See `platform.base.Guest`."""

    slice = 1_000_000

    def __init__(
        self, process: PaperProcess, calls: dict[tuple[str, str], Callable[..., int]]
    ) -> None:
        self.process = process
        self.calls = calls
        self.memory: Any = None
        self.refused: OSError | None = None
        self.left: int | None = None

    def attach(self, memory: Any) -> None:
        if self.refused:
            raise self.refused
        self.memory = memory

    def settle(self, fuel_left: int) -> None:
        self.left = fuel_left


def source(key: str, load: Callable[[], bytes] = bytes) -> Any:
    return SimpleNamespace(key=key, label=key, load=load)
