"""`sched_yield`."""

import pytest

from orchestrator.kernel.wait import WouldBlock


def test_alone_it_returns_at_once(world):
    assert world.call("sched_yield") == "SUCCESS"
    assert world.line == "sched_yield() = 0"


def test_the_others_run_first(world):
    other = world.spawn()
    scheduler = world.kernel.scheduler
    with pytest.raises(WouldBlock) as caught:
        world.raw("sched_yield")
    scheduler.block(world.process, caught.value)
    assert scheduler.next() is other
    scheduler.ready(other)
    assert scheduler.next() is world.process
    assert world.call("sched_yield") == "SUCCESS"
    assert world.process.call is None
    assert world.lines == ["sched_yield() = 0"]
    assert world.process.usage.syscalls == 1
