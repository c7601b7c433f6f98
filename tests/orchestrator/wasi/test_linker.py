"""What stands around every call."""

import pytest

from orchestrator.kernel.signal import Disposition, Signal
from orchestrator.kernel.wait import Preempted, ProcessExit, TurnOver, WouldBlock
from orchestrator.wasi import fast
from orchestrator.wasi.abi import ERRNO, EXTENSION, PREVIEW1
from orchestrator.wasi.call import Call, Param
from orchestrator.wasi.calls import CALLS
from orchestrator.wasi.guest import BURST, Guest
from orchestrator.wasi.linker import bind, bind_call, invoke

READ = (PREVIEW1, "fd_read")


def raising(error):
    """A call that does nothing but raise."""

    def function(guest, argument):
        raise error

    return Call(PREVIEW1, "test", function, (Param("argument", "u32"),))


def test_every_call_is_bound(world):
    assert set(world.guest.calls) == set(CALLS)
    assert bind(world.guest) is world.guest.calls


def test_success_is_counted(world):
    call = Call(PREVIEW1, "test", lambda guest, argument: None, (Param("argument", "u32"),))
    assert bind_call(world.guest, call)(7) == 0
    assert world.process.usage.syscalls == 1
    assert world.lines == ["test(7) = 0"]


def test_failures_are_errnos_by_symbol(world):
    for error, symbol in [
        (FileNotFoundError(2, "x"), "ENOENT"),
        (BlockingIOError(11, "x"), "EAGAIN"),
        (MemoryError(), "ENOMEM"),
    ]:
        assert bind_call(world.guest, raising(error))(0) == ERRNO[symbol]
        assert world.line == f"test(0) = -1 {symbol}"
    assert world.process.usage.syscalls == 3
    assert not world.kernel.faults


@pytest.mark.parametrize(
    "error",
    [
        ValueError("what"),
        KeyError(1),
        RecursionError(),
        OSError("numberless"),
        OSError(99999, "what"),
    ],
)
def test_our_own_mistakes_are_eio_and_kept(world, error):
    assert bind_call(world.guest, raising(error))(0) == ERRNO["EIO"]
    (fault,) = world.kernel.faults
    assert type(error).__name__ in fault
    assert "InternalError" in fault
    assert "report" in fault


def test_a_call_that_blocks_is_neither_counted_nor_traced(world):
    block = WouldBlock(())
    with pytest.raises(WouldBlock) as caught:
        bind_call(world.guest, raising(block))(0)
    assert caught.value is block
    assert world.process.usage.syscalls == 0
    assert world.lines == []


def test_the_record_of_a_call_lives_as_long_as_it_blocks(world):
    withdrawn = []

    def function(guest, step):
        record = guest.process.begin_call("test")
        if step == 0:
            record.on_withdraw(lambda: withdrawn.append(True))
            raise WouldBlock(())

    bound = bind_call(world.guest, Call(PREVIEW1, "test", function, (Param("step", "u32"),)))
    with pytest.raises(WouldBlock):
        bound(0)
    assert world.process.call is not None
    assert withdrawn == []
    assert bound(1) == 0
    assert world.process.call is None
    assert withdrawn == [True]


def test_a_failure_ends_the_record(world):
    world.process.begin_call("test")
    bind_call(world.guest, raising(FileNotFoundError(2, "x")))(0)
    assert world.process.call is None


def test_a_pending_fatal_signal_ends_a_call_that_would_block(world):
    world.kernel.kill(None, world.process.pid, Signal.TERM)
    with pytest.raises(ProcessExit) as caught:
        bind_call(world.guest, raising(WouldBlock(())))(0)
    assert caught.value.status.signal is Signal.TERM


def test_a_pending_caught_signal_interrupts_a_call_that_would_block(world):
    world.process.signals.set(Signal.USR1, Disposition.CATCH)
    world.kernel.kill(None, world.process.pid, Signal.USR1)
    bound = bind_call(world.guest, raising(WouldBlock(())))
    assert bound(0) == ERRNO["EINTR"]
    with pytest.raises(WouldBlock):
        bound(0)


def test_a_signal_does_not_disturb_a_call_that_need_not_wait(world):
    world.process.signals.set(Signal.USR1, Disposition.CATCH)
    world.kernel.kill(None, world.process.pid, Signal.USR1)
    assert world.call("sched_yield") == "SUCCESS"


def test_exits_pass_through_and_are_traced(world):
    error = ProcessExit(None)
    with pytest.raises(ProcessExit) as caught:
        bind_call(world.guest, raising(error))(3)
    assert caught.value is error
    assert world.lines == ["test(3) = ?"]


def test_preemption_passes_through(world):
    world.spawn()
    with pytest.raises(Preempted):
        world.guest.calls[EXTENSION, "yield"]()


def test_without_a_trace_nothing_is_wrapped(world):
    guest = Guest(world.kernel, world.spawn())
    plain = bind_call(guest, CALLS[READ])
    assert plain.__qualname__.startswith("_bind_errno")
    assert bind_call(world.guest, CALLS[READ]).__qualname__.startswith("_traced")


def test_one_entry_for_glue(world):
    assert invoke(world.guest, (PREVIEW1, "fd_close"), [60]) == ERRNO["EBADF"]


def test_two_guests_do_not_share_anything(world):
    other = world.make_guest(world.spawn())
    world.call("fd_close", 3)
    assert other.calls[PREVIEW1, "fd_close"](3) == 0


# --- turns between calls ---


def test_others_run_after_a_burst_of_calls(world):
    other = world.spawn()
    args = (*world.text("none"), world.take(64))
    for _ in range(BURST):
        world.raw("path_filestat_get", 3, 0, *args)
    with pytest.raises(TurnOver):
        world.raw("path_filestat_get", 3, 0, *args)
    assert world.process.usage.syscalls == BURST
    for _ in range(BURST):  # the next try is made, and so are those after it
        world.raw("path_filestat_get", 3, 0, *args)
    assert other.is_alive


def test_nobody_waits_when_nobody_else_is_ready(world):
    for _ in range(3 * BURST):
        world.raw("fd_close", 60)


@pytest.mark.parametrize("call", ["fast_read", "fast_write"])
def test_the_short_way_takes_turns_as_well(world, call):
    world.spawn()
    args = (60, b"x") if call == "fast_write" else (60, 1)
    for _ in range(BURST):
        assert getattr(fast, call)(world.guest, *args) == -ERRNO["EBADF"]
    with pytest.raises(TurnOver):
        getattr(fast, call)(world.guest, *args)
    assert getattr(fast, call)(world.guest, *args) == -ERRNO["EBADF"]


def test_what_cannot_be_suspended_never_gives_up_its_turn(world):
    world.spawn()
    out = world.take(8)
    for _ in range(2 * BURST):
        world.raw("clock_time_get", 1, 0, out)
        world.raw("random_get", out, 8)
        world.raw("fd_seek", 60, 0, 0, out)
    with pytest.raises(TurnOver):
        world.raw("fd_close", 60)


def test_a_fatal_signal_ends_a_burst(world):
    world.spawn()
    for _ in range(BURST):
        world.raw("fd_close", 60)
    world.kernel.deliver(world.process, Signal.INT)
    with pytest.raises(ProcessExit):
        world.raw("fd_close", 60)
