"""Which words can be expanded in the parent without anybody noticing that they should have been a subshell's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.shell.syntax.nodes import (
    AnsiQuoted,
    DoubleQuoted,
    Escaped,
    Literal,
    ParameterDefault,
    ParameterLength,
    ParameterTrim,
    ParameterValue,
    SingleQuoted,
    Word,
)

if TYPE_CHECKING:
    from orchestrator.shell.syntax.nodes import SimpleCommand, WordPart

TELLTALE = frozenset(("BASHPID", "RANDOM", "SRANDOM", "BASH_SUBSHELL", "_"))
"""Parameters that read differently, or change, in a subshell."""


def is_plain(node: SimpleCommand) -> bool:
    """Whether all words and redirection targets are free of side effects and of subshells."""
    return all(isinstance(word, Word) and is_plain_word(word) for word in node.words) and all(
        redirect.variable is None
        and isinstance(redirect.target, Word)
        and is_plain_word(redirect.target)
        for redirect in node.redirects
    )


def is_plain_word(word: Word) -> bool:
    """Whether expanding `word` has no side effects and starts nothing."""
    return all(map(_part, word.parts))


def _part(part: WordPart) -> bool:
    match part:
        case Literal() | Escaped() | SingleQuoted() | AnsiQuoted():
            return True
        case DoubleQuoted(parts):
            return all(map(_part, parts))
        case ParameterValue(parameter) | ParameterLength(parameter):
            return _parameter(parameter.name, parameter.subscript, parameter.indirect)
        case ParameterTrim(parameter, _, pattern):
            return _parameter(
                parameter.name, parameter.subscript, parameter.indirect
            ) and is_plain_word(pattern)
        case ParameterDefault(parameter, operator, _, word):
            return (
                operator in "-+"
                and _parameter(parameter.name, parameter.subscript, parameter.indirect)
                and is_plain_word(word)
            )
        case _:
            return False


def _parameter(name: str, subscript: object, indirect: bool) -> bool:
    return subscript is None and not indirect and name not in TELLTALE
