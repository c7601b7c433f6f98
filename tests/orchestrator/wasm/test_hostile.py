"""Damaged and forged modules: never anything but `WasmError`, and never a way round a check."""

from functools import cache

import wasmtime
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.wasm import WasmError, inspect, instrument

RICH = """
(module
  (type $op (func (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $close (type $op)))
  (memory (export "memory") 1 4)
  (table 3 9 funcref) (elem (i32.const 0) func $op $op) (elem $s funcref (ref.func $go))
  (global $g (mut i32) (i32.const 4)) (global funcref (ref.func $go))
  (data $d "text") (data (i32.const 9) "more")
  (func $op (type $op) (local i64 i64 f32) local.get 0 i32.const -2 i32.add call $close)
  (func $go (export "_start")
    i32.const 1 i32.const 3 call_indirect (type $op) drop
    loop $l
      block i32.const 1 br_table 0 $l 0 end
      f64.const 2.5 drop f32.const 1 drop i64.const 99999999 drop
      i32.const 8 v128.load offset=300 i8x16.extract_lane_s 3 drop
      i32.const 0 i32.const 0 i32.const 2 memory.init $d
      i32.const 0 i32.const 0 global.get $g memory.fill
      i32.const 1 memory.grow global.set $g
      i32.const 5 i64.load32_u align=2 drop
      i32.const 1 i32.const 2 i32.const 0 select (result i32) drop
      ref.null func drop
      i32.const 1 if (result i32) i32.const 2 else i32.const 3 end drop
    end))
"""


@cache
def rich() -> bytes:
    return bytes(wasmtime.wat2wasm(RICH))


@cache
def engine() -> wasmtime.Engine:
    config = wasmtime.Config()
    for name in dir(wasmtime.Config):
        if name.startswith("wasm_") and not name.startswith(("wasm_backtrace", "wasm_max")):
            setattr(config, name, True)
    return wasmtime.Engine(config)


def is_valid(data: bytes) -> bool:
    try:
        wasmtime.Module.validate(engine(), data)
    except wasmtime.WasmtimeError:
        return False
    return True


def rewritten(data: bytes) -> bytes | None:
    try:
        inspect(data)
        return instrument(data)
    except WasmError:
        return None


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    assert rewritten(data) is None


@given(st.binary(max_size=200))
def test_any_bytes_behind_a_header(data: bytes) -> None:
    assert rewritten(b"\0asm\x01\0\0\0" + data) is None


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A real module with a few bytes replaced, put in, taken out, or cut off."""
    data = bytearray(rich())
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(8, len(data) - 1))
        match draw(st.sampled_from(["replace", "insert", "delete", "cut"])):
            case "replace":
                data[at] = draw(st.integers(0, 255))
            case "insert":
                data[at:at] = draw(st.binary(min_size=1, max_size=4))
            case "delete":
                del data[at : at + draw(st.integers(1, 4))]
            case _:
                del data[at:]
        if len(data) < 10:
            break
    return bytes(data)


@settings(max_examples=1500, deadline=None)
@given(damaged())
def test_a_module_that_is_valid_stays_so(data: bytes) -> None:
    result = rewritten(data)
    if result is not None and is_valid(data):
        assert is_valid(result)


def test_the_undamaged_one_is_accepted() -> None:
    assert is_valid(rich())
    result = rewritten(rich())
    assert result is not None
    assert is_valid(result)


def test_the_time_does_not_explode_with_announced_numbers() -> None:
    """Four thousand million of everything, in a few bytes."""
    many = b"\xff\xff\xff\xff\x0f"
    for section in range(1, 13):
        data = b"\0asm\x01\0\0\0" + bytes([section, len(many)]) + many
        assert rewritten(data) is None
