"""A folder of the host, native only: regular files, folders and symbolic links, read-only by
default.

Above it: the sandbox mounts it. Below it: ``os``, always relative to a folder's descriptor and
    never following a
link, so nothing outside the folder can be reached: a link is only text, which the walk resolves in
    the
guest's own tree. FIFOs, sockets and devices are hidden, since opening one could block the host.
Owners are those given here, modes lose their set-id bits, and no error text holds a host path.
"""

from __future__ import annotations

import os
import stat as st
import weakref
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from vfs.errors import fail, symbol_of
from vfs.filesystem import FileSystem, Usage
from vfs.inode import Dirent, Inode, Stat

_SHOWN = (st.S_IFREG, st.S_IFDIR, st.S_IFLNK)
_OPEN_FOLDERS = 64
_FOLDER_FLAGS = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
_FILE_FLAGS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


@contextmanager
def _guest_errors(name: str | None = None) -> Iterator[None]:
    """Raise the host's errors anew by symbol, with our wording and without host paths."""
    try:
        yield
    except OSError as error:
        symbol = symbol_of(error)
    else:
        return
    fail(symbol, name)


class HostNode(Inode):
    """What all nodes of a host folder share: where they were found and whose file that was."""

    __slots__ = ("__weakref__", "_folder", "_key", "_name")
    fs: HostFS

    def __init__(self, fs: HostFS, folder: HostFolder | None, name: str, facts: os.stat_result):
        mode = st.S_IFMT(facts.st_mode) | facts.st_mode & 0o777
        super().__init__(fs, fs.ino_of(facts), mode, fs.uid, fs.gid)
        self._folder = folder
        self._name = name
        self._key = (facts.st_dev, facts.st_ino)

    def stat(self) -> Stat:
        """The facts now. Raises: ENOENT if the host removed it."""
        with _guest_errors():
            facts = self._facts()
        self.mode = st.S_IFMT(facts.st_mode) | facts.st_mode & 0o777
        return Stat(
            self.fs.dev,
            self.ino,
            self.mode,
            facts.st_nlink,
            self.uid,
            self.gid,
            0,
            facts.st_size,
            facts.st_atime_ns,
            facts.st_mtime_ns,
            facts.st_ctime_ns,
            facts.st_blocks * 512,
        )

    def _facts(self) -> os.stat_result:
        assert self._folder is not None
        facts = os.stat(self._name, dir_fd=self._folder.fd(), follow_symlinks=False)
        if not self._is_same(facts):
            fail("ENOENT")
        return facts

    def _is_same(self, facts: os.stat_result) -> bool:
        """True for the file that was found; a number may come back soon, with another type."""
        same_type = st.S_IFMT(facts.st_mode) == st.S_IFMT(self.mode)
        return same_type and (facts.st_dev, facts.st_ino) == self._key

    def set_owner(self, uid: int | None, gid: int | None) -> None:
        """Owners cannot be changed. Raises: EPERM unless it is the same one."""
        self.fs.require_writable()
        if uid not in (None, self.uid) or gid not in (None, self.gid):
            fail("EPERM")

    def set_times(self, atime_ns: int | None, mtime_ns: int | None) -> None:
        """Set times in nanoseconds; None leaves one as it is. Raises: EROFS."""
        self.fs.require_writable()
        with _guest_errors():
            facts = self._facts()
            atime = facts.st_atime_ns if atime_ns is None else atime_ns
            mtime = facts.st_mtime_ns if mtime_ns is None else mtime_ns
            self._utime((atime, mtime))

    def _utime(self, times: tuple[int, int]) -> None:
        assert self._folder is not None
        os.utime(self._name, ns=times, dir_fd=self._folder.fd(), follow_symlinks=False)


class HostFile(HostNode):
    """A regular file; while held it keeps a descriptor, so it outlives its name."""

    __slots__ = ("_fd", "_flags", "_holds")

    def __init__(self, fs: HostFS, folder: HostFolder, name: str, facts: os.stat_result) -> None:
        super().__init__(fs, folder, name, facts)
        self._fd = -1
        self._flags = os.O_RDONLY
        self._holds = 0

    @property
    def size(self) -> int:
        """Bytes of content now."""
        return self.stat().size

    def read_at(self, offset: int, size: int) -> bytes:
        """Up to ``size`` bytes from ``offset``."""
        if offset < 0 or size < 0:
            fail("EINVAL")
        with _guest_errors(), self._opened(os.O_RDONLY) as fd:
            # The size a guest asks for must not decide how much memory the host sets aside.
            return os.pread(fd, max(0, min(size, os.fstat(fd).st_size - offset)), offset)

    def write_at(self, offset: int, data: bytes | bytearray | memoryview) -> int:
        """Write at ``offset``. Raises: EROFS, and what the host says."""
        self.fs.require_writable()
        if offset < 0:
            fail("EINVAL")
        with _guest_errors(), self._opened(os.O_RDWR) as fd:
            return os.pwrite(fd, data, offset)

    def truncate(self, size: int) -> None:
        """Make it ``size`` bytes long. Raises: EROFS."""
        self.fs.require_writable()
        if size < 0:
            fail("EINVAL")
        with _guest_errors(), self._opened(os.O_RDWR) as fd:
            os.ftruncate(fd, size)

    def set_mode(self, mode: int) -> None:
        """Set the permission bits; set-id and sticky bits are dropped. Raises: EROFS."""
        self.fs.require_writable()
        with _guest_errors(), self._opened(os.O_RDONLY) as fd:
            os.fchmod(fd, mode & 0o777)
        self.mode = st.S_IFREG | mode & 0o777

    def sync(self) -> None:
        """Wait until the host has stored it."""
        with _guest_errors(), self._opened(os.O_RDONLY) as fd:
            os.fsync(fd)

    def hold(self) -> None:
        """Open it if it is not open yet. Raises: ENOENT if the host removed it, EMFILE."""
        if self._holds == 0:
            with _guest_errors():
                self._flags, self._fd = self._open_widest()
        self._holds += 1

    def release(self) -> None:
        """Close it with the last holder."""
        self._holds -= 1
        if self._holds == 0 and self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def __del__(self) -> None:
        if getattr(self, "_fd", -1) >= 0:
            os.close(self._fd)

    def _open_widest(self) -> tuple[int, int]:
        """Flags and a descriptor, for writing too if the folder and the host allow it."""
        if not self.fs.read_only:
            with suppress(PermissionError):
                return os.O_RDWR, self._open(os.O_RDWR)
        return os.O_RDONLY, self._open(os.O_RDONLY)

    def _facts(self) -> os.stat_result:
        return os.fstat(self._fd) if self._fd >= 0 else super()._facts()

    def _utime(self, times: tuple[int, int]) -> None:
        with self._opened(os.O_RDONLY) as fd:
            os.utime(fd, ns=times)

    @contextmanager
    def _opened(self, flags: int) -> Iterator[int]:
        if self._fd >= 0 and flags in (os.O_RDONLY, self._flags):
            yield self._fd
            return
        fd = self._open(flags)
        try:
            yield fd
        finally:
            os.close(fd)

    def _open(self, flags: int) -> int:
        """A descriptor on the very file that was found, or ENOENT if another took its name."""
        assert self._folder is not None
        fd = os.open(self._name, flags | _FILE_FLAGS, dir_fd=self._folder.fd())
        facts = os.fstat(fd)
        if not self._is_same(facts):
            os.close(fd)
            fail("ENOENT")
        return fd


class HostLink(HostNode):
    """A symbolic link: text for the walk, never followed by the host."""

    __slots__ = ()

    @property
    def size(self) -> int:
        """The length of the text in bytes."""
        return self.stat().size

    def readlink(self) -> str:
        """The text."""
        assert self._folder is not None
        with _guest_errors():
            return os.readlink(self._name, dir_fd=self._folder.fd())


class HostFolder(HostNode):
    """A folder. Its descriptor is opened on demand and kept while it is among the last used."""

    __slots__ = ()

    def fd(self) -> int:
        """A descriptor on the folder, owned by the file system. Raises: ENOENT if it is gone."""
        return self.fs.folder_fd(self)

    @contextmanager
    def pinned(self) -> Iterator[int]:
        """A descriptor that stays open while another folder's is sought (which may close old
        ones)."""
        fd = os.dup(self.fd())
        try:
            yield fd
        finally:
            os.close(fd)

    def open(self) -> int:
        """A new descriptor, checked to be the folder that was found."""
        if self._folder is None:
            fd = os.dup(self.fs.root_fd)
        else:
            fd = os.open(self._name, _FOLDER_FLAGS, dir_fd=self._folder.fd())
        facts = os.fstat(fd)
        if not self._is_same(facts):
            os.close(fd)
            fail("ENOENT")
        return fd

    def _facts(self) -> os.stat_result:
        return os.fstat(self.fd())

    def _utime(self, times: tuple[int, int]) -> None:
        os.utime(self.fd(), ns=times)

    def set_mode(self, mode: int) -> None:
        """Set the permission bits; others are dropped. Raises: EROFS."""
        self.fs.require_writable()
        with _guest_errors():
            os.fchmod(self.fd(), mode & 0o777)
        self.mode = st.S_IFDIR | mode & 0o777

    # -- reading -----------------------------------------------------------------------------------

    def lookup(self, name: str) -> HostNode:
        """The node under ``name``. Raises: ENOENT, also for what is hidden."""
        with _guest_errors(name):
            facts = os.stat(name, dir_fd=self.fd(), follow_symlinks=False)
            if st.S_IFMT(facts.st_mode) not in _SHOWN:
                fail("ENOENT", name)
            return self.fs.node(self, name, facts)

    def entries(self) -> list[Dirent]:
        """All shown entries by name; the host's own order may change between two listings."""
        found = []
        with _guest_errors():
            for name in sorted(os.listdir(self.fd())):
                with suppress(FileNotFoundError):
                    facts = os.stat(name, dir_fd=self.fd(), follow_symlinks=False)
                    found.append(Dirent(name, self.fs.ino_of(facts), st.S_IFMT(facts.st_mode)))
        return [entry for entry in found if entry.mode_type in _SHOWN]

    # -- making ------------------------------------------------------------------------------------

    def create(self, name: str, mode: int, uid: int, gid: int) -> HostNode:
        """Make an empty regular file. Raises: EROFS, EEXIST."""
        self.fs.require_writable()
        with _guest_errors(name):
            flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | _FILE_FLAGS
            fd = os.open(name, flags, mode & 0o777, dir_fd=self.fd())
            os.fchmod(fd, mode & 0o777)
            os.close(fd)
        return self.lookup(name)

    def mkdir(self, name: str, mode: int, uid: int, gid: int) -> HostNode:
        """Make an empty folder. Raises: EROFS, EEXIST."""
        self.fs.require_writable()
        with _guest_errors(name):
            os.mkdir(name, mode & 0o777, dir_fd=self.fd())
        node = self.lookup(name)
        node.set_mode(mode)
        return node

    def symlink(self, name: str, target: str, uid: int, gid: int) -> HostNode:
        """Refused: a link that a guest plants could mislead programs of the host. Raises: EPERM."""
        self.fs.require_writable()
        fail("EPERM", name)

    def mknod(self, name: str, mode: int, rdev: int, uid: int, gid: int) -> HostNode:
        """Make a regular file. Raises: EPERM for any other type."""
        self.fs.require_writable()
        if st.S_IFMT(mode) not in (0, st.S_IFREG):
            fail("EPERM", name)
        return self.create(name, mode, uid, gid)

    def link(self, name: str, inode: Inode) -> None:
        """Enter a file of this folder tree under a second name. Raises: EXDEV, EPERM, EROFS."""
        self.fs.require_writable()
        if not isinstance(inode, HostNode) or inode.fs is not self.fs:
            fail("EXDEV", name)
        if not isinstance(inode, HostFile) or inode._folder is None:
            fail("EPERM", name)
        with _guest_errors(name):
            inode.stat()
            with inode._folder.pinned() as source:
                os.link(
                    inode._name,
                    name,
                    src_dir_fd=source,
                    dst_dir_fd=self.fd(),
                    follow_symlinks=False,
                )

    # -- removing and moving -----------------------------------------------------------------------

    def unlink(self, name: str) -> None:
        """Remove what is not a folder. Raises: ENOENT, EISDIR, EROFS."""
        self.fs.require_writable()
        if isinstance(self.lookup(name), HostFolder):
            fail("EISDIR", name)
        with _guest_errors(name):
            os.unlink(name, dir_fd=self.fd())

    def rmdir(self, name: str) -> None:
        """Remove an empty folder. Raises: ENOENT, ENOTDIR, ENOTEMPTY, EROFS."""
        self.fs.require_writable()
        node = self.lookup(name)
        if not isinstance(node, HostFolder):
            fail("ENOTDIR", name)
        with _guest_errors(name):
            os.rmdir(name, dir_fd=self.fd())
        self.fs.forget(node)

    def rename(self, name: str, new_dir: Inode, new_name: str) -> None:
        """Move an entry, replacing what is there. Raises as :meth:`vfs.inode.Inode.rename`."""
        self.fs.require_writable()
        node = self.lookup(name)
        if not isinstance(new_dir, HostFolder) or new_dir.fs is not self.fs:
            fail("EXDEV", name)
        replaced = None
        with suppress(FileNotFoundError):
            replaced = new_dir.lookup(new_name)
        with _guest_errors(name), self.pinned() as source:
            os.rename(name, new_name, src_dir_fd=source, dst_dir_fd=new_dir.fd())
        if isinstance(replaced, HostFolder) and replaced is not node:
            self.fs.forget(replaced)
        node._folder, node._name = new_dir, new_name
        if isinstance(node, HostFolder):
            node.parent, node.name = new_dir, new_name


class HostFS(FileSystem):
    """A folder of the host.

    Args:
        path: the folder; a link here is followed once, now.
        writable: whether guests may change it.
        uid, gid: whose everything in it appears to be.

    Raises:
        OSError: ENOTSUP where the host has no calls relative to a folder; ENOENT, ENOTDIR, EACCES.
    """

    fstype = "hostfs"

    def __init__(
        self, path: str, *, writable: bool = False, uid: int = 1000, gid: int = 1000
    ) -> None:
        super().__init__(read_only=not writable)
        if os.open not in os.supports_dir_fd or not hasattr(os, "O_NOFOLLOW"):
            fail("ENOTSUP", path)
        self.uid = uid
        self.gid = gid
        self._folders: weakref.WeakValueDictionary[tuple[int, int], HostFolder]
        self._folders = weakref.WeakValueDictionary()
        self._fds: OrderedDict[HostFolder, int] = OrderedDict()
        self.root_fd = os.open(os.path.realpath(path), _FOLDER_FLAGS)
        facts = os.fstat(self.root_fd)
        self._dev = facts.st_dev
        self.root = self.node(None, "", facts)
        self.root.parent = self.root

    def node(self, folder: HostFolder | None, name: str, facts: os.stat_result) -> HostNode:
        """The node for what was found; the same one for a folder as long as anyone uses it."""
        if st.S_ISLNK(facts.st_mode):
            return HostLink(self, folder, name, facts)
        if folder is not None and st.S_ISREG(facts.st_mode):
            return HostFile(self, folder, name, facts)
        key = (facts.st_dev, facts.st_ino)
        known = self._folders.get(key)
        if known is None:
            known = self._folders[key] = HostFolder(self, folder, name, facts)
            return known
        known.mode = st.S_IFDIR | facts.st_mode & 0o777
        if folder is not None and known is not self.root:
            known._folder, known._name, known.parent, known.name = folder, name, folder, name
        return known

    def ino_of(self, facts: os.stat_result) -> int:
        """An inode number that stays unique where the folder holds mounts of the host."""
        return facts.st_ino if facts.st_dev == self._dev else facts.st_dev << 48 ^ facts.st_ino

    def folder_fd(self, folder: HostFolder) -> int:
        """A descriptor on ``folder``, opened if it is not among the last used."""
        fd = self._fds.get(folder)
        if fd is None:
            fd = folder.open()
            self._fds[folder] = fd
            if len(self._fds) > _OPEN_FOLDERS:
                os.close(self._fds.popitem(last=False)[1])
        else:
            self._fds.move_to_end(folder)
        return fd

    def forget(self, folder: HostFolder) -> None:
        """``folder`` was removed: it has no place any more."""
        folder.parent = None
        fd = self._fds.pop(folder, None)
        if fd is not None:
            os.close(fd)

    def require_writable(self) -> None:
        """Raise EROFS if the folder is read-only."""
        if self.read_only:
            fail("EROFS")

    def usage(self) -> Usage:
        """How full the host's file system is."""
        with _guest_errors():
            facts = os.fstatvfs(self.root_fd)
        total, free = facts.f_blocks * facts.f_frsize, facts.f_bfree * facts.f_frsize
        return Usage(total, total - free, facts.f_files, facts.f_files - facts.f_ffree)

    def close(self) -> None:
        """Close every descriptor; nodes are of no use afterwards."""
        for fd in self._fds.values():
            os.close(fd)
        self._fds.clear()
        if self.root_fd >= 0:
            os.close(self.root_fd)
            self.root_fd = -1
