"""The reference page is the code's."""

from pathlib import Path

import pytest

from orchestrator.wasi.abi import ERRNO
from orchestrator.wasi.calls import CALLS
from orchestrator.wasi.table import PATH_ERRNOS, errnos, markdown

PAGE = Path(__file__).parents[3] / "docs" / "syscalls.md"

HOW = "run: python -m orchestrator.wasi.table > docs/syscalls.md"


def test_the_committed_page_is_the_generated_one():
    assert PAGE.read_text(encoding="utf-8") == markdown(), HOW


@pytest.mark.parametrize("key", CALLS, ids=lambda key: key[1])
def test_every_call_has_one_row(key):
    rows = [line for line in markdown().splitlines() if line.startswith(f"| `{key[1]}` |")]
    assert len(rows) == 1
    assert rows[0].count(" | ") == 4


def test_errnos_are_read_from_the_docstring():
    assert errnos(CALLS["wasi_snapshot_preview1", "fd_close"]) == ["EBADF"]
    assert errnos(CALLS["wasi_snapshot_preview1", "proc_exit"]) == []


def test_a_reference_to_another_call_counts():
    assert "EBADF" in errnos(CALLS["wasi_snapshot_preview1", "fd_pread"])
    assert "ENOENT" in errnos(CALLS["pagebox", "path_stat"])


def test_the_errnos_of_paths_exist():
    assert set(PATH_ERRNOS) <= set(ERRNO)
