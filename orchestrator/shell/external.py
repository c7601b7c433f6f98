"""Programs: from a command name to a process, and what is said when there is none."""

from __future__ import annotations

import stat as st
from typing import TYPE_CHECKING, NoReturn

from orchestrator.shell.files import write_to
from orchestrator.shell.functions import call
from orchestrator.shell.jobs import make_room, wait_foreground
from orchestrator.shell.lookup import suggestion
from orchestrator.shell.redirect import RedirectError
from orchestrator.shell.subshell import start_subshell
from vfs.errors import symbol_of
from vfs.errors import text as error_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.kernel.fdtable import FdTable
    from orchestrator.kernel.process import Process
    from orchestrator.kernel.signal import Disposition, Signal
    from orchestrator.shell.frame import Function
    from orchestrator.shell.redirect import Redirections
    from orchestrator.shell.shell import Shell
    from orchestrator.shell.syntax.nodes import Command

NOT_FOUND = 127
NOT_EXECUTABLE = 126
NOT_FOUND_HANDLER = "command_not_found_handle"


class NotStarted(Exception):
    """A program could not be started; the message has been printed."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(status)


def run(shell: Shell, argv: list[str], node: Command, redirections: Redirections | None) -> int:
    """Run a program in the foreground; return its status."""
    if shell.interactive and shell.options.autocd and _names_folder(shell, argv):
        shell.error_text(f"cd -- {argv[0]}\n")
        return shell.builtins["cd"].run(shell, ["cd", "--", argv[0]])
    try:
        fds = child_table(shell, redirections)
        process = start(shell, argv, fds, 0 if shell.options.monitor else None)
    except NotStarted as error:
        return error.status
    return wait_foreground(shell, [process], node)[0]


def _names_folder(shell: Shell, argv: list[str]) -> bool:
    """Whether a command is nothing but a directory, which `shopt autocd` goes to."""
    known = "cd" in shell.builtins and shell.paths.use(shell, argv[0]) not in (None, argv[0])
    return len(argv) == 1 and not known and shell.is_directory(argv[0])


def child_table(shell: Shell, redirections: Redirections | None) -> FdTable:
    """Return the descriptors a child is to have. Raises: NotStarted."""
    fds = shell.process.fds.clone()
    if redirections is None:
        return fds
    try:
        redirections.apply(shell, fds, None)
    except RedirectError as error:
        shell.report(error.message)
        fds.close_all()
        raise NotStarted(1) from None
    except BaseException:
        fds.close_all()
        raise
    return fds


def start(
    shell: Shell,
    argv: list[str],
    fds: FdTable,
    pgid: int | None,
    signals: Mapping[Signal, Disposition] | None = None,
) -> Process:
    """Start a program with its descriptors, which are taken over. Raises: NotStarted."""
    if shell.options.restricted and "/" in argv[0]:
        shell.report(f"{argv[0]}: restricted: cannot specify `/' in command names")
        fds.close_all()
        raise NotStarted(1)
    path = shell.paths.use(shell, argv[0])
    if path is None:
        handler = shell.functions.get(NOT_FOUND_HANDLER)
        if handler is None:
            _say_not_found(shell, argv, fds)
        return _handled(shell, handler, argv, fds, pgid, signals)
    environment = shell.environ()
    environment["_"] = path
    make_room(shell)
    try:
        return shell.system.spawn(
            path, argv, env=environment, fds=fds, pgid=pgid, signals=shell.child_signals(signals)
        )
    except OSError as error:
        raise NotStarted(_say_why(shell, path, error)) from None


def _handled(
    shell: Shell,
    handler: Function,
    argv: list[str],
    fds: FdTable,
    pgid: int | None,
    signals: Mapping[Signal, Disposition] | None,
) -> Process:
    """Start the function that stands for commands which are not found, as a process of its own."""

    def run(clone: Shell) -> int:
        return call(clone, handler, [NOT_FOUND_HANDLER, *argv])

    return start_subshell(shell, run, fds=fds, pgid=pgid, signals=signals)


def _say_not_found(shell: Shell, argv: list[str], fds: FdTable) -> NoReturn:
    """Print the message where the command's own standard error would go. Raises: NotStarted."""
    reason = "command not found" if shell.text("PATH") else "No such file or directory"
    text = f"{shell.prefix()}{argv[0]}: {reason}\n"
    file = fds.files.get(2)
    if file is not None:
        if shell.explains(fds.files):
            text += suggestion(shell, argv[0])
        write_to(shell.system, file, text.encode("utf-8", "surrogateescape"))
    fds.close_all()
    raise NotStarted(NOT_FOUND)


def _say_why(shell: Shell, path: str, error: OSError) -> int:
    """Print why a program could not be started; return the status that bash gives it."""
    symbol = symbol_of(error)
    reason = error_text(error)
    if symbol == "EACCES" and _is_directory(shell, path):
        reason = "Is a directory"
    elif symbol == "ENOENT" and error.filename not in (None, path):
        shell.report(f"{path}: cannot execute: required file not found")
        return NOT_FOUND
    elif symbol == "EACCES" and error.filename not in (None, path):
        shell.report(f"{path}: {error.filename}: bad interpreter: {reason}")
        return NOT_EXECUTABLE
    elif symbol == "ENOEXEC":
        reason = "cannot execute binary file: Exec format error"
    shell.report(f"{path}: {reason}")
    return NOT_FOUND if symbol == "ENOENT" else NOT_EXECUTABLE


def _is_directory(shell: Shell, path: str) -> bool:
    try:
        return st.S_ISDIR(shell.system.stat(path).mode)
    except OSError:
        return False
