"""envsubst(1): the values of variables in a text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from orchestrator.tools.options import Parsed, Tool, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.kernel.system import System

_NAME = "[A-Za-z_][A-Za-z0-9_]*"
_VARIABLE = re.compile(rf"\$(?:({_NAME})|\{{({_NAME})\}})")


def _names(text: str) -> list[str]:
    return [match[1] or match[2] for match in _VARIABLE.finditer(text)]


def _envsubst(system: System, parsed: Parsed) -> int:
    if len(parsed.operands) > 1:
        raise UsageError("too many arguments", hint=False)
    if parsed.has("v", "variables"):
        if not parsed.operands:
            raise UsageError("missing arguments")
        system.stdout.write("".join(f"{name}\n" for name in _names(parsed.operands[0])))
        return 0
    wanted = set(_names(parsed.operands[0])) if parsed.operands else None

    def value(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        return system.env.get(name, "") if wanted is None or name in wanted else match[0]

    rest = ""
    while data := system.read(0):
        system.step(len(data) >> 8)
        # Bytes that are no UTF-8, or half a character, survive: decoded one by one, and back.
        text, rest = _split(rest + data.decode("latin-1"))
        system.stdout.write_bytes(_substituted(text, value))
    system.stdout.write_bytes(_substituted(rest, value))
    return 0


def _split(text: str) -> tuple[str, str]:
    """What can be read now, and a `$NAME` at the end that may go on in the next piece."""
    at = text.rfind("$")
    if at >= 0 and len(text) - at < 4096 and re.fullmatch(rf"\$\{{?({_NAME})?", text[at:]):
        return text[:at], text[at:]
    return text, ""


def _substituted(text: str, value: Callable[[re.Match[str]], str]) -> bytes:
    out, at = [], 0
    for match in _VARIABLE.finditer(text):
        out.append(text[at : match.start()].encode("latin-1"))
        out.append(value(match).encode("utf-8", "surrogateescape"))
        at = match.end()
    return b"".join([*out, text[at:].encode("latin-1")])


ENVSUBST = Tool(
    "envsubst",
    "Replace $NAME and ${NAME} in standard input by their values.",
    "envsubst [-v] ['$NAME ${NAME}...']",
    _envsubst,
    "v",
    ("variables",),
)
