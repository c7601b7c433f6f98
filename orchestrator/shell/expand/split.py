"""Field splitting (POSIX XCU 2.6.5): what IFS does to the results of unquoted expansions."""

import re
from functools import lru_cache

DEFAULT_IFS = " \t\n"
_BLANKS = " \t\n"


class Splitter:
    """Splitting for one value of IFS."""

    __slots__ = ("blanks_only", "delimiter", "ifs", "joiner", "special")

    def __init__(self, ifs: str) -> None:
        blanks = "".join(char for char in ifs if char in _BLANKS)
        others = "".join(char for char in ifs if char not in _BLANKS)
        self.ifs = ifs
        self.joiner = ifs[:1]
        self.blanks_only = not others
        any_char = f"[{re.escape(ifs)}]" if ifs else "(?!)"
        self.special = re.compile(any_char)
        """Finds a character that splits."""
        self.delimiter = re.compile(_delimiter_source(blanks, others))
        """A delimiter: group 1 is set when it ends a field even if that is empty."""

    def split(self, text: str) -> list[str]:
        """The fields of ``text`` alone (``read`` without its last-variable rule, ``$x`` by itself)."""
        fields: list[str] = []
        last = 0
        for match in self.delimiter.finditer(text):
            piece = text[last : match.start()]
            if piece or match.group(1):
                fields.append(piece)
            last = match.end()
        if last < len(text):
            fields.append(text[last:])
        return fields


def _delimiter_source(blanks: str, others: str) -> str:
    blank = f"[{re.escape(blanks)}]" if blanks else ""
    other = f"[{re.escape(others)}]" if others else ""
    if not blank and not other:
        return "(?!)()"
    if not other:
        return f"{blank}+(?:(?!)())?"
    if not blank:
        return f"({other})"
    return f"{blank}*({other}){blank}*|{blank}+"


@lru_cache(maxsize=64)
def splitter(ifs: str) -> Splitter:
    """The splitter for an IFS value. Cached: a pure function."""
    return Splitter(ifs)


def split_fields(text: str, ifs: str = DEFAULT_IFS) -> list[str]:
    """Fields of ``text`` under ``ifs``."""
    return splitter(ifs).split(text)
