"""The program `/bin/bash`: from a command line to a status."""

from __future__ import annotations

import stat as st
from typing import TYPE_CHECKING

from orchestrator.shell.evaluate import run_reader
from orchestrator.shell.files import descriptor_of, read_file
from orchestrator.shell.invocation import LONG, LONG_WITH_VALUE, Invocation, InvocationError, parse
from orchestrator.shell.linereading import read_line
from orchestrator.shell.prompt import RELEASE
from orchestrator.shell.restricted import restrict
from orchestrator.shell.startup import make_shell, read_startup_files
from orchestrator.shell.subshell import run_to_end
from orchestrator.shell.syntax import CommandReader
from vfs.errors import text as error_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.kernel.system import System
    from orchestrator.shell.frame import Run
    from orchestrator.shell.shell import Shell

NOT_FOUND, NOT_EXECUTABLE = 127, 126
FATAL_IN_TEXT = 127
"""What `bash -c` ends with after `${x?}` or an unbound variable; a script ends with 1."""
PROBE = 80
"""How much of a script is looked at to tell whether it is text."""

USAGE = (
    """Usage:\tbash [GNU long option] [option] ...
\tbash [GNU long option] [option] script-file ...
GNU long options:
"""
    + "".join(f"\t--{name}\n" for name in sorted(LONG | LONG_WITH_VALUE))
    + """Shell options:
\t-ilrsD or -c command or -O shopt_option\t\t(invocation only)
\t-abefhkmnptuvxBCEHPT or -o option
"""
)


def main(system: System) -> int:
    """Run a shell as a process; return its exit status."""
    try:
        invocation = parse(list(system.argv))
    except InvocationError as error:
        name = system.argv[0] if system.argv else "bash"
        system.stderr.write(f"{name}: {error.message}\n{USAGE if error.usage else ''}")
        return error.status
    answer = _answer(system, invocation)
    if answer is not None:
        return answer
    if invocation.from_stdin and system.isatty(0) and system.isatty(2) and not invocation.arguments:
        invocation.interactive = True
    shell = make_shell(system, invocation)
    if invocation.interactive:
        _prepare(shell)
    if invocation.lists:
        return _list_options(shell, invocation)
    run = _program(shell, invocation)
    return run if isinstance(run, int) else run_to_end(shell, _started(run, invocation))


# What few shells need is imported when one does: most run a script and end.


def _prepare(shell: Shell) -> None:
    from orchestrator.shell.interactive import prepare

    prepare(shell)


def _interact(shell: Shell, invocation: Invocation) -> int:
    from orchestrator.shell.interactive import run_interactive

    return run_interactive(shell, editing=invocation.editing)


def _list_options(shell: Shell, invocation: Invocation) -> int:
    from orchestrator.shell.builtins.settings import list_options

    return list_options(shell, invocation.lists)


def _answer(system: System, invocation: Invocation) -> int | None:
    """`--version` and `--help` print and end."""
    if "version" in invocation.long:
        system.stdout.write(f"pagebox shell, compatible with GNU bash, version {RELEASE}\n")
        return 0
    if "help" in invocation.long:
        system.stdout.write(USAGE)
        return 0
    return None


def _started(run: Run, invocation: Invocation) -> Run:
    def with_startup_files(shell: Shell) -> int:
        read_startup_files(shell, invocation)
        if invocation.restricted:
            restrict(shell)
        return run(shell)

    return with_startup_files


def _program(shell: Shell, invocation: Invocation) -> Run | int:
    """Return what the shell is to run, or the status of its failure to find it."""
    if invocation.text is not None:
        return _text(shell, invocation.text)
    if invocation.script is not None:
        return _script(shell, invocation.script)
    if shell.interactive:
        return lambda shell: _interact(shell, invocation)
    return _standard_input(shell)


def _text(shell: Shell, text: str) -> Run:
    """`-c text`."""
    shell.definition_source = "environment"
    shell.fatal_status = FATAL_IN_TEXT
    reader = CommandReader(text, name=shell.name, dialect=shell.dialect)
    return lambda shell: run_reader(shell, reader, "-c: ", records=True)


def _script(shell: Shell, path: str) -> Run | int:
    """A script file, looked for here and then on PATH."""
    found = path if "/" in path or shell.exists(path) else shell.paths.use(shell, path) or path
    shell.name = path
    try:
        if descriptor_of(found) is None and st.S_ISDIR(shell.system.stat(found).mode):
            shell.error_text(f"{path}: {path}: Is a directory\n")
            return NOT_EXECUTABLE
        data = _content(shell, found)
    except OSError as error:
        shell.name = "bash"
        shell.error_text(f"{shell.system.argv[0]}: {path}: {error_text(error)}\n")
        return NOT_FOUND if isinstance(error, FileNotFoundError) else NOT_EXECUTABLE
    if b"\0" in data[:PROBE].partition(b"\n")[0]:
        shell.error_text(f"{path}: {path}: cannot execute binary file\n")
        return NOT_EXECUTABLE
    shell.source_at_bottom = shell.definition_source = path
    reader = CommandReader(
        data.decode("utf-8", "surrogateescape"), name=path, dialect=shell.dialect
    )
    return lambda shell: run_reader(shell, reader, records=True)


def _content(shell: Shell, path: str) -> bytes:
    """Return what is in a script; `/dev/fd/N` may be a here-document, which has no other name. Raises: OSError."""
    fd = descriptor_of(path)
    if fd is not None and fd in shell.process.fds:
        return shell.system.read_all(fd)
    return read_file(shell.system, path)


def _standard_input(shell: Shell) -> Run:
    """A script on standard input: line by line, so that its commands can read what follows."""
    shell.definition_source = "main"
    reader = CommandReader("", name=shell.name, dialect=shell.dialect, more=_lines(shell))
    return lambda shell: run_reader(shell, reader, records=True)


def _lines(shell: Shell) -> Callable[[], str]:
    def more() -> str:
        try:
            return read_line(shell.system, 0).decode("utf-8", "surrogateescape")
        except InterruptedError:
            shell.take_signals()
            return more()
        except OSError as error:
            shell.error_text(f"{shell.name}: read error: {error_text(error)}\n")
            return ""

    return more
