"""The seldom instructions: where they end and what is noted of them."""

import pytest

from orchestrator.wasm import MalformedModule, RefusedModule
from orchestrator.wasm.operands import Site, SiteKind, read_rare


def read(raw: bytes) -> tuple[int, list[Site], set[str]]:
    sites: list[Site] = []
    features: set[str] = set()
    end = read_rare(raw + b"\xff" * 20, 0, len(raw), 4, features, sites)
    return end, sites, features


@pytest.mark.parametrize(
    ("raw", "feature"),
    [
        (b"\xc0", "sign-extension"),
        (b"\x25\x00", "reference-types"),
        (b"\x1c\x02\x7f\x7e", "reference-types"),
        (b"\xfc\x07", "saturating-float"),
        (b"\xfc\x89\x00\x01", "bulk-memory"),
        (b"\xfc\x0f\x00", "reference-types"),
        (b"\xfd\x0d" + bytes(16), "simd"),
        (b"\xfd\x15\x0f", "simd"),
        (b"\xfd\x54\x00\x80\x01\x03", "simd"),
        (b"\xfd\x5c\x02\x00", "simd"),
        (b"\xfd\xff\x01", "simd"),
    ],
)
def test_ends_and_is_named(raw: bytes, feature: str) -> None:
    assert read(raw) == (len(raw), [], {feature})


def test_memory_size_is_nothing_special() -> None:
    assert read(b"\x3f\x00") == (2, [], set())


@pytest.mark.parametrize("number", [8, 10, 11, 12, 14, 17])
def test_bulk_instructions_are_noted_where_they_start(number: int) -> None:
    operands = b"\0" if number in (11, 17) else b"\0\0"
    assert read(bytes([0xFC, number]) + operands)[1] == [(0, 0, SiteKind.BULK, -1)]


def test_functions_are_noted_where_their_number_is() -> None:
    assert read(b"\xd2\x83\x00")[1] == [(1, 3, SiteKind.FUNCTION, 3)]
    assert read(b"\x12\x02")[1] == [(1, 2, SiteKind.FUNCTION, 2)]


@pytest.mark.parametrize("raw", [b"\x40\x01", b"\xfc\x0a\x00\x01", b"\xfc\x0b\x01"])
def test_there_is_one_memory(raw: bytes) -> None:
    with pytest.raises(MalformedModule, match="there is no memory 1"):
        read(raw)


@pytest.mark.parametrize("raw", [b"\xfd\x00\x42\x00\x00", b"\xfd\x54\x40\x00\x00"])
def test_no_memory_number_in_vector_loads(raw: bytes) -> None:
    with pytest.raises(MalformedModule, match="no such alignment"):
        read(raw)


def test_holes_among_the_vector_instructions() -> None:
    with pytest.raises(RefusedModule, match="vector instruction 0x9a"):
        read(b"\xfd\x9a\x01")
