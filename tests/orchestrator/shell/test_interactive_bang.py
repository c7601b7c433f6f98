"""History expansion; the answers are bash's."""

from __future__ import annotations

import pytest

from orchestrator.shell.interactive_bang import BangError, expand_history, words_of

HISTORY = ["echo one two three", "cat /usr/lib/file.tar.gz", "ls -l 'a b' | sort"]


@pytest.mark.parametrize(
    ("line", "expanded"),
    [
        ("!!", "ls -l 'a b' | sort"),
        ("sudo !!", "sudo ls -l 'a b' | sort"),
        ("echo !$", "echo sort"),
        ("echo !^", "echo -l"),
        ("echo !*", "echo -l 'a b' | sort"),
        ("!1", "echo one two three"),
        ("!-2", "cat /usr/lib/file.tar.gz"),
        ("!ec", "echo one two three"),
        ("!?two?", "echo one two three"),
        ("echo !1:2", "echo two"),
        ("echo !1:1-2", "echo one two"),
        ("echo !1:2*", "echo two three"),
        ("echo !1:0", "echo echo"),
        ("echo !1:1-", "echo one two"),
        ("echo !cat:1:h", "echo /usr/lib"),
        ("echo !cat:$:t", "echo file.tar.gz"),
        ("echo !cat:1:r", "echo /usr/lib/file.tar"),
        ("echo !cat:1:e", "echo .gz"),
        ("!1:s/one/1/", "echo 1 two three"),
        ("!1:gs/e/E/", "Echo onE two thrEE"),
        ("^sort^uniq", "ls -l 'a b' | uniq\n"),
        ("echo '!!'", "echo '!!'"),
        ("echo \\!!", "echo \\!!"),
        ("! true", "! true"),
        ("[ a != b ]", "[ a != b ]"),
        ("echo hi!", "echo hi!"),
        ("echo ${!x}", "echo ${!x}"),
        ('echo "wow!"', 'echo "wow!"'),
        ("echo a !#:1", "echo a a"),
    ],
)
def test_expansion(line: str, expanded: str) -> None:
    assert expand_history(line, HISTORY, 1).text == expanded


def test_print_only() -> None:
    assert expand_history("!1:p", HISTORY, 1) == ("echo one two three", True, True)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("!nosuch", "!nosuch: event not found"),
        ("!99", "!99: event not found"),
        ("!1:9", ":9: bad word specifier"),
        ("!1:s/xyz/y/", ":s/xyz/y/: substitution failed"),
    ],
)
def test_references_that_lead_nowhere(line: str, message: str) -> None:
    with pytest.raises(BangError) as failure:
        expand_history(line, HISTORY, 1)
    assert str(failure.value) == message


def test_words() -> None:
    assert words_of("a 'b c' \"d e\"|f>g;h\\ i") == (
        ["a", "'b c'", '"d e"', "|", "f", ">", "g", ";", "h\\ i"]
    )
