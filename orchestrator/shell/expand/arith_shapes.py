"""Closures for the shapes of arithmetic that loops are made of: a variable against a constant or expression.

They are written out, not generated, because each avoids a call or two: that is all they are for. The general
compiler is ``arith``.
"""

from collections.abc import Callable
from typing import TypeAlias

from orchestrator.shell.expand.environment import Environment
from orchestrator.shell.expand.evaluator import read_variable
from orchestrator.shell.expand.variable import SPECIAL_COUNT
from orchestrator.shell.syntax.arith import wrap

Evaluate: TypeAlias = Callable[[Environment], int]
Store: TypeAlias = Callable[[Environment, str, int], int]

TOP = (1 << 63) - 1
BOTTOM = -(1 << 63)


def less_constant(name: str, limit: int) -> Evaluate:
    """``name < limit``."""

    def run(env: Environment) -> int:
        try:
            number = env.variables[name].number
            if number is not None:
                return 1 if number < limit else 0
        except KeyError:
            pass
        return 1 if read_variable(env, name) < limit else 0

    return run


def less_equal_constant(name: str, limit: int) -> Evaluate:
    """``name <= limit``."""
    return less_constant(name, limit + 1)


def greater_constant(name: str, limit: int) -> Evaluate:
    """``name > limit``."""

    def run(env: Environment) -> int:
        try:
            number = env.variables[name].number
            if number is not None:
                return 1 if number > limit else 0
        except KeyError:
            pass
        return 1 if read_variable(env, name) > limit else 0

    return run


def greater_equal_constant(name: str, limit: int) -> Evaluate:
    """``name >= limit``."""
    return greater_constant(name, limit - 1)


def equal_constant(name: str, wanted: int) -> Evaluate:
    """``name == wanted``."""

    def run(env: Environment) -> int:
        try:
            number = env.variables[name].number
            if number is not None:
                return 1 if number == wanted else 0
        except KeyError:
            pass
        return 1 if read_variable(env, name) == wanted else 0

    return run


def plus_constant(name: str, added: int) -> Evaluate:
    """``name + added``."""

    def run(env: Environment) -> int:
        try:
            number = env.variables[name].number
            if number is None:
                number = read_variable(env, name)
        except KeyError:
            number = read_variable(env, name)
        number += added
        return number if BOTTOM <= number <= TOP else wrap(number)

    return run


def minus_constant(name: str, taken: int) -> Evaluate:
    """``name - taken``."""
    return plus_constant(name, -taken)


def less_any(name: str, other: Evaluate) -> Evaluate:
    """``name < other``."""

    def run(env: Environment) -> int:
        try:
            number = env.variables[name].number
            if number is None:
                number = read_variable(env, name)
        except KeyError:
            number = read_variable(env, name)
        return 1 if number < other(env) else 0

    return run


def less_equal_any(name: str, other: Evaluate) -> Evaluate:
    """``name <= other``."""

    def run(env: Environment) -> int:
        try:
            number = env.variables[name].number
            if number is None:
                number = read_variable(env, name)
        except KeyError:
            number = read_variable(env, name)
        return 1 if number <= other(env) else 0

    return run


def plus_any(name: str, other: Evaluate) -> Evaluate:
    """``name + other``."""

    def run(env: Environment) -> int:
        try:
            number = env.variables[name].number
            if number is None:
                number = read_variable(env, name)
        except KeyError:
            number = read_variable(env, name)
        number += other(env)
        return number if BOTTOM <= number <= TOP else wrap(number)

    return run


def add_to(name: str, other: Evaluate, sign: int, store: Store) -> Evaluate:
    """``name += other`` and, with ``sign`` -1, ``name -= other``."""

    def run(env: Environment) -> int:
        try:
            variable = env.variables[name]
            number = variable.number
            if number is not None and not variable.flags & SPECIAL_COUNT:
                number += sign * other(env)
                # what was read may have been replaced while the other side ran
                if BOTTOM <= number <= TOP and env.variables.get(name) is variable:
                    variable.number = number
                    variable.value = str(number)
                    return number
                return store(env, name, wrap(number))
        except KeyError:
            pass
        number = read_variable(env, name)
        return store(env, name, wrap(number + sign * other(env)))

    return run


WITH_CONSTANT: dict[str, Callable[[str, int], Evaluate]] = {
    "<": less_constant,
    "<=": less_equal_constant,
    ">": greater_constant,
    ">=": greater_equal_constant,
    "==": equal_constant,
    "+": plus_constant,
    "-": minus_constant,
}
WITH_ANY: dict[str, Callable[[str, Evaluate], Evaluate]] = {
    "<": less_any,
    "<=": less_equal_any,
    "+": plus_any,
}
