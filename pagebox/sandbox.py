"""The sandbox for asynchronous hosts. `pagebox.sync` is the same surface without `await`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Self, TypeVar

from pagebox.core import Core

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence
    from concurrent.futures import Future

    from pagebox.core import Running
    from pagebox.files import Files
    from pagebox.limits import Limits
    from pagebox.mounts import Mount
    from pagebox.result import Result

T = TypeVar("T")


class Process:
    """A program that runs while you do something else; made by `Sandbox.spawn`."""

    def __init__(self, running: Running) -> None:
        self._running = running

    @property
    def pid(self) -> int:
        """Its number inside the sandbox."""
        return self._running.pid

    async def write(self, data: bytes | str) -> None:
        """Put bytes (text is sent as UTF-8) into its standard input."""
        self._running.write(data)

    async def close_stdin(self) -> None:
        """Let it see the end of its standard input."""
        self._running.close_stdin()

    async def stdout(self) -> AsyncIterator[bytes]:
        """What it writes to standard output, as it comes; ends when nobody can write there any more."""
        while chunk := await _wait(self._running.stdout.read()):
            yield chunk

    async def stderr(self) -> AsyncIterator[bytes]:
        """What it writes to standard error, as it comes."""
        while chunk := await _wait(self._running.stderr.read()):
            yield chunk

    async def kill(self, signal: str = "TERM") -> None:
        """Send a signal by name, as kill(1). Raises ValueError for an unknown name."""
        self._running.kill(signal)

    async def wait(self) -> Result:
        """Wait for the end."""
        return await _wait(self._running.result)


class Sandbox:
    """A Unix of its own: files, processes, a shell. Nothing in it reaches the host.

    Args:
        limits: how much it may use.
        env: variables added to those a login sets.
        mounts: folders of the host to show inside (`pagebox.Mount`).
        strace: gets a line of text for every system call of every compiled program.

    Raises:
        ToolsetError: the tools are not built or damaged.
        OSError: a mount's folder does not exist.
    """

    def __init__(
        self,
        *,
        limits: Limits | None = None,
        env: Mapping[str, str] | None = None,
        mounts: Sequence[Mount] = (),
        strace: Callable[[str], None] | None = None,
    ) -> None:
        self._core = Core(limits=limits, env=env, mounts=mounts, strace=strace)

    async def __aenter__(self) -> Self:
        """The sandbox itself."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close it."""
        await self.close()

    @property
    def files(self) -> Files:
        """Its files; these calls do not need `await`."""
        return self._core.files

    async def run(
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
        """Run a command to its end. A status other than 0 does not raise (see `Result.check`).

        Args:
            command: a string is a shell script, a list is a program and its arguments.
            stdin: what it can read; text is sent as UTF-8.
            env: variables for this run.
            cwd: where it starts; the home folder if not given.
            timeout: seconds, after which the whole process tree is ended and the result says so (124).
            on_stdout, on_stderr: called with bytes as they come, from another thread.

        Raises:
            OSError: `cwd` is not a folder; the program of a list does not exist or cannot run.
        """
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
            return await _wait(running.result)
        except asyncio.CancelledError:
            running.kill("KILL")
            raise

    async def spawn(
        self,
        command: str | Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: str | None = None,
        timeout: float | None = None,
    ) -> Process:
        """Start a command and return at once; its streams are read and written through the `Process`."""
        return Process(
            self._core.start(command, None, env=env, cwd=cwd, timeout=timeout, stream=True)
        )

    async def close(self) -> None:
        """End every process and let go of everything. Idempotent."""
        await asyncio.get_running_loop().run_in_executor(None, self._core.close)


async def _wait(future: Future[T]) -> T:
    return await asyncio.wrap_future(future)
