"""Which times a call asks to set."""

import itertools

import pytest

from orchestrator.wasi.times import Times, parse_times


def test_every_combination_of_flags(world):
    now = world.clock.realtime()
    chosen = {0: None, 1: 11, 2: now}
    other = {0: None, 1: 22, 2: now}
    for atim, mtim in itertools.product(chosen, other):
        expected = Times(chosen[atim], other[mtim], is_now=atim == mtim == 2)
        found = parse_times(world.guest, 11, 22, atim | mtim << 2)
        assert found == (None if atim == mtim == 0 else expected)


@pytest.mark.parametrize("flags", [3, 12, 15, 16, 1 << 15, -1])
def test_flags_that_contradict_each_other_or_do_not_exist(world, flags):
    with pytest.raises(OSError, match="Invalid"):
        parse_times(world.guest, 0, 0, flags)


@pytest.mark.parametrize("time", [1 << 63, (1 << 64) - 1, -1])
def test_times_out_of_range(world, time):
    with pytest.raises(OSError, match="Invalid"):
        parse_times(world.guest, time, 0, 1)
    with pytest.raises(OSError, match="Invalid"):
        parse_times(world.guest, 0, time, 4)
    assert parse_times(world.guest, time, time, 10) is not None  # not looked at
