"""`proc_wait`, `proc_kill`, `proc_ids`, `proc_setpgid`, `proc_setsid`, `tty_getpgrp`, `tty_setpgrp`."""

import struct

import pytest

from orchestrator.kernel.outlet import Outlet
from orchestrator.kernel.process import Status
from orchestrator.kernel.signal import Disposition, Signal
from orchestrator.kernel.tty import Tty
from orchestrator.kernel.wait import ProcessExit, WouldBlock
from orchestrator.wasi.processes import signed
from tests.orchestrator.wasi.conftest import NoProgram
from vfs.access import Credentials
from vfs.inode import OpenFlags

NOHANG, UNTRACED, CONTINUED = 1, 2, 8


@pytest.fixture
def child(world):
    return born(world)


def born(world, **options):
    return world.kernel.spawn_program(world.process, NoProgram(), ("child",), **options)


@pytest.fixture
def tty(world):
    """The guest's controlling terminal, open at fd 0."""
    tty = Tty(world.kernel, Outlet(lambda data: None))
    world.process.tty = tty.control(world.process.sid)
    world.process.fds.set(0, tty.open(OpenFlags.READ | OpenFlags.WRITE))
    return tty


def wait(world, pid=-1, flags=0):
    """Return the errno, or pid and status."""
    out = world.take(8)
    answer = world.extension("proc_wait", pid, flags, out, writes=[(out, 8)])
    return struct.unpack("<II", world.memory.read(out, 8)) if answer == "SUCCESS" else answer


@pytest.mark.parametrize(
    ("status", "number"),
    [
        (Status.exited(0), 0),
        (Status.exited(7), 0x700),
        (Status.exited(255), 0xFF00),
        (Status.killed(Signal.KILL), 9),
        (Status.killed(Signal.SEGV), 11),
    ],
)
def test_waiting_for_the_dead(world, child, status, number):
    world.kernel.exit(child, status)
    assert wait(world) == (child.pid, number)
    assert world.line == f"proc_wait(-1, 0, {{pid={child.pid}, status={number:#06x}}}) = 0"
    assert wait(world) == "ECHILD"


def test_waiting_for_the_stopped(world, child):
    assert wait(world, child.pid, NOHANG | UNTRACED) == (0, 0)
    world.kernel.deliver(child, Signal.STOP)
    assert wait(world, child.pid, NOHANG) == (0, 0)
    assert wait(world, child.pid, UNTRACED) == (child.pid, 0x137F)
    assert world.line.startswith(f"proc_wait({child.pid}, UNTRACED, ")
    world.kernel.deliver(child, Signal.CONT)
    assert wait(world, -1, CONTINUED) == (child.pid, 0xFFFF)


def test_waiting_for_some(world, child):
    other = born(world, pgid=0)
    for process in (child, other):
        world.kernel.exit(process, Status.exited(1))
    assert wait(world, -other.pid) == (other.pid, 0x100)
    assert wait(world, other.pid) == "ECHILD"
    assert wait(world, 0) == (child.pid, 0x100)
    assert wait(world, -(1 << 31)) == "ECHILD"


def test_waiting_takes_time(world, child):
    out = world.take(8)
    with pytest.raises(WouldBlock) as caught:
        world.raw("proc_wait", -1, 0, out, module="pagebox")
    assert caught.value.waitables == (world.process.child_event,)
    world.process.signals.set(Signal.USR1, Disposition.CATCH)
    world.kernel.deliver(world.process, Signal.USR1)
    assert world.extension("proc_wait", -1, 0, out) == "EINTR"
    # A signal interrupts once, and a child that has ended comes before it.
    world.process.signals.set(Signal.CHLD, Disposition.CATCH)
    world.kernel.exit(child, Status.exited(0))
    assert wait(world) == (child.pid, 0)


def test_nothing_is_reaped_for_a_bad_pointer(world, child):
    world.kernel.exit(child, Status.exited(0))
    assert world.extension("proc_wait", -1, 0, world.memory.size() - 7) == "EFAULT"
    assert world.extension("proc_wait", -1, 16, world.take(8)) == "EINVAL"
    assert wait(world) == (child.pid, 0)


# --- proc_kill ---


def test_killing_a_child(world, child):
    assert world.extension("proc_kill", child.pid, 15) == "SUCCESS"
    assert world.line == f"proc_kill({child.pid}, TERM) = 0"
    assert child.signals.fatal is Signal.TERM


@pytest.mark.parametrize(
    ("pid", "signal", "symbol"),
    [(99, 15, "ESRCH"), (-99, 15, "ESRCH"), (1, 15, "EPERM"), (0, 32, "EINVAL"), (0, -1, "EINVAL")],
)
def test_killing_in_vain(world, pid, signal, symbol):
    assert world.extension("proc_kill", pid, signal) == symbol
    assert world.extension("proc_kill", pid & 0xFFFFFFFF, signal & 0xFFFFFFFF) == symbol


def test_killing_somebody_elses(make_world):
    world = make_world(cred=Credentials(uid=5, gid=5))
    other = world.spawn(cred=Credentials(uid=6, gid=6))
    assert world.extension("proc_kill", other.pid, 15) == "EPERM"
    assert world.extension("proc_kill", other.pid, 0) == "EPERM"


def test_killing_oneself(world):
    with pytest.raises(ProcessExit) as caught:
        world.raw("proc_kill", world.process.pid, 15, module="pagebox")
    assert caught.value.status.signal is Signal.TERM


def test_stopping_oneself_returns_when_one_goes_on(world):
    with pytest.raises(WouldBlock):
        world.raw("proc_kill", world.process.pid, 19, module="pagebox")
    assert world.process.stopped
    world.kernel.deliver(world.process, Signal.CONT)
    assert world.extension("proc_kill", world.process.pid, 19) == "SUCCESS"
    assert not world.process.stopped


def test_a_stopped_process_goes_nowhere_though_a_signal_is_pending(world):
    world.process.signals.set(Signal.USR1, Disposition.CATCH)
    world.kernel.deliver(world.process, Signal.USR1)
    with pytest.raises(WouldBlock):
        world.raw("proc_kill", 0, 19, module="pagebox")


# --- who one is ---


def test_ids(world, child):
    out = world.take(16)
    assert world.extension("proc_ids", out, writes=[(out, 16)]) == "SUCCESS"
    pid = world.process.pid
    assert struct.unpack("<4I", world.memory.read(out, 16)) == (pid, 1, pid, pid)
    assert world.line == f"proc_ids({{pid={pid}, ppid=1, pgid={pid}, sid={pid}}}) = 0"
    assert world.extension("proc_ids", world.memory.size() - 15) == "EFAULT"


def test_groups(world, child):
    assert world.extension("proc_setpgid", child.pid, 0) == "SUCCESS"
    assert child.pgid == child.pid
    assert world.extension("proc_setpgid", child.pid, world.process.pid) == "SUCCESS"
    assert child.pgid == world.process.pgid
    assert world.extension("proc_setpgid", 0, 0) == "EPERM"  # it leads its session
    assert world.extension("proc_setpgid", 99, 0) == "ESRCH"
    assert world.extension("proc_setpgid", -1, 0) == "EINVAL"
    assert world.extension("proc_setpgid", child.pid, 99) == "EPERM"


def test_sessions(world, child):
    assert world.extension("proc_setsid") == "EPERM"
    world.guest = world.make_guest(child)
    assert world.extension("proc_setsid") == "SUCCESS"
    assert (child.sid, child.pgid) == (child.pid, child.pid)


# --- the terminal ---


def test_the_foreground(world, tty, child):
    out = world.take(4)
    assert world.extension("tty_getpgrp", 0, out, writes=[(out, 4)]) == "SUCCESS"
    assert world.memory.load_u32(out) == world.process.pgid
    world.kernel.setpgid(world.process, child.pid, 0)
    assert world.extension("tty_setpgrp", 0, child.pid) == "SUCCESS"
    assert tty.foreground == child.pid


def test_the_foreground_is_not_for_the_background(world, tty, child):
    world.kernel.setpgid(world.process, child.pid, 0)
    child.fds.set(0, tty.open(OpenFlags.READ))
    world.guest = world.make_guest(child)
    with pytest.raises(WouldBlock):
        world.raw("tty_setpgrp", 0, child.pid, module="pagebox")
    assert child.stopped
    assert tty.foreground == world.process.pgid


def test_the_foreground_that_cannot_be(world, tty):
    out = world.take(4)
    reader, _ = world.pipe()
    assert world.extension("tty_getpgrp", 60, out) == "EBADF"
    assert world.extension("tty_getpgrp", reader, out) == "ENOTTY"
    assert world.extension("tty_getpgrp", 0, world.memory.size() - 3) == "EFAULT"
    assert world.extension("tty_setpgrp", 60, 1) == "EBADF"
    assert world.extension("tty_setpgrp", reader, 1) == "ENOTTY"
    assert world.extension("tty_setpgrp", 0, 99) == "EPERM"
    assert world.extension("tty_setpgrp", 0, 0) == "EINVAL"
    assert world.extension("tty_setpgrp", 0, -5) == "EINVAL"
    world.process.tty = None
    assert world.extension("tty_getpgrp", 0, out) == "ENOTTY"
    assert world.extension("tty_setpgrp", 0, world.process.pgid) == "ENOTTY"


def test_signed():
    assert [signed(n) for n in (0, 5, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, -1)] == [
        0,
        5,
        (1 << 31) - 1,
        -(1 << 31),
        -1,
        -1,
    ]
