"""A guest's preopens, and what happens to fds that were in their places."""

import pytest

from orchestrator.kernel.file import DirectoryFile
from orchestrator.wasi import rights
from orchestrator.wasi.abi import NotCapable
from orchestrator.wasi.guest import Guest
from vfs.access import Credentials
from vfs.inode import OpenFlags

ROOT = Credentials()


def test_preopens_are_the_root_and_the_working_directory(world):
    world.directory("/home")
    cwd = world.namespace.resolve(world.root(), "/home", ROOT)
    process = world.spawn(cwd=cwd)
    Guest(world.kernel, process)
    root, here = process.fds.get(3), process.fds.get(4)
    assert isinstance(root, DirectoryFile)
    assert root.location == world.root()
    assert here.inode is cwd.inode
    assert sorted(process.fds.files) == [3, 4]


def test_inherited_fds_make_room_for_the_preopens(world):
    process = world.spawn()
    files = {}
    for number in (0, 3, 4, 5, 9):
        reader, _ = world.kernel.pipe()
        process.fds.set(number, reader, cloexec=number == 4)
        files[number] = reader
    Guest(world.kernel, process)
    table = process.fds.files
    assert {number: table[number] for number in (0, 5, 9)} == {n: files[n] for n in (0, 5, 9)}
    assert table[6] is files[3]
    assert table[7] is files[4]
    assert process.fds.cloexec == {7}
    assert all(file.references == 1 for file in files.values())


def test_a_memory_that_is_not_there_yet_is_efault(world):
    guest = Guest(world.kernel, world.spawn())
    with pytest.raises(OSError, match="bad address"):
        guest.memory.load_u32(0)


def test_a_preopen_that_may_not_be_read_can_still_be_walked(world):
    world.directory("/secret", mode=0o711)
    cwd = world.namespace.resolve(world.root(), "/secret", ROOT)
    process = world.spawn(cwd=cwd, cred=Credentials(uid=1000, gid=1000))
    Guest(world.kernel, process)
    assert process.fds.get(3).flags == OpenFlags.READ
    assert process.fds.get(4).flags == OpenFlags(0)


def test_closing_forgets_all_that_was_kept(world):
    world.call("fd_fdstat_set_rights", 4, rights.PATH_OPEN, 0)
    world.call("fd_fdstat_set_flags", 3, 2)
    assert set(world.guest.preopens) == {3, 4}
    world.call("fd_close", 3)
    world.call("fd_close", 4)
    guest = world.guest
    assert (guest.grants, guest.synced, guest.preopens) == ({}, {}, {})


def test_moving_takes_along_all_that_is_kept(world):
    world.call("fd_fdstat_set_rights", 4, rights.PATH_OPEN | rights.FD_FDSTAT_SET_FLAGS, 0)
    world.call("fd_fdstat_set_flags", 4, 2)
    world.call("fd_renumber", 4, 3)
    guest = world.guest
    assert set(guest.grants) == set(guest.synced) == set(guest.preopens) == {3}
    assert guest.preopens[3].name == "."


def test_a_right_given_up_is_told_from_one_the_file_never_had(world):
    reader, _ = world.pipe()
    world.call("fd_fdstat_set_rights", reader, rights.FD_READ, 0)
    assert world.guest.require(reader, rights.FD_SEEK) is world.process.fds.get(reader)
    with pytest.raises(NotCapable):
        world.guest.require(reader, rights.FD_FILESTAT_GET)
