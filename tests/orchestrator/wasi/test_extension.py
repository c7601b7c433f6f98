"""The extension module `pagebox`."""

import struct

import pytest

from orchestrator.kernel.limits import Budget, Limits
from orchestrator.kernel.outlet import Outlet
from orchestrator.kernel.signal import Disposition, Signal
from orchestrator.kernel.termios import WindowSize
from orchestrator.kernel.tty import Tty
from orchestrator.kernel.wait import Preempted, ProcessExit
from orchestrator.wasi import rights
from orchestrator.wasi.abi import EXTENSION
from orchestrator.wasi.guest import SLICE
from vfs.access import Credentials
from vfs.inode import OpenFlags

ROOT = Credentials()
PAGE = 65536


@pytest.fixture
def tty(world):
    """A terminal, open at fd 0."""
    tty = Tty(world.kernel, Outlet(lambda data: None), WindowSize(24, 80))
    world.process.fds.set(0, tty.open(OpenFlags.READ | OpenFlags.WRITE))
    return tty


def enter(world, path, cred=None):
    """Let the guest be one that was started in the directory `path`."""
    cwd = world.namespace.resolve(world.root(), path, ROOT)
    world.process = world.spawn(cwd=cwd, cred=cred)
    world.guest = world.make_guest(world.process)


# --- getcwd ---


def getcwd(world, size):
    buffer, length = world.take(size), world.take(4)
    writes = [(buffer, size), (length, 4)]
    answer = world.extension("getcwd", buffer, size, length, writes=writes)
    count = world.memory.load_u32(length)
    return answer, count, world.memory.read(buffer, min(size, count))


def test_getcwd(world):
    world.directory("/home")
    enter(world, "/home")
    assert getcwd(world, 10) == ("SUCCESS", 5, b"/home")
    assert world.line == 'getcwd("/home", 10) = 5'
    assert getcwd(world, 5) == ("SUCCESS", 5, b"/home")
    assert getcwd(world, 4) == ("ERANGE", 5, b"\xa5" * 4)
    assert getcwd(world, 0) == ("ERANGE", 5, b"")
    end = world.memory.size()
    assert world.extension("getcwd", end - 3, 4, 0) == "EFAULT"
    assert world.extension("getcwd", world.take(9), 9, end) == "EFAULT"


def test_getcwd_tells_where_the_directory_is_now(world):
    world.directory("/old")
    enter(world, "/old")
    world.namespace.rename(world.root(), "old", world.root(), "new", ROOT)
    assert getcwd(world, 10)[2] == b"/new"
    world.namespace.rmdir(world.root(), "new", ROOT)
    assert getcwd(world, 10)[0] == "ENOENT"


# --- path_stat, fd_stat ---


def owner(world, answer, out):
    assert answer == "SUCCESS"
    return struct.unpack("<III", world.memory.read(out, 12))


def test_stat(world):
    world.file("/f", mode=0o640)
    world.namespace.symlink("f", world.root(), "link", ROOT)
    world.namespace.chown(world.root(), "f", ROOT, 7, 8)
    out = world.take(12)

    def path_stat(lookup):
        args = (3, lookup, *world.text("link"), out)
        return owner(world, world.extension("path_stat", *args, writes=[(out, 12)]), out)

    assert path_stat(1) == (0o100640, 7, 8)
    assert world.line == 'path_stat(3, FOLLOW, "link", {mode=0o100640, uid=7, gid=8}) = 0'
    assert path_stat(0)[0] == 0o120777
    fd = world.open("f")
    answer = world.extension("fd_stat", fd, out, writes=[(out, 12)])
    assert owner(world, answer, out) == (0o100640, 7, 8)
    assert world.line == f"fd_stat({fd}, {{mode=0o100640, uid=7, gid=8}}) = 0"


def test_stat_of_a_pipe(world):
    reader, _ = world.pipe()
    out = world.take(12)
    answer = world.extension("fd_stat", reader, out, writes=[(out, 12)])
    assert owner(world, answer, out)[0] & 0o170000 == 0o010000


def test_stat_that_fails(world):
    end = world.memory.size()
    assert world.extension("fd_stat", 60, world.take(12)) == "EBADF"
    assert world.extension("fd_stat", 3, end - 11) == "EFAULT"
    assert world.extension("path_stat", 3, 1, *world.text("none"), world.take(12)) == "ENOENT"
    assert world.extension("path_stat", 3, 1, *world.text("."), end - 11) == "EFAULT"
    assert world.extension("path_stat", 3, 4, *world.text("."), world.take(12)) == "EINVAL"


# --- path_chmod, fd_chmod, umask ---


def mode(world, path):
    return world.namespace.stat(world.root(), path, ROOT, follow=False).mode & 0o7777


def test_chmod(world):
    world.file("/f")
    assert world.extension("path_chmod", 3, 1, *world.text("f"), 0o100755) == "SUCCESS"
    assert world.line == 'path_chmod(3, FOLLOW, "f", 0o100755) = 0'
    assert mode(world, "f") == 0o755
    fd = world.open("f")
    assert world.extension("fd_chmod", fd, 0o600) == "SUCCESS"
    assert world.line == f"fd_chmod({fd}, 0o600) = 0"
    assert mode(world, "f") == 0o600


def test_chmod_that_fails(world):
    world.namespace.symlink("nowhere", world.root(), "link", ROOT)
    reader, _ = world.pipe()
    assert world.extension("path_chmod", 3, 0, *world.text("link"), 0o600) == "ENOTSUP"
    assert world.extension("path_chmod", 3, 1, *world.text("link"), 0o600) == "ENOENT"
    assert world.extension("fd_chmod", reader, 0o600) == "EINVAL"
    assert world.extension("fd_chmod", 60, 0o600) == "EBADF"
    world.file("/f")
    fd = world.open("f")
    world.call("fd_fdstat_set_rights", fd, rights.FD_READ, 0)
    assert world.extension("fd_chmod", fd, 0o600) == "ENOTCAPABLE"
    world.directory("/d")
    enter(world, "/d", Credentials(uid=1000, gid=1000))
    assert world.extension("path_chmod", 3, 1, *world.text("f"), 0o600) == "EPERM"


def test_umask(world):
    assert world.raw("umask", 0o077, module=EXTENSION) == 0o022
    assert world.line == "umask(0o77) = 18"
    assert world.raw("umask", 0o100022, module=EXTENSION) == 0o077
    assert world.process.cred.umask == 0o022
    assert world.process.usage.syscalls == 2


# --- terminals ---


def test_isatty(world, tty):
    reader, _ = world.pipe()
    out = world.take(4)
    assert world.extension("isatty", 0, out, writes=[(out, 4)]) == "SUCCESS"
    assert world.memory.load_u32(out) == 1
    assert world.line == "isatty(0) = 1"
    world.extension("isatty", reader, out, writes=[(out, 4)])
    assert world.memory.load_u32(out) == 0
    assert world.extension("isatty", 60, out) == "EBADF"
    assert world.extension("isatty", 0, world.memory.size() - 3) == "EFAULT"


def test_tty_modes(world, tty):
    out = world.take(4)
    assert world.extension("tty_get", 0, out, writes=[(out, 4)]) == "SUCCESS"
    assert world.memory.load_u32(out) == 15
    assert world.line == "tty_get(0) = 15"
    for flags in range(16):
        wanted = world.put(struct.pack("<I", flags))
        assert world.extension("tty_set", 0, wanted) == "SUCCESS"
        assert world.line == f"tty_set(0, [{flags}]) = 0"
        modes = tty.termios
        found = (modes.canonical, modes.echo, modes.signals, modes.post)
        assert found == tuple(bool(flags >> bit & 1) for bit in range(4))
        world.extension("tty_get", 0, out, writes=[(out, 4)])
        assert world.memory.load_u32(out) == flags


def test_tty_size(world, tty):
    out = world.take(4)
    tty.resize(33, 123)
    assert world.extension("tty_size", 0, out, writes=[(out, 4)]) == "SUCCESS"
    assert struct.unpack("<HH", world.memory.read(out, 4)) == (33, 123)
    assert world.line == "tty_size(0, {rows=33, columns=123}) = 0"


@pytest.mark.parametrize("name", ["tty_get", "tty_set", "tty_size"])
def test_what_is_no_terminal(world, tty, name):
    reader, _ = world.pipe()
    end = world.memory.size()
    assert world.extension(name, reader, world.take(4)) == "ENOTTY"
    assert world.extension(name, 3, world.take(4)) == "ENOTTY"
    assert world.extension(name, 60, world.take(4)) == "EBADF"
    assert world.extension(name, 0, end - 3) == "EFAULT"


def test_modes_that_do_not_exist(world, tty):
    wanted = world.put(struct.pack("<I", 16))
    assert world.extension("tty_set", 0, wanted) == "EINVAL"
    assert tty.termios.canonical


# --- memory_guard ---


def guard(world, delta):
    return world.raw("memory_guard", delta, module=EXTENSION)


def test_memory_is_counted_from_the_start(make_world):
    world = make_world(limits=Limits(memory=4 * PAGE))
    assert world.process.usage.memory == PAGE
    assert guard(world, 3) == 3
    assert world.process.usage.memory == 4 * PAGE
    assert world.process.usage.peak_memory == 4 * PAGE
    world.memory.grow(3 * PAGE)
    assert guard(world, 1) == 0xFFFFFFFF
    assert guard(world, 0) == 0
    assert world.process.usage.memory == 4 * PAGE


def test_a_growth_that_failed_after_all_is_not_counted(make_world):
    world = make_world(limits=Limits(memory=4 * PAGE))
    assert guard(world, 3) == 3
    assert guard(world, 2) == 2
    assert world.process.usage.memory == 3 * PAGE


@pytest.mark.parametrize("delta", [-1, 65537, 1 << 31, (1 << 32) - 1])
def test_growths_no_memory_can_have(world, delta):
    assert guard(world, delta) == 0xFFFFFFFF
    assert world.process.usage.memory == PAGE


def test_a_growing_memory_is_looked_at_anew(world):
    world.memory.store_u32(0, 1)
    guard(world, 1)
    world.memory.grow(PAGE)
    world.memory.buffer[0] = 2
    assert world.memory.load_u32(0) == 2


# --- yield ---


def yield_(world):
    return world.raw("yield", module=EXTENSION)


def test_a_slice_is_charged(world):
    assert yield_(world) == SLICE
    assert yield_(world) == SLICE
    assert world.process.usage.fuel == 2 * SLICE
    assert world.process.usage.syscalls == 0
    assert world.lines == []


def test_others_have_their_turn(world):
    world.spawn()
    with pytest.raises(Preempted):
        yield_(world)
    assert world.process.usage.fuel == SLICE


def test_the_last_slice_is_charged_as_far_as_it_was_used(world):
    world.guest.settle(400_000)
    assert world.process.usage.fuel == SLICE - 400_000
    world.guest.settle(SLICE)
    assert world.process.usage.fuel == SLICE - 400_000


@pytest.mark.parametrize("left", [-5, 0xFFFFFFFB])
def test_a_guest_that_ended_in_a_yield_still_owes_what_it_overdrew(world, left):
    yield_(world)
    world.guest.settle(left)
    assert world.process.usage.fuel == SLICE + 5


def test_out_of_fuel(world):
    world.process.budget = Budget(fuel_limit=SLICE)
    assert yield_(world) == SLICE
    with pytest.raises(ProcessExit) as caught:
        yield_(world)
    assert caught.value.status.signal is Signal.XCPU
    assert caught.value.status.reason == "out of fuel"


def test_a_spinner_dies_of_a_signal(world):
    world.kernel.kill(None, world.process.pid, Signal.KILL)
    with pytest.raises(ProcessExit):
        yield_(world)


def test_a_spinner_that_ignores_a_signal_goes_on(world):
    world.process.signals.set(Signal.INT, Disposition.IGNORE)
    world.kernel.kill(None, world.process.pid, Signal.INT)
    assert yield_(world) == SLICE
