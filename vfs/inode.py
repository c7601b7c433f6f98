"""What a name leads to: the inode, its facts, its directory entries, and the flags of open().

The base class answers every operation with the errno a kernel would give for a node that cannot do
it, so a file system defines only what it can. Above it: every file system and the path walk. It
checks no permissions and resolves no paths: that is :mod:`vfs.namespace`.
"""

import stat as st
from enum import IntFlag
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from vfs.errors import fail

if TYPE_CHECKING:
    from vfs.filesystem import FileSystem

BLOCK_SIZE = 512
"""The unit of ``Stat.blocks``, as in stat(2)."""


class OpenFlags(IntFlag):
    """Flags of open(2). The numbers are ours: WASI's and Linux's are translated at their
    boundary."""

    READ = 0x001
    WRITE = 0x002
    APPEND = 0x004
    CREAT = 0x008
    EXCL = 0x010
    TRUNC = 0x020
    DIRECTORY = 0x040
    NOFOLLOW = 0x080
    NONBLOCK = 0x100
    CLOEXEC = 0x200


class Stat(NamedTuple):
    """The facts of an inode. ``mode`` is the full st_mode (Linux numbers); times are nanoseconds
    since 1970.

    A named tuple and not a dataclass: one is made for every stat and a frozen dataclass costs three
        times as
    much to make.
    """

    dev: int
    ino: int
    mode: int
    nlink: int
    uid: int
    gid: int
    rdev: int
    size: int
    atime: int
    mtime: int
    ctime: int
    stored: int = -1
    """Bytes really stored, less than ``size`` for a sparse file; -1: as many as ``size``."""

    @property
    def is_file(self) -> bool:
        """True for a regular file."""
        return st.S_ISREG(self.mode)

    @property
    def is_dir(self) -> bool:
        """True for a directory."""
        return st.S_ISDIR(self.mode)

    @property
    def is_link(self) -> bool:
        """True for a symbolic link."""
        return st.S_ISLNK(self.mode)

    @property
    def blocks(self) -> int:
        """Units of 512 bytes taken up, as st_blocks."""
        stored = self.size if self.stored < 0 else self.stored
        return -(-stored // BLOCK_SIZE)


class Dirent(NamedTuple):
    """One directory entry: ``mode_type`` holds the S_IFMT bits of what it leads to."""

    name: str
    ino: int
    mode_type: int

    @property
    def is_file(self) -> bool:
        """True for a regular file."""
        return self.mode_type == st.S_IFREG

    @property
    def is_dir(self) -> bool:
        """True for a directory."""
        return self.mode_type == st.S_IFDIR

    @property
    def is_link(self) -> bool:
        """True for a symbolic link."""
        return self.mode_type == st.S_IFLNK


class Inode:
    """A node of a file system; every operation fails as a node that cannot do it fails.

    Attributes:
        fs: the file system it belongs to.
        ino: its number, unique in ``fs`` while it lives.
        mode: full st_mode: type bits and permissions.
        uid, gid: owner.
        rdev: device number of a character or block device, else 0.
        parent, name: for a directory, where it stands now; ``parent`` is None when it was removed
            or never looked up (the walk fills it in), and itself at a root. Meaningless for other
            types.
        attachment: what the kernel keeps with the inode (pipe state of a FIFO); None at first.
    """

    __slots__ = ("attachment", "fs", "gid", "ino", "mode", "name", "parent", "rdev", "uid")

    def __init__(
        self, fs: "FileSystem", ino: int, mode: int, uid: int = 0, gid: int = 0, rdev: int = 0
    ) -> None:
        self.fs = fs
        self.ino = ino
        self.mode = mode
        self.uid = uid
        self.gid = gid
        self.rdev = rdev
        self.parent: Inode | None = None
        self.name = ""
        self.attachment: object | None = None

    # -- facts -------------------------------------------------------------------------------------

    @property
    def size(self) -> int:
        """Bytes of content; 0 for what has none."""
        return 0

    def stat(self) -> Stat:
        """The facts now. A file system that keeps times and links overrides this."""
        return Stat(
            self.fs.dev, self.ino, self.mode, 1, self.uid, self.gid, self.rdev, self.size, 0, 0, 0
        )

    def set_mode(self, mode: int) -> None:
        """Set the permission bits (0o7777); the type stays. Raises EPERM where modes cannot be
        kept."""
        fail("EPERM")

    def set_owner(self, uid: int | None, gid: int | None) -> None:
        """Set the owner; None leaves one as it is. Raises EPERM where owners cannot be kept."""
        fail("EPERM")

    def set_times(self, atime_ns: int | None, mtime_ns: int | None) -> None:
        """Set times in nanoseconds; None leaves one as it is. Raises EPERM where times cannot be
        kept."""
        fail("EPERM")

    # -- regular files -----------------------------------------------------------------------------

    def read_at(self, offset: int, size: int) -> bytes:
        """Up to ``size`` bytes from ``offset``; fewer only at the end, ``b""`` past it.

        Raises: EISDIR for a directory, EINVAL for what has no content or a negative argument.
        """
        self._no_content()

    def write_at(self, offset: int, data: bytes | bytearray | memoryview) -> int:
        """Write at ``offset``, filling a gap with zeros; returns how many bytes were taken.

        A short count means the file system filled up on the way. Raises: ENOSPC if nothing fits
        (the file is as it was), EFBIG past the largest size, EROFS, EISDIR, EINVAL.
        """
        self._no_content()

    def append(self, data: bytes | bytearray | memoryview) -> int:
        """Write at the end, as O_APPEND; returns how many bytes were taken. Raises as
        :meth:`write_at`."""
        return self.write_at(self.size, data)

    def truncate(self, size: int) -> None:
        """Make the file ``size`` bytes long; what is added reads as zeros and takes no space.

        Raises: EFBIG, EROFS, EISDIR, EINVAL.
        """
        self._no_content()

    def sync(self) -> None:
        """Bring content and facts to lasting storage, where there is any."""

    # -- directories -------------------------------------------------------------------------------

    def lookup(self, name: str) -> "Inode":
        """The inode that entry ``name`` (never ``.`` or ``..``) leads to. Raises: ENOENT,
        ENOTDIR."""
        self._no_entries()

    def entries(self) -> list[Dirent]:
        """All entries without ``.`` and ``..``, in an order that removing others does not change.

        A reader that pages through a directory while entries come and go should keep this list from
        its first call. Raises: ENOTDIR.
        """
        self._no_entries()

    def create(self, name: str, mode: int, uid: int, gid: int) -> "Inode":
        """Make an empty regular file. Raises: EEXIST, ENOSPC, EROFS, ENOTDIR, ENOENT (directory
        removed)."""
        self._no_entries()

    def mkdir(self, name: str, mode: int, uid: int, gid: int) -> "Inode":
        """Make an empty directory. Raises as :meth:`create`."""
        self._no_entries()

    def symlink(self, name: str, target: str, uid: int, gid: int) -> "Inode":
        """Make a symbolic link that reads ``target``. Raises as :meth:`create`; EPERM if it has
        none."""
        self._no_entries()

    def mknod(self, name: str, mode: int, rdev: int, uid: int, gid: int) -> "Inode":
        """Make the node that the type bits of ``mode`` name (device, FIFO, socket, regular file).

        Raises as :meth:`create`; EPERM for a type this file system does not keep.
        """
        self._no_entries()

    def link(self, name: str, inode: "Inode") -> None:
        """Enter ``inode`` under a second name. Raises as :meth:`create`; EPERM for a directory,
        EXDEV, EMLINK, ENOENT if ``inode`` has no name left."""
        self._no_entries()

    def unlink(self, name: str) -> None:
        """Remove an entry that is not a directory; content lives on while held. Raises: ENOENT,
        EISDIR."""
        self._no_entries()

    def rmdir(self, name: str) -> None:
        """Remove an empty directory. Raises: ENOENT, ENOTDIR, ENOTEMPTY."""
        self._no_entries()

    def rename(self, name: str, new_dir: "Inode", new_name: str) -> None:
        """Move entry ``name`` to ``new_dir`` under ``new_name``, replacing what is there in one
        step.

        Two names of one inode: nothing happens. Raises: ENOENT, EXDEV, EINVAL (into itself),
            ENOTDIR and
        EISDIR (types differ), ENOTEMPTY, EROFS.
        """
        self._no_entries()

    # -- symbolic links ----------------------------------------------------------------------------

    def readlink(self) -> str:
        """The text of a symbolic link. Raises: EINVAL if it is none."""
        fail("EINVAL")

    # -- life while open ---------------------------------------------------------------------------

    def hold(self) -> None:
        """Count one more open file on it: content outlives the last name until :meth:`release`."""

    def release(self) -> None:
        """Count one open file less; the last one frees what has no name left."""

    # -- the errno of what a node cannot do --------------------------------------------------------

    def _no_content(self) -> NoReturn:
        fail("EISDIR" if st.S_ISDIR(self.mode) else "EINVAL")

    def _no_entries(self) -> NoReturn:
        fail("EPERM" if st.S_ISDIR(self.mode) else "ENOTDIR")
