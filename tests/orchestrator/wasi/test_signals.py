"""`signal_set`, `signal_take`, `signal_flag`, `signal_timer`, and what a caught signal does to other calls."""

import pytest

from orchestrator.kernel.outlet import Outlet
from orchestrator.kernel.signal import Signal
from orchestrator.kernel.tty import Tty
from orchestrator.kernel.wait import Preempted, ProcessExit, TurnOver, WouldBlock
from orchestrator.wasi import fast
from orchestrator.wasi.abi import ERRNO, EXTENSION, Subscription
from vfs.inode import OpenFlags

DEFAULT, IGNORE, CATCH, ASK = 0, 1, 2, -1
SECOND = 1_000_000_000


def set_signal(world, signal, disposition):
    out = world.take(4)
    answer = world.extension("signal_set", signal, disposition, out, writes=[(out, 4)])
    return world.memory.load_u32(out) if answer == "SUCCESS" else answer


def take(world):
    out = world.take(4)
    assert world.extension("signal_take", out, writes=[(out, 4)]) == "SUCCESS"
    return world.memory.load_u32(out)


def timer(world, after, interval=0):
    out = world.take(8)
    answer = world.extension("signal_timer", after, interval, out, writes=[(out, 8)])
    assert answer == "SUCCESS"
    return world.memory.load_u64(out)


def arrive(world, *signals):
    for signal in signals:
        world.kernel.deliver(world.process, signal)


def flag(world):
    word = world.take(4)
    assert world.extension("signal_flag", word, writes=[(word, 4)]) == "SUCCESS"
    return word


def test_dispositions(world):
    assert set_signal(world, 2, CATCH) == DEFAULT
    assert world.line == "signal_set(INT, 2) = 0"
    assert set_signal(world, 2, IGNORE) == CATCH
    assert set_signal(world, 2, ASK) == IGNORE
    assert set_signal(world, 2, 0xFFFFFFFF) == IGNORE
    assert set_signal(world, 2, DEFAULT) == IGNORE
    assert set_signal(world, 9, ASK) == DEFAULT


@pytest.mark.parametrize(
    "args",
    [(9, CATCH), (19, IGNORE), (9, DEFAULT), (0, CATCH), (32, CATCH), (-1, 0), (2, 3), (2, -2)],
)
def test_dispositions_that_cannot_be(world, args):
    assert set_signal(world, *args) == "EINVAL"
    assert world.extension("signal_set", 2, CATCH, world.memory.size() - 3) == "EFAULT"
    assert not world.process.signals.dispositions


def test_taking(world):
    set_signal(world, 2, CATCH)
    set_signal(world, 15, CATCH)
    assert take(world) == 0
    arrive(world, Signal.TERM, Signal.INT, Signal.TERM)
    assert (take(world), take(world), take(world)) == (15, 2, 0)
    assert world.extension("signal_take", world.memory.size() - 3) == "EFAULT"


def test_a_bad_pointer_takes_nothing(world):
    set_signal(world, 2, CATCH)
    arrive(world, Signal.INT)
    assert world.extension("signal_take", world.memory.size() - 3) == "EFAULT"
    assert take(world) == 2


def test_what_is_caught_no_more_is_forgotten(world):
    set_signal(world, 2, CATCH)
    arrive(world, Signal.INT)
    set_signal(world, 2, DEFAULT)
    assert take(world) == 0
    assert not world.process.has_signal()


def test_a_waiting_call_ends_once_for_each_arrival(world):
    reader, _ = world.pipe()
    set_signal(world, 2, CATCH)
    args = (reader, *world.vector((world.take(4), 4)), world.take(4))
    with pytest.raises(WouldBlock):
        world.raw("fd_read", *args)
    arrive(world, Signal.INT)
    assert world.call("fd_read", *args) == "EINTR"
    assert world.process.call is None
    with pytest.raises(WouldBlock):
        world.raw("fd_read", *args)
    arrive(world, Signal.INT)
    assert fast.fast_read(world.guest, reader, 4) == -ERRNO["EINTR"]
    assert take(world) == 2
    arrive(world, Signal.INT)
    assert take(world) == 2
    with pytest.raises(WouldBlock):  # taken before the wait: nothing to tell
        world.raw("fd_read", *args)


def test_a_call_that_can_finish_does(world):
    reader, writer = world.pipe()
    world.process.fds.get(writer).write_nowait(b"x")
    set_signal(world, 2, CATCH)
    arrive(world, Signal.INT)
    buffer, nread = world.take(4), world.take(4)
    args = (reader, *world.vector((buffer, 4)), nread)
    assert world.call("fd_read", *args, writes=[(buffer, 4), (nread, 4)]) == "SUCCESS"


def test_poll_is_interrupted(world):
    reader, _ = world.pipe()
    set_signal(world, 2, CATCH)
    wanted = world.put(Subscription(7, 1, reader, 0, 0, 0).pack())
    arrive(world, Signal.INT)
    assert world.call("poll_oneoff", wanted, world.take(32), 1, world.take(4)) == "EINTR"
    assert world.process.call is None


def test_giving_up_a_turn_is_not_waiting(world):
    other = world.spawn()
    set_signal(world, 2, CATCH)
    arrive(world, Signal.INT)
    with pytest.raises(TurnOver):
        world.raw("sched_yield")
    assert world.call("sched_yield") == "SUCCESS"
    assert other.is_alive


def test_a_broken_pipe_that_is_caught(world):
    reader, writer = world.pipe()
    set_signal(world, 13, CATCH)
    world.call("fd_close", reader)
    assert world.call("fd_write", writer, *world.data_vector(b"x"), world.take(4)) == "EPIPE"
    assert take(world) == 13


# --- the word ---


def test_the_word(world):
    word = flag(world)
    assert world.memory.load_u32(word) == 0
    set_signal(world, 2, CATCH)
    set_signal(world, 15, CATCH)
    arrive(world, Signal.INT, Signal.TERM)
    assert world.memory.load_u32(word) == 0  # only at the end of a call
    world.raw("fd_close", 60)
    assert world.memory.load_u32(word) == 1
    world.raw("signal_take", world.take(4), module=EXTENSION)
    assert world.memory.load_u32(word) == 1
    world.raw("signal_take", world.take(4), module=EXTENSION)
    assert world.memory.load_u32(word) == 0


def test_the_word_at_the_end_of_a_slice(world):
    word = flag(world)
    set_signal(world, 2, CATCH)
    arrive(world, Signal.INT)
    world.raw("yield", module=EXTENSION)
    assert world.memory.load_u32(word) == 1
    world.memory.store_u32(word, 0)
    world.spawn()
    with pytest.raises(Preempted):
        world.raw("yield", module=EXTENSION)
    assert world.memory.load_u32(word) == 1


@pytest.mark.parametrize("call", ["fast_clock", "sched_yield", "umask"])
def test_the_word_after_calls_of_each_kind(world, call):
    word = flag(world)
    set_signal(world, 2, CATCH)
    arrive(world, Signal.INT)
    if call == "fast_clock":
        fast.fast_clock(world.guest, 1)
    elif call == "sched_yield":
        world.raw("sched_yield")
    else:
        world.raw("umask", 0o22, module=EXTENSION)
        assert world.memory.load_u32(word) == 0  # it has no errno, and does not touch memory
        return
    assert world.memory.load_u32(word) == 1


def test_the_word_can_be_taken_away(world):
    word = flag(world)
    assert world.extension("signal_flag", 0) == "SUCCESS"
    set_signal(world, 2, CATCH)
    arrive(world, Signal.INT)
    world.raw("sched_yield")
    assert world.memory.load_u32(word) == 0
    assert world.extension("signal_flag", world.memory.size() - 3) == "EFAULT"
    assert world.extension("signal_flag", -1 & 0xFFFFFFFF) == "EFAULT"
    assert world.guest.signal_word == 0


# --- the alarm clock ---


def pass_time(world, nanoseconds):
    world.clock.now += nanoseconds
    world.kernel.scheduler.ready(world.process)
    assert world.kernel.scheduler.next() is world.process


def test_the_alarm(world):
    set_signal(world, 14, CATCH)
    assert timer(world, SECOND) == 0
    assert world.line == "signal_timer(1000000000, 0) = 0"
    pass_time(world, SECOND - 1)
    assert take(world) == 0
    pass_time(world, 1)
    assert (take(world), take(world)) == (14, 0)
    assert timer(world, 5 * SECOND) == 0
    pass_time(world, SECOND)
    assert timer(world, 0) == 4 * SECOND
    pass_time(world, 10 * SECOND)
    assert take(world) == 0


def test_the_alarm_that_is_not_caught_ends_the_guest(world):
    timer(world, 1)
    pass_time(world, 2)
    assert world.process.signals.fatal is Signal.ALRM


def test_the_alarm_again_and_again(world):
    set_signal(world, 14, CATCH)
    timer(world, SECOND, 2 * SECOND)
    for step, expected in ((SECOND, 14), (SECOND, 0), (SECOND, 14), (7 * SECOND, 14), (SECOND, 14)):
        pass_time(world, step)
        assert take(world) == expected
    assert timer(world, 0) == 2 * SECOND


@pytest.mark.parametrize("huge", [(1 << 64) - 1, -1, 1 << 63, -(1 << 63)])
def test_times_without_end(world, huge):
    timer(world, huge, huge)
    assert timer(world, 0) == 1 << 62


def test_a_bad_pointer_sets_no_alarm(world):
    assert world.extension("signal_timer", 5, 5, world.memory.size() - 7) == "EFAULT"
    assert world.kernel.scheduler.next_deadline() is None


# --- the terminal ---


def test_the_interrupt_key_does_not_end_who_catches_it(world):
    tty = Tty(world.kernel, Outlet(lambda data: None))
    world.process.tty = tty.control(world.process.sid)
    world.process.fds.set(0, tty.open(OpenFlags.READ))
    args = (0, *world.vector((world.take(4), 4)), world.take(4))
    set_signal(world, 2, CATCH)
    with pytest.raises(WouldBlock) as caught:
        world.raw("fd_read", *args)
    world.kernel.scheduler.block(world.process, caught.value)
    tty.input(b"\x03")
    assert world.kernel.scheduler.next() is world.process
    assert world.call("fd_read", *args) == "EINTR"
    assert take(world) == 2
    set_signal(world, 2, DEFAULT)
    tty.input(b"\x03")
    with pytest.raises(ProcessExit):
        world.raw("fd_read", *args)
