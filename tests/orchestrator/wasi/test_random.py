"""`random_get`."""

import pytest

from orchestrator.kernel.signal import Signal
from orchestrator.kernel.wait import ProcessExit, TurnOver
from orchestrator.wasi.memory import BytesMemory
from orchestrator.wasi.random import BURST, CHUNK


def test_fills_exactly_the_buffer(world):
    buffer = world.take(5)
    assert world.call("random_get", buffer, 5, writes=[(buffer, 5)]) == "SUCCESS"
    assert world.memory.read(buffer, 6) == b"\0\1\2\3\4\xa5"
    assert world.line == r'random_get("\x00\x01\x02\x03\x04", 5) = 0'


def test_asks_the_source_in_pieces(world):
    asked = []
    world.guest.entropy = lambda size: asked.append(size) or bytes(size)
    world.guest.memory = BytesMemory(3 * CHUNK)
    assert world.raw("random_get", 0, 2 * CHUNK + 1) == 0
    assert asked == [CHUNK, CHUNK, 1]


def test_a_buffer_that_does_not_fit_draws_nothing(world):
    asked = []
    world.guest.entropy = lambda size: asked.append(size) or bytes(size)
    assert world.call("random_get", 10, world.memory.size()) == "EFAULT"
    assert world.call("random_get", 10, -1) == "EFAULT"
    assert asked == []


def test_a_great_lot_lets_others_run_in_between(world):
    asked = []
    world.guest.entropy = lambda size: asked.append(size) or b"r" * size
    size = 2 * BURST + 5
    world.guest.memory = BytesMemory(size + 2, 0xA5)
    for part in (1, 2):
        with pytest.raises(TurnOver):
            world.raw("random_get", 1, size)
        assert sum(asked) == part * BURST
    assert world.raw("random_get", 1, size) == 0
    assert world.guest.memory.read(0, size + 2) == b"\xa5" + b"r" * size + b"\xa5"
    assert sum(asked) == size
    assert world.process.call is None


def test_a_great_lot_can_be_killed(world):
    world.guest.memory = BytesMemory(BURST + 1)
    world.kernel.kill(None, world.process.pid, Signal.KILL)
    with pytest.raises(ProcessExit):
        world.raw("random_get", 0, BURST + 1)
