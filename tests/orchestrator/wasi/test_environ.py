"""`environ_get`, `environ_sizes_get`."""

import struct


def test_sizes(make_world):
    world = make_world(env={"A": "1", "PATH": "/bin", "EMPTY": ""})
    count, size = world.take(4), world.take(4)
    writes = [(count, 4), (size, 4)]
    assert world.call("environ_sizes_get", count, size, writes=writes) == "SUCCESS"
    assert (world.memory.load_u32(count), world.memory.load_u32(size)) == (3, 4 + 10 + 7)
    assert world.line == "environ_sizes_get([3], [21]) = 0"


def test_get(make_world):
    world = make_world(env={"A": "1", "B": "x=y"})
    pointers, buffer = world.take(8), world.take(10)
    writes = [(pointers, 8), (buffer, 10)]
    assert world.call("environ_get", pointers, buffer, writes=writes) == "SUCCESS"
    assert world.memory.read(buffer, 10) == b"A=1\0B=x=y\0"
    assert struct.unpack("<2I", world.memory.read(pointers, 8)) == (buffer, buffer + 4)
    assert world.line == f"environ_get({pointers:#x}, {buffer:#x}) = 0"


def test_no_environment_writes_nothing(make_world):
    world = make_world(env={})
    assert world.call("environ_get", world.take(4), world.take(4)) == "SUCCESS"
