"""`set -x`: what is about to run, on standard error behind PS4."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.shell.expand import compile_heredoc
from orchestrator.shell.syntax import parse_here_text
from orchestrator.shell.syntax.nodes import HereDoc
from orchestrator.shell.syntax.quote import quote_if_needed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.shell.shell import Shell


def _prefix(shell: Shell) -> str:
    """Return PS4, expanded; its first character once per level of nesting."""
    raw = shell.text("PS4", "+ ")
    shell.options.xtrace = False
    shell.observed = False
    status = shell.status
    try:
        text = compile_heredoc(HereDoc("", parse_here_text(raw), False, False))(shell)
    finally:
        shell.options.xtrace = True
        shell.options_changed()
        shell.status = status
    return text[:1] * shell.subshell_level + text


def trace_text(shell: Shell, text: str) -> None:
    """Print a line of the trace, if there is one."""
    if shell.options.xtrace:
        shell.error_text(f"{_prefix(shell)}{text}\n")


def trace_command(shell: Shell, argv: list[str]) -> None:
    """Trace a simple command."""
    if shell.options.xtrace and argv:
        trace_text(shell, " ".join(map(quote_if_needed, argv)))


def trace_assignments(shell: Shell, names: Iterable[str]) -> None:
    """Trace assignments that have been made."""
    if shell.options.xtrace:
        for name in names:
            trace_text(shell, f"{name}={_shown(shell.text(name))}")


def _shown(value: str) -> str:
    return quote_if_needed(value) if value else ""


def trace_for(shell: Shell, name: str, values: list[str]) -> None:
    """Trace one turn of a for loop, and run trap DEBUG."""
    shell.traps.run_debug(shell)
    if shell.options.xtrace:
        trace_text(shell, f"for {name} in {' '.join(map(quote_if_needed, values))}")
