"""One history entry from a command of several lines, joined as bash does (`shopt cmdhist`)."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"""(?:\\.|'[^']*'|"(?:\\.|[^"\\])*"|[^\s;&|<>()'"\\])+|&&|\|\||;;&?|;&|[;&|<>()]""", re.S
)
_NO_SEMICOLON = frozenset(
    (
        *("", "{", "(", ")", ";", "&", "|", "case", "do", "else", "if", ";;", ";&", ";;&", "then"),
        *("until", "while", "&&", "||", "in", "elif"),
    )
)
_HERE = re.compile(r"<<-?\s*(['\"]?)([A-Za-z_][A-Za-z0-9_]*)\1")


def joined(text: str) -> str:
    """Return a command of several lines as one, where that can be: not in quotes and here-documents."""
    lines = text.split("\n")
    result, pending = lines[0], _here_ends(lines[0])
    ended = False  # by a here-document's last line, behind which bash leaves a newline
    for line in lines[1:]:
        if pending:
            result += "\n" + line
            if line.lstrip("\t") == pending[0]:
                pending.pop(0)
                ended = True
            continue
        if _in_quotes(result) or ended:
            result += "\n" + line
        elif result.endswith("\\") and not result.endswith("\\\\"):
            result = result[:-1] + line
        elif line.strip():
            result += _between(_last_row(result)) + line
        pending, ended = _here_ends(line), False
    return result + "\n" * ended


def _last_row(text: str) -> str:
    return text.rpartition("\n")[2]


def _here_ends(line: str) -> list[str]:
    return [match[2] for match in _HERE.finditer(line)]


def _in_quotes(text: str) -> bool:
    quote, at = "", 0
    while at < len(text):
        char = text[at]
        if char == "\\" and quote != "'":
            at += 1
        elif quote:
            quote = "" if char == quote else quote
        elif char in "'\"`":
            quote = char
        elif char == "#" and (at == 0 or text[at - 1].isspace()):
            end = text.find("\n", at)
            at = len(text) if end < 0 else end
        at += 1
    return bool(quote)


def _between(row: str) -> str:
    """Return what goes between a row and the next: a blank where the grammar goes on, else a semicolon."""
    if re.search(r"(?:^|\s)#[^'\"]*$", row):
        return "\n"  # a comment would swallow the rest
    tokens = _TOKEN.findall(row)
    last = tokens[-1] if tokens else ""
    before = tokens[-2] if len(tokens) > 1 else ""
    if last in _NO_SEMICOLON and not (last == ")" and before != "(" and "case" not in tokens):
        return " "
    if before in ("function", "for", "case", "select"):
        return " "
    return "; "
