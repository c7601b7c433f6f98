"""`[[ expression ]]`, compiled to closures that answer yes or no."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orchestrator.shell.expand import compile_pattern, compile_regex, compile_string, evaluate
from orchestrator.shell.expand.variable import INDEXED, IndexedArray, Variable
from orchestrator.shell.filetests import FILE_BINARY, NUMERIC, UNARY
from orchestrator.shell.syntax.nodes import (
    AnsiQuoted,
    CondBinary,
    CondGroup,
    CondLogical,
    CondNot,
    CondUnary,
    CondWord,
    DoubleQuoted,
    SingleQuoted,
)
from orchestrator.shell.trace import trace_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.shell.shell import Shell
    from orchestrator.shell.syntax.nodes import CondExpr, Word

    Test = Callable[[Shell], bool]


def compile_condition(node: CondExpr) -> Test:
    """Compile an expression between `[[` and `]]`."""
    return _KINDS[type(node)](node)


def _seen(text: str) -> str:
    """Return an operand as the trace shows it: only an empty one is quoted."""
    return text or "''"


def _compile_word(node: CondWord) -> Test:
    word = compile_string(node.word)

    def test(shell: Shell) -> bool:
        text = word(shell)
        if shell.observed:
            _trace(shell, f"-n {_seen(text)}")
        return bool(text)

    return test


def _compile_unary(node: CondUnary) -> Test:
    operator, word = node.operator, compile_string(node.word)
    check = UNARY[operator]

    def test(shell: Shell) -> bool:
        text = word(shell)
        if shell.observed:
            _trace(shell, f"{operator} {_seen(text)}")
        return check(shell, text)

    return test


def _compile_not(node: CondNot) -> Test:
    operand = compile_condition(node.operand)

    def test(shell: Shell) -> bool:
        if not shell.observed:
            return not operand(shell)
        shell.trace_negation = "! "
        result = not operand(shell)
        shell.trace_negation = ""
        return result

    return test


def _trace(shell: Shell, text: str) -> None:
    """Trace one primary, with the `!` that stands before it."""
    negation, shell.trace_negation = shell.trace_negation, ""
    trace_text(shell, f"[[ {negation}{text} ]]")


def _compile_group(node: CondGroup) -> Test:
    return compile_condition(node.operand)


def _compile_logical(node: CondLogical) -> Test:
    left, right = compile_condition(node.left), compile_condition(node.right)
    if node.operator == "&&":
        return lambda shell: left(shell) and right(shell)
    return lambda shell: left(shell) or right(shell)


def _compile_binary(node: CondBinary) -> Test:
    operator = node.operator
    if operator in ("=", "==", "!="):
        return _compile_match(node)
    if operator == "=~":
        return _compile_regex(node)
    if operator in NUMERIC:
        return _compile_numeric(node)
    left, right = compile_string(node.left), compile_string(node.right)
    compare = _TEXT.get(operator) or FILE_BINARY[operator]

    def test(shell: Shell) -> bool:
        a, b = left(shell), right(shell)
        if shell.observed:
            _trace(shell, f"{_seen(a)} {operator} {_seen(b)}")
        return compare(shell, a, b)

    return test


_TEXT: dict[str, Callable[[Shell, str, str], bool]] = {
    "<": lambda shell, a, b: a < b,
    ">": lambda shell, a, b: a > b,
}


def _compile_shown(word: Word) -> Callable[[Shell], str]:
    """Return what shows a pattern in the trace: a quoted one with a backslash before each character."""
    text = compile_string(word)
    if len(word.parts) == 1 and isinstance(word.parts[0], DoubleQuoted | SingleQuoted | AnsiQuoted):
        return lambda shell: "".join("\\" + char for char in text(shell))
    return text


def _compile_match(node: CondBinary) -> Test:
    left, pattern = compile_string(node.left), compile_pattern(node.right, extended=True)
    wanted = node.operator != "!="
    shown = _compile_shown(node.right)

    def test(shell: Shell) -> bool:
        text = left(shell)
        if shell.observed:
            _trace(shell, f"{_seen(text)} {node.operator} {shown(shell)}")
        return pattern(shell).matches(text) is wanted

    return test


def _compile_numeric(node: CondBinary) -> Test:
    left, right = compile_string(node.left), compile_string(node.right)
    compare = NUMERIC[node.operator]

    def test(shell: Shell) -> bool:
        a, b = left(shell), right(shell)
        if shell.observed:
            _trace(shell, f"{a} {node.operator} {b}")
        return compare(evaluate(shell, a), evaluate(shell, b))

    return test


def _compile_regex(node: CondBinary) -> Test:
    left, regex = compile_string(node.left), compile_regex(node.right)
    shown = compile_string(node.right)

    def test(shell: Shell) -> bool:
        text = left(shell)
        if shell.observed:
            _trace(shell, f"{_seen(text)} =~ {shown(shell)}")
        groups = regex(shell).match(text, shell.tick)
        found = IndexedArray(groups or ())
        shell.variables["BASH_REMATCH"] = Variable(found, INDEXED)
        return groups is not None

    return test


_KINDS: dict[type, Callable[[Any], Test]] = {
    CondWord: _compile_word,
    CondUnary: _compile_unary,
    CondBinary: _compile_binary,
    CondNot: _compile_not,
    CondLogical: _compile_logical,
    CondGroup: _compile_group,
}
