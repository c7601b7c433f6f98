"""Lists of commands: `a; b`, `a && b`, `a &`, braces and subshells."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.shell.inplace import fits, run_in_place
from orchestrator.shell.jobs import start_background
from orchestrator.shell.located import located
from orchestrator.shell.pipeline import compile_stage
from orchestrator.shell.subshell import run_subshell
from orchestrator.shell.syntax.nodes import Pipeline

if TYPE_CHECKING:
    from orchestrator.shell.compiler import Compiler
    from orchestrator.shell.frame import Run
    from orchestrator.shell.shell import Shell
    from orchestrator.shell.syntax.nodes import AndOr, BraceGroup, CommandList, ListItem, Subshell


def compile_list(node: CommandList, compiler: Compiler) -> Run:
    """Compile `a; b & c`. An empty list succeeds."""
    runs = tuple(_compile_item(item, compiler) for item in node.items)
    if len(runs) == 1:
        return runs[0]
    if not runs:
        return _nothing

    def run(shell: Shell) -> int:
        status = 0
        for item in runs:
            status = item(shell)
        return status

    return run


def _nothing(shell: Shell) -> int:
    shell.status = 0
    return 0


def _compile_item(item: ListItem, compiler: Compiler) -> Run:
    if not item.background:
        return compiler(item.command)
    command = item.command
    ran = command
    if isinstance(command, Pipeline) and command.negated and command.commands:
        ran = replace(command, negated=False)  # bash forgets the `!` of what runs behind it
    start = compile_stage(ran, compiler, counted=True)
    place = located(command)

    def background(shell: Shell) -> int:
        shell.command_node = place
        start_background(shell, start, command)
        shell.status = 0
        shell.pipe_statuses = None
        return 0

    return background


def compile_and_or(node: AndOr, compiler: Compiler) -> Run:
    """Compile `a && b || c`: all but the last are conditions, whose failure errexit ignores."""
    first = compiler(node.first)
    *tails, last = [(tail.operator == "&&", compiler(tail.command)) for tail in node.rest]
    last_wants_success, last_run = last

    def run(shell: Shell) -> int:
        shell.unchecked += 1
        status = first(shell)
        for wants_success, command in tails:
            if (status == 0) is wants_success:
                status = command(shell)
        shell.unchecked -= 1
        if (status == 0) is last_wants_success:
            status = last_run(shell)
        return status

    return run


def compile_group(node: BraceGroup, compiler: Compiler) -> Run:
    """Compile `{ list; }`."""
    return compiler(node.body)


def compile_subshell(node: Subshell, compiler: Compiler) -> Run:
    """Compile `( list )`: a process of its own, or as good as."""
    body = compiler(node.body)

    def run(shell: Shell) -> int:
        shell.command_node = node
        if shell.options.monitor or not fits(shell, compiler.needs(node.body)):
            status = run_subshell(shell, body, node)
        else:
            status = run_in_place(shell, body)
            shell.command_node = node
        shell.status = status
        shell.pipe_statuses = None
        if shell.caught:
            shell.take_signals()
        if status and not shell.unchecked:
            return shell.failed(status)
        return status

    return run
