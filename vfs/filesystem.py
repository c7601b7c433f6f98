"""What can be mounted: a root inode and the facts of the whole.

Above it: mounts and the walk. Below it: inodes. A file system is a tree of :class:`vfs.inode.Inode`
    and knows
nothing of paths, mounts or callers.
"""

from typing import NamedTuple

from vfs.inode import Inode


class Usage(NamedTuple):
    """How full a file system is, in bytes and inodes, for df and statvfs. A total of 0: it has no
    bound."""

    total_bytes: int
    used_bytes: int
    total_inodes: int
    used_inodes: int


class FileSystem:
    """A mountable tree.

    Attributes:
        root: its root directory; set by the subclass.
        dev: device number for ``Stat.dev``; 0 until a namespace mounts it and gives it one.
        fstype: what ``/proc/mounts`` calls it.
        read_only: True if every write fails with EROFS.
    """

    fstype = "none"
    root: Inode

    def __init__(self, *, read_only: bool = False) -> None:
        self.dev = 0
        self.read_only = read_only

    def usage(self) -> Usage:
        """How full it is; zeros where that means nothing."""
        return Usage(0, 0, 0, 0)

    def close(self) -> None:
        """Give back what the host lent (open folders). Called once, when nothing is mounted any
        more."""
