"""Reading sections: what is found, and what damaged files are told."""

from collections.abc import Callable

import pytest
import wasmtime

from orchestrator.wasm import MalformedModule, RefusedModule
from orchestrator.wasm import module as parts
from orchestrator.wasm.module import CODE, DATA, TYPE, read_module
from orchestrator.wasm.types import Export, FuncType, Import, Limits, Table

HEADER = b"\0asm\x01\0\0\0"

TEXT = """
(module
  (type (func (param i32 i64) (result f32)))
  (import "env" "f" (func (type 0)))
  (import "env" "t" (table 3 externref))
  (import "env" "g" (global (mut i64)))
  (table 5 9 funcref)
  (memory (export "memory") 2 7)
  (global $one i32 (i32.const 1))
  (global $two funcref (ref.func $start))
  (func $start (export "_start"))
  (data (i32.const 0) "text"))
"""


def test_everything_is_found() -> None:
    found = read_module(bytes(wasmtime.wat2wasm(TEXT)))
    assert found.types == (FuncType("iI", "f"), FuncType("", ""))
    assert found.imports == (
        Import("env", "f", "function", "iI>f"),
        Import("env", "t", "table", ""),
        Import("env", "g", "global", ""),
    )
    assert found.functions == (1,)
    assert found.tables == (Table(0x6F, Limits(3, None)), Table(0x70, Limits(5, 9)))
    assert found.memories == (Limits(2, 7),)
    assert found.exports == (Export("memory", "memory", 0), Export("_start", "function", 1))
    assert (found.imported, found.function_count, found.global_count) == (1, 2, 3)
    assert [index for _, _, index in found.global_spots] == [1]


def test_sections_can_be_opened() -> None:
    found = read_module(HEADER + b"\x01\x04\x01\x60\x00\x00")
    reader = found.reader(TYPE)
    assert reader is not None
    assert reader.count() == 1
    assert found.reader(DATA) is None


def test_custom_sections_are_listed() -> None:
    found = read_module(HEADER + b"\x00\x04\x02hi!")
    (custom,) = found.customs
    assert (custom.name, found.data[custom.start : custom.end]) == ("hi", b"!")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", r"does not start with .*\(at byte 0\)"),
        (b"#!/bin/sh\n", "does not start with"),
        (b"\0asm", r"not of version 1 .*\(at byte 4\)"),
        (b"\0asm\x0d\0\x01\0", "component"),
        (HEADER + b"\x01", "cut short"),
        (HEADER + b"\x01\x05\x00", r"the type section should have 5 bytes and 1 are left"),
        (HEADER + b"\x01\x02\x00\x00", r"the type section: 1 bytes too many \(at byte 11\)"),
        (HEADER + b"\x01\x01\x00\x01\x01\x00", "the type section comes twice"),
        (HEADER + b"\x03\x01\x00\x01\x01\x00", "the type section comes twice or out of order"),
        (HEADER + b"\x0f\x01\x00", "unknown section 15"),
        (HEADER + b"\x03\x02\x01\x00", "there is no type 0"),
        (HEADER + b"\x01\x04\x01\x60\x00\x00\x03\x02\x01\x00", "1 functions have 0 bodies"),
        (HEADER + b"\x0a\x03\x01\x01\x0b", "0 functions have 1 bodies"),
        (HEADER + b"\x02\x05\x01\x00\x00\x05\x00", "unknown kind 5"),
        (HEADER + b"\x07\x05\x01\x01a\x09\x00", "unknown kind 9"),
        (HEADER + b"\x07\x05\x01\x01a\x03\x00", "there is no global 0"),
        (HEADER + b"\x06\x06\x01\x7f\x02\x41\x00\x0b", "neither constant nor variable"),
    ],
)
def test_damaged_files(data: bytes, reason: str) -> None:
    with pytest.raises(MalformedModule, match=reason):
        read_module(data)


@pytest.mark.parametrize("cut", range(len(wasmtime.wat2wasm(TEXT))))
def test_cut_anywhere(cut: int) -> None:
    data = bytes(wasmtime.wat2wasm(TEXT))[:cut]
    at_a_border = cut in _borders(data)
    try:
        read_module(data)
    except MalformedModule:
        return
    assert at_a_border


def _borders(data: bytes) -> set[int]:
    """Where a whole number of sections has been read."""
    borders, pos = {8}, 8
    while pos + 1 < len(data):
        pos += 2 + data[pos + 1]
        borders.add(pos)
    return borders


@pytest.mark.parametrize(
    "data", [HEADER + b"\x0d\x01\x00", HEADER + b"\x02\x06\x01\x00\x00\x04\x00\x00"]
)
def test_exceptions_are_refused(data: bytes) -> None:
    with pytest.raises(RefusedModule, match="uses exceptions"):
        read_module(data)


def test_size_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "MAX_MODULE_BYTES", 1 << 20)
    with pytest.raises(RefusedModule, match="is larger than 1 MiB"):
        read_module(bytes((1 << 20) + 1))


def test_no_section_of_a_program_is_lost(program: Callable[..., bytes]) -> None:
    found = read_module(program("", '(import "pagebox" "umask" (func (param i32) (result i32)))'))
    assert CODE in found.sections
    assert sorted(parts.NAMES) == sorted(parts.ORDER)
