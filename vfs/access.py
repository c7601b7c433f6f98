"""Who may do what to an inode: POSIX permission bits, owners and the sticky bit.

Above it: the walk and the namespace. uid 0 passes every check but one: a file nobody may execute is
    not
executable for it either (POSIX 4.5, File Access Permissions).
"""

import stat as st
from dataclasses import dataclass

from vfs.errors import fail
from vfs.inode import Inode

READ, WRITE, EXEC = 4, 2, 1
"""Bits of access(2): R_OK, W_OK and X_OK. 0 asks only whether it exists."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who asks: user, group, further groups, and the umask that new files are made under."""

    uid: int = 0
    gid: int = 0
    groups: frozenset[int] = frozenset()
    umask: int = 0o022

    def in_group(self, gid: int) -> bool:
        """True if ``gid`` is the group or one of the further groups."""
        return gid == self.gid or gid in self.groups


def is_allowed(inode: Inode, cred: Credentials, want: int) -> bool:
    """True if ``cred`` has every bit of ``want`` (READ | WRITE | EXEC) on ``inode``."""
    mode = inode.mode
    if cred.uid == 0:
        return not want & EXEC or st.S_ISDIR(mode) or bool(mode & 0o111)
    if cred.uid == inode.uid:
        mode >>= 6
    elif cred.in_group(inode.gid):
        mode >>= 3
    return mode & want == want


def require(inode: Inode, cred: Credentials, want: int, path: str | None = None) -> None:
    """Raise EACCES unless :func:`is_allowed`."""
    if not is_allowed(inode, cred, want):
        fail("EACCES", path)


def is_owner(inode: Inode, cred: Credentials) -> bool:
    """True if ``cred`` may change mode and times: the owner or uid 0."""
    return cred.uid in (0, inode.uid)


def require_removable(directory: Inode, inode: Inode, cred: Credentials, path: str) -> None:
    """Raise EACCES or EPERM unless ``cred`` may take ``inode`` out of ``directory``.

    In a sticky directory only the owner of the entry, of the directory, or uid 0 may (unlink(2):
    EPERM).
    """
    require(directory, cred, WRITE | EXEC, path)
    if directory.mode & st.S_ISVTX and not (is_owner(inode, cred) or is_owner(directory, cred)):
        fail("EPERM", path)
