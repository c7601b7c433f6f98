"""The clocks: `clock_res_get` and `clock_time_get`.

Above: calls, fast, poll. Below: guest. Time is the kernel's injected clock, never the host's.
"""

from __future__ import annotations

from orchestrator.wasi.abi import MASK64, Clock
from orchestrator.wasi.guest import Guest
from vfs.errors import fail

REALTIME = Clock.REALTIME.value
MONOTONIC = Clock.MONOTONIC.value
_CPU_CLOCKS = (Clock.PROCESS_CPUTIME_ID.value, Clock.THREAD_CPUTIME_ID.value)
RESOLUTION = 1_000
"""Nanoseconds; what a page's clock gives at best, and so what we promise everywhere."""


def clock_res_get(guest: Guest, clock: int, resolution: int) -> None:
    """Write the resolution of `clock` in nanoseconds.

    Raises:
        OSError: EINVAL for an unknown clock, EFAULT if the result lies outside the memory.

    WASI preview1, clock_res_get.
    """
    if not 0 <= clock <= _CPU_CLOCKS[-1]:
        fail("EINVAL")
    guest.memory.store_u64(resolution, RESOLUTION)


def clock_time_get(guest: Guest, clock: int, precision: int, time: int) -> None:
    """Write the time of `clock` in nanoseconds; `precision` is ignored, as finer is allowed.

    Raises:
        OSError: EINVAL for an unknown clock, EFAULT if the result lies outside the memory.

    WASI preview1, clock_time_get.
    """
    guest.memory.store_u64(time, now(guest, clock))


def now(guest: Guest, clock: int) -> int:
    """Return the time of `clock` in nanoseconds.

    The CPU clocks count the guest's own instructions at a nanosecond each: a true figure would
    differ from run to run, and the order of events must depend on inputs alone.

    Raises:
        OSError: EINVAL for an unknown clock.
    """
    if clock == MONOTONIC:
        return guest.clock.monotonic()
    if clock == REALTIME:
        return guest.clock.realtime() & MASK64
    if clock not in _CPU_CLOCKS:
        fail("EINVAL")
    return guest.process.usage.fuel
