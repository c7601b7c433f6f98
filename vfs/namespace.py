"""Operations on paths: the mount table and every path call of POSIX, with its permission checks.

Above it: the kernel and the host's view. Below it: the walk, mounts, permission bits, inodes. Every
    method takes
where to start (``at``), a path and credentials; ``beneath=True`` keeps a path from leaving ``at``,
as WASI demands (EPERM). An absolute path ignores ``at``. Methods on a :class:`Location` are the
twins for open files.

Errors that any path call may raise, beside its own: ENOENT, ENOTDIR, EACCES, ELOOP, ENAMETOOLONG,
    EINVAL (NUL in
the path), EROFS (for those that write).
"""

import stat as st
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from vfs import checks, namei
from vfs.access import EXEC, READ, WRITE, Credentials, is_owner, require, require_removable
from vfs.errors import fail
from vfs.filesystem import FileSystem
from vfs.inode import Dirent, Inode, OpenFlags, Stat
from vfs.mount import Location, Mount, path_of
from vfs.opening import open_location
from vfs.path import PATH_MAX

__all__ = ["Credentials", "Location", "Mount", "Namespace"]


class Namespace:
    """A tree of mounts and the calls that work on paths in it.

    Args:
        fs: the file system at ``/``.
    """

    def __init__(self, fs: FileSystem, *, read_only: bool = False, source: str = "") -> None:
        self._devices = 0
        top = Mount(self._numbered(fs), None, read_only=read_only, source=source)
        self._mounts = [top]
        self.root = top.location()

    # -- mounts ------------------------------------------------------------------------------------

    def mount(
        self,
        path: str,
        fs: FileSystem,
        *,
        read_only: bool = False,
        source: str = "",
        fstype: str = "",
    ) -> Mount:
        """Attach ``fs`` upon the directory ``path`` (absolute). Raises: ENOENT, ENOTDIR, EBUSY for
        ``/``."""
        point = namei.walk(self.root, self.root, path, Credentials())
        if not st.S_ISDIR(point.inode.mode):
            fail("ENOTDIR", path)
        if namei.is_same(point, self.root):
            fail("EBUSY", path)
        new = Mount(self._numbered(fs), point, read_only=read_only, source=source, fstype=fstype)
        point.mount.covered[point.inode.ino] = new
        self._mounts.append(new)
        return new

    def unmount(self, path: str) -> None:
        """Detach what is mounted at ``path``; files open on it stay usable.

        Raises: EINVAL if nothing is mounted there, EBUSY for ``/`` and under other mounts.
        """
        here = namei.walk(self.root, self.root, path, Credentials())
        mount, point = here.mount, here.mount.point
        if here.inode.ino != mount.root.ino:
            fail("EINVAL", path)
        if point is None or mount.covered:
            fail("EBUSY", path)
        del point.mount.covered[point.inode.ino]
        self._mounts.remove(mount)
        if all(other.fs is not mount.fs for other in self._mounts):
            mount.fs.close()

    def mounts(self) -> list[Mount]:
        """All mounts, the root's first, in the order they were made."""
        return list(self._mounts)

    def _numbered(self, fs: FileSystem) -> FileSystem:
        self._devices += 1
        if fs.dev == 0:
            fs.dev = self._devices
        return fs

    # -- the walk ----------------------------------------------------------------------------------

    def resolve(
        self,
        at: Location,
        path: str,
        cred: Credentials,
        *,
        follow: bool = True,
        beneath: bool = False,
    ) -> Location:
        """What ``path`` leads to. ``follow`` says whether a link in the last place is followed."""
        return namei.walk(self.root, at, path, cred, follow=follow, floor=at if beneath else None)

    def resolve_parent(
        self, at: Location, path: str, cred: Credentials, *, beneath: bool = False
    ) -> tuple[Location, str, bool]:
        """The directory ``path`` ends in, its last name (``.`` for the root), and if a slash
        follows it."""
        return namei.walk_parent(self.root, at, path, cred, floor=at if beneath else None)

    def path_of(self, location: Location) -> str:
        """The absolute path of ``location`` (getcwd, ``/proc/self/fd``). Raises: ENOENT if it was
        removed."""
        return path_of(location)

    def enter(
        self, at: Location, path: str, cred: Credentials, *, beneath: bool = False
    ) -> Location:
        """A directory that may become a working directory (chdir). Raises: ENOTDIR, EACCES."""
        here = self.resolve(at, path, cred, beneath=beneath)
        checks.require_directory(here.inode, path)
        require(here.inode, cred, EXEC, path)
        return here

    def open_inode(
        self,
        at: Location,
        path: str,
        cred: Credentials,
        *,
        flags: int = OpenFlags.READ,
        mode: int = 0o666,
        beneath: bool = False,
    ) -> Location:
        """What open(2) would open: found or made, checked against ``cred``, and emptied if TRUNC
        says so.

        The caller holds the inode while the file is open (:meth:`vfs.inode.Inode.hold`).

        Args:
            flags: :class:`OpenFlags`; neither READ nor WRITE asks for no access to the content
                (O_PATH-like).
            mode: permission bits of a new file, before the umask.

        Raises: EEXIST (EXCL), EISDIR, ENOTDIR (DIRECTORY, or a slash after a file), ELOOP (NOFOLLOW
            on a
            link), ENOSPC, EPERM (left ``at``).
        """
        return open_location(self.root, at, path, cred, int(flags), mode, at if beneath else None)

    # -- reading -----------------------------------------------------------------------------------

    def stat(
        self,
        at: Location,
        path: str,
        cred: Credentials,
        *,
        follow: bool = True,
        beneath: bool = False,
    ) -> Stat:
        """The facts of what ``path`` leads to; lstat(2) with ``follow=False``."""
        return self.resolve(at, path, cred, follow=follow, beneath=beneath).inode.stat()

    def access(
        self,
        at: Location,
        path: str,
        cred: Credentials,
        mode: int,
        *,
        follow: bool = True,
        beneath: bool = False,
    ) -> None:
        """Raise EACCES unless every bit of ``mode`` (4 read, 2 write, 1 execute) is allowed; 0: it
        exists."""
        here = self.resolve(at, path, cred, follow=follow, beneath=beneath)
        if mode & WRITE and here.mount.read_only and not checks.is_special(here.inode):
            fail("EROFS", path)
        require(here.inode, cred, mode, path)

    def listdir(
        self, at: Location, path: str, cred: Credentials, *, beneath: bool = False
    ) -> list[Dirent]:
        """The entries of a directory without ``.`` and ``..``. Raises: ENOTDIR, EACCES without read
        permission."""
        here = self.resolve(at, path, cred, beneath=beneath)
        checks.require_directory(here.inode, path)
        require(here.inode, cred, READ, path)
        return here.inode.entries()

    def readlink(self, at: Location, path: str, cred: Credentials, *, beneath: bool = False) -> str:
        """The text of the link at ``path``. Raises: EINVAL if it is none."""
        here = self.resolve(at, path, cred, follow=False, beneath=beneath)
        if not st.S_ISLNK(here.inode.mode):
            fail("EINVAL", path)
        return here.inode.readlink()

    # -- making ------------------------------------------------------------------------------------

    def mkdir(
        self,
        at: Location,
        path: str,
        cred: Credentials,
        mode: int = 0o777,
        *,
        beneath: bool = False,
    ) -> Inode:
        """Make a directory. Raises: EEXIST, ENOSPC."""
        parent, name, _ = self.resolve_parent(at, path, cred, beneath=beneath)
        checks.require_free(parent, name, cred, path)
        bits = mode & ~cred.umask & 0o1777 | parent.inode.mode & st.S_ISGID
        return _named(
            path, parent.inode.mkdir, name, bits, cred.uid, checks.group_in(parent.inode, cred)
        )

    def mknod(
        self,
        at: Location,
        path: str,
        cred: Credentials,
        mode: int,
        rdev: int = 0,
        *,
        beneath: bool = False,
    ) -> Inode:
        """Make a FIFO, socket, regular file, or (uid 0 only) a device. Raises: EEXIST, EPERM,
        ENOSPC."""
        if cred.uid != 0 and (st.S_ISCHR(mode) or st.S_ISBLK(mode)):
            fail("EPERM", path)
        parent, name, slash = self.resolve_parent(at, path, cred, beneath=beneath)
        checks.require_free(parent, name, cred, path, slash=slash)
        bits = st.S_IFMT(mode) | mode & ~cred.umask & 0o7777
        group = checks.group_in(parent.inode, cred)
        return _named(path, parent.inode.mknod, name, bits, rdev, cred.uid, group)

    def symlink(
        self, target: str, at: Location, path: str, cred: Credentials, *, beneath: bool = False
    ) -> Inode:
        """Make a link that reads ``target``. Raises: EEXIST, ENOENT (empty target), ENAMETOOLONG,
        ENOSPC."""
        if not target:
            fail("ENOENT", path)
        if "\0" in target:
            fail("EINVAL", path)
        if len(target.encode("utf-8", "surrogateescape")) >= PATH_MAX:
            fail("ENAMETOOLONG", path)
        parent, name, slash = self.resolve_parent(at, path, cred, beneath=beneath)
        checks.require_free(parent, name, cred, path, slash=slash)
        group = checks.group_in(parent.inode, cred)
        return _named(path, parent.inode.symlink, name, target, cred.uid, group)

    def link(
        self,
        at_old: Location,
        old: str,
        at_new: Location,
        new: str,
        cred: Credentials,
        *,
        follow: bool = False,
        beneath: bool = False,
    ) -> None:
        """Give what ``old`` leads to a second name. Raises: EEXIST, EXDEV, EPERM (a directory),
        EMLINK."""
        here = self.resolve(at_old, old, cred, follow=follow, beneath=beneath)
        parent, name, slash = self.resolve_parent(at_new, new, cred, beneath=beneath)
        if here.mount is not parent.mount:
            fail("EXDEV", new)
        checks.require_free(parent, name, cred, new, slash=slash)
        if st.S_ISDIR(here.inode.mode):
            fail("EPERM", old)
        _named(new, parent.inode.link, name, here.inode)

    # -- removing and moving -----------------------------------------------------------------------

    def unlink(self, at: Location, path: str, cred: Credentials, *, beneath: bool = False) -> None:
        """Remove a name that is not a directory's. Raises: EISDIR, EPERM (sticky directory),
        EBUSY."""
        parent, name, slash = self.resolve_parent(at, path, cred, beneath=beneath)
        if name in (".", ".."):
            fail("EISDIR", path)
        checks.require_writable(parent, path)
        victim = _named(path, parent.inode.lookup, name)
        is_directory = st.S_ISDIR(victim.mode)
        if slash and not is_directory:
            fail("ENOTDIR", path)
        require_removable(parent.inode, victim, cred, path)
        if is_directory:
            fail("EISDIR", path)
        _named(path, parent.inode.unlink, name)

    def rmdir(self, at: Location, path: str, cred: Credentials, *, beneath: bool = False) -> None:
        """Remove an empty directory. Raises: ENOTEMPTY, EBUSY (a mount point), EINVAL (``.``),
        EPERM."""
        parent, name, _ = self.resolve_parent(at, path, cred, beneath=beneath)
        if name in (".", ".."):
            checks.refuse_dot_removal(path, name)
        checks.require_writable(parent, path)
        victim = _named(path, parent.inode.lookup, name)
        require_removable(parent.inode, victim, cred, path)
        checks.require_directory(victim, path)
        checks.require_uncovered(parent.mount, victim, path)
        _named(path, parent.inode.rmdir, name)

    def rename(
        self,
        at_old: Location,
        old: str,
        at_new: Location,
        new: str,
        cred: Credentials,
        *,
        beneath: bool = False,
    ) -> None:
        """Move ``old`` to ``new``, replacing what is there in one step (rename(2)).

        Raises: EXDEV (across mounts), EBUSY (``.``, ``..``, mount points), EINVAL (into itself),
            EISDIR,
            ENOTDIR, ENOTEMPTY, EPERM (sticky directory).
        """
        source, old_name, old_slash = self.resolve_parent(at_old, old, cred, beneath=beneath)
        target, new_name, new_slash = self.resolve_parent(at_new, new, cred, beneath=beneath)
        if source.mount is not target.mount:
            fail("EXDEV", old)
        if old_name in (".", "..") or new_name in (".", ".."):
            fail("EBUSY", old)
        checks.require_writable(source, old)
        moved = _named(old, source.inode.lookup, old_name)
        if (old_slash or new_slash) and not st.S_ISDIR(moved.mode):
            fail("ENOTDIR", old)
        replaced = checks.find(target.inode, new_name)
        if moved is replaced:
            return
        checks.require_movable(source, moved, target, replaced, cred, old)
        _named(old, source.inode.rename, old_name, target.inode, new_name)

    # -- changing facts ----------------------------------------------------------------------------

    def chmod(
        self,
        at: Location,
        path: str,
        cred: Credentials,
        mode: int,
        *,
        follow: bool = True,
        beneath: bool = False,
    ) -> None:
        """Set permission bits. Raises: EPERM unless owner or uid 0; ENOTSUP for a link itself."""
        here = self.resolve(at, path, cred, follow=follow, beneath=beneath)
        _named(path, self.fchmod, here, cred, mode)

    def fchmod(self, here: Location, cred: Credentials, mode: int) -> None:
        """:meth:`chmod` for an open file."""
        checks.require_writable(here)
        if st.S_ISLNK(here.inode.mode):
            fail("ENOTSUP")
        if not is_owner(here.inode, cred):
            fail("EPERM")
        if cred.uid != 0 and not cred.in_group(here.inode.gid):
            mode &= ~st.S_ISGID
        here.inode.set_mode(mode & 0o7777)

    def chown(
        self,
        at: Location,
        path: str,
        cred: Credentials,
        uid: int | None,
        gid: int | None,
        *,
        follow: bool = True,
        beneath: bool = False,
    ) -> None:
        """Set owner and group; None leaves one as it is. Raises: EPERM unless uid 0, or the owner
        changing the group to one of its own."""
        here = self.resolve(at, path, cred, follow=follow, beneath=beneath)
        _named(path, self.fchown, here, cred, uid, gid)

    def fchown(self, here: Location, cred: Credentials, uid: int | None, gid: int | None) -> None:
        """:meth:`chown` for an open file. Clears set-id bits of a regular file, as Linux."""
        checks.require_writable(here)
        inode = here.inode
        if cred.uid != 0:
            is_allowed_uid = uid is None or uid == inode.uid == cred.uid
            is_allowed_gid = gid is None or (cred.uid == inode.uid and cred.in_group(gid))
            if not (is_allowed_uid and is_allowed_gid):
                fail("EPERM")
        inode.set_owner(uid, gid)
        if st.S_ISREG(inode.mode) and inode.mode & (st.S_ISUID | st.S_ISGID):
            inode.set_mode(inode.mode & 0o1777)

    def utimens(
        self,
        at: Location,
        path: str,
        cred: Credentials,
        atime_ns: int | None,
        mtime_ns: int | None,
        *,
        is_now: bool = False,
        follow: bool = True,
        beneath: bool = False,
    ) -> None:
        """Set times in nanoseconds; None leaves one as it is.

        ``is_now`` says both are the current time, for which write permission suffices. Raises:
        EPERM unless owner or uid 0, EACCES for ``is_now``.
        """
        here = self.resolve(at, path, cred, follow=follow, beneath=beneath)
        _named(path, self.futimens, here, cred, atime_ns, mtime_ns, is_now)

    def futimens(
        self,
        here: Location,
        cred: Credentials,
        atime_ns: int | None,
        mtime_ns: int | None,
        is_now: bool = False,
    ) -> None:
        """:meth:`utimens` for an open file."""
        checks.require_writable(here)
        if not is_owner(here.inode, cred):
            if not is_now:
                fail("EPERM")
            require(here.inode, cred, WRITE)
        here.inode.set_times(atime_ns, mtime_ns)

    def truncate(
        self, at: Location, path: str, cred: Credentials, size: int, *, beneath: bool = False
    ) -> None:
        """Set the length of a regular file. Raises: EISDIR, EINVAL (not regular, negative),
        EFBIG."""
        here = self.resolve(at, path, cred, beneath=beneath)
        if not st.S_ISREG(here.inode.mode):
            fail("EISDIR" if st.S_ISDIR(here.inode.mode) else "EINVAL", path)
        checks.require_writable(here, path)
        require(here.inode, cred, WRITE, path)
        _named(path, here.inode.truncate, size)


_Params = ParamSpec("_Params")
_Result = TypeVar("_Result")


def _named(
    path: str, call: Callable[_Params, _Result], *args: _Params.args, **kwargs: _Params.kwargs
) -> _Result:
    """Call an operation that knows no path, and give its error the caller's."""
    try:
        return call(*args, **kwargs)
    except OSError as error:
        error.filename = path
        raise
