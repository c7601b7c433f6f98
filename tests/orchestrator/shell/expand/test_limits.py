"""What no script may do: explode. Each case would take hours or all memory if it were tried."""

import itertools
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.errors import ShellSyntaxError
from orchestrator.shell.expand.pattern import compile_glob

sys.path.insert(0, str(Path(__file__).parent))  # tests are no package
from fakeshell import FakeShell

A = "a" * 20_000


def run(script: str) -> str:
    """What the script shows, in time."""
    shell = FakeShell()
    shell.options.extglob = shell.dialect.extglob = True
    started = time.process_time()
    output = shell.run(script)
    assert time.process_time() - started < 3
    return output


@pytest.mark.parametrize(
    ("script", "ends"),
    [
        ("show {1..100000}{1..100000}", "more than 1000000 words\n"),
        ("show " + "{a,b}" * 40, "more than 1000000 words\n"),
        ("show {1..999999999999}", "more than 1000000 words\n"),
        ("show " + "{a," * 500 + "b" + "}" * 500, "nested too deep\n"),
        ("show " + "{" * 20_000 + "; show ok", "<ok>\n"),
        (f"x={A}; [[ $x == {'*a' * 30}*b ]]", "no\n"),
        (f"x={A}; y=${{x%%*b}}; y=${{x##*a*a*b}}; y=${{x%%*b*c}}; show ${{#y}}", "<20000>\n"),
        (f"x={A}; y=${{x//*b/}}; y=${{x//a*b/}}; y=${{x//a/bb}}; show ${{#y}}", "<40000>\n"),
        (f"x={A[:2000]}; [[ $x == +(+(+(a|aa)))b ]]", "no\n"),
        (f"x={A[:300]}; [[ $x == *!(a)*!(b)*!(c)x ]]", "no\n"),
        (f"x={A}; y=${{x//+(a)b/}}; show ${{#y}}", "<20000>\n"),
        (f"x={A[:60]}; [[ $x =~ ((a+)+)+b ]]", "no\n"),
        (f"x={A[:3000]}; [[ $x =~ (.*)(.*)(.*)(.*)b ]]", "no\n"),
        ("x=a; [[ $x =~ ((a{1,100}){1,100}){1,100} ]]", "regular expression too big\n"),
        ("show $(( " + "1+" * 20_000 + "1 ))", "<20001>\n"),
        ("show $(( " + "1&&" * 20_000 + "1 ))", "<1>\n"),
        ("x=" + "9" * 100_000 + "; show $((x))", "<-1>\n"),
        ("show " + "$x" * 20_000 + "; show ok", "<ok>\n"),
        (f"x='{'a b ' * 50_000}'; a=($x); show ${{#a[@]}}", "<100000>\n"),
    ],
)
def test_bombs_end_soon(script: str, ends: str) -> None:
    assert run(script + "\n").endswith(ends)


@pytest.mark.parametrize(
    "text", ["(" * 1000 + "1" + ")" * 1000, "1?1:" * 1000 + "2", "-" * 5000 + "1"]
)
def test_deep_arithmetic_is_an_error(text: str) -> None:
    assert "recursion level exceeded" in run(f"show $(({text}))\n")


def test_expressions_in_variables_are_counted() -> None:
    names = "abcdefghijkl"
    chain = "".join(f"{a}='{b}+{b}'; " for a, b in itertools.pairwise(names))
    shell = FakeShell()
    assert shell.run(f"{chain}l=1; show $((a))\n") == "<2048>\n"
    assert shell.ticks > 2000


def test_circular_references_end() -> None:
    assert "circular name reference" in run("declare -n r=s; declare -n s=r; show $r\n")
    assert "recursion level exceeded" in run("x=y; y=x; show $((x))\n")


GLOB_TEXT = st.text("ab*?[]!@+()|\\-c", max_size=12)


@settings(max_examples=300, deadline=None)
@given(GLOB_TEXT, st.text("abc[]*", max_size=8))
def test_the_ways_to_match_agree(pattern: str, text: str) -> None:
    glob = compile_glob(pattern, True)
    ends = [n for n in range(len(text) + 1) if glob.matches(text[:n])]
    starts = [n for n in range(len(text) + 1) if glob.matches(text[n:])]
    assert glob.prefix(text, True) == max(ends, default=-1)
    assert glob.prefix(text, False) == min(ends, default=-1)
    assert glob.suffix(text, True) == min(starts, default=-1)
    assert glob.suffix(text, False) == max(starts, default=-1)
    found = glob.find(text, 0)
    places = [
        (i, j)
        for i in range(len(text) + 1)
        for j in range(len(text), i - 1, -1)
        if glob.matches(text[i:j])
    ]
    assert found == (places[0] if places else None)


WORDS = st.lists(
    st.sampled_from(
        ["$x", "${x", "}", "${x:-", "${x//", "/", "${x#", "${x^^", "${x@Q}", "${!x", "[@]", "[1]", "${#x}", '"', "'",
         "$((", "))", "1", "+", "x", "=", "$(show a)", "{a,", "{1..3}", "*", "?", "[a]", "~", ":", "\\", " ", "a",
         "@(", ")", "|", "-", "%", "${a[@]", "$@", '"$@"', "$*", "é", "\udcff", "$'\\x41'", "${x:1", ":2}"]
    ),
    max_size=12,
).map("".join)  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(WORDS)
def test_any_word_expands_or_fails_as_a_shell_does(text: str) -> None:
    shell = FakeShell()
    shell.options.extglob = shell.dialect.extglob = True
    with suppress(ShellSyntaxError, KeyError):  # KeyError: the fake shell has no such command
        shell.run("x='a b'; a=(1 '2 3'); set -- p 'q r'; show " + text.replace("\n", " ") + "\n")
