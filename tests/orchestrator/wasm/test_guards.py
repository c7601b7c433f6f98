"""The sequences put into code: what they cost, and what they leave alone."""

from collections.abc import Callable
from typing import Any

import pytest
import wasmtime

from orchestrator.wasm.guards import BULK_SHIFT, BYTES_PER_UNIT, Guards, weight

RigMaker = Callable[..., Any]
MEGABYTE = 1 << 20


def test_weight_grows_with_size() -> None:
    assert (weight(1), weight(BYTES_PER_UNIT - 1), weight(BYTES_PER_UNIT)) == (1, 1, 2)


def test_the_branch_is_where_it_is_said_to_be() -> None:
    guards = Guards(fuel=200, yield_=300, memory_guard=301)
    for code, branch in (guards.check(5, 70), guards.bulk(130)):
        assert code[branch : branch + 2] == b"\x04\x40"


def test_operands_and_results_pass_through(same: RigMaker) -> None:
    rig = same(
        """(func (export "f") (param i32) (result i32 i64 f64)
          i32.const 3 i64.const 4 f64.const 5
          local.get 0
          loop (param i32 i64 f64 i32) (result i32 i64 f64)
            i32.const 1 i32.sub local.tee 0
            local.get 0
            br_if 0
            drop
          end)""",
        "f",
        7,
    )
    assert rig.fuel == 1 + 7


BULK = """
(func (export "fill") (param i32) (memory.fill (i32.const 0) (i32.const 7) (local.get 0)))
(func (export "copy") (param i32) (memory.copy (i32.const 8) (i32.const 0) (local.get 0)))
(func (export "get") (param i32) (result i32) (i32.load8_u (local.get 0)))
(func (export "room") (drop (memory.grow (i32.const 100))))
"""


@pytest.mark.parametrize("size", [0, 1, (1 << BULK_SHIFT) - 1, 1 << BULK_SHIFT, 5 * MEGABYTE])
@pytest.mark.parametrize("name", ["fill", "copy"])
def test_bulk_instructions_cost_by_size(rewritten: RigMaker, name: str, size: int) -> None:
    rig = rewritten(BULK)
    rig.call("room")
    before = rig.fuel
    rig.call(name, size)
    assert rig.fuel - before == 1 + (size >> BULK_SHIFT)


def test_a_large_fill_pays_several_slices_at_once(rewritten: RigMaker) -> None:
    rig = rewritten(BULK, slice=1000)
    rig.call("room")
    for _ in range(250):
        rig.call("fill", 6 * MEGABYTE)
    assert rig.yields == (rig.fuel - 1_000_000 + 999) // 1000
    assert rig.call("get", 6 * MEGABYTE - 1) == 7


def test_a_length_that_is_out_of_bounds_still_traps(rewritten: RigMaker) -> None:
    rig = rewritten(BULK)
    with pytest.raises(wasmtime.Trap, match="out of bounds"):
        rig.call("fill", -1)


def test_small_constant_lengths_are_free(same: RigMaker) -> None:
    body = """(func (export "f") (result i32) (local i32)
      (memory.fill (i32.const 0) (i32.const 9) (i32.const 1023)) (i32.load8_u (i32.const 1022)))"""
    assert same(body, "f").fuel == 1


def test_large_constant_lengths_are_not(same: RigMaker) -> None:
    body = """(func (export "f") (result i32)
      (memory.fill (i32.const 0) (i32.const 9) (i32.const 4096)) (i32.load8_u (i32.const 4095)))"""
    assert same(body, "f").fuel == 1 + 4


TABLES = """
(table $t 40 funcref) (elem $s funcref (ref.func $a) (ref.func $a) (ref.func $a)) (func $a (loop))
(func (export "fill") (table.fill $t (i32.const 0) (ref.func $a) (i32.const 40)))
(func (export "copy") (param i32)
  (table.copy $t $t (i32.const 0) (i32.const 0) (local.get 0)))
(func (export "init") (param i32)
  (table.init $t $s (i32.const 0) (i32.const 0) (local.get 0)))
"""


def test_table_instructions_are_charged_alike(rewritten: RigMaker) -> None:
    rig = rewritten(TABLES)
    rig.call("fill")
    rig.call("copy", 40)
    rig.call("init", 3)
    assert rig.fuel == 3
    with pytest.raises(wasmtime.Trap):
        rig.call("copy", 5 << BULK_SHIFT)
    assert rig.fuel == 3 + 1 + 5


GROW = """
(func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
(func (export "size") (result i32) memory.size)
"""


def test_growth_that_the_host_allows(rewritten: RigMaker) -> None:
    rig = rewritten(GROW)
    assert [rig.call("grow", n) for n in (2, 0, 3)] == [1, 3, 3]
    assert rig.call("size") == 6
    assert rig.asked == [2, 0, 3]


def test_growth_that_the_host_refuses(rewritten: RigMaker) -> None:
    rig = rewritten(GROW, guard=lambda pages: pages if pages < 3 else -1)
    assert [rig.call("grow", n) for n in (2, 3, -1, 2)] == [1, -1, -1, 3]
    assert rig.call("size") == 5
