"""Expansions against bash: each case is a script of the fake shell, its output recorded from bash 5.2.

``python tests/orchestrator/shell/expand/test_words.py`` records the expectations anew.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))  # tests are no package: the fake shell is found beside this file
from fakeshell import FILES, FakeShell  # noqa: E402

CASES = sorted(HERE.glob("*.cases"))
PRELUDE = r"""
show() { printf '<%s>' "$@" | if (($#)); then cat; fi; echo; }
HOME=/home/me
"""


def read_cases(path: Path) -> list[tuple[str, str]]:
    """Scripts and expected outputs: blocks divided by blank lines, output lines begin with ``=``."""
    cases = []
    for block in path.read_text("utf-8", "surrogateescape").split("\n\n"):
        lines = [line for line in block.strip("\n").split("\n") if line[:2] != "##"]
        script = [line for line in lines if not line.startswith("=")]
        expected = [line[1:] for line in lines if line.startswith("=")]
        if script != [""] and script:
            cases.append(("\n".join(script), "\n".join(expected)))
    return cases


ALL = [
    pytest.param(script, expected, id=f"{path.stem}-{number}")
    for path in CASES
    for number, (script, expected) in enumerate(read_cases(path))
]


@pytest.mark.parametrize(("script", "expected"), ALL)
def test_expands_as_bash_does(script: str, expected: str) -> None:
    assert FakeShell().run(script + "\n").rstrip("\n") == expected


def real_output(script: str, folder: str) -> str:
    """What bash prints; the message of an error without its place."""
    lines = [_as_command(line) for line in script.split("\n")]
    text = PRELUDE + "\n".join(lines)
    environment = {"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]}
    done = subprocess.run(
        ["bash", "-c", 'source "$0"', "/dev/stdin"],
        input=text.encode("utf-8", "surrogateescape"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=folder,
        env=environment,
        check=False,
        timeout=20,
    )
    output = done.stdout.decode("utf-8", "surrogateescape")
    return "\n".join(map(_as_shown, output.rstrip("\n").split("\n")))


def _as_command(line: str) -> str:
    if line.startswith("[[") and "=~" in line:
        return (
            line
            + '; case $? in 0) show "${BASH_REMATCH[@]}";; 1) echo no;; *) echo bad regex; esac'
        )
    if line.startswith("[["):
        return line + " && echo yes || echo no"
    if line.startswith("(("):
        return f"echo $(({line[2:-2]}))"
    return line


def _as_shown(line: str) -> str:
    prefix = "/dev/stdin: line "
    if not line.startswith(prefix):
        return line
    message = line[len(prefix) :].split(": ", 1)[1]
    return message.replace("show: ", "") if "warning" in message else "error " + message


def make_files(folder: str) -> None:
    """The files the fake shell claims to have."""
    for name in FILES:
        path = Path(folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")


def record() -> None:
    """Write bash's outputs into the case files."""
    for path in CASES:
        blocks = []
        with tempfile.TemporaryDirectory() as folder:
            make_files(folder)
            for block in path.read_text("utf-8", "surrogateescape").split("\n\n"):
                lines = [one for one in block.strip("\n").split("\n") if not one.startswith("=")]
                if not "".join(lines):
                    continue
                script = "\n".join(line for line in lines if line[:2] != "##")
                if script:
                    lines += ["=" + one for one in real_output(script, folder).split("\n")]
                blocks.append("\n".join(lines))
        path.write_text("\n\n".join(blocks) + "\n", "utf-8", "surrogateescape")


if __name__ == "__main__":
    record()
