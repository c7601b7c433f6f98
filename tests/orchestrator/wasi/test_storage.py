"""Size, room and rest: fd_filestat_set_size, fd_allocate, fd_advise, fd_sync, fd_datasync."""

import pytest

from orchestrator.wasi import rights
from vfs.quota import Quota

MIB = 1 << 20


@pytest.fixture
def notes(world):
    world.file("/notes", b"0123456789")
    return world.open("notes", base=rights.ALL)


def test_set_size(world, notes):
    assert world.call("fd_filestat_set_size", notes, 3) == "SUCCESS"
    assert world.line == f"fd_filestat_set_size({notes}, 3) = 0"
    assert world.content("/notes") == b"012"
    assert world.call("fd_filestat_set_size", notes, 5) == "SUCCESS"
    assert world.content("/notes") == b"012\0\0"


@pytest.mark.parametrize("size", [-1, 1 << 63, (1 << 64) - 1])
def test_sizes_no_file_can_have(world, notes, size):
    assert world.call("fd_filestat_set_size", notes, size) == "EINVAL"
    assert world.content("/notes") == b"0123456789"


def test_set_size_needs_a_file_open_for_writing(world, notes):
    assert world.call("fd_filestat_set_size", world.open("notes"), 0) == "EINVAL"
    assert world.call("fd_filestat_set_size", 3, 0) == "EINVAL"
    assert world.call("fd_filestat_set_size", 60, 0) == "EBADF"
    world.call("fd_fdstat_set_rights", notes, rights.FD_WRITE, 0)
    assert world.call("fd_filestat_set_size", notes, 0) == "ENOTCAPABLE"


def test_allocate_makes_the_file_longer(world, notes):
    assert world.call("fd_allocate", notes, 8, 4) == "SUCCESS"
    assert world.line == f"fd_allocate({notes}, 8, 4) = 0"
    assert world.content("/notes") == b"0123456789\0\0"


def test_allocate_within_the_file_changes_nothing(world, notes):
    assert world.call("fd_allocate", notes, 0, 10) == "SUCCESS"
    assert world.content("/notes") == b"0123456789"


def test_allocated_room_is_counted(make_world):
    world = make_world(quota=Quota(max_bytes=4 * MIB))
    fd = world.open("big", oflags=1, base=rights.ALL)
    assert world.call("fd_allocate", fd, 0, 3 * MIB) == "SUCCESS"
    assert world.fs.usage().used_bytes >= 3 * MIB
    assert world.call("fd_allocate", fd, 3 * MIB, 2 * MIB) == "ENOSPC"
    assert world.process.fds.get(fd).inode.size == 3 * MIB


@pytest.mark.parametrize(
    ("offset", "length", "symbol"),
    [
        (0, 0, "EINVAL"),
        (-1, 1, "EINVAL"),
        (0, -1, "EINVAL"),
        (1 << 63, 1, "EINVAL"),
        ((1 << 63) - 1, 1, "EFBIG"),
        ((1 << 62), (1 << 62), "EFBIG"),
        (0, 1 << 61, "ENOSPC"),
    ],
)
def test_ranges_that_cannot_be(world, notes, offset, length, symbol):
    assert world.call("fd_allocate", notes, offset, length) == symbol
    assert world.content("/notes") == b"0123456789"


def test_what_cannot_be_allocated(world, notes):
    _, writer = world.pipe()
    assert world.call("fd_allocate", 60, 0, 1) == "EBADF"
    assert world.call("fd_allocate", writer, 0, 1) == "ESPIPE"
    assert world.call("fd_allocate", world.open("notes"), 0, 1) == "EBADF"
    assert world.call("fd_allocate", 3, 0, 1) == "EBADF"
    world.call("fd_fdstat_set_rights", notes, rights.FD_WRITE, 0)
    assert world.call("fd_allocate", notes, 0, 1) == "ENOTCAPABLE"


@pytest.mark.parametrize(
    ("advice", "name"),
    list(enumerate(["NORMAL", "SEQUENTIAL", "RANDOM", "WILLNEED", "DONTNEED", "NOREUSE"])),
)
def test_advice(world, notes, advice, name):
    assert world.call("fd_advise", notes, 1, 2, advice) == "SUCCESS"
    assert world.line == f"fd_advise({notes}, 1, 2, {name}) = 0"


def test_advice_that_is_none(world, notes):
    reader, _ = world.pipe()
    assert world.call("fd_advise", notes, 0, 0, 6) == "EINVAL"
    assert world.call("fd_advise", notes, 0, 0, -1) == "EINVAL"
    assert world.call("fd_advise", notes, 1 << 63, 0, 0) == "EINVAL"
    assert world.call("fd_advise", notes, 0, 1 << 63, 0) == "EINVAL"
    assert world.call("fd_advise", 60, 0, 0, 0) == "EBADF"
    assert world.call("fd_advise", reader, 0, 0, 0) == "ESPIPE"
    world.call("fd_fdstat_set_rights", notes, rights.FD_WRITE, 0)
    assert world.call("fd_advise", notes, 0, 0, 0) == "ENOTCAPABLE"


@pytest.mark.parametrize(
    ("name", "right"), [("fd_sync", rights.FD_SYNC), ("fd_datasync", rights.FD_DATASYNC)]
)
def test_sync(world, notes, monkeypatch, name, right):
    synced = []
    inode = world.process.fds.get(notes).inode
    monkeypatch.setattr(type(inode), "sync", lambda self: synced.append(self))
    assert world.call(name, notes) == "SUCCESS"
    assert world.line == f"{name}({notes}) = 0"
    assert synced == [inode]
    reader, _ = world.pipe()
    assert world.call(name, reader) == "EINVAL"
    assert world.call(name, 60) == "EBADF"
    world.call(
        "fd_fdstat_set_rights", notes, rights.ALL & ~right & world.guest.grant(notes).base, 0
    )
    assert world.call(name, notes) == "ENOTCAPABLE"
    assert synced == [inode]
