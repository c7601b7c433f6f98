r"""Syntax errors against bash: text, line and shown line, recorded from bash 5.2.

A case is the text on one line (``\n`` for newlines), then what bash said about it, each line after ``=``.
``python tests/orchestrator/shell/syntax/test_errors.py`` records anew.
"""

import os
import subprocess
from pathlib import Path

import pytest

from orchestrator.errors import ShellSyntaxError
from orchestrator.shell.syntax import is_complete, parse

CASES = Path(__file__).with_name("errors.cases")


def read_cases() -> list[tuple[str, str]]:
    """Texts and what bash says."""
    cases = []
    for block in CASES.read_text("utf-8").strip().split("\n\n"):
        first, *rest = block.split("\n")
        cases.append((decoded(first), "\n".join(line[1:] for line in rest)))
    return cases


def decoded(line: str) -> str:
    """A text as it is written in the table."""
    return line.replace("\\n", "\n").replace("\\\\", "\\")


@pytest.mark.parametrize(("text", "expected"), read_cases())
def test_complains_as_bash_does(text: str, expected: str) -> None:
    assert complaint(text) == expected


def complaint(text: str) -> str:
    """What our parser says, laid out like bash's messages."""
    try:
        parse(text, name="-")
    except ShellSyntaxError as error:
        shown = [f"line {error.line}: {message}" for message in error.message.split("\n")]
        if error.text_line:
            shown.append(f"line {error.line}: `{error.text_line}'")
        return "\n".join(shown)
    return ""


@pytest.mark.parametrize(
    "text",
    [
        "if a", "if a; then b", "while a; do", "for x in a b", "case x in", "case x in a) b;;", "{ a",
        "( a", "f() {", "f()", "echo 'a", 'echo "a', "echo $(a", "echo `a", "echo ${a", "a &&", "a ||",
        "a |", "[[ a == b", "[[ a &&", "(( 1 +", "echo $((1", "a=(1", "echo \"$(a 'b\"", "echo <(a",
        "function f", "until a; do b;", "if a; then b; else",
    ],
)  # fmt: skip
def test_unfinished_text_is_incomplete(text: str) -> None:
    assert not is_complete(text)


@pytest.mark.parametrize(
    "text", ["a", "a;", "if a; then b; fi", "", "# c", "a )", "fi", "a ;;", "{ a; }"]
)
def test_finished_and_wrong_text_is_not_incomplete(text: str) -> None:
    assert is_complete(text)


def record() -> None:
    """Ask bash."""
    blocks = []
    for text, _ in read_cases():
        done = subprocess.run(
            ["bash", "-n", "/dev/stdin"],
            input=text,
            capture_output=True,
            text=True,
            check=False,
            env={"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]},
        )
        said = [
            "=" + line.removeprefix("/dev/stdin: ")
            for line in done.stderr.strip().split("\n")
            if line and "warning" not in line
        ]
        written = text.replace("\\", "\\\\").replace("\n", "\\n")
        blocks.append("\n".join([written, *said]))
    CASES.write_text("\n\n".join(blocks) + "\n", "utf-8")


if __name__ == "__main__":
    record()
