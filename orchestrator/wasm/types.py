"""The records a module is described with: types, limits, imports, exports."""

from dataclasses import dataclass
from typing import NamedTuple

from orchestrator.wasm.errors import RefusedModule
from orchestrator.wasm.reader import Reader

VALUE_LETTERS = {
    0x7F: "i",
    0x7E: "I",
    0x7D: "f",
    0x7C: "F",
    0x7B: "v",
    0x70: "r",
    0x6F: "e",
}
"""Value type byte to the letter used in signatures: i32 i64 f32 f64 v128 funcref externref."""

REFERENCE_TYPES = (0x70, 0x6F)
PAGE_SIZE = 65536

_SHARED = 0x02
_WIDE = 0x04
_PAGE_SIZED = 0x08


class Limits(NamedTuple):
    """Size of a memory (in pages of 64 KiB) or of a table (in entries); `maximum` may be open."""

    initial: int
    maximum: int | None


@dataclass(frozen=True, slots=True)
class FuncType:
    """Parameters and results, a letter each: `FuncType("iI", "i")`."""

    params: str
    results: str

    def __str__(self) -> str:
        return f"{self.params}>{self.results}"


@dataclass(frozen=True, slots=True)
class Table:
    """A table: the byte of its reference type, and its size in entries."""

    reference: int
    limits: Limits


@dataclass(frozen=True, slots=True)
class Import:
    """What a module asks for. `kind` is function, table, memory or global.

    `signature` is that of a function, written like `iIi>i`, and empty for the other kinds.
    """

    module: str
    name: str
    kind: str
    signature: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(frozen=True, slots=True)
class Export:
    """What a module offers. `index` counts functions, tables, memories or globals by `kind`."""

    name: str
    kind: str
    index: int


def read_value_type(reader: Reader) -> str:
    """The letter of the next value type."""
    byte = reader.byte()
    letter = VALUE_LETTERS.get(byte)
    if letter is None:
        raise _unknown_type(byte)
    return letter


def read_reference_type(reader: Reader) -> int:
    """The byte of the next reference type, funcref or externref."""
    byte = reader.byte()
    if byte not in REFERENCE_TYPES:
        raise _unknown_type(byte)
    return byte


def read_func_type(reader: Reader) -> FuncType:
    """The next entry of the type section."""
    form = reader.byte()
    if form != 0x60:
        raise _unknown_type(form)
    params = "".join([read_value_type(reader) for _ in range(reader.count())])
    results = "".join([read_value_type(reader) for _ in range(reader.count())])
    return FuncType(params, results)


def read_limits(reader: Reader) -> Limits:
    """The next size, of 32 bits and not shared between threads."""
    flags = reader.byte()
    if flags & _SHARED:
        raise RefusedModule("uses shared memory; threads are not available here")
    if flags & _WIDE:
        raise RefusedModule("uses 64-bit memory, which is not available here")
    if flags & _PAGE_SIZED:
        raise RefusedModule("uses its own page size, which is not available here")
    if flags > 1:
        raise reader.fail(f"unknown kind of limits {flags:#x}")
    initial = reader.u32()
    return Limits(initial, reader.u32() if flags else None)


def read_table(reader: Reader) -> Table:
    """The next entry of the table section."""
    return Table(read_reference_type(reader), read_limits(reader))


def _unknown_type(byte: int) -> RefusedModule:
    return RefusedModule(
        f"uses a type ({byte:#04x}) of the garbage collection, typed reference or exception"
        " proposals, which are not available here"
    )
