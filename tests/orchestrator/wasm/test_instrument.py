"""Rewritten programs do the same, count exactly, and can be stopped."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
import wasmtime

from orchestrator.wasm import (
    FUEL_EXPORT,
    REWRITER_VERSION,
    SLICE,
    Mark,
    RefusedModule,
    instrument,
    read_mark,
)
from orchestrator.wasm.module import read_module

RigMaker = Callable[..., Any]
Program = Callable[..., bytes]

COUNT = """
(func (export "count") (param i32) (result i32) (local i32)
  loop
    local.get 1 i32.const 3 i32.add local.set 1
    local.get 0 i32.const 1 i32.sub local.tee 0
    br_if 0
  end
  local.get 1)
"""
FIB = """
(func $fib (export "fib") (param i32) (result i32)
  local.get 0 i32.const 2 i32.lt_s
  if (result i32) local.get 0
  else
    local.get 0 i32.const 1 i32.sub call $fib
    local.get 0 i32.const 2 i32.sub call $fib
    i32.add
  end)
"""
MUTUAL = """
(func $even (export "even") (param i32) (result i32)
  local.get 0 i32.eqz if (result i32) i32.const 1
  else local.get 0 i32.const 1 i32.sub return_call $odd end)
(func $odd (param i32) (result i32)
  local.get 0 i32.eqz if (result i32) i32.const 0
  else local.get 0 i32.const 1 i32.sub return_call $even end)
"""
TABLE = """
(type $op (func (param i32) (result i32)))
(table 3 funcref) (elem (i32.const 0) func $add $mul $loop)
(func $add (type $op) local.get 0 i32.const 7 i32.add)
(func $mul (type $op) local.get 0 i32.const 5 i32.mul)
(func $loop (type $op) loop end local.get 0)
(func (export "table") (param i32) (result i32)
  i32.const 10
  i32.const 0 call_indirect (type $op)
  i32.const 1 call_indirect (type $op)
  local.get 0 call_indirect (type $op)
  i32.const 2 return_call_indirect (type $op))
"""
REFERENCES = """
(type $f (func (result i32)))
(global $kept funcref (ref.func $b))
(table 2 funcref) (elem declare func $a)
(func $a (result i32) (loop) i32.const 5) (func $b (result i32) (loop) i32.const 6)
(func (export "refs") (result i32)
  i32.const 0 ref.func $a table.set 0
  i32.const 1 global.get $kept table.set 0
  i32.const 0 call_indirect (type $f)
  i32.const 1 call_indirect (type $f)
  ref.null func ref.is_null
  i32.add i32.add)
"""
SWITCH = """
(func (export "switch") (param i32) (result i32) (local i32)
  block $done
    loop $again
      block $two block $one block $zero
        local.get 0 br_table $zero $one $two $done
      end
        local.get 1 i32.const 1 i32.add local.set 1 i32.const 1 local.set 0 br $again
      end
        local.get 1 i32.const 10 i32.add local.set 1 i32.const 2 local.set 0 br $again
      end
        local.get 1 i32.const 100 i32.add local.set 1 i32.const 3 local.set 0 br $again
    end
  end
  local.get 1)
"""
MULTI = """
(func $swap (param i32 i64) (result i64 i32) local.get 1 local.get 0)
(func (export "multi") (param i32) (result i32 i64)
  local.get 0 i64.const 9
  loop (param i32 i64) (result i32 i64)
    call $swap
    local.set 0 i32.const 2 i32.const 3 i32.mul local.get 0 i32.add
    block (param i64 i32) (result i32 i64) call $swap2 end
  end)
(func $swap2 (param i64 i32) (result i32 i64) local.get 1 local.get 0)
"""
VECTOR = """
(func (export "vector") (param i32) (result i64) (local v128)
  loop
    local.get 1 v128.const i32x4 1 2 3 4 i32x4.add local.set 1
    i32.const 16 local.get 1 v128.store align=16
    i32.const 16 local.get 1 v128.load32_lane 2 local.set 1
    local.get 0 i32.const 1 i32.sub local.tee 0
    br_if 0
  end
  local.get 1 local.get 1 i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31
  i64x2.extract_lane 1)
"""
BULK = """
(data $text "sandbox") (table 4 funcref) (elem $fs func $f) (func $f)
(func (export "bulk") (param i32) (result i32)
  i32.const 100 i32.const 0 i32.const 7 memory.init $text data.drop $text
  i32.const 200 i32.const 100 local.get 0 memory.copy
  i32.const 203 i32.const 65 i32.const 2 memory.fill
  i32.const 1 i32.const 0 i32.const 1 table.init $fs elem.drop $fs
  i32.const 2 i32.const 1 i32.const 1 table.copy
  i32.const 203 i32.load i32.const 206 i32.load i32.xor)
"""
CONSTANTS = """
(global $g (mut i32) (i32.const 4))
(func (export "constants") (result f64)
  i32.const 0x0b0b0b0b drop i64.const 0x0b0b0b0b0b0b drop f32.const 3.0e-30 drop
  global.get $g i32.const -1 i32.add global.set $g
  f64.const 1.25 global.get $g f64.convert_i32_s f64.mul)
"""


@pytest.mark.parametrize(
    ("body", "name", "args", "cost"),
    [
        (COUNT, "count", [1], 2),
        (COUNT, "count", [5000], 1 + 5000),
        (FIB, "fib", [15], 1973),
        (MUTUAL, "even", [1000], 1001),
        (TABLE, "table", [0], 1 + 2),
        (TABLE, "table", [2], 1 + 2 + 2),
        (REFERENCES, "refs", [], 1 + 2 + 2),
        (SWITCH, "switch", [0], 1 + 4),
        (SWITCH, "switch", [2], 1 + 2),
        (SWITCH, "switch", [9], 1 + 1),
        (MULTI, "multi", [3], 1 + 1),
        (VECTOR, "vector", [20], 1 + 20),
        (BULK, "bulk", [7], 1),
        (CONSTANTS, "constants", [], 0),
    ],
)
def test_the_same_results_and_an_exact_count(
    same: RigMaker, body: str, name: str, args: list[int], cost: int
) -> None:
    assert same(body, name, *args).fuel == cost


def test_a_slice_ends_when_it_is_overdrawn(rewritten: RigMaker) -> None:
    rig = rewritten(COUNT)
    rig.call("count", SLICE - 1)
    assert (rig.fuel, rig.yields) == (SLICE, 0)
    rig.call("count", 1)
    assert (rig.fuel, rig.yields) == (SLICE + 2, 1)


@pytest.mark.parametrize("size", [10, 100, 7777])
def test_the_host_decides_on_the_next_slice(rewritten: RigMaker, size: int) -> None:
    rig = rewritten(COUNT, slice=size)
    rig.call("count", SLICE + 50_000)
    assert rig.fuel == SLICE + 50_001
    assert rig.yields == -(-50_001 // size)


@pytest.mark.parametrize(
    "body",
    [
        '(func (export "spin") loop br 0 end)',
        '(func $f (export "spin") return_call $f)',
        """(table 1 funcref) (elem (i32.const 0) func $f)
        (func $f (export "spin") (return_call_indirect (i32.const 0)))""",
        '(func $f) (func (export "spin") loop call $f br 0 end)',
        """(func (export "spin")
          loop (memory.fill (i32.const 0) (i32.const 0) (i32.const 5000)) br 0 end)""",
    ],
    ids=["loop", "tail call", "indirect tail call", "leaf", "fill"],
)
def test_whatever_spins_can_be_stopped(rewritten: RigMaker, body: str) -> None:
    with pytest.raises(Stopped):
        rewritten(body, on_yield=stop_after(2)).call("spin")


class Stopped(Exception):
    """What a host raises to end a guest."""


def stop_after(slices: int) -> Callable[[int], None]:
    def on_yield(yields: int) -> None:
        if yields > slices:
            raise Stopped

    return on_yield


def test_the_start_function_and_the_memory_are_still_there(program: Program) -> None:
    module = read_module(instrument(program("(func $pad)")))
    names = {item.name: (item.kind, item.index) for item in module.exports}
    assert names == {
        "memory": ("memory", 0),
        "_start": ("function", 2),
        FUEL_EXPORT: ("global", 0),
    }
    assert [str(item) for item in module.imports] == ["pagebox.yield", "pagebox.memory_guard"]


def test_imports_keep_their_numbers(program: Program) -> None:
    head = """(import "wasi_snapshot_preview1" "sched_yield" (func $y (result i32)))
      (import "pagebox" "umask" (func $u (param i32) (result i32)))"""
    body = '(func (export "f") (result i32) call $y (call $u (i32.const 7)) i32.sub)'
    data = instrument(program(body, head))
    engine = wasmtime.Engine()
    store, linker = wasmtime.Store(engine), wasmtime.Linker(engine)
    i32 = wasmtime.ValType.i32()
    answers: list[tuple[str, str, list[wasmtime.ValType], Callable[..., int]]] = [
        ("wasi_snapshot_preview1", "sched_yield", [], lambda: 50),
        ("pagebox", "umask", [i32], lambda mask: mask + 1),
        ("pagebox", "yield", [], lambda: SLICE),
        ("pagebox", "memory_guard", [i32], lambda pages: pages),
    ]
    for module, name, params, answer in answers:
        linker.define_func(module, name, wasmtime.FuncType(params, [i32]), answer)
    function = linker.instantiate(store, wasmtime.Module(engine, data)).exports(store)["f"]
    assert isinstance(function, wasmtime.Func)
    assert function(store) == 50 - 8


def test_the_result_says_where_it_comes_from(program: Program) -> None:
    data = program(COUNT)
    digest = hashlib.sha256(data).hexdigest()
    assert read_mark(data) is None
    assert read_mark(instrument(data)) == Mark(REWRITER_VERSION, digest)


def test_the_same_input_gives_the_same_bytes(program: Program) -> None:
    assert instrument(program(FIB)) == instrument(program(FIB))


def test_what_was_rewritten_is_not_rewritten_again(program: Program) -> None:
    with pytest.raises(RefusedModule, match=r"imports pagebox\.yield itself"):
        instrument(instrument(program(FIB)))


def test_the_caller_hears_of_progress_and_may_give_up(program: Program) -> None:
    heard: list[int] = []
    instrument(program("(func nop nop) (func loop end)"), progress=heard.append)
    assert heard == [1, 3, 4]

    def give_up(done: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        instrument(program(""), progress=give_up)


def test_names_are_dropped(program: Program) -> None:
    data = program("(func $a_long_name_that_only_debuggers_read)")
    assert b"a_long_name" in data
    assert b"a_long_name" not in instrument(data)


@pytest.mark.parametrize(
    ("tables", "bounds"),
    [
        ("(table 5 funcref)", [(5, 1_000_000)]),
        ("(table 5 90 funcref)", [(5, 90)]),
        ("(table 5 9000000 externref)", [(5, 1_000_000)]),
        ("(table 1 funcref) (table 700000 funcref)", [(1, 500_000), (700_000, 700_000)]),
    ],
)
def test_tables_are_bounded(program: Program, tables: str, bounds: list[tuple[int, int]]) -> None:
    assert [table.limits for table in read_module(instrument(program(tables))).tables] == bounds


def test_tables_that_start_too_large(program: Program) -> None:
    with pytest.raises(RefusedModule, match="tables of more than 1000000 entries"):
        instrument(program("(table 600000 funcref) (table 600000 funcref)"))


def test_a_guest_cannot_reach_the_counter(program: Program) -> None:
    data = program("(func i32.const 0 global.set $g) (global $g (mut i32) (i32.const 0))")
    place = data.index(b"\x41\x00\x24\x00\x0b") + 3
    forged = data[:place] + b"\x01" + data[place + 1 :]
    with pytest.raises(ValueError, match="there is no global 1"):
        instrument(forged)


def test_a_guest_cannot_call_what_was_added(program: Program) -> None:
    data = program("(func $last) (func call $last)")
    place = data.index(b"\x10\x01\x0b") + 1
    forged = data[:place] + b"\x03" + data[place + 1 :]
    with pytest.raises(ValueError, match="there is no function 3"):
        instrument(forged)
