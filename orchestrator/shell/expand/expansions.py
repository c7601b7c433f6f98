"""``${...}`` compiled: from each parameter form to a Piece.

Reads through ``parameters``, computes through ``operators``. Words inside (defaults, patterns, offsets) are
compiled by the WordCompiler that is passed in, so that this module stays below ``words``.
"""

from collections.abc import Callable
from dataclasses import replace as replace_fields
from typing import Any, TypeAlias

from orchestrator.shell.expand import operators, parameters
from orchestrator.shell.expand.defaults import WordCompiler, compile_default
from orchestrator.shell.expand.environment import Environment
from orchestrator.shell.expand.errors import ArithError, ExpansionError, SubstringError
from orchestrator.shell.expand.fields import Fields
from orchestrator.shell.expand.lookup import lookup
from orchestrator.shell.expand.parameters import ReadList, is_list
from orchestrator.shell.expand.parts import Piece, Text, text_piece
from orchestrator.shell.expand.variable import NAMEREF, SPECIAL_READ, Variable
from orchestrator.shell.syntax.nodes import (
    BadSubstitution,
    Parameter,
    ParameterCase,
    ParameterDefault,
    ParameterKeys,
    ParameterLength,
    ParameterNames,
    ParameterReplace,
    ParameterSlice,
    ParameterTransform,
    ParameterTrim,
    ParameterValue,
    Word,
)
from orchestrator.shell.syntax.printer import print_node
from orchestrator.shell.syntax.quote import quote

Change: TypeAlias = Callable[[Environment, str], str]
_MAX_INDIRECT = 64


def compile_expansion(node: Any, quoted: bool, words: WordCompiler) -> Piece:
    """The piece for a parameter expansion node."""
    parameter = getattr(node, "parameter", None)
    if parameter is not None and parameter.indirect and not isinstance(node, BadSubstitution):
        return _indirect(node, quoted, words)
    return _MAKERS[type(node)](node, quoted, words)


# ---- reading -----------------------------------------------------------------------------------


def _required(parameter: Parameter, words: WordCompiler, *, braced: bool = True) -> Text:
    """The value, ``""`` when unset, or the error of ``set -u``."""
    name = parameter.name
    if parameter.subscript is None and name.isidentifier() and name.isascii():
        return _required_variable(parameter)
    read = parameters.compile_reader(parameter, words.string)

    def text(env: Environment) -> str:
        value = read(env)
        return _unset(env, parameter, braced=braced) if value is None else value

    return text


def _required_variable(parameter: Parameter) -> Text:
    """The same for a plain name: the hottest read there is."""
    name = parameter.name

    def text(env: Environment) -> str:
        try:
            variable = env.variables[name]
        except KeyError:
            return _unset(env, parameter)
        if variable.flags & SPECIAL_READ:
            value = parameters.read_special(env, name)
        else:
            value = variable.value  # type: ignore[assignment]
        return _unset(env, parameter) if value is None else value

    return text


def _unset(env: Environment, parameter: Parameter, *, braced: bool = True) -> str:
    if env.options.nounset and not is_list(parameter):
        raise parameters.unbound(parameter, braced=braced)
    return ""


def _list_piece(read: ReadList, star: bool, quoted: bool, by_ifs: bool = False) -> Piece:
    """All values: ``"$@"`` makes one field of each, ``"$*"`` joins them. ``by_ifs``: where one string is wanted
    they are joined as those of ``$*`` (``v=${a[@]%x}``, a quirk of bash's)."""
    by_ifs = by_ifs or star

    def text(env: Environment) -> str:
        return (parameters.ifs_of(env)[:1] if by_ifs else " ").join(read(env))

    if quoted and star:
        return text_piece(text, quoted)
    return Piece(text, _emit_each(read) if quoted else _emit_split(read))


def _emit_each(read: ReadList) -> Callable[[Environment, Fields], None]:
    def emit(env: Environment, fields: Fields) -> None:
        first = True
        for value in read(env):
            if not first:
                fields.end()
            fields.quoted(value)
            first = False

    return emit


def _emit_split(read: ReadList) -> Callable[[Environment, Fields], None]:
    def emit(env: Environment, fields: Fields) -> None:
        separator = parameters.ifs_of(env)[:1]
        if separator not in ("", " ", "\t", "\n"):
            # bash joins the values and splits them again, which keeps empty ones in the middle
            fields.split(separator.join(read(env)))
            return
        first = True
        for value in read(env):
            if not first:
                fields.end_if_present()
            fields.split(value)
            first = False

    return emit


def _changed(
    parameter: Parameter, change: Change, quoted: bool, words: WordCompiler, by_ifs: bool = False
) -> Piece:
    """An operator applied to the value, or to each of the values."""
    if is_list(parameter):
        read_all = parameters.compile_list_reader(parameter)

        def values(env: Environment) -> list[str]:
            return [change(env, value) for value in read_all(env)]

        return _list_piece(values, parameters.is_star(parameter), quoted, by_ifs)
    read = _required(parameter, words)
    return text_piece(lambda env: change(env, read(env)), quoted)


def _indirect(node: Any, quoted: bool, words: WordCompiler) -> Piece:
    """``${!name...}``: the same form on the parameter that is named, compiled when it is known."""
    parameter: Parameter = node.parameter
    known: dict[Parameter, Piece] = {}

    def named(env: Environment) -> Piece:
        target = parameters.resolve_indirect(env, parameter, words.string)
        found = known.get(target)
        if found is None:
            if len(known) >= _MAX_INDIRECT:
                known.clear()
            found = compile_expansion(replace_fields(node, parameter=target), quoted, words)
            known[target] = found
        return found

    defaults = isinstance(node, ParameterDefault)
    piece = named if defaults else _checked_target(parameter, named, words)
    if isinstance(node, ParameterValue) and parameter.subscript is None:
        return _reference_or_indirect(parameter, piece, quoted, words)
    return Piece(lambda env: piece(env).text(env), lambda env, fields: piece(env).emit(env, fields))


def _checked_target(
    parameter: Parameter, piece: Callable[[Environment], Piece], words: WordCompiler
) -> Callable[[Environment], Piece]:
    """``set -u`` names what is written, ``!name``, when the parameter it leads to is unset."""

    def checked(env: Environment) -> Piece:
        if env.options.nounset:
            target = parameters.resolve_indirect(env, parameter, words.string)
            if not is_list(target) and parameters.compile_reader(target, words.string)(env) is None:
                raise parameters.unbound(replace_fields(parameter, name=f"!{parameter.name}"))
        return piece(env)

    return checked


def _reference_or_indirect(
    parameter: Parameter, piece: Callable[[Environment], Piece], quoted: bool, words: WordCompiler
) -> Piece:
    """``${!ref}`` of a nameref is the name it refers to."""
    read = parameters.compile_reader(parameter, words.string)
    target = text_piece(lambda env: read(env) or "", quoted)

    def choose(env: Environment) -> Piece:
        variable = env.variables.get(parameter.name)
        return target if variable is not None and variable.flags & NAMEREF else piece(env)

    return Piece(
        lambda env: choose(env).text(env), lambda env, fields: choose(env).emit(env, fields)
    )


# ---- the forms ---------------------------------------------------------------------------------


def _value(node: ParameterValue, quoted: bool, words: WordCompiler) -> Piece:
    parameter = node.parameter
    if is_list(parameter):
        read = parameters.compile_list_reader(parameter)
        return _list_piece(read, parameters.is_star(parameter), quoted)
    return text_piece(_required(parameter, words, braced=node.braced), quoted)


def _length(node: ParameterLength, quoted: bool, words: WordCompiler) -> Piece:
    parameter = node.parameter
    if is_list(parameter):
        read_all = parameters.compile_list_reader(parameter)
        return text_piece(lambda env: str(len(read_all(env))), quoted)
    read = _required(parameter, words)
    return text_piece(lambda env: str(len(read(env))), quoted)


def _trim(node: ParameterTrim, quoted: bool, words: WordCompiler) -> Piece:
    pattern = words.pattern(node.pattern, False)
    operator = node.operator

    def change(env: Environment, value: str) -> str:
        return operators.trim(value, operator, pattern(env))

    return _changed(node.parameter, change, quoted, words, by_ifs=True)


def _replace(node: ParameterReplace, quoted: bool, words: WordCompiler) -> Piece:
    pattern = words.pattern(node.pattern, True)
    replacement = words.replacement(node.replacement or Word(()))
    operator = node.operator

    def change(env: Environment, value: str) -> str:
        return operators.replace(value, operator, pattern(env), replacement(env))

    if is_list(node.parameter):
        return _changed(node.parameter, change, quoted, words)
    read = parameters.compile_reader(node.parameter, words.string)

    def text(env: Environment) -> str:
        # an empty value can match (and be replaced), an unset one cannot
        value = read(env)
        return _unset(env, node.parameter) if value is None else change(env, value)

    return text_piece(text, quoted)


def _case(node: ParameterCase, quoted: bool, words: WordCompiler) -> Piece:
    pattern = words.pattern(node.pattern, False) if node.pattern else None
    operator = node.operator

    def change(env: Environment, value: str) -> str:
        return operators.change_case(value, operator, pattern(env) if pattern else None)

    return _changed(node.parameter, change, quoted, words)


def _slice(node: ParameterSlice, quoted: bool, words: WordCompiler) -> Piece:
    parameter = node.parameter
    offset = _slice_number(parameter, node.offset, words)
    length = _slice_number(parameter, node.length, words) if node.length is not None else None
    if is_list(parameter):
        read = _sliced_list(node, offset, length)
        return _list_piece(read, parameters.is_star(parameter), quoted)

    value = parameters.compile_reader(parameter, words.string)

    def text(env: Environment) -> str:
        whole = value(env)
        if whole is None:
            return _unset(env, parameter)
        start = offset(env)
        try:
            return operators.slice_text(whole, start, length(env) if length else None)
        except SubstringError:
            raise _below_zero(node) from None

    return text_piece(text, quoted)


def _below_zero(node: ParameterSlice) -> ExpansionError:
    shown = print_node(node.length) if node.length is not None else ""
    return ExpansionError(f"{shown}: substring expression < 0")


def _slice_number(
    parameter: Parameter, word: Word, words: WordCompiler
) -> Callable[[Environment], int]:
    """An offset or length; its errors name the parameter."""
    value = words.arith(word)

    def number(env: Environment) -> int:
        try:
            return value(env)
        except ArithError as error:
            error.message = f"{parameters.display_name(parameter)}: {error.message}"
            raise

    return number


def _sliced_list(
    node: ParameterSlice,
    offset: Callable[[Environment], int],
    length: Callable[[Environment], int] | None,
) -> ReadList:
    parameter = node.parameter
    name = parameter.name

    def read(env: Environment) -> list[str]:
        start = offset(env)
        count = length(env) if length else None
        try:
            if parameter.subscript is None:
                return operators.slice_positional(env, start, count)
            return operators.slice_array(lookup(env, name), start, count)
        except SubstringError:
            raise _below_zero(node) from None

    return read


def _transform(node: ParameterTransform, quoted: bool, words: WordCompiler) -> Piece:
    operator = node.operator
    if operator == "P":
        return _changed(node.parameter, lambda env, value: env.prompt(value), quoted, words)
    if operator in ("a", "A"):
        return _described(node.parameter, operator, quoted, words)
    if operator in ("K", "k") and is_list(node.parameter) and node.parameter.subscript:
        name = node.parameter.name

        def pairs(env: Environment) -> list[str]:
            return operators.key_value_words(lookup(env, name), operator == "K")

        return _list_piece(pairs, parameters.is_star(node.parameter), quoted)
    change = operators.TRANSFORMS[operator]
    read = parameters.compile_reader(node.parameter, words.string)
    if is_list(node.parameter):
        return _changed(node.parameter, lambda env, value: change(value), quoted, words, True)

    def text(env: Environment) -> str:
        value = read(env)
        return _unset(env, node.parameter) if value is None else change(value)

    return text_piece(text, quoted)


def _described(parameter: Parameter, operator: str, quoted: bool, words: WordCompiler) -> Piece:
    """``@a`` (attributes) and ``@A`` (a command that makes the variable)."""
    name = parameter.name
    if is_list(parameter):
        return _described_list(parameter, operator, quoted)
    read = parameters.compile_reader(parameter, words.string)

    def text(env: Environment) -> str:
        variable = lookup(env, name)
        value = read(env)
        if variable is None:
            return ""
        if operator == "a":
            return variable.attributes()
        return _assignment_text(name, variable, value)

    return text_piece(text, quoted)


def _assignment_text(name: str, variable: Variable, value: str | None) -> str:
    letters = variable.attributes()
    shown = name if value is None else f"{name}={quote(value)}"
    if not letters:
        return shown if value is not None else ""
    return f"declare -{letters} {shown}"


def _described_list(parameter: Parameter, operator: str, quoted: bool) -> Piece:
    read_all = parameters.compile_list_reader(parameter)
    star = parameters.is_star(parameter)

    def values(env: Environment) -> list[str]:
        found = read_all(env)
        if parameter.subscript is None:
            if operator == "a" or not found:
                return []
            first, *rest = map(quote, found)
            return [f"set -- {first}", *rest] if star else ["set", "--", first, *rest]
        variable = lookup(env, parameter.name)
        if variable is None:
            return []
        if operator == "a":
            return [variable.attributes()] * len(found)
        words = operators.declaration(parameter.name, variable)
        return [" ".join(words)] if star else words

    return _list_piece(values, star, quoted)


def _names(node: ParameterNames, quoted: bool, words: WordCompiler) -> Piece:
    prefix = node.prefix
    return _list_piece(lambda env: parameters.names_with_prefix(env, prefix), node.joined, quoted)


def _keys(node: ParameterKeys, quoted: bool, words: WordCompiler) -> Piece:
    name = node.name
    return _list_piece(lambda env: parameters.list_keys(env, name), node.joined, quoted)


def _bad(node: BadSubstitution, quoted: bool, words: WordCompiler) -> Piece:
    source = node.context or node.source
    read = _bad_reader(node, words) if node.parameter is not None else None

    def text(env: Environment) -> str:
        if read is not None:
            if not read(env):
                return ""
            raise ExpansionError(f"{source}: bad substitution", fatal=True, status=127)
        raise ExpansionError(f"{source}: bad substitution")

    return text_piece(text, quoted)


def _bad_reader(node: BadSubstitution, words: WordCompiler) -> Callable[[Environment], bool]:
    """Whether the parameter in front of an unknown ``@`` operator is set."""
    parameter = node.parameter
    assert parameter is not None
    if is_list(parameter):
        read_all = parameters.compile_list_reader(parameter)
        return lambda env: bool(read_all(env))
    read = parameters.compile_reader(parameter, words.string)
    return lambda env: read(env) is not None


def _default(node: ParameterDefault, quoted: bool, words: WordCompiler) -> Piece:
    value = _value(ParameterValue(node.parameter), quoted, words)
    return compile_default(node, value, quoted, words)


_MAKERS: dict[type, Callable[..., Piece]] = {
    ParameterValue: _value,
    ParameterLength: _length,
    ParameterDefault: _default,
    ParameterTrim: _trim,
    ParameterReplace: _replace,
    ParameterCase: _case,
    ParameterSlice: _slice,
    ParameterTransform: _transform,
    ParameterNames: _names,
    ParameterKeys: _keys,
    BadSubstitution: _bad,
}
