"""What is told of a module without running it."""

from collections.abc import Callable

import pytest
import wasmtime

from orchestrator.wasm import (
    Export,
    Import,
    Limits,
    MalformedModule,
    Mark,
    RefusedModule,
    check,
    inspect,
    instrument,
    memory_limits,
    read_mark,
)
from orchestrator.wasm.writer import write_custom

Program = Callable[..., bytes]


def test_outline_of_a_module_that_may_not_run() -> None:
    text = """(module (import "env" "f" (func (param i32))) (table 1 externref)
      (memory 3 9) (func (export "two") (result i32 i32) i32.const 0 i32.const 1)
      (func (param v128) (memory.fill (i32.const 0) (i32.const 0) (i32.const 1))))"""
    found = inspect(bytes(wasmtime.wat2wasm(text)))
    assert found.imports == (Import("env", "f", "function", "i>"),)
    assert found.exports == (Export("two", "function", 1),)
    assert found.memory == Limits(3, 9)
    assert found.functions == 3
    assert found.features == {"multi-value", "simd", "bulk-memory"}
    assert found.mark is None


def test_reference_types_are_seen_in_signatures() -> None:
    text = "(module (func (param externref)))"
    assert inspect(bytes(wasmtime.wat2wasm(text))).features == {"reference-types"}


def test_outline_of_a_rewritten_module(program: Program) -> None:
    found = inspect(instrument(program("(func loop end)")))
    assert [str(item) for item in found.imports] == ["pagebox.yield", "pagebox.memory_guard"]
    assert found.mark is not None
    assert found.mark.version == 1


def test_check_does_not_read_code(program: Program) -> None:
    data = program("(func (drop (i32.const 77)))")
    broken = data.replace(b"\x41\xcd\x00\x1a", b"\xff\xff\xff\xff")
    check(broken)
    with pytest.raises(RefusedModule, match="unknown instruction 0xff"):
        instrument(broken)


def test_memory_limits(program: Program) -> None:
    assert memory_limits(program("")) == (1, None)
    assert memory_limits(bytes(wasmtime.wat2wasm("(module (memory 16384 65536))"))) == (
        16384,
        65536,
    )
    with pytest.raises(RefusedModule, match="has 0 memories"):
        memory_limits(bytes(wasmtime.wat2wasm("(module)")))


@pytest.mark.parametrize("text", [b"", b"1", b"x y", b"1" * 5000 + b" a", b"\xff 1"])
def test_a_mark_is_what_anyone_may_have_written(program: Program, text: bytes) -> None:
    found = read_mark(program("") + write_custom("pagebox.instrumented", text))
    assert found in (None, Mark(1, ""))


@pytest.mark.parametrize("call", [check, inspect, instrument, memory_limits, read_mark])
def test_all_refuse_what_is_no_module(call: Callable[[bytes], object]) -> None:
    with pytest.raises(MalformedModule, match="does not start with"):
        call(b"\x7fELF")
