"""The parser on long and nested texts (linear work), and on every case there is (what it prints reads back)."""

from __future__ import annotations

import sys
from types import FrameType

import pytest

from orchestrator.errors import ShellSyntaxError
from orchestrator.shell.syntax import Dialect, parse, print_node
from tests.orchestrator.shell.casefile import CASES, read_cases

PIECES = (
    "a", "b", "ec", "x", "y", "1", "23", "if", "then", "elif", "else", "fi", "while", "until",
    "for", "do", "done", "case", "esac", "in", "select", "function", "coproc", "time", "{", "}",
    "!", "[[", "]]", "(", ")", "((", "))", ";", ";;", ";&", ";;&", "&", "&&", "|", "||", "|&",
    '\n', "<", ">", ">>", "<<", "<<-", "<<<", "<&", ">&", "<>", ">|", "&>", "&>>", "2>", "{fd}>",
    "$", "$x", "$1", "$@", "$*", "$#", "$?", "${", "${x", "${#x", "${!x", "${x:-", "${x#",
    "${x//", "/", ":", "-", "=", "+", "?", "%", ",", "^", "@", "@Q", "}", "$(", "$((", "`", "$[",
    "]", "[", "'", '"', "$'", '$"', '\\', '\\\n', "#", "~", "*", "?", "[a-z]", "@(", "+(", "!(",
    "x=", "x=(", "x+=", "x[", "]=", '\t', "<(", ">(", "EOF", 'E\n', "-n", "-f", "==", "=~", "!=",
    "-eq", ".", "export", "local", "declare", "alias", " ", "  ", "é", "\udcff", "\0",
)  # fmt: skip
UNITS = (
    *PIECES, "${x:-", "$(", "$((", "`", "\\`", "'a' ", '"a" ', '"$(', "a=(", "[[ a && ", "[[ ( ", "[[ ! ", "if a; then ",
    "while a; do ", "{ a; ", "( ", "((", "case a in b) ", "f() { ", "a | ", "a && ", "a; ", "a & ", "! ", "time ",
    "<<E ", "cat <<E\nE\n", "a[", "a[1]=", "${a[", "${!a", "${x/", "${x:", "<(", "@(", "$[", "x=y ", "2>a ", "for x in ",
    "\\\n", "#a\n", "$'\\n'", "${x%", "a\\", "${x^^", "for ((;;)) do ", "[[ a =~ (", "elif ", "coproc ", "$x\\\n",
)  # fmt: skip


class Work:
    """Counts the calls made while it is on."""

    def __init__(self) -> None:
        self.calls = 0

    def _count(self, frame: FrameType, event: str, argument: object) -> None:
        self.calls += event in ("call", "c_call")

    def of(self, text: str) -> int:
        sys.setprofile(self._count)
        try:
            parse(text, dialect=Dialect(extglob=True))
        except ShellSyntaxError:
            pass
        finally:
            sys.setprofile(None)
        return self.calls


@pytest.mark.parametrize("unit", UNITS)
def test_work_is_linear(unit: str) -> None:
    small, large = (Work().of(unit * count + "a)") for count in (200, 800))
    assert large <= 4.4 * small + 2000


def _scripts() -> list[object]:
    return [
        pytest.param(case.script, id=f"{path.stem}: {case.title}")
        for path in sorted(CASES.glob("*.txt"))
        for case in read_cases(path)
    ]


@pytest.mark.parametrize("script", _scripts())
def test_every_case_prints_back(script: str) -> None:
    dialect = Dialect(extglob="extglob" in script)
    try:
        body = parse(script, dialect=dialect).body
    except ShellSyntaxError:
        return
    printed = print_node(body)
    assert print_node(parse(printed, dialect=dialect)) == printed
