"""The sandbox for hosts that wait. The same surface as `pagebox.Sandbox`, without `await`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from pagebox.core import Core

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from pagebox.core import Running
    from pagebox.files import Files
    from pagebox.limits import Limits
    from pagebox.mounts import Mount
    from pagebox.result import Result

__all__ = ["Process", "Sandbox"]


class Process:
    """See `pagebox.Process`."""

    def __init__(self, running: Running) -> None:
        self._running = running

    @property
    def pid(self) -> int:
        """Its number inside the sandbox."""
        return self._running.pid

    def write(self, data: bytes | str) -> None:
        """Put bytes into its standard input."""
        self._running.write(data)

    def close_stdin(self) -> None:
        """Let it see the end of its standard input."""
        self._running.close_stdin()

    def stdout(self) -> Iterator[bytes]:
        """What it writes to standard output, as it comes."""
        while chunk := self._running.stdout.read().result():
            yield chunk

    def stderr(self) -> Iterator[bytes]:
        """What it writes to standard error, as it comes."""
        while chunk := self._running.stderr.read().result():
            yield chunk

    def kill(self, signal: str = "TERM") -> None:
        """Send a signal by name. Raises ValueError for an unknown name."""
        self._running.kill(signal)

    def wait(self) -> Result:
        """Wait for the end."""
        return self._running.result.result()


class Sandbox:
    """See `pagebox.Sandbox`."""

    def __init__(
        self,
        *,
        limits: Limits | None = None,
        env: Mapping[str, str] | None = None,
        mounts: Sequence[Mount] = (),
        strace: Callable[[str], None] | None = None,
    ) -> None:
        self._core = Core(limits=limits, env=env, mounts=mounts, strace=strace)

    def __enter__(self) -> Self:
        """The sandbox itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    @property
    def files(self) -> Files:
        """Its files."""
        return self._core.files

    def run(
        self,
        command: str | Sequence[str],
        *,
        stdin: bytes | str = b"",
        env: Mapping[str, str] | None = None,
        cwd: str | None = None,
        timeout: float | None = None,
        on_stdout: Callable[[bytes], None] | None = None,
        on_stderr: Callable[[bytes], None] | None = None,
    ) -> Result:
        """Run a command to its end; see `pagebox.Sandbox.run`."""
        running = self._core.start(
            command,
            stdin,
            env=env,
            cwd=cwd,
            timeout=timeout,
            on_stdout=on_stdout,
            on_stderr=on_stderr,
        )
        try:
            return running.result.result()
        except KeyboardInterrupt:
            running.kill("KILL")
            raise

    def spawn(
        self,
        command: str | Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: str | None = None,
        timeout: float | None = None,
    ) -> Process:
        """Start a command and return at once."""
        return Process(
            self._core.start(command, None, env=env, cwd=cwd, timeout=timeout, stream=True)
        )

    def close(self) -> None:
        """End every process and let go of everything. Idempotent."""
        self._core.close()
