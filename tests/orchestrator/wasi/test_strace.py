"""The text of a trace: what the one-line goldens of the other tests do not reach."""

import struct

import pytest

from orchestrator.wasi import rights
from orchestrator.wasi.abi import PREVIEW1, Subscription
from orchestrator.wasi.calls import CALLS
from orchestrator.wasi.memory import BytesMemory
from orchestrator.wasi.strace import line, quoted


def trace(name, *args, answer=0, memory=None):
    return line(CALLS[PREVIEW1, name], memory or BytesMemory(4096), args, answer)


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (b"", '""'),
        (b'a"b\\', r'"a\"b\\"'),
        (b"\t\r\n\0\x7f\xff", r'"\t\r\n\x00\x7f\xff"'),
        (b"x" * 32, '"' + "x" * 32 + '"'),
        (b"x" * 33, '"' + "x" * 32 + '"...'),
    ],
)
def test_quoting(data, shown):
    assert quoted(data) == shown


def test_more_vectors_than_are_shown():
    memory = BytesMemory(4096)
    memory.write(0, struct.pack("<II", 100, 1) * 6)
    memory.write(100, b"a")
    shown = ", ".join(['{"a", 1}'] * 4)
    assert trace("fd_write", 1, 0, 6, 200, memory=memory) == f"fd_write(1, [{shown}, ...], 6) = 0"


def test_only_what_was_read_is_shown():
    memory = BytesMemory(4096, 0x61)
    memory.write(0, struct.pack("<IIII", 100, 2, 200, 2))
    memory.store_u32(300, 3)
    expected = 'fd_read(0, [{"aa", 2}, {"a", 2}], 2) = 3'
    assert trace("fd_read", 0, 0, 2, 300, memory=memory) == expected
    failed = 'fd_read(0, [{"", 2}, {"", 2}], 2) = -1 EBADF'
    assert trace("fd_read", 0, 0, 2, 300, answer=8, memory=memory) == failed


def test_pointers_that_lead_nowhere_are_shown_as_numbers():
    assert (
        trace("path_unlink_file", 3, 5000, 4, answer=21)
        == "path_unlink_file(3, 0x1388) = -1 EFAULT"
    )
    assert trace("fd_write", 1, -1, 1, 0, answer=21) == "fd_write(1, 0xffffffff) = -1 EFAULT"
    assert trace("fd_write", 1, 4090, 1, 0, answer=21) == "fd_write(1, 0xffa) = -1 EFAULT"
    assert trace("random_get", 5000, 9, answer=21) == "random_get(0x1388, 9) = -1 EFAULT"
    assert trace("fd_filestat_get", 1, 5000, answer=21) == "fd_filestat_get(1, 0x1388) = -1 EFAULT"


def test_numbers_beyond_the_known_ones():
    assert trace("fd_seek", 1, 0, 9, 0, answer=28) == "fd_seek(1, 0, 9) = -1 EINVAL"
    assert trace("fd_fdstat_set_flags", 1, 33, answer=28).startswith("fd_fdstat_set_flags(1, 0x21)")
    assert trace("proc_raise", 99, answer=28) == "proc_raise(99) = -1 EINVAL"
    assert trace("fd_close", 1, answer=200) == "fd_close(1) = -1 200"


def test_rights_are_named_while_they_are_few():
    few = rights.FD_READ | rights.FD_WRITE
    assert trace("fd_fdstat_set_rights", 1, few, 0).endswith("(1, FD_READ|FD_WRITE, 0) = 0")
    many = few | rights.FD_SEEK | rights.FD_TELL | rights.FD_SYNC
    assert trace("fd_fdstat_set_rights", 1, many, -1).endswith("(1, 0x76, ALL) = 0")


def test_subscriptions_and_their_events():
    memory = BytesMemory(4096)
    items = [Subscription(5, 1, 0, 0, 0, 0), Subscription(6, 2, 1, 0, 0, 0)]
    memory.write(0, b"".join(item.pack() for item in items))
    shown = trace("poll_oneoff", 0, 1000, 2, 2000, answer=28, memory=memory)
    assert shown == "poll_oneoff([{FD_READ, 0}, {FD_WRITE, 1}], 0x3e8, 2) = -1 EINVAL"


def test_a_call_that_did_not_come_back():
    assert trace("fd_write", 1, 0, 0, 0, answer=None) == "fd_write(1, [], 0) = ?"
