"""Function definitions and calls."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from orchestrator.shell.control import Discard, Return, ShellExit
from orchestrator.shell.evaluate import given_up
from orchestrator.shell.expand.errors import ExpansionError
from orchestrator.shell.frame import Frame, Function
from orchestrator.shell.syntax.quote import is_name

if TYPE_CHECKING:
    from orchestrator.shell.compiler import Compiler
    from orchestrator.shell.frame import Run
    from orchestrator.shell.shell import Shell
    from orchestrator.shell.syntax.nodes import FunctionDef


_UNFIT = re.compile("[$`'\"\\\\]")
"""What a function's name must not hold: it is never expanded."""


def compile_function(node: FunctionDef, compiler: Compiler) -> Run:
    """Compile a definition; the body is compiled when it is first called."""
    name = node.name
    body = compiler.later(node.body)
    valid = _UNFIT.search(name) is None

    def run(shell: Shell) -> int:
        shell.command_node = node
        if not valid or (shell.options.posix and not is_name(name)):
            return _misnamed(shell, name)
        status = define(shell, Function(name, node, body, shell.current_source()))
        shell.status = status
        return status

    return run


def _misnamed(shell: Shell, name: str) -> int:
    shell.report(f"`{name}': not a valid identifier")
    if shell.options.posix and not shell.interactive:
        raise ShellExit(2)
    shell.status = 1
    return 1 if shell.unchecked else shell.failed(1)


def define(shell: Shell, function: Function) -> int:
    """Enter a function, unless one of that name is readonly. Return the status."""
    former = shell.functions.get(function.name)
    if former is not None and former.readonly:
        shell.report(f"{function.name}: readonly function")
        return 1
    if former is not None:
        function.exported = former.exported
    shell.functions[function.name] = function
    return 0


def call(shell: Shell, function: Function, argv: list[str]) -> int:
    """Call a function with `argv`, its name first; return its status."""
    frames = shell.frames
    if len(frames) >= shell.deepest:
        return _too_deep(shell, function)
    frame = Frame(
        function.name, function.source, shell.command_node.pos.line, shell.positional, function
    )
    frames.append(frame)
    shell.positional = argv[1:]
    if shell.observed:
        frame.arguments = shell.positional
    loops, unchecked = shell.loops, shell.unchecked
    shell.loops = 0
    returned = False
    hidden = shell.traps.enter_function(shell, function) if shell.traps.has_inner else None
    try:
        status = function.run(shell)
    except Return as leaving:
        if shell.traps.watches_returns:
            shell.traps.run_return(
                shell, function.node.pos.line
            )  # `$?` there is that of the command before `return`
            returned = True
        status = shell.status = leaving.status
    except ExpansionError as error:
        raise given_up(
            shell, error
        ) from None  # said here, where the function's name is still known
    finally:
        shell.loops, shell.unchecked = loops, unchecked
        if shell.traps.watches_returns and not returned:
            shell.traps.run_return(shell, function.node.pos.line)
        if hidden is not None:
            shell.traps.leave_function(shell, hidden)
        shell.leave(frame)
    return status


def _too_deep(shell: Shell, function: Function) -> int:
    shell.report(f"{function.name}: maximum function nesting level exceeded ({shell.deepest})")
    raise Discard(1)
