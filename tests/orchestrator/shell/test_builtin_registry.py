"""The registry names every builtin of every family, and nothing is imported before it is needed."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest

from orchestrator.shell.builtins import BUILTINS, FAMILIES

PACKAGE = "orchestrator.shell.builtins"


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_is_named_in_full(family: str) -> None:
    module = import_module(f"{PACKAGE}.{family}")
    assert FAMILIES[family].split() == [builtin.name for builtin in module.BUILTINS]


@pytest.mark.parametrize("name", BUILTINS)
def test_what_is_known_of_a_builtin(name: str) -> None:
    builtin = BUILTINS[name]
    assert builtin.name == name
    assert builtin.usage.split()[0] in (name, f"{name}:", "[")
    assert builtin.special in (True, False)


def test_a_shell_starts_without_the_families() -> None:
    code = f"import sys, orchestrator.shell.main; print(*[n for n in sys.modules if n.startswith({PACKAGE!r})])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.removeprefix(f"{PACKAGE}.") for name in done.stdout.split()}
    assert not loaded & {"joblist", "printf", "completing", "directories", "reading", "testing"}
    assert "orchestrator.shell.interactive" not in done.stdout
