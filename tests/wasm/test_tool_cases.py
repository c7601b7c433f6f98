"""The tools that are compiled, in a sandbox, against what the real ones printed (`record_tools.py`)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from pagebox.sync import Sandbox
from tests.orchestrator.shell.casefile import Case, read_cases
from tests.wasm.record_tools import CASES

if TYPE_CHECKING:
    from collections.abc import Iterator

TIME_LIMIT = 60


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(env={"LANG": "C.UTF-8", "TERM": "dumb"}) as made:
        yield made


def every_case() -> list[object]:
    return [
        pytest.param(case, id=f"{path.stem}: {case.title}")
        for path in sorted(CASES.glob("*.txt"))
        for case in read_cases(path)
    ]


@pytest.mark.parametrize("case", every_case())
def test_case(sandbox: Sandbox, case: Case) -> None:
    assert case.status is not None, "record it: python tests/wasm/record_tools.py"
    script = f"rm -rf /tmp/case; mkdir /tmp/case; cd /tmp/case\n{case.script}"
    result = sandbox.run(script, timeout=TIME_LIMIT)
    same = (os.fsdecode(result.stdout_bytes), result.exit_code) == (case.stdout, case.status)
    if case.differs:
        assert not same, f"it no longer differs: {case.differs}"
    else:
        assert os.fsdecode(result.stdout_bytes) == case.stdout, result.stderr
        assert result.exit_code == case.status, result.stderr


def test_titles_are_unique() -> None:
    for path in CASES.glob("*.txt"):
        titles = [case.title for case in read_cases(path)]
        assert len(titles) == len(set(titles)), path.name
