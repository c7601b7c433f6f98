"""Stacks and the baton in the page: every process is a suspended WebAssembly stack, of which one is resolved.

Above: engine, kernel. Below: glue, `kernel.sched`. A Python program waits in `run_sync`; a guest's call answers that it
is parked. Either way the stack that runs next is known before the present one lets go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.platform.browser.glue import NOBODY

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from orchestrator.kernel.process import Process
    from orchestrator.kernel.sched import Scheduler
    from orchestrator.kernel.wait import WouldBlock
    from orchestrator.platform.browser.glue import Glue

NEVER = -1.0
# The longest time a browser's timers know; sleeping longer means looking again.
LONGEST_SLEEP_MS = float((1 << 31) - 1)


class BrowserDriver:
    """Implements `kernel.wait.Driver`."""

    def __init__(
        self, scheduler: Scheduler, glue: Glue, run_sync: Callable[[Awaitable[None]], None]
    ) -> None:
        self.scheduler = scheduler
        scheduler.on_post = self._posted
        self._glue = glue
        self._run_sync = run_sync
        self._numbers: dict[Process, int] = {}
        self._last_number = NOBODY
        self._resting = True

    # --- kernel.wait.Driver ---

    def start(self, process: Process, body: Callable[[], object]) -> None:
        """Let `body` run on a stack of its own when `process` is first picked."""
        number = self.allot(process)

        def run() -> int:
            body()
            self.forget(process, number)
            return self.next()

        self._glue.program(number, run)

    def wait(self, process: Process, block: WouldBlock) -> None:
        """Sleep until woken. Raises ProcessExit for a fatal signal, EINTR for a caught one."""
        self.scheduler.block(process, block)
        self._hand_over(process)
        process.check_signals()

    def preempt(self, process: Process) -> None:
        """Give up the rest of the turn, to processes and to the page. Raises ProcessExit for a fatal signal."""
        if self._glue.due():
            self._run_sync(self._glue.turn(self._numbers[process]))
        if self.scheduler.contended():
            self.scheduler.yield_(process)
            self._hand_over(process)
        process.check_fatal()

    # --- stacks ---

    def allot(self, process: Process) -> int:
        """A number for the new stack of `process`; it replaces one that is about to end (exec)."""
        self._last_number += 1
        self._numbers[process] = self._last_number
        return self._last_number

    def forget(self, process: Process, number: int) -> None:
        """The stack has ended."""
        if self._numbers.get(process) == number:
            del self._numbers[process]

    def next(self) -> int:
        """The stack that runs now; `NOBODY` when all are asleep, and then the page is told when to ask again."""
        process = self.scheduler.next()
        if process is not None:
            return self._numbers[process]
        self._rest()
        return NOBODY

    def pick(self) -> int:
        """`next`, asked by the page after a rest."""
        self._resting = False
        return self.next()

    def close(self) -> None:
        """Throw every stack away."""
        self._glue.unwind()

    def _hand_over(self, process: Process) -> None:
        number = self._numbers[process]
        following = self.next()
        if following != number or self._glue.due():
            self._run_sync(self._glue.hand(number, following))

    # --- idling ---

    def _posted(self) -> None:
        if self._resting:
            self._resting = False
            self._glue.wake()

    def _rest(self) -> None:
        self._resting = True
        deadline = self.scheduler.next_deadline()
        if deadline is None:
            self._glue.sleep(NEVER)
            return
        left = (deadline - self.scheduler.clock.monotonic()) / 1e6
        self._glue.sleep(min(max(left, 0.0), LONGEST_SLEEP_MS))
