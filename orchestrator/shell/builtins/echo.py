"""`echo`, and the backslash escapes it shares with `printf %b`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from orchestrator.shell.builtin import Builtin
from orchestrator.shell.syntax.quote import encode_code_point

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.shell.shell import Shell

_LETTERS = {
    "a": b"\a",
    "b": b"\b",
    "e": b"\x1b",
    "E": b"\x1b",
    "f": b"\f",
    "n": b"\n",
    "r": b"\r",
    "t": b"\t",
    "v": b"\v",
    "\\": b"\\",
}
_ECHO = re.compile(
    r"\\(?:([abeEfnrtv\\])|(c)|0([0-7]{0,3})|x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})"
    r"|U([0-9a-fA-F]{1,8}))"
)
_PRINTF_B = re.compile(
    r"\\(?:([abeEfnrtv\\?])|(c)|(?:0([0-7]{0,3})|([1-7][0-7]{0,2}))|x([0-9a-fA-F]{1,2})"
    r"|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([xuU]))"
)


def decode_echo(text: str) -> tuple[bytes, bool]:
    r"""Return what `echo -e` prints for `text`, and whether `\c` ends all output."""
    pieces: list[bytes] = []
    last = 0
    for match in _ECHO.finditer(text):
        pieces.append(_bytes(text[last : match.start()]))
        last = match.end()
        letter, end, octal, pair, short, long = match.groups()
        if end:
            return b"".join(pieces), True
        pieces.append(_value(letter, octal, pair, short or long))
    return b"".join([*pieces, _bytes(text[last:])]), False


def decode_printf_argument(text: str, missing_digit: Callable[[str], None]) -> tuple[bytes, bool]:
    r"""Return what `printf %b` prints for `text` (`\NNN` besides `\0NNN`), and whether `\c` ended it.

    `missing_digit` is called with the letter of a `\x`, `\u` or `\U` without digits.
    """
    pieces: list[bytes] = []
    last = 0
    for match in _PRINTF_B.finditer(text):
        pieces.append(_bytes(text[last : match.start()]))
        last = match.end()
        letter, end, zero, octal, pair, short, long, bare = match.groups()
        if end:
            return b"".join(pieces), True
        if bare:
            missing_digit(bare)
            letter = "\\" + bare
        pieces.append(_value(letter, zero if octal is None else octal, pair, short or long))
    return b"".join([*pieces, _bytes(text[last:])]), False


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _value(letter: str | None, octal: str | None, pair: str | None, point: str | None) -> bytes:
    """Return the bytes of one escape."""
    if letter is not None:
        return _LETTERS.get(letter, letter.encode())
    if octal is not None:
        return bytes([int(octal or "0", 8) & 0xFF])
    if pair is not None:
        return bytes([int(pair, 16)])
    return encode_code_point(int(point or "0", 16))


def _echo(shell: Shell, argv: list[str]) -> int:
    options = shell.options
    newline, escapes, at = True, options.xpg_echo, 1
    takes_options = not (options.posix and options.xpg_echo)
    while takes_options and at < len(argv) and _is_option(argv[at]):
        for letter in argv[at][1:]:
            if letter == "n":
                newline = False
            else:
                escapes = letter == "e"
        at += 1
    text = " ".join(argv[at:])
    if escapes:
        data, ended = decode_echo(text)
        shell.system.write(1, data if ended or not newline else data + b"\n")
    else:
        shell.system.write(1, _bytes(text + "\n" if newline else text))
    return 0


def _is_option(word: str) -> bool:
    """Whether `word` is `-` and letters of `neE` alone; anything else is printed."""
    return len(word) > 1 and word[0] == "-" and not word[1:].strip("neE")


BUILTINS = (
    Builtin("echo", _echo, "echo [-neE] [arg ...]", "Write arguments to the standard output."),
)
