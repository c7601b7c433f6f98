"""The table of tools: complete, in order, and imported only when a tool runs."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from orchestrator.tools.registry import TOOLS

ROOT = Path(__file__).resolve().parents[3]
NAMED = {name: entry for name, entry in TOOLS.items() if entry.summary}


def test_nothing_is_imported_before_it_runs() -> None:
    """The start of every machine pays for what is imported here."""
    code = (
        "import sys, orchestrator.sandbox.machine;"
        "print(*sorted(m for m in sys.modules if m.startswith('orchestrator.tools.')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["orchestrator.tools.absent", "orchestrator.tools.registry"]


def test_the_table_is_in_order() -> None:
    assert list(NAMED) == sorted(NAMED)


@pytest.mark.parametrize("name", TOOLS)
def test_every_entry_leads_to_a_program(name: str) -> None:
    module, _, attribute = TOOLS[name].place.partition(":")
    tool = getattr(import_module(f"orchestrator.tools.{module}"), attribute)
    assert callable(tool.main)
    if name in NAMED and name != "edit" and hasattr(tool, "name"):
        assert tool.name == name


@pytest.mark.parametrize("name", NAMED)
def test_every_tool_explains_itself(run, name: str) -> None:
    outcome = run(name, "--help")
    assert outcome.status == 0
    assert outcome.err == ""
    assert len(outcome.out) > 10


@pytest.mark.parametrize("name", sorted(set(NAMED) - {"help"}))
def test_every_tool_refuses_what_it_does_not_know(run, name: str) -> None:
    outcome = run(name, "--no-such-option")
    assert outcome.status != 0
    assert outcome.err or outcome.out
