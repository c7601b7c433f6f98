"""The walk over instructions: it must agree with an engine about where each of them ends."""

from collections.abc import Iterator

import pytest
import wasmtime

from orchestrator.wasm import MalformedModule, RefusedModule, WasmError, code, inspect
from orchestrator.wasm.code import CALL_SIZE, read_bodies, scan
from orchestrator.wasm.leb128 import encode_u32
from orchestrator.wasm.module import read_module
from orchestrator.wasm.operands import SiteKind

WORLD = """
(type $f (func)) (table 1 funcref) (memory 1) (global (mut i32) (i32.const 0))
(elem declare func 0) (elem $p funcref (ref.func 0)) (data $d "x") (func (param i32)
"""
UNREACHABLE, END = b"\x00", b"\x0b"
EMPTY_LOOP = b"\x03\x40\x0b"

# Everything an instruction can be followed by, including what only newer proposals take.
OPERANDS = [
    b"",
    b"\0",
    b"\0\0",
    b"\0\0\0",
    b"\0\0\0\0",
    bytes(8),
    bytes(16),
    b"\x40",
    b"\x7f",
    b"\x40\x0b",
    b"\x7f\x00\x0b",
    b"\x01\x7f",
    b"\x70",
    b"\x6f",
    b"\x6e",
    b"\x69",
    b"\x63\x70",
    b"\x42\0\0",
    b"\x40\x00\x00",
    b"\x40\0\x0b",
    b"\x01\0\0",
    b"\x02\0\0",
    b"\x80\x00",
    b"\x80\x00\x80\x00",
    b"\xff\x7f\x00\x0b",
    b"\xe3\x7f\x70\x0b",
]


@pytest.fixture(scope="module")
def engine() -> wasmtime.Engine:
    """One that knows every proposal, so that what we refuse is refused by us."""
    config = wasmtime.Config()
    for name in dir(wasmtime.Config):
        if name.startswith("wasm_") and not name.startswith(("wasm_backtrace", "wasm_max")):
            setattr(config, name, True)
    return wasmtime.Engine(config)


def with_body(code: bytes, local_groups: bytes = b"\0") -> bytes:
    """A module with things of every kind, whose last function has this code."""
    module = bytes(wasmtime.wat2wasm(f"(module {WORLD} data.drop $d))"))
    place = read_module(module).sections[10]
    body = local_groups + code + END
    contents = b"\x01" + encode_u32(len(body)) + body
    start = module.index(bytes([10, place.end - place.start]))
    return module[:start] + b"\x0a" + encode_u32(len(contents)) + contents + module[place.end :]


def is_valid(engine: wasmtime.Engine, data: bytes) -> bool:
    try:
        wasmtime.Module.validate(engine, data)
    except wasmtime.WasmtimeError:
        return False
    return True


def instructions() -> Iterator[bytes]:
    for opcode in range(0xFB):
        yield bytes([opcode])
    for prefix, count in ((0xFB, 40), (0xFC, 32), (0xFD, 300), (0xFE, 80)):
        for number in range(count):
            yield bytes([prefix]) + encode_u32(number)
    yield b"\xff"


def loops_found(data: bytes) -> int | None:
    """How many loops the walk sees, or None if it refuses the module."""
    try:
        (body,) = read_bodies(read_module(data), set())
    except WasmError:
        return None
    return sum(kind is SiteKind.LOOP for _, _, kind, _ in body.sites)


def test_every_instruction_ends_where_the_engine_says(engine: wasmtime.Engine) -> None:
    """Code after `unreachable` fits any instruction, so each can be tried with each operand.

    An empty loop follows. If the walk sees more or fewer loops than there are, it took operands
    for instructions, and a guest could hide code from it.
    """
    accepted = set()
    for instruction in instructions():
        for operand in OPERANDS:
            code = UNREACHABLE + instruction + operand + UNREACHABLE + EMPTY_LOOP
            data = with_body(code)
            if not is_valid(engine, data):
                continue
            found = loops_found(data)
            expected = 2 if instruction == b"\x03" else 1
            assert found in (expected, None), (instruction.hex(), operand.hex())
            if found:
                accepted.add(instruction)
    missing = {i.hex() for i in _supported()} - {i.hex() for i in accepted}
    assert not missing


def _supported() -> Iterator[bytes]:
    """All instructions of WebAssembly 2.0, and tail calls; but else and end, which stand apart."""
    yield from (bytes([n]) for n in (*range(5), *range(0x0C, 0x14), 0x1A, 0x1B, 0x1C))
    yield from (bytes([n]) for n in (*range(0x20, 0x27), *range(0x28, 0xC5), 0xD0, 0xD1, 0xD2))
    yield from (bytes([0xFC, n]) for n in range(18))
    holes = bytes.fromhex("9aa2a5a6afb0b2b3b4bb c2c5c6cfd0d2d3d4e2ee")
    yield from (b"\xfd" + encode_u32(n) for n in range(256) if n not in holes)


def sites_of(text: str) -> list[tuple[bytes, str, int]]:
    """What the walk notes in a function: replaced bytes, kind, operand."""
    data = bytes(wasmtime.wat2wasm(f"(module {WORLD} {text}))"))
    (body,) = read_bodies(read_module(data), set())
    return [(data[at:after], kind.name, operand) for at, after, kind, operand in body.sites]


def test_functions_are_noted_with_their_number() -> None:
    assert (
        sites_of("(call 0 (i32.const 1)) (drop (ref.func 0)) (return_call 0 (i32.const 1))")
        == [(b"\0", "FUNCTION", 0)] * 3
    )


def test_loops_are_noted_with_their_size() -> None:
    assert sites_of("loop nop nop nop loop nop i32.const 0 br_if 0 end nop end") == [
        (b"", "LOOP", 3 + 2 + 6 + 1 + 1),
        (b"", "LOOP", 6),
    ]


def test_calls_add_to_the_size() -> None:
    (loop, *_rest) = sites_of("loop i32.const 1 call 0 i32.const 0 call_indirect (type $f) end")
    assert loop == (b"", "LOOP", 2 + 2 + 2 + 3 + 1 + 2 * CALL_SIZE)


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        ("i32.const 40", 40),
        ("i32.const 1000", 1000),
        ("i32.const -1", -1),
        ("i32.const 8192", -1),
        ("local.get 0", -1),
        ("i32.const 1 nop", -1),
    ],
)
def test_bulk_instructions_are_noted_with_a_constant_length(length: str, expected: int) -> None:
    for name in ("memory.copy", "memory.fill", "memory.init $d", "table.init $p"):
        code = f"i32.const 0 i32.const 0 {length} {name}"
        assert sites_of(code) == [(b"", "BULK", expected)]


def test_growth_is_noted() -> None:
    assert sites_of("(drop (memory.grow (i32.const 1)))") == [(b"", "GROW", 0)]


def test_the_work_of_a_body() -> None:
    data = with_body(b"\x01\x01\x41\x05\x10\x00")
    (body,) = read_bodies(read_module(data), set())
    assert (body.end - body.start, body.work) == (7, 7 + CALL_SIZE)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (b"\x10\x01\x0b", "there is no function 1"),
        (b"\x10\xff\xff\xff\xff\xff\x01\x0b", "larger than 32 bits"),
        (b"\x23\x01\x0b", "there is no global 1"),
        (b"\x24\x01\x0b", "there is no global 1"),
        (b"\x28\x42\x00\x00\x0b", "no such alignment"),
        (b"\x02\xe3\x7f\x0b\x0b", "unknown type of a block"),
        (b"\x02\x64\x0b\x0b", "unknown type of a block"),
        (b"\x0e\x20\x00\x0b", "branch table is cut short"),
        (b"\x0b\x0b", "does not end where its body does"),
        (b"\x02\x40\x0b", "does not end where its body does"),
        (b"\x41\x80", "is cut short"),
        (b"\x43\x00\x0b", "does not end where its body does"),
        (b"\xfd\x0c\x00\x0b", "cut short"),
        (b"\xfc\x08\x00\x01\x0b", "there is no memory 1"),
        (b"", "does not end where its body does"),
    ],
)
def test_damaged_code(code: bytes, reason: str) -> None:
    with pytest.raises(MalformedModule, match=reason):
        scan(code, 0, len(code), 1, 1, set())


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (b"\x06\x40", "uses exceptions"),
        (b"\x08\x00", "uses exceptions"),
        (b"\x1f\x40\x00", "uses exceptions"),
        (b"\xfe\x03\x00", "atomic instructions; threads"),
        (b"\xfb\x00\x00", "garbage collection"),
        (b"\x14\x00", "typed references"),
        (b"\xd0\x6e", "garbage collection"),
        (b"\x1c\x01\x63\x70", "garbage collection"),
        (b"\xfd\x80\x02", "vector instruction 0x100, which is unknown or gives other results"),
        (b"\xfc\x13", "unknown instruction 0xfc 19"),
        (b"\x27", "unknown instruction 0x27"),
    ],
)
def test_newer_instructions_are_refused(code: bytes, reason: str) -> None:
    with pytest.raises(RefusedModule, match=reason):
        scan(code + END, 0, len(code) + 1, 1, 1, set())


def test_the_size_of_a_function_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code, "MAX_BODY_BYTES", 1 << 20)
    data = with_body(b"\x01" * (1 << 20))
    with pytest.raises(RefusedModule, match="has a function of more than 1 MiB"):
        inspect(data)


def test_the_number_of_locals_is_bounded() -> None:
    inspect(with_body(b"", encode_u32(50_000) + b"\x01\x7f" * 50_000))
    with pytest.raises(RefusedModule, match="more than 50000 local variables"):
        inspect(with_body(b"", encode_u32(50_001) + b"\x01\x7f" * 50_001))


def test_features_are_named() -> None:
    features: set[str] = set()
    code = "(drop (i32.extend8_s (i32.const 0))) (drop (v128.const i64x2 0 0)) (data.drop $d)"
    data = bytes(wasmtime.wat2wasm(f"(module {WORLD} {code} (return_call 0 (i32.const 0))))"))
    list(read_bodies(read_module(data), features))
    assert features == {"sign-extension", "simd", "bulk-memory", "tail-call"}
