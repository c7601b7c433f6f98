"""Permission bits by class, uid 0's passes, sticky directories."""

import stat as st

import pytest

from vfs.access import (
    EXEC,
    READ,
    WRITE,
    Credentials,
    is_allowed,
    is_owner,
    require,
    require_removable,
)
from vfs.contract import raises
from vfs.inode import Inode
from vfs.memfs import MemFS


def inode(mode: int, uid: int = 1, gid: int = 10, kind: int = st.S_IFREG) -> Inode:
    return Inode(MemFS(), 1, kind | mode, uid, gid)


OWNER, MEMBER, FURTHER, OTHER = (
    Credentials(1, 5),
    Credentials(2, 10),
    Credentials(3, 5, frozenset({10})),
    Credentials(4, 5),
)


@pytest.mark.parametrize(
    ("cred", "bits"), [(OWNER, 0o700), (MEMBER, 0o070), (FURTHER, 0o070), (OTHER, 0o007)]
)
def test_only_ones_own_class_counts(cred: Credentials, bits: int) -> None:
    assert is_allowed(inode(bits), cred, READ | WRITE | EXEC)
    for want in (READ, WRITE, EXEC):
        assert not is_allowed(inode(0o777 & ~bits), cred, want)


@pytest.mark.parametrize("want", range(8))
@pytest.mark.parametrize("bits", range(8))
def test_every_wanted_bit_must_be_there(bits: int, want: int) -> None:
    assert is_allowed(inode(bits), OTHER, want) == (bits & want == want)


def test_root() -> None:
    root = Credentials(0, 0)
    assert is_allowed(inode(0), root, READ | WRITE)
    assert not is_allowed(inode(0o666), root, EXEC)
    assert is_allowed(inode(0o001), root, EXEC)
    assert is_allowed(inode(0, kind=st.S_IFDIR), root, READ | WRITE | EXEC)
    assert is_owner(inode(0), root)


def test_require() -> None:
    with raises("EACCES"):
        require(inode(0o700), OTHER, READ)
    require(inode(0o700), OTHER, 0)


def test_sticky() -> None:
    folder = inode(0o1777, uid=9, kind=st.S_IFDIR)
    require_removable(folder, inode(0, uid=1), OWNER, "x")
    require_removable(folder, inode(0, uid=1), Credentials(9, 9), "x")
    with raises("EPERM"):
        require_removable(folder, inode(0, uid=1), OTHER, "x")
    with raises("EACCES"):
        require_removable(inode(0o1755, kind=st.S_IFDIR), inode(0, uid=4), OTHER, "x")
