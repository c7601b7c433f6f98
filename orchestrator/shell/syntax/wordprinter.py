"""Words, assignments and conditional expressions to text. Quoting comes out as it was written.

Bodies of substitutions are printed by a callback, since commands are the printer's business.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

from orchestrator.shell.syntax.nodes import (
    AnsiQuoted,
    ArithSubst,
    ArrayElement,
    ArrayLiteral,
    Assignment,
    BadSubstitution,
    CommandList,
    CommandSubst,
    CondBinary,
    CondExpr,
    CondGroup,
    CondLogical,
    CondNot,
    CondUnary,
    DoubleQuoted,
    Escaped,
    HereDoc,
    Literal,
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
    ProcessSubst,
    SingleQuoted,
    Word,
    WordPart,
)

PrintBody: TypeAlias = Callable[[CommandList], str]


def print_word(word: Word, body: PrintBody) -> str:
    """The text of a word."""
    return "".join([print_part(part, body) for part in word.parts])


def print_part(part: WordPart, body: PrintBody) -> str:
    """The text of one part of a word."""
    if isinstance(part, Literal):
        return part.text
    if isinstance(part, Escaped):
        return "\\" + part.text
    return _PARTS[type(part)](part, body)


def _single(part: SingleQuoted, body: PrintBody) -> str:
    return f"'{part.text}'"


def _ansi(part: AnsiQuoted, body: PrintBody) -> str:
    return f"$'{part.raw}'"


def _double(part: DoubleQuoted, body: PrintBody) -> str:
    inside = "".join([print_part(inner, body) for inner in part.parts])
    return f'"{inside}"'


def _command(part: CommandSubst, body: PrintBody) -> str:
    if part.backquoted:
        return f"`{part.source}`"
    return f"$({body(part.body)})"


def _process(part: ProcessSubst, body: PrintBody) -> str:
    return f"{part.direction}({body(part.body)})"


def _arith(part: ArithSubst, body: PrintBody) -> str:
    text = print_word(part.expression, body)
    return f"$[{text}]" if part.bracketed else f"$(({text}))"


def _parameter(parameter: Parameter, body: PrintBody) -> str:
    text = "!" * parameter.indirect + parameter.name
    if parameter.subscript is not None:
        text += f"[{print_word(parameter.subscript.word, body)}]"
    return text


def _value(part: ParameterValue, body: PrintBody) -> str:
    text = _parameter(part.parameter, body)
    return f"${{{text}}}" if part.braced else f"${text}"


def _length(part: ParameterLength, body: PrintBody) -> str:
    return f"${{#{_parameter(part.parameter, body)}}}"


def _default(part: ParameterDefault, body: PrintBody) -> str:
    colon = ":" * part.colon
    return f"${{{_parameter(part.parameter, body)}{colon}{part.operator}{print_word(part.word, body)}}}"


def _trim(part: ParameterTrim, body: PrintBody) -> str:
    return f"${{{_parameter(part.parameter, body)}{part.operator}{print_word(part.pattern, body)}}}"


def _replace(part: ParameterReplace, body: PrintBody) -> str:
    text = _parameter(part.parameter, body) + part.operator + print_word(part.pattern, body)
    if part.replacement is not None:
        text += "/" + print_word(part.replacement, body)
    return f"${{{text}}}"


def _case(part: ParameterCase, body: PrintBody) -> str:
    pattern = print_word(part.pattern, body) if part.pattern else ""
    return f"${{{_parameter(part.parameter, body)}{part.operator}{pattern}}}"


def _slice(part: ParameterSlice, body: PrintBody) -> str:
    length = "" if part.length is None else ":" + print_word(part.length, body)
    return f"${{{_parameter(part.parameter, body)}:{print_word(part.offset, body)}{length}}}"


def _transform(part: ParameterTransform, body: PrintBody) -> str:
    return f"${{{_parameter(part.parameter, body)}@{part.operator}}}"


def _names(part: ParameterNames, body: PrintBody) -> str:
    return f"${{!{part.prefix}{'*' if part.joined else '@'}}}"


def _keys(part: ParameterKeys, body: PrintBody) -> str:
    return f"${{!{part.name}[{'*' if part.joined else '@'}]}}"


def _bad(part: BadSubstitution, body: PrintBody) -> str:
    return part.source


_PARTS: dict[type, Callable[[Any, PrintBody], str]] = {
    SingleQuoted: _single,
    AnsiQuoted: _ansi,
    DoubleQuoted: _double,
    CommandSubst: _command,
    ProcessSubst: _process,
    ArithSubst: _arith,
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


def print_assignment(node: Assignment, body: PrintBody) -> str:
    """``name=value`` and its relatives."""
    text = node.name
    if node.subscript is not None:
        text += f"[{print_word(node.subscript.word, body)}]"
    text += "+=" if node.append else "="
    if isinstance(node.value, ArrayLiteral):
        elements = " ".join([_element(one, body) for one in node.value.elements])
        return f"{text}({elements})"
    return text + print_word(node.value, body)


def _element(element: ArrayElement, body: PrintBody) -> str:
    value = print_word(element.value, body)
    if element.subscript is None:
        return value
    key = print_word(element.subscript.word, body)
    return f"[{key}]{'+' * element.append}={value}"


def print_heredoc_body(doc: HereDoc, body: PrintBody) -> str:
    """The lines of a here-document."""
    return print_word(doc.body, body)


def print_conditional(node: CondExpr, body: PrintBody) -> str:
    """What stands between ``[[`` and ``]]``."""
    if isinstance(node, CondUnary):
        return f"{node.operator} {print_word(node.word, body)}"
    if isinstance(node, CondBinary):
        left, right = print_word(node.left, body), print_word(node.right, body)
        return f"{left} {node.operator} {right}"
    if isinstance(node, CondNot):
        return "! " + print_conditional(node.operand, body)
    if isinstance(node, CondGroup):
        return f"( {print_conditional(node.operand, body)} )"
    if isinstance(node, CondLogical):
        left = print_conditional(node.left, body)
        return f"{left} {node.operator} {print_conditional(node.right, body)}"
    return "-n " + print_word(node.word, body)
