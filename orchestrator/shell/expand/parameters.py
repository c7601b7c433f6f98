"""What a parameter's value is: names, positions, specials, elements, all elements, indirection.

Compiles a Parameter to a closure that reads it. Operators are applied in ``operators``. Above: lookup,
evaluator, assign.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import TypeAlias

from orchestrator.shell.expand.environment import Environment
from orchestrator.shell.expand.errors import ExpansionError, UnboundError
from orchestrator.shell.expand.evaluator import element_text, raw_key
from orchestrator.shell.expand.lookup import follow
from orchestrator.shell.expand.split import DEFAULT_IFS
from orchestrator.shell.expand.variable import (
    ASSOCIATIVE,
    NAMEREF,
    SPECIAL_READ,
    AssociativeArray,
    IndexedArray,
)
from orchestrator.shell.syntax.nodes import Literal, Parameter, ParameterValue, Subscript, Word
from orchestrator.shell.syntax.reader import parse_word

ReadText: TypeAlias = Callable[[Environment], "str | None"]
ReadList: TypeAlias = Callable[[Environment], "list[str]"]
CompileText: TypeAlias = Callable[[Word], Callable[[Environment], str]]


def is_list(parameter: Parameter) -> bool:
    """Whether it stands for any number of values: ``@``, ``*``, ``name[@]``, ``name[*]``."""
    if parameter.indirect:
        return False
    if parameter.name in ("@", "*"):
        return True
    return parameter.subscript is not None and bool(parameter.subscript.everything)


def is_star(parameter: Parameter) -> bool:
    """Whether its values are joined by IFS when quoted."""
    if parameter.subscript is not None:
        return parameter.subscript.everything == "*"
    return parameter.name == "*"


def display_name(parameter: Parameter) -> str:
    """How errors call it."""
    if parameter.subscript is None:
        return parameter.name
    parts = parameter.subscript.word.parts
    return f"{parameter.name}[{''.join(getattr(part, 'text', '') for part in parts)}]"


def unbound(parameter: Parameter, *, braced: bool = True) -> UnboundError:
    """The error of ``set -u``."""
    name = display_name(parameter)
    shown = f"${name}" if (name.isdigit() and not braced) or name == "!" else name
    return UnboundError(f"{shown}: unbound variable", fatal=True, status=127)


def ifs_of(env: Environment) -> str:
    """The value of IFS, the default one when it is unset."""
    variable = env.variables.get("IFS")
    if variable is None:
        return DEFAULT_IFS
    value = variable.value
    if isinstance(value, str):
        return value
    return DEFAULT_IFS if value is None else variable.scalar() or ""


# ---- one value ---------------------------------------------------------------------------------


def compile_reader(parameter: Parameter, compile_text: CompileText) -> ReadText:
    """A closure giving the value of a parameter that is no list, None when unset."""
    name = parameter.name
    if parameter.indirect:
        return _indirect_reader(parameter, compile_text)
    if parameter.subscript is not None:
        return _element_reader(name, parameter.subscript, compile_text)
    if name.isdigit():
        return _positional_reader(int(name[:9]))
    if name in _SPECIAL:
        return _SPECIAL[name]
    if not name.isidentifier() or not name.isascii():
        return lambda env: env.special(name)
    return _variable_reader(name)


def _variable_reader(name: str) -> ReadText:
    def read(env: Environment) -> str | None:
        try:
            variable = env.variables[name]
        except KeyError:
            return None
        if variable.flags & SPECIAL_READ:
            return read_special(env, name)
        return variable.value  # type: ignore[return-value]

    return read


def read_special(env: Environment, name: str) -> str | None:
    """The scalar value of an array, nameref or computed variable."""
    variable = env.variables.get(name)
    if variable is None:
        return None
    if variable.flags & NAMEREF:
        target, subscript = follow(env, name)
        if subscript is not None:
            return _element_or_all(env, target, raw_key(env, subscript))
        if target == name:
            return variable.scalar() if not variable.value else None
        return read_special(env, target)
    return variable.scalar()


def _element_or_all(env: Environment, name: str, subscript: str) -> str | None:
    if subscript in ("@", "*"):
        values = list_values(env, name)
        return " ".join(values) if values else None
    return element_text(env, name, subscript)


def _positional_reader(number: int) -> ReadText:
    if number == 0:
        return lambda env: env.zero
    index = number - 1

    def read(env: Environment) -> str | None:
        positional = env.positional
        return positional[index] if index < len(positional) else None

    return read


_SPECIAL: dict[str, ReadText] = {
    "?": lambda env: str(env.status),
    "#": lambda env: str(len(env.positional)),
    "@": lambda env: " ".join(env.positional) if env.positional else None,
    "*": lambda env: ifs_of(env)[:1].join(env.positional) if env.positional else None,
}


def _element_reader(name: str, subscript: Subscript, compile_text: CompileText) -> ReadText:
    everything = subscript.everything
    if everything:
        return lambda env: _element_or_all(env, name, everything)
    parts = subscript.word.parts
    if len(parts) == 1 and isinstance(parts[0], Literal) and parts[0].text.isdecimal():
        return _constant_element_reader(name, parts[0].text)
    key = compile_text(subscript.word)

    def read(env: Environment) -> str | None:
        variable = env.variables.get(name)
        text = key(env)
        if variable is not None:
            if isinstance(variable.value, AssociativeArray):
                if not text:
                    env.warn(f"{name}: bad array subscript")
                return variable.value.items.get(text)
            if variable.flags & ASSOCIATIVE:
                return None
            if not text.strip():
                raise ExpansionError(f"{name}: bad array subscript")
        return element_text(env, name, text)

    return read


def _constant_element_reader(name: str, text: str) -> ReadText:
    index = int(text[:18]) if text[0] != "0" or text == "0" else -1

    def read(env: Environment) -> str | None:
        variable = env.variables.get(name)
        if variable is not None and index >= 0 and isinstance(variable.value, IndexedArray):
            return variable.value.items.get(index)
        return element_text(env, name, text)

    return read


# ---- indirection -------------------------------------------------------------------------------


_NEVER_SET = Parameter("999999999")


@lru_cache(maxsize=256)
def indirect_target(text: str) -> Parameter | None:
    """The parameter that the value ``text`` names, None when it names none."""
    word = parse_word("${" + text + "}") if text and "}" not in text else Word(())
    if len(word.parts) == 1 and isinstance(word.parts[0], ParameterValue):
        parameter = word.parts[0].parameter
        return None if parameter.indirect else parameter
    return None


def resolve_indirect(
    env: Environment, parameter: Parameter, compile_text: CompileText
) -> Parameter:
    """The parameter that ``${!name}`` is about. Raises ExpansionError when there is none."""
    plain = Parameter(parameter.name, parameter.subscript)
    variable = env.variables.get(parameter.name)
    if variable is not None and variable.flags & NAMEREF and isinstance(variable.value, str):
        text: str | None = variable.value
    else:
        text = compile_reader(plain, compile_text)(env)
    if text is None and not (parameter.name[0].isalpha() or parameter.name[0] == "_"):
        return _NEVER_SET  # an unset positional parameter names nothing, which is no error
    if text is None:
        raise ExpansionError(f"{display_name(plain)}: invalid indirect expansion")
    target = indirect_target(text)
    if target is None:
        raise ExpansionError(f"{text}: invalid variable name")
    return target


def _indirect_reader(parameter: Parameter, compile_text: CompileText) -> ReadText:
    def read(env: Environment) -> str | None:
        variable = env.variables.get(parameter.name)
        if variable is not None and variable.flags & NAMEREF and parameter.subscript is None:
            target, subscript = follow(env, parameter.name)
            return target if subscript is None else f"{target}[{subscript}]"
        target_parameter = resolve_indirect(env, parameter, compile_text)
        return compile_reader(target_parameter, compile_text)(env)

    return read


# ---- many values -------------------------------------------------------------------------------


def compile_list_reader(parameter: Parameter) -> ReadList:
    """A closure giving all values of a list parameter; the list is not to be changed."""
    name = parameter.name
    if parameter.subscript is None:
        return lambda env: env.positional
    return lambda env: list_values(env, name)


def list_values(env: Environment, name: str) -> list[str]:
    """All elements of ``name``; a scalar counts as one."""
    variable = env.variables.get(name)
    if variable is not None and variable.flags & NAMEREF:
        target, subscript = follow(env, name)
        if subscript is not None and subscript not in ("@", "*"):
            value = element_text(env, target, raw_key(env, subscript))
            return [] if value is None else [value]
        variable = env.variables.get(target)
    if variable is None:
        return []
    if isinstance(variable.value, (IndexedArray, AssociativeArray)):
        return variable.value.values()
    scalar = variable.scalar()
    return [] if scalar is None else [scalar]


def list_keys(env: Environment, name: str) -> list[str]:
    """The subscripts in use."""
    name, subscript = follow(env, name)
    variable = env.variables.get(name)
    if variable is None or subscript is not None:
        return []
    value = variable.value
    if isinstance(value, IndexedArray):
        return [str(index) for index, _ in value.pairs()]
    if isinstance(value, AssociativeArray):
        return value.keys()
    return [] if variable.scalar() is None else ["0"]


def names_with_prefix(env: Environment, prefix: str) -> list[str]:
    """Names of set variables that begin with ``prefix``, sorted."""
    return sorted(
        name
        for name, variable in env.variables.items()
        if name.startswith(prefix) and (variable.value is not None or variable.scalar() is not None)
    )
