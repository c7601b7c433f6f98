"""Builtins that say where to go on: break, continue, return, exit, logout, true, false, `:`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.shell.builtin import Builtin, UsageError
from orchestrator.shell.builtins.arguments import whole_number
from orchestrator.shell.control import Break, Continue, Discard, Return, ShellExit
from orchestrator.shell.evaluate import run_text
from orchestrator.shell.jobs import poll_children
from orchestrator.shell.syntax.quote import single_quote

if TYPE_CHECKING:
    from orchestrator.shell.shell import Shell


def _true(shell: Shell, argv: list[str]) -> int:
    return 0


def _false(shell: Shell, argv: list[str]) -> int:
    return 1


def _loop_levels(shell: Shell, argv: list[str]) -> int:
    """Return how many loops are meant, 0 when none is to be left.

    Raises: Break, when the operand is no count; Discard for too many operands.
    """
    operands = argv[2:] if argv[1:2] == ["--"] else argv[1:]
    if not shell.loops and shell.options.posix:
        return 0
    if not shell.loops:
        shell.report(f"{argv[0]}: only meaningful in a `for', `while', or `until' loop")
        return 0
    if not operands:
        return 1
    if len(operands) > 1:
        shell.report(f"{argv[0]}: too many arguments")
        raise Discard(1)
    number = whole_number(operands[0])
    if number is None:
        shell.report(f"{argv[0]}: {operands[0]}: numeric argument required")
        raise ShellExit(128)
    if number < 1:
        shell.report(f"{argv[0]}: {operands[0]}: loop count out of range")
        raise Break(shell.loops, 1)
    return min(number, shell.loops)


def _break(shell: Shell, argv: list[str]) -> int:
    levels = _loop_levels(shell, argv)
    if levels:
        raise Break(levels)
    return 0


def _continue(shell: Shell, argv: list[str]) -> int:
    levels = _loop_levels(shell, argv)
    if levels:
        raise Continue(levels)
    return 0


def _status_operand(shell: Shell, argv: list[str]) -> int:
    """Return the status of `return N` or `exit N`: `$?` without operand. Raises: Discard."""
    operands = argv[2:] if argv[1:2] == ["--"] else argv[1:]
    if not operands:
        return shell.status
    number = whole_number(operands[0])
    if number is None:
        shell.report(f"{argv[0]}: {operands[0]}: numeric argument required")
        return 2
    if len(operands) > 1:
        shell.report(f"{argv[0]}: too many arguments")
        raise Discard(1)
    return number & 0xFF


def _return(shell: Shell, argv: list[str]) -> int:
    status = _status_operand(shell, argv)
    if not shell.frames:
        message = "can only `return' from a function or sourced script"
        raise UsageError(message, show_usage=False)
    raise Return(status)


def _exit(shell: Shell, argv: list[str]) -> int:
    if shell.interactive and not shell.subshell_level:
        shell.error_text("exit\n" if not shell.login else "logout\n")
        if jobs_left(shell):
            return 1
    status = _status_operand(shell, argv)
    if shell.login and not shell.subshell_level:
        shell.status = status
        run_logout_file(shell)
    shell.traps.run_exit_here(shell, status)
    raise ShellExit(status)


def jobs_left(shell: Shell) -> bool:
    """Whether an interactive shell stays because of its jobs; it says so once, and goes when asked again at once."""
    poll_children(shell)
    asked_again = shell.warned_at == shell.command_count - 1
    shell.warned_at = shell.command_count
    stopped = any(job.is_stopped for job in shell.jobs)
    running = shell.options.checkjobs and any(not job.is_done for job in shell.jobs)
    if asked_again or not (stopped or running):
        return False
    shell.error_text(f"There are {'stopped' if stopped else 'running'} jobs.\n")
    if shell.options.checkjobs:
        lines = [job.line(shell.jobs.mark(job)) for job in shell.jobs]
        shell.error_text("".join(f"{line}\n" for line in lines))
    return True


def run_logout_file(shell: Shell) -> None:
    """Run what a login shell leaves behind with: ~/.bash_logout."""
    path = f"{shell.text('HOME')}/.bash_logout"
    shell.login = False  # an `exit` in there ends it
    if shell.exists(path):
        run_text(shell, f". {single_quote(path)}")


def _logout(shell: Shell, argv: list[str]) -> int:
    if not shell.login:
        shell.report("logout: not login shell: use `exit'")
        return 1
    return _exit(shell, argv)


BUILTINS = (
    Builtin(":", _true, ": ", "Null command.", special=True),
    Builtin("true", _true, "true", "Return a successful result."),
    Builtin("false", _false, "false", "Return an unsuccessful result."),
    Builtin("break", _break, "break [n]", "Exit for, while, or until loops.", special=True),
    Builtin(
        "continue", _continue, "continue [n]", "Resume for, while, or until loops.", special=True
    ),
    Builtin("return", _return, "return [n]", "Return from a shell function.", special=True),
    Builtin("exit", _exit, "exit [n]", "Exit the shell.", special=True),
    Builtin("logout", _logout, "logout [n]", "Exit a login shell."),
)
