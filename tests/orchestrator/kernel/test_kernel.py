from __future__ import annotations

import threading

from orchestrator.kernel.process import Process
from orchestrator.kernel.signal import Signal
from orchestrator.kernel.system import System
from tests.orchestrator.kernel.box import Box


def test_two_kernels_know_nothing_of_each_other() -> None:
    one, two = Box(), Box()
    first, _, _ = one.start(lambda system: system.pause())
    second, _, _ = two.start(lambda system: system.pause())
    assert first.pid == second.pid
    one.kernel.kill(None, -1, Signal.KILL)
    one.finish(first)
    assert second.is_alive
    assert one.kernel.devices is not two.kernel.devices


def test_everything_can_be_ended_from_outside(box: Box) -> None:
    def busy(system: System) -> None:
        while True:
            system.step(1000)

    def asleep(system: System) -> None:
        system.pause()

    def full(system: System) -> None:
        _, writer = system.pipe()
        system.write(writer, bytes(1 << 20))

    processes: list[Process] = []
    for main in (busy, asleep, full) * 3:
        processes.append(box.start(main)[0])
    box.run(lambda: box.kernel.scheduler.switches > 100)
    processes.append(box.start(busy)[0])  # never ran
    box.kernel.kill(None, -1, Signal.KILL)
    box.run(lambda: not box.kernel.processes)
    assert {process.status and process.status.signal for process in processes} == {Signal.KILL}
    assert box.kernel.pipes == 0


def test_alive_leaves_zombies_out(box: Box) -> None:
    def main(system: System) -> None:
        child = system.subprogram(lambda child: 0)
        assert system.kernel.alive() == [system.process, child]
        system.yield_now()
        assert system.kernel.alive() == [system.process]
        assert child.pid in system.kernel.processes

    box.call(main)


def test_posts_from_many_threads_all_arrive(box: Box) -> None:
    arrived: list[int] = []
    scheduler = box.kernel.scheduler

    def poster(number: int) -> None:
        for index in range(200):
            scheduler.post(lambda: arrived.append(number * 1000 + index))  # noqa: B023

    def main(system: System) -> None:
        threads = [threading.Thread(target=poster, args=(number,)) for number in range(5)]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            system.yield_now()

    box.call(main)
    scheduler.next()
    assert len(arrived) == 1000
