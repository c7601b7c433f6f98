"""`clock_res_get`, `clock_time_get`."""

import pytest

from orchestrator.wasi.abi import Clock


@pytest.mark.parametrize("clock", list(Clock))
def test_resolution_is_positive(world, clock):
    out = world.take(8)
    assert world.call("clock_res_get", clock, out, writes=[(out, 8)]) == "SUCCESS"
    assert world.memory.load_u64(out) == 1000
    assert world.line == f"clock_res_get({clock.name}) = 1000"


def test_times(world):
    out = world.take(8)
    world.clock.now = 12345
    assert world.call("clock_time_get", 1, 0, out, writes=[(out, 8)]) == "SUCCESS"
    assert world.memory.load_u64(out) == 12345
    assert world.line == "clock_time_get(MONOTONIC, 0) = 12345"
    assert world.call("clock_time_get", 0, 1, out, writes=[(out, 8)]) == "SUCCESS"
    assert world.memory.load_u64(out) == 1_700_000_000_000_012_345


@pytest.mark.parametrize("clock", [2, 3])
def test_cpu_clocks_count_the_guests_instructions(world, clock):
    out = world.take(8)
    world.process.usage.fuel = 777
    assert world.call("clock_time_get", clock, 0, out, writes=[(out, 8)]) == "SUCCESS"
    assert world.memory.load_u64(out) == 777


@pytest.mark.parametrize("clock", [4, -1, 1 << 31, (1 << 32) - 1])
def test_unknown_clocks(world, clock):
    out = world.take(8)
    assert world.call("clock_res_get", clock, out) == "EINVAL"
    assert world.call("clock_time_get", clock, 0, out) == "EINVAL"


def test_the_result_must_fit(world):
    assert world.call("clock_time_get", 0, 0, world.memory.size() - 7) == "EFAULT"
    assert world.line == "clock_time_get(REALTIME, 0) = -1 EFAULT"
