"""The CPython platform: real clocks, the system's entropy, the baton driver, the wasmtime engine.

wasmtime is imported when the first module runs: a script of builtins alone starts without it.
"""

from __future__ import annotations

import os
import time
from functools import cached_property
from typing import TYPE_CHECKING

from orchestrator.platform.baton import BatonDriver

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.kernel.sched import Scheduler
    from orchestrator.platform.base import Guest, Source
    from orchestrator.platform.native.engine import WasmtimeEngine
    from orchestrator.platform.native.module_cache import ModuleCache


class SystemClock:
    """The host's clocks."""

    def monotonic(self) -> int:
        """Nanoseconds since an arbitrary start."""
        return time.monotonic_ns()

    def realtime(self) -> int:
        """Nanoseconds since the epoch."""
        return time.time_ns()


class DeferredEngine:
    """Makes the engine at the first start of a module. Implements `platform.base.Engine`."""

    def __init__(self, make: Callable[[], WasmtimeEngine]) -> None:
        self._make = make

    @cached_property
    def engine(self) -> WasmtimeEngine:
        """The engine."""
        return self._make()

    def start(
        self, source: Source, guest: Guest, finish: Callable[[BaseException | None], None]
    ) -> None:
        """See `platform.base.Engine`."""
        self.engine.start(source, guest, finish)


class NativePlatform:
    """CPython; `announce` is told in words what a first use waits for (compiling takes seconds)."""

    name = "native"

    def __init__(
        self,
        cache_dir: str | None = None,
        announce: Callable[[str], None] | None = None,
    ) -> None:
        self.clock = SystemClock()
        self._cache_dir = cache_dir
        self._announce = announce

    @cached_property
    def cache(self) -> ModuleCache:
        """Compiled modules, shared by all machines of this platform."""
        from orchestrator.platform.native.module_cache import ModuleCache

        return ModuleCache(self._cache_dir, self._announce)

    def entropy(self, size: int) -> bytes:
        """`size` bytes from the system's generator."""
        return os.urandom(size)

    def driver(self, scheduler: Scheduler) -> BatonDriver:
        """Threads, one at a time."""
        return BatonDriver(scheduler)

    def engine(self, driver: BatonDriver, scheduler: Scheduler) -> DeferredEngine:
        """One linker for one sandbox; compiled modules are shared through the cache."""
        return DeferredEngine(lambda: self._wasmtime(driver, scheduler))

    def _wasmtime(self, driver: BatonDriver, scheduler: Scheduler) -> WasmtimeEngine:
        from orchestrator.platform.native.engine import WasmtimeEngine

        return WasmtimeEngine(driver, scheduler, self.cache)
