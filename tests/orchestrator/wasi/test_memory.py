"""Bounds of a guest's memory, and a view that goes stale."""

import errno

import pytest

from orchestrator.wasi.memory import BytesMemory, Memory, ViewMemory

WIDTHS = {"u8": 1, "u16": 2, "u32": 4, "u64": 8}


class PlainMemory(Memory):
    """Only the three primitives: what an engine must supply at least."""

    def __init__(self, size: int) -> None:
        self.buffer = bytearray(size)

    def size(self) -> int:
        return len(self.buffer)

    def read(self, ptr: int, size: int) -> bytes:
        self.check(ptr, size)
        return bytes(self.buffer[ptr : ptr + size])

    def write(self, ptr: int, data: bytes) -> None:
        self.check(ptr, len(data))
        self.buffer[ptr : ptr + len(data)] = data


@pytest.fixture(params=[PlainMemory, BytesMemory])
def memory(request: pytest.FixtureRequest) -> Memory:
    return request.param(64)


@pytest.mark.parametrize("name", WIDTHS)
def test_integers_are_little_endian_and_fit_to_the_last_byte(memory: Memory, name: str) -> None:
    width = WIDTHS[name]
    value = 0x8877665544332211 & (1 << 8 * width) - 1
    getattr(memory, f"store_{name}")(64 - width, value)
    assert memory.read(64 - width, width) == value.to_bytes(width, "little")
    assert getattr(memory, f"load_{name}")(64 - width) == value
    assert memory.read(0, 64 - width) == bytes(64 - width)


@pytest.mark.parametrize("name", WIDTHS)
@pytest.mark.parametrize("ptr", [-1, 64, 1 << 31, (1 << 32) - 1, 1 << 64])
def test_integers_outside_are_efault(memory: Memory, name: str, ptr: int) -> None:
    with pytest.raises(OSError, match="bad address") as caught:
        getattr(memory, f"load_{name}")(ptr)
    assert caught.value.errno == errno.EFAULT
    with pytest.raises(OSError, match="bad address") as caught:
        getattr(memory, f"store_{name}")(ptr, 1)
    assert caught.value.errno == errno.EFAULT


@pytest.mark.parametrize(
    ("ptr", "size"), [(-1, 1), (0, -1), (63, 2), (65, 0), (0, 65), (1 << 32, 0), (0, 1 << 32)]
)
def test_ranges_outside_are_efault_and_nothing_is_written(
    memory: Memory, ptr: int, size: int
) -> None:
    for access in (memory.check, memory.read):
        with pytest.raises(OSError, match="bad address") as caught:
            access(ptr, size)
        assert caught.value.errno == errno.EFAULT
    if 0 <= size < 1 << 20:
        with pytest.raises(OSError, match="bad address"):
            memory.write(ptr, b"x" * size)
        assert memory.read(0, 64) == bytes(64)


def test_an_empty_range_at_the_very_end_is_inside(memory: Memory) -> None:
    assert memory.read(64, 0) == b""
    memory.write(64, b"")
    memory.check(64, 0)


def test_a_pair_is_two_integers(memory: Memory) -> None:
    memory.write(8, bytes([1, 0, 0, 0, 2, 0, 0, 0]))
    assert memory.load_pair(8) == (1, 2)
    with pytest.raises(OSError, match="bad address"):
        memory.load_pair(57)


def test_values_are_cut_to_their_width(memory: Memory) -> None:
    memory.store_u32(0, -1)
    memory.store_u64(8, 1 << 64)
    memory.store_u16(16, 0x12345)
    memory.store_u8(18, 0x1FF)
    assert memory.read(0, 19) == b"\xff" * 4 + bytes(12) + b"\x45\x23\xff"


def test_a_stale_view_is_fetched_again_before_an_access_fails() -> None:
    memory = BytesMemory(64)
    memory.store_u32(0, 7)
    memory.grow(64)
    memory.store_u32(124, 9)
    assert memory.load_u32(124) == 9
    assert memory.load_u32(0) == 7
    assert memory.size() == 128


def test_after_a_growth_was_announced_nothing_old_is_read() -> None:
    memory = BytesMemory(64)
    memory.store_u32(0, 7)
    memory.expect_growth()
    memory.grow(64)
    memory.buffer[0] = 8
    assert memory.load_u32(0) == 8


def test_size_never_answers_from_the_cache() -> None:
    memory = BytesMemory(64)
    assert memory.size() == 64
    memory.grow(1)
    assert memory.size() == 65


def test_a_view_memory_must_say_where_its_view_is() -> None:
    with pytest.raises(NotImplementedError):
        ViewMemory().size()


def test_nothing_can_be_written_to_a_memory_not_yet_looked_at() -> None:
    memory = BytesMemory(8)
    memory.write(0, b"")
    assert BytesMemory(8).read(0, 0) == b""


def test_the_fill_is_everywhere() -> None:
    assert BytesMemory(3, 0xA5).read(0, 3) == b"\xa5\xa5\xa5"
