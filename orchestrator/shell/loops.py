"""Loops: while, until, for, C-style for, select."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.shell.control import Break, Continue, ShellExit
from orchestrator.shell.expand import assign, compile_arith, compile_words
from orchestrator.shell.expand.errors import ArithError, ReadonlyError
from orchestrator.shell.expand.variable import NAMEREF, SPECIAL_WRITE
from orchestrator.shell.located import Head
from orchestrator.shell.menu import choose
from orchestrator.shell.syntax import is_name, print_node
from orchestrator.shell.trace import trace_for, trace_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from orchestrator.shell.compiler import Compiler
    from orchestrator.shell.frame import Run
    from orchestrator.shell.shell import Shell
    from orchestrator.shell.syntax.nodes import For, ForArith, Select, While, Word

    Turn = Callable[[Shell], int]


def _outermost(shell: Shell, leaving: Break | Continue) -> bool:
    """Whether this loop is the one meant; otherwise it is to be raised on, one level less."""
    if leaving.levels <= 1 or shell.loops <= 1:
        return True
    leaving.levels -= 1
    return False


def compile_while(node: While, compiler: Compiler) -> Run:
    """Compile `while` and `until`."""
    condition, body = compiler(node.condition), compiler(node.body)
    until = node.until

    def run(shell: Shell) -> int:
        status = 0
        unchecked = shell.unchecked
        shell.loops += 1
        try:
            while True:
                shell.steps -= 1
                if shell.steps < 0:
                    shell.refill()
                try:
                    shell.unchecked = unchecked + 1
                    if (condition(shell) == 0) is until:
                        break
                    shell.unchecked = unchecked
                    status = body(shell)
                except Continue as leaving:
                    if not _outermost(shell, leaving):
                        raise
                    status = 0
                except Break as leaving:
                    if not _outermost(shell, leaving):
                        raise
                    status = leaving.status
                    break
        finally:
            shell.loops -= 1
            shell.unchecked = unchecked
        shell.status = status
        return status

    return run


def _each(shell: Shell, turns: Iterable[object], body: Run) -> int:
    """Run `body` once per element of `turns`, which assigns as it goes. Return the last status."""
    status = 0
    unchecked = shell.unchecked
    shell.loops += 1
    try:
        for _ in turns:
            shell.steps -= 1
            if shell.steps < 0:
                shell.refill()
            try:
                status = body(shell)
            except Continue as leaving:
                shell.unchecked = unchecked
                if not _outermost(shell, leaving):
                    raise
                status = 0
            except Break as leaving:
                if not _outermost(shell, leaving):
                    raise
                status = leaving.status
                break
    finally:
        shell.loops -= 1
        shell.unchecked = unchecked
    shell.status = status
    return status


def _compile_fields(words: tuple[Word, ...] | None) -> Callable[[Shell], list[str]]:
    if words is None:
        return lambda shell: shell.positional.copy()
    return compile_words(words)


def _head(keyword: str, name: str, words: tuple[Word, ...] | None) -> str:
    """Return the head of a loop as the trace shows it: as it is written."""
    shown = ['"$@"'] if words is None else [print_node(word) for word in words]
    return f"{keyword} {name} in {' '.join(shown)}"


def compile_for(node: For, compiler: Compiler) -> Run:
    """Compile `for name in words`."""
    name, body = node.name, compiler(node.body)
    fields, head = _compile_fields(node.words), _head("for", name, node.words)
    valid = is_name(name)

    def turns(shell: Shell, values: list[str]) -> Iterable[None]:
        variables = shell.variables
        for value in values:
            if shell.observed:
                trace_for(shell, head)
            variable = variables.get(name)
            if variable is None or variable.flags & SPECIAL_WRITE:
                _assign_turn(shell, name, value)
            else:
                variable.value = value
                variable.number = None
            yield

    def run(shell: Shell) -> int:
        shell.command_node = node
        if not valid:
            return _bad_name(shell, name)
        try:
            return _each(shell, turns(shell, fields(shell)), body)
        except _VariableError as error:
            return _refused(shell, error.message)

    return run


class _VariableError(Exception):
    """The variable of a loop cannot be assigned: the loop ends, the script goes on."""

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)


def _assign_turn(shell: Shell, name: str, value: str) -> None:
    """Assign a loop's variable; a nameref is pointed at the name `value` (the bash manual, Parameters)."""
    variable = shell.variables.get(name)
    if variable is not None and variable.flags & NAMEREF:
        if not is_name(value):
            raise _VariableError(f"`{value}': not a valid identifier")
        variable.value = value
        return
    try:
        assign(shell, name, value)
    except ReadonlyError as error:
        raise _VariableError(error.message) from None


def _refused(shell: Shell, message: str) -> int:
    shell.report(message)
    shell.status = 1
    return 1 if shell.unchecked else shell.failed(1)


def _bad_name(shell: Shell, name: str) -> int:
    """In POSIX mode this is an error of syntax, which ends a shell that is not interactive."""
    if shell.options.posix and not shell.interactive:
        shell.report(f"`{name}': not a valid identifier")
        raise ShellExit(2)
    return _refused(shell, f"`{name}': not a valid identifier")


def compile_for_arith(node: ForArith, compiler: Compiler) -> Run:
    """Compile `for ((start; condition; step))`."""
    start, condition, step = (_Part(part, node) for part in (node.start, node.condition, node.step))
    body, move, test = compiler(node.body), step.value, condition.value

    def run(shell: Shell) -> int:
        status = 0
        unchecked = shell.unchecked
        shell.command_node = node
        shell.loops += 1
        try:
            going = _evaluated(shell, start, condition)
            while going:
                shell.steps -= 1
                if shell.steps < 0:
                    shell.refill()
                try:
                    status = body(shell)
                except (Continue, Break) as leaving:
                    shell.unchecked = unchecked
                    if not _outermost(shell, leaving):
                        raise
                    status = leaving.status
                    if isinstance(leaving, Break):
                        break
                shell.command_node = node
                if shell.observed:
                    going = _evaluated(shell, step, condition)
                    continue
                try:
                    move(shell)
                    going = test(shell)
                except ArithError as error:
                    going = None
                    shell.report(f"((: {error.message}")
            if going is None:
                status = 1
        finally:
            shell.loops -= 1
            shell.unchecked = unchecked
        shell.status = status
        return status

    return run


def _evaluated(shell: Shell, first: _Part, second: _Part) -> int | None:
    """Evaluate two parts of the head; return what the second gives, None after an error."""
    try:
        for part in (first, second):
            if shell.observed:
                part.watch(shell)
            value = part.value(shell)
    except ArithError as error:
        shell.report(f"((: {error.message}")
        return None
    return value


class _Part:
    """One of the three expressions of a C-style for: `value` evaluates it. A missing one is true.

    Raises: ArithError.
    """

    __slots__ = ("head", "source", "value")

    def __init__(self, word: Word | None, node: ForArith) -> None:
        self.value: Callable[[Shell], int] = _true if word is None else compile_arith(word)
        self.source = "" if word is None else print_node(word).lstrip()
        self.head = None if word is None else Head(f"(({self.source.strip()}))", node.pos)

    def watch(self, shell: Shell) -> None:
        """Trap DEBUG and xtrace."""
        if self.head is None:
            return
        shell.trapped_node = self.head
        shell.traps.run_debug(shell)
        shell.trapped_node = None
        trace_text(shell, f"(( {self.source} ))")


def _true(shell: Shell) -> int:
    return 1


def compile_select(node: Select, compiler: Compiler) -> Run:
    """Compile `select name in words`."""
    name, body = node.name, compiler(node.body)
    fields, head = _compile_fields(node.words), _head("select", name, node.words)

    def turns(shell: Shell, values: list[str], ends: list[int]) -> Iterable[None]:
        shown = False
        while True:
            reply = choose(shell, values, show=not shown)
            if reply is None:
                ends.append(1)
                return
            assign(shell, "REPLY", reply)
            shown = reply != ""
            if shown:
                _assign_turn(shell, name, _chosen(values, reply))
                yield
                shown = shell.text("REPLY") != ""

    def run(shell: Shell) -> int:
        shell.command_node = node
        values = fields(shell)
        if not values:
            shell.status = 0
            return 0
        if shell.observed:
            trace_for(shell, head)
        ends: list[int] = []
        try:
            status = _each(shell, turns(shell, values, ends), body)
        except _VariableError as error:
            return _refused(shell, error.message)
        shell.status = 1 if ends else status  # the end of input is a failure
        return shell.status

    return run


def _chosen(values: list[str], reply: str) -> str:
    """Return the value of the number typed; nothing when it is none of them."""
    try:
        number = int(reply)
    except ValueError:
        return ""
    return values[number - 1] if 1 <= number <= len(values) else ""
