"""Running text: read a command, compile it, run it, go on with the next; what an error in one means for the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.errors import ShellSyntaxError
from orchestrator.shell.control import Discard, ShellExit
from orchestrator.shell.expand.errors import ExpansionError, ReadonlyError
from orchestrator.shell.interactive_history import remember
from orchestrator.shell.syntax import CommandReader

if TYPE_CHECKING:
    from orchestrator.shell.frame import Run
    from orchestrator.shell.shell import Shell
    from orchestrator.shell.syntax.nodes import CommandList

SYNTAX_ERROR = 2


def run_reader(
    shell: Shell, reader: CommandReader, label: str = "", *, records: bool = False
) -> int:
    """Run every command of `reader`; return the status of the last one.

    `label` goes between name and line of a syntax error (`-c: `, `eval: `). A syntax error ends it with 2.
    `records`: what is read goes into the history, if there is to be one.
    """
    status = 0
    while True:
        try:
            commands = reader.next()
        except ShellSyntaxError as error:
            _warn(shell, reader)
            report_syntax_error(shell, error, label)
            status = _after_syntax_error(
                shell, error, label not in ("", "-c: ") or bool(shell.frames)
            )
            if error.place != "=(" or error.incomplete:
                return status
            reader.skip_line()
            continue
        _warn(shell, reader)
        if commands is None:
            return status
        if shell.options.verbose:
            shell.error_text(reader.text_of_last)
        if records and shell.options.history:
            remember(shell, reader.text_of_last)
        if commands.items and not (shell.options.noexec and not shell.interactive):
            status = run_command(shell, commands)
            if shell.options.onecmd and not label and not shell.frames:
                raise ShellExit(status)


def _after_syntax_error(shell: Shell, error: ShellSyntaxError, inner: bool) -> int:
    """Set and return `$?`. bash forgets to set it after `[[`, goes on behind the line after `x=(`, and gives up
    everything after `$(`. `inner`: the text is that of `eval` or a sourced file.

    Raises: ShellExit.
    """
    if error.place == "=(":
        shell.status = 1
    elif error.place == "$(" and inner and not shell.interactive:
        raise ShellExit(shell.fatal_status)
    elif error.place == "$(" and not inner and shell.fatal_status != 1:
        shell.status = shell.fatal_status
    elif error.place != "[[" or inner:
        shell.status = SYNTAX_ERROR
        if inner and shell.options.posix and not shell.interactive:
            raise ShellExit(SYNTAX_ERROR)
    return shell.status


def _warn(shell: Shell, reader: CommandReader) -> None:
    for line, text in reader.take_warnings():
        shell.error_text(f"{shell.text_name()}: line {line}: {text}\n")


def run_command(shell: Shell, commands: CommandList) -> int:
    """Compile and run one command line as the shell's main loop does; an error gives it up and no more."""
    return guarded(shell, shell.compiler(commands))


def guarded(shell: Shell, run: Run) -> int:
    """Run; an expansion error discards the command, or ends a shell that is not interactive.

    Raises: ShellExit and the rest of the control flow.
    """
    unchecked, loops = shell.unchecked, shell.loops
    try:
        return run(shell)
    except ExpansionError as error:
        leaving = given_up(shell, error)
        if isinstance(leaving, ShellExit) or shell.subshell_level:
            raise leaving from None  # `eval` in a subshell ends the subshell
        shell.status = leaving.status
    except ShellSyntaxError as error:  # in text that is read while it is expanded
        shell.report(error.message)
        shell.status = 1
    except Discard as leaving:
        shell.status = leaving.status
    except RecursionError:
        shell.report("maximum nesting level exceeded")
        shell.status = 1
    shell.unchecked, shell.loops = unchecked, loops
    if shell.options.errexit and not unchecked:
        raise ShellExit(shell.status)
    return shell.status


def given_up(shell: Shell, error: ExpansionError) -> ShellExit | Discard:
    """Print why an expansion failed; return what leaves the command, or a shell that is not interactive."""
    shell.report(error.message)
    fatal = error.fatal or (shell.options.posix and isinstance(error, ReadonlyError))
    if fatal and not shell.interactive:
        return ShellExit(1 if shell.options.errexit else shell.fatal_status)
    return Discard(error.status)


def run_text(shell: Shell, text: str, *, line: int = 1, label: str = "") -> int:
    """Run a string in the shell itself: `eval`, traps."""
    reader = CommandReader(text, name=shell.text_name(), line=line or 1, dialect=shell.dialect)
    shell.trace_level += 1
    try:
        return run_reader(shell, reader, label)
    finally:
        shell.trace_level -= 1


def report_syntax_error(shell: Shell, error: ShellSyntaxError, label: str = "") -> None:
    """Print a syntax error as bash does: the message, then the line; ours adds a caret under the column."""
    name = shell.text_name()
    head = f"{name}: " if shell.interactive else f"{name}: {label}line {error.line}: "
    for message in error.message.split("\n"):
        shell.error_text(f"{head}{message}\n")
    if error.text_line and not error.incomplete:
        shell.error_text(f"{head}`{error.text_line}'\n")
        if shell.explains(shell.process.fds.files):
            indent = " " * (len(head) + error.column)
            shell.error_text(f"{indent}^ column {error.column}\n")
