"""Facts of an fd: fd_fdstat_*, fd_filestat_*, fd_prestat_*."""

import pytest

from orchestrator.kernel.outlet import Outlet
from orchestrator.kernel.tty import Tty
from orchestrator.wasi import rights
from orchestrator.wasi.abi import FdFlags, Fdstat, Filestat, Filetype, FstFlags
from vfs.access import Credentials
from vfs.inode import OpenFlags


@pytest.fixture
def notes(world):
    world.file("/notes", b"0123456789")
    return world.open("notes", base=rights.ALL)


def fdstat(world, fd):
    out = world.take(24)
    assert world.call("fd_fdstat_get", fd, out, writes=[(out, 24)]) == "SUCCESS"
    return Fdstat.unpack(world.memory.read(out, 24))


def filestat(world, fd):
    out = world.take(64)
    assert world.call("fd_filestat_get", fd, out, writes=[(out, 64)]) == "SUCCESS"
    return Filestat.unpack(world.memory.read(out, 64))


# --- fd_fdstat_get ---


def test_fdstat_of_a_file(world, notes):
    found = fdstat(world, notes)
    assert found.filetype == Filetype.REGULAR_FILE
    assert found.flags == 0
    assert found.base & rights.FD_READ
    assert found.base & rights.FD_WRITE
    assert not found.base & rights.PATH_OPEN
    assert found.inheriting == 0
    shown = f"{{REGULAR_FILE, flags=0, base=0x{found.base:x}, inheriting=0x0}}"
    assert world.line == f"fd_fdstat_get({notes}, {shown}) = 0"


def test_fdstat_of_a_preopen(world):
    found = fdstat(world, 3)
    assert found.filetype == Filetype.DIRECTORY
    assert found.base & rights.PATH_OPEN
    assert found.base & rights.FD_READDIR
    assert found.inheriting == rights.ALL


def test_the_access_mode_is_read_from_the_rights(world, notes):
    reading = fdstat(world, world.open("notes")).base
    writing = fdstat(world, world.open("notes", base=rights.ALL & ~rights.FD_READ)).base
    assert (bool(reading & rights.FD_READ), bool(reading & rights.FD_WRITE)) == (True, False)
    assert bool(writing & rights.FD_WRITE)
    reader, writer = world.pipe()
    assert not fdstat(world, reader).base & rights.FD_WRITE
    assert not fdstat(world, writer).base & rights.FD_READ
    assert fdstat(world, reader).filetype == Filetype.UNKNOWN


def test_only_a_terminal_looks_like_one_to_libc(world):
    """isatty() in libc: a character device without FD_SEEK and FD_TELL."""
    tty = Tty(world.kernel, Outlet(lambda data: None))
    fd = world.process.fds.add(tty.open(OpenFlags.READ | OpenFlags.WRITE))
    found = fdstat(world, fd)
    assert found.filetype == Filetype.CHARACTER_DEVICE
    assert not found.base & (rights.FD_SEEK | rights.FD_TELL)


def test_fdstat_of_nothing(world):
    assert world.call("fd_fdstat_get", 60, world.take(24)) == "EBADF"
    assert world.call("fd_fdstat_get", 3, world.memory.size() - 23) == "EFAULT"


# --- fd_fdstat_set_flags ---


@pytest.mark.parametrize(
    ("flags", "shown"),
    [
        (FdFlags.APPEND, "APPEND"),
        (FdFlags.NONBLOCK, "NONBLOCK"),
        (FdFlags.DSYNC | FdFlags.SYNC, "DSYNC|SYNC"),
        (FdFlags(0), "0"),
    ],
)
def test_flags_are_set_and_told(world, notes, flags, shown):
    assert world.call("fd_fdstat_set_flags", notes, flags.value) == "SUCCESS"
    assert world.line == f"fd_fdstat_set_flags({notes}, {shown}) = 0"
    assert fdstat(world, notes).flags == flags
    assert world.call("fd_fdstat_set_flags", notes, 0) == "SUCCESS"
    assert fdstat(world, notes).flags == 0


def test_flags_belong_to_the_open_file(world, notes):
    twin = world.process.fds.dup(notes)
    world.call("fd_fdstat_set_flags", notes, FdFlags.APPEND.value)
    assert fdstat(world, twin).flags == FdFlags.APPEND
    assert world.process.fds.get(notes).can_write


def test_flags_that_do_not_exist(world, notes):
    assert world.call("fd_fdstat_set_flags", notes, 32) == "EINVAL"
    assert world.call("fd_fdstat_set_flags", notes, -1) == "EINVAL"
    assert world.call("fd_fdstat_set_flags", 60, 0) == "EBADF"
    world.call("fd_fdstat_set_rights", notes, rights.FD_READ, 0)
    assert world.call("fd_fdstat_set_flags", notes, 1) == "ENOTCAPABLE"


# --- fd_fdstat_set_rights ---


def test_rights_only_shrink(world, notes):
    keep = rights.FD_READ | rights.FD_SEEK
    assert world.call("fd_fdstat_set_rights", notes, keep, 0) == "SUCCESS"
    assert world.line == f"fd_fdstat_set_rights({notes}, FD_READ|FD_SEEK, 0) = 0"
    assert fdstat(world, notes).base == keep
    assert world.call("fd_fdstat_set_rights", notes, keep | rights.FD_WRITE, 0) == "ENOTCAPABLE"
    assert world.call("fd_fdstat_set_rights", notes, keep, rights.FD_READ) == "ENOTCAPABLE"
    assert fdstat(world, notes).base == keep
    assert world.call("fd_fdstat_set_rights", 60, 0, 0) == "EBADF"


def test_bits_that_mean_nothing_are_ignored(world, notes):
    base = fdstat(world, notes).base
    assert world.call("fd_fdstat_set_rights", notes, base | 1 << 40 | 1 << 63, 0) == "SUCCESS"
    assert fdstat(world, notes).base == base


# --- fd_filestat_get, fd_filestat_set_times ---


def test_filestat(world, notes):
    found = filestat(world, notes)
    assert (found.filetype, found.nlink, found.size) == (Filetype.REGULAR_FILE, 1, 10)
    assert found.ino == world.process.fds.get(notes).inode.ino
    assert found.mtim == world.clock.realtime()
    assert world.line == f"fd_filestat_get({notes}, {{REGULAR_FILE, nlink=1, size=10}}) = 0"


def test_filestat_of_a_pipe_and_of_nothing(world, notes):
    reader, _ = world.pipe()
    assert filestat(world, reader).filetype == Filetype.UNKNOWN
    assert world.call("fd_filestat_get", 60, world.take(64)) == "EBADF"
    assert world.call("fd_filestat_get", notes, world.memory.size() - 63) == "EFAULT"
    world.call("fd_fdstat_set_rights", notes, rights.FD_READ, 0)
    assert world.call("fd_filestat_get", notes, world.take(64)) == "ENOTCAPABLE"


def test_set_times(world, notes):
    both = FstFlags.ATIM | FstFlags.MTIM
    assert world.call("fd_filestat_set_times", notes, 111, 222, both.value) == "SUCCESS"
    assert world.line == f"fd_filestat_set_times({notes}, 111, 222, ATIM|MTIM) = 0"
    assert (filestat(world, notes).atim, filestat(world, notes).mtim) == (111, 222)
    assert world.call("fd_filestat_set_times", notes, 0, 0, FstFlags.MTIM_NOW.value) == "SUCCESS"
    assert (filestat(world, notes).atim, filestat(world, notes).mtim) == (
        111,
        world.clock.realtime(),
    )


def test_times_nobody_can_set(world, notes):
    reader, _ = world.pipe()
    assert world.call("fd_filestat_set_times", notes, 0, 0, 3) == "EINVAL"
    assert world.call("fd_filestat_set_times", notes, 1 << 63, 0, 1) == "EINVAL"
    assert world.call("fd_filestat_set_times", reader, 1, 1, 5) == "EPERM"
    assert world.call("fd_filestat_set_times", 60, 1, 1, 5) == "EBADF"
    world.call("fd_fdstat_set_rights", notes, rights.FD_READ, 0)
    assert world.call("fd_filestat_set_times", notes, 1, 1, 5) == "ENOTCAPABLE"


def test_only_the_owner_sets_times(make_world):
    world = make_world(cred=Credentials(uid=1000, gid=1000))
    world.file("/theirs", b"", mode=0o666)
    fd = world.open("theirs", base=rights.ALL)
    assert world.call("fd_filestat_set_times", fd, 1, 1, 5) == "EPERM"
    assert world.call("fd_filestat_set_times", fd, 0, 0, 10) == "SUCCESS"  # both now: may write


# --- fd_prestat_get, fd_prestat_dir_name ---


@pytest.mark.parametrize(("fd", "name"), [(3, b"/"), (4, b".")])
def test_preopens(world, fd, name):
    out = world.take(8)
    assert world.call("fd_prestat_get", fd, out, writes=[(out, 8)]) == "SUCCESS"
    assert world.memory.read(out, 8) == bytes([0, 0, 0, 0, 1, 0, 0, 0])
    assert world.line == f"fd_prestat_get({fd}, {{DIR, 1}}) = 0"
    buffer = world.take(1)
    assert world.call("fd_prestat_dir_name", fd, buffer, 1, writes=[(buffer, 1)]) == "SUCCESS"
    assert world.memory.read(buffer, 1) == name
    assert world.line == f'fd_prestat_dir_name({fd}, "{name.decode()}", 1) = 0'


@pytest.mark.parametrize("fd", [0, 2, 5, 60, -1, 1 << 31])
def test_other_fds_are_no_preopens(world, fd):
    world.pipe(0, 2)
    assert world.call("fd_prestat_get", fd, world.take(8)) == "EBADF"
    assert world.call("fd_prestat_dir_name", fd, world.take(8), 8) == "EBADF"


def test_preopen_results_must_fit(world):
    end = world.memory.size()
    assert world.call("fd_prestat_get", 3, end - 7) == "EFAULT"
    assert world.call("fd_prestat_dir_name", 3, world.take(1), 0) == "ENAMETOOLONG"
    assert world.call("fd_prestat_dir_name", 3, end, 1) == "EFAULT"


def test_a_closed_preopen_is_gone(world):
    assert world.call("fd_close", 3) == "SUCCESS"
    assert world.call("fd_prestat_get", 3, world.take(8)) == "EBADF"
