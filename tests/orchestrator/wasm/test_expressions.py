"""Constant expressions: where they end, and which functions they name."""

import pytest

from orchestrator.wasm import MalformedModule, RefusedModule
from orchestrator.wasm.expressions import read_expression, read_function_index
from orchestrator.wasm.reader import Reader


def over(raw: bytes) -> Reader:
    return Reader(raw, 0, len(raw), "here")


@pytest.mark.parametrize(
    "raw",
    [
        b"\x41\x7f\x0b",
        b"\x42\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00\x0b",
        b"\x43\x0b\x0b\x0b\x0b\x0b",
        b"\x44" + b"\x0b" * 8 + b"\x0b",
        b"\xfd\x0c" + b"\x0b" * 16 + b"\x0b",
        b"\x23\x01\x41\x08\x6a\x0b",
        b"\xd0\x70\x0b",
    ],
    ids=["i32", "i64", "f32", "f64", "v128", "sum of a global", "null"],
)
def test_ends_where_it_ends(raw: bytes) -> None:
    reader = over(raw)
    assert read_expression(reader, 0, 2) == []
    reader.finish()


def test_finds_functions() -> None:
    assert read_expression(over(b"\xd2\x83\x00\x0b"), 4, 0) == [(1, 3, 3)]
    assert read_function_index(over(b"\x02"), 3) == (0, 1, 2)


def test_a_function_must_exist() -> None:
    with pytest.raises(MalformedModule, match="there is no function 4"):
        read_expression(over(b"\xd2\x04\x0b"), 4, 0)


def test_a_global_must_exist() -> None:
    with pytest.raises(MalformedModule, match="there is no global 1"):
        read_expression(over(b"\x23\x01\x0b"), 0, 1)


@pytest.mark.parametrize("raw", [b"\x10\x00\x0b", b"\xfd\x0d\x0b", b"\xfb\x1c\x0b"])
def test_code_is_no_constant(raw: bytes) -> None:
    with pytest.raises(RefusedModule, match="initial value"):
        read_expression(over(raw), 9, 9)


def test_cut_short() -> None:
    with pytest.raises(MalformedModule, match="cut short"):
        read_expression(over(b"\x41\x00"), 0, 0)
