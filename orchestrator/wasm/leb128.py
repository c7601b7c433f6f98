"""LEB128, the variable-length integers of the WebAssembly binary format (core spec 5.2.2)."""

from orchestrator.wasm.errors import MalformedModule

MAX_U32 = 0xFFFFFFFF
MAX_U32_BYTES = 5
MAX_BYTES = 10


def encode_u32(value: int) -> bytes:
    """The shortest encoding of an unsigned integer.

    Args:
        value: 0 to 2**32 - 1.

    Raises:
        ValueError: the value does not fit.
    """
    if not 0 <= value <= MAX_U32:
        raise ValueError(f"{value} is not a u32")
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def encode_s32(value: int) -> bytes:
    """The shortest encoding of a signed integer, as `i32.const` takes it.

    Args:
        value: -2**31 to 2**31 - 1.

    Raises:
        ValueError: the value does not fit.
    """
    if not -0x80000000 <= value <= 0x7FFFFFFF:
        raise ValueError(f"{value} is not an s32")
    out = bytearray()
    while not -0x40 <= value <= 0x3F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value & 0x7F)
    return bytes(out)


def decode_u32(data: bytes, pos: int, end: int) -> tuple[int, int]:
    """Read one unsigned integer; padded encodings (linkers leave them behind) are accepted.

    Args:
        data: the module.
        pos: where the integer starts.
        end: first byte that no longer belongs to what holds it.

    Returns:
        The value, and the position after it.

    Raises:
        MalformedModule: it is cut short, longer than five bytes or larger than 32 bits.
    """
    value = 0
    for index in range(MAX_U32_BYTES):
        if pos + index >= end:
            raise MalformedModule("an integer is cut short", pos)
        byte = data[pos + index]
        value |= (byte & 0x7F) << (7 * index)
        if byte < 0x80 and value <= MAX_U32:
            return value, pos + index + 1
    raise MalformedModule("an integer is larger than 32 bits", pos)


def skip(data: bytes, pos: int, end: int) -> int:
    """Step over one integer of at most 64 bits, of either sign.

    Returns:
        The position after it.

    Raises:
        MalformedModule: it is cut short or longer than ten bytes.
    """
    for at in range(pos, min(pos + MAX_BYTES, end)):
        if data[at] < 0x80:
            return at + 1
    raise MalformedModule("an integer is cut short or too long", pos)
