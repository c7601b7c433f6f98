"""The instructions that are seldom: how long they are, what they need, and which are refused."""

from collections.abc import Callable, Mapping
from enum import IntEnum

from orchestrator.wasm.errors import RefusedModule
from orchestrator.wasm.reader import Reader
from orchestrator.wasm.types import read_reference_type, read_value_type


class SiteKind(IntEnum):
    """What is to be done at a place in a body."""

    FUNCTION = 0
    """Renumber a function; the operand is its index."""
    LOOP = 1
    """Count a turn of a loop; the operand is its size as `code.scan` measures it."""
    GROW = 2
    """Ask the host before `memory.grow`."""
    BULK = 3
    """Charge for what a bulk instruction will move; the operand is how much, or -1 if unknown."""


Site = tuple[int, int, SiteKind, int]
"""Start and end of the bytes to replace (equal where something is only put in), kind, operand."""

_Step = Callable[[Reader], None]

_EXCEPTIONS = (0x06, 0x07, 0x08, 0x09, 0x0A, 0x18, 0x19, 0x1F)
_GARBAGE_COLLECTION = (0x14, 0x15, 0xD3, 0xD4, 0xD5, 0xD6, 0xFB)
_ATOMIC = 0xFE
_BULK_PREFIX = 0xFC
_VECTOR_PREFIX = 0xFD
_RETURN_CALL = 0x12
_MEMORY_GROW = 0x40
_REF_FUNC = 0xD2

_MEMORY_COPY = 10
_RELAXED_SIMD = 0x100
_VECTOR_HOLES = frozenset(
    bytes.fromhex("9aa2a5a6afb0b2b3b4bb c2c5c6cfd0d2d3d4e2ee"),
)
"""Numbers below 0x100 that name no vector instruction."""


def read_rare(
    data: bytes, pos: int, end: int, functions: int, features: set[str], sites: list[Site]
) -> int:
    """Step over one instruction that `code.scan` leaves to this module.

    Args:
        data, pos, end: the module, the place of the opcode, the end of the body.
        functions: how many functions the module has.
        features, sites: receive what was met.

    Returns:
        The position after the instruction.

    Raises:
        MalformedModule: it is cut short or names what does not exist.
        RefusedModule: it is not available here.
    """
    opcode = data[pos]
    reader = Reader(data, pos + 1, end, "the code section")
    if opcode == _BULK_PREFIX:
        _read_prefixed(reader, pos, features, sites)
    elif opcode == _VECTOR_PREFIX:
        features.add("simd")
        _skip_vector(reader)
    elif opcode in (_RETURN_CALL, _REF_FUNC):
        features.add("tail-call" if opcode == _RETURN_CALL else "reference-types")
        index = reader.index(functions, "function")
        sites.append((pos + 1, reader.pos, SiteKind.FUNCTION, index))
    else:
        feature, step = _STEPS.get(opcode) or _refuse(opcode)
        if opcode == _MEMORY_GROW:
            sites.append((pos, pos, SiteKind.GROW, 0))
        if feature:
            features.add(feature)
        step(reader)
    return reader.pos


def _refuse(opcode: int) -> tuple[str, _Step]:
    if opcode in _EXCEPTIONS:
        raise RefusedModule("uses exceptions, which are not available here")
    if opcode == _ATOMIC:
        raise RefusedModule("uses atomic instructions; threads are not available here")
    if opcode in _GARBAGE_COLLECTION:
        raise RefusedModule(
            "uses garbage collection or typed references, which are not available here"
        )
    raise RefusedModule(f"uses the unknown instruction {opcode:#04x}")


def _nothing(reader: Reader) -> None:
    pass


def _integer(reader: Reader) -> None:
    reader.skip_integer()


def _two_integers(reader: Reader) -> None:
    reader.skip_integer()
    reader.skip_integer()


def _first_memory(reader: Reader) -> None:
    reader.index(1, "memory")


def _two_memories(reader: Reader) -> None:
    _first_memory(reader)
    _first_memory(reader)


def _segment_and_memory(reader: Reader) -> None:
    reader.skip_integer()
    _first_memory(reader)


def _value_types(reader: Reader) -> None:
    for _ in range(reader.count()):
        read_value_type(reader)


def _reference_type(reader: Reader) -> None:
    read_reference_type(reader)


_STEPS: Mapping[int, tuple[str, _Step]] = {
    0x1C: ("reference-types", _value_types),
    0x25: ("reference-types", _integer),
    0x26: ("reference-types", _integer),
    0x3F: ("", _first_memory),
    _MEMORY_GROW: ("", _first_memory),
    0xC0: ("sign-extension", _nothing),
    0xC1: ("sign-extension", _nothing),
    0xC2: ("sign-extension", _nothing),
    0xC3: ("sign-extension", _nothing),
    0xC4: ("sign-extension", _nothing),
    0xD0: ("reference-types", _reference_type),
}

_BULK_STEPS: Mapping[int, _Step] = {
    8: _segment_and_memory,
    9: _integer,
    _MEMORY_COPY: _two_memories,
    11: _first_memory,
    12: _two_integers,
    13: _integer,
    14: _two_integers,
    15: _integer,
    16: _integer,
    17: _integer,
}
"""memory.init data.drop memory.copy memory.fill table.init elem.drop table.copy/grow/size/fill."""

_SIZED = (8, _MEMORY_COPY, 11, 12, 14, 17)
"""Those whose work grows with the number on top of the stack. `table.grow` is not among them:
the rewriter bounds the size of every table."""


def _read_prefixed(reader: Reader, pos: int, features: set[str], sites: list[Site]) -> None:
    """The 0xFC group: saturating conversions, bulk memory, tables."""
    number = reader.u32()
    if number < 8:
        features.add("saturating-float")
        return
    step = _BULK_STEPS.get(number)
    if step is None:
        raise RefusedModule(f"uses the unknown instruction 0xfc {number}")
    features.add("bulk-memory" if number < 15 else "reference-types")
    if number in _SIZED:
        sites.append((pos, pos, SiteKind.BULK, -1))
    step(reader)


def _skip_vector(reader: Reader) -> None:
    """The 0xFD group: 128-bit vectors."""
    number = reader.u32()
    if number >= _RELAXED_SIMD or number in _VECTOR_HOLES:
        raise RefusedModule(
            f"uses the vector instruction {number:#x}, which is unknown or gives other results"
            " on other machines"
        )
    if number <= 11 or 84 <= number <= 93:
        _skip_memory_operand(reader)
    if number in (12, 13):
        reader.take(16)
    elif 21 <= number <= 34 or 84 <= number <= 91:
        reader.byte()


def _skip_memory_operand(reader: Reader) -> None:
    if reader.u32() >= 0x20:
        raise reader.fail("no such alignment")
    reader.skip_integer()
