"""A read-only lower file system seen through a writable layer in memory.

Above it: the namespace. Below it: memfs, which keeps all that is new. A directory takes over the
    lower one's
entries when it is first looked into; from then on its own list says what exists, so what was
removed needs no whiteout and a lookup costs what memfs's does. A file reads the lower one until
written to, and then copies only the chunks that change. Nothing is ever written below. Entries that
appear below after a directory was looked into are not seen (overlayfs calls this undefined).

Taken-over entries are free; only what is changed or added counts against the quota.
"""

from __future__ import annotations

import stat as st
import time
from collections.abc import Callable

from vfs.filesystem import FileSystem
from vfs.inode import Inode
from vfs.memfs import MemDirectory, MemFile, MemFS, MemLink, MemNode
from vfs.quota import Quota


class OverlayDirectory(MemDirectory):
    """A directory that takes over the entries of its lower one when first looked into."""

    __slots__ = ("lower",)
    fs: OverlayFS

    def __init__(self, fs: OverlayFS, mode: int, uid: int, gid: int) -> None:
        super().__init__(fs, mode, uid, gid)
        self.lower: Inode | None = None

    @property
    def children(self) -> dict[str, MemNode]:
        """The entries, taken over if they were not yet."""
        if self.lower is not None:
            self._take_over(self.lower)
        return self._children

    def _missing(self, name: str) -> MemNode:
        if self.lower is not None:
            self._take_over(self.lower)
            return self.lookup(name)
        return super()._missing(name)

    def _take_over(self, lower: Inode) -> None:
        found = {entry.name: self.fs.above(lower.lookup(entry.name)) for entry in lower.entries()}
        self.lower = None
        self._children = found
        self.fs.ledger.grant_inodes(len(found))
        for name, node in found.items():
            if isinstance(node, MemDirectory):
                node.parent, node.name = self, name


class OverlayFile(MemFile):
    """A regular file of the lower file system; what is written to it stays above."""

    __slots__ = ("_lower",)

    def __init__(self, fs: OverlayFS, lower: Inode) -> None:
        super().__init__(fs, lower.mode, lower.uid, lower.gid, lower, lower.size)
        self._lower = lower

    def hold(self) -> None:
        """Count one more open file, below too: the host may remove its file."""
        self._lower.hold()
        super().hold()

    def release(self) -> None:
        """Count one open file less, below too."""
        super().release()
        self._lower.release()


class OverlayLink(MemLink):
    """A symbolic link of the lower file system."""

    __slots__ = ()

    def discard(self) -> None:
        """Nothing to free: its text was not paid for."""


class OverlayFS(MemFS):
    """A writable view of ``lower``, which is never written to.

    Args:
        lower: what is seen at first; it should not change any more.
        quota, clock: as for :class:`vfs.memfs.MemFS`; the quota bounds what is changed or added.
    """

    fstype = "overlay"

    def __init__(
        self,
        lower: FileSystem,
        *,
        quota: Quota | None = None,
        clock: Callable[[], int] = time.time_ns,
    ) -> None:
        super().__init__(quota=quota, clock=clock)
        self._lower_fs = lower
        self._linked: dict[int, MemNode] = {}
        self.root = self._above_directory(lower.root)
        self.root.parent = self.root

    def new_directory(self, mode: int, uid: int = 0, gid: int = 0) -> OverlayDirectory:
        """A directory without a name yet and nothing below it."""
        return OverlayDirectory(self, mode, uid, gid)

    def above(self, lower: Inode) -> MemNode:
        """The node that shows ``lower``; the same one for each name of a hard-linked file."""
        known = self._linked.get(lower.ino)
        if known is not None:
            return known
        if st.S_ISDIR(lower.mode):
            return self._above_directory(lower)
        node: MemNode
        if st.S_ISREG(lower.mode):
            node = OverlayFile(self, lower)
        elif st.S_ISLNK(lower.mode):
            node = OverlayLink(self, lower.readlink(), lower.uid, lower.gid)
        else:
            node = MemNode(self, lower.mode, lower.uid, lower.gid, lower.rdev)
        _copy_facts(node, lower)
        if node.nlink > 1:
            self._linked[lower.ino] = node
        return node

    def _above_directory(self, lower: Inode) -> OverlayDirectory:
        node = self.new_directory(lower.mode, lower.uid, lower.gid)
        node.lower = lower
        _copy_facts(node, lower)
        return node

    def close(self) -> None:
        """Close the lower file system."""
        self._lower_fs.close()


def _copy_facts(node: MemNode, lower: Inode) -> None:
    facts = lower.stat()
    node.nlink = facts.nlink
    node.atime, node.mtime, node.ctime = facts.atime, facts.mtime, facts.ctime
