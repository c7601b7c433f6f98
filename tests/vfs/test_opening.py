"""Flags of open() in the combinations that go wrong."""

import stat as st

import pytest

from vfs.contract import ROOT, content, make, raises
from vfs.inode import OpenFlags as Flags
from vfs.memfs import MemFS
from vfs.namespace import Credentials, Namespace

USER = Credentials(1000, 1000)


@pytest.fixture
def names() -> Namespace:
    names = Namespace(MemFS())
    make(names, "/a", b"abc")
    names.mkdir(names.root, "/d", ROOT)
    names.symlink("a", names.root, "/l", ROOT)
    return names


@pytest.mark.parametrize(
    ("path", "flags", "symbol"),
    [
        ("/a", Flags.READ | Flags.DIRECTORY, "ENOTDIR"),
        ("/a", Flags.WRITE | Flags.CREAT | Flags.DIRECTORY, "EINVAL"),
        ("/d", Flags.WRITE, "EISDIR"),
        ("/d", Flags.READ | Flags.TRUNC, "EISDIR"),
        ("/d", Flags.READ | Flags.CREAT, "EISDIR"),
        ("/", Flags.READ | Flags.CREAT, "EISDIR"),
        ("/d", Flags.READ | Flags.CREAT | Flags.EXCL, "EEXIST"),
        ("/a", Flags.READ | Flags.CREAT | Flags.EXCL, "EEXIST"),
        ("/l", Flags.READ | Flags.CREAT | Flags.EXCL, "EEXIST"),
        ("/d/..", Flags.READ | Flags.CREAT | Flags.EXCL, "EEXIST"),
        ("/l", Flags.READ | Flags.NOFOLLOW, "ELOOP"),
        ("/l", Flags.READ | Flags.NOFOLLOW | Flags.CREAT, "ELOOP"),
        ("/none", Flags.READ, "ENOENT"),
        ("/none/x", Flags.READ | Flags.CREAT, "ENOENT"),
        ("/a/x", Flags.READ | Flags.CREAT, "ENOTDIR"),
    ],
)
def test_refusals(names: Namespace, path: str, flags: Flags, symbol: str) -> None:
    with raises(symbol):
        names.open_inode(names.root, path, ROOT, flags=flags)
    assert content(names, "/a") == b"abc"


def test_existing_file_keeps_its_mode_and_content(names: Namespace) -> None:
    names.open_inode(names.root, "/a", ROOT, flags=Flags.WRITE | Flags.CREAT, mode=0o600)
    assert names.stat(names.root, "/a", ROOT).mode == st.S_IFREG | 0o644
    assert content(names, "/a") == b"abc"


def test_opening_through_a_link(names: Namespace) -> None:
    here = names.open_inode(names.root, "/l", ROOT, flags=Flags.WRITE | Flags.CREAT)
    assert names.path_of(here) == "/a"


def test_without_access_to_content_no_permission_is_needed(names: Namespace) -> None:
    names.chmod(names.root, "/a", ROOT, 0)
    assert names.open_inode(names.root, "/a", USER, flags=0)
    with raises("EACCES"):
        names.open_inode(names.root, "/a", USER, flags=Flags.READ)


def test_trunc_of_a_fifo_is_ignored(names: Namespace) -> None:
    names.mknod(names.root, "/p", ROOT, st.S_IFIFO | 0o600)
    assert names.open_inode(names.root, "/p", ROOT, flags=Flags.WRITE | Flags.TRUNC)


def test_created_directory_entry_is_where_the_link_leads(names: Namespace) -> None:
    names.symlink("d/new", names.root, "/m", ROOT)
    names.symlink("../m", names.root, "/d/n", ROOT)
    here = names.open_inode(names.root, "/d/n", ROOT, flags=Flags.WRITE | Flags.CREAT)
    assert names.path_of(here) == "/d/new"


def test_creating_opens_a_mount_point_from_above(names: Namespace) -> None:
    names.mount("/d", MemFS())
    with raises("EISDIR"):
        names.open_inode(names.root, "/d", ROOT, flags=Flags.WRITE | Flags.CREAT)
    assert names.open_inode(names.root, "/d", ROOT).inode is not None
