"""What must hold before a name is made, moved or removed; the order of the errors is Linux's.

Above it: the namespace. Below it: permission bits and mounts. A file system checks its own part
    (types, emptiness);
what needs permissions, mounts or paths is here.
"""

import stat as st
from typing import NoReturn

from vfs.access import EXEC, WRITE, Credentials, require, require_removable
from vfs.errors import fail
from vfs.inode import Inode
from vfs.mount import Location, Mount


def find(directory: Inode, name: str) -> Inode | None:
    """The inode under ``name``, or None."""
    try:
        return directory.lookup(name)
    except FileNotFoundError:
        return None


def group_in(directory: Inode, cred: Credentials) -> int:
    """The group of what is made in ``directory``: its own if it is set-gid, else the maker's."""
    return directory.gid if directory.mode & st.S_ISGID else cred.gid


def is_special(inode: Inode) -> bool:
    """True for a device, FIFO or socket: writing to it does not write to its file system."""
    return not (st.S_ISREG(inode.mode) or st.S_ISDIR(inode.mode) or st.S_ISLNK(inode.mode))


def require_directory(inode: Inode, path: str) -> None:
    """Raise ENOTDIR unless it is one."""
    if not st.S_ISDIR(inode.mode):
        fail("ENOTDIR", path)


def require_writable(here: Location, path: str | None = None) -> None:
    """Raise EROFS if the mount is read-only."""
    if here.mount.read_only:
        fail("EROFS", path)


def require_uncovered(mount: Mount, inode: Inode, path: str) -> None:
    """Raise EBUSY if something is mounted upon it."""
    if mount.covered and inode.ino in mount.covered:
        fail("EBUSY", path)


def require_free(
    parent: Location, name: str, cred: Credentials, path: str, *, slash: bool = False
) -> None:
    """Check that ``cred`` may make ``name``; the order of the errors is Linux's."""
    if name in (".", "..") or find(parent.inode, name) is not None:
        fail("EEXIST", path)
    if slash:
        fail("ENOENT", path)
    require_writable(parent, path)
    require(parent.inode, cred, WRITE | EXEC, path)


def refuse_dot_removal(path: str, name: str) -> NoReturn:
    """Raise what rmdir(2) answers for ``/``, ``.`` and ``..``."""
    if not path.strip("/"):
        fail("EBUSY", path)
    fail("EINVAL" if name == "." else "ENOTEMPTY", path)


def require_movable(
    source: Location,
    moved: Inode,
    target: Location,
    replaced: Inode | None,
    cred: Credentials,
    path: str,
) -> None:
    """The checks of rename(2) that need permissions or mounts; the file system does the others."""
    if st.S_ISDIR(moved.mode):
        require_not_within(moved, target.inode, "EINVAL", path)
    if replaced is not None and st.S_ISDIR(replaced.mode):
        require_not_within(replaced, source.inode, "ENOTEMPTY", path)
    require_removable(source.inode, moved, cred, path)
    if replaced is None:
        require(target.inode, cred, WRITE | EXEC, path)
    else:
        require_removable(target.inode, replaced, cred, path)
        if st.S_ISDIR(moved.mode) != st.S_ISDIR(replaced.mode):
            fail("ENOTDIR" if st.S_ISDIR(moved.mode) else "EISDIR", path)
        require_uncovered(target.mount, replaced, path)
    if st.S_ISDIR(moved.mode) and source.inode is not target.inode:
        require(moved, cred, WRITE, path)  # its ".." changes
    require_uncovered(source.mount, moved, path)


def require_not_within(ancestor: Inode, inode: Inode, symbol: str, path: str) -> None:
    """Fail with ``symbol`` if ``inode`` is ``ancestor`` or stands in it."""
    here: Inode | None = inode
    while here is not None:
        if here.ino == ancestor.ino:
            fail(symbol, path)
        if here.parent is here:
            return
        here = here.parent
