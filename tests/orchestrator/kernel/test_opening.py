from __future__ import annotations

import pytest

from orchestrator.kernel.process import State
from orchestrator.kernel.signal import Disposition, Signal
from orchestrator.kernel.system import System
from tests.orchestrator.kernel.box import Box, fails
from vfs.access import Credentials
from vfs.inode import OpenFlags
from vfs.memfs import MemNode

R, W, RW = OpenFlags.READ, OpenFlags.WRITE, OpenFlags.READ | OpenFlags.WRITE
NONBLOCK = OpenFlags.NONBLOCK


@pytest.fixture
def fifo(box: Box) -> Box:
    box.call(lambda system: system.mkfifo("/tmp/fifo"))
    return box


def attachment(box: Box) -> object:
    root = box.namespace.root
    inode = box.namespace.resolve(root, "/tmp/fifo", Credentials()).inode
    assert isinstance(inode, MemNode)
    assert inode.opens == (inode.attachment is not None)  # held just as long as it is open
    return inode.attachment


@pytest.mark.parametrize("reader_first", [True, False])
def test_each_end_waits_for_the_other(fifo: Box, reader_first: bool) -> None:
    def main(system: System) -> bytes:
        def other(child: System) -> None:
            if reader_first:
                child.sleep(10)
            child.write(child.open("/tmp/fifo", W), b"through")

        system.subprogram(other)
        if not reader_first:
            system.sleep(10)
        return system.read_all(system.open("/tmp/fifo", R))

    assert fifo.call(main) == b"through"
    assert attachment(fifo) is None


def test_a_writer_that_came_and_went_lets_the_reader_in(fifo: Box) -> None:
    """The writer opens, writes and closes before the reader, woken by its open, runs again."""

    def main(system: System) -> bytes:
        def writer(child: System) -> None:
            child.sleep(10)
            fd = child.open("/tmp/fifo", W)
            child.write(fd, b"short visit")
            child.close(fd)

        system.subprogram(writer)
        return system.read_all(system.open("/tmp/fifo", R))

    assert fifo.call(main) == b"short visit"


def test_nonblocking_opens(fifo: Box) -> None:
    def main(system: System) -> bytes:
        with fails("ENXIO"):
            system.open("/tmp/fifo", W | NONBLOCK)
        reader = system.open("/tmp/fifo", R | NONBLOCK)
        assert system.read(reader) == b""  # no writer yet: the end, as Linux
        writer = system.open("/tmp/fifo", W | NONBLOCK)
        with fails("EAGAIN"):
            system.read(reader)
        system.write(writer, b"now")
        return system.read(reader)

    assert fifo.call(main) == b"now"


def test_both_ways_never_waits(fifo: Box) -> None:
    def main(system: System) -> bytes:
        fd = system.open("/tmp/fifo", RW)
        system.write(fd, b"to myself")
        return system.read(fd)

    assert fifo.call(main) == b"to myself"
    assert attachment(fifo) is None


@pytest.mark.parametrize("flags", [R, W])
def test_killing_one_that_waits_withdraws_its_intent(fifo: Box, flags: OpenFlags) -> None:
    process, _, _ = fifo.start(lambda system: system.open("/tmp/fifo", flags))
    fifo.settle()
    assert process.state is State.BLOCKED
    assert attachment(fifo) is not None
    fifo.kernel.kill(None, process.pid, Signal.KILL)
    fifo.finish(process)
    assert attachment(fifo) is None
    fifo.call(lambda system: system.read(system.open("/tmp/fifo", R | NONBLOCK)))


def test_a_caught_signal_withdraws_it_too(fifo: Box) -> None:
    def main(system: System) -> None:
        system.set_signal(Signal.USR1, Disposition.CATCH)
        child = system.subprogram(lambda child: child.kill(child.ppid, Signal.USR1))
        with pytest.raises(InterruptedError):
            system.open("/tmp/fifo", W)
        assert attachment(fifo) is None
        system.waitpid(child.pid)

    fifo.call(main)


def test_a_fifo_that_is_removed_while_open_goes_on(fifo: Box) -> None:
    def main(system: System) -> bytes:
        fd = system.open("/tmp/fifo", RW)
        system.unlink("/tmp/fifo")
        system.write(fd, b"still")
        return system.read(fd)

    assert fifo.call(main) == b"still"


def test_no_room_in_the_table_opens_nothing(fifo: Box) -> None:
    def main(system: System) -> None:
        system.process.fds.limit = 4
        system.open("/tmp/fifo", RW)
        system.open("/dev/null")
        with fails("EMFILE"):
            system.open("/tmp/fifo", RW)
        with fails("EMFILE"):
            system.pipe()
        pipe = attachment(fifo)
        assert (pipe.readers, pipe.writers) == (1, 1)  # type: ignore[attr-defined]

    fifo.call(main)
    assert fifo.kernel.pipes == 0


def test_fifos_count_as_pipes() -> None:
    box = Box(pipe_bytes=65536)

    def main(system: System) -> None:
        system.mkfifo("/tmp/fifo")
        pair = system.pipe()
        with fails("ENFILE"):
            system.open("/tmp/fifo", RW)
        for fd in pair:
            system.close(fd)
        system.open("/tmp/fifo", RW)

    box.call(main)
    assert box.kernel.pipes == 0


def test_create_mode_umask_and_flags(box: Box) -> None:
    def main(system: System) -> None:
        assert system.umask(0o027) == 0o022
        fd = system.open("new", W | OpenFlags.CREAT | OpenFlags.EXCL | OpenFlags.CLOEXEC, 0o777)
        assert system.get_cloexec(fd)
        assert system.stat("new").mode & 0o777 == 0o750
        with fails("EEXIST"):
            system.open("new", W | OpenFlags.CREAT | OpenFlags.EXCL)
        assert system.umask() == 0o027
        system.write(fd, b"text")
        system.open("new", W | OpenFlags.TRUNC)
        assert system.stat("new").size == 0
        with fails("ENOTDIR"):
            system.open("new", R | OpenFlags.DIRECTORY)

    box.call(main)


def test_opening_from_a_directory_and_beneath_it(box: Box) -> None:
    box.files.write("/tmp/inside", b"x")

    def main(system: System) -> None:
        at = system.resolve("/tmp")
        kernel, process = system.kernel, system.process
        assert kernel.open_nowait(process, at, "inside", R, beneath=True).read_nowait(9) == b"x"
        with fails("EPERM"):
            kernel.open_nowait(process, at, "../bin", R, beneath=True)

    box.call(main)
