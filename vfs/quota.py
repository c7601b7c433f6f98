"""How much a file system may store, and who counts it.

Above it: memfs and overlay. Each directory entry counts as an inode, as on Linux's tmpfs, or hard
    links would be
free and endless.
"""

from dataclasses import dataclass

from vfs.errors import fail


@dataclass(frozen=True, slots=True)
class Quota:
    """Bounds of a file system in memory: stored bytes, and inodes (every name counts as one)."""

    max_bytes: int = 1 << 30
    max_inodes: int = 1 << 18


class Ledger:
    """What of a quota is used. Bytes are taken by file contents and link texts, inodes by names."""

    __slots__ = ("bytes", "granted", "inodes", "quota")

    def __init__(self, quota: Quota) -> None:
        self.quota = quota
        self.bytes = 0
        self.inodes = 0
        self.granted = 0

    @property
    def max_inodes(self) -> int:
        """The quota's bound and what was granted beside it."""
        return self.quota.max_inodes + self.granted

    def take(self, size: int) -> int:
        """Reserve up to ``size`` bytes; returns how many there were."""
        granted = min(size, max(0, self.quota.max_bytes - self.bytes))
        self.bytes += granted
        return granted

    def give_back(self, size: int) -> None:
        """Return ``size`` bytes."""
        self.bytes -= size

    def take_inode(self, size: int = 0) -> None:
        """Reserve one inode, and ``size`` bytes with it or neither. Raises: ENOSPC."""
        if self.inodes >= self.max_inodes:
            fail("ENOSPC")
        granted = self.take(size)
        if granted < size:
            self.give_back(granted)
            fail("ENOSPC")
        self.inodes += 1

    def give_back_inode(self, size: int = 0) -> None:
        """Return one inode and ``size`` bytes."""
        self.inodes -= 1
        self.give_back(size)

    def grant_inodes(self, count: int) -> None:
        """Count ``count`` inodes that bring their own room: entries taken over from elsewhere."""
        self.granted += count
        self.inodes += count
