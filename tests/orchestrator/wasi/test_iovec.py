"""Scattered buffers: order, caps, and bounds."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.wasi import iovec
from orchestrator.wasi.abi import IOVEC_MAX
from orchestrator.wasi.memory import BytesMemory

SIZE = 4096


def lay(memory, *pairs, at=0):
    memory.write(at, b"".join(struct.pack("<II", *pair) for pair in pairs))
    return at, len(pairs)


def test_gather_and_scatter_are_in_order():
    memory = BytesMemory(SIZE)
    vector = lay(memory, (100, 2), (200, 0), (300, 3))
    iovec.scatter(memory, iovec.load(memory, *vector), b"abcde")
    assert memory.read(100, 3) == b"ab\0"
    assert memory.read(300, 4) == b"cde\0"
    assert iovec.gather(memory, *vector) == b"abcde"


def test_scatter_stops_where_the_data_ends():
    memory = BytesMemory(SIZE, 0xA5)
    iovec.scatter(memory, [(100, 2), (300, 3)], b"abc")
    assert memory.read(300, 3) == b"c\xa5\xa5"


def test_overlapping_buffers_are_allowed():
    memory = BytesMemory(SIZE)
    memory.write(100, b"abcd")
    assert iovec.gather(memory, *lay(memory, (100, 3), (101, 3))) == b"abcbcd"


@pytest.mark.parametrize("count", [-1, IOVEC_MAX + 1, 1 << 31])
def test_counts_that_cannot_be(count):
    with pytest.raises(OSError, match="Invalid"):
        iovec.load(BytesMemory(SIZE), 0, count)


def test_the_largest_count():
    memory = BytesMemory(2 * 8 * IOVEC_MAX)
    vector = lay(memory, *[(0, 0)] * IOVEC_MAX)
    assert len(iovec.load(memory, *vector)) == IOVEC_MAX


@pytest.mark.parametrize("pair", [(SIZE, 1), (SIZE - 1, 2), ((1 << 32) - 1, 1), (0, (1 << 32) - 1)])
@pytest.mark.parametrize("before", [[], [(0, 8)]])
def test_one_bad_buffer_spoils_all(pair, before):
    memory = BytesMemory(SIZE)
    vector = lay(memory, *before, pair)
    with pytest.raises(OSError, match="bad address"):
        iovec.load(memory, *vector)
    with pytest.raises(OSError, match="bad address"):
        iovec.gather(memory, *vector)


def test_no_more_is_moved_than_the_cap(monkeypatch):
    monkeypatch.setattr(iovec, "TRANSFER_MAX", 10)
    memory = BytesMemory(SIZE)
    one, three = lay(memory, (100, 50)), lay(memory, *[(100, 4)] * 3, at=64)
    assert len(iovec.gather(memory, *one)) == 10
    assert len(iovec.gather(memory, *three)) == 10
    assert iovec.room(iovec.load(memory, *three)) == 10


@given(st.lists(st.tuples(st.integers(1000, 1100), st.integers(0, 40)), max_size=8), st.binary())
def test_what_is_scattered_into_separate_buffers_is_gathered_again(pairs, data):
    memory = BytesMemory(SIZE)
    apart = [(1000 + 100 * index, size) for index, (_, size) in enumerate(pairs)]
    room = iovec.room(apart)
    iovec.scatter(memory, apart, data[:room])
    assert iovec.gather(memory, *lay(memory, *apart)) == data[:room].ljust(room, b"\0")
