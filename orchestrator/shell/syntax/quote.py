r"""Quoting and its reverse: ``$'...'`` escapes, and text that reads back as itself."""

import re

_SIMPLE = {
    "a": "\a",
    "b": "\b",
    "e": "\x1b",
    "E": "\x1b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
    "\\": "\\",
    "'": "'",
    '"': '"',
    "?": "?",
}
_ESCAPE = re.compile(
    r"\\(?:([abeEfnrtv\\'\"?])|([0-7]{1,3})|x\{([0-9a-fA-F]+)\}?|x([0-9a-fA-F]{1,2})"
    r"|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|c(\\\\|.))",
    re.DOTALL,
)
_CONTROL = re.compile("[\x00-\x1f\x7f\udc80-\udcff]")
_SAFE = re.compile(r"[A-Za-z0-9_@%+=:,./^-]+")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_BACKSLASHED = re.compile(r"[^A-Za-z0-9_@%+=:./\x80-\U0010ffff-]")
_ANSI_NAMES = {
    "\a": "\\a",
    "\b": "\\b",
    "\x1b": "\\E",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
    "\\": "\\\\",
    "'": "\\'",
}


def is_name(text: str) -> bool:
    """Whether ``text`` can name a variable."""
    return _NAME.fullmatch(text) is not None


def decode_ansi(raw: str) -> str:
    r"""What ``$'raw'`` stands for. Bytes given as ``\xHH`` or ``\ooo`` join to UTF-8 where they can.

    A NUL ends the string, as in bash.
    """
    if "\\" not in raw:
        return raw
    pieces: list[bytes] = []
    last = 0
    for match in _ESCAPE.finditer(raw):
        pieces.append(raw[last : match.start()].encode("utf-8", "surrogateescape"))
        last = match.end()
        value = _escape_value(match)
        if value == b"\0":
            break
        pieces.append(value)
    else:
        pieces.append(raw[last:].encode("utf-8", "surrogateescape"))
    return b"".join(pieces).decode("utf-8", "surrogateescape")


def _escape_value(match: re.Match[str]) -> bytes:
    simple, octal, braced, pair, short, long, control = match.groups()
    if simple is not None:
        return _SIMPLE[simple].encode()
    if octal is not None:
        return bytes([int(octal, 8) & 255])
    if braced is not None or pair is not None:
        return bytes([int(braced or pair, 16) & 255])
    if control is not None:
        if control == "?":
            return b"\x7f"
        return (
            bytes([ord(control[-1]) & 0x1F])
            if ord(control[-1]) < 128
            else b"\\c" + control.encode()
        )
    return encode_code_point(int(short or long, 16))


def encode_code_point(value: int) -> bytes:
    """UTF-8 of a code point, also of those Unicode does not allow (bash writes them all)."""
    if value <= 0x10FFFF:
        return chr(value).encode("utf-8", "surrogatepass")
    if value <= 0x1FFFFF:
        lead, count = 0xF0, 3
    elif value <= 0x3FFFFFF:
        lead, count = 0xF8, 4
    elif value <= 0x7FFFFFFF:
        lead, count = 0xFC, 5
    else:
        return b""
    tail = [0x80 | (value >> (6 * i) & 0x3F) for i in range(count - 1, -1, -1)]
    return bytes([lead | value >> (6 * count), *tail])


def ansi_quote(text: str) -> str:
    r"""``$'...'`` around ``text``."""
    return "$'" + "".join(map(_ansi_char, text)) + "'"


def _ansi_char(char: str) -> str:
    if char in _ANSI_NAMES:
        return _ANSI_NAMES[char]
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\{code - 0xDC00:03o}"
    return f"\\{code:03o}" if code < 32 or code == 127 else char


def has_control(text: str) -> bool:
    """Whether ``text`` holds what only ``$'...'`` can show."""
    return _CONTROL.search(text) is not None


def single_quote(text: str) -> str:
    """``'...'`` around ``text``, with ``'\\''`` for quotes in it."""
    if text == "'":
        return "\\'"
    return "'" + text.replace("'", "'\\''") + "'"


def quote(text: str) -> str:
    """The form ``${x@Q}`` and ``declare -p`` of single values use: always quoted."""
    return ansi_quote(text) if has_control(text) else single_quote(text)


def quote_if_needed(text: str) -> str:
    """``text`` itself when it reads back as one plain word, else quoted (xtrace, ``set``)."""
    if _SAFE.fullmatch(text):
        return text
    return quote(text)


def backslash_quote(text: str) -> str:
    """The form of ``printf %q``: backslashes before special characters, ``''`` for nothing."""
    if not text:
        return "''"
    if has_control(text):
        return ansi_quote(text)
    quoted = _BACKSLASHED.sub(_prefix_backslash, text)
    return "\\" + quoted if quoted[0] in "~#" else quoted


def _prefix_backslash(match: re.Match[str]) -> str:
    return "\\" + match.group() if match.group() not in "~#" else match.group()


def double_quote(text: str) -> str:
    """``"..."`` around ``text``: how ``declare -p`` shows values."""
    if has_control(text):
        return ansi_quote(text)
    return '"' + re.sub(r'[$`"\\]', r"\\\g<0>", text) + '"'
