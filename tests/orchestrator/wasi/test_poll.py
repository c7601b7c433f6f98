"""`poll_oneoff` over clocks and pipes."""

import pytest

from orchestrator.kernel.wait import WouldBlock
from orchestrator.wasi.abi import ERRNO, EVENT_HANGUP, Event, Rights, Subscription

CLOCK, READ, WRITE = 0, 1, 2
REALTIME, MONOTONIC = 0, 1
ABSOLUTE = 1


def clock(userdata, timeout, ident=MONOTONIC, flags=0):
    return Subscription(userdata, CLOCK, ident, timeout, 0, flags)


def reading(userdata, fd):
    return Subscription(userdata, READ, fd, 0xDEAD, 0xDEAD, 0xDEAD)  # the union's rest is garbage


def writing(userdata, fd):
    return Subscription(userdata, WRITE, fd, 0, 0, 0)


@pytest.fixture
def poll(world):
    """Poll these subscriptions: the events, or what blocks."""

    def run(*items):
        ptr = world.put(b"".join(item.pack() for item in items))
        events, count = world.take(32 * len(items)), world.take(4)
        writes = [(events, 32 * len(items)), (count, 4)]
        try:
            answer = world.call("poll_oneoff", ptr, events, len(items), count, writes=writes)
        except WouldBlock as block:
            return block
        assert answer == "SUCCESS"
        number = world.memory.load_u32(count)
        data = world.memory.read(events, 32 * number)
        assert world.memory.read(events + 32 * number, 1) == b"\xa5"
        return [Event.unpack(data, 32 * index) for index in range(number)]

    return run


def test_a_timeout_of_nothing_is_due(world, poll):
    assert poll(clock(7, 0)) == [Event(7, 0, CLOCK)]
    assert world.line == "poll_oneoff([{CLOCK, MONOTONIC, 0}], [{7}], 1) = 1"


@pytest.mark.parametrize("ident", [MONOTONIC, REALTIME])
def test_a_relative_timeout_keeps_its_end_across_tries(world, poll, ident):
    start = world.clock.now
    block = poll(clock(7, 500, ident))
    assert block.deadline == start + 500
    assert block.waitables == ()
    world.clock.now += 499
    assert poll(clock(7, 500, ident)).deadline == start + 500
    world.clock.now += 1
    assert poll(clock(7, 500, ident)) == [Event(7, 0, CLOCK)]
    assert world.process.call is None


def test_the_next_call_counts_from_anew(world, poll):
    poll(clock(7, 500))
    world.clock.now += 500
    assert isinstance(poll(clock(7, 500)), list)
    assert poll(clock(7, 500)).deadline == world.clock.now + 500


@pytest.mark.parametrize(("ident", "base"), [(MONOTONIC, 0), (REALTIME, 1_700_000_000_000_000_000)])
def test_absolute_times(world, poll, ident, base):
    due = base + world.clock.now
    assert poll(clock(1, due, ident, ABSOLUTE)) == [Event(1, 0, CLOCK)]
    assert poll(clock(1, 0, ident, ABSOLUTE)) == [Event(1, 0, CLOCK)]
    block = poll(clock(1, due + 9, ident, ABSOLUTE))
    assert block.deadline == world.clock.now + 9
    assert len(world.lines) == 2  # what has not ended is not traced
    assert "ABSTIME}" in world.line


def test_the_earliest_clock_wins(world, poll):
    assert poll(clock(1, 900), clock(2, 300), clock(3, 600)).deadline == world.clock.now + 300
    world.clock.now += 300
    assert poll(clock(1, 900), clock(2, 300), clock(3, 600)) == [Event(2, 0, CLOCK)]


def test_for_ever_is_allowed(poll):
    assert isinstance(poll(clock(1, (1 << 64) - 1)), WouldBlock)


@pytest.mark.parametrize("ident", [2, 3, 9, (1 << 32) - 1])
def test_other_clocks_are_an_event_with_an_error(poll, ident):
    assert poll(clock(1, 0, ident)) == [Event(1, ERRNO["EINVAL"], CLOCK)]


def test_a_pipe_becomes_readable(world, poll):
    reader, writer = world.pipe()
    block = poll(reading(1, reader), clock(2, 100))
    assert len(block.waitables) == 1
    assert block.deadline == world.clock.now + 100
    world.process.fds.get(writer).write_nowait(b"abc")
    assert poll(reading(1, reader), clock(2, 100)) == [Event(1, 0, READ, 3)]
    subscriptions = f"[{{FD_READ, {reader}}}, {{CLOCK, MONOTONIC, 100}}]"
    assert world.line == f"poll_oneoff({subscriptions}, [{{1}}], 2) = 1"


def test_the_sleeper_is_woken_by_the_writer(world, poll):
    reader, writer = world.pipe()
    scheduler = world.kernel.scheduler
    scheduler.block(world.process, poll(reading(1, reader)))
    assert scheduler.next() is None
    world.process.fds.get(writer).write_nowait(b"x")
    assert scheduler.next() is world.process


def test_a_full_pipe_is_not_writable(world, poll):
    reader, writer = world.pipe()
    assert [event.kind for event in poll(writing(1, writer))] == [WRITE]
    world.process.fds.get(writer).write_nowait(bytes(65536))
    assert isinstance(poll(writing(1, writer)), WouldBlock)
    world.process.fds.get(reader).read_nowait(65536)
    assert [event.kind for event in poll(writing(1, writer))] == [WRITE]


def test_a_closed_end_is_a_hang_up(world, poll):
    reader, writer = world.pipe()
    world.process.fds.close(writer)
    (event,) = poll(reading(1, reader))
    assert event.flags & EVENT_HANGUP


def test_both_ends_in_one_call(world, poll):
    reader, writer = world.pipe()
    world.process.fds.get(writer).write_nowait(b"x")
    assert [event.userdata for event in poll(reading(1, reader), writing(2, writer))] == [1, 2]


def test_files_are_always_ready(world, poll):
    world.file("/f", b"12345")
    fd = world.open("f")
    assert poll(reading(1, fd)) == [Event(1, 0, READ, 5)]


def test_a_bad_fd_is_its_own_event(world, poll):
    reader, _ = world.pipe()
    assert poll(reading(1, 99), reading(2, reader)) == [Event(1, ERRNO["EBADF"], READ)]
    assert "{1, EBADF}" in world.line


def test_polling_is_a_right(world, poll):
    world.file("/f")
    fd = world.open("f", base=Rights.FD_READ | Rights.POLL_FD_READWRITE)
    keep = Rights.FD_READ.value
    assert world.call("fd_fdstat_set_rights", fd, keep, 0) == "SUCCESS"
    assert poll(reading(1, fd)) == [Event(1, ERRNO["ENOTCAPABLE"], READ)]


@pytest.mark.parametrize("count", [0, -1, 2049, 1 << 31, (1 << 32) - 1])
def test_absurd_counts(world, count):
    ptr = world.take(96)
    assert world.call("poll_oneoff", ptr, ptr, count, ptr) == "EINVAL"


def test_arrays_that_do_not_fit(world):
    end = world.memory.size()
    good = world.put(clock(1, 0).pack())
    out = world.take(32)
    assert world.call("poll_oneoff", end - 47, out, 1, out) == "EFAULT"
    assert world.call("poll_oneoff", good, end - 31, 1, out) == "EFAULT"
    assert world.call("poll_oneoff", good, out, 1, end - 3) == "EFAULT"


def test_an_unknown_type(world):
    ptr = world.put(Subscription(1, 3, 0, 0, 0, 0).pack())
    out = world.take(32)
    assert world.call("poll_oneoff", ptr, out, 1, out) == "EINVAL"


def test_events_may_overwrite_the_subscriptions(world):
    ptr = world.put(clock(1, 0).pack() + clock(2, 0).pack())
    count = world.take(4)
    writes = [(ptr, 96), (count, 4)]
    assert world.call("poll_oneoff", ptr, ptr, 2, count, writes=writes) == "SUCCESS"
    assert world.memory.load_u32(count) == 2
    assert Event.unpack(world.memory.read(ptr, 64), 32).userdata == 2
