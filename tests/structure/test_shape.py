"""The shape of the code: long functions and modules are listed here with a reason, or split."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAX_FUNCTION = 50
MAX_MODULE = 500

# Tables and the measured hot paths; each with why it is one piece.
LONG_FUNCTIONS: dict[str, str] = {
    "orchestrator/wasm/code.py:_scan": "one flat loop over millions of instructions; a call for each doubles the time",
}
LONG_MODULES: dict[str, str] = {
    "wasm/python3/lib/_pagebox_posix.py": "a table: one short function for each name that `posix` lacks",
    "orchestrator/shell/syntax/nodes.py": "a table: one record for each rule of the grammar, which refer to one another",
}


def sources() -> list[Path]:
    tops = ("vfs", "orchestrator", "pagebox", "wasm", "web")
    return sorted(
        p
        for top in tops
        for p in (ROOT / top).rglob("*.py")
        if not {"build", "dist"} & set(p.relative_to(ROOT).parts)
    )


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(ROOT)))
def test_shape(path: Path) -> None:
    name = str(path.relative_to(ROOT))
    text = path.read_text()
    tree = ast.parse(text)
    assert text.count("\n") <= MAX_MODULE or name in LONG_MODULES, "look for the second noun"
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = [
        f"{name}:{f.name} has {(f.end_lineno or 0) - f.lineno + 1} lines"
        for f in functions
        if (f.end_lineno or 0) - f.lineno + 1 > MAX_FUNCTION
        and f"{name}:{f.name}" not in LONG_FUNCTIONS
    ]
    assert not long


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(ROOT)))
def test_modules_say_what_they_are(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text())), "a module starts with a docstring"


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(ROOT)))
def test_no_mutable_state_at_module_level(path: Path) -> None:
    """Two sandboxes in one process share nothing: `global` is the sign of state that they would."""
    assert not [n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Global)]


def test_no_init_files_under_tests() -> None:
    """One would shadow the package it mirrors."""
    assert not list((ROOT / "tests").rglob("__init__.py"))
