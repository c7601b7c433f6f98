"""The file system in memory: directories as dicts, contents in chunks, under a quota.

Above it: the namespace, devfs and overlay, which derive from it. Below it: content and quota.
    Nothing here checks
permissions. A change that fails leaves everything as it was.
"""

from __future__ import annotations

import stat as st
import time
from collections.abc import Callable
from typing import NoReturn

from vfs.content import Backing, Content, Fixed, Lazy
from vfs.errors import fail
from vfs.filesystem import FileSystem, Usage
from vfs.inode import Dirent, Inode, Stat
from vfs.quota import Ledger, Quota

LINK_MAX = 65000
"""Names one inode may have, as ext4."""


class MemNode(Inode):
    """An inode that keeps times and links: the base of the four kinds below, and itself a device or
    FIFO."""

    __slots__ = ("atime", "ctime", "mtime", "nlink", "opens")
    fs: MemFS

    def __init__(self, fs: MemFS, mode: int, uid: int, gid: int, rdev: int = 0) -> None:
        super().__init__(fs, fs.next_ino(), mode, uid, gid, rdev)
        self.atime = self.mtime = self.ctime = fs.clock()
        self.nlink = 0
        self.opens = 0

    def stat(self) -> Stat:
        """The facts now."""
        return Stat(
            self.fs.dev,
            self.ino,
            self.mode,
            self.nlink,
            self.uid,
            self.gid,
            self.rdev,
            self.size,
            self.atime,
            self.mtime,
            self.ctime,
            self.stored,
        )

    @property
    def stored(self) -> int:
        """Bytes taken up; -1 for as many as ``size``."""
        return -1

    def set_mode(self, mode: int) -> None:
        """Set the permission bits (0o7777)."""
        self.mode = st.S_IFMT(self.mode) | mode & 0o7777
        self.ctime = self.fs.clock()

    def set_owner(self, uid: int | None, gid: int | None) -> None:
        """Set the owner; None leaves one as it is."""
        self.uid = self.uid if uid is None else uid
        self.gid = self.gid if gid is None else gid
        self.ctime = self.fs.clock()

    def set_times(self, atime_ns: int | None, mtime_ns: int | None) -> None:
        """Set times; None leaves one as it is."""
        self.atime = self.atime if atime_ns is None else atime_ns
        self.mtime = self.mtime if mtime_ns is None else mtime_ns
        self.ctime = self.fs.clock()

    def hold(self) -> None:
        """Count one more open file."""
        self.opens += 1

    def release(self) -> None:
        """Count one open file less; the last one frees what has no name left."""
        self.opens -= 1
        if self.opens <= 0 and self.nlink == 0:
            self.discard()

    def discard(self) -> None:
        """Free the storage: the last name and the last open file are gone."""

    def drop_name(self) -> None:
        """One name less; the last one frees the storage unless a file is open."""
        self.nlink -= 1
        self.ctime = self.fs.clock()
        if self.nlink == 0 and self.opens <= 0:
            self.discard()

    def touch(self) -> None:
        """The content changed now."""
        self.mtime = self.ctime = self.fs.clock()


class MemFile(MemNode):
    """A regular file."""

    __slots__ = ("_content",)

    def __init__(
        self,
        fs: MemFS,
        mode: int,
        uid: int,
        gid: int,
        backing: Backing | None = None,
        size: int = 0,
    ) -> None:
        super().__init__(fs, st.S_IFREG | st.S_IMODE(mode), uid, gid)
        self._content = Content(fs.ledger, backing, size)

    @property
    def size(self) -> int:
        """Bytes of content."""
        return self._content.size

    @property
    def stored(self) -> int:
        """Bytes taken up from the quota; a backing counts as if it were stored."""
        return self._content.occupied

    def read_at(self, offset: int, size: int) -> bytes:
        """Up to ``size`` bytes from ``offset``. The access time follows as with Linux's
        relatime."""
        data = self._content.read(offset, size)
        if self.atime <= self.mtime and not self.fs.read_only:
            self.atime = self.fs.clock()
        return data

    def write_at(self, offset: int, data: bytes | bytearray | memoryview) -> int:
        """Write at ``offset``; returns how many bytes fitted. Raises: ENOSPC, EFBIG, EROFS,
        EINVAL."""
        self.fs.require_writable()
        count = self._content.write(offset, data)
        self.mtime = self.ctime = self.fs.clock()
        return count

    def truncate(self, size: int) -> None:
        """Make it ``size`` bytes long. Raises: EFBIG, EROFS, EINVAL."""
        self.fs.require_writable()
        self._content.truncate(size)
        self.touch()

    def discard(self) -> None:
        """Free the content."""
        self._content.discard()


class MemLink(MemNode):
    """A symbolic link."""

    __slots__ = ("_target",)

    def __init__(self, fs: MemFS, target: str, uid: int, gid: int) -> None:
        super().__init__(fs, st.S_IFLNK | 0o777, uid, gid)
        self._target = target

    @property
    def size(self) -> int:
        """The length of the text in bytes."""
        return byte_length(self._target)

    def readlink(self) -> str:
        """The text."""
        return self._target

    def discard(self) -> None:
        """Free the text."""
        self.fs.ledger.give_back(self.size)


class MemDirectory(MemNode):
    """A directory: names in the order they were made."""

    __slots__ = ("_children",)

    def __init__(self, fs: MemFS, mode: int, uid: int, gid: int) -> None:
        super().__init__(fs, st.S_IFDIR | st.S_IMODE(mode), uid, gid)
        self._children: dict[str, MemNode] = {}
        self.nlink = 2

    @property
    def size(self) -> int:
        """What Linux's tmpfs says: 40 and 20 for each entry."""
        return 40 + 20 * len(self.children)

    @property
    def stored(self) -> int:
        """Nothing."""
        return 0

    @property
    def children(self) -> dict[str, MemNode]:
        """The entries; a derived directory may fill them in first."""
        return self._children

    # -- reading -----------------------------------------------------------------------------------

    def lookup(self, name: str) -> MemNode:
        """The inode under ``name``. Raises: ENOENT."""
        node = self._children.get(name)
        return self._missing(name) if node is None else node

    def _missing(self, name: str) -> MemNode:
        fail("ENOENT", name)

    def entries(self) -> list[Dirent]:
        """All entries, oldest first."""
        return [
            Dirent(name, node.ino, st.S_IFMT(node.mode)) for name, node in self.children.items()
        ]

    # -- making ------------------------------------------------------------------------------------

    def create(self, name: str, mode: int, uid: int, gid: int) -> MemNode:
        """Make an empty regular file."""
        return self._add(name, lambda: self.fs.new_file(mode, uid, gid))

    def mkdir(self, name: str, mode: int, uid: int, gid: int) -> MemNode:
        """Make an empty directory."""
        return self._add(name, lambda: self.fs.new_directory(mode, uid, gid))

    def symlink(self, name: str, target: str, uid: int, gid: int) -> MemNode:
        """Make a symbolic link; its text counts against the quota."""
        return self._add(name, lambda: MemLink(self.fs, target, uid, gid), byte_length(target))

    def mknod(self, name: str, mode: int, rdev: int, uid: int, gid: int) -> MemNode:
        """Make a device, FIFO, socket or regular file. Raises: EPERM for another type."""
        kind = st.S_IFMT(mode)
        if kind in (0, st.S_IFREG):
            return self.create(name, mode, uid, gid)
        if kind not in (st.S_IFIFO, st.S_IFCHR, st.S_IFBLK, st.S_IFSOCK):
            fail("EPERM", name)
        return self._add(name, lambda: MemNode(self.fs, mode, uid, gid, rdev))

    def add(self, name: str, node: MemNode) -> MemNode:
        """Enter a node made by the file system's owner (a tool's file, a device). Raises: EEXIST,
        ENOSPC."""
        return self._add(name, lambda: node)

    def link(self, name: str, inode: Inode) -> None:
        """Enter ``inode`` under a second name. Raises: EXDEV, EPERM, ENOENT, EMLINK, EEXIST,
        ENOSPC."""
        if not isinstance(inode, MemNode) or inode.fs is not self.fs:
            fail("EXDEV", name)
        if isinstance(inode, MemDirectory):
            fail("EPERM", name)
        if inode.nlink == 0:
            fail("ENOENT", name)
        if inode.nlink >= LINK_MAX:
            fail("EMLINK", name)
        self._add(name, lambda: inode)
        inode.ctime = self.fs.clock()

    def _add(self, name: str, make: Callable[[], MemNode], size: int = 0) -> MemNode:
        """Enter what ``make`` gives under a free name, paid for first; ``size`` bytes go with
        it."""
        self.fs.require_writable()
        self._require_alive(name)
        if name in self.children:
            fail("EEXIST", name)
        self.fs.ledger.take_inode(size)
        node = make()
        self._enter(name, node)
        self.touch()
        return node

    def _enter(self, name: str, node: MemNode) -> None:
        self.children[name] = node
        if isinstance(node, MemDirectory):
            node.parent, node.name = self, name
            self.nlink += 1
        else:
            node.nlink += 1

    def _require_alive(self, name: str) -> None:
        if self.nlink == 0:
            fail("ENOENT", name)

    # -- removing ----------------------------------------------------------------------------------

    def unlink(self, name: str) -> None:
        """Remove what is not a directory. Raises: ENOENT, EISDIR, EROFS."""
        self.fs.require_writable()
        node = self.lookup(name)
        if isinstance(node, MemDirectory):
            fail("EISDIR", name)
        self._remove(name, node)
        self.touch()

    def rmdir(self, name: str) -> None:
        """Remove an empty directory. Raises: ENOENT, ENOTDIR, ENOTEMPTY, EROFS."""
        self.fs.require_writable()
        node = self.lookup(name)
        if not isinstance(node, MemDirectory):
            fail("ENOTDIR", name)
        if node.children:
            fail("ENOTEMPTY", name)
        self._remove(name, node)
        self.touch()

    def _remove(self, name: str, node: MemNode) -> None:
        """Take the entry out and its name's inode back; a directory is gone with it."""
        del self.children[name]
        self.fs.ledger.give_back_inode()
        if isinstance(node, MemDirectory):
            self.nlink -= 1
            node.nlink = 0
            node.parent = None
            node.ctime = self.fs.clock()
        else:
            node.drop_name()

    # -- moving ------------------------------------------------------------------------------------

    def rename(self, name: str, new_dir: Inode, new_name: str) -> None:
        """Move an entry, replacing what is there. Raises as :meth:`vfs.inode.Inode.rename`."""
        self.fs.require_writable()
        node = self.lookup(name)
        if not isinstance(new_dir, MemDirectory):
            _refuse_target(new_dir, name)
        if new_dir.fs is not self.fs:
            fail("EXDEV", name)
        new_dir._require_alive(new_name)
        replaced = new_dir.children.get(new_name)
        if replaced is node:
            return
        if isinstance(node, MemDirectory):
            node.require_outside(new_dir)
        if replaced is not None:
            _require_replaceable(node, replaced, new_name)
            new_dir._remove(new_name, replaced)
        del self.children[name]
        if isinstance(node, MemDirectory):
            self.nlink -= 1
        else:
            node.nlink -= 1
        new_dir._enter(new_name, node)
        node.ctime = self.fs.clock()
        self.touch()
        new_dir.touch()

    def require_outside(self, directory: MemDirectory) -> None:
        """Raise EINVAL if ``directory`` is this one or stands in it."""
        here: Inode | None = directory
        while here is not None:
            if here is self:
                fail("EINVAL")
            here = None if here.parent is here else here.parent


class MemFS(FileSystem):
    """A file system in memory.

    Args:
        quota: bounds on what it stores.
        clock: the time in nanoseconds since 1970, asked at every change.
        mode, uid, gid: of the root directory.
        read_only: every write fails with EROFS (set :attr:`read_only` later to fill it first).
    """

    fstype = "tmpfs"

    def __init__(
        self,
        *,
        quota: Quota | None = None,
        clock: Callable[[], int] = time.time_ns,
        mode: int = 0o755,
        uid: int = 0,
        gid: int = 0,
        read_only: bool = False,
    ) -> None:
        super().__init__(read_only=read_only)
        self.clock = clock
        self.ledger = Ledger(quota or Quota())
        self._last_ino = 0
        root = self.new_directory(mode, uid, gid)
        root.parent = root
        self.root: MemDirectory = root
        self.ledger.take_inode()

    def next_ino(self) -> int:
        """A number no inode of this file system has had."""
        self._last_ino += 1
        return self._last_ino

    def new_file(self, mode: int, uid: int = 0, gid: int = 0) -> MemNode:
        """A regular file without a name yet; derived file systems may make another kind."""
        return MemFile(self, mode, uid, gid)

    def new_directory(self, mode: int, uid: int = 0, gid: int = 0) -> MemDirectory:
        """A directory without a name yet; derived file systems may make another kind."""
        return MemDirectory(self, mode, uid, gid)

    def fixed_file(self, data: bytes, mode: int = 0o644, uid: int = 0, gid: int = 0) -> MemFile:
        """A file of bytes at hand, for :meth:`MemDirectory.add`; not copied, and free until
        changed."""
        return MemFile(self, mode, uid, gid, Fixed(data), len(data))

    def lazy_file(
        self,
        loader: Callable[[], bytes],
        size: int,
        mode: int = 0o644,
        uid: int = 0,
        gid: int = 0,
    ) -> MemFile:
        """A file whose bytes ``loader`` gives at the first read; it must return ``size`` of them
        (else EIO)."""
        return MemFile(self, mode, uid, gid, Lazy(loader, size), size)

    def require_writable(self) -> None:
        """Raise EROFS if the file system is read-only."""
        if self.read_only:
            fail("EROFS")

    def usage(self) -> Usage:
        """How much of the quota is used."""
        quota = self.ledger.quota
        return Usage(quota.max_bytes, self.ledger.bytes, self.ledger.max_inodes, self.ledger.inodes)


def byte_length(text: str) -> int:
    """The length of ``text`` in UTF-8."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogateescape"))


def _refuse_target(new_dir: Inode, name: str) -> NoReturn:
    fail("EXDEV" if st.S_ISDIR(new_dir.mode) else "ENOTDIR", name)


def _require_replaceable(node: MemNode, replaced: MemNode, name: str) -> None:
    if isinstance(replaced, MemDirectory):
        if not isinstance(node, MemDirectory):
            fail("EISDIR", name)
        if replaced.children:
            fail("ENOTEMPTY", name)
    elif isinstance(node, MemDirectory):
        fail("ENOTDIR", name)
