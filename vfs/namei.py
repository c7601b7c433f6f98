"""The path walk: from a location and a text to an inode. The only one there is.

Above it: the namespace. Below it: mounts, inodes, permission bits. It handles ``.``, ``..``,
    symbolic links and
their limit, trailing slashes, mount crossings and search permission, and can be kept beneath where
it started.
"""

import stat as st
from typing import NoReturn

from vfs import path as text
from vfs.access import EXEC, Credentials, is_allowed
from vfs.errors import fail
from vfs.inode import Inode
from vfs.mount import Location, Mount

_TYPE = 0o170000
_DIRECTORY = st.S_IFDIR
_LINK = st.S_IFLNK
_SEARCH_ALL = 0o111
_NOT_NAMES = frozenset(("", ".", ".."))


def walk(
    root: Location,
    start: Location,
    path: str,
    cred: Credentials,
    *,
    follow: bool = True,
    floor: Location | None = None,
) -> Location:
    """Resolve ``path`` from ``start`` (or ``root`` if it is absolute).

    Args:
        follow: whether a symbolic link in the last place is followed. One before a slash always is.
        floor: never leave this directory (WASI's rule): a path or link that is absolute, or climbs
            above it, raises EPERM. At the root there is no above: ``..`` stays and absolute links
            lead from it.

    Raises:
        ENOENT, ENOTDIR, EACCES (no search permission), ELOOP, ENAMETOOLONG, EINVAL (NUL), EPERM
        (left floor).
    """
    text.check(path)
    try:
        return _walk(root, start, path, cred, follow, floor)
    except OSError as error:
        error.filename = path
        raise


def walk_parent(
    root: Location, start: Location, path: str, cred: Credentials, *, floor: Location | None = None
) -> tuple[Location, str, bool]:
    """Resolve all of ``path`` but its last name: the directory, that name, and if a slash follows
    it.

    The name is ``.`` for the root and may be ``.`` or ``..`` for others; it need not exist. Search
    permission on the directory was checked. Raises as :func:`walk`.
    """
    text.check(path)
    head, name, slash = text.split_last(path)
    try:
        parent = _walk(root, start, head, cred, True, floor) if head else start
        _search(parent.inode, cred)
    except OSError as error:
        error.filename = path
        raise
    return parent, name, slash


def _walk(
    root: Location,
    start: Location,
    path: str,
    cred: Credentials,
    follow: bool,
    floor: Location | None,
) -> Location:
    names = path.split("/")
    if not names[0]:
        start = _from_root(root, floor, is_path=True)
    inode, mount, parent, entry = start
    is_user = cred.uid != 0
    index = links = 0
    final = len(names) - 1
    while index <= final:
        name = names[index]
        index += 1
        if name in _NOT_NAMES:
            if name:
                _search(inode, cred)
            elif inode.mode & _TYPE != _DIRECTORY:
                fail("ENOTDIR")
            if name == "..":
                inode, mount, parent, entry = _up(root, inode, mount, floor)
            continue
        if is_user and inode.mode & _SEARCH_ALL != _SEARCH_ALL:
            _search(inode, cred)
        node = inode.lookup(name)
        kind = node.mode & _TYPE
        if kind == _DIRECTORY:
            if node.parent is None:
                # The lookup proves where it stands; file systems that make nodes on demand
                # rely on this.
                node.parent, node.name = inode, name
            parent, entry, inode = inode, name, node
            while mount.covered and inode.ino in mount.covered:
                mount = mount.covered[inode.ino]
                inode = mount.root
        elif kind == _LINK and (follow or index <= final):
            links += 1
            target = _target(node, links)
            names = target.split("/") + names[index:]
            index, final = 0, len(names) - 1
            if not names[0]:
                inode, mount, parent, entry = _from_root(root, floor, is_path=False)
        else:
            parent, entry, inode = inode, name, node
    return Location(inode, mount, parent, entry)


def _search(inode: Inode, cred: Credentials) -> None:
    if not st.S_ISDIR(inode.mode):
        fail("ENOTDIR")
    if not is_allowed(inode, cred, EXEC):
        fail("EACCES")


def _target(link: Inode, links: int) -> str:
    if links > text.SYMLOOP_MAX:
        fail("ELOOP")
    target = link.readlink()
    text.check(target)
    return target


def _from_root(root: Location, floor: Location | None, *, is_path: bool) -> Location:
    """Where an absolute path or link begins; a floor allows only links, and only if it is the
    root."""
    if floor is not None and (is_path or not is_same(floor, root)):
        _left_floor()
    return root


def _up(root: Location, inode: Inode, mount: Mount, floor: Location | None) -> Location:
    here = Location(inode, mount, None, "")
    if is_same(here, root):
        return root
    if floor is not None and is_same(here, floor):
        _left_floor()
    while inode.ino == mount.root.ino and mount.point is not None:
        inode, mount = mount.point.inode, mount.point.mount
    if inode.parent is None:
        fail("ENOENT")
    inode = inode.parent
    return Location(inode, mount, inode.parent, inode.name)


def is_same(one: Location, other: Location) -> bool:
    """True if both stand at the same inode of the same mount."""
    return one.inode.ino == other.inode.ino and one.mount is other.mount


def _left_floor() -> NoReturn:
    # WASI names it ENOTCAPABLE, which no Python host has an errno for; preview1 hosts answer EPERM.
    fail("EPERM")
