from __future__ import annotations

import threading

import pytest

from orchestrator.kernel.process import State
from orchestrator.kernel.signal import Disposition, Signal
from orchestrator.kernel.system import STEP_SLICE, System
from orchestrator.kernel.wait import TurnOver, Waitable, WouldBlock
from tests.orchestrator.kernel.box import Box, Deadlock

SECOND = 10**9


def test_first_come_first_served(box: Box) -> None:
    order: list[str] = []

    def program(name: str) -> None:
        def main(system: System) -> None:
            for turn in range(3):
                order.append(f"{name}{turn}")
                system.yield_now()

        box.start(main)

    for name in "abc":
        program(name)
    box.run(lambda: not box.kernel.processes)
    assert order == [f"{name}{turn}" for turn in range(3) for name in "abc"]


def test_spinners_share_by_steps(box: Box) -> None:
    order: list[str] = []

    def spin(name: str, slices: int) -> None:
        def main(system: System) -> None:
            for _ in range(slices):
                order.append(name)
                system.step(STEP_SLICE)

        box.start(main)

    spin("a", 4)
    spin("b", 2)
    box.run(lambda: not box.kernel.processes)
    assert order == ["a", "b", "a", "b", "a", "a"]


def test_a_call_may_let_the_others_go_first(box: Box) -> None:
    order: list[str] = []

    def polite(system: System) -> None:
        def attempt() -> None:
            order.append("try")
            if len(order) == 1:
                raise TurnOver

        system.blocking(attempt)

    box.start(polite)
    box.start(lambda system: order.append("other"))
    box.run(lambda: not box.kernel.processes)
    assert order == ["try", "other", "try"]


def test_the_same_inputs_give_the_same_order() -> None:
    def trace() -> list[str]:
        box, order = Box(), []

        def worker(name: str, pause: int) -> None:
            def main(system: System) -> None:
                for _ in range(5):
                    order.append(f"{name}@{system.monotonic()}")
                    system.sleep(pause)

            box.start(main)

        for name, pause in (("a", 3), ("b", 5), ("c", 3), ("d", 0)):
            worker(name, pause)
        box.run(lambda: not box.kernel.processes)
        return order

    assert trace() == trace()


def test_sleepers_wake_in_order_of_their_deadlines(box: Box) -> None:
    woken: list[int] = []

    def sleeper(seconds: int) -> None:
        def main(system: System) -> None:
            system.sleep(seconds * SECOND)
            woken.append(seconds)

        box.start(main)

    start = box.clock.now
    for seconds in (3, 1, 2):
        sleeper(seconds)
    box.run(lambda: not box.kernel.processes)
    assert woken == [1, 2, 3]
    assert box.clock.now == start + 3 * SECOND
    assert box.kernel.scheduler.next_deadline() is None


def test_a_cancelled_timer_does_not_pin_its_process(box: Box) -> None:
    process, _, _ = box.start(lambda system: system.sleep(1000 * SECOND))
    box.kernel.scheduler.post(lambda: None)
    box.run(lambda: process.state is State.BLOCKED)
    box.kernel.kill(None, process.pid, Signal.KILL)
    box.finish(process)
    assert box.kernel.scheduler.next_deadline() is None


def test_posts_run_between_two_processes_and_wake_the_driver(box: Box) -> None:
    rung: list[bool] = []
    waitable = Waitable()
    box.kernel.scheduler.on_post = lambda: rung.append(True)

    def main(system: System) -> str:
        arrived: list[str] = []
        poster = threading.Thread(
            target=lambda: system.kernel.scheduler.post(
                lambda: (arrived.append("news"), waitable.fire())[0]
            )
        )
        poster.start()
        poster.join()
        assert not arrived  # not while a process runs

        def attempt() -> str:
            if not arrived:
                raise WouldBlock((waitable,))
            return arrived[0]

        return system.blocking(attempt)

    assert box.call(main) == "news"
    assert rung == [True]


def test_waking_takes_a_sleeper_off_all_its_waitables(box: Box) -> None:
    one, two = Waitable(), Waitable()
    tries: list[int] = []

    def attempt() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise WouldBlock((one, two), box.clock.now + SECOND)

    process, _, _ = box.start(lambda system: system.blocking(attempt))
    box.run(lambda: process.state is State.BLOCKED)
    assert process in one.waiters
    two.fire()
    assert not one.waiters
    assert box.kernel.scheduler.next_deadline() is None
    one.fire()  # idempotent: it is ready already
    box.kernel.scheduler.wake(process)
    box.finish(process)
    assert len(tries) == 2


def test_everybody_asleep_is_no_error_of_the_scheduler(box: Box) -> None:
    process, _, _ = box.start(lambda system: system.pause())
    with pytest.raises(Deadlock):
        box.run(lambda: False)
    assert box.kernel.scheduler.next() is None
    assert box.kernel.scheduler.running is None
    assert not box.kernel.scheduler.contended()
    assert not box.kernel.scheduler.has_work()
    box.kernel.kill(None, process.pid, Signal.KILL)
    assert box.kernel.scheduler.has_work()
    assert box.finish(process).signal is Signal.KILL


def test_a_stopped_process_does_not_run_until_continued(box: Box) -> None:
    ran: list[int] = []

    def main(system: System) -> None:
        while True:
            ran.append(1)
            system.yield_now()

    process, _, _ = box.start(main)
    box.run(lambda: len(ran) == 3)
    kernel = box.kernel
    kernel.kill(None, process.pid, Signal.STOP)
    box.settle()
    assert len(ran) == 3
    kernel.kill(None, process.pid, Signal.CONT)
    kernel.kill(None, process.pid, Signal.CONT)  # twice: it must not be queued twice
    box.run(lambda: len(ran) == 5)
    kernel.kill(None, process.pid, Signal.STOP)
    kernel.kill(None, process.pid, Signal.TERM)
    box.settle()
    assert process.is_alive  # TERM waits for CONT
    kernel.kill(None, process.pid, Signal.CONT)
    assert box.finish(process).signal is Signal.TERM


def test_what_happens_to_a_stopped_sleeper_waits_too(box: Box) -> None:
    woken: list[int] = []

    def main(system: System) -> None:
        system.sleep(SECOND)
        woken.append(system.monotonic())

    process, _, _ = box.start(main)
    box.run(lambda: process.state is State.BLOCKED)
    box.kernel.kill(None, process.pid, Signal.STOP)
    box.settle()
    assert not woken
    assert process.state is State.READY
    box.kernel.kill(None, process.pid, Signal.CONT)
    assert box.finish(process).code == 0
    assert woken


def test_kill_reaches_a_stopped_process(box: Box) -> None:
    process, _, _ = box.start(lambda system: system.pause())
    box.settle()
    box.kernel.kill(None, process.pid, Signal.STOP)
    box.kernel.kill(None, process.pid, Signal.KILL)
    assert box.finish(process).signal is Signal.KILL


def test_a_pending_caught_signal_does_not_let_a_process_fall_asleep(box: Box) -> None:
    def main(system: System) -> list[Signal]:
        system.set_signal(Signal.USR1, Disposition.CATCH)
        system.kill(system.pid, Signal.USR1)
        with pytest.raises(InterruptedError):
            system.pause()
        return system.take_signals()

    assert box.call(main) == [Signal.USR1]
