"""Builtins that run other commands: eval, source, exec, command, builtin."""

from __future__ import annotations

import stat as st
from typing import TYPE_CHECKING, cast

from orchestrator.shell import external
from orchestrator.shell.builtin import Builtin, UsageError
from orchestrator.shell.builtins.arguments import Options, no_options
from orchestrator.shell.builtins.identify import describe
from orchestrator.shell.control import Return, ShellExit
from orchestrator.shell.evaluate import run_reader, run_text
from orchestrator.shell.files import descriptor_of, read_file
from orchestrator.shell.frame import Frame
from orchestrator.shell.lookup import candidates, find_on_path
from orchestrator.shell.restricted import refused
from orchestrator.shell.simple import run_builtin
from orchestrator.shell.syntax import CommandReader
from vfs.errors import symbol_of
from vfs.errors import text as error_text

if TYPE_CHECKING:
    from orchestrator.shell.shell import Shell
    from orchestrator.shell.syntax.nodes import Command

STANDARD_PATH = "/bin:/usr/bin:/sbin:/usr/sbin"


def _eval(shell: Shell, argv: list[str]) -> int:
    text = " ".join(no_options(argv))
    if not text.strip():
        return 0
    return run_text(shell, text, line=shell.line, label="eval: ")


# --- source ---


def _source(shell: Shell, argv: list[str]) -> int:
    operands = no_options(argv)
    if not operands:
        raise UsageError("filename argument required")
    if "/" in operands[0] and refused(shell, argv[0], operands[0]):
        return 1
    path = _script_path(shell, operands[0])
    if path is None:
        return _not_there(shell, argv[0], operands[0])
    data = _script(shell, path, argv[0])
    if data is None:
        return 1
    return run_script(shell, path, data, operands[1:])


def _not_there(shell: Shell, caller: str, name: str) -> int:
    """Say that there is no such script; in POSIX mode that ends a shell that is not interactive."""
    if not shell.options.posix:
        shell.report(f"{name}: No such file or directory")
        return 1
    if "/" not in name:
        raise UsageError(f"{name}: file not found", show_usage=False, status=1)
    shell.report(f"{name}: No such file or directory")
    raise UsageError("", show_usage=False, status=1)


def _script_path(shell: Shell, name: str) -> str | None:
    """Return the file to source: one without slash is looked for on PATH, then here."""
    if "/" not in name and shell.options.sourcepath:
        found = next(iter(candidates(shell, name)), None)
        if found is not None:
            return found
    fd = descriptor_of(name)
    there = fd is not None and fd in shell.process.fds
    return name if there or shell.exists(name) else None


def _script(shell: Shell, path: str, caller: str) -> str | None:
    fd = descriptor_of(path)
    try:
        if fd is not None and fd in shell.process.fds:
            return shell.system.read_all(fd).decode("utf-8", "surrogateescape")
        if st.S_ISDIR(shell.system.stat(path).mode):
            shell.report(f"{caller}: {path}: is a directory")
            return None
        return read_file(shell.system, path).decode("utf-8", "surrogateescape")
    except OSError as error:
        shell.report(f"{path}: {error_text(error)}")
        return None


def run_script(shell: Shell, path: str, text: str, arguments: list[str]) -> int:
    """Run a script in the shell itself, with `arguments` (if any) as its parameters; return its status."""
    frame = Frame("source", path, shell.line, shell.positional)
    shell.frames.append(frame)
    given = shell.positional
    if arguments:
        shell.positional = given = arguments
    loops, unchecked = shell.loops, shell.unchecked
    shell.trace_level += 1
    hidden = shell.traps.enter_function(shell, None) if shell.traps.has_inner else None
    try:
        reader = CommandReader(text, name=path, dialect=shell.dialect)
        return run_reader(shell, reader)
    except Return as leaving:
        return leaving.status
    finally:
        shell.loops, shell.unchecked = loops, unchecked
        shell.trace_level -= 1
        if shell.traps.watches_returns:
            shell.traps.run_return(shell)
        if hidden is not None:
            shell.traps.leave_function(shell, hidden)
        if not arguments or shell.positional is not given:
            frame.positional = shell.positional  # `set` in a sourced script lasts
        shell.leave(frame)


# --- exec ---


def _exec(shell: Shell, argv: list[str]) -> int:
    options = Options(argv, "cla:")
    words = options.operands
    if not words:
        return 0
    if refused(shell, "exec"):
        return 1
    path = shell.paths.use(shell, words[0])
    if path is None:
        shell.report(f"exec: {words[0]}: not found")
        return _exec_failed(shell, external.NOT_FOUND)
    environment = {} if "c" in options else {**shell.environ(), "_": path}
    name = options.values.get("a", words[0])
    if "l" in options:
        name = "-" + name
    try:
        shell.system.exec(path, [name, *words[1:]], environment)
    except OSError as error:
        reason = "Is a directory" if shell.is_directory(path) else error_text(error)
        shell.report(f"{words[0]}: {reason}")
        if symbol_of(error) != "ENOENT":
            shell.report(f"exec: {words[0]}: cannot execute: {reason}")
        status = external.NOT_FOUND if symbol_of(error) == "ENOENT" else external.NOT_EXECUTABLE
        return _exec_failed(shell, status)


def _exec_failed(shell: Shell, status: int) -> int:
    """A shell that is not interactive ends when exec fails, unless `shopt -s execfail`."""
    if shell.interactive or shell.options.execfail:
        return status
    raise ShellExit(status)


# --- command, builtin ---


def _command(shell: Shell, argv: list[str]) -> int:
    options = Options(argv, "pvV")
    words = options.operands
    if not words:
        return 0
    if "p" in options and refused(shell, "command", "-p"):
        return 1
    if "v" in options or "V" in options:
        path = STANDARD_PATH if "p" in options else None
        found = [describe(shell, "command", w, brief="v" in options, path=path) for w in words]
        return 0 if any(found) else 1
    builtin = shell.builtins.get(words[0])
    if builtin is not None:
        return run_builtin(shell, builtin, words, contained=True)
    if "p" in options:
        path = find_on_path(shell, words[0], STANDARD_PATH)
        words = [path or words[0], *words[1:]]
    return external.run(shell, words, cast("Command", shell.command_node), None)


def _builtin(shell: Shell, argv: list[str]) -> int:
    words = no_options(argv)
    if not words:
        return 0
    builtin = shell.builtins.get(words[0])
    if builtin is None:
        shell.report(f"builtin: {words[0]}: not a shell builtin")
        return 1
    return run_builtin(shell, builtin, words)


BUILTINS = (
    Builtin("eval", _eval, "eval [arg ...]", "Execute arguments as a shell command.", special=True),
    Builtin(
        "source",
        _source,
        "source filename [arguments]",
        "Execute commands from a file in the current shell.",
        special=True,
    ),
    Builtin(
        ".",
        _source,
        ". filename [arguments]",
        "Execute commands from a file in the current shell.",
        special=True,
    ),
    Builtin(
        "exec",
        _exec,
        "exec [-cl] [-a name] [command [argument ...]] [redirection ...]",
        "Replace the shell with the given command.",
        special=True,
    ),
    Builtin(
        "command",
        _command,
        "command [-pVv] command [arg ...]",
        "Execute a simple command or display information about commands.",
    ),
    Builtin("builtin", _builtin, "builtin [shell-builtin [arg ...]]", "Execute shell builtins."),
)
