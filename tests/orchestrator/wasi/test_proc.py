"""`proc_exit`, `proc_raise`."""

import pytest

from orchestrator.kernel.signal import Disposition, Signal
from orchestrator.kernel.wait import ProcessExit, WouldBlock
from orchestrator.wasi.abi import SIGNAL_NAMES

NUMBER = {name: number for number, name in enumerate(SIGNAL_NAMES)}


@pytest.mark.parametrize(
    ("code", "status"), [(0, 0), (3, 3), (256, 0), (257, 1), (0xFFFFFFFF, 255)]
)
def test_exit_keeps_the_low_eight_bits(world, code, status):
    with pytest.raises(ProcessExit) as caught:
        world.raw("proc_exit", code)
    assert caught.value.status.exit_code == status
    assert world.line == f"proc_exit({code}) = ?"


def test_raising_none_only_asks(world):
    assert world.call("proc_raise", 0) == "SUCCESS"
    assert world.line == "proc_raise(NONE) = 0"


@pytest.mark.parametrize("signal", [31, -1, 1000, 1 << 31])
def test_unknown_signals(world, signal):
    assert world.call("proc_raise", signal) == "EINVAL"


@pytest.mark.parametrize("name", ["TERM", "ABRT", "KILL", "USR1", "PIPE", "SYS", "POLL"])
def test_a_fatal_signal_ends_the_process(world, name):
    with pytest.raises(ProcessExit) as caught:
        world.raw("proc_raise", NUMBER[name])
    assert caught.value.status.signal is Signal["IO" if name == "POLL" else name]
    assert world.line == f"proc_raise({name}) = ?"


def test_numbers_are_preview1s_not_linuxs(world):
    assert world.call("proc_raise", NUMBER["CHLD"]) == "SUCCESS"  # 16: Linux's STKFLT would kill
    assert world.call("proc_raise", NUMBER["WINCH"]) == "SUCCESS"


def test_an_ignored_signal_changes_nothing(world):
    world.process.signals.set(Signal.TERM, Disposition.IGNORE)
    assert world.call("proc_raise", NUMBER["TERM"]) == "SUCCESS"


def test_a_stop_returns_when_the_process_goes_on(world):
    with pytest.raises(WouldBlock) as caught:
        world.raw("proc_raise", NUMBER["STOP"])
    assert world.process.stopped
    scheduler = world.kernel.scheduler
    scheduler.block(world.process, caught.value)
    assert scheduler.next() is None
    world.kernel.deliver(world.process, Signal.CONT)
    assert scheduler.next() is world.process
    assert world.call("proc_raise", NUMBER["STOP"]) == "SUCCESS"
    assert not world.process.stopped
    assert world.process.call is None
    assert world.lines == ["proc_raise(STOP) = 0"]
