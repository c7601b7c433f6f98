"""One sandbox behind both faces: a machine, the thread that runs it, and runs as futures.

Above: `sandbox`, `sync`, `cli`. Everything a host asks reaches the machine through `scheduler.post`, so it happens
between two turns of the processes inside; answers come back as `concurrent.futures.Future`.
"""

from __future__ import annotations

import contextlib
import threading
import time
from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeVar

from orchestrator.errors import InternalError, SandboxError
from orchestrator.kernel.host import HostInput, HostOutput
from orchestrator.kernel.limits import Limits as KernelLimits
from orchestrator.kernel.signal import Signal
from orchestrator.platform.baton import BatonDriver
from orchestrator.platform.native.host import NativePlatform
from orchestrator.sandbox.machine import Machine, Options
from orchestrator.sandbox.rootfs import HOME
from orchestrator.sandbox.toolset import Toolset
from pagebox.files import Files
from pagebox.limits import Limits
from pagebox.result import Result, Usage
from pagebox.streams import Captured, Stream
from vfs.hostfs import HostFS
from vfs.quota import Quota

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from orchestrator.kernel.process import Process, Status
    from pagebox.mounts import Mount

T = TypeVar("T")
TIMED_OUT = 124
SHELL_NAME = "bash"


class Running:
    """A run in progress.

    Attributes:
        result: a future of its Result.
        stdout, stderr: what it writes, as streams (for `spawn`).
    """

    def __init__(
        self, core: Core, command: str, stdin: HostInput, output: tuple[Captured, Captured]
    ) -> None:
        self._core = core
        self._command = command
        self._stdin = stdin
        self._output = output
        self._timer: threading.Timer | None = None
        self._timed_out = False
        self._started = time.monotonic()
        self.process: Process | None = None
        self.result: Future[Result] = Future()

    @property
    def pid(self) -> int:
        """The number of its first process."""
        assert self.process is not None
        return self.process.pid

    @property
    def stdout(self) -> Stream:
        """Standard output."""
        return self._output[0].stream

    @property
    def stderr(self) -> Stream:
        """Standard error."""
        return self._output[1].stream

    def write(self, data: bytes | str) -> None:
        """Feed standard input."""
        content = data.encode() if isinstance(data, str) else data
        self._core.post(lambda: self._stdin.feed(content))

    def close_stdin(self) -> None:
        """End standard input."""
        self._core.post(self._stdin.end)

    def kill(self, signal: str) -> None:
        """Send a signal; KILL ends the whole tree. Raises ValueError for an unknown name."""
        try:
            number = Signal[signal.upper().removeprefix("SIG")]
        except KeyError:
            raise ValueError(f"no signal is called {signal!r}") from None
        self._core.post(lambda: self._deliver(number))

    def _deliver(self, signal: Signal) -> None:
        process = self.process
        if process is None or process.status is not None:
            return
        if signal is Signal.KILL:
            self._core.machine.kernel.kill_tree(process)
        else:
            self._core.machine.kernel.signal_group(process.pgid, signal)

    # --- time ---

    def limit_time(self, seconds: float) -> None:
        """End the tree after `seconds`."""
        self._timer = threading.Timer(seconds, self._time_is_up)
        self._timer.daemon = True
        self._timer.start()
        if self.result.done():  # it ended before there was a timer to cancel
            self._timer.cancel()

    def _time_is_up(self) -> None:
        with contextlib.suppress(SandboxError):  # closed meanwhile
            self._core.post(self._time_out)

    def _time_out(self) -> None:
        if self.process is not None and self.process.status is None:
            self._timed_out = True
            self._core.machine.kernel.kill_tree(self.process, "timed out")

    # --- the end ---

    def finish(self, status: Status) -> None:
        """The first process ended: make the result. Called with the baton, which it must not take down."""
        if self._timer is not None:
            self._timer.cancel()
        self._core.forget(self)
        if self.result.done():
            return  # abandoned
        try:
            self.result.set_result(self._make_result(status))
        except Exception as error:
            self.result.set_exception(InternalError(f"{type(error).__name__}: {error}"))

    def _make_result(self, status: Status) -> Result:
        stdout, stderr = self._output
        for captured in self._output:
            captured.close()
        return Result(
            exit_code=TIMED_OUT if self._timed_out else status.exit_code,
            stdout_bytes=stdout.value(),
            stderr_bytes=stderr.value(),
            timed_out=self._timed_out,
            truncated=stdout.is_truncated or stderr.is_truncated,
            duration=time.monotonic() - self._started,
            usage=self._usage(),
            command=self._command,
        )

    def abandon(self) -> None:
        """The sandbox was closed."""
        if not self.result.done():
            self.result.set_exception(SandboxError("the sandbox was closed"))

    def _usage(self) -> Usage:
        assert self.process is not None
        budget = self.process.budget
        return Usage(budget.fuel, budget.steps, budget.syscalls, budget.peak_memory)


class Core:
    """A machine and its thread."""

    def __init__(
        self,
        *,
        limits: Limits | None = None,
        env: Mapping[str, str] | None = None,
        mounts: Sequence[Mount] = (),
        strace: Callable[[str], None] | None = None,
        announce: Callable[[str], None] | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self.machine: Machine[BatonDriver] = Machine(
            NativePlatform(announce=announce),
            Toolset.bundled(),
            Options(_kernel_limits(self.limits), _quota(self.limits), env or {}, strace=strace),
        )
        for mount in mounts:
            self._mount(mount)
        self.files = Files(self.machine.files, self.call)
        self._running: set[Running] = set()
        self._closed = False
        self._thread: threading.Thread | None = None

    # --- the thread ---

    def post(self, action: Callable[[], None]) -> None:
        """Let `action` run between two turns. Raises SandboxError after `close`."""
        if self._closed:
            raise SandboxError("the sandbox is closed")
        self._start_thread()
        self.machine.kernel.scheduler.post(action)

    def call(self, action: Callable[[], T]) -> T:
        """Run `action` between two turns and return what it returns, or raise what it raises."""
        future: Future[T] = Future()

        def attempt() -> None:
            try:
                future.set_result(action())
            except Exception as error:
                future.set_exception(error)

        self.post(attempt)
        return future.result()

    def _start_thread(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._dispatch, daemon=True, name="pagebox")
            self._thread.start()

    def _dispatch(self) -> None:
        self.machine.driver.run(lambda: self._closed and not self.machine.kernel.alive())

    def close(self) -> None:
        """End every process and the thread. Idempotent."""
        if self._closed:
            return
        thread = self._thread
        if thread is not None:
            self.post(self._end_everything)
            thread.join()
        self._closed = True
        self.machine.driver.close()

    def _end_everything(self) -> None:
        self._closed = True
        for running in list(self._running):
            running.abandon()
        kernel = self.machine.kernel
        for process in kernel.alive():
            kernel.deliver(process, Signal.KILL)

    # --- runs ---

    def start(
        self,
        command: str | Sequence[str],
        stdin: bytes | str | None,
        *,
        env: Mapping[str, str] | None = None,
        cwd: str | None = None,
        timeout: float | None = None,
        stream: bool = False,
        on_stdout: Callable[[bytes], None] | None = None,
        on_stderr: Callable[[bytes], None] | None = None,
    ) -> Running:
        """Start a run. `stdin` None leaves it open for `Running.write`.

        Raises: OSError as `Machine.start`.
        """
        source = HostInput()
        if stdin is not None:
            source.feed(stdin.encode() if isinstance(stdin, str) else stdin)
            source.end()
        limit = self.limits.output
        output = (
            Captured(limit, on_stdout, stream=stream),
            Captured(limit, on_stderr, stream=stream),
        )
        words = command if isinstance(command, str) else " ".join(command)
        running = Running(self, words, source, output)
        self.call(lambda: self._launch(running, command, source, output, env, cwd))
        seconds = timeout if timeout is not None else self.limits.timeout
        if seconds is not None:
            running.limit_time(seconds)
        return running

    def _launch(
        self,
        running: Running,
        command: str | Sequence[str],
        source: HostInput,
        output: tuple[Captured, Captured],
        env: Mapping[str, str] | None,
        cwd: str | None,
    ) -> None:
        argv = [SHELL_NAME, "-c", command] if isinstance(command, str) else list(command)
        path = None if isinstance(command, str) else self.machine.find(argv[0])
        running.process = self.machine.start(
            argv,
            stdio=(source, HostOutput(output[0].outlet), HostOutput(output[1].outlet)),
            env=env,
            cwd=cwd or HOME,
            path=path,
            fuel=self.limits.fuel,
            on_exit=running.finish,
        )
        self._running.add(running)

    def forget(self, running: Running) -> None:
        """A run has ended."""
        self._running.discard(running)

    def _mount(self, mount: Mount) -> None:
        self.machine.mount(
            mount.guest, HostFS(mount.host, writable=not mount.read_only), source=mount.host
        )


def _kernel_limits(limits: Limits) -> KernelLimits:
    return KernelLimits(
        processes=limits.processes,
        fds=limits.open_files,
        memory=limits.memory,
        total_memory=limits.total_memory,
    )


def _quota(limits: Limits) -> Quota:
    return Quota(limits.disk, limits.files)
