"""The calls in the shape the page's glue needs: they do what the ordinary ones do."""

import pytest

from orchestrator.kernel.signal import Disposition, Signal
from orchestrator.kernel.wait import ProcessExit, WouldBlock
from orchestrator.wasi import rights
from orchestrator.wasi.abi import ERRNO
from orchestrator.wasi.fast import fast_clock, fast_random, fast_read, fast_seek, fast_write
from orchestrator.wasi.random import CHUNK


def test_read_and_write(world):
    reader, writer = world.pipe()
    assert fast_write(world.guest, writer, b"hello") == 5
    assert fast_read(world.guest, reader, 2) == b"he"
    assert fast_read(world.guest, reader, 9) == b"llo"
    assert world.process.usage.syscalls == 3


def test_seek(world):
    world.file("/f", b"0123456789")
    fd = world.open("f")
    assert fast_seek(world.guest, fd, 4, 0) == 4
    assert fast_seek(world.guest, fd, (1 << 64) - 1, 1) == 3
    assert fast_seek(world.guest, fd, -1, 2) == 9
    assert fast_seek(world.guest, fd, 0, 1) == 9
    assert fast_seek(world.guest, fd, -1, 0) == -ERRNO["EINVAL"]
    assert fast_read(world.guest, fd, 5) == b"9"


def test_clock_and_random(world):
    assert fast_clock(world.guest, 1) == world.clock.now
    assert fast_clock(world.guest, 9) == -ERRNO["EINVAL"]
    assert fast_random(world.guest, 3) == b"\0\1\2"
    assert len(fast_random(world.guest, 1 << 30)) == CHUNK
    assert fast_random(world.guest, -5) == b""


def test_errors_are_negative_errnos(world):
    assert fast_write(world.guest, 60, b"x") == -ERRNO["EBADF"]
    assert fast_read(world.guest, 3, 1) == -ERRNO["EISDIR"]
    assert fast_seek(world.guest, -1, 0, 0) == -ERRNO["EBADF"]
    assert world.process.usage.syscalls == 3


def test_rights_hold_here_too(world):
    world.file("/f", b"x")
    fd = world.open("f", base=rights.ALL)
    world.call("fd_fdstat_set_rights", fd, rights.FD_SYNC, 0)
    number = -ERRNO["ENOTCAPABLE"]
    assert fast_read(world.guest, fd, 1) == number
    assert fast_write(world.guest, fd, b"y") == number
    assert fast_seek(world.guest, fd, 0, 0) == number
    assert fast_seek(world.guest, fd, 0, 1) == number


def test_blocking(world):
    reader, writer = world.pipe()
    with pytest.raises(WouldBlock):
        fast_read(world.guest, reader, 1)
    assert fast_write(world.guest, writer, bytes(65536)) == 65536
    with pytest.raises(WouldBlock):
        fast_write(world.guest, writer, b"x")
    assert world.process.usage.syscalls == 1


def test_a_broken_pipe(world):
    reader, writer = world.pipe()
    world.process.fds.close(reader)
    with pytest.raises(ProcessExit) as caught:
        fast_write(world.guest, writer, b"x")
    assert caught.value.status.signal is Signal.PIPE


def test_a_broken_pipe_with_the_signal_ignored(world):
    world.process.signals.set(Signal.PIPE, Disposition.IGNORE)
    reader, writer = world.pipe()
    world.process.fds.close(reader)
    assert fast_write(world.guest, writer, b"x") == -ERRNO["EPIPE"]


@pytest.mark.parametrize(
    "call",
    [
        lambda guest: fast_read(guest, 0, 1),
        lambda guest: fast_clock(guest, 1),
        lambda guest: fast_random(guest, 1),
        lambda guest: fast_seek(guest, 0, 0, 0),
        lambda guest: fast_write(guest, 0, b""),
    ],
)
def test_a_finished_call_leaves_no_record(world, call):
    world.file("/f", b"x")
    assert world.open("f", base=rights.ALL) == 0
    world.process.begin_call("earlier try")
    call(world.guest)
    assert world.process.call is None


def test_our_own_mistakes_are_eio_and_kept(world):
    world.guest.entropy = lambda size: 1 // 0
    assert fast_random(world.guest, 1) == -ERRNO["EIO"]
    assert "ZeroDivisionError" in world.kernel.faults[0]
