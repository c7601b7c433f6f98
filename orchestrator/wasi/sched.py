"""Giving way: `sched_yield`.

Above: calls. Below: guest, kernel.sched.
"""

from __future__ import annotations

from orchestrator.kernel.wait import TurnOver
from orchestrator.wasi.guest import Guest


def sched_yield(guest: Guest) -> None:
    """Let every other process that is ready run first.

    WASI preview1, sched_yield; POSIX sched_yield.
    """
    process = guest.process
    if process.call is not None or not process.scheduler.contended():
        return
    process.begin_call("sched_yield")
    # Not `Preempted`: an engine answers that with a slice of fuel.
    raise TurnOver
