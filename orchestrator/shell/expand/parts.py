"""The pieces a word is made of, compiled: each gives a text, and may give several fields.

Between ``words`` (which assembles pieces) and ``expansions`` (which makes the pieces of ``${...}``).
"""

from collections.abc import Callable
from typing import TypeAlias

from orchestrator.shell.expand.environment import Environment
from orchestrator.shell.expand.fields import Fields

Text: TypeAlias = Callable[[Environment], str]
Emit: TypeAlias = Callable[[Environment, Fields], None]


class Piece:
    """One part of a word.

    ``text`` gives it as a single string (assignments, here-documents, inside quotes). ``emit`` adds it to
    fields. ``single`` says that it is one protected string: no splitting, no pattern, no list, so that ``text``
    is all there is to it. ``constant`` is that string when it never changes.
    """

    __slots__ = ("constant", "emit", "single", "text")

    def __init__(
        self, text: Text, emit: Emit, single: bool = False, constant: str | None = None
    ) -> None:
        self.text = text
        self.emit = emit
        self.single = single
        self.constant = constant


def constant_piece(value: str) -> Piece:
    """Quoted text of the script."""
    return Piece(lambda env: value, lambda env, fields: fields.quoted(value), True, value)


def literal_piece(value: str, plain: bool) -> Piece:
    """Unquoted text of the script; ``plain`` when it cannot be a pattern."""
    if plain:
        return Piece(lambda env: value, lambda env, fields: fields.literal(value), True, value)
    return Piece(lambda env: value, lambda env, fields: fields.literal(value))


def protected_piece(text: Text) -> Piece:
    """An expansion in quotes: one string whatever it holds."""
    return Piece(text, lambda env, fields: fields.quoted(text(env)), True)


def splitting_piece(text: Text) -> Piece:
    """An unquoted expansion."""
    return Piece(text, lambda env, fields: fields.split(text(env)))


def text_piece(text: Text, quoted: bool) -> Piece:
    """An expansion to one string."""
    return protected_piece(text) if quoted else splitting_piece(text)


def joined(pieces: list[Piece]) -> Text:
    """The pieces' texts in a row."""
    if all(piece.constant is not None for piece in pieces):
        value = "".join([piece.constant or "" for piece in pieces])
        return lambda env: value
    merged = _merged(pieces)
    if len(merged) == 1:
        return merged[0].text
    if len(merged) == 2:
        return _pair(*merged)
    return _filled(merged)


def _pair(first: Piece, second: Piece) -> Text:
    head, tail = first.text, second.text
    if first.constant is not None:
        before = first.constant
        return lambda env: before + tail(env)
    if second.constant is not None:
        behind = second.constant
        return lambda env: head(env) + behind
    return lambda env: head(env) + tail(env)


def _filled(pieces: list[Piece]) -> Text:
    template = [piece.constant or "" for piece in pieces]
    changing = [(n, piece.text) for n, piece in enumerate(pieces) if piece.constant is None]
    return filled(template, changing)


def filled(template: list[str], changing: list[tuple[int, Text]]) -> Text:
    """Constants stand ready in ``template``; only what changes is asked for."""

    def text(env: Environment) -> str:
        filled = template.copy()
        for place, value in changing:
            filled[place] = value(env)
        return "".join(filled)

    return text


def _merged(pieces: list[Piece]) -> list[Piece]:
    """Neighbouring constants made one."""
    merged: list[Piece] = []
    for piece in pieces:
        last = merged[-1] if merged else None
        if last is not None and last.constant is not None and piece.constant is not None:
            merged[-1] = constant_piece(last.constant + piece.constant)
        else:
            merged.append(piece)
    return merged
