"""The base answers like a node that cannot; records tell their types."""

import stat as st
from collections.abc import Callable

import pytest

from vfs.contract import raises
from vfs.filesystem import FileSystem
from vfs.inode import Dirent, Inode, Stat

CONTENT: list[Callable[[Inode], object]] = [
    lambda node: node.read_at(0, 1),
    lambda node: node.write_at(0, b"x"),
    lambda node: node.append(b"x"),
    lambda node: node.truncate(0),
]
ENTRIES: list[Callable[[Inode], object]] = [
    lambda node: node.lookup("x"),
    lambda node: node.entries(),
    lambda node: node.create("x", 0o644, 0, 0),
    lambda node: node.mkdir("x", 0o755, 0, 0),
    lambda node: node.symlink("x", "y", 0, 0),
    lambda node: node.mknod("x", 0o644, 0, 0, 0),
    lambda node: node.link("x", node),
    lambda node: node.unlink("x"),
    lambda node: node.rmdir("x"),
    lambda node: node.rename("x", node, "y"),
]


def bare(kind: int) -> Inode:
    return Inode(FileSystem(), 7, kind | 0o600, 3, 4, 5)


@pytest.mark.parametrize("call", CONTENT)
def test_content(call: Callable[[Inode], object]) -> None:
    with raises("EISDIR"):
        call(bare(st.S_IFDIR))
    with raises("EINVAL"):
        call(bare(st.S_IFIFO))


@pytest.mark.parametrize("call", ENTRIES)
def test_entries(call: Callable[[Inode], object]) -> None:
    with raises("EPERM"):
        call(bare(st.S_IFDIR))
    with raises("ENOTDIR"):
        call(bare(st.S_IFREG))


def test_facts() -> None:
    node = bare(st.S_IFCHR)
    facts = node.stat()
    assert (facts.ino, facts.mode, facts.uid, facts.gid, facts.rdev) == (
        7,
        st.S_IFCHR | 0o600,
        3,
        4,
        5,
    )
    for call in (
        lambda: node.set_mode(0),
        lambda: node.set_owner(0, 0),
        lambda: node.set_times(0, 0),
    ):
        with raises("EPERM"):
            call()
    with raises("EINVAL"):
        node.readlink()


def test_kinds_of_records() -> None:
    for kind, flags in (
        (st.S_IFREG, (True, False, False)),
        (st.S_IFDIR, (False, True, False)),
        (st.S_IFLNK, (False, False, True)),
        (st.S_IFIFO, (False, False, False)),
    ):
        facts, entry = bare(kind).stat(), Dirent("x", 1, kind)
        assert (facts.is_file, facts.is_dir, facts.is_link) == flags
        assert (entry.is_file, entry.is_dir, entry.is_link) == flags


@pytest.mark.parametrize(
    ("size", "stored", "blocks"), [(0, -1, 0), (1, -1, 1), (513, -1, 2), (9, 0, 0)]
)
def test_blocks(size: int, stored: int, blocks: int) -> None:
    assert Stat(0, 0, 0, 0, 0, 0, 0, size, 0, 0, 0, stored).blocks == blocks
