"""`$(command)` and `<(command)`: a subshell at the other end of a pipe, or one in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.shell.evaluate import SYNTAX_ERROR, report_syntax_error
from orchestrator.shell.expand import compile_word
from orchestrator.shell.expand.assign import LONGEST_VALUE
from orchestrator.shell.inplace import capture, fits
from orchestrator.shell.jobs import poll_children
from orchestrator.shell.redirect import RedirectError, open_target
from orchestrator.shell.subshell import start_subshell
from orchestrator.shell.syntax.nodes import SimpleCommand, Word
from vfs.errors import fail
from vfs.inode import OpenFlags

if TYPE_CHECKING:
    from orchestrator.kernel.file import File
    from orchestrator.shell.frame import Run
    from orchestrator.shell.shell import Shell
    from orchestrator.shell.syntax.nodes import CommandList, CommandSubst, ProcessSubst

CHUNK = 65536
HIGHEST_FD = 63


def command_output(shell: Shell, node: CommandSubst, body: Run) -> str:
    """Run the body in a subshell and return what it prints; sets `$?`."""
    shell.substituted = True
    if node.error is not None:
        report_syntax_error(shell, node.error, "command substitution: ")
        shell.status = SYNTAX_ERROR
        return ""
    target = _file_alone(node.body)
    if target is not None:
        return _content(shell, target)
    before = shell.command_node
    data = _captured(shell, body, node)
    shell.command_node = before
    return _text(shell, data)


def _text(shell: Shell, data: bytes) -> str:
    if b"\0" in data:
        shell.warn("warning: command substitution: ignored null byte in input")
        data = data.replace(b"\0", b"")
    return data.rstrip(b"\n").decode("utf-8", "surrogateescape")


def _captured(shell: Shell, body: Run, node: CommandSubst) -> bytes:
    """Run the body, in place if it fits; return what it prints and set the status."""
    needs = shell.compiler.needs(node.body)
    if not fits(shell, needs):
        return _piped(shell, body)
    try:
        return capture(shell, body, _substituted(shell, body), needs)
    except OSError as error:
        return _failed(shell, error)


def _piped(shell: Shell, body: Run) -> bytes:
    """Run the body as a process."""
    reader, writer = shell.system.kernel.pipe()
    reader.hold()
    try:
        fds = shell.process.fds.clone(keep_cloexec=True)
        fds.set(1, writer)
        process = start_subshell(shell, _substituted(shell, body), fds=fds)
        data = drain(shell, reader)
        shell.status = wait_foreground_quietly(shell, process.pid)
        return data
    except OSError as error:
        return _failed(shell, error)
    finally:
        reader.release()


def _failed(shell: Shell, error: OSError) -> bytes:
    shell.report_os_error("fork", error)
    shell.status = 254
    return b""


def wait_foreground_quietly(shell: Shell, pid: int) -> int:
    """Wait for the subshell of a substitution; return its status."""
    while True:
        try:
            return shell.system.waitpid(pid)[1].exit_code
        except InterruptedError:
            continue


def _substituted(parent: Shell, body: Run) -> Run:
    """errexit does not reach into a substitution, unless inherit_errexit or POSIX mode says so; loops do."""
    loops = parent.loops

    def run(shell: Shell) -> int:
        shell.loops = loops
        if not (shell.options.inherit_errexit or shell.options.posix):
            shell.options.errexit = False
        shell.trace_level += 1
        return body(shell)

    return run


def drain(shell: Shell, file: File) -> bytes:
    """Read a file to its end. Raises: ENOMEM past what a variable may hold."""
    parts: list[bytes] = []
    room = LONGEST_VALUE
    while True:
        try:
            chunk = shell.system.blocking(lambda: file.read_nowait(CHUNK))
        except InterruptedError:
            continue
        if not chunk:
            return b"".join(parts)
        parts.append(chunk)
        room -= len(chunk)
        if room < 0:
            fail("ENOMEM")


def _file_alone(body: CommandList) -> Word | None:
    """Return the file of `$(< file)`, None for anything else."""
    if len(body.items) != 1 or body.items[0].background:
        return None
    command = body.items[0].command
    if not isinstance(command, SimpleCommand) or command.words or command.assignments:
        return None
    if len(command.redirects) != 1:
        return None
    redirect = command.redirects[0]
    if redirect.operator != "<" or redirect.fd not in (None, 0) or redirect.variable is not None:
        return None
    return redirect.target if isinstance(redirect.target, Word) else None


def _content(shell: Shell, target: Word) -> str:
    """`$(< file)`: no process needed."""
    try:
        fields = compile_word(target)(shell)
        file = open_target(shell, fields[0] if len(fields) == 1 else "", OpenFlags.READ).hold()
    except RedirectError as error:
        shell.report(error.message)
        shell.status = 1
        return ""
    try:
        shell.status = 0
        return _text(shell, drain(shell, file))
    except OSError as error:
        shell.report_os_error("read error", error)
        shell.status = 1
        return ""
    finally:
        file.release()


def process_path(shell: Shell, node: ProcessSubst, body: Run) -> str:
    """Start the body with one end of a pipe; return the path of the other, which the command inherits."""
    poll_children(shell)  # those of earlier turns of a loop have ended
    reader, writer = shell.system.kernel.pipe()
    theirs, ours = (writer, reader) if node.direction == "<" else (reader, writer)
    theirs.hold(), ours.hold()
    try:
        fds = shell.process.fds.clone(keep_cloexec=True)
        fds.set(1 if node.direction == "<" else 0, theirs)
        process = start_subshell(shell, body, fds=fds)
        shell.last_background = process.pid
        fd = HIGHEST_FD
        while fd in shell.process.fds:
            fd -= 1
        shell.process.fds.set(fd, ours)
    finally:
        theirs.release(), ours.release()
    shell.process_fds.append(fd)
    return f"/dev/fd/{fd}"
