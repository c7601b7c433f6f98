"""Text on its way in and out of guest memory."""

import errno

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.wasi.memory import BytesMemory
from orchestrator.wasi.strings import encode, load_path, store_sizes, store_strings


def load(data):
    memory = BytesMemory(8192)
    memory.write(5, data)
    return load_path(memory, 5, len(data))


@pytest.mark.parametrize("text", ["a", "ä/€/𝄞", ".", "x" * 4095])
def test_paths(text):
    data = text.encode()
    if len(data) < 4096:
        assert load(data) == text


@pytest.mark.parametrize(
    ("data", "number"),
    [
        (b"a\0", errno.EINVAL),
        (b"\xff", errno.EILSEQ),
        (b"\xc0\x80", errno.EILSEQ),
        (b"x" * 4096, errno.ENAMETOOLONG),
    ],
)
def test_paths_that_cannot_be(data, number):
    with pytest.raises(OSError, match=r".") as caught:
        load(data)
    assert caught.value.errno == number


def test_a_length_out_of_bounds_is_a_fault_before_it_is_too_long():
    with pytest.raises(OSError, match="bad address"):
        load_path(BytesMemory(64), 0, 1 << 31)


@given(st.binary(max_size=300))
def test_a_path_is_an_oserror_or_reads_back(data):
    try:
        text = load(data)
    except OSError:
        return
    assert encode(text) == data


@given(st.lists(st.binary(max_size=20).filter(lambda data: 0 not in data), max_size=10))
def test_strings_are_laid_out_as_c_expects(strings):
    memory = BytesMemory(1024, 0xA5)
    store_sizes(memory, 0, 4, strings)
    count, size = memory.load_u32(0), memory.load_u32(4)
    assert size == sum(len(string) + 1 for string in strings)
    store_strings(memory, 100, 400, strings)
    for index, string in enumerate(strings):
        at = memory.load_u32(100 + 4 * index)
        assert memory.read(at, len(string) + 1) == string + b"\0"
    assert memory.read(100 + 4 * count, 1) == b"\xa5"
    assert memory.read(400 + size, 1) == b"\xa5"


def test_undecodable_names_come_out_as_they_were():
    assert encode("a\udcff") == b"a\xff"
