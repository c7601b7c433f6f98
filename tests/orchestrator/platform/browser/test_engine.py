from collections.abc import Callable
from typing import Any

import pytest
from paper import PaperClock, PaperGlue, PaperGuest, PaperProcess, run_sync, source

from orchestrator.errors import InternalError
from orchestrator.kernel.sched import Scheduler
from orchestrator.kernel.wait import Preempted, ProcessExit, Waitable, WouldBlock
from orchestrator.platform.base import STACK_OVERFLOW, UNREACHABLE, Trapped
from orchestrator.platform.browser.driver import BrowserDriver
from orchestrator.platform.browser.engine import MAX_GUESTS, BrowserEngine, GuestStack
from orchestrator.platform.browser.glue import LEAVE, NOBODY, PARKED

NAMES = (("pagebox", "yield"), ("wasi_snapshot_preview1", "fd_sync"))
YIELD, SYNC = 0, 1


class Fast:
    """The hot calls: each does what the test put into `act`."""

    act: Callable[[], Any]

    def fast_write(self, guest: Any, number: int, data: bytes) -> int:
        return self.act()  # type: ignore[no-any-return]

    def fast_read(self, guest: Any, number: int, size: int) -> bytes | int:
        return self.act()  # type: ignore[no-any-return]

    def fast_seek(self, guest: Any, number: int, offset: int, whence: int) -> int:
        return offset

    def fast_clock(self, guest: Any, ident: int) -> int:
        return -28 if ident else 1 << 40

    def fast_random(self, guest: Any, size: int) -> bytes | int:
        return bytes(min(size, 10))


class Bench:
    """An engine on paper, and the browser's part in it."""

    def __init__(self) -> None:
        self.scheduler = Scheduler(PaperClock())
        self.glue = PaperGlue()
        self.fast = Fast()
        driver = BrowserDriver(self.scheduler, self.glue, run_sync)
        self.engine = BrowserEngine(driver, self.scheduler, self.glue, self.fast, NAMES)
        self.endings: list[BaseException | None] = []
        self.act: Callable[[], int] = lambda: 0

    def start(self, key: str = "m", load: Callable[[], bytes] = bytes) -> GuestStack:
        process = PaperProcess(self.scheduler)
        guest = PaperGuest(process, dict.fromkeys(NAMES, lambda *_: self.act()))

        def finish(ending: BaseException | None) -> None:
            self.scheduler.drop(process)  # type: ignore[arg-type]
            self.endings.append(ending)

        self.engine.start(source(key, load), guest, finish)  # type: ignore[arg-type]
        self.scheduler.ready(process)  # type: ignore[arg-type]
        return list(self.engine._stacks.values())[-1]

    def pick(self) -> int:
        return self.engine._driver.pick()

    def begin(self, stack: GuestStack) -> int:
        return self.engine._begin(stack)

    def finish(self, stack: GuestStack, kind: str, words: str = "", fuel: int | None = 7) -> int:
        return self.engine._finished(stack.number, kind, words, fuel)


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.fixture
def running(bench: Bench) -> GuestStack:
    stack = bench.start()
    assert bench.pick() == stack.number
    assert bench.begin(stack) == 0
    return stack


def blocks(*waitables: Waitable) -> Callable[[], int]:
    def act() -> int:
        raise WouldBlock(waitables)

    return act


def test_the_glue_is_told_what_to_call(bench: Bench) -> None:
    wiring = bench.glue.wiring
    assert wiring["names"] == NAMES
    assert wiring["yields"] == YIELD
    assert wiring["entries"]["call"] == id(bench.engine._entries["call"])
    assert wiring["bytes"] == id(bytes)


def test_a_module_of_the_users_is_compiled_at_once_and_once(bench: Bench) -> None:
    for _ in range(2):
        stack = bench.start()
        bench.pick()
        assert bench.begin(stack) == 0
        bench.finish(stack, "returned")
    assert bench.glue.compiled == ["m"]
    assert bench.endings == [None, None]


def test_a_module_that_is_refused_ends_its_program(bench: Bench) -> None:
    def load() -> bytes:
        raise ValueError("imports what it may not")

    stack = bench.start(load=load)
    bench.pick()
    assert bench.begin(stack) == LEAVE
    bench.finish(stack, "left", fuel=None)
    assert str(bench.endings[0]) == "imports what it may not"
    assert stack.guest.left is None  # type: ignore[attr-defined]


def test_a_module_the_browser_refuses_ends_its_program_in_words(bench: Bench) -> None:
    bench.glue.refusals["m"] = "expected magic word"
    stack = bench.start()
    bench.pick()
    assert bench.begin(stack) == LEAVE
    assert str(stack.ending) == "expected magic word"


def test_a_bundled_module_is_waited_for(bench: Bench) -> None:
    bench.glue.bundled.add("m")
    stack = bench.start()
    bench.pick()
    assert bench.begin(stack) == PARKED - NOBODY
    second = bench.start()
    bench.pick()
    assert bench.begin(second) == PARKED - NOBODY
    assert bench.glue.fetched == ["m"]
    bench.engine._loaded("m", "")
    assert bench.pick() == stack.number
    assert bench.begin(stack) == 0


def test_a_download_that_failed_is_tried_again_by_the_next(bench: Bench) -> None:
    bench.glue.bundled.add("m")
    stack = bench.start()
    bench.pick()
    bench.begin(stack)
    bench.engine._loaded("m", "the network is down")
    bench.pick()
    assert bench.begin(stack) == LEAVE
    assert str(stack.ending) == "the network is down"
    bench.finish(stack, "left", fuel=None)
    later = bench.start()
    bench.pick()
    assert bench.begin(later) == PARKED - NOBODY
    assert bench.glue.fetched == ["m", "m"]


def test_one_killed_before_it_ran_never_starts(bench: Bench) -> None:
    stack = bench.start()
    stack.process.fatal = True  # type: ignore[attr-defined]
    bench.pick()
    assert bench.begin(stack) == LEAVE
    assert isinstance(stack.ending, ProcessExit)
    assert bench.glue.compiled == []


def test_memory_that_may_not_be_had_ends_the_program(bench: Bench, running: GuestStack) -> None:
    running.guest.refused = OSError("no memory")  # type: ignore[attr-defined]
    assert bench.engine._attach(running) == LEAVE
    assert str(running.ending) == "no memory"


def test_a_call_answers_with_its_result(bench: Bench, running: GuestStack) -> None:
    bench.act = lambda: 44
    assert bench.engine._call(running, SYNC, 3) == 44


def test_a_call_that_would_block_parks_and_names_the_next(
    bench: Bench, running: GuestStack
) -> None:
    other = bench.start()
    bench.act = blocks(Waitable())
    assert bench.engine._call(running, SYNC, 3) == PARKED - other.number


@pytest.mark.parametrize("entry", ["_write", "_read"])
def test_the_hot_calls_park_as_well(bench: Bench, running: GuestStack, entry: str) -> None:
    ready = Waitable()
    bench.fast.act = blocks(ready)
    call = getattr(bench.engine, entry)
    assert call(running, 1, b"data" if entry == "_write" else 4) == PARKED - NOBODY
    ready.fire()
    assert bench.pick() == running.number
    bench.fast.act = lambda: 4
    assert call(running, 1, b"data" if entry == "_write" else 4) == 4


def test_a_fatal_signal_comes_before_the_second_try(bench: Bench, running: GuestStack) -> None:
    bench.act = blocks(Waitable())
    bench.engine._call(running, SYNC, 3)
    running.process.kill()  # type: ignore[attr-defined]
    bench.act = lambda: pytest.fail("the call was tried again")
    assert bench.engine._call(running, SYNC, 3) == LEAVE
    assert isinstance(running.ending, ProcessExit)


def test_a_caught_signal_makes_the_call_try_again(bench: Bench, running: GuestStack) -> None:
    bench.act = blocks(Waitable())
    bench.engine._call(running, SYNC, 3)
    running.process.caught = True  # type: ignore[attr-defined]
    bench.act = lambda: 0
    assert bench.engine._call(running, SYNC, 3) == 0


def test_the_end_of_a_slice_goes_on_when_nobody_else_wants_to_run(
    bench: Bench, running: GuestStack
) -> None:
    bench.act = raising(Preempted())
    assert bench.engine._call(running, YIELD) == PaperGuest.slice


def test_the_end_of_a_slice_lets_others_run_and_is_not_called_again(
    bench: Bench, running: GuestStack
) -> None:
    other = bench.start()
    bench.act = raising(Preempted())
    assert bench.engine._call(running, YIELD) == PARKED - other.number
    assert bench.engine._turned(running) == PaperGuest.slice


def test_after_a_turn_of_the_page_others_may_be_ready(bench: Bench, running: GuestStack) -> None:
    other = bench.start()
    assert bench.engine._turned(running) == PARKED - other.number


def test_a_spinner_leaves_when_killed(bench: Bench, running: GuestStack) -> None:
    running.process.fatal = True  # type: ignore[attr-defined]
    assert bench.engine._turned(running) == LEAVE


def test_calls_that_never_wait_answer_bytes_or_an_errno(bench: Bench, running: GuestStack) -> None:
    assert bench.engine._clock(running, 0) == (1 << 40).to_bytes(8, "little")
    assert bench.engine._clock(running, 9) == -28
    assert bench.engine._seek(running, 3, 5, 0) == b"\5" + bytes(7)
    assert bench.engine._random(running, 25) == bytes(25)


@pytest.mark.parametrize(
    ("kind", "words", "expected"),
    [
        ("trap", "unreachable", Trapped(UNREACHABLE)),
        ("overflow", "", Trapped(STACK_OVERFLOW)),
        ("memory", "could not allocate", OSError()),
        ("invalid", "a link error", ValueError("a link error")),
        ("bug", "what?", InternalError("what?")),
    ],
)
def test_endings(
    bench: Bench, running: GuestStack, kind: str, words: str, expected: BaseException
) -> None:
    assert bench.finish(running, kind, words) == NOBODY
    (ending,) = bench.endings
    assert type(ending) is type(expected)
    if str(expected):
        assert str(ending) == str(expected)
    assert running.guest.left == 7  # type: ignore[attr-defined]


def test_there_is_a_limit_to_guests(bench: Bench) -> None:
    stacks = [bench.start() for _ in range(MAX_GUESTS)]
    with pytest.raises(BlockingIOError):
        bench.start()
    bench.pick()
    bench.finish(stacks[0], "returned")
    bench.start()


def raising(reason: BaseException) -> Callable[[], int]:
    def act() -> int:
        raise reason

    return act
