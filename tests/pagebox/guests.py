"""Small modules written as text, each of which ends badly in its own way."""

import wasmtime

_PROGRAM = (
    '(module {head} (memory (export "memory") {pages}) {fields} (func (export "_start") {body}))'
)


def program(body: str = "", *, head: str = "", fields: str = "", pages: str = "1") -> bytes:
    """A WASI command: `head` holds imports, `fields` other functions."""
    return bytes(
        wasmtime.wat2wasm(_PROGRAM.format(head=head, fields=fields, body=body, pages=pages))
    )


REFUSED: dict[str, bytes] = {
    "foreign import": program(head='(import "env" "system" (func))'),
    "unknown call": program(head='(import "wasi_snapshot_preview1" "fd_fly" (func))'),
    "wrong type": program(head='(import "wasi_snapshot_preview1" "fd_close" (func (param i64)))'),
    "yields by itself": program(head='(import "pagebox" "yield" (func (result i32)))'),
    "no start": bytes(wasmtime.wat2wasm('(module (memory (export "memory") 1))')),
    "no memory": bytes(wasmtime.wat2wasm('(module (func (export "_start")))')),
    "2 GiB of memory": program(pages="32768"),
    "truncated": program("nop")[:-3],
    "header alone": b"\0asm",
    "rubbish after the header": b"\0asm\1\0\0\0" + bytes(range(200, 256)) * 4,
    "another version": b"\0asm\2\0\0\0",
}

TRAPS: dict[str, tuple[bytes, int]] = {
    "unreachable": (program("unreachable"), 134),
    "division by zero": (program("i32.const 1 i32.const 0 i32.div_s drop"), 139),
    "out of bounds": (program("i32.const -4 i32.load drop"), 139),
    "endless recursion": (
        program(
            "call $f",
            fields="(func $f (param i32) call $f i32.const 1 drop)".replace("(param i32) ", ""),
        ),
        139,
    ),
    "no such function": (
        program("i32.const 7 call_indirect", fields="(table 1 funcref)"),
        139,
    ),
}
