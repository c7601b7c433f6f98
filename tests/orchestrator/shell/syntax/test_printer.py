"""Printed functions against bash's ``declare -f``, recorded in ``functions.cases``.

Blocks: a definition, then what bash prints, each line after ``=``. Run this file to record anew.
"""

import os
import subprocess
from pathlib import Path

import pytest

from orchestrator.shell.syntax import parse, print_node
from orchestrator.shell.syntax.nodes import FunctionDef

CASES = Path(__file__).with_name("functions.cases")


def read_cases() -> list[tuple[str, str]]:
    """Definitions and what bash prints."""
    cases = []
    for block in CASES.read_text("utf-8").rstrip("\n").split("\n\n"):
        lines = block.split("\n")
        source = "\n".join(line for line in lines if not line.startswith("="))
        cases.append((source, "\n".join(line[1:] for line in lines if line.startswith("="))))
    return cases


@pytest.mark.parametrize(("source", "expected"), read_cases())
def test_prints_as_bash_does(source: str, expected: str) -> None:
    definition = parse(source).body.items[0].command
    assert isinstance(definition, FunctionDef)
    assert print_node(definition) == expected


@pytest.mark.parametrize(("source", "expected"), read_cases())
def test_what_bash_prints_reads_back(source: str, expected: str) -> None:
    again = parse(expected).body.items[0].command
    assert print_node(again) == expected


def record() -> None:
    """Ask bash."""
    blocks = []
    for source, _ in read_cases():
        done = subprocess.run(
            ["bash", "-c", f"shopt -u extglob\n{source}\ndeclare -f f"],
            capture_output=True,
            text=True,
            check=True,
            env={"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]},
        )
        shown = ["=" + line for line in done.stdout.rstrip("\n").split("\n")]
        blocks.append("\n".join([source, *shown]))
    CASES.write_text("\n\n".join(blocks) + "\n", "utf-8")


if __name__ == "__main__":
    record()
