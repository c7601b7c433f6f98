"""LEB128 against the arithmetic definition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.wasm import MalformedModule
from orchestrator.wasm.leb128 import decode_u32, encode_s32, encode_u32, skip

U32 = st.integers(0, 2**32 - 1)
S32 = st.integers(-(2**31), 2**31 - 1)


def decode_signed(raw: bytes) -> int:
    value = sum((byte & 0x7F) << 7 * index for index, byte in enumerate(raw))
    return value - (1 << 7 * len(raw)) if raw[-1] & 0x40 else value


@given(U32, st.binary(max_size=3))
def test_unsigned_round_trip_wherever_it_stands(value: int, before: bytes) -> None:
    raw = encode_u32(value)
    data = before + raw + b"\x80"
    assert decode_u32(data, len(before), len(data)) == (value, len(before) + len(raw))


@given(S32)
def test_signed_round_trip(value: int) -> None:
    assert decode_signed(encode_s32(value)) == value


@given(S32)
def test_signed_is_shortest(value: int) -> None:
    raw = encode_s32(value)
    bits = 7 * (len(raw) - 1)
    assert not raw[1:] or not -(1 << bits - 1) <= value < 1 << bits - 1


def test_padded_encodings_are_read() -> None:
    assert decode_u32(b"\x83\x80\x80\x80\x00", 0, 5) == (3, 5)


@pytest.mark.parametrize("value", [-1, 2**32])
def test_what_does_not_fit_is_not_encoded(value: int) -> None:
    with pytest.raises(ValueError, match="not a u32"):
        encode_u32(value)


@pytest.mark.parametrize("value", [-(2**31) - 1, 2**31])
def test_what_does_not_fit_signed_is_not_encoded(value: int) -> None:
    with pytest.raises(ValueError, match="not an s32"):
        encode_s32(value)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "cut short"),
        (b"\x80\x80", "cut short"),
        (b"\x80\x80\x80\x80\x80\x00", "larger than 32 bits"),
        (b"\xff\xff\xff\xff\x10", "larger than 32 bits"),
    ],
)
def test_bad_integers_say_where(raw: bytes, reason: str) -> None:
    with pytest.raises(MalformedModule, match=rf"{reason} \(at byte 1\)"):
        decode_u32(b"\0" + raw, 1, 1 + len(raw))


def test_the_end_is_kept_even_if_data_goes_on() -> None:
    with pytest.raises(MalformedModule, match="cut short"):
        decode_u32(b"\x80\x01", 0, 1)


@given(st.integers(1, 10))
def test_skip_passes_any_length_up_to_ten(length: int) -> None:
    raw = b"\xff" * (length - 1) + b"\x7f"
    assert skip(raw + b"\x80", 0, length + 1) == length


@pytest.mark.parametrize("raw", [b"", b"\x80", b"\x80" * 10 + b"\0"])
def test_skip_refuses_what_has_no_end(raw: bytes) -> None:
    with pytest.raises(MalformedModule):
        skip(raw, 0, len(raw))
