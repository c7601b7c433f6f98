"""Assignment nodes compiled, and the words of a command that may hold them."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from orchestrator.shell.expand import words
from orchestrator.shell.expand.assign import (
    LONGEST_VALUE,
    Element,
    assign,
    assign_array,
    assign_element,
)
from orchestrator.shell.expand.brace import expand_braces, has_braces
from orchestrator.shell.expand.environment import Environment
from orchestrator.shell.expand.errors import ExpansionError
from orchestrator.shell.expand.parts import Text
from orchestrator.shell.expand.variable import SPECIAL_WRITE
from orchestrator.shell.expand.words import FieldsOf, compile_string, compile_word
from orchestrator.shell.syntax.nodes import ArrayElement, ArrayLiteral, Assignment, Literal, Word
from orchestrator.shell.syntax.printer import print_node
from orchestrator.shell.syntax.quote import quote_if_needed

Elements: TypeAlias = Callable[[Environment], list[Element]]


class ArrayArgument(str):
    """``name=(...)`` as an argument of ``declare`` and its kin: text to look at, elements to assign."""

    __slots__ = ("append", "elements", "name")

    name: str
    append: bool
    elements: list[Element]

    @classmethod
    def make(cls, name: str, elements: list[Element], append: bool) -> "ArrayArgument":
        """The argument for these elements; its text is how bash would show it."""
        shown = " ".join(_shown(element) for element in elements)
        argument = cls(f"{name}{'+' * append}=({shown})")
        argument.name = name
        argument.append = append
        argument.elements = elements
        return argument


def _shown(element: Element) -> str:
    subscript, value, append = element
    prefix = "" if subscript is None else f"[{subscript}]{'+' * append}="
    return prefix + quote_if_needed(value)


def compile_elements(literal: ArrayLiteral) -> Elements:
    """The closure giving the elements between the parentheses."""
    if not any(element.subscript for element in literal.elements):
        fields = words.compile_words([element.value for element in literal.elements])
        return lambda env: [(None, value, False) for value in fields(env)]
    compiled = [_compile_element(element) for element in literal.elements]

    def run(env: Environment) -> list[Element]:
        return [element for make in compiled for element in make(env)]

    return run


def _compile_element(element: ArrayElement) -> Elements:
    if element.subscript is None:
        fields = compile_word(element.value)
        return lambda env: [(None, value, False) for value in fields(env)]
    key = compile_string(element.subscript.word)
    value = compile_string(element.value, assignment=True)
    append = element.append
    return lambda env: [(key(env), value(env), append)]


def compile_assignment(node: Assignment) -> Callable[[Environment], None]:
    """The closure that performs an assignment. Raises as ``assign`` does."""
    name, append = node.name, node.append
    if isinstance(node.value, ArrayLiteral):
        if node.subscript is not None:
            return _refuse_list(node)
        elements = compile_elements(node.value)
        return lambda env: assign_array(env, name, elements(env), append=append)
    value = compile_string(node.value, assignment=True)
    if node.subscript is None:
        return _appending(name, value) if append else _storing(name, value)
    key = compile_string(node.subscript.word)

    def run(env: Environment) -> None:
        subscript = key(env)
        assign_element(env, name, subscript, value(env), append=append)

    return run


def _storing(name: str, value: Text) -> Callable[[Environment], None]:
    """``name=value``; a plain variable is stored to at once."""

    def run(env: Environment) -> None:
        text = value(env)
        variable = env.variables.get(name)
        if variable is None or variable.flags & SPECIAL_WRITE or len(text) > LONGEST_VALUE:
            assign(env, name, text)
        else:
            variable.value = text
            variable.number = None

    return run


def _appending(name: str, value: Text) -> Callable[[Environment], None]:
    """``name+=value``. The variable lets go of its text meanwhile, so that Python lengthens it in place."""

    def run(env: Environment) -> None:
        more = value(env)
        variable = env.variables.get(name)
        text = variable.value if variable is not None else None
        if (
            variable is None
            or variable.flags & SPECIAL_WRITE
            or not isinstance(text, str)
            or len(text) + len(more) > LONGEST_VALUE
        ):
            assign(env, name, more, append=True)
            return
        variable.value = variable.number = None
        text += more
        variable.value = text

    return run


def appended_constant(node: Assignment) -> str | None:
    """The text that ``name+=text`` always appends to a scalar; None when it is nothing of the kind. (A tilde may
    mean a directory.)"""
    word = node.value
    if not node.append or node.subscript is not None or not isinstance(word, Word):
        return None
    if len(word.parts) != 1 or not isinstance(word.parts[0], Literal) or "~" in word.parts[0].text:
        return None
    return word.parts[0].text


def _refuse_list(node: Assignment) -> Callable[[Environment], None]:
    """``a[0]=(1 2)``."""
    assert node.subscript is not None
    message = f"{node.name}[{print_node(node.subscript.word)}]: cannot assign list to array member"

    def refuse(env: Environment) -> None:
        raise ExpansionError(message)

    return refuse


def compile_words(items: Sequence[Word | Assignment]) -> FieldsOf:
    """The closure giving all fields of a command's words in a fresh list; assignments among them (behind
    ``declare`` and its kin) arrive as described in the package."""
    plain = [item for item in items if isinstance(item, Word)]
    if len(plain) == len(items):
        return words.compile_words(plain)
    compiled = [
        compile_word(item) if isinstance(item, Word) else _compile_argument(item) for item in items
    ]
    return lambda env: [field for fields in compiled for field in fields(env)]


def _compile_argument(node: Assignment) -> FieldsOf:
    name, append = node.name, node.append
    if isinstance(node.value, ArrayLiteral):
        elements = compile_elements(node.value)
        return lambda env: [ArrayArgument.make(name, elements(env), append)]
    value = compile_string(node.value, assignment=True)
    operator = "+=" if append else "="
    if node.subscript is None:
        head = name + operator
        return _with_braces(head, node.value, lambda env: [head + value(env)])
    key = compile_string(node.subscript.word)
    return lambda env: [f"{name}[{key(env)}]{operator}{value(env)}"]


def _with_braces(head: str, value: Word, together: FieldsOf) -> FieldsOf:
    """``declare x={1,2}`` assigns twice: an argument's braces expand, and what comes out is ordinary words."""
    if not has_braces(value):
        return together
    expanded = expand_braces(Word((Literal(head), *value.parts)))
    if len(expanded) == 1:
        return together
    apart = words.compile_words(expanded)
    return lambda env: apart(env) if env.options.braceexpand else together(env)
