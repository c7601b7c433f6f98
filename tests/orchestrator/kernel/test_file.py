from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from orchestrator.kernel.file import DirectoryFile, File, InodeFile
from orchestrator.kernel.system import System
from tests.orchestrator.kernel.box import Box, fails
from vfs.inode import OpenFlags

R, W, RW = OpenFlags.READ, OpenFlags.WRITE, OpenFlags.READ | OpenFlags.WRITE


@pytest.fixture
def in_box(box: Box) -> Callable[[Callable[[System], Any]], Any]:
    box.files.write("/tmp/file", b"0123456789")
    return box.call


def test_read_write_share_one_offset(in_box: Callable[..., Any]) -> None:
    def main(system: System) -> bytes:
        fd = system.open("/tmp/file", RW)
        twin = system.dup(fd)
        assert system.read(fd, 3) == b"012"
        system.write(twin, b"ab")
        assert system.read(fd, 2) == b"56"
        return system.pread(system.open("/tmp/file"), 100, 2)

    assert in_box(main) == b"2ab56789"


def test_append_writes_at_the_end_whatever_the_offset(in_box: Callable[..., Any]) -> None:
    def main(system: System) -> bytes:
        fd = system.open("/tmp/file", RW | OpenFlags.APPEND)
        other = system.open("/tmp/file", RW | OpenFlags.APPEND)
        system.write(fd, b"A")
        system.write(other, b"B")
        system.seek(fd, 0)
        system.write(fd, b"C")
        assert system.read(fd) == b""
        system.seek(fd, 10)
        return system.read(fd)

    assert in_box(main) == b"ABC"


def test_seek(in_box: Callable[..., Any]) -> None:
    def main(system: System) -> None:
        fd = system.open("/tmp/file", RW)
        assert system.seek(fd, -3, 2) == 7
        assert system.seek(fd, 1, 1) == 8
        assert system.read(fd) == b"89"
        assert system.seek(fd, 100) == 100
        assert system.read(fd) == b""
        for offset, whence, symbol in ((-1, 0, "EINVAL"), (-200, 1, "EINVAL"), (0, 3, "EINVAL")):
            with fails(symbol):
                system.seek(fd, offset, whence)
        with fails("EOVERFLOW"):
            system.seek(fd, (1 << 63) - 1, 1)
        system.write(fd, b"!")
        assert system.fstat(fd).size == 101

    in_box(main)


def test_access_mode(in_box: Callable[..., Any]) -> None:
    def main(system: System) -> None:
        reader, writer = system.open("/tmp/file", R), system.open("/tmp/file", W)
        with fails("EBADF"):
            system.write(reader, b"x")
        with fails("EBADF"):
            system.read(writer)
        with fails("EBADF"):
            system.pread(writer, 1, 0)
        with fails("EBADF"):
            system.file(reader).pwrite(b"x", 0)
        with fails("EINVAL"):
            system.ftruncate(reader, 0)
        system.ftruncate(writer, 4)
        assert system.read_all(reader) == b"0123"

    in_box(main)


def test_pwrite_keeps_the_offset(in_box: Callable[..., Any]) -> None:
    def main(system: System) -> None:
        fd = system.open("/tmp/file", RW)
        assert system.file(fd).pwrite(b"xy", 4) == 2
        assert system.read(fd, 7) == b"0123xy6"
        system.file(fd).sync()
        assert system.file(fd).available() == 3

    in_box(main)


def test_a_removed_file_lives_while_it_is_open(in_box: Callable[..., Any]) -> None:
    def main(system: System) -> bytes:
        fd = system.open("/tmp/file", RW)
        system.unlink("/tmp/file")
        system.seek(fd, 0, 2)
        system.write(fd, b"+")
        system.seek(fd, 0)
        assert system.file(fd).describe().endswith("(deleted)")
        return system.read(fd)

    assert in_box(main) == b"0123456789+"


def test_a_directory_lists_a_steady_picture(in_box: Callable[..., Any]) -> None:
    def main(system: System) -> None:
        file = system.file(system.open("/tmp"))
        assert isinstance(file, DirectoryFile)
        names = [entry.name for entry in file.entries()]
        assert names == [".", "..", "file"]
        system.unlink("/tmp/file")
        system.mkdir("/tmp/new")
        assert [entry.name for entry in file.entries()] == names
        file.rewind()
        assert [entry.name for entry in file.entries()] == [".", "..", "new"]
        assert file.entries()[1].ino == system.stat("/").ino
        assert file.describe() == "/tmp"
        file.sync()

    in_box(main)


def test_a_directory_is_not_read_or_written(in_box: Callable[..., Any]) -> None:
    def main(system: System) -> None:
        fd = system.open("/tmp")
        with fails("EISDIR"):
            system.read(fd)
        with fails("EBADF"):
            system.write(fd, b"x")
        with fails("EISDIR"):
            system.open("/tmp", W)

    in_box(main)


def test_a_file_without_powers_answers_by_errno() -> None:
    file = File(RW)
    for attempt, symbol in (
        (lambda: file.read_nowait(1), "EINVAL"),
        (lambda: file.write_nowait(b"x"), "EINVAL"),
        (lambda: file.pread(1, 0), "ESPIPE"),
        (lambda: file.pwrite(b"x", 0), "ESPIPE"),
        (lambda: file.seek(0), "ESPIPE"),
        (lambda: file.truncate(0), "EINVAL"),
        (file.sync, "EINVAL"),
        (file.stat, "EBADF"),
    ):
        with fails(symbol):
            attempt()
    assert (file.readable(), file.writable(), file.isatty) == (True, True, False)


def test_flags_can_change(in_box: Callable[..., Any]) -> None:
    def main(system: System) -> bytes:
        fd = system.open("/tmp/file", RW)
        file = system.file(fd)
        assert isinstance(file, InodeFile)
        file.set_flags(file.flags | OpenFlags.APPEND)
        system.write(fd, b"!")
        return system.pread(fd, 100, 8)

    assert in_box(main) == b"89!"
