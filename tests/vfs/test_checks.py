"""The order in which calls that make and move things refuse."""

import stat as st

import pytest

from vfs import checks
from vfs.contract import ROOT, make, raises
from vfs.memfs import MemFS
from vfs.namespace import Credentials, Namespace

USER = Credentials(1000, 1000)


@pytest.fixture
def names() -> Namespace:
    names = Namespace(MemFS())
    names.mkdir(names.root, "/d", ROOT)
    make(names, "/d/a")
    return names


def test_existing_before_read_only_before_permission(names: Namespace) -> None:
    here = names.resolve(names.root, "/d", ROOT)
    with raises("EEXIST"):
        checks.require_free(here, "a", USER, "p", slash=True)
    with raises("ENOENT"):
        checks.require_free(here, "b", USER, "p", slash=True)
    with raises("EACCES"):
        checks.require_free(here, "b", USER, "p")
    here.mount.read_only = True
    with raises("EROFS"):
        checks.require_free(here, "b", USER, "p")
    with raises("EEXIST"):
        checks.require_free(here, "..", ROOT, "p")


def test_removal_of_dots() -> None:
    for path, name, symbol in (
        ("/", ".", "EBUSY"),
        (".", ".", "EINVAL"),
        ("..", "..", "ENOTEMPTY"),
    ):
        with raises(symbol):
            checks.refuse_dot_removal(path, name)


def test_find_passes_other_errors_on(names: Namespace) -> None:
    assert checks.find(names.root.inode, "none") is None
    with raises("ENOTDIR"):
        checks.find(names.resolve(names.root, "/d/a", ROOT).inode, "x")


def test_special() -> None:
    fs = MemFS()
    for kind, expected in ((st.S_IFIFO, True), (st.S_IFCHR, True), (st.S_IFSOCK, True)):
        assert checks.is_special(fs.root.mknod(f"n{kind}", kind | 0o600, 0, 0, 0)) is expected
    assert not checks.is_special(fs.root)
    assert not checks.is_special(fs.new_file(0o644))


def test_covered_directories_stay(names: Namespace) -> None:
    names.mkdir(names.root, "/d/m", ROOT)
    names.mkdir(names.root, "/d/n", ROOT)
    names.mount("/d/m", MemFS())
    for call in (
        lambda: names.rename(names.root, "/d/m", names.root, "/d/x", ROOT),
        lambda: names.rename(names.root, "/d/n", names.root, "/d/m", ROOT),
        lambda: names.rmdir(names.root, "/d/m", ROOT),
    ):
        with raises("EBUSY"):
            call()
