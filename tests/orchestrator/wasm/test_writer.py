"""What is written can be read again."""

from orchestrator.wasm import Import, Limits
from orchestrator.wasm.reader import Reader
from orchestrator.wasm.types import FuncType, Table, read_func_type, read_table
from orchestrator.wasm.writer import (
    patch,
    write_custom,
    write_func_type,
    write_function_import,
    write_name,
    write_section,
    write_table,
    write_vector,
)


def over(raw: bytes) -> Reader:
    return Reader(raw, 0, len(raw), "here")


def test_types_round_trip() -> None:
    signature = FuncType("iIfFvre", "iI")
    assert read_func_type(over(write_func_type(signature))) == signature


def test_tables_round_trip() -> None:
    for table in (Table(0x70, Limits(3, None)), Table(0x6F, Limits(200, 300))):
        assert read_table(over(write_table(table))) == table


def test_names_are_utf8() -> None:
    assert over(write_name("größe")).name() == "größe"


def test_sections_know_their_size() -> None:
    assert write_section(5, b"a" * 100, b"b" * 100) == b"\x05\xc8\x01" + b"a" * 100 + b"b" * 100
    assert write_custom("hi", b"!") == b"\x00\x04\x02hi!"


def test_vectors_know_their_length() -> None:
    assert write_vector([b"one", b"two"]) == b"\x02onetwo"


def test_imports() -> None:
    item = Import("m", "name", "function", ">i")
    assert write_function_import(item, 200) == b"\x01m\x04name\x00\xc8\x01"


def test_patches_replace_only_their_places() -> None:
    data = b"..<a><b>.."
    assert patch(data, 1, 9, [(2, 5, 1), (5, 8, 0)], [b"-zero-", b"1"]) == b".1-zero-."
    assert patch(data, 1, 9, [], []) == data[1:9]
