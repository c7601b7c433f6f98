from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from random import Random

import pytest

from orchestrator.kernel.process import Process, State
from orchestrator.kernel.reaping import WaitOptions
from orchestrator.kernel.signal import Disposition, Signal
from orchestrator.kernel.system import System
from tests.orchestrator.kernel.box import Box, Deadlock
from vfs.access import Credentials
from vfs.errors import symbol_of
from vfs.inode import OpenFlags


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


# --- a storm of everything at once ---

SIGNALS = [
    Signal.STOP,
    Signal.CONT,
    Signal.CONT,
    Signal.TERM,
    Signal.USR1,
    Signal.TSTP,
    Signal.KILL,
]


@contextmanager
def tolerated() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if symbol_of(error) not in EXPECTED:
            raise


def storm(dice: Random, depth: int) -> Callable[[System], int]:
    """A program that does at random what processes do, and never by itself for ever."""

    def main(system: System) -> int:
        if dice.random() < 0.5:
            system.set_signal(Signal.USR1, dice.choice(list(Disposition)))
        for _ in range(dice.randrange(3, 12)):
            system.step(dice.randrange(30_000))
            with tolerated():
                dice.choice(DEEDS)(system, dice, depth)
        return dice.randrange(256)

    return main


def spawn(system: System, dice: Random, depth: int) -> None:
    if depth:
        system.subprogram(storm(dice, depth - 1), pgid=dice.choice([None, 0]))


def wait(system: System, dice: Random, depth: int) -> None:
    options = WaitOptions(dice.choice([0, 1, 2, 3, 8, 10]))
    system.waitpid(dice.choice([-1, 0]), options, timeout=dice.choice([0, 1000, 10**6]))


def signal(system: System, dice: Random, depth: int) -> None:
    pid = dice.choice(list(system.kernel.processes))
    system.kill(dice.choice([pid, -pid]), dice.choice(SIGNALS))


def sleep(system: System, dice: Random, depth: int) -> None:
    system.sleep(dice.randrange(10**6))


def pipe(system: System, dice: Random, depth: int) -> None:
    reader, writer = system.pipe(cloexec=True)
    if depth:
        system.subprogram(lambda child: child.write(writer, bytes(dice.randrange(200_000))) * 0)
    system.close(writer)
    for _ in range(dice.randrange(4)):
        system.read(reader, dice.randrange(1, 100_000))
    system.close(reader)


def fifo(system: System, dice: Random, depth: int) -> None:
    system.close(system.open("/tmp/fifo", dice.choice([OpenFlags.READ, OpenFlags.WRITE])))


def leave(system: System, dice: Random, depth: int) -> None:
    if dice.random() < 0.2:
        system.exit(3)
    if dice.random() < 0.2:
        system.setsid()


def memory(system: System, dice: Random, depth: int) -> None:
    system.kernel.charge_memory(system.process, dice.randrange(1 << 20))


def look(system: System, dice: Random, depth: int) -> None:
    for name in system.listdir("/proc"):
        if name.isdigit():
            system.close(system.open(f"/proc/{name}/stat"))
            system.listdir(f"/proc/{name}/fd")


DEEDS = [spawn, spawn, wait, signal, sleep, pipe, fifo, leave, memory, look]
EXPECTED = {"EINTR", "ECHILD", "EPERM", "ESRCH", "EAGAIN", "EPIPE", "ENOENT"}


def check_queue(box: Box) -> None:
    """A process is in the queue, once, exactly when it is ready and not stopped."""
    queue = list(box.kernel.scheduler._queue)
    able = [p for p in box.kernel.processes.values() if p.state is State.READY and not p.stopped]
    assert sorted(p.pid for p in queue) == sorted(p.pid for p in able)
    for process in box.kernel.processes.values():
        assert process.waiting_on == () or process.state is State.BLOCKED
        for waitable in process.waiting_on:
            assert process in waitable.waiters


def blow(seed: int) -> tuple[Box, list[int]]:
    """Run a storm until all have ended or sleep for good; the pids in the order in which they ran."""
    box, dice, order = Box(processes=40), Random(seed), list[int]()
    box.call(lambda system: system.mkfifo("/tmp/fifo"))
    for _ in range(8):
        box.start(storm(dice, 3))
    scheduler = box.kernel.scheduler
    pick = scheduler.next

    def noting() -> Process | None:
        check_queue(box)
        process = pick()
        order.append(process.pid if process else 0)
        return process

    scheduler.next = noting  # type: ignore[method-assign]
    with suppress(Deadlock):  # stopped, or at a FIFO that nobody else opens
        box.run(lambda: not box.kernel.processes or scheduler.switches > 3000)
    check_queue(box)
    return box, order


def test_the_same_storm_blows_the_same_way() -> None:
    orders = [blow(7)[1] for _ in range(3)]
    assert orders[0] == orders[1] == orders[2]
    assert len(orders[0]) > 50


@pytest.mark.parametrize("seed", range(20))
def test_a_storm_leaves_nothing_behind(seed: int) -> None:
    box, _ = blow(seed)
    if box.kernel.processes:
        box.kernel.kill(None, -1, Signal.KILL)
    box.run(lambda: not box.kernel.processes)
    assert not box.kernel.faults, box.kernel.faults[0]
    scheduler = box.kernel.scheduler
    assert (box.kernel.pipes, box.kernel.memory) == (0, 0)
    assert not scheduler.has_work()
    assert scheduler.next_deadline() is None
    cred = Credentials()
    found = box.namespace.resolve(box.namespace.root, "/tmp/fifo", cred).inode
    assert found.attachment is None
