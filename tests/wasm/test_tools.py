"""The committed tools are what `tools.toml`, `SHA256SUMS` and `LICENCES.md` say they are."""

import hashlib
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
import wasmtime

from orchestrator.wasm import PAGEBOX, WASI, ModuleInfo, check, inspect
from orchestrator.wasm.module import read_module
from wasm import csource, notices, toolchain
from wasm.toolchain import BIN, WASM, Tool

TOOLS = toolchain.load_tools()

RUST = {name: tool for name, tool in TOOLS.items() if tool.recipe == "rust"}
RECIPES = {
    name: csource.read_recipe(tool.folder) for name, tool in TOOLS.items() if tool.recipe == "c"
}

each_tool = pytest.mark.parametrize("tool", TOOLS.values(), ids=TOOLS)


@cache
def module(tool: Tool) -> bytes:
    return (BIN / tool.module).read_bytes()


@cache
def info(tool: Tool) -> ModuleInfo:
    return inspect(module(tool))


def names(tool: str) -> list[str]:
    listed: list[str] = toolchain.read_table()["tool"][tool]["names"]
    return listed


@each_tool
def test_the_committed_module_has_the_recorded_hash(tool: Tool) -> None:
    assert hashlib.sha256(module(tool)).hexdigest() == toolchain.committed_sums()[tool.module]


def test_there_is_a_hash_for_every_module_and_no_other() -> None:
    present = {path.name for path in BIN.glob("*.wasm")}
    assert present == set(toolchain.committed_sums()) == {tool.module for tool in TOOLS.values()}


@each_tool
def test_the_module_may_be_loaded(tool: Tool) -> None:
    check(module(tool))


@each_tool
def test_an_engine_takes_the_module(tool: Tool) -> None:
    """Our reader does not check types; a linker has written modules that no engine takes."""
    wasmtime.Module.validate(wasmtime.Engine(), module(tool))


@each_tool
def test_the_module_imports_what_its_entry_lists(tool: Tool) -> None:
    imported = info(tool).imports
    assert {item.module for item in imported} == {WASI, PAGEBOX}
    assert {item.name for item in imported if item.module == PAGEBOX} == tool.pagebox_imports


@each_tool
def test_every_tool_asks_the_kernel_where_it_stands(tool: Tool) -> None:
    assert "getcwd" in tool.pagebox_imports


@each_tool
def test_only_memory_and_start_are_exported(tool: Tool) -> None:
    exported = {item.name for item in info(tool).exports}
    assert {"memory", "_start"} <= exported <= {"memory", "_start", "__main_void"}


@each_tool
def test_the_module_keeps_to_its_budget(tool: Tool) -> None:
    assert len(module(tool)) <= tool.budget


def test_all_modules_together_keep_to_the_budget() -> None:
    # python3 carries its memory and its library as they are, for the transfer to compress.
    assert sum(len(module(tool)) for tool in TOOLS.values()) <= 75_000_000


@each_tool
@pytest.mark.parametrize("path", [b"/root/", b"/home/runner", b".cargo/registry", b"/wasm/build/"])
def test_the_module_does_not_tell_where_it_was_built(tool: Tool, path: bytes) -> None:
    assert path not in module(tool)


@each_tool
def test_the_module_carries_no_names_of_functions(tool: Tool) -> None:
    assert "name" not in {custom.name for custom in read_module(module(tool)).customs}


def test_no_command_is_installed_twice() -> None:
    count = Counter(name for tool in TOOLS for name in names(tool))
    assert [name for name, times in count.items() if times > 1] == []


def test_coreutils_answers_to_the_names_it_is_installed_under() -> None:
    source = (WASM / "coreutils" / "src" / "main.rs").read_text("utf-8")
    known = re.findall(r'^    "([^"]+)" => uu_', source, re.MULTILINE)
    assert known == sorted(names("coreutils"))


@pytest.mark.parametrize(
    "folder", sorted(path for path in (WASM / "patches").iterdir()), ids=lambda path: path.name
)
def test_every_patch_is_for_something_that_a_tool_is_made_of(folder: Path) -> None:
    archives = [source for recipe in RECIPES.values() for source in recipe.archives]
    if folder.name in {f"{source.debian}-{source.version}" for source in archives}:
        return
    name, version = folder.name.rsplit("-", 1)
    wanted = f'name = "{name}"\nversion = "{version}"\n'
    locks = [(tool.folder / "Cargo.lock").read_text("utf-8") for tool in RUST.values()]
    assert any(wanted in lock for lock in locks)


def table_rows() -> list[list[str]]:
    lines = notices.TABLE.read_text("utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if len(row) == 4 and row[0] not in ("part", "---")]


def test_every_part_is_under_a_permissive_licence() -> None:
    rows = table_rows()
    assert len(rows) > 200
    notices.check_permissive((row[0], row[2]) for row in rows)


@pytest.mark.parametrize("tool", RECIPES)
def test_the_archives_of_a_tool_in_c_are_listed(tool: str) -> None:
    listed = {tuple(row[:3]) for row in table_rows() if tool in row[3].split(", ")}
    wanted = {(item.name, item.version, item.licence) for item in RECIPES[tool].archives}
    assert listed == wanted
    text = notices.NOTICES_C.read_text("utf-8")
    assert all(f"\n{name} {version}\n" in text for name, version, _ in wanted)


@pytest.mark.parametrize("tool", RUST.values(), ids=RUST)
def test_every_listed_crate_is_in_the_lock_of_its_tool(tool: Tool) -> None:
    lock = (tool.folder / "Cargo.lock").read_text("utf-8")
    others = {name for name, _, _ in notices.OTHERS}
    mine = [row for row in table_rows() if tool.name in row[3].split(", ") and row[0] not in others]
    assert mine
    for name, version, *_ in mine:
        assert f'name = "{name}"\nversion = "{version}"\n' in lock


def test_the_notices_name_every_crate_that_brings_one() -> None:
    text = notices.NOTICES.read_text("utf-8")
    for name in ("musl, in wasi-libc", "Python standard library", "rustpython 0.6.0"):
        assert name in text


@pytest.mark.parametrize(
    ("expression", "permissive"),
    [
        ("MIT", True),
        ("MIT OR Apache-2.0", True),
        ("GPL-3.0-only OR MIT", True),
        ("(MIT OR Apache-2.0) AND Unicode-3.0", True),
        ("Apache-2.0 WITH LLVM-exception", True),
        ("LGPL-3.0-only", False),
        ("MIT AND LGPL-3.0-only", False),
        ("(MIT OR Apache-2.0) AND MPL-2.0", False),
        ("unknown", False),
    ],
)
def test_which_licence_expressions_are_permissive(expression: str, permissive: bool) -> None:
    assert notices.is_permissive(expression) is permissive


def test_a_part_that_is_not_permissive_is_named() -> None:
    with pytest.raises(toolchain.ToolchainError, match=r"malachite \(LGPL-3.0-only\)"):
        notices.check_permissive([("dlmalloc", "CC0-1.0"), ("malachite", "LGPL-3.0-only")])
