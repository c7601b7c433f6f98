"""All eight forms of an element segment, rewritten and used."""

from collections.abc import Callable
from typing import Any

import pytest
import wasmtime

from orchestrator.wasm import MalformedModule, RefusedModule, elements
from orchestrator.wasm.elements import element_spots
from orchestrator.wasm.module import read_module

BASE = """
(type $f (func (result i32)))
(table $t 4 funcref) (table $u 4 funcref)
(func $a (result i32) (loop) i32.const 11)
(func $b (result i32) (loop) i32.const 22)
"""
CALLS = """(func (export "all") (result i32 i32) call $go
  (call_indirect {0} (type $f) (i32.const 0)) (call_indirect {0} (type $f) (i32.const 1)))"""
NOTHING = "(func $go)"
FROM_SEGMENT = "(func $go i32.const 0 i32.const 0 i32.const 2 table.init $t $s)"
FROM_CODE = """(func $go
  i32.const 0 ref.func $a table.set $t i32.const 1 ref.func $b table.set $t)"""

FORMS = {
    0: "(elem (i32.const 0) func $a $b)",
    1: "(elem $s func $a $b)",
    2: "(elem (table $u) (i32.const 0) func $a $b)",
    3: "(elem declare func $a $b)",
    4: "(elem (i32.const 0) funcref (ref.func $a) (ref.func $b))",
    5: "(elem $s funcref (ref.func $a) (ref.func $b))",
    6: "(elem (table $u) (i32.const 0) funcref (ref.func $a) (ref.func $b))",
    7: "(elem declare funcref (ref.func $a) (ref.func $b))",
}
FILLED_BY = {1: FROM_SEGMENT, 5: FROM_SEGMENT, 3: FROM_CODE, 7: FROM_CODE}


@pytest.mark.parametrize("form", sorted(FORMS))
def test_each_form_names_the_same_functions(form: int, same: Callable[..., Any]) -> None:
    table = "$u" if form in (2, 6) else "$t"
    body = f"{BASE} {FORMS[form]} {FILLED_BY.get(form, NOTHING)} {CALLS.format(table)}"
    rig = same(body, "all")
    assert rig.call("all") == [11, 22]


def test_the_forms_are_those_of_the_file() -> None:
    for form, text in FORMS.items():
        data = bytes(wasmtime.wat2wasm(f"(module {BASE} {text})"))
        place = read_module(data).sections[9]
        flag = data[place.start + 1]
        # An assembler may write expressions that only name functions as numbers.
        assert flag in (form, form & 3)
        assert [index for _, _, index in element_spots(read_module(data))] == [0, 1]


@pytest.mark.parametrize("form", range(8))
def test_forms_written_by_hand(form: int) -> None:
    parts = [bytes([form])]
    if not form & 1:
        parts += [b"\x00" if form & 2 else b"", b"\x41\x00\x0b"]
    if form & 3:
        parts.append(b"\x70" if form & 4 else b"\x00")
    parts.append(b"\x02\xd2\x00\x0b\xd2\x01\x0b" if form & 4 else b"\x02\x00\x01")
    data = with_elements(b"\x01" + b"".join(parts))
    wasmtime.Module.validate(wasmtime.Engine(), data)  # raises if it is not valid
    assert [index for _, _, index in element_spots(read_module(data))] == [0, 1]


def with_elements(contents: bytes) -> bytes:
    """Two functions, two tables, and an element section as given."""
    base = bytes(wasmtime.wat2wasm("(module (table 2 funcref) (table 2 funcref) (func) (func))"))
    code = base.index(b"\x0a\x07\x02\x02\x00\x0b")
    return base[:code] + bytes([9, len(contents)]) + contents + base[code:]


@pytest.mark.parametrize(
    ("contents", "reason"),
    [
        (b"\x01\x00\x41\x00\x0b\x01\x02", "there is no function 2"),
        (b"\x01\x02\x02\x41\x00\x0b\x00\x01\x00", "there is no table 2"),
        (b"\x01\x00\x41\x00\x0b\x05\x00", "5 entries announced"),
        (b"\x01\x00\x41\x00\x0b\x01\x00\x00", "1 bytes too many"),
    ],
)
def test_damaged_segments(contents: bytes, reason: str) -> None:
    with pytest.raises(MalformedModule, match=reason):
        element_spots(read_module(with_elements(contents)))


@pytest.mark.parametrize(
    ("contents", "reason"),
    [(b"\x01\x08", "unknown form 8"), (b"\x01\x01\x01\x00", "does not hold functions")],
)
def test_unknown_segments(contents: bytes, reason: str) -> None:
    with pytest.raises(RefusedModule, match=reason):
        element_spots(read_module(with_elements(contents)))


def test_the_number_of_functions_in_tables_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elements, "MAX_ENTRIES", 5)
    segment = b"\x00\x41\x00\x0b\x03\x00\x00\x00"
    with pytest.raises(RefusedModule, match="more than 5 functions into tables"):
        element_spots(read_module(with_elements(b"\x02" + segment * 2)))
