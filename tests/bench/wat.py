"""Guests made by hand, so that nothing but the call itself is measured."""

from __future__ import annotations

import wasmtime

CALLS = 200_000
PIPE_BYTES = {64: 512 << 20, 4: 128 << 20}  # by KiB a block

_IMPORTS = """
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))"""
_WRITE = "(call $write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 8))"
_CLOCK = "(call $clock (i32.const 1) (i64.const 1) (i32.const 8))"
_NOTHING = "(i32.const 0)"


def _module(block: int, start: str) -> bytes:
    """A guest with an iovec at 16 for `block` bytes at 64, and room for a result at 8."""
    text = f"""(module {_IMPORTS}
      (memory (export "memory") 2)
      (func (export "_start") (local $i i32)
        (i32.store (i32.const 16) (i32.const 64))
        (i32.store (i32.const 20) (i32.const {block}))
        {start}))"""
    return bytes(wasmtime.wat2wasm(text))


def _repeat(call: str, count: int) -> str:
    return f"""(loop $again
      (if {call} (then unreachable))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $i) (i32.const {count}))))"""


def _drain() -> str:
    return """(loop $again
      (if (call $read (i32.const 0) (i32.const 16) (i32.const 1) (i32.const 8)) (then unreachable))
      (br_if $again (i32.load (i32.const 8))))"""


def modules() -> dict[str, bytes]:
    """The guests by name."""
    return {
        "empty": _module(64, _repeat(_NOTHING, CALLS)),
        "write": _module(64, _repeat(_WRITE, CALLS)),
        "clock": _module(64, _repeat(_CLOCK, CALLS)),
        "produce64": _module(64 << 10, _repeat(_WRITE, PIPE_BYTES[64] // (64 << 10))),
        "produce4": _module(4 << 10, _repeat(_WRITE, PIPE_BYTES[4] // (4 << 10))),
        "drain64": _module(64 << 10, _drain()),
        "drain4": _module(4 << 10, _drain()),
    }
