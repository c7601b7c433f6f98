from __future__ import annotations

import errno

import pytest
from hypothesis import given
from hypothesis import strategies as some

from orchestrator.kernel.pipe import CAPACITY, CHUNKS_MAX, PIPE_BUF, Pipe, PipeReader, PipeWriter
from orchestrator.kernel.signal import Disposition, Signal
from orchestrator.kernel.system import System
from orchestrator.kernel.wait import WouldBlock
from tests.orchestrator.kernel.box import Box, fails
from vfs.inode import OpenFlags

NOTHING = OpenFlags(0)


def ends(flags: OpenFlags = NOTHING) -> tuple[PipeReader, PipeWriter]:
    pipe = Pipe()
    reader = PipeReader(pipe, OpenFlags.READ | flags)
    return reader.hold(), PipeWriter(pipe, OpenFlags.WRITE | flags).hold()


def test_a_block_read_as_written_is_the_same_object() -> None:
    reader, writer = ends()
    block = bytes(65536)
    assert writer.write_nowait(block) == 65536
    assert reader.read_nowait(65536) is block
    writer.write_nowait(block)
    assert reader.read_nowait(1 << 20) is block


def test_reads_gather_what_is_there_and_split_what_is_longer() -> None:
    reader, writer = ends()
    for part in (b"one", b"two", b"three"):
        writer.write_nowait(part)
    assert [reader.read_nowait(n) for n in (1, 4, 100)] == [b"o", b"netw", b"othree"]


def test_empty_blocks_then_ends() -> None:
    reader, writer = ends()
    with pytest.raises(WouldBlock) as caught:
        reader.read_nowait(1)
    assert caught.value.waitables == (reader.pipe.readable,)
    writer.write_nowait(b"last")
    writer.release()
    assert reader.read_nowait(10) == b"last"
    assert reader.read_nowait(10) == b""
    assert reader.is_hung_up()


def test_zero_and_negative_sizes() -> None:
    reader, writer = ends()
    assert reader.read_nowait(0) == b""
    assert writer.write_nowait(b"") == 0
    with pytest.raises(OSError, match="Invalid argument") as caught:
        reader.read_nowait(-1)
    assert caught.value.errno == errno.EINVAL


def test_full_blocks_and_short_writes_fill_it() -> None:
    reader, writer = ends()
    assert writer.write_nowait(bytes(CAPACITY - 10)) == CAPACITY - 10
    with pytest.raises(WouldBlock):  # all or nothing up to PIPE_BUF
        writer.write_nowait(bytes(PIPE_BUF))
    assert reader.available() == CAPACITY - 10
    assert writer.write_nowait(bytes(PIPE_BUF + 1)) == 10
    with pytest.raises(WouldBlock):
        writer.write_nowait(bytes(PIPE_BUF + 1))
    assert not writer.writable()
    assert len(reader.read_nowait(1 << 20)) == CAPACITY
    assert writer.writable()


def test_writable_means_that_pipe_buf_fits() -> None:
    reader, writer = ends()
    writer.write_nowait(bytes(CAPACITY - PIPE_BUF))
    assert writer.writable()
    writer.write_nowait(b"x")
    assert not writer.writable()
    assert reader.readable()


def test_no_reader_is_a_broken_pipe() -> None:
    reader, writer = ends()
    writer.write_nowait(b"unread")
    reader.release()
    assert writer.writable()
    assert writer.is_hung_up()
    with pytest.raises(BrokenPipeError):
        writer.write_nowait(b"x")
    assert writer.pipe.size == 0


def test_nonblock_says_so() -> None:
    reader, writer = ends(OpenFlags.NONBLOCK)
    with pytest.raises(BlockingIOError):
        reader.read_nowait(1)
    writer.write_nowait(bytes(CAPACITY))
    with pytest.raises(BlockingIOError):
        writer.write_nowait(b"x")


def test_the_wrong_end_and_seeking() -> None:
    reader, writer = ends()
    for attempt in (lambda: reader.write_nowait(b"x"), lambda: writer.read_nowait(1)):
        with pytest.raises(OSError, match="Bad file descriptor"):
            attempt()
    with pytest.raises(OSError, match="Illegal seek"):
        reader.seek(0)


def test_a_buffer_that_changes_later_was_copied() -> None:
    reader, writer = ends()
    data = bytearray(b"before")
    writer.write_nowait(data)
    data[:] = b"after!"
    assert reader.read_nowait(10) == b"before"


@given(
    some.lists(
        some.one_of(
            some.binary(max_size=9000),
            some.integers(min_value=0, max_value=70_000),
            some.just(b"x" * CAPACITY),
        ),
        max_size=40,
    )
)
def test_bytes_in_are_bytes_out_in_order(script: list[bytes | int]) -> None:
    """A write is bytes, a read a size. What was accepted comes out once, in order."""
    reader, writer = ends()
    accepted, taken = bytearray(), bytearray()
    for step in script:
        try:
            if isinstance(step, bytes):
                count = writer.write_nowait(step)
                assert count == len(step) or (len(step) > PIPE_BUF and 0 < count < len(step))
                accepted += step[:count]
            else:
                data = reader.read_nowait(step)
                assert len(data) <= step
                taken += data
        except WouldBlock:
            pass
        assert 0 <= reader.pipe.size <= CAPACITY
        assert len(accepted) - len(taken) == reader.available()
    writer.release()
    while data := reader.read_nowait(10_000):
        taken += data
    assert taken == accepted


# --- between processes ---


def copy(system: System, source: int, target: int, size: int) -> None:
    while data := system.read(source, size):
        system.write(target, data)


@given(
    blocks=some.lists(some.binary(min_size=1, max_size=200_000), max_size=5),
    size=some.sampled_from([1000, 4096, 65536, 100_000]),
)
def test_three_stages_keep_every_byte(blocks: list[bytes], size: int) -> None:
    def main(system: System) -> bytes:
        first, second = system.pipe(cloexec=True), system.pipe(cloexec=True)

        def produce(child: System) -> None:
            for fd in (first[0], *second):
                child.close(fd)
            for block in blocks:
                child.write(first[1], block)

        def pass_on(child: System) -> None:
            child.close(first[1])
            child.close(second[0])
            copy(child, first[0], second[1], size)

        system.subprogram(produce)
        system.subprogram(pass_on)
        for fd in (*first, second[1]):
            system.close(fd)
        return system.read_all(second[0])

    assert Box().call(main) == b"".join(blocks)


def test_an_endless_producer_dies_of_its_closed_pipe(box: Box) -> None:
    def yes(system: System) -> None:
        while True:
            system.write(1, b"y\n" * 1000)

    def main(system: System) -> tuple[bytes, int]:
        reader, writer = system.pipe(cloexec=True)
        fds = system.process.fds.clone()
        fds.set(1, system.file(writer))
        child = system.subprogram(yes, ["yes"], fds=fds)
        system.close(writer)
        head = system.read(reader, 4)
        system.close(reader)
        return head, system.waitpid(child.pid)[1].exit_code

    assert box.call(main) == (b"y\ny\n", 128 + Signal.PIPE)
    assert box.kernel.pipes == 0


def test_a_producer_that_ignores_sigpipe_gets_the_error(box: Box) -> None:
    def main(system: System) -> str:
        reader, writer = system.pipe()
        system.set_signal(Signal.PIPE, Disposition.IGNORE)
        system.close(reader)
        with pytest.raises(BrokenPipeError):
            system.write(writer, b"x")
        return "survived"

    assert box.call(main) == "survived"


def test_pipes_are_limited_in_all() -> None:
    def main(system: System) -> int:
        pairs = [system.pipe() for _ in range(3)]
        with fails("ENFILE"):
            system.pipe()
        system.close(pairs[0][0])
        system.close(pairs[0][1])
        return len(system.pipe())

    assert Box(pipe_bytes=3 * CAPACITY).call(main) == 2


def test_byte_wise_writers_do_not_pile_up_objects() -> None:
    reader, writer = ends()
    reader.read_nowait(0)
    writer.write_nowait(b"!")
    for number in range(20_000):
        writer.write_nowait(b"%02d" % (number % 100))
        assert len(reader.pipe.chunks) <= CHUNKS_MAX
    assert reader.read_nowait(1) == b"!"
    assert reader.read_nowait(1 << 20) == b"".join(b"%02d" % (n % 100) for n in range(20_000))
