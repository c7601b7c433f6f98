"""`path_open`: flags, rights and what they make of a file."""

import errno

import pytest

from orchestrator.kernel.file import InodeFile
from orchestrator.kernel.wait import WouldBlock
from orchestrator.wasi import rights
from orchestrator.wasi.abi import FdFlags
from vfs.access import Credentials
from vfs.inode import OpenFlags

CREAT, DIRECTORY, EXCL, TRUNC = 1, 2, 4, 8
ROOT = Credentials()


@pytest.fixture
def tree(world):
    world.directory("/d")
    world.file("/d/file", b"hello")
    world.namespace.symlink("file", world.root(), "d/link", ROOT)
    return world


def test_open(tree):
    result = tree.take(4)
    path = tree.text("d/file")
    args = (3, 1, *path, 0, rights.FD_READ | rights.FD_SEEK, 0, 0, result)
    assert tree.call("path_open", *args, writes=[(result, 4)]) == "SUCCESS"
    assert tree.memory.load_u32(result) == 0  # the lowest free number
    assert tree.line == 'path_open(3, FOLLOW, "d/file", 0, FD_READ|FD_SEEK, 0, 0) = 0'


def test_the_trace_of_a_failure(tree):
    tree.fails_to_open("d/file", oflags=CREAT | EXCL, base=rights.ALL, inheriting=0)
    assert tree.line == 'path_open(3, FOLLOW, "d/file", CREAT|EXCL, ALL, 0, 0) = -1 EEXIST'


def test_numbers_are_the_lowest_free(tree):
    assert [tree.open("d/file") for _ in range(5)] == [0, 1, 2, 5, 6]
    tree.call("fd_close", 1)
    assert tree.open("d/file") == 1


def test_rights_decide_the_access_mode(tree):
    def flags(base):
        return tree.process.fds.get(tree.open("d/file", base=base)).flags

    assert flags(rights.FD_READ) == OpenFlags.READ
    assert flags(rights.FD_READDIR) == OpenFlags.READ
    assert flags(rights.FD_WRITE) == OpenFlags.WRITE
    assert flags(rights.FD_ALLOCATE) == OpenFlags.WRITE
    assert flags(rights.FD_FILESTAT_SET_SIZE) == OpenFlags.WRITE
    assert flags(rights.ALL) == OpenFlags.READ | OpenFlags.WRITE
    assert flags(0) == OpenFlags(0)


def test_an_fd_has_the_rights_that_were_asked_for_and_make_sense(tree):
    fd = tree.open("d/file", base=rights.FD_READ | rights.PATH_OPEN, inheriting=rights.ALL)
    assert tree.guest.grant(fd) == (rights.FD_READ, 0)
    fd = tree.open("d", base=rights.PATH_OPEN, inheriting=rights.FD_READ)
    assert tree.guest.grant(fd) == (rights.PATH_OPEN, rights.FD_READ)


def test_bits_beyond_the_known_rights_are_ignored(tree):
    fd = tree.open("d/file", base=(1 << 64) - 1, inheriting=(1 << 64) - 1)
    assert tree.guest.grants == {}
    assert tree.process.fds.get(fd).can_write


def test_a_directory_passes_on_no_more_than_it_has(tree):
    passing = rights.FD_READ | rights.FD_TELL
    fd = tree.open("d", oflags=DIRECTORY, base=rights.ALL, inheriting=passing)
    opened = tree.open("file", fd=fd, base=rights.FD_READ, inheriting=0)
    assert tree.guest.grant(opened).base == rights.FD_READ
    assert tree.fails_to_open("file", fd=fd, base=rights.FD_WRITE, inheriting=0) == "ENOTCAPABLE"
    more = rights.FD_READ | rights.FD_WRITE
    assert tree.fails_to_open("file", fd=fd, base=0, inheriting=more) == "ENOTCAPABLE"


def test_create(tree):
    tree.extension("umask", 0o027)
    fd = tree.open("d/new", oflags=CREAT, base=rights.ALL)
    assert tree.content("/d/new") == b""
    assert tree.namespace.stat(tree.root(), "d/new", ROOT).mode & 0o777 == 0o640
    assert tree.process.fds.get(fd).can_write
    assert tree.open("d/new", oflags=CREAT) == fd + 1
    assert tree.fails_to_open("d/new", oflags=CREAT | EXCL) == "EEXIST"
    assert tree.fails_to_open("d/link", oflags=CREAT | EXCL) == "EEXIST"
    assert tree.fails_to_open("no/such", oflags=CREAT) == "ENOENT"
    assert tree.fails_to_open("d/slash/", oflags=CREAT) == "EISDIR"


def test_truncate(tree):
    tree.open("d/file", oflags=TRUNC, base=rights.FD_WRITE)
    assert tree.content("/d/file") == b""


def test_directories(tree):
    fd = tree.open("d", oflags=DIRECTORY, base=rights.ALL)
    assert tree.open("file", fd=fd) > 0
    assert tree.fails_to_open("d/file", oflags=DIRECTORY) == "ENOTDIR"
    assert tree.fails_to_open("d", base=rights.ALL) == "EISDIR"
    assert tree.fails_to_open("d", oflags=CREAT | DIRECTORY) == "EINVAL"
    assert tree.fails_to_open("d", oflags=TRUNC) == "EISDIR"


def test_links_are_followed_when_told(tree):
    assert tree.open("d/link") == 0
    assert tree.fails_to_open("d/link", lookup=0) == "ELOOP"
    assert tree.fails_to_open("d/link", lookup=2) == "EINVAL"


def test_fd_flags(tree):
    wanted = FdFlags.APPEND | FdFlags.NONBLOCK | FdFlags.SYNC
    fd = tree.open("d/file", base=rights.ALL, fdflags=wanted.value)
    file = tree.process.fds.get(fd)
    assert file.append
    assert file.nonblock
    assert tree.guest.synced == {fd: FdFlags.SYNC.value}
    assert tree.line.split(", ")[-1] == f"APPEND|NONBLOCK|SYNC) = {fd}"
    tree.call("fd_close", fd)
    assert tree.guest.synced == {}


@pytest.mark.parametrize(
    "wrong", [{"oflags": 16}, {"oflags": -1}, {"fdflags": 32}, {"fdflags": -1}, {"lookup": -1}]
)
def test_unknown_flags(tree, wrong):
    assert tree.fails_to_open("d/file", **wrong) == "EINVAL"


@pytest.mark.parametrize(
    ("lost", "kwargs"),
    [
        (rights.PATH_OPEN, {}),
        (rights.PATH_CREATE_FILE, {"oflags": CREAT}),
        (rights.PATH_FILESTAT_SET_SIZE, {"oflags": TRUNC, "base": rights.FD_WRITE}),
    ],
)
def test_rights_of_the_directory(tree, lost, kwargs):
    fd = tree.open("d", oflags=DIRECTORY)
    held = tree.guest.grant(fd)
    tree.call("fd_fdstat_set_rights", fd, held.base & ~lost, held.inheriting)
    assert tree.fails_to_open("file", fd=fd, **kwargs) == "ENOTCAPABLE"
    assert tree.content("/d/file") == b"hello"


def test_a_full_table_makes_no_file(tree):
    limit = tree.process.fds.limit = 8
    for _ in range(limit - 2):
        tree.open("d/file")
    assert tree.fails_to_open("d/new", oflags=CREAT) == "EMFILE"
    with pytest.raises(FileNotFoundError):
        tree.content("/d/new")


def test_a_result_that_does_not_fit_makes_no_file(tree):
    path = tree.text("d/new")
    end = tree.memory.size()
    args = (3, 1, *path, CREAT, rights.ALL, 0, 0, end - 3)
    assert tree.call("path_open", *args) == "EFAULT"
    with pytest.raises(FileNotFoundError):
        tree.content("/d/new")


def test_a_file_whose_facts_cannot_be_had_is_not_left_open(tree, monkeypatch):
    def vanish(file):
        raise FileNotFoundError(errno.ENOENT, "vanished")

    monkeypatch.setattr(InodeFile, "stat", vanish)
    assert tree.fails_to_open("d/file") == "ENOENT"
    assert sorted(tree.process.fds.files) == [3, 4]


def test_permission_to_open(make_world):
    world = make_world(cred=Credentials(uid=1000, gid=1000))
    world.file("/readable", mode=0o644)
    world.file("/secret", mode=0o600)
    assert world.open("readable") == 0
    assert world.fails_to_open("readable", base=rights.ALL) == "EACCES"
    assert world.fails_to_open("secret") == "EACCES"


def test_a_fifo_waits_for_its_other_end(world):
    world.namespace.mknod(world.root(), "fifo", ROOT, 0o010666)
    with pytest.raises(WouldBlock):
        world.open("fifo")
    assert world.process.call is not None
    other = world.spawn()
    writer = world.kernel.open_nowait(other, None, "/fifo", OpenFlags.WRITE)
    other.fds.add(writer)
    fd = world.open("fifo")
    assert world.process.call is None
    assert world.process.fds.get(fd).references == 1
    writer.write_nowait(b"x")
    assert world.process.fds.get(fd).read_nowait(9) == b"x"


def test_a_fifo_does_not_wait_when_told_not_to(world):
    world.namespace.mknod(world.root(), "fifo", ROOT, 0o010666)
    assert world.open("fifo", fdflags=FdFlags.NONBLOCK.value) == 0
    world.call("fd_close", 0)
    kwargs = {"base": rights.FD_WRITE, "fdflags": FdFlags.NONBLOCK.value}
    assert world.fails_to_open("fifo", **kwargs) == "ENXIO"
