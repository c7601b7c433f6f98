"""Puts sections back together."""

from collections.abc import Iterable, Sequence

from orchestrator.wasm.expressions import Spot
from orchestrator.wasm.leb128 import encode_u32
from orchestrator.wasm.types import VALUE_LETTERS, FuncType, Import, Limits, Table

_LETTER_BYTES = {letter: byte for byte, letter in VALUE_LETTERS.items()}


def write_section(number: int, *parts: bytes) -> bytes:
    """A section with its header."""
    size = sum(map(len, parts))
    return b"".join((bytes([number]), encode_u32(size), *parts))


def write_custom(name: str, *parts: bytes) -> bytes:
    """A custom section."""
    return write_section(0, write_name(name), *parts)


def write_vector(items: Sequence[bytes]) -> bytes:
    """A vector of entries that are already encoded."""
    return b"".join((encode_u32(len(items)), *items))


def write_name(name: str) -> bytes:
    """A name."""
    raw = name.encode()
    return encode_u32(len(raw)) + raw


def write_func_type(signature: FuncType) -> bytes:
    """An entry of the type section."""
    return b"\x60" + _letters(signature.params) + _letters(signature.results)


def write_function_import(item: Import, type_index: int) -> bytes:
    """An entry of the import section, of a function."""
    return b"".join((write_name(item.module), write_name(item.name), b"\0", encode_u32(type_index)))


def write_table(table: Table) -> bytes:
    """An entry of the table section."""
    return bytes([table.reference]) + _limits(table.limits)


def patch(data: bytes, start: int, end: int, spots: Iterable[Spot], numbers: list[bytes]) -> bytes:
    """A copy of `data[start:end]` with the function indices at `spots` replaced.

    Args:
        data, start, end: the module and the part to copy.
        spots: places within the part, in ascending order.
        numbers: the new number of each function, encoded.
    """
    parts: list[bytes] = []
    for at, after, index in spots:
        parts += (data[start:at], numbers[index])
        start = after
    parts.append(data[start:end])
    return b"".join(parts)


def _letters(letters: str) -> bytes:
    return encode_u32(len(letters)) + bytes([_LETTER_BYTES[letter] for letter in letters])


def _limits(limits: Limits) -> bytes:
    if limits.maximum is None:
        return b"\0" + encode_u32(limits.initial)
    return b"\1" + encode_u32(limits.initial) + encode_u32(limits.maximum)
