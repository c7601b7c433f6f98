"""A platform without wasm and without time, for fast tests: guests are Python functions, sleeping costs nothing.

Its tests are the engine suite, which the real engines pass too: a fake that is checked, not a mock. `driver` and
`entropy` are real in shape: threads that pass the baton, and a stream of numbers that repeats.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from orchestrator.kernel.wait import Preempted, ProcessExit, WouldBlock
from orchestrator.platform.base import Trapped
from orchestrator.platform.baton import BatonDriver
from orchestrator.wasi.memory import BytesMemory

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from orchestrator.kernel.sched import Scheduler
    from orchestrator.platform.base import Guest, Source

    Program = Callable[["FakeGuest"], None]

PAGE = 65536
START = 1_700_000_000_000_000_000


class FakeClock:
    """Stands still until everybody sleeps, then jumps to the next deadline."""

    def __init__(self) -> None:
        self.now = 0

    def monotonic(self) -> int:
        """Nanoseconds since the test began."""
        return self.now

    def realtime(self) -> int:
        """Nanoseconds since the epoch; a fixed date."""
        return START + self.now

    def jump(self, deadline: int) -> None:
        """Go on to `deadline`."""
        self.now = max(self.now, deadline)


class FakeGuest:
    """What a program of the fake engine is given: memory, calls, and fuel to spend as a rewritten module does."""

    def __init__(self, guest: Guest, driver: BatonDriver) -> None:
        self.memory = BytesMemory(PAGE)
        self.fuel = guest.slice
        self._guest = guest
        self._driver = driver

    def call(self, name: str, *arguments: int, module: str = "wasi_snapshot_preview1") -> int:
        """One import, tried until it returns."""
        bound = self._guest.calls[module, name]
        process = self._guest.process
        while True:
            try:
                return bound(*arguments)
            except Preempted:
                self._driver.preempt(process)
                return self._guest.slice
            except WouldBlock as block:
                self._driver.sleep(process, block)
                process.check_fatal()

    def spend(self) -> None:
        """One function entry or loop turn."""
        self.fuel -= 1
        if self.fuel < 0:
            self.fuel += self.call("yield", module="pagebox")

    def grow(self, pages: int) -> int:
        """memory.grow: the old size in pages, or -1."""
        old = self.memory.size() // PAGE
        if self.call("memory_guard", pages, module="pagebox") != pages:
            return -1
        self.memory.grow(pages * PAGE)
        return old


class FakeEngine:
    """Implements `platform.base.Engine`; a module's bytes are the name of a program."""

    def __init__(self, driver: BatonDriver, programs: Mapping[str, Program]) -> None:
        self._driver = driver
        self._programs = programs

    def start(
        self, source: Source, guest: Guest, finish: Callable[[BaseException | None], None]
    ) -> None:
        """See `platform.base.Engine`."""
        self._driver.start(guest.process, lambda: finish(self._run(source, guest)))

    def _run(self, source: Source, guest: Guest) -> BaseException | None:
        fake = FakeGuest(guest, self._driver)
        try:
            program = self._programs[source.load().decode()]
            guest.attach(fake.memory)
            guest.process.check_fatal()
            program(fake)
        except RecursionError:
            return Trapped("stack overflow")
        except (ProcessExit, Trapped, ValueError, OSError) as ending:
            return ending
        finally:
            guest.settle(fake.fuel)
        return None


class FakePlatform:
    """Implements `platform.base.Platform`.

    Args:
        programs: what the engine can run, by name.
        seed: of the entropy.
    """

    name = "fake"

    def __init__(self, programs: Mapping[str, Program] | None = None, seed: int = 0) -> None:
        self.clock = FakeClock()
        self._programs = programs or {}
        self._random = random.Random(seed)

    def entropy(self, size: int) -> bytes:
        """The same bytes in every test."""
        return self._random.randbytes(size)

    def driver(self, scheduler: Scheduler) -> BatonDriver:
        """Threads and the baton; idling moves the clock on. Raises RuntimeError if everybody waits for ever."""

        def idle(deadline: int | None) -> None:
            if deadline is None:
                raise RuntimeError("every process waits for something that cannot come")
            self.clock.jump(deadline)

        return BatonDriver(scheduler, idle)

    def engine(self, driver: BatonDriver, scheduler: Scheduler) -> FakeEngine:
        """Python functions as guests."""
        return FakeEngine(driver, self._programs)
