"""A kernel over a small tree, on a minimal driver with a clock that jumps when everybody sleeps."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from orchestrator.kernel.fdtable import FdTable
from orchestrator.kernel.host import Collector, HostOutput
from orchestrator.kernel.kernel import Kernel
from orchestrator.kernel.limits import Limits
from orchestrator.kernel.outlet import Outlet
from orchestrator.kernel.process import Process, Status
from orchestrator.kernel.procfs import ProcFS
from orchestrator.kernel.sched import Scheduler
from orchestrator.kernel.system import PythonProgram, System
from orchestrator.kernel.tty import Tty
from orchestrator.kernel.wait import WouldBlock
from vfs.access import Credentials
from vfs.devfs import DevFS, make_rdev
from vfs.errors import symbol_of
from vfs.memfs import MemFS
from vfs.namespace import Namespace
from vfs.view import FileView

DEVICES = {
    "null": (1, 3),
    "zero": (1, 5),
    "full": (1, 7),
    "random": (1, 8),
    "urandom": (1, 9),
    "tty": (5, 0),
    "orphan": (240, 7),
}
LINKS = {"fd": "", "stdin": "/0", "stdout": "/1", "stderr": "/2"}


@contextmanager
def fails(symbol: str) -> Iterator[None]:
    """The block raises the OSError that `symbol` names."""
    with pytest.raises(OSError, match=r".") as caught:
        yield
    assert symbol_of(caught.value) == symbol


class FakeClock:
    """Time stands still but for `FakeDriver`, which jumps to the next deadline when all sleep."""

    def __init__(self) -> None:
        self.now = 1_000_000_000

    def monotonic(self) -> int:
        return self.now

    def realtime(self) -> int:
        return 1_700_000_000_000_000_000 + self.now


class Deadlock(Exception):
    """Everybody sleeps and nothing will wake them."""


class FakeDriver:
    """A thread a process as a stack; whoever is switched away from releases the next one's lock."""

    def __init__(self, scheduler: Scheduler, clock: FakeClock) -> None:
        self.scheduler = scheduler
        self.clock = clock
        self.turns: dict[Process, threading.Lock] = {}
        self.host = threading.Lock()
        self.host.acquire()

    def start(self, process: Process, body: Callable[[], object]) -> None:
        turn = threading.Lock()
        turn.acquire()
        self.turns[process] = turn

        def run() -> None:
            turn.acquire()
            body()
            if self.turns.get(process) is turn:
                del self.turns[process]
            self._hand_over()

        threading.Thread(target=run, daemon=True).start()

    def wait(self, process: Process, block: WouldBlock) -> None:
        self.scheduler.block(process, block)
        self._switch(process)
        process.check_signals()

    def preempt(self, process: Process) -> None:
        self.scheduler.yield_(process)
        self._switch(process)
        process.check_fatal()

    def run(self, until: Callable[[], bool]) -> None:
        """Run until `until()`, jumping over idle time. Raises Deadlock when nothing can happen."""
        while not until():
            following = self.scheduler.next()
            if following is not None:
                self.turns[following].release()
                self.host.acquire()
                continue
            deadline = self.scheduler.next_deadline()
            if deadline is None:
                if until():
                    return
                raise Deadlock
            self.clock.now = max(self.clock.now, deadline)

    def _switch(self, process: Process) -> None:
        self._hand_over()
        self.turns[process].acquire()

    def _hand_over(self) -> None:
        self.host.release()


class Box:
    """A kernel, its files, and short ways to run Python functions as processes in it."""

    def __init__(self, **limits: Any) -> None:
        self.clock = FakeClock()
        self.namespace = Namespace(MemFS(clock=self.clock.realtime))
        self.files = FileView(self.namespace)
        for folder in ("bin", "dev", "proc", "tmp"):
            self.files.make_dir(f"/{folder}")
        self.kernel = self._kernel(Limits(**limits))
        self.driver = self.kernel.driver
        self._mount()

    def _kernel(self, limits: Limits) -> Kernel:
        scheduler = Scheduler(self.clock)
        driver = FakeDriver(scheduler, self.clock)
        return Kernel(
            clock=self.clock,
            entropy=lambda size: bytes(range(256)) * (size // 256) + bytes(range(size % 256)),
            namespace=self.namespace,
            driver=driver,
            limits=limits,
            scheduler=scheduler,
        )

    def _mount(self) -> None:
        devices = DevFS(clock=self.clock.realtime)
        for name, (major, minor) in DEVICES.items():
            devices.register(name, make_rdev(major, minor))
        cred = Credentials()
        self.namespace.mount("/dev", devices, source="devtmpfs")
        for name, rest in LINKS.items():
            self.namespace.symlink(
                f"/proc/self/fd{rest}", self.namespace.root, f"/dev/{name}", cred
            )
        self.namespace.mount("/proc", ProcFS(self.kernel), source="proc")

    # --- running ---

    def start(
        self, main: Callable[[System], int | None], *argv: str, **options: Any
    ) -> tuple[Process, Collector, Collector]:
        """Start `main` as the host's; collectors take what it says on 1 and 2."""
        out, err = Collector(), Collector()
        fds = options.pop("fds", None)
        if fds is None:
            fds = FdTable()
            fds.set(1, HostOutput(out.outlet))
            fds.set(2, HostOutput(err.outlet))
        process = self.kernel.spawn_program(
            None, PythonProgram(main), argv or ("main",), options.pop("env", {}), fds=fds, **options
        )
        return process, out, err

    def finish(self, process: Process) -> Status:
        """Run until `process` has ended."""
        self.run(lambda: not process.is_alive)
        assert process.status is not None
        return process.status

    def run(self, until: Callable[[], bool]) -> None:
        assert isinstance(self.driver, FakeDriver)
        self.driver.run(until)

    def settle(self) -> None:
        """Run until everybody sleeps."""
        with pytest.raises(Deadlock):
            self.run(lambda: False)

    def call(self, main: Callable[[System], Any], **options: Any) -> Any:
        """What `main` returns, run as a process; a failed assertion in it fails the test."""
        answers: list[Any] = []
        process, _, err = self.start(lambda system: answers.append(main(system)), **options)
        self.finish(process)
        assert not self.kernel.faults, self.kernel.faults[-1]
        assert answers, f"ended with {process.status}: {err.value().decode()}"
        return answers[0]

    def tty(self) -> tuple[Tty, Collector]:
        """A terminal whose screen is a collector."""
        screen = Collector()
        return Tty(self.kernel, screen.outlet), screen


def slow_outlet(window: int) -> tuple[Outlet, list[bytes]]:
    """An outlet whose consumer takes nothing until the test acknowledges."""
    taken: list[bytes] = []
    return Outlet(taken.append, window), taken
