"""Pipelines: every stage is a process and all run at once; `!` and `time`."""

from __future__ import annotations

import stat as st
from typing import TYPE_CHECKING

from orchestrator.shell import external
from orchestrator.shell.control import ShellExit
from orchestrator.shell.expand import compile_words
from orchestrator.shell.expand.words import compile_string
from orchestrator.shell.jobs import wait_foreground
from orchestrator.shell.located import located
from orchestrator.shell.plain import is_plain
from orchestrator.shell.redirect import Redirections, install, restore
from orchestrator.shell.subshell import start_subshell
from orchestrator.shell.syntax.nodes import SimpleCommand, Word
from orchestrator.shell.timing import timed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from orchestrator.kernel.fdtable import FdTable
    from orchestrator.kernel.file import File
    from orchestrator.kernel.process import Process
    from orchestrator.kernel.signal import Disposition, Signal
    from orchestrator.shell.compiler import Compiler
    from orchestrator.shell.frame import Run
    from orchestrator.shell.redirect import Saved
    from orchestrator.shell.shell import Shell
    from orchestrator.shell.syntax.nodes import Command, Pipeline

    Signals = Mapping[Signal, Disposition] | None
    Start = Callable[[Shell, FdTable, int | None, Signals], Process]

OPENING = frozenset(("<", ">", ">>", "<>", ">|", "&>", "&>>"))
"""Redirections that open files."""


def compile_pipeline(node: Pipeline, compiler: Compiler) -> Run:
    """Compile `! time a | b`."""
    run = _compile_commands(node, compiler)
    if node.timed:
        run = timed(run, posix=node.posix_time)
    return _negated(run) if node.negated else run


def _negated(inner: Run) -> Run:
    def run(shell: Shell) -> int:
        shell.unchecked += 1
        result = inner(shell)
        status = 0 if result else 1
        shell.unchecked -= 1
        shell.status = status
        if shell.pipe_statuses is None:
            shell.pipe_statuses = [result]
        return status

    return run


def _compile_commands(node: Pipeline, compiler: Compiler) -> Run:
    if not node.commands:
        return _no_command
    if len(node.commands) == 1:
        return compiler(node.commands[0])
    place, end = located(node), located(node.commands[-1])
    starts = tuple(compile_stage(command, compiler) for command in node.commands)

    last = compiler(node.commands[-1])

    def run(shell: Shell) -> int:
        shell.command_node = place
        if shell.options.lastpipe and not shell.options.monitor:
            return _finish(shell, _with_last_here(shell, starts[:-1], last, node))
        processes, _ = _start_all(shell, starts, last_to_pipe=False)
        statuses = wait_foreground(shell, processes, node)
        shell.command_node = end
        return _finish(shell, statuses)

    return run


def _no_command(shell: Shell) -> int:
    shell.status = 0
    return 0


def _finish(shell: Shell, statuses: list[int]) -> int:
    """Turn the stages' statuses into the pipeline's."""
    status = statuses[-1]
    if shell.options.pipefail:
        status = next((s for s in reversed(statuses) if s), 0)
    shell.status = status
    shell.pipe_statuses = statuses
    if shell.caught:
        shell.take_signals()
    if status and not shell.unchecked:
        return shell.failed(status)
    return status


def _with_last_here(
    shell: Shell, starts: tuple[Start, ...], last: Run, node: Pipeline
) -> list[int]:
    """`shopt -s lastpipe`: the last stage runs in the shell itself."""
    processes, reader = _start_all(shell, starts, last_to_pipe=True)
    assert reader is not None
    saved: Saved = []
    unchecked = shell.unchecked
    shell.unchecked += 1  # the pipeline as a whole is looked at, not its last stage
    try:
        install(shell.process.fds, 0, reader, saved)
        reader.release()
        status = last(shell)
    finally:
        shell.unchecked = unchecked
        restore(shell.process.fds, saved)
    return [*wait_foreground(shell, processes, node), status]


def _start_all(
    shell: Shell, starts: tuple[Start, ...], *, last_to_pipe: bool
) -> tuple[list[Process], File | None]:
    """Start the stages from left to right, each with a pipe to the next.

    With `last_to_pipe` the last one has a pipe too, whose end to read is returned, held.
    """
    processes: list[Process] = []
    reader: File | None = None
    for start in starts:
        fds = shell.process.fds.clone(keep_cloexec=True)
        if reader is not None:
            fds.set(0, reader)
            reader.release()
            reader = None
        if last_to_pipe or start is not starts[-1]:
            reader = _pipe_out(shell, fds)
        processes.append(start(shell, fds, _group(shell, processes), None))
    return processes, reader


def _pipe_out(shell: Shell, fds: FdTable) -> File:
    """Make standard output in `fds` a new pipe; return the end to read, held."""
    reader, writer = shell.system.kernel.pipe()
    fds.set(1, writer)
    return reader.hold()


def _group(shell: Shell, processes: list[Process]) -> int | None:
    """Return the group the next stage is to join: the first one's, under job control."""
    if not shell.options.monitor:
        return None
    return processes[0].pgid if processes else 0


def compile_stage(node: Command, compiler: Compiler, *, counted: bool = False) -> Start:
    """Compile what starts one stage as a process.

    A program whose words can be expanded without anybody noticing is started at once; everything else is a
    subshell. `counted`: a simple command's subshell shows in BASH_SUBSHELL.
    """
    body = compiler(node)

    def start_shell(shell: Shell, fds: FdTable, pgid: int | None, signals: Signals) -> Process:
        if shell.observed and isinstance(node, SimpleCommand):
            shell.command_node = node
            shell.traps.run_debug(shell)  # here, not in the subshell that is to come
        return start_subshell(
            shell, body, fds=fds, pgid=pgid, signals=signals, simple=simple, counted=counted
        )

    simple = isinstance(node, SimpleCommand)
    if not isinstance(node, SimpleCommand) or node.assignments or not is_plain(node):
        return start_shell
    words = compile_words(node.words)
    redirections = Redirections(node.redirects)
    opened = [
        compile_string(redirect.target)
        for redirect in node.redirects
        if redirect.operator in OPENING and isinstance(redirect.target, Word)
    ]

    def start(shell: Shell, fds: FdTable, pgid: int | None, signals: Signals) -> Process:
        if shell.options.nounset or shell.observed or shell.options.failglob:
            return start_shell(shell, fds, pgid, signals)
        if opened and _may_wait(shell, opened):
            return start_shell(shell, fds, pgid, signals)
        argv = words(shell)
        name = argv[0] if argv else ""
        if not argv or name in shell.functions or name in shell.builtins:
            return start_shell(shell, fds, pgid, signals)
        shell.command_node = node
        return _start_program(shell, argv, redirections, fds, pgid, signals)

    return start


def _may_wait(shell: Shell, targets: Sequence[Callable[[Shell], str]]) -> bool:
    """Whether one of the files is a fifo: opening it waits for the other side, which is not the shell's to do."""
    for target in targets:
        try:
            if st.S_ISFIFO(shell.system.stat(target(shell)).mode):
                return True
        except OSError:
            continue
    return False


def _start_program(
    shell: Shell,
    argv: list[str],
    redirections: Redirections,
    fds: FdTable,
    pgid: int | None,
    signals: Signals,
) -> Process:
    """Start a program as a stage; when that fails, a subshell that has failed stands for it."""
    former = shell.process.fds
    table = fds.clone()
    failure = start_subshell_failing
    try:
        redirections.apply(shell, table, None)
        process = external.start(shell, argv, table, pgid, signals)
    except external.NotStarted as error:
        return failure(shell, error.status, fds, pgid)
    fds.close_all()
    assert shell.process.fds is former
    return process


def start_subshell_failing(shell: Shell, status: int, fds: FdTable, pgid: int | None) -> Process:
    """Start a subshell that ends at once with `status`."""

    def run(clone: Shell) -> int:
        raise ShellExit(status)

    return start_subshell(shell, run, fds=fds, pgid=pgid)
