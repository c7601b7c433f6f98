from __future__ import annotations

from orchestrator.kernel.fdtable import FdTable
from orchestrator.kernel.host import Collector, HostInput, HostOutput
from orchestrator.kernel.outlet import Outlet
from orchestrator.kernel.signal import Signal
from orchestrator.kernel.system import System
from tests.orchestrator.kernel.box import Box


def table(stdin: HostInput | None = None, stdout: Outlet | None = None) -> FdTable:
    fds = FdTable()
    if stdin is not None:
        fds.set(0, stdin)
    fds.set(1, HostOutput(stdout or Collector().outlet))
    return fds


def test_a_slow_consumer_makes_the_writer_wait(box: Box) -> None:
    taken: list[bytes] = []
    outlet = Outlet(taken.append, window=100)
    process, _, _ = box.start(
        lambda system: system.write(1, bytes(250)) * 0, fds=table(None, outlet)
    )
    box.settle()
    assert (len(b"".join(taken)), outlet.room()) == (100, 0)
    outlet.acknowledge(30)  # not worth a switch yet
    box.settle()
    assert len(b"".join(taken)) == 100
    outlet.acknowledge(70)
    box.settle()
    assert len(b"".join(taken)) == 200
    outlet.acknowledge(100)
    assert box.finish(process).code == 0
    assert len(b"".join(taken)) == 250


def test_a_consumer_that_goes_is_a_broken_pipe(box: Box) -> None:
    outlet = Outlet(lambda data: None, window=10)
    process, _, _ = box.start(lambda system: system.write(1, bytes(1000)), fds=table(None, outlet))
    box.settle()
    assert process.is_alive
    outlet.close()
    assert box.finish(process).signal is Signal.PIPE
    assert HostOutput(outlet).is_hung_up()
    assert HostOutput(outlet).writable()


def test_a_paced_writer_leaves_room_for_what_is_posted(box: Box) -> None:
    """`yes` on a host's terminal never blocks and burns no fuel; ^C must reach it all the same."""
    written: list[int] = []

    def yes(system: System) -> None:
        while True:
            system.write(1, bytes(1000))

    def deliver(data: bytes) -> None:
        written.append(len(data))
        if sum(written) == 5000:
            scheduler.post(lambda: box.kernel.kill(None, process.pid, Signal.INT))

    scheduler = box.kernel.scheduler
    outlet = Outlet.paced(deliver, scheduler.post, window=10_000)
    process, _, _ = box.start(yes, fds=table(None, outlet))
    assert box.finish(process).signal is Signal.INT
    assert sum(written) == 10_000
    box.kernel.scheduler.next()
    assert outlet.room() == 10_000


def test_force_ignores_the_window_but_not_the_close() -> None:
    taken: list[bytes] = []
    outlet = Outlet(taken.append, window=1)
    outlet.force(b"echo")
    assert outlet.room() == 0
    outlet.close()
    outlet.force(b"lost")
    assert taken == [b"echo"]
