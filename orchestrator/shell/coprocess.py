"""`coproc name command`: a background subshell with a pipe to and from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.shell.expand.variable import INDEXED, IndexedArray, Variable
from orchestrator.shell.subshell import start_subshell
from orchestrator.shell.syntax import print_node

if TYPE_CHECKING:
    from orchestrator.kernel.fdtable import FdTable
    from orchestrator.shell.compiler import Compiler
    from orchestrator.shell.frame import Run
    from orchestrator.shell.shell import Shell
    from orchestrator.shell.syntax.nodes import Coproc

HIGHEST_FD = 63
APART = 3
"""How far below its output bash puts the input of a coprocess: scripts' messages show the numbers."""


def compile_coproc(node: Coproc, compiler: Compiler) -> Run:
    """Compile `coproc`: sets `name[0]` (its output), `name[1]` (its input) and `name_PID`."""
    body = compiler(node.command)

    def run(shell: Shell) -> int:
        shell.command_node = node
        process_pid, read_fd, write_fd = _start(shell, body)
        shell.variables[node.name] = Variable(IndexedArray([str(read_fd), str(write_fd)]), INDEXED)
        shell.store(f"{node.name}_PID", str(process_pid))
        shell.last_background = process_pid
        shell.jobs.add([process_pid], None, print_node(node))
        shell.jobs.coprocesses[process_pid] = (node.name, read_fd, write_fd)
        shell.status = 0
        return 0

    return run


def _start(shell: Shell, body: Run) -> tuple[int, int, int]:
    to_reader, to_writer = (end.hold() for end in shell.system.kernel.pipe())
    from_reader, from_writer = (end.hold() for end in shell.system.kernel.pipe())
    fds = shell.process.fds.clone(keep_cloexec=True)
    fds.set(0, to_reader)
    fds.set(1, from_writer)
    process = start_subshell(shell, body, fds=fds)
    own = shell.process.fds
    read_fd = own.add(from_reader, lowest=_free(own, HIGHEST_FD), cloexec=True)
    write_fd = own.add(to_writer, lowest=_free(own, max(read_fd - APART, APART)), cloexec=True)
    for end in (to_reader, to_writer, from_reader, from_writer):
        end.release()
    return process.pid, read_fd, write_fd


def _free(table: FdTable, fd: int) -> int:
    while fd in table and fd > APART:
        fd -= 1
    return fd
