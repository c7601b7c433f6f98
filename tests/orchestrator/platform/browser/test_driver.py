from collections.abc import Callable

import pytest
from paper import PaperClock, PaperGlue, PaperProcess, run_sync

from orchestrator.kernel.sched import Scheduler
from orchestrator.kernel.wait import ProcessExit, Waitable, WouldBlock
from orchestrator.platform.browser.driver import LONGEST_SLEEP_MS, BrowserDriver
from orchestrator.platform.browser.glue import NOBODY


class Bench:
    """A driver on paper."""

    def __init__(self) -> None:
        self.clock = PaperClock()
        self.scheduler = Scheduler(self.clock)
        self.glue = PaperGlue()
        self.driver = BrowserDriver(self.scheduler, self.glue, run_sync)
        self.glue.wiring_pick = self.driver.pick  # type: ignore[method-assign]
        self.seen: list[str] = []

    def program(self, body: Callable[[PaperProcess], object]) -> PaperProcess:
        process = PaperProcess(self.scheduler)

        def run() -> None:
            body(process)
            self.scheduler.drop(process)  # type: ignore[arg-type]

        self.driver.start(process, run)  # type: ignore[arg-type]
        self.scheduler.ready(process)  # type: ignore[arg-type]
        return process

    def play(self) -> None:
        number = self.driver.pick()
        while number != NOBODY:
            number = self.glue.bodies[number]()


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_programs_run_in_the_order_they_became_ready(bench: Bench) -> None:
    bench.program(lambda _: bench.seen.append("a"))
    bench.program(lambda _: bench.seen.append("b"))
    bench.play()
    assert bench.seen == ["a", "b"]


def test_with_nobody_ready_the_page_is_told_to_wait_for_a_post(bench: Bench) -> None:
    assert bench.driver.pick() == NOBODY
    assert bench.glue.slept == [-1.0]


def test_a_post_wakes_a_resting_driver_once(bench: Bench) -> None:
    bench.driver.pick()
    bench.scheduler.post(lambda: bench.seen.append("one"))
    bench.scheduler.post(lambda: bench.seen.append("two"))
    assert bench.glue.woken == 1
    bench.driver.pick()
    assert bench.seen == ["one", "two"]


def test_a_post_before_the_first_pick_wakes_too(bench: Bench) -> None:
    bench.scheduler.post(lambda: None)
    assert bench.glue.woken == 1


def test_a_post_while_somebody_runs_wakes_nobody(bench: Bench) -> None:
    bench.program(lambda _: bench.scheduler.post(lambda: None))
    bench.play()
    assert bench.glue.woken == 0


def test_sleepers_set_the_pages_timer(bench: Bench) -> None:
    process = PaperProcess(bench.scheduler)
    bench.driver.allot(process)  # type: ignore[arg-type]
    bench.scheduler.block(process, WouldBlock((), bench.clock.now + 2_500_000))  # type: ignore[arg-type]
    assert bench.driver.pick() == NOBODY
    assert bench.glue.slept == [2.5]
    bench.clock.now += 2_500_000
    assert bench.driver.pick() == 1


def test_a_very_long_sleep_fits_the_pages_timers(bench: Bench) -> None:
    process = PaperProcess(bench.scheduler)
    bench.scheduler.block(process, WouldBlock((), 1 << 62))  # type: ignore[arg-type]
    bench.driver.pick()
    assert bench.glue.slept == [LONGEST_SLEEP_MS]


def test_waiting_lets_the_others_run(bench: Bench) -> None:
    ready = Waitable()

    def waiter(process: PaperProcess) -> None:
        bench.seen.append("before")
        bench.driver.wait(process, WouldBlock((ready,)))  # type: ignore[arg-type]
        bench.seen.append("after")

    bench.program(waiter)
    bench.program(lambda _: (bench.seen.append("between"), ready.fire()))
    bench.play()
    assert bench.seen == ["before", "between", "after"]


def test_a_fatal_signal_ends_the_wait(bench: Bench) -> None:
    def waiter(process: PaperProcess) -> None:
        with pytest.raises(ProcessExit):
            bench.driver.wait(process, WouldBlock((Waitable(),)))  # type: ignore[arg-type]
        bench.seen.append("killed")

    victim = bench.program(waiter)
    bench.program(lambda _: victim.kill())
    bench.play()
    assert bench.seen == ["killed"]


def test_the_end_of_a_slice_changes_nothing_when_nobody_else_is_ready(bench: Bench) -> None:
    bench.program(lambda process: bench.driver.preempt(process))  # type: ignore[arg-type, return-value]
    bench.play()
    assert bench.glue.turns == 0


def test_the_end_of_a_slice_leaves_room_for_the_page(bench: Bench) -> None:
    bench.glue.late = True
    bench.program(lambda process: bench.driver.preempt(process))  # type: ignore[arg-type, return-value]
    bench.play()
    assert bench.glue.turns == 1


def test_the_end_of_a_slice_lets_others_go_first(bench: Bench) -> None:
    def busy(process: PaperProcess) -> None:
        bench.driver.preempt(process)  # type: ignore[arg-type]
        bench.seen.append("busy")

    bench.program(busy)
    bench.program(lambda _: bench.seen.append("other"))
    bench.play()
    assert bench.seen == ["other", "busy"]


def test_a_new_image_gets_a_new_stack(bench: Bench) -> None:
    def replaced(process: PaperProcess) -> None:
        bench.driver.start(process, lambda: bench.seen.append("new image"))  # type: ignore[arg-type]
        bench.scheduler.ready(process)  # type: ignore[arg-type]

    process = PaperProcess(bench.scheduler)
    bench.driver.start(process, lambda: replaced(process))  # type: ignore[arg-type]
    bench.scheduler.ready(process)  # type: ignore[arg-type]
    bench.play()
    assert bench.seen == ["new image"]


def test_closing_unwinds_everything(bench: Bench) -> None:
    bench.program(lambda _: None)
    bench.driver.close()
    assert bench.glue.bodies == {}
