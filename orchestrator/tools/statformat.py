"""The formats of stat(1): `%` directives with flags, width and precision, as printf(3) has them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from orchestrator.tools.options import UsageError

if TYPE_CHECKING:
    from typing import TypeAlias

_DIRECTIVE = re.compile(r"%([-+ #0']*)([0-9]*)(?:\.([0-9]*))?([HL][drDR]|.)?", re.DOTALL)
_ESCAPES = dict(zip('nt\\r"abefv', '\n\t\\\r"\a\b\x1b\f\v', strict=True))
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{1,2})|([0-7]{1,3})|(.)|$)", re.DOTALL)
_WIDEST = 4096


@dataclass(frozen=True, slots=True)
class Number:
    """A number shown in octal (`o`) or hexadecimal (`x`)."""

    value: int
    base: str


@dataclass(frozen=True, slots=True)
class Seconds:
    """An instant shown in seconds; with a precision, with as many digits after the point."""

    nanoseconds: int


if TYPE_CHECKING:
    Value: TypeAlias = str | int | Number | Seconds


class Facts(Protocol):
    """What a format is filled from."""

    def value(self, letter: str) -> Value | None:
        """The value of `%letter`; None if there is no such."""


def expand(pattern: str, facts: Facts, *, escapes: bool) -> tuple[str, str]:
    """The format filled in, and a warning or nothing. `escapes` is for --printf. Raises UsageError."""
    warning = ""

    def escaped(match: re.Match[str]) -> str:
        nonlocal warning
        digits, octal, letter = match.groups()
        if digits:
            return chr(int(digits, 16))
        if octal:
            return chr(int(octal, 8) & 0xFF)
        if letter is None:
            warning = "backslash at end of format"
            return "\\"
        if letter not in _ESCAPES:
            warning = f"unrecognized escape '\\{letter}'"
        return _ESCAPES.get(letter, letter)

    out, at = [], 0
    for match in _DIRECTIVE.finditer(pattern):
        plain = pattern[at : match.start()]
        out += [_ESCAPE.sub(escaped, plain) if escapes else plain, _directive(match, facts)]
        at = match.end()
    rest = pattern[at:]
    return "".join([*out, _ESCAPE.sub(escaped, rest) if escapes else rest]), warning


def _directive(match: re.Match[str], facts: Facts) -> str:
    flags, width, precision, letter = match.groups()
    if letter in ("%", None, "\n"):
        if match[0].rstrip("\n") == "%" or match[0] == "%%":
            return "%" + ("\n" if letter == "\n" else "")
        raise UsageError(f"'{match[0].rstrip(chr(10))}': invalid directive", hint=False)
    value = facts.value(letter)
    digits = None if precision is None else min(int(precision or 0), _WIDEST)
    text = "?" if value is None else _shown(value, flags, digits)
    return _padded(text, flags, min(int(width or 0), _WIDEST), isinstance(value, str))


def _shown(value: Value, flags: str, precision: int | None) -> str:
    match value:
        case str():
            return value if precision is None else value[:precision]
        case Seconds():
            seconds, rest = divmod(value.nanoseconds, 10**9)
            if precision is None:
                return str(seconds)
            fraction = f"{rest:09}".ljust(precision, "0")[: precision or 9]
            return f"{seconds}.{fraction}"
        case Number():
            text = f"{value.value:{value.base}}".rjust(precision or 0, "0")
            lead = {"o": "0", "x": "0x"}[value.base] if "#" in flags and value.value else ""
            return lead + text
    text = str(value).rjust(precision or 0, "0")
    return ("+" if "+" in flags else " " if " " in flags else "") + text


def _padded(text: str, flags: str, width: int, is_text: bool) -> str:
    if "-" in flags:
        return text.ljust(width)
    if "0" in flags and not is_text:
        sign = text[:1] if text[:1] in ("+", " ") else ""
        return sign + text[len(sign) :].rjust(width - len(sign), "0")
    return text.rjust(width)
