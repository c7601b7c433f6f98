"""Who may import whom (docs/architecture.md). Every offender is named as `file: layer -> layer`."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STDLIB = "stdlib"

# Layer -> the layers it may import, beside itself, the standard library and `orchestrator.errors`.
ALLOWED: dict[str, set[str]] = {
    "vfs": set(),
    "orchestrator.errors": set(),
    "orchestrator.kernel": {"vfs"},
    "orchestrator.wasi.memory": set(),
    "orchestrator.wasi": {"orchestrator.kernel", "vfs", "orchestrator.wasi.memory"},
    "orchestrator.shell.syntax": set(),
    "orchestrator.shell.expand": {"orchestrator.shell.syntax"},
    "orchestrator.shell": {
        "orchestrator.kernel",
        "vfs",
        "orchestrator.shell.expand",
        "orchestrator.shell.interactive_keys",
        "orchestrator.shell.interactive_width",
        "orchestrator.shell.syntax",
    },
    # Pure parts of the shell: patterns, and what a terminal sends and shows.
    "orchestrator.shell.interactive_keys": set(),
    "orchestrator.shell.interactive_width": set(),
    "orchestrator.tools": {
        "orchestrator.kernel",
        "orchestrator.shell.expand",
        "orchestrator.shell.interactive_keys",
        "orchestrator.shell.interactive_width",
        "vfs",
    },
    "orchestrator.wasm": set(),
    "orchestrator.platform": {"orchestrator.wasi.memory", "orchestrator.kernel.wait"},
    "orchestrator.kernel.wait": set(),
    "orchestrator.sandbox": {
        "orchestrator.kernel",
        "orchestrator.kernel.wait",
        "orchestrator.wasi",
        "orchestrator.wasi.memory",
        "orchestrator.shell",
        "orchestrator.shell.syntax",
        "orchestrator.shell.expand",
        "orchestrator.tools",
        "orchestrator.wasm",
        "orchestrator.platform",
        "vfs",
    },
    "pagebox": {"orchestrator.sandbox", "orchestrator.platform", "orchestrator.kernel", "vfs"},
    "orchestrator": set(),
}
ENGINES = {"js", "pyodide", "pyodide_js", "_pyodide", "wasmtime"}


def layer_of(name: str) -> str:
    """The longest layer that `name` begins with."""
    fits = [layer for layer in ALLOWED if name == layer or name.startswith(f"{layer}.")]
    if fits:
        return max(fits, key=len)
    top = name.split(".")[0]
    return STDLIB if top in sys.stdlib_module_names else top


def sources() -> list[Path]:
    return sorted(
        p for top in ("vfs", "orchestrator", "pagebox") for p in (ROOT / top).rglob("*.py")
    )


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports(tree: ast.AST) -> set[str]:
    """Modules imported at run time; those for annotations alone bind nothing together."""
    skipped = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    found = set()
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import"
            found.add(node.module or "")
    return found


def violations(module: str, imported: set[str]) -> list[str]:
    here = layer_of(module)
    allowed = ALLOWED[here] | {here, STDLIB, "orchestrator.errors"}
    # `kernel.wait` is a layer of its own only so that `platform` can be allowed it without the rest.
    if "orchestrator.kernel" in allowed:
        allowed.add("orchestrator.kernel.wait")
    if ".platform." in module:
        allowed |= ENGINES
    return [
        f"{module}: {here} -> {layer_of(name)} ({name})"
        for name in imported
        if layer_of(name) not in allowed
    ]


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_stay_below(path: Path) -> None:
    assert not violations(module_name(path), imports(ast.parse(path.read_text())))


def test_a_planted_violation_is_named() -> None:
    assert violations("vfs.memfs", {"orchestrator.kernel.pipe"})
    assert violations("orchestrator.kernel.sched", {"wasmtime"})
    assert not violations("orchestrator.wasi.fd", {"orchestrator.kernel.file", "errno"})
