import ctypes

import pytest
from paper import PAGE, PaperGlue

from orchestrator.platform.browser.memory import STAGING_BYTES, RunningMemory, staging_at


@pytest.fixture
def glue() -> PaperGlue:
    return PaperGlue()


@pytest.fixture
def memory(glue: PaperGlue) -> RunningMemory:
    return RunningMemory(glue, staging_at(glue.link({})))


def test_bytes_go_in_and_out(glue: PaperGlue, memory: RunningMemory) -> None:
    memory.write(10, b"pagebox")
    assert glue.memory[9:18] == b"\0pagebox\0"
    assert memory.read(10, 7) == b"pagebox"


def test_integers_are_little_endian(glue: PaperGlue, memory: RunningMemory) -> None:
    memory.store_u32(4, 0x01020304)
    assert glue.memory[4:8] == b"\4\3\2\1"
    assert memory.load_u32(4) == 0x01020304


@pytest.mark.parametrize(
    ("ptr", "size"), [(PAGE, 1), (PAGE - 1, 2), (-1, 1), (0, -1), (1 << 32, 4)]
)
def test_reading_outside_is_efault(memory: RunningMemory, ptr: int, size: int) -> None:
    with pytest.raises(OSError, match="bad address"):
        memory.read(ptr, size)


def test_writing_outside_is_efault_and_writes_nothing(
    glue: PaperGlue, memory: RunningMemory
) -> None:
    with pytest.raises(OSError, match="bad address"):
        memory.write(PAGE - 2, b"abc")
    assert not any(glue.memory)


def test_more_than_the_staging_bytes_goes_in_pieces(glue: PaperGlue, memory: RunningMemory) -> None:
    glue.memory = bytearray(4 * STAGING_BYTES)
    data = bytes(range(256)) * (STAGING_BYTES // 256 * 3)
    memory.write(5, data)
    assert glue.memory[5 : 5 + len(data)] == data
    assert memory.read(5, len(data)) == data


def test_a_long_write_outside_writes_nothing(glue: PaperGlue, memory: RunningMemory) -> None:
    glue.memory = bytearray(2 * STAGING_BYTES)
    with pytest.raises(OSError, match="bad address"):
        memory.write(STAGING_BYTES, b"x" * (STAGING_BYTES + 1))
    assert not any(glue.memory)


def test_growth_is_seen(glue: PaperGlue, memory: RunningMemory) -> None:
    glue.memory += bytes(PAGE)
    memory.expect_growth()
    assert memory.size() == 2 * PAGE
    memory.write(PAGE, b"new")


def test_the_staging_bytes_are_those_at_the_address() -> None:
    room = (ctypes.c_uint8 * STAGING_BYTES)()
    staging_at(ctypes.addressof(room))[3] = 7
    assert room[3] == 7
