"""The page as a platform: its clocks, its entropy, the driver and the engine of one worker.

Above: the page's Python (`web/playground.py`). Below: driver, engine. What only the page has is handed in.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from orchestrator.platform.browser.driver import BrowserDriver
from orchestrator.platform.browser.engine import BrowserEngine

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from orchestrator.kernel.sched import Scheduler
    from orchestrator.platform.browser.engine import FastCalls
    from orchestrator.platform.browser.glue import Glue


class PageClock:
    """The worker's clocks."""

    def monotonic(self) -> int:
        """Nanoseconds since an arbitrary start."""
        return time.monotonic_ns()

    def realtime(self) -> int:
        """Nanoseconds since the epoch."""
        return time.time_ns()


class BrowserPlatform:
    """Implements `platform.base.Platform`.

    Args:
        glue: the JavaScript side.
        run_sync: `pyodide.ffi.run_sync`.
        fast: the module `orchestrator.wasi.fast`, which this layer may not import.
        names: every import a module may have, as (module, name).
    """

    name = "browser"

    def __init__(
        self,
        glue: Glue,
        run_sync: Callable[[Awaitable[None]], None],
        fast: FastCalls,
        names: Sequence[tuple[str, str]],
    ) -> None:
        self.clock = PageClock()
        self._glue = glue
        self._run_sync = run_sync
        self._fast = fast
        self._names = names

    def entropy(self, size: int) -> bytes:
        """`size` bytes from the browser's generator."""
        return os.urandom(size)

    def driver(self, scheduler: Scheduler) -> BrowserDriver:
        """Stacks suspended by JSPI."""
        return BrowserDriver(scheduler, self._glue, self._run_sync)

    def engine(self, driver: BrowserDriver, scheduler: Scheduler) -> BrowserEngine:
        """The browser's own WebAssembly."""
        return BrowserEngine(driver, scheduler, self._glue, self._fast, self._names)
