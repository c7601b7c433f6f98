"""A driver on threads used as stacks only: each waits on its own lock until it is handed the baton.

Above: `native` and `fake`. Below: `kernel.sched`, `kernel.wait`. Exactly one thread of a sandbox runs at any time,
so nothing here or in the kernel needs a lock. Threads are kept and used again: starting one costs more than a
spawn should.
"""

from __future__ import annotations

import contextlib
import os
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.kernel.process import Process
    from orchestrator.kernel.sched import Scheduler
    from orchestrator.kernel.wait import WouldBlock

# RustPython recurses deeply: the stack must hold the engine's wasm stack and the Python frames of host calls.
STACK_BYTES = 24 << 20
MAX_SPARE_STACKS = 32


class Stack:
    """One thread and the lock it sleeps on; runs one body after another."""

    __slots__ = ("_driver", "body", "process", "turn")

    def __init__(self, driver: BatonDriver) -> None:
        self._driver = driver
        self.process: Process | None = None
        self.body: Callable[[], object] | None = None
        self.turn = threading.Lock()
        self.turn.acquire()
        _start_thread(self._loop)

    def end(self) -> None:
        """Let the thread finish; only for a stack that holds no body."""
        self.turn.release()

    def _loop(self) -> None:
        self._driver.stay_on_core()
        while True:
            self.turn.acquire()
            body, self.body = self.body, None
            if body is None:
                return
            sound = False
            try:
                body()
                sound = True
            finally:  # whatever went wrong: a baton that is lost stops the whole sandbox
                self._driver.finished(self, reusable=sound)


class BatonDriver:
    """Implements `kernel.wait.Driver`. One dispatcher thread idles when every process is asleep."""

    def __init__(
        self, scheduler: Scheduler, idle: Callable[[int | None], None] | None = None
    ) -> None:
        self.scheduler = scheduler
        scheduler.on_post = self._posted
        self._idle = idle or self._sleep
        self._stacks: dict[Process, Stack] = {}
        self._spare: list[Stack] = []
        self._host_turn = threading.Lock()
        self._host_turn.acquire()
        self._until: Callable[[], bool] = bool
        self._wakeup = threading.Event()
        self._closing = False
        self._core = _quiet_core()

    # --- kernel.wait.Driver ---

    def start(self, process: Process, body: Callable[[], object]) -> None:
        """Let `body` run on a stack of its own when `process` is first picked."""
        stack = self._spare.pop() if self._spare else Stack(self)
        stack.body = body
        stack.process = process
        self._stacks[process] = stack

    def wait(self, process: Process, block: WouldBlock) -> None:
        """Sleep until woken. Raises ProcessExit for a fatal signal, EINTR for a caught one."""
        self.sleep(process, block)
        process.check_signals()

    def preempt(self, process: Process) -> None:
        """Give up the rest of the turn. Raises ProcessExit for a fatal signal."""
        scheduler = self.scheduler
        if scheduler.contended():
            scheduler.yield_(process)
            self._switch(process)
        process.check_fatal()

    def sleep(self, process: Process, block: WouldBlock) -> None:
        """`wait` without looking at signals afterwards: a guest's call is tried again first."""
        self.scheduler.block(process, block)
        self._switch(process)

    # --- the host's side ---

    def run(self, until: Callable[[], bool]) -> None:
        """Run processes until `until()` is true; called by one host thread, which idles when all are asleep."""
        self._until = until
        while not until():
            process = self.scheduler.next()
            if process is not None:
                self._resume(process)
                self._host_turn.acquire()
            elif not until():
                self._rest()

    def close(self) -> None:
        """End the spare threads. Processes must have ended."""
        self._closing = True
        while self._spare:
            self._spare.pop().end()

    # --- stacks ---

    def finished(self, stack: Stack, *, reusable: bool) -> None:
        """Take back a stack whose body has ended and hand the baton on; called by the stack's own thread."""
        process, stack.process = stack.process, None
        # After an exec the process has a new stack already.
        if process is not None and self._stacks.get(process) is stack:
            del self._stacks[process]
        if self._closing or len(self._spare) >= MAX_SPARE_STACKS:
            stack.end()
        elif reusable:
            self._spare.append(stack)
        self._pass_on()

    def stay_on_core(self) -> None:
        """Handing over costs 7 us on one core and 37 us across two (DESIGN.md 3)."""
        if self._core is not None:
            with contextlib.suppress(OSError):
                os.sched_setaffinity(0, {self._core})

    def _resume(self, process: Process) -> None:
        self._stacks[process].turn.release()

    def _switch(self, process: Process) -> None:
        """Hand the baton on and return when `process` has it again."""
        stack = self._stacks[process]
        following = None if self._until() else self.scheduler.next()
        if following is process:
            return
        if following is None:
            self._host_turn.release()
        else:
            self._resume(following)
        stack.turn.acquire()

    def _pass_on(self) -> None:
        """Give the baton to the next process, or to the host when it has what it waited for or all are asleep."""
        following = None if self._until() else self.scheduler.next()
        if following is None:
            self._host_turn.release()
        else:
            self._resume(following)

    # --- idling ---

    def _posted(self) -> None:
        self._wakeup.set()

    def _rest(self) -> None:
        """Sleep until the earliest deadline or a post; nothing is lost between the check and the sleep."""
        self._wakeup.clear()
        if not self.scheduler.has_work():
            self._idle(self.scheduler.next_deadline())

    def _sleep(self, deadline: int | None) -> None:
        if deadline is None:
            self._wakeup.wait()
            return
        nanoseconds = deadline - self.scheduler.clock.monotonic()
        if nanoseconds > 0:
            self._wakeup.wait(min(nanoseconds / 1e9, threading.TIMEOUT_MAX))


def _start_thread(target: Callable[[], None]) -> None:
    """Start a daemon thread with a stack of `STACK_BYTES`; the size is a setting of the whole interpreter."""
    before = threading.stack_size(STACK_BYTES)
    try:
        threading.Thread(target=target, daemon=True, name="pagebox-stack").start()
    finally:
        threading.stack_size(before)


def _quiet_core() -> int | None:
    """The core all stacks of a sandbox share, where the system lets threads choose."""
    if not hasattr(os, "sched_getaffinity"):
        return None
    cores = sorted(os.sched_getaffinity(0))
    return cores[os.getpid() % len(cores)]
