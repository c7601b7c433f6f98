"""Assignment with attributes: what ``name=value`` does to a variable, for words, arithmetic and builtins.

Namerefs are followed, readonly is refused, integer and case attributes change the value.
"""

from collections.abc import Iterable
from typing import TypeAlias

from orchestrator.shell.expand.environment import Environment
from orchestrator.shell.expand.errors import (
    ExpansionError,
    LimitError,
    ReadonlyError,
    SubscriptError,
)
from orchestrator.shell.expand.evaluator import raw_key
from orchestrator.shell.expand.lookup import follow, is_reference, split_subscript
from orchestrator.shell.expand.variable import (
    ARRAY,
    ASSOCIATIVE,
    CAPITAL,
    DYNAMIC,
    HOOKED,
    INDEXED,
    INTEGER,
    LOWER,
    NAMEREF,
    READONLY,
    SPECIAL_COUNT,
    SPECIAL_WRITE,
    UPPER,
    AssociativeArray,
    DynamicVariable,
    IndexedArray,
    Variable,
)
from orchestrator.shell.syntax.arith import wrap

_CHANGES_VALUE = INTEGER | LOWER | UPPER | CAPITAL

LONGEST_VALUE = 1 << 26
"""Characters in a variable. Bash has no such limit; a sandbox's host must not pay for `x=$x$x` in a loop."""

Element: TypeAlias = tuple[str | None, str, bool]
"""Subscript text (None: the next index), value, and whether it is appended."""


def assign(env: Environment, name: str, value: str, *, append: bool = False) -> None:
    """``name=value`` or ``name+=value``; ``name[subscript]`` is understood too.

    Raises ReadonlyError, ArithError (integer attribute), ExpansionError (bad subscript).
    """
    variable = env.variables.get(name)
    if variable is None:
        if name.endswith("]"):
            base, subscript = split_subscript(name)
            if subscript is not None:
                assign_element(env, base, raw_key(env, subscript), value, append=append)
                return
        variable = env.create(name)
    if not variable.flags & SPECIAL_WRITE:
        old = variable.value
        if append and isinstance(old, str):
            value = old + value
        if len(value) > LONGEST_VALUE:
            raise LimitError(f"{name}: a value may have {LONGEST_VALUE} characters")
        variable.value = value
        variable.number = None
        return
    _assign_special(env, name, variable, value, append)


def assign_number(env: Environment, name: str, number: int) -> None:
    """``name=number`` from arithmetic."""
    variable = env.variables.get(name)
    if variable is None:
        variable = env.create(name)
    if variable.flags & SPECIAL_COUNT:
        _assign_special(env, name, variable, str(number), False)
        return
    variable.value = str(number)
    variable.number = number


def _assign_special(
    env: Environment, name: str, variable: Variable, value: str, append: bool
) -> None:
    flags = variable.flags
    if flags & NAMEREF:
        _assign_reference(env, name, variable, value, append)
        return
    if flags & READONLY:
        raise ReadonlyError(f"{name}: readonly variable")
    if flags & DYNAMIC and isinstance(variable, DynamicVariable):
        variable.assign(value)
    elif flags & ARRAY:
        assign_element(env, name, "0", value, append=append)
        return
    else:
        old = variable.value if isinstance(variable.value, str) else ""
        variable.store(_converted(env, flags, old, value, append))
    if flags & HOOKED:
        env.changed(name)


def _assign_reference(
    env: Environment, name: str, variable: Variable, value: str, append: bool
) -> None:
    if not variable.value:
        if variable.flags & READONLY:
            raise ReadonlyError(f"{name}: readonly variable")
        if not is_reference(value):
            raise ExpansionError(f"`{value}': not a valid identifier")
        if value == name and env.hidden_name(name) is None:
            raise ExpansionError(f"{name}: nameref variable self references not allowed")
        variable.store(value)
        return
    target, subscript = follow(env, name, assigning=True)
    if subscript is not None:
        if subscript in ("@", "*"):
            raise ExpansionError(f"{target}[{subscript}]: bad array subscript")
        if target.startswith(":"):  # the global of its own name
            raise ExpansionError(f"`{variable.value}': not a valid identifier")
        _end_reference(env, target)
        assign_element(env, target, raw_key(env, subscript), value, append=append)
    elif target != name:
        if target.startswith(":"):
            env.warn(f"warning: {name}: circular name reference")  # bash looks twice
        assign(env, target, value, append=append)


def _end_reference(env: Environment, name: str) -> None:
    """What becomes an array is no nameref any more."""
    variable = env.variables.get(name)
    if variable is not None and variable.flags & NAMEREF:
        env.warn(f"warning: {name}: removing nameref attribute")
        variable.store(None)
        variable.flags &= ~NAMEREF


def _converted(env: Environment, flags: int, old: str, value: str, append: bool) -> str:
    """``value`` as the attributes want it, joined to ``old`` when appended."""
    if flags & INTEGER:
        number = env.evaluate(value)
        if append:
            number = wrap(number + env.evaluate(old))
        return str(number)
    if append:
        value = old + value
    if flags & LOWER:
        return value.lower()
    if flags & UPPER:
        return value.upper()
    if flags & CAPITAL:
        return value[:1].upper() + value[1:].lower()
    return value


def target_variable(env: Environment, name: str, *, whole: bool = False) -> tuple[str, Variable]:
    """The variable an assignment to ``name`` means, made if need be; namerefs followed. A nameref without a
    target may become an array as a ``whole``; it has no elements."""
    target, subscript = follow(env, name)
    if subscript is not None:
        raise ExpansionError(f"`{target}[{subscript}]': not a valid identifier")
    variable = env.variables.get(target)
    if variable is None:
        variable = env.create(target)
    elif variable.flags & NAMEREF and not whole:
        raise ExpansionError(f"`{variable.value or ''}': not a valid identifier")
    if variable.flags & READONLY:
        raise ReadonlyError(f"{target}: readonly variable")
    return target, variable


def make_indexed(variable: Variable) -> IndexedArray:
    """Turn a scalar into an indexed array (its value becomes element 0); return the array."""
    value = variable.value
    if isinstance(value, IndexedArray):
        return value
    array = IndexedArray([value] if isinstance(value, str) else [])
    variable.store(array)
    variable.flags |= INDEXED
    return array


def _associative(variable: Variable) -> AssociativeArray:
    if not isinstance(variable.value, AssociativeArray):
        variable.store(AssociativeArray())
    assert isinstance(variable.value, AssociativeArray)
    return variable.value


def assign_element(
    env: Environment, name: str, subscript: str, value: str, *, append: bool = False
) -> None:
    """``name[subscript]=value``; the subscript is text after expansion: arithmetic or a key.

    Raises as :func:`assign`; ``name[subscript]: bad array subscript`` for a negative index out of range.
    """
    name, variable = target_variable(env, name)
    flags = variable.flags
    if flags & ASSOCIATIVE:
        table = _associative(variable)
        if not subscript:
            raise ExpansionError(f"{name}[{subscript}]: bad array subscript")
        old = table.get(subscript)
        table.set(subscript, _element_value(env, flags, old, value, append))
    else:
        if subscript in ("@", "*"):
            raise SubscriptError(f"{name}[{subscript}]: bad array subscript")
        index = array_index(env, name, variable, subscript)
        array = make_indexed(variable)
        array.set(index, _element_value(env, flags, array.get(index), value, append))
    if flags & HOOKED:
        env.changed(name)


def _element_value(env: Environment, flags: int, old: str | None, value: str, append: bool) -> str:
    if flags & _CHANGES_VALUE:
        return _converted(env, flags, old or "", value, append)
    return (old or "") + value if append else value


def array_index(env: Environment, name: str, variable: Variable, subscript: str) -> int:
    """The index that ``subscript`` means in an indexed array or scalar; negative ones count back."""
    index = env.evaluate(subscript)
    if index >= 0:
        return index
    value = variable.value
    top = value.top if isinstance(value, IndexedArray) else -1 if value is None else 0
    index += top + 1
    if index < 0:
        raise SubscriptError(f"{name}[{subscript}]: bad array subscript")
    return index


def assign_array(
    env: Environment, name: str, elements: Iterable[Element], *, append: bool = False
) -> None:
    """``name=(...)`` or ``name+=(...)``. The kind of array follows the variable's attributes.

    An associative array takes ``[key]=value`` pairs, or keys and values in turn.
    """
    name, variable = target_variable(env, name, whole=True)
    _end_reference(env, name)
    if variable.flags & ASSOCIATIVE:
        _fill_associative(env, name, variable, list(elements), append)
    else:
        _fill_indexed(env, name, variable, elements, append)
    if variable.flags & HOOKED:
        env.changed(name)


def _fill_indexed(
    env: Environment, name: str, variable: Variable, elements: Iterable[Element], append: bool
) -> None:
    array = make_indexed(variable) if append else IndexedArray()
    flags = variable.flags
    following = array.top + 1
    for subscript, value, appended in elements:
        if subscript is not None:
            if not subscript:
                env.warn(f"[]={value}: bad array subscript")
                continue
            following = env.evaluate(subscript)
            if following < 0:
                following += array.top + 1
            if following < 0:
                raise ExpansionError(f"{name}[{subscript}]: bad array subscript")
        if appended or flags & _CHANGES_VALUE:
            value = _element_value(env, flags, array.get(following), value, appended)
        array.set(following, value)
        following += 1
    if not append:
        variable.store(array)
        variable.flags |= INDEXED


def _fill_associative(
    env: Environment, name: str, variable: Variable, elements: list[Element], append: bool
) -> None:
    table = _associative(variable) if append else AssociativeArray()
    flags = variable.flags
    if elements and elements[0][0] is None:
        elements = _paired(elements)
    for subscript, value, appended in elements:
        if subscript is None:
            env.warn(f"{name}: {value}: must use subscript when assigning associative array")
            continue
        if not subscript:
            env.warn(f"{name}[]: bad array subscript")
            continue
        table.set(subscript, _element_value(env, flags, table.get(subscript), value, appended))
    variable.store(table)


def _paired(elements: list[Element]) -> list[Element]:
    """``(k1 v1 k2 v2)``: words in turn are keys and values."""
    words = [value for _, value, _ in elements]
    if len(words) % 2:
        words.append("")
    return [(words[i], words[i + 1], False) for i in range(0, len(words), 2)]


def unset_element(env: Environment, name: str, subscript: str) -> bool:
    """``unset name[subscript]``. False when there is no such variable.

    Raises ReadonlyError and ExpansionError (bad subscript; not an array).
    """
    name, inner = follow(env, name)
    variable = env.variables.get(name)
    if variable is None or inner is not None:
        return False
    if variable.flags & READONLY:
        raise ReadonlyError(f"{name}: cannot unset: readonly variable")
    value = variable.value
    subscript = raw_key(env, subscript)
    if isinstance(value, AssociativeArray):
        value.unset(subscript)
    elif isinstance(value, IndexedArray):
        value.unset(array_index(env, name, variable, subscript))
    elif env.evaluate(subscript) == 0:
        variable.store(None)
    else:
        raise ExpansionError(f"{name}: not an array variable")
    return True
