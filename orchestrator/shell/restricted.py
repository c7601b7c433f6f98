"""The restricted shell (`bash -r`, `rbash`): what it refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.shell.expand.variable import READONLY

if TYPE_CHECKING:
    from orchestrator.shell.shell import Shell

GUARDED = ("PATH", "SHELL", "ENV", "BASH_ENV", "HISTFILE")


def restrict(shell: Shell) -> None:
    """Restrict a shell for good."""
    for name in GUARDED:
        variable = shell.variables.get(name) or shell.create(name)
        variable.flags |= READONLY
    shell.options.restricted = shell.options.restricted_shell = True
    shell.options_changed()


def refused(shell: Shell, *what: str) -> bool:
    """Whether the shell is restricted; if so, say that this is."""
    if shell.options.restricted:
        shell.report(f"{': '.join(what)}: restricted")
        return True
    return False
