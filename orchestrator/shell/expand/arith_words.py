"""Arithmetic that holds expansions: ``$(( $x + ${#a[@]} * $(cmd) ))``.

The text is parsed once with a hole for each expansion. When the values that fill the holes are numbers, the
parsed tree runs; when one is anything else (``op='+'``), the text is put together and parsed, as bash does.
"""

from collections.abc import Callable

from orchestrator.shell.expand.arith import (
    Cell,
    DivisionByZero,
    compile_expression,
    compile_text,
    division_error,
)
from orchestrator.shell.expand.arith_shapes import Evaluate
from orchestrator.shell.expand.environment import Environment
from orchestrator.shell.expand.parts import Text
from orchestrator.shell.syntax.arith import PLACEHOLDER, ArithSyntaxError, parse_arith
from orchestrator.shell.syntax.arithnodes import (
    ArithAssign,
    ArithBinary,
    ArithExpr,
    ArithPlaceholder,
    ArithTernary,
    ArithUnary,
)
from orchestrator.shell.syntax.nodes import (
    DoubleQuoted,
    Escaped,
    Literal,
    Word,
    WordPart,
)

CompilePart = Callable[[WordPart], Text]
_LONGEST_NUMBER = 18


def compile_arith_word(word: Word, compile_part: CompilePart) -> Evaluate:
    """The closure for an arithmetic word."""
    template, texts = _template(word.parts, compile_part)
    if not texts:
        return compile_text(template)
    by_text = _textual(template, texts)
    try:
        expression = parse_arith(template)
    except ArithSyntaxError:
        return lambda env: by_text(env, [text(env) for text in texts])
    return _with_holes(template, texts, expression, by_text)


def _template(parts: tuple[WordPart, ...], compile_part: CompilePart) -> tuple[str, list[Text]]:
    """The text with holes, and what fills them. Double quotes vanish."""
    text: list[str] = []
    fillers: list[Text] = []
    for part in parts:
        if isinstance(part, (Literal, Escaped)):
            text.append(part.text)
        elif isinstance(part, DoubleQuoted):
            inner, inner_fillers = _template(part.parts, compile_part)
            text.append(inner)
            fillers.extend(inner_fillers)
        else:
            text.append(PLACEHOLDER)
            fillers.append(compile_part(part))
    return "".join(text), fillers


def _filled(template: str, values: list[str]) -> str:
    pieces = template.split(PLACEHOLDER)
    filled = pieces[0]
    for value, piece in zip(values[-(len(pieces) - 1) :], pieces[1:], strict=False):
        filled += value + piece
    return filled


def _textual(template: str, texts: list[Text]) -> Callable[[Environment, list[str]], int]:
    def run(env: Environment, values: list[str]) -> int:
        return compile_text(_filled(template, values))(env)

    return run


def _with_holes(
    template: str,
    texts: list[Text],
    expression: ArithExpr,
    by_text: Callable[[Environment, list[str]], int],
) -> Evaluate:
    cell: Cell = [[]]
    run = compile_expression(expression, cell)
    operands = sorted(_hole_operands(expression))

    def evaluate(env: Environment) -> int:
        values = [text(env) for text in texts]
        for index in operands:
            if not _is_number(values[index]):
                return by_text(env, values)
        outer, cell[0] = cell[0], values
        try:
            return run(env)
        except DivisionByZero as error:
            error.text = _filled(error.text, values) if "\0" in error.text else error.text
            raise division_error(error, _filled(template, values)) from None
        finally:
            cell[0] = outer

    return evaluate


def _is_number(text: str) -> bool:
    """Plain decimal digits that are no octal and fit; signs go through the text."""
    if not text.isdecimal() or not text.isascii() or len(text) > _LONGEST_NUMBER:
        return False
    return text[0] != "0" or len(text) == 1


def _hole_operands(expression: ArithExpr) -> set[int]:
    """The holes that stand for numbers (those inside subscripts may hold any text)."""
    found: set[int] = set()
    waiting: list[ArithExpr] = [expression]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ArithPlaceholder):
            found.add(node.index)
        elif isinstance(node, ArithUnary):
            waiting.append(node.operand)
        elif isinstance(node, ArithBinary):
            waiting += (node.left, node.right)
        elif isinstance(node, ArithTernary):
            waiting += (node.condition, node.yes, node.no)
        elif isinstance(node, ArithAssign):
            waiting.append(node.value)
    return found
