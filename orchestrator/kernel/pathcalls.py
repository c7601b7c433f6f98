"""Calls on paths, for programs written in Python; paths are relative to the process's working
directory.

Above: system. Below: caller, vfs. Each does what the POSIX function of its name does, and raises
what `vfs.namespace.Namespace` says. None of them waits.
"""

from __future__ import annotations

import stat
from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.kernel.caller import Caller
from vfs.mount import path_of

if TYPE_CHECKING:
    from vfs.access import Credentials
    from vfs.inode import Dirent, Stat
    from vfs.mount import Location


class PathCalls(Caller):
    """Paths: facts, directories, names."""

    @property
    def cred(self) -> Credentials:
        """Who the process is, with its umask."""
        return self.process.cred

    # --- working directory ---

    def getcwd(self) -> str:
        """The working directory's path. Raises: ENOENT if it was removed. getcwd(3)."""
        return path_of(self.process.cwd)

    def chdir(self, path: str) -> None:
        """Change the working directory. Raises: ENOENT ENOTDIR EACCES. chdir(2)."""
        self.process.cwd = self.namespace.enter(self.process.cwd, path, self.cred)

    def umask(self, mask: int | None = None) -> int:
        """Set the mask for new files' modes (None: leave it) and return the former one.
        umask(2).
        """
        former = self.cred.umask
        if mask is not None:
            self.process.cred = replace(self.cred, umask=mask & 0o777)
        return former

    # --- facts ---

    def resolve(self, path: str, *, follow: bool = True) -> Location:
        """Where `path` leads."""
        return self.namespace.resolve(self.process.cwd, path, self.cred, follow=follow)

    def realpath(self, path: str) -> str:
        """The path of what `path` leads to, without links. realpath(3)."""
        return path_of(self.resolve(path))

    def stat(self, path: str) -> Stat:
        """The facts of what `path` leads to. stat(2)."""
        return self.namespace.stat(self.process.cwd, path, self.cred)

    def lstat(self, path: str) -> Stat:
        """The facts of `path` itself, even if it is a link. lstat(2)."""
        return self.namespace.stat(self.process.cwd, path, self.cred, follow=False)

    def exists(self, path: str) -> bool:
        """Whether `path` leads anywhere (`test -e`)."""
        try:
            self.stat(path)
        except OSError:
            return False
        return True

    def access(self, path: str, mode: int = 0) -> bool:
        """Whether every bit of `mode` (4 read, 2 write, 1 execute; 0: exists) is allowed.
        access(2).
        """
        try:
            self.namespace.access(self.process.cwd, path, self.cred, mode)
        except OSError:
            return False
        return True

    def readlink(self, path: str) -> str:
        """The text of a link. Raises: EINVAL. readlink(2)."""
        return self.namespace.readlink(self.process.cwd, path, self.cred)

    def chmod(self, path: str, mode: int, *, follow: bool = True) -> None:
        """Set permission bits. Raises: EPERM. chmod(2)."""
        self.namespace.chmod(self.process.cwd, path, self.cred, mode, follow=follow)

    def chown(self, path: str, uid: int | None, gid: int | None, *, follow: bool = True) -> None:
        """Set owner and group, None leaves one. Raises: EPERM. chown(2)."""
        self.namespace.chown(self.process.cwd, path, self.cred, uid, gid, follow=follow)

    def utimens(
        self, path: str, atime: int | None, mtime: int | None, *, follow: bool = True
    ) -> None:
        """Set times in nanoseconds, None leaves one. Raises: EPERM. utimensat(2)."""
        self.namespace.utimens(self.process.cwd, path, self.cred, atime, mtime, follow=follow)

    def touch(self, path: str) -> None:
        """Set both times to now. Raises: EPERM EACCES ENOENT."""
        now = self.kernel.clock.realtime()
        self.namespace.utimens(self.process.cwd, path, self.cred, now, now, is_now=True)

    def truncate(self, path: str, size: int) -> None:
        """Set the size of a regular file. truncate(2)."""
        self.namespace.truncate(self.process.cwd, path, self.cred, size)

    # --- directories ---

    def scandir(self, path: str = ".") -> list[Dirent]:
        """The entries without `.` and `..`, in the file system's order. Raises: ENOTDIR EACCES."""
        return self.namespace.listdir(self.process.cwd, path, self.cred)

    def listdir(self, path: str = ".") -> list[str]:
        """The names in a directory, in the file system's order."""
        return [entry.name for entry in self.scandir(path)]

    def mkdir(self, path: str, mode: int = 0o777) -> None:
        """Make a directory. Raises: EEXIST ENOENT EACCES ENOSPC. mkdir(2)."""
        self.namespace.mkdir(self.process.cwd, path, self.cred, mode)

    def rmdir(self, path: str) -> None:
        """Remove an empty directory. Raises: ENOTEMPTY. rmdir(2)."""
        self.namespace.rmdir(self.process.cwd, path, self.cred)

    def mkfifo(self, path: str, mode: int = 0o666) -> None:
        """Make a FIFO. Raises: EEXIST. mkfifo(3)."""
        self.namespace.mknod(self.process.cwd, path, self.cred, stat.S_IFIFO | mode)

    # --- names ---

    def unlink(self, path: str) -> None:
        """Remove a name. Raises: EISDIR ENOENT EACCES. unlink(2)."""
        self.namespace.unlink(self.process.cwd, path, self.cred)

    def rename(self, old: str, new: str) -> None:
        """Give `old` the name `new`, replacing what has it. rename(2)."""
        self.namespace.rename(self.process.cwd, old, self.process.cwd, new, self.cred)

    def link(self, old: str, new: str, *, follow: bool = False) -> None:
        """A second name. Raises: EEXIST EXDEV EPERM. link(2)."""
        here = self.process.cwd
        self.namespace.link(here, old, here, new, self.cred, follow=follow)

    def symlink(self, target: str, path: str) -> None:
        """A symbolic link at `path` that reads `target`. Raises: EEXIST. symlink(2)."""
        self.namespace.symlink(target, self.process.cwd, path, self.cred)
