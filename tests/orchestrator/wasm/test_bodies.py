"""The rewritten code section: which functions are counted, and where the hints point."""

from collections.abc import Callable
from typing import Any

import pytest

from orchestrator.wasm import RefusedModule, bodies, instrument
from orchestrator.wasm.bodies import HINT_SECTION
from orchestrator.wasm.module import CODE, Module, read_module
from orchestrator.wasm.reader import Reader

RigMaker = Callable[..., Any]
Program = Callable[..., bytes]

BUSY = """
(func $leaf (param i32) (result i32) local.get 0)
(func $busy (param i32 i64) (local f32 f32 i32)
  loop
    local.get 0 call $leaf drop
    i32.const 0 i32.const 0 local.get 0 memory.copy
    i32.const 0 memory.grow drop
    loop end
  end
  call $last)
(func $last (local i32) loop end)
"""


def hints_of(module: Module) -> dict[int, list[int]]:
    """Function number to the offsets the hint section names in it, all called unlikely."""
    (custom,) = [item for item in module.customs if item.name == HINT_SECTION]
    reader = Reader(module.data, custom.start, custom.end, "hints")
    found: dict[int, list[int]] = {}
    for _ in range(reader.count()):
        function, offsets = reader.u32(), []
        for _ in range(reader.count()):
            offsets.append(reader.u32())
            assert (reader.byte(), reader.byte()) == (1, 0)
        assert offsets == sorted(set(offsets))
        found[function] = offsets
    reader.finish()
    assert list(found) == sorted(found)
    return found


def body_of(module: Module, number: int) -> bytes:
    """All of a function's body, declarations of locals included."""
    reader = module.reader(CODE)
    assert reader is not None
    for index in range(module.imported, module.imported + reader.count()):
        body = reader.take(reader.u32())
        if index == number:
            return body
    raise AssertionError(f"no function {number}")


def test_hints_point_at_the_branches(program: Program) -> None:
    module = read_module(instrument(program(BUSY)))
    hints = hints_of(module)
    assert {number: len(offsets) for number, offsets in hints.items()} == {4: 4, 5: 2}
    for number, offsets in hints.items():
        body = body_of(module, number)
        assert all(body[at : at + 2] == b"\x04\x40" for at in offsets)
        assert body.count(b"\x48\x04\x40") == len(offsets)


def test_hints_stand_before_the_code(program: Program) -> None:
    module = read_module(instrument(program(BUSY)))
    (custom,) = [item for item in module.customs if item.name == HINT_SECTION]
    assert custom.end <= module.sections[CODE].start


def test_nothing_to_hint_at(program: Program) -> None:
    module = read_module(instrument(program("")))
    assert HINT_SECTION not in [item.name for item in module.customs]


LEAVES = """
(func (export "small") (param i32) (result i32) local.get 0 i32.const 1 i32.add)
(func (export "long") (param i32) (result i32) local.get 0 {adds})
(func (export "indirect") (call_indirect (i32.const 0)))
(func $empty) (table 1 funcref) (elem (i32.const 0) func $empty)
(func (export "caller") call $empty)
""".format(adds="i32.const 1 i32.add " * 21)


@pytest.mark.parametrize(
    ("name", "args", "cost"),
    [("small", [1], 0), ("long", [1], 1), ("indirect", [], 1), ("caller", [], 1)],
)
def test_only_small_leaves_are_free(same: RigMaker, name: str, args: list[int], cost: int) -> None:
    assert same(LEAVES, name, *args).fuel == cost


LONG = """
(func (export "straight") (param i32) (result i32) local.get 0 {adds})
(func (export "turns") (param i32) (result i32) (local i32)
  loop local.get 1 {adds} local.set 1
    local.get 0 i32.const 1 i32.sub local.tee 0 br_if 0 end local.get 1)
(func $leaf) (func (export "calls") {calls})
""".format(adds="i32.const 1 i32.add " * 5000, calls="call $leaf " * 1000)


@pytest.mark.parametrize(
    ("name", "args", "cost"),
    [
        ("straight", [0], 1 + 15003 // 4096),
        ("turns", [10], (1 + 15022 // 4096) + 10 * (1 + 15013 // 4096)),
        ("calls", [], 1 + 66001 // 4096),
    ],
)
def test_long_stretches_cost_more(same: RigMaker, name: str, args: list[int], cost: int) -> None:
    assert same(LONG, name, *args).fuel == cost


def test_growth_of_the_code_is_bounded(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "MAX_MODULE_BYTES", 1000)
    with pytest.raises(RefusedModule, match="grows too large"):
        instrument(program("(func " + "loop end " * 100 + ")"))
