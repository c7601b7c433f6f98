"""What xargs(1) reads: words, in its own quoting or between delimiters, taken from a descriptor piece by piece."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from orchestrator.tools.options import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MOST_PENDING = 16 << 20
"""Bytes of one line in which no word can be taken before its end is seen."""
_CUT_AFTER = 1 << 18
_SPECIAL = re.compile(rb"['\"\\\0]")
_TOKEN = re.compile(
    r"([^ \t\n'\"\\]+)|'([^'\n]*)'|\"([^\"\n]*)\"|\\(.)|([ \t]+)|(\n)|(.)", re.DOTALL
)
_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\"}


class Word(NamedTuple):
    """A word, and the number of the line it is on; a line whose end is a blank goes on in the next."""

    text: str
    line: int


class Input:
    """Words from `read`, which gives bytes and then `b""`.

    Args:
        warn: is told once of NULs, which no argument can hold.
    """

    def __init__(self, read: Callable[[], bytes], warn: Callable[[str], None]) -> None:
        self._read = read
        self._warn = warn
        self._warned = False
        self._line = 0

    def words(self) -> Iterator[Word]:
        """In xargs's quoting. Raises UsageError for an open quote."""
        for piece in self._pieces():
            if _SPECIAL.search(piece) is None:
                yield from self._plain(piece)
            else:
                yield from self._quoted(self._text(piece))

    def lines(self) -> Iterator[Word]:
        """For -I: whole lines without the blanks before them, quotes and backslashes taken out; no empty ones."""
        for piece in self._pieces(whole=True):
            for line in self._text(piece).split("\n"):
                stripped = line.lstrip(" \t")
                if stripped:
                    plain = "".join(word for word in _unquoted(stripped) if word)
                    yield Word(plain, self._line)
                self._line += 1

    def parts(self, delimiter: bytes) -> Iterator[Word]:
        """What is between delimiters, as it is."""
        rest = b""
        while data := self._read():
            *found, rest = (rest + data).split(delimiter)
            for part in found:
                yield Word(part.decode("utf-8", "surrogateescape"), self._line)
                self._line += 1
            _check(len(rest))
        if rest:
            yield Word(rest.decode("utf-8", "surrogateescape"), self._line)

    # --- pieces that can be cut into words by themselves ---

    def _pieces(self, *, whole: bool = False) -> Iterator[bytes]:
        """Input up to a line's end, or, of very long lines without quotes, up to a blank."""
        rest = b""
        while data := self._read():
            rest += data
            cut = self._last_end(rest)
            if not cut and not whole and len(rest) > _CUT_AFTER and not _SPECIAL.search(rest):
                cut = max(rest.rfind(b" "), rest.rfind(b"\t")) + 1
            if cut:
                yield rest[:cut]
                rest = rest[cut:]
            _check(len(rest))
        if rest:
            yield rest

    @staticmethod
    def _last_end(data: bytes) -> int:
        """After the last newline that no backslash takes away."""
        cut = data.rfind(b"\n") + 1
        while cut > 1 and data[cut - 2 : cut - 1] == b"\\":
            cut = data.rfind(b"\n", 0, cut - 1) + 1
        return cut

    def _text(self, piece: bytes) -> str:
        if b"\0" in piece:
            piece = re.sub(rb"\0[^ \t\n]*", b"", piece)
            if not self._warned:
                self._warn(
                    "WARNING: a NUL character occurred in the input.  It cannot be passed through in the"
                    " argument list.  Did you mean to use the --null option?"
                )
            self._warned = True
        return piece.decode("utf-8", "surrogateescape")

    def _plain(self, piece: bytes) -> Iterator[Word]:
        for line in piece.decode("utf-8", "surrogateescape").split("\n"):
            number = self._line
            words = line.split()
            for text in words:
                yield Word(text, number)
            self._line += bool(words) and line[-1] not in " \t"

    def _quoted(self, text: str) -> Iterator[Word]:
        word: str | None = None
        blank = seen = False
        for match in _TOKEN.finditer(text):
            kind = match.lastindex
            if kind in (1, 2, 3, 4):
                word = (word or "") + match[kind]
                blank = False
            elif kind == 7:
                if match[7] != "\\":  # a backslash at the very end stands for nothing
                    raise _unmatched(match[7])
            else:
                if word is not None:
                    seen = True
                    yield Word(word, self._line)
                word = None
                if kind == 6:
                    self._line += seen and not blank
                    seen = seen and blank
                blank = kind == 5
        if word is not None:
            yield Word(word, self._line)


def _unquoted(line: str) -> Iterator[str]:
    for match in _TOKEN.finditer(line):
        kind = match.lastindex
        if kind == 7:
            if match[7] != "\\":
                raise _unmatched(match[7])
        elif kind is not None:
            yield match[kind]


def _check(size: int) -> None:
    if size > MOST_PENDING:
        raise UsageError("argument line too long", hint=False)


def _unmatched(quoted: str) -> UsageError:
    kind = "double" if quoted == '"' else "single"
    return UsageError(
        f"unmatched {kind} quote; by default quotes are special to xargs unless you use the -0 option",
        hint=False,
    )


def delimiter_of(text: str) -> bytes:
    """The byte that -d names: itself, or an escape like `\\n`, `\\x2c`, `\\054`. Raises UsageError."""
    data = text.encode("utf-8", "surrogateescape")
    if len(data) == 1:
        return data
    if text[:1] != "\\" or not text:
        raise UsageError(
            f"Invalid input delimiter specification {text}: the delimiter must be either a single"
            " character or an escape sequence starting with \\.",
            hint=False,
        )
    if text[1:] in _ESCAPES:
        return _ESCAPES[text[1:]].encode()
    match = re.fullmatch(r"\\(?:x([0-9a-fA-F]{1,2})|([0-7]{1,3}))", text)
    if match is None:
        raise UsageError(
            f"Invalid escape sequence {text} in input delimiter specification.", hint=False
        )
    return bytes((int(match[1], 16) if match[1] else int(match[2], 8) & 0xFF,))
