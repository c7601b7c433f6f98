"""Quoting: what is written reads back, in bash's forms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.shell.syntax import (
    ansi_quote,
    backslash_quote,
    decode_ansi,
    double_quote,
    parse_word,
    quote,
    quote_if_needed,
)
from orchestrator.shell.syntax.nodes import AnsiQuoted, DoubleQuoted, Escaped, Literal, SingleQuoted
from orchestrator.shell.syntax.nodes import WordPart as Part

TEXTS = st.text(st.characters(blacklist_characters="\0", blacklist_categories=("Cs",)), max_size=30)


def unquoted(parts: "tuple[Part, ...]") -> str:
    """What literal and quoted parts stand for."""
    pieces = []
    for part in parts:
        if isinstance(part, DoubleQuoted):
            pieces.append(unquoted(part.parts))
        else:
            assert isinstance(part, (Literal, Escaped, SingleQuoted, AnsiQuoted))
            pieces.append(part.text)
    return "".join(pieces)


@given(TEXTS)
def test_every_form_reads_back(text: str) -> None:
    for form in (quote, quote_if_needed, backslash_quote, double_quote, ansi_quote):
        assert unquoted(parse_word(form(text)).parts) == text


@pytest.mark.parametrize(
    ("text", "single", "backslashed"),
    [
        ("a b", "'a b'", "a\\ b"),
        ("", "''", "''"),
        ("it's", "'it'\\''s'", "it\\'s"),
        ("~x", "'~x'", "\\~x"),
        ("a~", "'a~'", "a~"),
        ("x\ny", "$'x\\ny'", "$'x\\ny'"),
        ("é", "'é'", "é"),
        ("{a,b}", "'{a,b}'", "\\{a\\,b\\}"),
        ("\udcff", "$'\\377'", "$'\\377'"),
    ],
)
def test_forms_are_those_of_bash(text: str, single: str, backslashed: str) -> None:
    assert quote(text) == single
    assert backslash_quote(text) == backslashed


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (r"a\tb\n", "a\tb\n"),
        (r"\x41\101\u00e9\U0001F600", "AAé😀"),
        (r"\xc3\xa9", "é"),
        (r"\xff", "\udcff"),
        (r"\cA\c?", "\x01\x7f"),
        (r"a\0b", "a"),
        (r"\q\'", "\\q'"),
        (r"\400", "\0"[:0]),
    ],
)
def test_ansi_escapes(raw: str, text: str) -> None:
    assert decode_ansi(raw) == text
