"""The slow half of arithmetic: values that are not plain numbers, and subscripts.

``arith`` compiles expressions and comes here when a variable has no cached number. Expressions found in
values go back through ``Environment.evaluate``, so that the two need not import one another. Below: lookup.
"""

from orchestrator.errors import ShellSyntaxError
from orchestrator.shell.expand.environment import Environment
from orchestrator.shell.expand.errors import ArithError, UnboundError
from orchestrator.shell.expand.lookup import follow
from orchestrator.shell.expand.variable import (
    ASSOCIATIVE,
    NAMEREF,
    AssociativeArray,
    IndexedArray,
    Variable,
)
from orchestrator.shell.syntax.arith import ArithSyntaxError, parse_number, wrap

MAX_DEPTH = 1024
"""How deep variables may hold expressions that name variables: bash's own limit."""


def plain_number(text: str) -> int | None:
    """The number a text is without evaluation: an optional minus and a constant, or empty (0)."""
    if text.isdecimal() and text[0] != "0" and len(text) < 19 and text.isascii():
        return int(text)
    digits = text.strip(" \t\n")
    if not digits:
        return 0
    negative = digits[0] == "-"
    if negative:
        digits = digits[1:]
    if not digits[:1].isdigit() or not digits.isascii():
        return None
    try:
        value = parse_number(digits)
    except ArithSyntaxError:
        return None
    return wrap(-value) if negative else value


def read_variable(env: Environment, name: str) -> int:
    """The number ``name`` stands for; an unset one is 0 (an error under ``set -u``)."""
    variable = env.variables.get(name)
    if variable is not None and variable.flags & NAMEREF:
        target, subscript = follow(env, name)
        if subscript is not None:
            return read_element(env, target, raw_key(env, subscript))
        variable = env.variables.get(target)
    value = variable.scalar() if variable is not None else None
    if value is None:
        if env.options.nounset:
            raise UnboundError(f"{name}: unbound variable", fatal=True, status=127)
        return 0
    number = plain_number(value)
    if number is None:
        return nested(env, value)
    if variable is not None and variable.value is value:
        variable.number = number
    return number


def nested(env: Environment, text: str) -> int:
    """Evaluate a value that is an expression itself."""
    if env.arith_depth >= MAX_DEPTH:
        raise _too_deep(text)
    env.tick(1)  # values that name one another twice double the work at each level
    env.arith_depth += 1
    try:
        return env.evaluate(text)
    except RecursionError:
        raise _too_deep(text) from None
    finally:
        env.arith_depth -= 1


def _too_deep(text: str) -> ArithError:
    shown = text.lstrip()
    return ArithError(f'{shown}: expression recursion level exceeded (error token is "{shown}")')


def read_element(env: Environment, name: str, subscript: str) -> int:
    """The number in ``name[subscript]``; unset is 0. The subscript is expanded already."""
    value = element_text(env, name, subscript)
    if value is None:
        if env.options.nounset:
            raise UnboundError(f"{name}[{subscript}]: unbound variable", fatal=True, status=127)
        return 0
    number = plain_number(value)
    return nested(env, value) if number is None else number


def element_text(env: Environment, name: str, subscript: str) -> str | None:
    """The text in ``name[subscript]``, None when unset. The subscript is expanded already."""
    name, inner = follow(env, name)
    variable = env.variables.get(name)
    if variable is None or inner is not None:
        if not variable and inner is None and env.evaluate(subscript) < 0:
            env.warn(f"{name}: bad array subscript")
        return None
    if isinstance(variable.value, AssociativeArray):
        return variable.value.get(subscript)
    if variable.flags & ASSOCIATIVE:
        return None
    return _indexed_text(env, name, variable, subscript)


def _indexed_text(env: Environment, name: str, variable: Variable, subscript: str) -> str | None:
    index = env.evaluate(subscript)
    value = variable.value
    if not isinstance(value, IndexedArray):
        if index < 0:
            env.warn(f"{name}: bad array subscript")
        return variable.scalar() if index == 0 else None
    if index < 0:
        index = value.resolve(index)
        if index < 0:
            env.warn(f"{name}: bad array subscript")
            return None
    return value.items.get(index)


def raw_key(env: Environment, subscript: str) -> str:
    """A subscript that came as text (``unset 'm["a b"]'``, ``let 'a[$i]'``): quotes go, expansions happen.
    Text that cannot be read so, such as a lone quote, stands for itself."""
    if not any(mark in subscript for mark in "'\"\\$`"):
        return subscript
    try:
        return env.expand_text(subscript)
    except ShellSyntaxError:
        return subscript
