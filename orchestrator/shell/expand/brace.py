"""Brace expansion: one word to many, before anything else is expanded.

Purely textual: works on the parts of a word and knows no variables. Quoted parts and expansions are opaque.
"""

import re
from typing import TypeAlias

from orchestrator.shell.expand.errors import LimitError
from orchestrator.shell.syntax.arith import wrap
from orchestrator.shell.syntax.nodes import (
    Literal,
    Parameter,
    ParameterValue,
    SingleQuoted,
    Word,
    WordPart,
)

MAX_WORDS = 1_000_000
"""How many words one word may become. bash goes on until memory ends; we say so."""
MAX_DEPTH = 100

_NAME_CHARS = re.compile(r"[A-Za-z0-9_]*")
_ACTIVE = re.compile(r"[{},]")
_SEQUENCE = re.compile(
    r"(?:([+-]?[0-9]{1,19})\.\.([+-]?[0-9]{1,19})|([A-Za-z])\.\.([A-Za-z]))(?:\.\.([+-]?[0-9]{1,19}))?"
)


class Mark(str):
    """An unquoted ``{``, ``}`` or ``,``."""

    __slots__ = ()


Atom: TypeAlias = "str | WordPart"
Sequence: TypeAlias = "tuple[Atom, ...]"


def has_braces(word: Word) -> bool:
    """Whether the word might expand at all."""
    return any(isinstance(part, Literal) and "{" in part.text for part in word.parts)


def expand_braces(word: Word) -> list[Word]:
    """The words it becomes; the same one when nothing applies. Raises LimitError."""
    atoms = _atoms(word.parts)
    results = _expand(atoms, 0, len(atoms), _pairs(atoms), 0)
    return [_word(atoms) for atoms in results]


def brace_texts(word: Word) -> list[str] | None:
    """The fields of a word that braces alone decide (``{1..1000}``), None when a result needs more than
    quote-free text. Spares making a node for each."""
    atoms = _atoms(word.parts)
    if not all(isinstance(atom, str) for atom in atoms):
        return None
    results = _expand(atoms, 0, len(atoms), _pairs(atoms), 0)
    if not all(isinstance(atom, str) for result in results for atom in result):
        return None
    return ["".join(map(str, result)) for result in results]


def _atoms(parts: tuple[WordPart, ...]) -> list[Atom]:
    atoms: list[Atom] = []
    for part in parts:
        if not isinstance(part, Literal):
            atoms.append(part)
            continue
        last = 0
        for match in _ACTIVE.finditer(part.text):
            if match.start() > last:
                atoms.append(part.text[last : match.start()])
            atoms.append(Mark(match.group()))
            last = match.end()
        if last < len(part.text):
            atoms.append(part.text[last:])
    return atoms


def _pairs(atoms: list[Atom]) -> dict[int, int]:
    """Where each ``{`` is closed. One pass; a brace without partner is plain text."""
    stack: list[int] = []
    pairs: dict[int, int] = {}
    for index, atom in enumerate(atoms):
        if isinstance(atom, Mark):
            if atom == "{":
                stack.append(index)
            elif atom == "}" and stack:
                pairs[stack.pop()] = index
    return pairs


def _expand(
    atoms: list[Atom], start: int, end: int, pairs: dict[int, int], depth: int
) -> list[Sequence]:
    """All results for ``atoms[start:end]``: the product of its groups in order."""
    if depth > MAX_DEPTH:
        raise LimitError("brace expansion: nested too deep")
    results: list[Sequence] = [()]
    plain: list[Atom] = []
    index = start
    while index < end:
        close = pairs.get(index, end)
        choices = _choices(atoms, index, close, pairs, depth) if close < end else None
        if choices is None:
            plain.append(atoms[index])
            index += 1
            continue
        results = _product(results, tuple(plain), choices)
        plain.clear()
        index = close + 1
    return [(*result, *plain) for result in results] if plain else results


def _product(results: list[Sequence], plain: Sequence, choices: list[Sequence]) -> list[Sequence]:
    if len(results) * len(choices) > MAX_WORDS:
        raise LimitError(f"brace expansion: more than {MAX_WORDS} words")
    return [(*result, *plain, *choice) for result in results for choice in choices]


def _choices(
    atoms: list[Atom], start: int, close: int, pairs: dict[int, int], depth: int
) -> list[Sequence] | None:
    """What ``{...}`` offers; None when it is neither a list nor a sequence."""
    commas = _commas(atoms, start, close, pairs)
    if not commas:
        return _sequence(atoms, start, close)
    choices: list[Sequence] = []
    last = start + 1
    for comma in [*commas, close]:
        choices.extend(_expand(atoms, last, comma, pairs, depth + 1))
        if len(choices) > MAX_WORDS:
            raise LimitError(f"brace expansion: more than {MAX_WORDS} words")
        last = comma + 1
    return choices


def _commas(atoms: list[Atom], start: int, close: int, pairs: dict[int, int]) -> list[int]:
    commas: list[int] = []
    index = start + 1
    while index < close:
        atom = atoms[index]
        if isinstance(atom, Mark):
            if atom == ",":
                commas.append(index)
            elif atom == "{" and pairs.get(index, close) < close:
                index = pairs[index]
        index += 1
    return commas


def _sequence(atoms: list[Atom], start: int, close: int) -> list[Sequence] | None:
    inside = atoms[start + 1 : close]
    if not all(isinstance(atom, str) for atom in inside):
        return None
    match = _SEQUENCE.fullmatch("".join(map(str, inside)))
    if not match:
        return None
    low, high, first, last, step_text = match.groups()
    if any(wrap(int(text)) != int(text) for text in (low, high, step_text) if text):
        return None
    step = abs(int(step_text or 1)) or 1
    if low is not None:
        return _numbers(low, high, step)
    return [_letter(code) for code in _range(ord(first), ord(last), step)]


def _letter(code: int) -> Sequence:
    """A backslash between ``Z`` and ``a`` quotes nothing and so is an empty word, as in bash."""
    return (SingleQuoted(""),) if code == ord("\\") else (chr(code),)


def _range(low: int, high: int, step: int) -> range:
    if abs(high - low) // step >= MAX_WORDS:
        raise LimitError(f"brace expansion: more than {MAX_WORDS} words")
    return range(low, high + 1, step) if low <= high else range(low, high - 1, -step)


def _numbers(low: str, high: str, step: int) -> list[Sequence]:
    """Zero-padded to the wider end when one of them is written with a leading zero."""
    padded = any(len(text.lstrip("+-")) > 1 and text.lstrip("+-")[0] == "0" for text in (low, high))
    width = max(len(low), len(high)) if padded else 0
    return [(_pad(number, width),) for number in _range(int(low), int(high), step)]


def _pad(number: int, width: int) -> str:
    return f"{number:0{width}d}" if width else str(number)


def _word(atoms: Sequence) -> Word:
    parts: list[WordPart] = []
    text: list[str] = []
    for atom in atoms:
        if isinstance(atom, str):
            atom = _absorbed(parts, atom) if parts and not text else atom
            if atom:
                text.append(atom)
            continue
        if text:
            parts.append(Literal("".join(text)))
            text.clear()
        parts.append(atom)
    if text:
        parts.append(Literal("".join(text)))
    return Word(tuple(parts))


def _absorbed(parts: list[WordPart], text: str) -> str:
    """Braces expand before names are read: in ``$x{1,2}`` the parameters are ``x1`` and ``x2``. Gives the name
    what belongs to it and returns the rest."""
    last = parts[-1]
    if not isinstance(last, ParameterValue) or last.braced:
        return text
    name = last.parameter.name
    more = _NAME_CHARS.match(text)
    if not more or not more.group() or not (name[0].isalpha() or name[0] == "_"):
        return text
    parts[-1] = ParameterValue(Parameter(name + more.group()), False)
    return text[more.end() :]
