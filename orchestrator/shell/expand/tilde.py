"""Tilde expansion (POSIX XCU 2.6.1), decided when a word is compiled, looked up when it runs."""

import re
from dataclasses import dataclass, replace

from orchestrator.shell.expand.environment import Environment
from orchestrator.shell.syntax.nodes import Literal, Word, WordPart

_PREFIX = re.compile(r"~([A-Za-z0-9_.+-]*)(?=[/:]|\Z)")
_ASSIGNMENT_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\+?=")


@dataclass(frozen=True, slots=True)
class Tilde:
    """``~user`` found in a word; ``source`` is how it was written."""

    user: str
    source: str
    shaped: bool = False
    """It follows the `=` of an argument, where POSIX mode leaves it alone."""


Parts = list["WordPart | Tilde"]


def mark_tildes(word: Word, assignment: bool = False) -> Parts:
    """The parts of a word with tilde prefixes cut out. In an ``assignment``, one may follow each colon; a
    word shaped like an assignment is treated as one, as bash does outside POSIX mode."""
    parts: Parts = list(word.parts)
    if not parts or not any(isinstance(part, Literal) and "~" in part.text for part in word.parts):
        return parts
    first = parts[0]
    start = 0
    if not assignment and isinstance(first, Literal):
        shape = _ASSIGNMENT_WORD.match(first.text)
        if shape:
            return [_shaped(part) for part in _cut(parts, shape.end(), True)]
    return _cut(parts, start, assignment)


def _shaped(part: WordPart | Tilde) -> WordPart | Tilde:
    return replace(part, shaped=True) if isinstance(part, Tilde) else part


def _cut(parts: Parts, start: int, assignment: bool) -> Parts:
    result: Parts = []
    for number, part in enumerate(parts):
        if not isinstance(part, Literal) or (number and not assignment):
            result.append(part)
            continue
        ends_word = number == len(parts) - 1
        result.extend(_cut_literal(part.text, start, number == 0, ends_word, assignment))
        start = 0
    return result


def _cut_literal(text: str, start: int, at_start: bool, ends_word: bool, assignment: bool) -> Parts:
    """``text`` cut at its tilde prefixes; ``start`` is where the value begins in it."""
    result: Parts = []
    done = 0
    position = start if at_start else text.find(":") + 1 or len(text)
    while position < len(text):
        match = _PREFIX.match(text, position)
        if match and (match.end() < len(text) or ends_word):
            if position > done:
                result.append(Literal(text[done:position]))
            result.append(Tilde(match.group(1), match.group()))
            done = match.end()
        following = text.find(":", position) if assignment else -1
        if following < 0:
            break
        position = following + 1
    if done < len(text):
        result.append(Literal(text[done:]))
    return result


def expand_tilde(env: Environment, tilde: Tilde) -> str:
    """The directory meant, or the text as written when there is no such user."""
    user = tilde.user
    if tilde.shaped and env.options.posix:
        return tilde.source
    if user in ("+", "-"):
        variable = env.variables.get("PWD" if user == "+" else "OLDPWD")
        value = variable.scalar() if variable is not None else None
        return tilde.source if value is None else value
    if not user:
        variable = env.variables.get("HOME")
        value = variable.scalar() if variable is not None else None
        if value is not None:
            return value
    home = env.home_directory(user)
    return tilde.source if home is None else home
