"""From the terminal's bytes to keys: characters, control keys, Alt, cursor keys, pasted text.

A key is a `Key` with a name (`C-a`, `M-b`, `up`, `paste`), or the character itself as `text`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

PASTE_BEGIN, PASTE_END = "200", b"\x1b[201~"
LONGEST_PASTE = 1 << 22
LONGEST_SEQUENCE = 32


class Key(NamedTuple):
    """One key. `name` is empty for a plain character, whose `text` is inserted."""

    name: str
    text: str = ""


_CSI_LETTERS = {
    "A": "up",
    "B": "down",
    "C": "right",
    "D": "left",
    "F": "end",
    "H": "home",
    "Z": "S-tab",
}
_CSI_NUMBERS = {
    "1": "home",
    "2": "insert",
    "3": "delete",
    "4": "end",
    "5": "page-up",
    "6": "page-down",
    "7": "home",
    "8": "end",
}
_CONTROL_NAMES = {
    9: "tab",
    10: "enter",
    13: "enter",
    27: "escape",
    127: "backspace",
    8: "backspace",
}
_WITH_MODIFIER = re.compile(r"(\d*)(?:;(\d+))?")


class EndOfInput(Exception):
    """The terminal is gone."""


class KeyReader:
    """Reads one key at a time; `read_byte` waits for the next byte and returns `b""` at the end.

    `is_alone` tells whether an Escape that was read is a key of its own, not the beginning of a sequence.
    """

    def __init__(
        self, read_byte: Callable[[], bytes], is_alone: Callable[[], bool] = lambda: False
    ) -> None:
        self._read_byte = read_byte
        self._is_alone = is_alone

    def _byte(self) -> int:
        data = self._read_byte()
        if not data:
            raise EndOfInput
        return data[0]

    def next(self) -> Key:
        """Return the next key. Raises: EndOfInput."""
        byte = self._byte()
        if byte == 27:
            return Key("escape", "\x1b") if self._is_alone() else self._after_escape()
        if byte < 32 or byte == 127:
            return Key(_CONTROL_NAMES.get(byte) or _control_name(byte), chr(byte))
        return Key("", self._character(byte))

    def literal(self) -> str:
        """Return the next character as it is, for quoted insert (C-v)."""
        byte = self._byte()
        return chr(byte) if byte < 128 else self._character(byte)

    def _character(self, first: int) -> str:
        """Return the character that begins with `first`, the rest of its UTF-8 read."""
        size = 1 if first < 0xC2 else 2 if first < 0xE0 else 3 if first < 0xF0 else 4
        if first >= 0xF5:
            size = 1
        data = bytes([first, *(self._byte() for _ in range(size - 1))])
        return data.decode("utf-8", "surrogateescape")

    def _after_escape(self) -> Key:
        byte = self._byte()
        if byte == ord("["):
            return self._sequence()
        if byte == ord("O"):
            return Key(_CSI_LETTERS.get(chr(self._byte()), "unknown"))
        if byte == 27:
            inner = self._after_escape()
            return Key("M-" + inner.name if inner.name else "unknown", inner.text)
        if byte < 32 or byte == 127:
            return Key("M-" + (_CONTROL_NAMES.get(byte) or _control_name(byte)))
        return Key("M-" + self._character(byte))

    def _sequence(self) -> Key:
        """Read the rest of `ESC [`."""
        parameters = ""
        while len(parameters) < LONGEST_SEQUENCE:
            char = chr(self._byte())
            if "@" <= char <= "~":
                return self._named(parameters, char)
            parameters += char
        return Key("unknown")

    def _named(self, parameters: str, final: str) -> Key:
        if final == "~" and parameters == PASTE_BEGIN:
            return Key("paste", self._pasted())
        match = _WITH_MODIFIER.fullmatch(parameters)
        if match is None:
            return Key("unknown")
        number, modifier = match.groups()
        name = _CSI_NUMBERS.get(number, "") if final == "~" else _CSI_LETTERS.get(final, "")
        return Key(_prefix(modifier) + name if name else "unknown")

    def _pasted(self) -> str:
        data = bytearray()
        while not data.endswith(PASTE_END):
            data.append(self._byte())
            if len(data) > LONGEST_PASTE:
                break
        text = bytes(data.removesuffix(PASTE_END)).decode("utf-8", "surrogateescape")
        return text.replace("\r\n", "\n").replace("\r", "\n")


def _control_name(byte: int) -> str:
    return "C-" + chr(byte + 64 if byte in (0, 28, 29, 30, 31) else byte + 96)


def _prefix(modifier: str | None) -> str:
    """Return what a modifier number stands for: 3 Alt, 5 Control; Shift changes nothing."""
    if modifier is None:
        return ""
    bits = int(modifier) - 1
    return ("C-" if bits & 4 else "") + ("M-" if bits & 2 else "")
