"""`fd_readdir`: cookies, cut records, entries that come and go."""

import pytest

from orchestrator.wasi import rights
from orchestrator.wasi.abi import DIRENT_SIZE, Filetype, unpack_dirent
from vfs.access import Credentials


@pytest.fixture
def directory(world):
    world.directory("/d")
    for name in ("one", "two", "three"):
        world.file(f"/d/{name}")
    world.directory("/d/sub")
    return world.open("d", oflags=2)


def readdir(world, fd, cookie=0, size=4096):
    """Read once: the symbol, and the bytes."""
    buffer, used = world.take(size), world.take(4)
    writes = [(buffer, size), (used, 4)]
    answer = world.call("fd_readdir", fd, buffer, size, cookie, used, writes=writes)
    if answer != "SUCCESS":
        return answer, b""
    return answer, world.memory.read(buffer, world.memory.load_u32(used))


def entries(data):
    """The whole records in `data` as (cookie of the next, name, type)."""
    found, offset = [], 0
    while offset + DIRENT_SIZE <= len(data):
        cookie, _, length, kind = unpack_dirent(data, offset)
        offset += DIRENT_SIZE
        if offset + length <= len(data):
            found.append((cookie, data[offset : offset + length].decode(), Filetype(kind)))
        offset += length
    return found


def names(world, fd, cookie=0):
    return [name for _, name, _ in entries(readdir(world, fd, cookie)[1])]


def walk(world, fd, size):
    """Read as libc does: on from the last whole record, with a bigger buffer if there is none."""
    found, cookie = [], 0
    while True:
        _, data = readdir(world, fd, cookie, size)
        whole = entries(data)
        found += [name for _, name, _ in whole]
        if whole:
            cookie = whole[-1][0]
        elif len(data) == size:
            size *= 2
        if len(data) < size and len(data) == sum(DIRENT_SIZE + len(n) for _, n, _ in whole):
            return found


def test_all_entries_with_the_dots_first(world, directory):
    answer, data = readdir(world, directory)
    assert answer == "SUCCESS"
    found = entries(data)
    assert [cookie for cookie, _, _ in found] == [1, 2, 3, 4, 5, 6]
    assert [name for _, name, _ in found] == [".", "..", "one", "two", "three", "sub"]
    assert [kind.name for _, _, kind in found] == [
        *["DIRECTORY"] * 2,
        *["REGULAR_FILE"] * 3,
        "DIRECTORY",
    ]
    assert world.line == f'fd_readdir({directory}, [".", "..", "one", "two", ...], 4096, 0) = 161'


def test_inode_numbers_are_those_of_the_files(world, directory):
    _, data = readdir(world, directory)
    ino = unpack_dirent(data)[1]
    assert ino == world.process.fds.get(directory).inode.ino
    offset = DIRENT_SIZE + 1
    assert unpack_dirent(data, offset)[1] == world.root().inode.ino


@pytest.mark.parametrize("size", [1, 23, 24, 25, 26, 27, 52, 60, 200])
def test_any_buffer_gets_every_entry_once(world, directory, size):
    assert walk(world, directory, size) == [".", "..", "one", "two", "three", "sub"]


@pytest.mark.parametrize("size", [0, 1, 24, 30])
def test_a_buffer_that_is_too_small_is_filled_to_the_brim(world, directory, size):
    assert len(readdir(world, directory, 0, size)[1]) == size


def test_a_cookie_stays_valid_while_entries_come_and_go(world, directory):
    assert names(world, directory)[:3] == [".", "..", "one"]
    cred = Credentials()
    world.namespace.unlink(world.root(), "d/one", cred)
    world.namespace.unlink(world.root(), "d/two", cred)
    world.file("/d/four")
    assert names(world, directory, 3) == ["two", "three", "sub"]
    assert names(world, directory, 4) == ["three", "sub"]


def test_cookie_0_looks_anew(world, directory):
    names(world, directory)
    world.namespace.unlink(world.root(), "d/one", Credentials())
    world.file("/d/four")
    assert sorted(names(world, directory)) == sorted([".", "..", "two", "three", "sub", "four"])


@pytest.mark.parametrize("cookie", [6, 7, 1 << 32, (1 << 63) - 1])
def test_past_the_end_there_is_nothing(world, directory, cookie):
    assert readdir(world, directory, cookie) == ("SUCCESS", b"")


@pytest.mark.parametrize("cookie", [-1, 1 << 63, (1 << 64) - 1])
def test_absurd_cookies(world, directory, cookie):
    assert readdir(world, directory, cookie)[0] == "EINVAL"


def test_names_need_not_be_unicode(world):
    world.directory("/d")
    world.file("/d/\udcff\udcfe")
    _, data = readdir(world, world.open("d", oflags=2))
    assert data.endswith(b"\xff\xfe")


def test_what_is_no_directory(world, directory):
    assert readdir(world, 60)[0] == "EBADF"
    world.file("/f")
    assert readdir(world, world.open("f"))[0] == "ENOTDIR"
    world.call("fd_fdstat_set_rights", directory, rights.PATH_OPEN, 0)
    assert readdir(world, directory)[0] == "ENOTCAPABLE"


def test_results_must_fit(world, directory):
    end = world.memory.size()
    used = world.take(4)
    assert world.call("fd_readdir", directory, end - 9, 10, 0, used) == "EFAULT"
    assert world.call("fd_readdir", directory, world.take(64), 64, 0, end - 3) == "EFAULT"
    assert world.call("fd_readdir", directory, 0, -1, 0, used) == "EFAULT"


def test_a_preopen_may_be_a_directory_that_may_not_be_read(make_world):
    world = make_world()
    world.directory("/secret", mode=0o711)
    cwd = world.namespace.resolve(world.root(), "/secret", Credentials())
    world.process = world.spawn(cred=Credentials(uid=1000, gid=1000), cwd=cwd)
    world.guest = world.make_guest(world.process)
    assert readdir(world, 4)[0] == "EACCES"
    assert readdir(world, 3)[0] == "SUCCESS"
