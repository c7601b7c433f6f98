"""What a builtin is: one record. The registry of them is `orchestrator.shell.builtins`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.shell.shell import Shell


@dataclass(frozen=True, slots=True)
class Builtin:
    """A command that runs inside the shell.

    Args:
        name: what a script calls it.
        run: called with the shell and the words, the name first; returns the status.
        usage: its synopsis, as `help` and usage errors print it.
        summary: one line for `help`.
        special: one of POSIX's special builtins.
    """

    name: str
    run: Callable[[Shell, list[str]], int]
    usage: str
    summary: str = ""
    special: bool = False


class UsageError(Exception):
    """A builtin was called wrongly: the message is printed as `name: message`, the status is 2."""

    def __init__(self, message: str, *, show_usage: bool = True, status: int = 2) -> None:
        self.message = message
        self.show_usage = show_usage
        self.status = status
        super().__init__(message)
