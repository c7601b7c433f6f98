"""Calls on processes, signals and clocks, for programs written in Python. Above: system. Below:
caller, kernel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from orchestrator.kernel.caller import Caller
from orchestrator.kernel.process import Process, Status
from orchestrator.kernel.reaping import WaitOptions
from orchestrator.kernel.signal import UNCATCHABLE, Disposition, Signal
from orchestrator.kernel.wait import ProcessExit, WouldBlock
from vfs.errors import fail

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.kernel.binfmt import Program
    from orchestrator.kernel.fdtable import FdTable


class ProcessCalls(Caller):
    """Start, end, wait, signal, groups, time."""

    # --- who am I ---

    @property
    def pid(self) -> int:
        """getpid(2)."""
        return self.process.pid

    @property
    def ppid(self) -> int:
        """getppid(2)."""
        return self.process.ppid

    @property
    def argv(self) -> tuple[str, ...]:
        """The arguments, the program's name first."""
        return self.process.argv

    @property
    def env(self) -> dict[str, str]:
        """The environment the process was started with; its own copy."""
        return self.process.env

    @property
    def hostname(self) -> str:
        """gethostname(2)."""
        return self.kernel.hostname

    # --- children ---

    def spawn(
        self,
        path: str,
        argv: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        fds: FdTable | None = None,
        pgid: int | None = None,
        new_session: bool = False,
        signals: Mapping[Signal, Disposition] | None = None,
    ) -> Process:
        """Start a program as a child (no PATH search). `env` defaults to this process's.

        `fds` is taken over, also on failure; make it with `self.process.fds.clone()`. See
        `Kernel.spawn`.
        Raises: ENOENT EACCES ENOEXEC ELOOP ENOTDIR E2BIG EAGAIN EPERM ENOMEM. posix_spawn(3).
        """
        return self.kernel.spawn(
            self.process,
            path,
            argv,
            self.process.env if env is None else env,
            fds=fds,
            pgid=pgid,
            new_session=new_session,
            signals=signals,
        )

    def spawn_program(
        self,
        program: Program,
        argv: Sequence[str] | None = None,
        *,
        env: Mapping[str, str] | None = None,
        fds: FdTable | None = None,
        pgid: int | None = None,
        signals: Mapping[Signal, Disposition] | None = None,
    ) -> Process:
        """Start `program` itself as a child. Defaults: this process's arguments, environment and,
        as fork does, all its descriptors, close-on-exec included. Raises: EAGAIN E2BIG EPERM
        ENOMEM."""
        return self.kernel.spawn_program(
            self.process,
            program,
            self.process.argv if argv is None else argv,
            env,
            fds=self.process.fds.clone(keep_cloexec=True) if fds is None else fds,
            pgid=pgid,
            signals=signals,
            exe=self.process.exe,
        )

    def exec(
        self, path: str, argv: Sequence[str], env: Mapping[str, str] | None = None
    ) -> NoReturn:
        """Become another program; returns only by raising. Raises: as `spawn`, then nothing has
        changed.
        """
        self.kernel.exec(self.process, path, argv, self.process.env if env is None else env)

    def waitpid(
        self,
        pid: int = -1,
        options: WaitOptions = WaitOptions(0),  # noqa: B008
        *,
        timeout: int | None = None,
    ) -> tuple[int, Status]:
        """Wait for a child: (pid, status). (0, Status()) with NOHANG or after `timeout` ns.
        waitpid(2).

        Raises: ECHILD, EINTR.
        """
        deadline = None if timeout is None else self.kernel.clock.monotonic() + timeout

        def attempt() -> tuple[int, Status]:
            try:
                return self.kernel.wait_nowait(self.process, pid, options)
            except WouldBlock as block:
                if deadline is None:
                    raise
                if self.kernel.clock.monotonic() >= deadline:
                    return 0, Status()
                raise WouldBlock(block.waitables, deadline) from None

        return self.blocking(attempt)

    def exit(self, code: int = 0) -> NoReturn:
        """End this process. Buffered output is written by the caller (`flush`) first, if it should
        be. exit(3).
        """
        raise ProcessExit(Status.exited(code))

    # --- signals ---

    def kill(self, pid: int, signal: int) -> None:
        """Send a signal; see `Kernel.kill`. One that hits this process acts before this returns: it
        may leave by ProcessExit, or come back only after CONT. A caught one waits for
        `take_signals`. Raises: EINVAL ESRCH EPERM.
        """
        self.kernel.kill(self.process, pid, signal)
        self.process.check_fatal()
        self.blocking(self.process.check_stopped)

    def set_signal(self, signal: Signal, disposition: Disposition) -> Disposition:
        """Say what happens when `signal` arrives; returns the former disposition. Raises: EINVAL.
        sigaction(2).
        """
        if signal in UNCATCHABLE:
            fail("EINVAL")
        return self.process.signals.set(signal, disposition)

    def get_signal(self, signal: Signal) -> Disposition:
        """What happens when `signal` arrives."""
        return self.process.signals.disposition(signal)

    def take_signals(self) -> list[Signal]:
        """The caught signals that arrived since the last call, oldest first. Cheap when there are
        none.
        """
        signals = self.process.signals
        return signals.take() if signals.caught else []

    # --- groups and sessions ---

    def getpgid(self, pid: int = 0) -> int:
        """The group of a process (0: mine). Raises: ESRCH. getpgid(2)."""
        return self._find(pid).pgid

    def getsid(self, pid: int = 0) -> int:
        """The session of a process (0: mine). Raises: ESRCH. getsid(2)."""
        return self._find(pid).sid

    def setpgid(self, pid: int, pgid: int) -> None:
        """See `Kernel.setpgid`. Raises: ESRCH EPERM EINVAL."""
        self.kernel.setpgid(self.process, pid, pgid)

    def setsid(self) -> int:
        """See `Kernel.setsid`. Raises: EPERM."""
        return self.kernel.setsid(self.process)

    def _find(self, pid: int) -> Process:
        if pid == 0:
            return self.process
        found = self.kernel.processes.get(pid)
        if found is None:
            fail("ESRCH")
        return found

    # --- time and chance ---

    def sleep(self, nanoseconds: int) -> None:
        """Wait that long. Raises: EINTR. nanosleep(2)."""
        deadline = self.kernel.clock.monotonic() + nanoseconds

        def attempt() -> None:
            if self.kernel.clock.monotonic() < deadline:
                raise WouldBlock((), deadline)

        self.blocking(attempt)

    def pause(self) -> None:
        """Wait for a signal. Raises: EINTR, always. pause(2)."""

        def attempt() -> None:
            raise WouldBlock

        self.blocking(attempt)

    def monotonic(self) -> int:
        """Nanoseconds since some start. clock_gettime(2) CLOCK_MONOTONIC."""
        return self.kernel.clock.monotonic()

    def realtime(self) -> int:
        """Nanoseconds since 1970. clock_gettime(2) CLOCK_REALTIME."""
        return self.kernel.clock.realtime()

    def random(self, size: int) -> bytes:
        """Random bytes. getrandom(2)."""
        return self.kernel.entropy(size)
