"""The command line's end of a machine: the host's terminal or pipes, its signals, its exit status.

Above: `cli`. The main thread is the one that runs the machine; threads that read the host's input only post.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal as host_signal
import sys
import threading
from typing import TYPE_CHECKING

from orchestrator.kernel.host import HostInput, HostOutput
from orchestrator.kernel.outlet import Outlet
from orchestrator.kernel.signal import Signal
from orchestrator.kernel.termios import WindowSize
from orchestrator.kernel.tty import Tty
from vfs.inode import OpenFlags

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from orchestrator.kernel.file import File
    from orchestrator.kernel.process import Process, Status
    from orchestrator.platform.baton import BatonDriver
    from orchestrator.sandbox.machine import Machine

CHUNK = 1 << 16
TIMED_OUT = 124
BROKEN_PIPE = 128 + Signal.PIPE


class Console:
    """Runs one program on the host's standard streams."""

    def __init__(self, machine: Machine[BatonDriver]) -> None:
        self._machine = machine
        self._kernel = machine.kernel
        self._process: Process | None = None
        self._ending: Status | None = None
        self._exit_code: int | None = None
        self._interrupts = 0

    def run(
        self,
        argv: Sequence[str],
        *,
        path: str | None = None,
        env: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> int:
        """Run to the end and return the exit status (124 after `timeout` seconds, 141 when stdout is closed).

        Raises: OSError as `Machine.start`.
        """
        tty = self._tty() if os.isatty(0) and os.isatty(1) else None
        stdio = self._terminal_files(tty) if tty else self._pipe_files()
        variables = dict(env or {}) | ({"TERM": os.environ.get("TERM", "xterm")} if tty else {})
        self._process = self._machine.start(
            argv, stdio=stdio, env=variables, tty=tty, path=path, on_exit=self._ended
        )
        with _raw_terminal() if tty else self._signals(), self._alarm(timeout):
            if tty:
                self._read_terminal(tty)
            self._machine.driver.run(lambda: self._ending is not None)
        if self._exit_code is not None:
            return self._exit_code
        assert self._ending is not None
        return self._ending.exit_code

    def _ended(self, status: Status) -> None:
        self._ending = status

    def _post(self, action: Callable[[], None]) -> None:
        self._kernel.scheduler.post(action)

    def _end(self, exit_code: int, reason: str) -> None:
        """End everything and report `exit_code`. Called with the baton."""
        if self._exit_code is None and self._process is not None:
            self._exit_code = exit_code
            self._kernel.kill_tree(self._process, reason)

    # --- pipes and files ---

    def _pipe_files(self) -> tuple[File, File, File]:
        source = HostInput(lambda: self._pump(source))
        return source, self._output(1), self._output(2)

    def _pump(self, source: HostInput) -> None:
        """Read once: called only when a program inside wants input and there is none."""

        def read() -> None:
            try:
                data = os.read(0, CHUNK)
            except OSError:
                data = b""
            self._post(lambda: source.feed(data) if data else source.end())

        threading.Thread(target=read, daemon=True, name="pagebox-stdin").start()

    def _output(self, fd: int) -> HostOutput:
        def deliver(data: bytes) -> None:
            try:
                _write_all(fd, data)
            except OSError:
                outlet.close()
                if fd == 1:
                    self._post(lambda: self._end(BROKEN_PIPE, "nobody reads"))

        outlet = Outlet.paced(deliver, self._post)
        return HostOutput(outlet)

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        """Pass INT, TERM and HUP on to what runs inside."""
        numbers = [host_signal.SIGINT, host_signal.SIGTERM, host_signal.SIGHUP]
        before = {number: host_signal.signal(number, self._pass_on) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                host_signal.signal(number, handler)

    def _pass_on(self, number: int, _frame: object) -> None:
        self._interrupts += 1
        insistent = self._interrupts > 2
        self._post(lambda: self._interrupt(Signal(number), insistent))

    def _interrupt(self, signal: Signal, insistent: bool) -> None:
        """To the whole session, as a terminal would; the third one ends it whatever it catches."""
        assert self._process is not None
        if insistent:
            self._end(128 + signal, "interrupted")
            return
        for process in self._kernel.alive():
            if process.sid == self._process.sid:
                self._kernel.deliver(process, signal)

    @contextlib.contextmanager
    def _alarm(self, seconds: float | None) -> Iterator[None]:
        if seconds is None:
            yield
            return
        timer = threading.Timer(
            seconds, lambda: self._post(lambda: self._end(TIMED_OUT, "timed out"))
        )
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    # --- a terminal ---

    def _tty(self) -> Tty:
        size = os.get_terminal_size(1)
        outlet = Outlet.paced(lambda data: _write_all(1, data), self._post)
        return Tty(self._kernel, outlet, WindowSize(size.lines, size.columns))

    def _terminal_files(self, tty: Tty) -> tuple[File, File, File]:
        flags = OpenFlags.READ | OpenFlags.WRITE
        stderr: File = tty.open(flags) if os.isatty(2) else self._output(2)
        return tty.open(flags), tty.open(flags), stderr

    def _read_terminal(self, tty: Tty) -> None:
        def read() -> None:
            while data := os.read(0, CHUNK):
                self._post(lambda data=data: tty.input(data))  # type: ignore[misc]
            self._post(tty.hang_up)

        def resized(_number: int, _frame: object) -> None:
            size = os.get_terminal_size(1)
            self._post(lambda: tty.resize(size.lines, size.columns))

        host_signal.signal(host_signal.SIGWINCH, resized)
        threading.Thread(target=read, daemon=True, name="pagebox-keyboard").start()


@contextlib.contextmanager
def _raw_terminal() -> Iterator[None]:
    """Give every key to the terminal inside, whose line discipline decides; restore what was there."""
    import termios  # absent on Windows, where there is no such terminal
    import tty as host_tty

    before = termios.tcgetattr(0)
    try:
        host_tty.setraw(0)
        yield
    finally:
        termios.tcsetattr(0, termios.TCSADRAIN, before)


def _write_all(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        try:
            view = view[os.write(fd, view) :]
        except BlockingIOError:  # somebody made our stdout non-blocking
            select.select([], [fd], [])


def announce(text: str) -> None:
    """A line for the person who waits, on the host's stderr."""
    sys.stderr.write(f"pagebox: {text}\n")
    sys.stderr.flush()
