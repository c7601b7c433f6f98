"""Any text is a pattern: it is read and matched, whatever its brackets and parentheses look like."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.shell.expand.errors import LimitError
from orchestrator.shell.expand.pattern import compile_glob

PIECES = (
    "a", "b", "*", "?", "[", "]", "!", "^", "-", "(", ")", "|", "@(", "!(", "*(", "+(", "?(", "\\", "[:alpha:]",
    "[[:digit:]]", "[=a=]", "[.-.]", "[!", "[^]", "[)]", "/", " ", "\n", "é",
)  # fmt: skip
PATTERNS = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)
SUBJECTS = st.text("ab)(|[]!-\\*1é", max_size=8)


@settings(max_examples=600, deadline=None)
@given(PATTERNS, SUBJECTS, st.booleans())
def test_reads_and_matches(text: str, subject: str, extglob: bool) -> None:
    try:
        pattern = compile_glob(text, extglob)
    except LimitError:
        return
    whole = pattern.matches(subject)
    assert whole == (pattern.prefix(subject, True) == len(subject))
    found = list(pattern.find_all(subject))
    assert found == sorted(found)
    if whole:
        assert found


def test_a_bracket_hides_the_parenthesis_that_would_close() -> None:
    assert compile_glob("@(a[)]|b)", True).matches("a)")
    assert compile_glob("@(a[)", True).matches("@(a[)")
