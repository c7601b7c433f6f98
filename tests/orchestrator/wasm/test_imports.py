"""What a program may ask for, and the sentences for what it may not."""

from collections.abc import Callable

import pytest
import wasmtime

from orchestrator.wasi.calls import CALLS
from orchestrator.wasm import ADDED_IMPORTS, ALLOWED_IMPORTS, WASI_SIGNATURES, RefusedModule, check

LETTERS = {"i32": "i", "i64": "I", "f32": "f", "f64": "F"}
MEMORY = '(memory (export "memory") 1)'
START = '(func (export "_start"))'


def wasi_type(name: str) -> str:
    """The signature of a preview1 call in wasmtime's own implementation."""
    engine = wasmtime.Engine()
    linker, store = wasmtime.Linker(engine), wasmtime.Store(engine)
    linker.define_wasi()
    function = linker.get(store, "wasi_snapshot_preview1", name)
    assert isinstance(function, wasmtime.Func)
    kind = function.type(store)
    params, results = ("".join(LETTERS[str(t)] for t in ts) for ts in (kind.params, kind.results))
    return f"{params}>{results}"


@pytest.mark.parametrize("name", sorted(WASI_SIGNATURES))
def test_signatures_are_those_of_another_host(name: str) -> None:
    assert WASI_SIGNATURES[name] == wasi_type(name)


def test_the_list_is_what_the_host_offers() -> None:
    added = {(item.module, item.name): item.signature for item in ADDED_IMPORTS}
    offered = {key: call.signature for key, call in CALLS.items()}
    assert {**ALLOWED_IMPORTS, **added} == offered


def test_preview1_is_complete() -> None:
    assert len(WASI_SIGNATURES) == 46


def refusal(text: str) -> str:
    with pytest.raises(RefusedModule) as caught:
        check(bytes(wasmtime.wat2wasm(f"(module {text})")), ALLOWED_IMPORTS)
    return str(caught.value)


@pytest.mark.parametrize(
    ("head", "sentence"),
    [
        ('(import "env" "system" (func))', "imports env.system, which is not available here"),
        (
            '(import "wasi_unstable" "fd_close" (func (param i32) (result i32)))',
            "imports wasi_unstable.fd_close, which is not available here",
        ),
        (
            '(import "wasi_snapshot_preview1" "fd_close" (func (param i64) (result i32)))',
            "imports wasi_snapshot_preview1.fd_close as I>i, but it is i>i",
        ),
        (
            '(import "env" "g" (global i32))',
            "imports a global (env.g); only functions can be imported",
        ),
        ('(import "env" "t" (table 1 funcref))', "imports a table (env.t); only functions"),
        (
            '(import "pagebox" "yield" (func (result i32)))',
            "imports pagebox.yield itself; it must not have been rewritten before",
        ),
        (
            '(import "pagebox" "yield" (func))',
            "imports pagebox.yield itself; it must not have been rewritten before",
        ),
        (
            '(import "pagebox" "memory_guard" (func (param i32) (result i32)))',
            "imports pagebox.memory_guard itself; it must not have been rewritten before",
        ),
    ],
)
def test_foreign_imports(head: str, sentence: str) -> None:
    assert refusal(f"{head} {MEMORY} {START}").startswith(sentence)


@pytest.mark.parametrize(
    ("name", "shown"),
    [("\\1b[2J\\0a", r"env.\x1b[2J\n,"), ("x" * 1000, "env." + "x" * 76 + "...,")],
)
def test_names_are_fit_for_a_terminal(name: str, shown: str) -> None:
    assert shown in refusal(f'(import "env" "{name}" (func)) {MEMORY} {START}')


def test_a_memory_from_outside() -> None:
    text = f'(import "env" "memory" (memory 1)) (export "memory" (memory 0)) {START}'
    assert refusal(text).startswith("imports a memory (env.memory)")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (MEMORY, "is not a program: it exports no function _start"),
        (f'{MEMORY} (global (export "_start") i32 (i32.const 0))', "it exports no function _start"),
        (START, "is not a program: it exports no memory"),
        (f'{START} (memory 1) (func (export "memory"))', "it exports no memory"),
        (
            f'{MEMORY} (func (export "_start") (result i32) i32.const 0)',
            "is not a program: its _start takes or returns values (>i)",
        ),
        (
            f'(import "wasi_snapshot_preview1" "proc_exit" (func $p (param i32)))'
            f'{MEMORY} (export "_start" (func $p))',
            "is not a program: its _start is an imported function",
        ),
        (f"{MEMORY} {START} (memory 1)", "has several memories; a program has one"),
        (f"{MEMORY} {START} (func $f) (start $f)", "has a start section; code that runs while"),
        (
            f'{MEMORY} {START} (global (export "pagebox.fuel") (mut i32) (i32.const 0))',
            "exports pagebox.fuel itself; it must not have been rewritten before",
        ),
    ],
)
def test_what_is_not_a_program(text: str, sentence: str) -> None:
    assert sentence in refusal(text)


def test_all_that_is_allowed_at_once(program: Callable[..., bytes]) -> None:
    words = {"i": "i32", "I": "i64"}
    head = ""
    for (module, name), signature in ALLOWED_IMPORTS.items():
        params, results = ([words[c] for c in part] for part in signature.split(">"))
        kind = f"(param {' '.join(params)}) (result {' '.join(results)})"
        head += f'(import "{module}" "{name}" (func {kind}))'
    check(program("", head))


def test_a_tool_may_be_allowed_less(program: Callable[..., bytes]) -> None:
    head = '(import "pagebox" "umask" (func (param i32) (result i32)))'
    with pytest.raises(RefusedModule, match=r"pagebox\.umask, which is not available"):
        check(program("", head), {("pagebox", "isatty"): "ii>i"})
