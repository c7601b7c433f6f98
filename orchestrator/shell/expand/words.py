"""Words compiled: each becomes a closure from the environment to fields, a string, a pattern.

The order is the standard's: braces when compiled, then tilde, parameters, commands and arithmetic from left to
right, splitting, file names, quote removal. What a word cannot need costs nothing: a literal is a constant,
``"$x"`` one dict lookup.
"""

import re
from collections.abc import Callable, Sequence
from typing import TypeAlias

from orchestrator.shell.expand import arith_words
from orchestrator.shell.expand.arith_shapes import Evaluate
from orchestrator.shell.expand.brace import brace_texts, expand_braces, has_braces
from orchestrator.shell.expand.environment import Environment
from orchestrator.shell.expand.expansions import compile_expansion
from orchestrator.shell.expand.fields import MAGIC, Fields
from orchestrator.shell.expand.glob_items import escape
from orchestrator.shell.expand.operators import Replacement, replacement_of
from orchestrator.shell.expand.parameters import ifs_of, is_list, is_star
from orchestrator.shell.expand.parts import (
    Piece,
    Text,
    constant_piece,
    filled,
    joined,
    literal_piece,
    protected_piece,
    splitting_piece,
    text_piece,
)
from orchestrator.shell.expand.pattern import Pattern, compile_glob, is_glob
from orchestrator.shell.expand.split import DEFAULT_IFS
from orchestrator.shell.expand.tilde import Tilde, expand_tilde, mark_tildes
from orchestrator.shell.syntax.nodes import (
    AnsiQuoted,
    ArithSubst,
    CommandSubst,
    DoubleQuoted,
    Escaped,
    HereDoc,
    Literal,
    ParameterValue,
    ProcessSubst,
    SingleQuoted,
    Word,
    WordPart,
)

FieldsOf: TypeAlias = Callable[[Environment], list[str]]
PatternOf: TypeAlias = Callable[[Environment], Pattern]


class _Words:
    """The WordCompiler that expansions are given. It has no state."""

    def string(self, word: Word) -> Text:
        """See WordCompiler."""
        return compile_string(word)

    def pattern(self, word: Word, nocase: bool) -> PatternOf:
        """See WordCompiler."""
        return compile_pattern(word, nocase)

    def replacement(self, word: Word) -> Callable[[Environment], str | Replacement]:
        """See WordCompiler."""
        return _compile_replacement(word)

    def arith(self, word: Word) -> Evaluate:
        """See WordCompiler."""
        return compile_arith(word)

    def inner(self, word: Word, quoted: bool) -> Piece:
        """See WordCompiler."""
        return _inner_piece(word, quoted)


_WORDS = _Words()
_NOT_CONSTANT = re.compile(r"[~*?\[]|[@!+]\(")
_ACTIVE = re.compile(r"[ \t\n*?\[]|[@!+]\(")
"""Finds what splits under the default IFS or may be a pattern."""


# ---- pieces ------------------------------------------------------------------------------------


def _piece(part: WordPart | Tilde, quoted: bool, splitting: bool = False) -> Piece:
    """One part of a word. ``splitting`` makes literals split (the word of an unquoted ``${x-word}``)."""
    if isinstance(part, Literal):
        return _literal(part.text, quoted, splitting)
    if isinstance(part, (Escaped, SingleQuoted, AnsiQuoted)):
        return constant_piece(part.text)
    if isinstance(part, DoubleQuoted):
        return _double_quoted(part)
    if isinstance(part, CommandSubst):
        return text_piece(_command(part), quoted)
    if isinstance(part, ArithSubst):
        value = compile_arith(part.expression)
        return text_piece(lambda env: str(value(env)), quoted)
    if isinstance(part, Tilde):
        tilde = part
        return protected_piece(lambda env: expand_tilde(env, tilde))
    if isinstance(part, ProcessSubst):
        process = part
        return protected_piece(lambda env: env.process_path(process))
    return compile_expansion(part, quoted, _WORDS)


def _literal(text: str, quoted: bool, splitting: bool) -> Piece:
    if quoted:
        return constant_piece(text)
    if splitting:
        return splitting_piece(lambda env: text)
    return literal_piece(text, MAGIC.search(text) is None)


def _command(node: CommandSubst) -> Text:
    return lambda env: env.command_output(node)


def _double_quoted(part: DoubleQuoted) -> Piece:
    pieces = [_piece(inner, True) for inner in part.parts]
    text = joined(pieces)
    if not pieces:
        return constant_piece("")
    if all(piece.constant is not None for piece in pieces):
        return constant_piece("".join([piece.constant or "" for piece in pieces]))
    if all(piece.single for piece in pieces):
        return protected_piece(text)
    return Piece(text, _emit_all(pieces))


def _emit_all(pieces: list[Piece]) -> Callable[[Environment, Fields], None]:
    emitters = [piece.emit for piece in pieces]

    def emit(env: Environment, fields: Fields) -> None:
        for one in emitters:
            one(env, fields)

    return emit


def _inner_piece(word: Word, quoted: bool) -> Piece:
    """The word of ``${x-word}``: its literals split when the whole is not quoted."""
    parts = word.parts if quoted else mark_tildes(word)
    pieces = [_piece(part, quoted, splitting=True) for part in parts]
    if not pieces:
        return text_piece(lambda env: "", quoted)
    if not quoted:
        pieces = [
            _resplit(p) if _is_at_list(part) else p for part, p in zip(parts, pieces, strict=True)
        ]
    single = all(piece.single for piece in pieces)
    return Piece(joined(pieces), _emit_all(pieces), single)


def _is_at_list(part: WordPart | Tilde) -> bool:
    """Whether it is ``$@``, ``${name[@]}`` or a form of them, or may turn out to be (``${!name}``)."""
    parameter = getattr(part, "parameter", None)
    if parameter is None:
        return False
    return parameter.indirect or (is_list(parameter) and not is_star(parameter))


def _resplit(piece: Piece) -> Piece:
    """``${x-$@}`` without quotes: bash joins the values by blanks and splits again, which shows when IFS
    begins with something else."""
    text, emit_each = piece.text, piece.emit

    def emit(env: Environment, fields: Fields) -> None:
        if ifs_of(env)[:1] in ("", " ", "\t", "\n"):
            emit_each(env, fields)
        else:
            fields.split(text(env))

    return Piece(text, emit)


# ---- fields ------------------------------------------------------------------------------------


def compile_word(word: Word) -> FieldsOf:
    """The closure giving the fields of one word, as a list of its own."""
    if not has_braces(word):
        return _compile_plain(word)
    together = _compile_plain(word)
    constants = _brace_constants(word)
    if constants is not None:
        return lambda env: constants.copy() if env.options.braceexpand else together(env)
    words = expand_braces(word)
    if len(words) == 1 and words[0] == word:
        return together
    apart = compile_words(words)
    return lambda env: apart(env) if env.options.braceexpand else together(env)


def _brace_constants(word: Word) -> list[str] | None:
    """What a word of literals and braces always gives; None when tildes or patterns come out."""
    texts = brace_texts(word)
    if texts is None or _NOT_CONSTANT.search("".join(texts)):
        return None
    return [text for text in texts if text]


def _pieces(word: Word) -> list[Piece]:
    """The pieces of a command's word. A lone literal that can be no pattern (``[``) is a constant."""
    parts = mark_tildes(word)
    if len(parts) == 1 and isinstance(parts[0], Literal) and not is_glob(parts[0].text, True):
        return [literal_piece(parts[0].text, True)]
    return [_piece(part, False) for part in parts]


def _compile_plain(word: Word) -> FieldsOf:
    """A word without braces, or with them switched off."""
    pieces = _pieces(word)
    if not pieces:
        return lambda env: []
    if all(piece.single for piece in pieces):
        text = joined(pieces)
        return lambda env: [text(env)]
    if len(pieces) == 1 and not isinstance(word.parts[0], (Literal, DoubleQuoted)):
        return _compile_lone(pieces[0])
    emit = _emit_all(pieces)

    def run(env: Environment) -> list[str]:
        fields = Fields(env, [])
        emit(env, fields)
        return fields.finish()

    return run


def _compile_lone(piece: Piece) -> FieldsOf:
    """An unquoted expansion by itself: most values hold nothing that splits or globs."""
    if piece.emit.__qualname__ != _SPLITTING:
        return _compile_emitted(piece)
    text = piece.text
    active = _ACTIVE.search

    def run(env: Environment) -> list[str]:
        value = text(env)
        if value.isalnum() or not active(value):
            if not value:
                return []
            variable = env.variables.get("IFS")
            if variable is None or variable.value == DEFAULT_IFS:
                return [value]
        fields = Fields(env, [])
        fields.split(value)
        return fields.finish()

    return run


_SPLITTING = splitting_piece(lambda env: "").emit.__qualname__


def _compile_emitted(piece: Piece) -> FieldsOf:
    def run(env: Environment) -> list[str]:
        fields = Fields(env, [])
        piece.emit(env, fields)
        return fields.finish()

    return run


def compile_words(words: Sequence[Word]) -> FieldsOf:
    """The closure giving all fields of several words in a fresh list."""
    compiled = [_compile_item(word) for word in words]
    if all(isinstance(item, str) for item in compiled):
        constants = [item for item in compiled if isinstance(item, str)]
        return lambda env: constants.copy()
    if len(compiled) == 1 and not isinstance(compiled[0], str):
        return compiled[0][1]
    return _gather(compiled)


Item: TypeAlias = "str | tuple[Text | None, FieldsOf]"


def _compile_item(word: Word) -> Item:
    """A constant, or how to get the one string (when it is always one) or the fields."""
    if has_braces(word):
        return None, compile_word(word)
    pieces = _pieces(word)
    if not pieces or not all(piece.single for piece in pieces):
        return None, _compile_plain(word)
    if all(piece.constant is not None for piece in pieces):
        return "".join([piece.constant or "" for piece in pieces])
    text = joined(pieces)
    return text, lambda env: [text(env)]


def _gather(items: list[Item]) -> FieldsOf:
    """Runs of constants are added at once, single strings appended, the rest extended."""
    lead = 0
    while lead < len(items) and isinstance(items[lead], str):
        lead += 1
    constants = [item for item in items[:lead] if isinstance(item, str)]
    rest = [_adder(item) for item in items[lead:]]
    if all(text is not None for text, _ in rest):
        texts = [text for text, _ in rest if text is not None]
        return _gather_texts(constants, texts)

    def run(env: Environment) -> list[str]:
        fields = constants.copy()
        for text, many in rest:
            if text is not None:
                fields.append(text(env))
            else:
                fields.extend(many(env))
        return fields

    return run


def _adder(item: Item) -> tuple[Text | None, FieldsOf]:
    if isinstance(item, str):
        value = item
        return (lambda env: value), (lambda env: [value])
    return item


def _gather_texts(constants: list[str], texts: list[Text]) -> FieldsOf:
    if len(texts) == 1:
        only = texts[0]
        return lambda env: [*constants, only(env)]

    def run(env: Environment) -> list[str]:
        fields = constants.copy()
        for text in texts:
            fields.append(text(env))
        return fields

    return run


# ---- strings, patterns, numbers ----------------------------------------------------------------


def compile_string(word: Word, *, assignment: bool = False) -> Text:
    """The closure giving a word as one string: no braces, splitting or file names. In an ``assignment`` a
    tilde may follow each colon."""
    parts = mark_tildes(word, True) if assignment else mark_tildes(word)
    return joined([_piece(part, False) for part in parts])


def compile_heredoc(doc: HereDoc) -> Text:
    """The closure giving a here-document's text."""
    if doc.quoted:
        text = "".join(part.text for part in doc.body.parts if isinstance(part, Literal))
        return lambda env: text
    if len(doc.body.parts) == 1:
        return _piece(doc.body.parts[0], True).text
    return _compile_body(doc.body.parts)


def _compile_body(parts: tuple[WordPart, ...]) -> Text:
    """Text of many parts. It uses the same few parameters over and over: each is compiled once."""
    known: dict[WordPart, Text] = {}
    template: list[str] = []
    changing: list[tuple[int, Text]] = []
    for part in parts:
        if isinstance(part, (Literal, Escaped)):
            template.append(part.text)
            continue
        text = known.get(part) if isinstance(part, ParameterValue) else None
        if text is None:
            text = _piece(part, True).text
            if isinstance(part, ParameterValue):
                known[part] = text
        changing.append((len(template), text))
        template.append("")
    return filled(template, changing)


def compile_arith(word: Word) -> Evaluate:
    """The closure giving the value of an arithmetic word. Text that does not parse raises when run."""
    return arith_words.compile_arith_word(word, lambda part: _piece(part, True).text)


def compile_pattern(word: Word, nocase: bool = True, extended: bool = False) -> PatternOf:
    """The closure giving a word as a pattern: what was quoted stands for itself. Under ``nocase`` it follows
    ``shopt nocasematch`` (``case``, ``[[``, ``${x/a/b}``; not ``${x#a}``). ``extended`` globs are on in ``[[``
    whatever ``shopt extglob`` says."""
    text = compile_pattern_text(word)
    pieces = [_pattern_constant(part) for part in mark_tildes(word)]
    if all(piece is not None for piece in pieces):
        return _constant_pattern("".join([piece or "" for piece in pieces]), nocase, extended)

    def run(env: Environment) -> Pattern:
        options = env.options
        return compile_glob(text(env), extended or options.extglob, nocase and options.nocasematch)

    return run


def _constant_pattern(text: str, nocase: bool, extended: bool) -> PatternOf:
    """A pattern that never changes, for each pair of options it may be read under."""
    known: list[Pattern | None] = [None] * 4

    def run(env: Environment) -> Pattern:
        options = env.options
        ignores = nocase and options.nocasematch
        extglob = extended or options.extglob
        kind = extglob + 2 * ignores
        pattern = known[kind]
        if pattern is None:
            pattern = compile_glob(text, extglob, ignores)
            known[kind] = pattern
        return pattern

    return run


def compile_pattern_text(word: Word) -> Text:
    """The closure giving a pattern's text, quoted characters escaped (for ``=~`` and globs too)."""
    return joined([_pattern_piece(part) for part in mark_tildes(word)])


def _pattern_constant(part: WordPart | Tilde) -> str | None:
    if isinstance(part, Literal):
        return part.text
    if isinstance(part, (Escaped, SingleQuoted, AnsiQuoted)):
        return escape(part.text)
    if isinstance(part, DoubleQuoted):
        piece = _double_quoted(part)
        return None if piece.constant is None else escape(piece.constant)
    return None


def _pattern_piece(part: WordPart | Tilde) -> Piece:
    constant = _pattern_constant(part)
    if constant is not None:
        return constant_piece(constant)
    piece = _piece(part, False)
    text = piece.text
    if isinstance(part, (DoubleQuoted, Tilde)):
        return protected_piece(lambda env: escape(text(env)))
    return piece


def _compile_replacement(word: Word) -> Callable[[Environment], str | Replacement]:
    """The right side of ``${x/a/b}``; an ``&`` that was not quoted stands for the match."""
    parts = mark_tildes(word)
    pieces = [_piece(part, False) for part in parts]
    quoted = [isinstance(p, (Escaped, SingleQuoted, AnsiQuoted, DoubleQuoted)) for p in parts]
    text = joined(pieces)
    constant = "".join([piece.constant or "" for piece in pieces])
    if "&" not in constant and all(piece.constant is not None for piece in pieces):
        return lambda env: constant

    def run(env: Environment) -> str | Replacement:
        if not env.options.patsub_replacement:
            return text(env)
        texts = [piece.text(env) for piece in pieces]
        return replacement_of(list(zip(texts, quoted, strict=True)))

    return run


def compile_quoted_pieces(word: Word) -> Callable[[Environment], list[tuple[str, bool]]]:
    """The closure giving a word's texts, each with whether it was quoted (regular expressions)."""
    parts = mark_tildes(word)
    pieces = [
        (
            _piece(part, False).text,
            isinstance(part, (Escaped, SingleQuoted, AnsiQuoted, DoubleQuoted, Tilde)),
        )
        for part in parts
    ]
    return lambda env: [(text(env), quoted) for text, quoted in pieces]
