"""``${name-word}`` and its relatives: one thing when the parameter is set, another when it is not.

Below ``expansions``, which makes the piece of the value itself.
"""

from collections.abc import Callable
from typing import Protocol

from orchestrator.shell.expand import parameters
from orchestrator.shell.expand.assign import assign, assign_element
from orchestrator.shell.expand.environment import Environment
from orchestrator.shell.expand.errors import ExpansionError
from orchestrator.shell.expand.fields import Fields
from orchestrator.shell.expand.operators import Replacement
from orchestrator.shell.expand.parameters import ReadText, display_name, ifs_of, is_list, is_star
from orchestrator.shell.expand.parts import Piece, Text, text_piece
from orchestrator.shell.expand.pattern import Pattern
from orchestrator.shell.syntax.nodes import ParameterDefault, Word


class WordCompiler(Protocol):
    """What expansions need of the level above them."""

    def string(self, word: Word) -> Text:
        """The word as one string."""

    def pattern(self, word: Word, nocase: bool) -> Callable[[Environment], Pattern]:
        """The word as a pattern; ``nocase`` says whether ``shopt nocasematch`` matters."""

    def replacement(self, word: Word) -> Callable[[Environment], str | Replacement]:
        """The word as what a match is replaced by."""

    def arith(self, word: Word) -> Callable[[Environment], int]:
        """The word as arithmetic."""

    def inner(self, word: Word, quoted: bool) -> Piece:
        """The word of ``${x-word}``."""


def compile_default(
    node: ParameterDefault, value: Piece, quoted: bool, words: WordCompiler
) -> Piece:
    """The piece for ``- = ? +``: the ``value``'s own piece, or the word's."""
    is_set = _set_test(node, words)
    if node.operator == "?":
        return _checked(node, value, is_set, words)
    if node.operator == "=":
        return _assigning(node, value, is_set, quoted, words)
    word = words.inner(node.word, quoted)
    if quoted and not word.single and not is_list(node.parameter):
        word = _present(word)
    empty = text_piece(lambda env: "", quoted)
    if is_list(node.parameter):
        empty = Piece(lambda env: "", lambda env, fields: None)
    yes, no = (word, empty) if node.operator == "+" else (value, word)
    return _either(is_set, yes, no)


def _present(word: Piece) -> Piece:
    """``"${x-$@}"`` makes a field even when there are no positional parameters."""
    emit_word = word.emit

    def emit(env: Environment, fields: Fields) -> None:
        fields.quoted("")
        emit_word(env, fields)

    return Piece(word.text, emit)


def _either(test: Callable[[Environment], bool], yes: Piece, no: Piece) -> Piece:
    yes_text, no_text, yes_emit, no_emit = yes.text, no.text, yes.emit, no.emit

    def emit(env: Environment, fields: Fields) -> None:
        if test(env):
            yes_emit(env, fields)
        else:
            no_emit(env, fields)

    return Piece(
        lambda env: yes_text(env) if test(env) else no_text(env), emit, yes.single and no.single
    )


def _set_test(node: ParameterDefault, words: WordCompiler) -> Callable[[Environment], bool]:
    """Whether the parameter counts as set: not null either when there was a colon."""
    colon = node.colon
    if is_list(node.parameter):
        read_all = parameters.compile_list_reader(node.parameter)
        if colon:
            star = is_star(node.parameter)
            return lambda env: bool((ifs_of(env)[:1] if star else " ").join(read_all(env)))
        return lambda env: bool(read_all(env))
    read: ReadText = parameters.compile_reader(node.parameter, words.string)
    if colon:
        return lambda env: bool(read(env))
    return lambda env: read(env) is not None


def _checked(
    node: ParameterDefault,
    value: Piece,
    is_set: Callable[[Environment], bool],
    words: WordCompiler,
) -> Piece:
    message = words.string(node.word) if node.word.parts else None
    default = "parameter null or not set" if node.colon else "parameter not set"

    def check(env: Environment) -> None:
        if not is_set(env):
            reason = message(env) if message else default
            name = display_name(node.parameter)
            raise ExpansionError(f"{name}: {reason}", fatal=True, status=127)

    def text(env: Environment) -> str:
        check(env)
        return value.text(env)

    def emit(env: Environment, fields: Fields) -> None:
        check(env)
        value.emit(env, fields)

    return Piece(text, emit, value.single)


def _assigning(
    node: ParameterDefault,
    value: Piece,
    is_set: Callable[[Environment], bool],
    quoted: bool,
    words: WordCompiler,
) -> Piece:
    parameter = node.parameter
    word = words.inner(node.word, True).text if quoted else words.string(node.word)
    key = words.string(parameter.subscript.word) if parameter.subscript else None

    def store(env: Environment) -> None:
        name = parameter.name
        if is_list(parameter) and parameter.subscript is not None:
            raise ExpansionError(f"{display_name(parameter)}: bad array subscript")
        if not (name.isidentifier() and name.isascii()) or is_list(parameter):
            raise ExpansionError(f"${display_name(parameter)}: cannot assign in this way")
        if key is None:
            assign(env, name, word(env))
        else:
            assign_element(env, name, key(env), word(env))

    def text(env: Environment) -> str:
        if not is_set(env):
            store(env)
        return value.text(env)

    def emit(env: Environment, fields: Fields) -> None:
        if not is_set(env):
            store(env)
        value.emit(env, fields)

    return Piece(text, emit, value.single)
