"""Alarm clocks: one for each process that asks, which sends SIGALRM. setitimer(2) with ITIMER_REAL.

Above: wasi, kernel. Below: sched, delivery. It runs on the monotonic clock and goes off between two
processes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.kernel.signal import Signal

if TYPE_CHECKING:
    from orchestrator.kernel.kernel import Kernel
    from orchestrator.kernel.process import Process

SHORTEST_INTERVAL = 1_000_000
"""Nanoseconds between two alarms at least: a program must not keep the scheduler busy with itself."""


class Alarm:
    """One process's clock. Implements `sched.Sleeper`."""

    __slots__ = ("_deadline", "_interval", "_kernel", "_process", "timer")

    def __init__(self, kernel: Kernel, process: Process) -> None:
        self._kernel = kernel
        self._process = process
        self._deadline = 0
        self._interval = 0
        self.timer = 0

    def left(self) -> int:
        """Nanoseconds until it goes off; 0 if it is not set."""
        if not self.timer:
            return 0
        return max(1, self._deadline - self._kernel.clock.monotonic())

    def set(self, after: int, interval: int = 0) -> None:
        """Go off in `after` ns, then every `interval` ns (0: once only). `after` 0 switches it off.

        Deviation: an interval is rounded up to SHORTEST_INTERVAL.
        """
        scheduler = self._kernel.scheduler
        scheduler.cancel_timer(self)
        if after:
            self._deadline = self._kernel.clock.monotonic() + after
            self._interval = max(interval, SHORTEST_INTERVAL) if interval else 0
            scheduler.set_timer(self, self._deadline)

    def expired(self) -> None:
        """Send the signal, and wait for the next time. Times that were missed are not made up for."""
        if self._interval:
            late = self._kernel.clock.monotonic() - self._deadline
            self._deadline += (late // self._interval + 1) * self._interval
            self._kernel.scheduler.set_timer(self, self._deadline)
        self._kernel.deliver(self._process, Signal.ALRM)


def alarm_of(kernel: Kernel, process: Process) -> Alarm:
    """The clock of `process`, made when it is first asked for."""
    if process.alarm is None:
        process.alarm = Alarm(kernel, process)
    return process.alarm
