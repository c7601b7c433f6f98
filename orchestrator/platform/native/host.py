"""The CPython platform: real clocks, the system's entropy, the baton driver, the wasmtime engine."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from orchestrator.platform.baton import BatonDriver
from orchestrator.platform.native.engine import WasmtimeEngine
from orchestrator.platform.native.module_cache import ModuleCache

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.kernel.sched import Scheduler


class SystemClock:
    """The host's clocks."""

    def monotonic(self) -> int:
        """Nanoseconds since an arbitrary start."""
        return time.monotonic_ns()

    def realtime(self) -> int:
        """Nanoseconds since the epoch."""
        return time.time_ns()


class NativePlatform:
    """CPython; `announce` is told in words what a first use waits for (compiling takes seconds)."""

    name = "native"

    def __init__(
        self,
        cache_dir: str | None = None,
        announce: Callable[[str], None] | None = None,
    ) -> None:
        self.clock = SystemClock()
        self.cache = ModuleCache(cache_dir, announce)

    def entropy(self, size: int) -> bytes:
        """`size` bytes from the system's generator."""
        return os.urandom(size)

    def driver(self, scheduler: Scheduler) -> BatonDriver:
        """Threads, one at a time."""
        return BatonDriver(scheduler)

    def engine(self, driver: BatonDriver, scheduler: Scheduler) -> WasmtimeEngine:
        """One linker for one sandbox; compiled modules are shared through the cache."""
        return WasmtimeEngine(driver, scheduler, self.cache)
