"""The path part of open(2): find or make what is to be opened, and check that it may be.

Above it: the namespace. Below it: the walk. A dangling link in the last place leads creation to its
    target, as
POSIX has it, unless O_EXCL or O_NOFOLLOW forbid it.
"""

import itertools
import stat as st

from vfs import namei
from vfs import path as text
from vfs.access import EXEC, READ, WRITE, Credentials, require
from vfs.errors import fail
from vfs.inode import Inode, OpenFlags
from vfs.mount import Location

# Plain ints: an operation on an IntFlag member costs a microsecond.
_READ = OpenFlags.READ.value
_WRITE = OpenFlags.WRITE.value
_CREAT = OpenFlags.CREAT.value
_EXCL = OpenFlags.EXCL.value
_TRUNC = OpenFlags.TRUNC.value
_DIRECTORY = OpenFlags.DIRECTORY.value
_NOFOLLOW = OpenFlags.NOFOLLOW.value


def open_location(
    root: Location,
    at: Location,
    path: str,
    cred: Credentials,
    flags: int,
    mode: int,
    floor: Location | None,
) -> Location:
    """Do what :meth:`vfs.namespace.Namespace.open_inode` says."""
    if flags & _CREAT:
        if flags & _DIRECTORY:
            fail("EINVAL", path)
        here, is_new = _find_or_create(root, at, path, cred, flags, mode, floor)
        if is_new:
            return here
    else:
        here = namei.walk(root, at, path, cred, follow=not flags & _NOFOLLOW, floor=floor)
    try:
        _check(here, cred, flags)
        if flags & _TRUNC and st.S_ISREG(here.inode.mode):
            here.inode.truncate(0)
    except OSError as error:
        error.filename = path
        raise
    return here


def _check(here: Location, cred: Credentials, flags: int) -> None:
    inode = here.inode
    kind = st.S_IFMT(inode.mode)
    if kind == st.S_IFLNK:
        fail("ELOOP")
    if flags & _DIRECTORY and kind != st.S_IFDIR:
        fail("ENOTDIR")
    is_write = bool(flags & (_WRITE | _TRUNC))
    if kind == st.S_IFDIR and is_write | (flags & _CREAT):
        fail("EISDIR")
    if is_write and here.mount.read_only and kind == st.S_IFREG:
        fail("EROFS")
    want = (READ if flags & _READ else 0) | (WRITE if is_write else 0)
    require(inode, cred, want)


def _find_or_create(
    root: Location,
    at: Location,
    path: str,
    cred: Credentials,
    flags: int,
    mode: int,
    floor: Location | None,
) -> tuple[Location, bool]:
    """What ``path`` leads to and whether it was made just now."""
    start, way = at, path
    for links in itertools.count():
        if links > text.SYMLOOP_MAX:
            fail("ELOOP", path)
        parent, name, slash = namei.walk_parent(root, start, way, cred, floor=floor)
        if name in (".", ".."):
            fail("EEXIST" if flags & _EXCL else "EISDIR", path)
        if slash:
            fail("EISDIR", path)
        try:
            node = parent.inode.lookup(name)
        except FileNotFoundError:
            return _create(parent, name, cred, mode, path), True
        if flags & _EXCL:
            fail("EEXIST", path)
        if not st.S_ISLNK(node.mode) or flags & _NOFOLLOW:
            return namei.walk(root, parent, name, cred, follow=False), False
        start, way = _link_target(root, parent, node.readlink(), path, floor)
    raise AssertionError("count() does not end")


def _link_target(
    root: Location, parent: Location, target: str, path: str, floor: Location | None
) -> tuple[Location, str]:
    """Where the text of a link leads from, and the text relative to it."""
    if not target.startswith("/"):
        return parent, target
    if floor is not None and not namei.is_same(floor, root):
        fail("EPERM", path)
    return root, target.lstrip("/") or "."


def _create(parent: Location, name: str, cred: Credentials, mode: int, path: str) -> Location:
    if parent.mount.read_only:
        fail("EROFS", path)
    directory = parent.inode
    require(directory, cred, WRITE | EXEC, path)
    group = directory.gid if directory.mode & st.S_ISGID else cred.gid
    try:
        node: Inode = directory.create(name, mode & ~cred.umask & 0o7777, cred.uid, group)
    except OSError as error:
        error.filename = path
        raise
    return Location(node, parent.mount, directory, name)
