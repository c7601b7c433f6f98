"""Where a walk can stand: mounts, and locations within them.

Above it: the walk and the namespace. Below it: inodes and file systems. A mount covers a directory
    of another
mount; which ones are covered is kept by inode number in the mount that is covered, so a step of the
walk in a mount without mounts upon it costs nothing.
"""

from __future__ import annotations

import stat as st
from typing import NamedTuple

from vfs.errors import fail
from vfs.filesystem import FileSystem
from vfs.inode import Inode


class Mount:
    """One attached file system.

    Attributes:
        fs, root: the file system and its root directory.
        point: the location it covers; None for the root mount.
        read_only: True if writes through this mount fail with EROFS.
        source, fstype: what ``/proc/mounts`` shows.
        covered: mounts upon directories of this one, by inode number.
    """

    __slots__ = ("covered", "fs", "fstype", "point", "read_only", "root", "source")

    def __init__(
        self,
        fs: FileSystem,
        point: Location | None,
        *,
        read_only: bool = False,
        source: str = "",
        fstype: str = "",
    ) -> None:
        self.fs = fs
        self.root = fs.root
        self.point = point
        self.read_only = read_only or fs.read_only
        self.source = source or fstype or fs.fstype
        self.fstype = fstype or fs.fstype
        self.covered: dict[int, Mount] = {}

    @property
    def path(self) -> str:
        """Where it is mounted now, from the root."""
        return "/" if self.point is None else path_of(self.point)

    def location(self) -> Location:
        """The location of its root directory."""
        return Location(self.root, self, None, "")


class Location(NamedTuple):
    """An inode and the way to it: what an open file or a working directory keeps.

    A directory knows its own place (``inode.parent``), so a location stays right when the directory
    is renamed; ``parent`` and ``name`` say under which name anything else was found. A named tuple
    because every walk makes one.
    """

    inode: Inode
    mount: Mount
    parent: Inode | None
    name: str


def path_of(location: Location) -> str:
    """The absolute path of ``location``, as getcwd(3) would say it.

    Raises: ENOENT if it was removed, or if a file is no longer under the name it was found by.
    """
    inode, mount, parent, name = location
    names: list[str] = []
    if not st.S_ISDIR(inode.mode):
        if parent is None or parent.lookup(name).ino != inode.ino:
            fail("ENOENT")
        names.append(name)
        inode = parent
    while True:
        if inode.ino == mount.root.ino:
            if mount.point is None:
                break
            inode, mount = mount.point.inode, mount.point.mount
        elif inode.parent is None:
            fail("ENOENT")
        else:
            names.append(inode.name)
            inode = inode.parent
    return "/" + "/".join(reversed(names))
