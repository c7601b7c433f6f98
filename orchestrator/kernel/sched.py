"""The scheduler: who runs next. First come first served; exactly one process runs at a time.

Above: kernel, drivers. Below: wait. It never waits and never looks at real time except to expire
timers; the order in which processes run depends on inputs alone, so the page and CPython interleave
alike.
Invariant: a process is in the queue exactly when it is READY and not stopped.
"""

from __future__ import annotations

from collections import deque
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Protocol

from orchestrator.kernel.process import State
from orchestrator.kernel.wait import TurnOver

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.kernel.process import Process
    from orchestrator.kernel.wait import WouldBlock


class Clock(Protocol):
    """Two clocks in nanoseconds; injected, so that tests and replays own time."""

    def monotonic(self) -> int:
        """Nanoseconds since an arbitrary start; never goes back."""

    def realtime(self) -> int:
        """Nanoseconds since the epoch."""


class Sleeper(Protocol):
    """Somebody with a deadline: a process that waits, or an alarm clock (`kernel.alarm`)."""

    timer: int
    """The ticket of its live timer; 0 for none."""

    def expired(self) -> None:
        """The deadline has passed."""


def _nobody_listens() -> None:
    """`on_post` before a driver has set it."""


class Scheduler:
    """Ready queue, timers, and posts from the host. All methods but `post` belong to whoever holds
    the baton.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.running: Process | None = None
        self.switches = 0
        self.on_post: Callable[[], None] = _nobody_listens
        self._queue: deque[Process] = deque()
        self._posts: deque[Callable[[], None]] = deque()
        self._timers: list[tuple[int, int, Sleeper]] = []  # deadline, ticket, sleeper
        self._tickets = 0
        self._stale = 0

    # --- from any thread ---

    def post(self, action: Callable[[], None]) -> None:
        """Let `action` run between two processes. The only thread-safe entry; it wakes an idle
        driver.

        `action` must not raise. Pumps for host input and timers of the host come in here.
        """
        self._posts.append(action)
        self.on_post()

    # --- state changes of one process ---

    def ready(self, process: Process) -> None:
        """Put a process that is new, or gives up its turn, at the back of the queue."""
        if self.running is process:
            self.running = None
        process.state = State.READY
        if not process.stopped:
            self._queue.append(process)

    yield_ = ready

    def block(self, process: Process, block: WouldBlock) -> None:
        """Put the running process to sleep until a waitable fires or the deadline passes.

        With a signal pending it is ready again at once (a signal is always a second wake-up), as it
        is at the end of its turn (`TurnOver`).
        """
        if process.has_signal() or isinstance(block, TurnOver):
            self.ready(process)
            return
        if self.running is process:
            self.running = None
        process.state = State.BLOCKED
        process.waiting_on = block.waitables
        for waitable in block.waitables:
            waitable.waiters[process] = None
        if block.deadline is not None:
            self.set_timer(process, block.deadline)

    def wake(self, process: Process) -> None:
        """Make a blocked process ready; nothing happens to one that is not blocked."""
        if process.state is not State.BLOCKED:
            return
        self._forget_wait(process)
        process.state = State.READY
        if not process.stopped:
            self._queue.append(process)

    def stop(self, process: Process) -> None:
        """Keep a process from running until `resume` (SIGSTOP and its kin)."""
        process.stopped = True
        if process.state is State.READY and process in self._queue:
            self._queue.remove(process)

    def resume(self, process: Process) -> None:
        """Let a stopped process run again (SIGCONT)."""
        if not process.stopped:
            return
        process.stopped = False
        if process.state is State.READY:
            self._queue.append(process)

    def drop(self, process: Process) -> None:
        """Forget a process that has ended."""
        self._forget_wait(process)
        if process.state is State.READY and process in self._queue:
            self._queue.remove(process)
        if self.running is process:
            self.running = None

    # --- the driver's side ---

    def next(self) -> Process | None:
        """Run the host's posts, expire timers, and pick the process that runs now; None when all
        are asleep.
        """
        posts = self._posts
        while posts:
            posts.popleft()()
        if self._timers:
            self._expire()
        if not self._queue:
            self.running = None
            return None
        process = self._queue.popleft()
        process.state = State.RUNNING
        self.running = process
        self.switches += 1
        return process

    def next_deadline(self) -> int | None:
        """When the earliest sleeper must wake (monotonic ns); None when nobody sleeps on the
        clock.
        """
        timers = self._timers
        while timers and timers[0][1] != timers[0][2].timer:
            heappop(timers)
            self._stale -= 1
        return timers[0][0] if timers else None

    def contended(self) -> bool:
        """Whether anybody else would run if the running process gave up its turn now."""
        if self._queue or self._posts:
            return True
        return bool(self._timers) and self._timers[0][0] <= self.clock.monotonic()

    def has_work(self) -> bool:
        """Whether `next` has anything to do at once: posts or ready processes (timers not
        counted).
        """
        return bool(self._queue or self._posts)

    # --- timers ---

    def set_timer(self, sleeper: Sleeper, deadline: int) -> None:
        """Call `sleeper.expired()` between two processes once `deadline` (monotonic ns) has passed."""
        self._tickets += 1
        sleeper.timer = self._tickets
        heappush(self._timers, (deadline, self._tickets, sleeper))

    def cancel_timer(self, sleeper: Sleeper) -> None:
        """Forget the deadline of `sleeper`; harmless when it has none."""
        if sleeper.timer:
            sleeper.timer = 0
            self._stale += 1
            self._sweep()

    def _expire(self) -> None:
        now = self.clock.monotonic()
        timers = self._timers
        while timers and timers[0][0] <= now:
            _, ticket, sleeper = heappop(timers)
            if ticket == sleeper.timer:
                sleeper.timer = 0
                sleeper.expired()
            else:
                self._stale -= 1

    def _forget_wait(self, process: Process) -> None:
        for waitable in process.waiting_on:
            waitable.waiters.pop(process, None)
        process.waiting_on = ()
        self.cancel_timer(process)

    def _sweep(self) -> None:
        """Drop cancelled timers when they are the majority, so that none pins a finished process
        for long.
        """
        if self._stale > 16 and self._stale * 2 > len(self._timers):
            self._timers = [entry for entry in self._timers if entry[1] == entry[2].timer]
            heapify(self._timers)
            self._stale = 0
