"""What a run came to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

from orchestrator.errors import CommandFailed


@dataclass(frozen=True, slots=True)
class Usage:
    """What a run used, its children included.

    Args:
        fuel: guest work in loop turns and calls; the same number in the page and headless.
        steps: work of programs written in Python (the shell among them).
        syscalls: WASI calls.
        peak_memory: bytes of the largest linear memory.
    """

    fuel: int = 0
    steps: int = 0
    syscalls: int = 0
    peak_memory: int = 0


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of `Sandbox.run`.

    Args:
        exit_code: 0-255 as a shell's `$?`; 128 + n for a signal; 124 after a timeout.
        stdout_bytes, stderr_bytes: what was written, up to `Limits.output` bytes each.
        timed_out: the time ran out; the whole process tree is gone, the output so far is here.
        truncated: more was written than is kept.
        duration: seconds.
    """

    exit_code: int
    stdout_bytes: bytes = b""
    stderr_bytes: bytes = b""
    timed_out: bool = False
    truncated: bool = False
    duration: float = 0.0
    usage: Usage = field(default_factory=Usage)
    command: str = ""

    @property
    def stdout(self) -> str:
        """Standard output as text; bytes that are not UTF-8 show as U+FFFD."""
        return self.stdout_bytes.decode("utf-8", "replace")

    @property
    def stderr(self) -> str:
        """Standard error as text; bytes that are not UTF-8 show as U+FFFD."""
        return self.stderr_bytes.decode("utf-8", "replace")

    def check(self) -> Self:
        """Return the result itself. Raises CommandFailed, carrying it, unless the exit code is 0."""
        if self.exit_code:
            raise CommandFailed(self)
        return self
