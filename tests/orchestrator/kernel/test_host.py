from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from orchestrator.kernel.fdtable import FdTable
from orchestrator.kernel.host import Collector, HostInput, HostOutput
from orchestrator.kernel.outlet import Outlet
from orchestrator.kernel.signal import Signal
from orchestrator.kernel.system import System
from orchestrator.kernel.wait import WouldBlock
from tests.orchestrator.kernel.box import Box, fails


def table(stdin: HostInput | None = None, stdout: Outlet | None = None) -> FdTable:
    fds = FdTable()
    if stdin is not None:
        fds.set(0, stdin)
    fds.set(1, HostOutput(stdout or Collector().outlet))
    return fds


def test_input_is_asked_for_only_when_read_and_once(box: Box) -> None:
    asked: list[int] = []
    source = HostInput(lambda: asked.append(1))
    process, _, _ = box.start(lambda system: system.read(0) and system.sleep(5), fds=table(source))
    assert not asked
    box.settle()
    assert len(asked) == 1
    source.feed(b"data")
    box.finish(process)
    assert len(asked) == 1


def test_a_program_that_does_not_read_takes_nothing_from_the_host(box: Box) -> None:
    asked: list[int] = []
    process, _, _ = box.start(
        lambda system: system.write(1, b"x") * 0, fds=table(HostInput(lambda: asked.append(1)))
    )
    box.finish(process)
    assert not asked


def test_input_arrives_in_order_and_ends(box: Box) -> None:
    source = HostInput()
    out = Collector()

    def main(system: System) -> None:
        system.write(1, system.read_all(0))

    process, _, _ = box.start(main, fds=table(source, out.outlet))
    for piece in (b"one ", b"", b"two"):
        box.settle()
        box.kernel.scheduler.post(lambda piece=piece: source.feed(piece))
    box.settle()
    box.kernel.scheduler.post(source.end)
    box.finish(process)
    assert out.value() == b"one two"
    source.feed(b"late")  # after the end and the close: taken by nobody
    assert source.available() == 0


def test_closing_forgets_what_was_not_read(box: Box) -> None:
    source = HostInput()
    source.feed(b"unread")
    process, _, _ = box.start(lambda system: 0, fds=table(source))
    box.finish(process)
    assert source.available() == 0
    source.feed(b"late")
    assert source.read_nowait(10) == b""


def test_a_pump_may_answer_at_once() -> None:
    pieces = [b"a", b"b"]

    def pump() -> None:
        source.feed(pieces.pop(0)) if pieces else source.end()

    source = HostInput(pump)
    assert [source.read_nowait(10) for _ in range(4)] == [b"a", b"b", b"", b""]


def test_input_without_data() -> None:
    source = HostInput()
    assert source.read_nowait(0) == b""
    with pytest.raises(WouldBlock) as caught:
        source.read_nowait(5)
    assert caught.value.waitables == (source.read_waitable,)
    source.set_flags(source.flags | 0x100)
    source.nonblock = True
    with fails("EAGAIN"):
        source.read_nowait(5)
    with fails("EBADF"):
        source.write_nowait(b"x")
    assert not source.is_hung_up()


@given(some.lists(some.binary(max_size=50)), some.integers(1, 20))
def test_byte_counts_do_not_matter(pieces: list[bytes], size: int) -> None:
    source = HostInput()
    for piece in pieces:
        source.feed(piece)
    source.end()
    taken = []
    while data := source.read_nowait(size):
        assert len(data) <= size
        taken.append(data)
    assert b"".join(taken) == b"".join(pieces)


def test_collecting_up_to_a_limit(box: Box) -> None:
    everything, some_of_it = Collector(), Collector(limit=5)
    for collector in (everything, some_of_it):
        for piece in (b"abc", b"", b"def", b"ghi"):
            assert collector.outlet.send(piece) == len(piece)
    assert (everything.value(), everything.is_truncated) == (b"abcdefghi", False)
    assert (some_of_it.value(), some_of_it.is_truncated, some_of_it.size) == (b"abcde", True, 5)


def test_a_full_collector_can_end_the_writer(box: Box) -> None:
    collector = Collector(limit=10_000, discard=False)

    def yes(system: System) -> None:
        while True:
            system.write(1, b"y\n" * 500)

    process, _, _ = box.start(yes, fds=table(None, collector.outlet))
    assert box.finish(process).signal is Signal.PIPE
    assert len(collector.value()) == 10_000


def test_outputs_nonblocking_and_kind() -> None:
    output = HostOutput(Outlet(lambda data: None, window=1))
    assert output.write_nowait(b"") == 0
    assert output.write_nowait(b"ab") == 1
    assert not output.writable()
    output.nonblock = True
    with fails("EAGAIN"):
        output.write_nowait(b"b")
    assert output.stat().mode & 0o170000 == 0o010000
