"""`fd_pipe`, `fd_dup`, `fd_dup2`, `fd_cloexec`."""

import struct

import pytest

from orchestrator.kernel.limits import Limits
from orchestrator.wasi import rights
from orchestrator.wasi.abi import FdFlags

CLOEXEC = 1


def pipe(world, flags=0):
    out = world.take(8)
    answer = world.extension("fd_pipe", flags, out, writes=[(out, 8)])
    return struct.unpack("<II", world.memory.read(out, 8)) if answer == "SUCCESS" else answer


def dup(world, fd, least=0, flags=0):
    out = world.take(4)
    answer = world.extension("fd_dup", fd, least, flags, out, writes=[(out, 4)])
    return world.memory.load_u32(out) if answer == "SUCCESS" else answer


def cloexec(world, fd, value=-1):
    out = world.take(4)
    answer = world.extension("fd_cloexec", fd, value, out, writes=[(out, 4)])
    return world.memory.load_u32(out) if answer == "SUCCESS" else answer


def read(world, fd, size=10):
    buffer, nread = world.take(size), world.take(4)
    vector = world.vector((buffer, size))
    answer = world.call("fd_read", fd, *vector, nread, writes=[(buffer, size), (nread, 4)])
    return (
        world.memory.read(buffer, world.memory.load_u32(nread)) if answer == "SUCCESS" else answer
    )


def write(world, fd, data):
    nwritten = world.take(4)
    return world.call("fd_write", fd, *world.data_vector(data), nwritten, writes=[(nwritten, 4)])


def test_a_pipe(world):
    reader, writer = pipe(world)
    assert world.line == f"fd_pipe(0, {{{reader}, {writer}}}) = 0"
    assert (cloexec(world, reader), cloexec(world, writer)) == (0, 0)
    assert write(world, writer, b"abc") == "SUCCESS"
    assert read(world, reader) == b"abc"
    world.call("fd_close", writer)
    assert read(world, reader) == b""
    assert write(world, reader, b"x") == "EBADF"


def test_a_pipe_closed_in_children(world):
    assert [cloexec(world, fd) for fd in pipe(world, CLOEXEC)] == [1, 1]
    assert world.line == "fd_cloexec(1, -1) = 1"


def test_pipes_that_fail(make_world):
    world = make_world(limits=Limits(fds=6, pipe_bytes=1 << 17))
    assert pipe(world, 2) == "EINVAL"
    assert world.extension("fd_pipe", 0, world.memory.size() - 7) == "EFAULT"
    assert list(world.process.fds) == [3, 4]
    assert pipe(world) == (0, 1)
    assert pipe(world) == (2, 5)
    assert pipe(world) == "ENFILE"
    world.call("fd_close", 5)
    assert pipe(world) == "ENFILE"  # the read end is still there
    world.call("fd_close", 2)
    assert dup(world, 0) == 2
    assert pipe(world) == "EMFILE"
    assert list(world.process.fds) == [0, 1, 2, 3, 4]
    assert world.kernel.pipes == 1


def test_copies(world):
    reader, writer = pipe(world)
    assert (reader, writer) == (0, 1)
    assert dup(world, writer) == 2
    assert dup(world, writer) == 5
    assert dup(world, writer, 20) == 20
    assert world.line == "fd_dup(1, 20, 0) = 20"
    assert dup(world, writer, 20, CLOEXEC) == 21
    assert [cloexec(world, fd) for fd in (20, 21)] == [0, 1]
    write(world, 21, b"x")
    assert read(world, reader) == b"x"


@pytest.mark.parametrize(
    ("args", "symbol"),
    [
        ((60, 0, 0), "EBADF"),
        ((-1, 0, 0), "EBADF"),
        ((0, 1024, 0), "EINVAL"),
        ((0, -1, 0), "EINVAL"),
        ((0, 0xFFFFFFFF, 0), "EINVAL"),
        ((0, 0, 2), "EINVAL"),
    ],
)
def test_copies_that_fail(world, args, symbol):
    pipe(world)
    assert dup(world, *args) == symbol
    assert world.extension("fd_dup", 0, 0, 0, world.memory.size() - 3) == "EFAULT"
    assert list(world.process.fds) == [0, 1, 3, 4]


def test_copies_to_a_number(world):
    _, writer = pipe(world)
    other, _ = pipe(world)
    assert world.extension("fd_dup2", writer, 30, CLOEXEC) == "SUCCESS"
    assert world.line == f"fd_dup2({writer}, 30, CLOEXEC) = 0"
    assert cloexec(world, 30) == 1
    assert world.extension("fd_dup2", 30, 30, 0) == "SUCCESS"
    assert cloexec(world, 30) == 1  # nothing happened
    assert world.extension("fd_dup2", writer, 30, 0) == "SUCCESS"
    assert cloexec(world, 30) == 0
    assert world.extension("fd_dup2", other, writer, 0) == "SUCCESS"
    assert world.process.fds.get(writer) is world.process.fds.get(other)


@pytest.mark.parametrize("to", [3, 4, 1024, -1, 1 << 31])
def test_numbers_that_cannot_be_taken(world, to):
    pipe(world)
    assert world.extension("fd_dup2", 0, to, 0) == "EBADF"
    assert world.extension("fd_dup2", 60, 0, 0) == "EBADF"
    assert world.extension("fd_dup2", 60, 60, 0) == "EBADF"
    assert world.extension("fd_dup2", 0, 7, 2) == "EINVAL"
    assert list(world.process.fds) == [0, 1, 3, 4]


def test_a_preopen_that_was_closed_is_a_number_like_any(world):
    pipe(world)
    world.call("fd_close", 3)
    assert world.extension("fd_dup2", 0, 3, 0) == "SUCCESS"


def test_rights_and_sync_go_along(world):
    world.file("/f", b"abc")
    fd = world.open("f", base=rights.ALL)
    world.call("fd_fdstat_set_flags", fd, FdFlags.SYNC)
    world.call("fd_fdstat_set_rights", fd, rights.FD_READ | rights.FD_SEEK, 0)
    copy = dup(world, fd)
    assert write(world, copy, b"x") == "ENOTCAPABLE"
    assert read(world, copy) == b"abc"
    assert world.guest.synced[copy] == FdFlags.SYNC
    reader, _ = pipe(world)
    assert world.extension("fd_dup2", reader, copy, 0) == "SUCCESS"
    assert copy not in world.guest.grants
    assert copy not in world.guest.synced


def test_close_on_exec(world):
    reader, _ = pipe(world)
    assert [cloexec(world, reader, value) for value in (1, -1, 0, 0xFFFFFFFF)] == [0, 1, 1, 0]
    assert cloexec(world, reader, 2) == "EINVAL"
    assert cloexec(world, 60) == "EBADF"
    assert world.extension("fd_cloexec", reader, 1, world.memory.size() - 3) == "EFAULT"
    assert cloexec(world, reader) == 0


def test_a_pipe_that_does_not_wait(world):
    reader, writer = pipe(world)
    world.call("fd_fdstat_set_flags", reader, FdFlags.NONBLOCK)
    assert read(world, reader) == "EAGAIN"
    world.call("fd_fdstat_set_flags", writer, FdFlags.NONBLOCK)
    nwritten = world.take(4)
    big = world.take(40000)
    vector = world.vector((big, 40000), (big, 40000))
    world.call("fd_write", writer, *vector, nwritten, writes=[(nwritten, 4)])
    assert world.memory.load_u32(nwritten) == 65536
    assert write(world, writer, b"x") == "EAGAIN"
