"""Subshells: a clone of the shell that runs as a process of its own, and how any shell comes to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.errors import ShellSyntaxError
from orchestrator.shell.control import Break, Continue, Discard, Interrupted, Return, ShellExit
from orchestrator.shell.expand.errors import ExpansionError
from orchestrator.shell.jobs import make_room, wait_foreground

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from orchestrator.kernel.fdtable import FdTable
    from orchestrator.kernel.process import Process
    from orchestrator.kernel.signal import Disposition, Signal
    from orchestrator.kernel.system import System
    from orchestrator.shell.frame import Run
    from orchestrator.shell.shell import Shell
    from orchestrator.shell.syntax.nodes import Command


def start_subshell(
    shell: Shell,
    run: Run,
    *,
    fds: FdTable | None = None,
    pgid: int | None = None,
    signals: Mapping[Signal, Disposition] | None = None,
    simple: bool = False,
    counted: bool = True,
) -> Process:
    """Start a subshell that runs `run` as a child process; `fds` defaults to the shell's own.

    `simple`: it runs one simple command, and so fails fatally as the shell itself would;
    `counted` tells whether BASH_SUBSHELL shows it then.

    Raises: EAGAIN (too many processes), ENOMEM.
    """
    if fds is None:
        fds = shell.process.fds.clone(keep_cloexec=True)
    clone = shell.clone()
    if simple:
        clone.fatal_status = shell.fatal_status
        clone.traps.commands.pop("DEBUG", None)  # it has been run for this command
        clone.subshell_level -= not counted
    make_room(shell)
    return shell.system.subprogram(
        subshell_main(clone, run),
        shell.process.argv,
        fds=fds,
        pgid=pgid,
        signals=shell.child_signals(signals),
    )


def subshell_main(clone: Shell, run: Run) -> Callable[[System], int]:
    """Return the program a subshell runs."""

    def main(system: System) -> int:
        clone.attach(system)
        return run_to_end(clone, run)

    return main


def run_subshell(shell: Shell, run: Run, node: Command) -> int:
    """Run `( list )` in the foreground and return its status."""
    pgid = 0 if shell.options.monitor else None
    try:
        process = start_subshell(shell, run, pgid=pgid)
    except OSError as error:
        shell.report_os_error("fork", error)
        return 254
    return wait_foreground(shell, [process], node)[-1]


def run_to_end(shell: Shell, run: Run) -> int:
    """Run a whole shell: whatever ends it becomes its status, and the EXIT trap runs last."""
    status = _guarded(shell, run)
    if shell.traps.has_exit():
        status = _guarded(shell, lambda shell: _run_exit_trap(shell, status))
    return status & 0xFF


def _run_exit_trap(shell: Shell, status: int) -> int:
    shell.status = status
    shell.unchecked = 0
    shell.traps.run_exit(shell)
    return status


def _guarded(shell: Shell, run: Run) -> int:
    try:
        return run(shell)
    except (ShellExit, Return, Discard) as leaving:
        return leaving.status
    except (Break, Continue):
        return 0
    except Interrupted:
        return 130
    except ExpansionError as error:
        shell.report(error.message)
        return shell.fatal_status if error.fatal else error.status
    except ShellSyntaxError as error:
        shell.report(error.message)
        return 1
    except RecursionError:
        shell.report("maximum nesting level exceeded")
        return 1
