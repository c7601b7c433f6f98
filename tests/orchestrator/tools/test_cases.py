"""Every tool case, on the fake engine, against what the real tool printed (record.py)."""

from __future__ import annotations

import pytest

from pagebox.sync import Sandbox
from tests.orchestrator.shell.box import ENVIRONMENT, FOLDER, ShellBox
from tests.orchestrator.shell.casefile import Case, read_cases
from tests.orchestrator.tools.record import CASES

EXTRA = {"LOGNAME": "user", "LC_ALL": "C"}


def _all_cases() -> list[object]:
    return [
        pytest.param(case, id=f"{path.stem}: {case.title}")
        for path in sorted(CASES.glob("*.txt"))
        for case in read_cases(path)
    ]


def run_case(case: Case) -> tuple[str, str, int]:
    """(stdout, stderr, status): with stand-ins for coreutils, or with the real ones if they are needed."""
    if case.needs:
        with Sandbox() as sandbox:
            sandbox.files.make_dir(FOLDER)
            result = sandbox.run(case.script, cwd=FOLDER, env=ENVIRONMENT | EXTRA)
            return result.stdout, result.stderr, result.exit_code
    box = ShellBox()
    try:
        return box.run("bash", "-c", case.script, env=EXTRA)
    finally:
        box.close()


@pytest.mark.parametrize("case", _all_cases())
def test_case(case: Case) -> None:
    assert case.status is not None, "record it: python tests/orchestrator/tools/record.py"
    out, err, status = run_case(case)
    if case.differs:
        assert (out, status) != (case.stdout, case.status), "it no longer differs"
    else:
        assert out == case.stdout, err
        assert status == case.status, err


def test_titles_are_unique() -> None:
    for path in CASES.glob("*.txt"):
        titles = [case.title for case in read_cases(path)]
        assert len(titles) == len(set(titles)), path.name
