"""Which rights go with which file."""

import stat

import pytest

from orchestrator.wasi import abi, rights
from vfs.inode import OpenFlags

READ, WRITE = OpenFlags.READ.value, OpenFlags.WRITE.value


def test_the_integers_are_those_of_the_flags():
    for flag in abi.Rights:
        if hasattr(rights, flag.name):
            assert getattr(rights, flag.name) == flag.value
    assert sum(abi.Rights) == rights.ALL


@pytest.mark.parametrize(
    ("kind", "is_tty", "seeks"),
    [
        (stat.S_IFREG, False, True),
        (stat.S_IFCHR, False, True),
        (stat.S_IFCHR, True, False),
        (stat.S_IFIFO, False, False),
    ],
)
def test_only_a_terminal_and_a_pipe_do_not_seek(kind, is_tty, seeks):
    grant = rights.of_file(kind, READ | WRITE, is_tty=is_tty)
    assert bool(grant.base & rights.FD_SEEK) is seeks
    assert bool(grant.base & rights.FD_TELL) is seeks
    assert grant.inheriting == 0


@pytest.mark.parametrize("kind", [stat.S_IFREG, stat.S_IFCHR, stat.S_IFIFO])
def test_the_access_mode_shows(kind):
    reading = rights.of_file(kind, READ, is_tty=False).base
    writing = rights.of_file(kind, WRITE, is_tty=False).base
    assert reading & rights.FD_READ
    assert not reading & (rights.FD_WRITE | rights.FD_ALLOCATE | rights.FD_FILESTAT_SET_SIZE)
    assert writing & rights.FD_WRITE
    assert not writing & rights.FD_READ


def test_a_directory_passes_everything_on():
    grant = rights.of_file(stat.S_IFDIR, READ, is_tty=False)
    assert grant.inheriting == rights.ALL
    assert grant.base & rights.PATH_OPEN
    assert not grant.base & rights.FD_WRITE


@pytest.mark.parametrize(
    ("base", "truncate", "flags"),
    [
        (0, False, 0),
        (rights.FD_READ, False, READ),
        (rights.FD_READDIR, False, READ),
        (rights.FD_WRITE, False, WRITE),
        (rights.FD_ALLOCATE, False, WRITE),
        (rights.FD_FILESTAT_SET_SIZE, False, WRITE),
        (rights.FD_READ, True, READ | WRITE),
        (rights.FD_DATASYNC | rights.FD_SEEK, False, 0),
    ],
)
def test_what_rights_mean_for_opening(base, truncate, flags):
    assert rights.access_flags(base, truncate=truncate) == flags
