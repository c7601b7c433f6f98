"""Types and limits as they stand in a file."""

import pytest

from orchestrator.wasm import MalformedModule, RefusedModule
from orchestrator.wasm.reader import Reader
from orchestrator.wasm.types import (
    FuncType,
    Limits,
    Table,
    read_func_type,
    read_limits,
    read_reference_type,
    read_table,
    read_value_type,
)


def over(raw: bytes) -> Reader:
    return Reader(raw, 0, len(raw), "here")


def test_signature_as_text() -> None:
    raw = b"\x60\x07\x7f\x7e\x7d\x7c\x7b\x70\x6f\x02\x7f\x7e"
    assert read_func_type(over(raw)) == FuncType("iIfFvre", "iI")
    assert str(read_func_type(over(raw))) == "iIfFvre>iI"


@pytest.mark.parametrize("form", [0x5E, 0x5F, 0x4E, 0x50])
def test_newer_kinds_of_type_are_refused(form: int) -> None:
    with pytest.raises(RefusedModule, match="garbage collection"):
        read_func_type(over(bytes([form, 0, 0])))


@pytest.mark.parametrize("byte", [0x63, 0x64, 0x6E, 0x69, 0x40, 0x00])
def test_newer_value_types_are_refused(byte: int) -> None:
    with pytest.raises(RefusedModule, match=f"{byte:#04x}"):
        read_value_type(over(bytes([byte])))


def test_a_number_is_no_reference() -> None:
    with pytest.raises(RefusedModule, match="0x7f"):
        read_reference_type(over(b"\x7f"))


def test_limits() -> None:
    assert read_limits(over(b"\x00\x11")) == Limits(17, None)
    assert read_limits(over(b"\x01\x11\x80\x01")) == (17, 128)
    assert read_table(over(b"\x70\x01\x01\x02")) == Table(0x70, Limits(1, 2))


@pytest.mark.parametrize(
    ("flags", "words"),
    [(2, "shared memory"), (3, "threads"), (4, "64-bit"), (5, "64-bit"), (8, "page size")],
)
def test_other_memories_are_refused(flags: int, words: str) -> None:
    with pytest.raises(RefusedModule, match=words):
        read_limits(over(bytes([flags, 1, 1])))


def test_unknown_limits() -> None:
    with pytest.raises(MalformedModule, match="unknown kind of limits 0x10"):
        read_limits(over(b"\x10\x01"))
