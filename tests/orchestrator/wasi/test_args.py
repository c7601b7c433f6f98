"""`args_get`, `args_sizes_get`."""

import struct


def test_sizes(make_world):
    world = make_world(argv=["prog", "a b", "", "\udcff"])
    count, size = world.take(4), world.take(4)
    assert world.call("args_sizes_get", count, size, writes=[(count, 4), (size, 4)]) == "SUCCESS"
    assert world.memory.load_u32(count) == 4
    assert world.memory.load_u32(size) == 5 + 4 + 1 + 2
    assert world.line == "args_sizes_get([4], [12]) = 0"


def test_get(make_world):
    world = make_world(argv=["prog", "a b", "", "\udcff"])
    pointers, buffer = world.take(16), world.take(12)
    writes = [(pointers, 16), (buffer, 12)]
    assert world.call("args_get", pointers, buffer, writes=writes) == "SUCCESS"
    assert world.memory.read(buffer, 12) == b"prog\0a b\0\0\xff\0"
    expected = (buffer, buffer + 5, buffer + 9, buffer + 10)
    assert struct.unpack("<4I", world.memory.read(pointers, 16)) == expected
    assert world.line == f"args_get({pointers:#x}, {buffer:#x}) = 0"


def test_nothing_is_written_when_one_array_does_not_fit(make_world):
    world = make_world(argv=["prog"])
    good = world.take(16)
    end = world.memory.size()
    assert world.call("args_get", good, end - 2) == "EFAULT"
    assert world.call("args_get", end - 2, good) == "EFAULT"
    assert world.call("args_sizes_get", good, end - 3) == "EFAULT"
    assert world.line == f"args_sizes_get({good:#x}, {end - 3:#x}) = -1 EFAULT"
