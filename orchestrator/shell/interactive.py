"""The interactive shell: prompt, read, run, tell of jobs, again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.shell.shell import Shell


def run_interactive(shell: Shell, *, editing: bool) -> int:
    """Run until the end of input or `exit`."""
    raise NotImplementedError
