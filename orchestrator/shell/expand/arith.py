"""Arithmetic, compiled: an expression becomes a closure from the environment to a signed 64-bit number.

Every closure returns a value that is already wrapped. The shapes scripts use most (``i < 10``, ``i++``,
``i += 1``, ``a + b``) have closures of their own that touch the variable's cached number and nothing else.
"""

import operator
import re
from collections.abc import Callable
from functools import lru_cache
from typing import TypeAlias

from orchestrator.shell.expand.arith_shapes import (
    BOTTOM,
    TOP,
    WITH_ANY,
    WITH_CONSTANT,
    Evaluate,
    add_to,
)
from orchestrator.shell.expand.assign import assign_element, assign_number
from orchestrator.shell.expand.environment import Environment
from orchestrator.shell.expand.errors import ArithError, SubscriptError
from orchestrator.shell.expand.evaluator import (
    plain_number,
    raw_key,
    read_element,
    read_variable,
)
from orchestrator.shell.expand.lookup import lookup
from orchestrator.shell.expand.variable import ASSOCIATIVE, SPECIAL_COUNT
from orchestrator.shell.syntax.arith import ArithSyntaxError, parse_arith, wrap
from orchestrator.shell.syntax.arithnodes import (
    ArithAssign,
    ArithBinary,
    ArithExpr,
    ArithNumber,
    ArithPlaceholder,
    ArithStep,
    ArithTernary,
    ArithUnary,
    ArithVariable,
)

Operation: TypeAlias = Callable[[int, int], int]
Cell: TypeAlias = list[list[str]]
"""Holds the expanded texts that placeholders stand for while the expression runs."""

_LONG_CHAIN = 16
_DIVIDES = re.compile(r"[/%]|\*\*")
"""Finds the operators that can fail. Expressions found in values are guarded on their own."""


class DivisionByZero(Exception):
    """Raised inside; ``text`` is where bash's error token begins, ``reason`` what it says."""

    def __init__(self, reason: str, text: str) -> None:
        self.reason = reason
        self.text = text


def evaluate(env: Environment, text: str) -> int:
    """The value of ``text`` as an arithmetic expression. Raises ArithError."""
    number = plain_number(text)
    return compile_text(text)(env) if number is None else number


@lru_cache(maxsize=2048)
def compile_text(text: str) -> Evaluate:
    """A text without expansions, compiled. A text that does not parse gives a closure that raises.

    Cached: the closure is a pure function of the text and keeps nothing of the environments it ran in.
    """
    try:
        run = compile_expression(parse_arith(text), [[]])
        return guarded(run, text) if _DIVIDES.search(text) else run
    except ArithSyntaxError as error:
        return _raiser(error.message)
    except RecursionError:
        return _raiser(f"{text.lstrip()}: expression recursion level exceeded")


def _raiser(message: str) -> Evaluate:
    def fail(env: Environment) -> int:
        raise ArithError(message)

    return fail


def guarded(run: Evaluate, text: str) -> Evaluate:
    """``run`` with division errors worded as bash words them."""

    def evaluate_guarded(env: Environment) -> int:
        try:
            return run(env)
        except DivisionByZero as error:
            raise division_error(error, text) from None

    return evaluate_guarded


def division_error(error: DivisionByZero, text: str) -> ArithError:
    """The error for the whole expression ``text``."""
    return ArithError(f'{text.lstrip()}: {error.reason} (error token is "{error.text}")')


def compile_expression(node: ArithExpr, cell: Cell) -> Evaluate:
    """The closure for a node. Depth is bounded by the parser; long chains are flattened."""
    return _COMPILERS[type(node)](node, cell)


# ---- operands ----------------------------------------------------------------------------------


def _number(node: ArithNumber, cell: Cell) -> Evaluate:
    value = node.value
    return lambda env: value


def _placeholder(node: ArithPlaceholder, cell: Cell) -> Evaluate:
    index = node.index

    def read(env: Environment) -> int:
        return int(cell[0][index])

    return read


def _variable(node: ArithVariable, cell: Cell) -> Evaluate:
    name = node.name
    if node.subscript is not None:
        subscript = _subscript(node, cell)

        def read_array(env: Environment) -> int:
            return read_element(env, name, subscript(env))

        return read_array

    def read(env: Environment) -> int:
        try:
            number = env.variables[name].number
            if number is not None:
                return number
        except KeyError:
            pass
        return read_variable(env, name)

    return read


def _subscript(node: ArithVariable, cell: Cell) -> Callable[[Environment], str]:
    """The subscript's text; placeholders in it are replaced by what they expanded to."""
    text = node.subscript or ""
    if "\0" not in text:
        if any(mark in text for mark in "'\"\\$`"):
            return lambda env: raw_key(env, text)
        return lambda env: text
    pieces = text.split("\0")
    first = node.first

    def fill(env: Environment) -> str:
        values = cell[0]
        filled = pieces[0]
        for offset, piece in enumerate(pieces[1:], first):
            filled += values[offset] + piece
        return filled

    return fill


# ---- operators ---------------------------------------------------------------------------------


def _unary(node: ArithUnary, cell: Cell) -> Evaluate:
    operand = compile_expression(node.operand, cell)
    if isinstance(node.operand, ArithNumber) and node.operator == "-":
        value = wrap(-node.operand.value)
        return lambda env: value
    if node.operator == "-":
        return lambda env: wrap(-operand(env))
    if node.operator == "!":
        return lambda env: 0 if operand(env) else 1
    if node.operator == "~":
        return lambda env: ~operand(env)
    return operand


def _divide(left: int, right: int) -> int:
    quotient = abs(left) // abs(right)
    return wrap(quotient if (left < 0) == (right < 0) else -quotient)


def _remainder(left: int, right: int) -> int:
    rest = abs(left) % abs(right)
    return -rest if left < 0 else rest


def _power(left: int, right: int) -> int:
    return wrap(pow(left, right, 1 << 64))


_OPERATIONS: dict[str, Operation] = {
    "+": lambda a, b: wrap(a + b),
    "-": lambda a, b: wrap(a - b),
    "*": lambda a, b: wrap(a * b),
    "<<": lambda a, b: wrap(a << (b & 63)),
    ">>": lambda a, b: a >> (b & 63),
    "&": operator.and_,
    "|": operator.or_,
    "^": operator.xor,
    "<": lambda a, b: 1 if a < b else 0,
    "<=": lambda a, b: 1 if a <= b else 0,
    ">": lambda a, b: 1 if a > b else 0,
    ">=": lambda a, b: 1 if a >= b else 0,
    "==": lambda a, b: 1 if a == b else 0,
    "!=": lambda a, b: 1 if a != b else 0,
    ",": lambda a, b: b,
}


def _division(sign: str, text: str) -> Operation:
    """``/``, ``%`` and ``**``, which can fail; ``text`` is what bash shows then."""
    compute, reason = {
        "/": (_divide, "division by 0"),
        "%": (_remainder, "division by 0"),
        "**": (_power, "exponent less than 0"),
    }[sign]

    def divide(left: int, right: int) -> int:
        if (right == 0 and sign != "**") or (right < 0 and sign == "**"):
            raise DivisionByZero(reason, text)
        return compute(left, right)

    return divide


def _operation(sign: str, text: str) -> Operation:
    return _division(sign, text) if sign in ("/", "%", "**") else _OPERATIONS[sign]


def _binary(node: ArithBinary, cell: Cell) -> Evaluate:
    sign = node.operator
    if sign in ("&&", "||"):
        return _logical(node, cell)
    chain = _left_spine(node)
    if len(chain) > _LONG_CHAIN:
        return _long_chain(chain, cell)
    if isinstance(node.left, ArithVariable) and node.left.subscript is None:
        special = _on_variable(node, node.left.name, cell)
        if special:
            return special
    left = compile_expression(node.left, cell)
    right = compile_expression(node.right, cell)
    if sign == "+":
        return _sum(left, right)
    apply = _operation(sign, node.text)
    return lambda env: apply(left(env), right(env))


def _sum(left: Evaluate, right: Evaluate) -> Evaluate:
    def add(env: Environment) -> int:
        value = left(env) + right(env)
        return value if BOTTOM <= value <= TOP else wrap(value)

    return add


def _left_spine(node: ArithBinary) -> list[ArithBinary]:
    """``a + b + c`` as its operators from the outermost inwards."""
    spine = [node]
    left = node.left
    while isinstance(left, ArithBinary) and left.operator not in ("&&", "||"):
        spine.append(left)
        left = left.left
    return spine


def _long_chain(chain: list[ArithBinary], cell: Cell) -> Evaluate:
    """Thousands of terms run in a loop, not in thousands of nested calls."""
    first = compile_expression(chain[-1].left, cell)
    steps = [
        (_operation(node.operator, node.text), compile_expression(node.right, cell))
        for node in reversed(chain)
    ]

    def run(env: Environment) -> int:
        value = first(env)
        for apply, right in steps:
            value = apply(value, right(env))
        return value

    return run


def _logical(node: ArithBinary, cell: Cell) -> Evaluate:
    sign = node.operator
    operands: list[ArithExpr] = []
    left: ArithExpr = node
    while isinstance(left, ArithBinary) and left.operator == sign:
        operands.append(left.right)
        left = left.left
    tests = [compile_expression(operand, cell) for operand in (left, *reversed(operands))]
    return _any(tests) if sign == "||" else _all(tests)


def _all(tests: list[Evaluate]) -> Evaluate:
    def run(env: Environment) -> int:
        for test in tests:
            if not test(env):
                return 0
        return 1

    return run


def _any(tests: list[Evaluate]) -> Evaluate:
    def run(env: Environment) -> int:
        for test in tests:
            if test(env):
                return 1
        return 0

    return run


def _ternary(node: ArithTernary, cell: Cell) -> Evaluate:
    condition = compile_expression(node.condition, cell)
    yes = compile_expression(node.yes, cell)
    no = compile_expression(node.no, cell)
    return lambda env: yes(env) if condition(env) else no(env)


# ---- stores ------------------------------------------------------------------------------------


def _store(env: Environment, name: str, value: int) -> int:
    """Plain variables are stored to in place."""
    variable = env.variables.get(name)
    if variable is None or variable.flags & SPECIAL_COUNT:
        assign_number(env, name, value)
    else:
        variable.number = value
        variable.value = str(value)
    return value


def _assign(node: ArithAssign, cell: Cell) -> Evaluate:
    target, sign = node.target, node.operator[:-1]
    value = compile_expression(node.value, cell)
    name = target.name
    if target.subscript is not None:
        return _assign_subscripted(node, value, cell)
    if not sign:
        return lambda env: _store(env, name, value(env))
    if sign in ("+", "-"):
        return add_to(name, value, 1 if sign == "+" else -1, _store)
    apply = _operation(sign, node.text)
    read = _variable(target, cell)

    def update(env: Environment) -> int:
        old = read(env)
        return _store(env, name, apply(old, value(env)))

    return update


def _assign_subscripted(node: ArithAssign, value: Evaluate, cell: Cell) -> Evaluate:
    name, sign = node.target.name, node.operator[:-1]
    subscript = _subscript(node.target, cell)
    apply = _operation(sign, node.text) if sign else None

    def store(env: Environment) -> int:
        key = subscript(env)
        if apply is None:
            result = value(env)
        else:
            key = _once(env, name, key)
            old = read_element(env, name, key)
            result = apply(old, value(env))
        _store_element(env, name, key, result)
        return result

    return store


def _once(env: Environment, name: str, key: str) -> str:
    """A subscript that is used twice, evaluated: what it changes (``a[i++]++``) changes once."""
    if key.isdecimal():
        return key
    variable = lookup(env, name)
    if variable is not None and variable.flags & ASSOCIATIVE:
        return key
    index = env.evaluate(key)
    return key if index < 0 else str(index)


def _store_element(env: Environment, name: str, key: str, value: int) -> None:
    """A subscript in front of the array is reported and the expression goes on, as in bash."""
    try:
        assign_element(env, name, key, str(value))
    except SubscriptError as error:
        env.warn(error.message)


def _step(node: ArithStep, cell: Cell) -> Evaluate:
    delta = 1 if node.operator == "++" else -1
    if node.target.subscript is not None:
        return _step_subscripted(node, delta, cell)
    name, prefix = node.target.name, node.prefix

    def step(env: Environment) -> int:
        try:
            variable = env.variables[name]
            old = variable.number
            if old is not None and not variable.flags & SPECIAL_COUNT and BOTTOM < old < TOP:
                variable.number = new = old + delta
                variable.value = str(new)
                return new if prefix else old
        except KeyError:
            pass
        old = read_variable(env, name)
        new = _store(env, name, wrap(old + delta))
        return new if prefix else old

    return step


def _step_subscripted(node: ArithStep, delta: int, cell: Cell) -> Evaluate:
    name, prefix = node.target.name, node.prefix
    subscript = _subscript(node.target, cell)

    def step(env: Environment) -> int:
        key = _once(env, name, subscript(env))
        old = read_element(env, name, key)
        new = wrap(old + delta)
        _store_element(env, name, key, new)
        return new if prefix else old

    return step


def _on_variable(node: ArithBinary, name: str, cell: Cell) -> Evaluate | None:
    """``name operator constant`` and ``name operator expression``."""
    sign = node.operator
    if isinstance(node.right, ArithNumber):
        make = WITH_CONSTANT.get(sign)
        return make(name, node.right.value) if make else None
    make_general = WITH_ANY.get(sign)
    return make_general(name, compile_expression(node.right, cell)) if make_general else None


_COMPILERS: dict[type, Callable[..., Evaluate]] = {
    ArithNumber: _number,
    ArithVariable: _variable,
    ArithPlaceholder: _placeholder,
    ArithUnary: _unary,
    ArithBinary: _binary,
    ArithTernary: _ternary,
    ArithAssign: _assign,
    ArithStep: _step,
}
