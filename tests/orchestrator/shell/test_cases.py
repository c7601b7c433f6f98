"""Every shell case, on the fake engine, against what the real bash printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.orchestrator.shell.box import ShellBox
from tests.orchestrator.shell.casefile import CASES, Case, read_cases


def _all_cases() -> list[object]:
    return [
        pytest.param(case, id=f"{path.stem}: {case.title}")
        for path in sorted(CASES.glob("*.txt"))
        for case in read_cases(path)
    ]


@pytest.mark.parametrize("case", _all_cases())
def test_case(case: Case) -> None:
    assert case.status is not None, "record it: python tests/orchestrator/shell/record.py"
    box = ShellBox()
    try:
        out, err, status = box.shell(case.script)
    finally:
        box.close()
    same = (out, status) == (case.stdout, case.status)
    if case.differs:
        assert not same, f"it no longer differs from bash: {case.differs}"
    else:
        assert out == case.stdout, err
        assert status == case.status, err


def test_titles_are_unique() -> None:
    for path in Path(CASES).glob("*.txt"):
        titles = [case.title for case in read_cases(path)]
        assert len(titles) == len(set(titles)), path.name
