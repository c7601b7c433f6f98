"""How many columns text takes on a terminal."""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = re.compile(
    "\x01[^\x02]*\x02|\x1b\\[[0-9;?]*[ -/]*[@-~]|\x1b\\][^\x07\x1b]*(?:\x07|\x1b\\\\)"
)
_ZERO_WIDTH = ("Mn", "Me", "Cf")
REPLACEMENT = "\ufffd"


def char_width(char: str) -> int:
    """Return the columns of one printable character: 0, 1 or 2."""
    if char < "\x7f":
        return 1
    if unicodedata.category(char) in _ZERO_WIDTH and char != "\xad":
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def shown(char: str) -> str:
    """Return what is put on the screen for a character of the line: `^A` for a control character."""
    if char < " ":
        return "^" + chr(ord(char) + 64)
    if char == "\x7f":
        return "^?"
    return REPLACEMENT if "\ud800" <= char <= "\udfff" or "\x80" <= char < "\xa0" else char


def text_width(text: str) -> int:
    """Return the columns of text that holds no control characters."""
    return sum(map(char_width, text))


def visible(text: str) -> str:
    """Return a prompt without what takes no room: `\\[...\\]` and escape sequences."""
    return _INVISIBLE.sub("", text)


def printable(text: str) -> str:
    """Return a prompt as it is sent to the terminal: without the marks around invisible parts."""
    return text.replace("\x01", "").replace("\x02", "")
