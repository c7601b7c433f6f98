"""The cursor: it reads what is there and never steps outside."""

import pytest

from orchestrator.wasm import MalformedModule, RefusedModule
from orchestrator.wasm.leb128 import encode_u32
from orchestrator.wasm.reader import MAX_ENTRIES, Reader


def reader(raw: bytes) -> Reader:
    """A cursor on `raw` with other data on both sides."""
    return Reader(b"\xaa" * 3 + raw + b"\x01" * 8, 3, 3 + len(raw), "the part")


def test_reads_one_thing_after_the_other() -> None:
    cursor = reader(b"\x07\x81\x01\x02hi\xff\x00\x03\x09")
    assert (cursor.byte(), cursor.u32(), cursor.name()) == (7, 129, "hi")
    cursor.skip_integer()
    assert (cursor.index(4, "thing"), cursor.take(1)) == (3, b"\x09")
    cursor.finish()


def test_a_byte_beyond_the_end() -> None:
    with pytest.raises(MalformedModule, match=r"the part: cut short \(at byte 3\)"):
        reader(b"").byte()


def test_bytes_beyond_the_end() -> None:
    with pytest.raises(MalformedModule, match=r"3 bytes expected, 2 left"):
        reader(b"ab").take(3)


def test_a_count_is_compared_with_what_is_left() -> None:
    with pytest.raises(MalformedModule, match="200 entries announced, 1 bytes left"):
        reader(b"\xc8\x01\x00").count()


def test_a_count_is_bounded() -> None:
    raw = encode_u32(MAX_ENTRIES + 1) + bytes(MAX_ENTRIES + 1)
    with pytest.raises(RefusedModule, match="has 1000001 entries in the part, of at most 1000000"):
        reader(raw).count()
    assert reader(encode_u32(MAX_ENTRIES) + bytes(MAX_ENTRIES)).count() == MAX_ENTRIES


def test_an_index_must_exist() -> None:
    with pytest.raises(MalformedModule, match="there is no table 5"):
        reader(b"\x05").index(5, "table")


def test_names_are_utf8() -> None:
    with pytest.raises(MalformedModule, match="not UTF-8"):
        reader(b"\x01\xff").name()


def test_what_is_left_over_is_an_error() -> None:
    with pytest.raises(MalformedModule, match="2 bytes too many"):
        reader(b"ab").finish()
