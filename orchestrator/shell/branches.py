"""Branches: if, case; and the commands that are conditions: (( )) and [[ ]]."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.shell.conditional import compile_condition
from orchestrator.shell.expand import compile_arith, compile_pattern, compile_string
from orchestrator.shell.expand.errors import ArithError, ReadonlyError
from orchestrator.shell.expand.regex_items import RegexError
from orchestrator.shell.syntax import print_node
from orchestrator.shell.trace import trace_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.shell.compiler import Compiler
    from orchestrator.shell.expand.pattern import Pattern
    from orchestrator.shell.frame import Run
    from orchestrator.shell.shell import Shell
    from orchestrator.shell.syntax.nodes import ArithCommand, Case, Conditional, If

    Matcher = Callable[[Shell], Pattern]


def compile_if(node: If, compiler: Compiler) -> Run:
    """Compile `if ... elif ... else ... fi`."""
    clauses = tuple((compiler(c.condition), compiler(c.body)) for c in node.clauses)
    otherwise = compiler(node.otherwise) if node.otherwise is not None else None

    def run(shell: Shell) -> int:
        for condition, body in clauses:
            shell.unchecked += 1
            status = condition(shell)
            shell.unchecked -= 1
            if status == 0:
                return body(shell)
        if otherwise is not None:
            return otherwise(shell)
        if shell.pipe_statuses is None:
            shell.pipe_statuses = [status]
        shell.status = 0
        return 0

    return run


def compile_case(node: Case, compiler: Compiler) -> Run:
    """Compile `case`, with `;&` and `;;&`."""
    subject, source = compile_string(node.subject), print_node(node.subject)
    clauses = tuple(
        (tuple(map(compile_pattern, c.patterns)), compiler(c.body), c.terminator)
        for c in node.clauses
    )

    def run(shell: Shell) -> int:
        shell.command_node = node
        text = subject(shell)
        if shell.observed:
            shell.traps.run_debug(shell)
            trace_text(shell, f"case {source} in")
        status = 0
        falling = False
        for patterns, body, terminator in clauses:
            if falling or _any_matches(shell, patterns, text):
                status = body(shell)
                if terminator == ";;":
                    break
                falling = terminator == ";&"
        shell.status = status
        return status

    return run


def _any_matches(shell: Shell, patterns: tuple[Matcher, ...], text: str) -> bool:
    for pattern in patterns:  # noqa: SIM110 - a generator doubles the cost of a case
        if pattern(shell).matches(text):
            return True
    return False


def compile_arith_command(node: ArithCommand, compiler: Compiler) -> Run:
    """Compile `(( expression ))`: succeeds when the value is not zero."""
    expression, source = compile_arith(node.expression), print_node(node.expression)

    def run(shell: Shell) -> int:
        shell.command_node = node
        if shell.observed:
            shell.traps.run_debug(shell)
            trace_text(shell, f"(( {source} ))")
        try:
            status = 0 if expression(shell) else 1
        except ArithError as error:
            shell.report(f"((: {error.message}")
            status = 1
        except ReadonlyError as error:
            shell.report(error.message)
            status = 1
        shell.status = status
        shell.pipe_statuses = None
        if status and not shell.unchecked:
            return shell.failed(status)
        return status

    return run


def compile_conditional(node: Conditional, compiler: Compiler) -> Run:
    """Compile `[[ expression ]]`."""
    condition = compile_condition(node.expression)

    def run(shell: Shell) -> int:
        shell.command_node = node
        if shell.observed:
            shell.traps.run_debug(shell)
        try:
            status = 0 if condition(shell) else 1
        except ArithError as error:
            shell.report(f"[[: {error.message}")
            status = 1
        except RegexError:
            status = 2
        shell.status = status
        shell.pipe_statuses = None
        if status and not shell.unchecked:
            return shell.failed(status)
        return status

    return run
