"""vi mode, from keys to the line that comes of them."""

from __future__ import annotations

import pytest

from tests.orchestrator.shell.terminal import InteractiveBox

ESC = "\x1b"


def _line(term: InteractiveBox, keys: str) -> str:
    """Press keys in vi mode, Escape and command characters apart, as a person types them."""
    term.type("set -o vi\r")
    for key in keys:
        term.type(key)
    return term.line


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        pytest.param("one two~0iX", "Xone two", id="0 i"),
        pytest.param("one two~hhiX", "one Xtwo", id="h i"),
        pytest.param("one two~0aX", "oXne two", id="a"),
        pytest.param("one two~0AX", "one twoX", id="A"),
        pytest.param("one two~IX", "Xone two", id="I"),
        pytest.param("one two~bx", "one wo", id="b x"),
        pytest.param("one two three~0wwdw", "one two", id="w dw at the end"),
        pytest.param("one two three~0dw", "two three", id="dw"),
        pytest.param("one two three~02dw", "three", id="2dw"),
        pytest.param("one two three~0d2w", "three", id="d2w"),
        pytest.param("one two three~bd0", "three", id="d0"),
        pytest.param("one two three~0wd$", "one", id="d$"),
        pytest.param("one two three~0wD", "one", id="D"),
        pytest.param("one two~dd", "", id="dd"),
        pytest.param("one two~0cwX", "X two", id="cw"),
        pytest.param("one two~0wCX", "one X", id="C"),
        pytest.param("one two~ccX", "X", id="cc"),
        pytest.param("one two~0de", " two", id="de"),
        pytest.param("one two~0fwx", "one to", id="f"),
        pytest.param("a.b.c.d~0f.;x", "a.bc.d", id="f and ;"),
        pytest.param("a.b.c.d~F.,x", "a.b.cd", id="F and , without another"),
        pytest.param("one two~0dtw", "wo", id="dt"),
        pytest.param("one two~0rX", "Xne two", id="r"),
        pytest.param("one two~03rX", "XXX two", id="3r"),
        pytest.param("one~0~~", "ONe", id="tilde twice is a command"),
        pytest.param("one two~0yw$p", "one twoone", id="yw p"),
        pytest.param("one two~0ywP", "one one two", id="P"),
        pytest.param("abc~xu", "abc", id="u"),
        pytest.param("abcdef~0x..", "def", id="dot"),
        pytest.param("one two~0dwu", "one two", id="dw u"),
        pytest.param("f(a b)c~0f(d%", "fc", id="d%"),
        pytest.param("foo-bar baz~0dW", "baz", id="dW"),
        pytest.param("foo-bar baz~$dB", "foo-bar z", id="dB"),
        pytest.param("abc~03lix", "abxc", id="the cursor stays on a character"),
        pytest.param("abc~sX", "abX", id="s"),
        pytest.param("abc~SX", "X", id="S"),
        pytest.param("abcd~hXX", "cd", id="X"),
    ],
)
def test_commands(term: InteractiveBox, keys: str, line: str) -> None:
    if "tilde" not in keys:
        keys = keys.replace("~", ESC, 1)
    assert _line(term, keys) == f"$ {line}".rstrip()


def test_history_and_searching(term: InteractiveBox) -> None:
    term.type("echo first\recho second\rset -o vi\r")
    for key in f"{ESC}kk":
        term.type(key)
    assert term.line == "$ echo second"
    for key in f"{ESC}/first\r":
        term.type(key)
    assert term.line == "$ echo first"
    assert term.type("\r").endswith("first\n$")


def test_a_line_begins_in_insert_mode(term: InteractiveBox) -> None:
    assert _line(term, f"echo a{ESC}xib\r") == "$"
    assert term.type("echo c\r").endswith("c\n$")


def test_back_to_emacs(term: InteractiveBox) -> None:
    term.type("set -o vi\rset -o emacs\r")
    assert term.type("abc\x01X").splitlines()[-1] == "$ Xabc"
