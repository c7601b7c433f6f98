"""The table from small numbers to open files that every process has.

Above: process, kernel. Below: file. Kernel descriptors are Unix ones: 0, 1, 2 are the standard
streams and nothing else is special; WASI's preopens are the wasi layer's business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vfs.errors import fail

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.kernel.file import File


class FdTable:
    """Descriptors of one process. Each entry holds its file; lowest free number first, as POSIX
    demands.
    """

    __slots__ = ("cloexec", "files", "limit")

    def __init__(self, limit: int = 1024) -> None:
        self.files: dict[int, File] = {}
        self.cloexec: set[int] = set()
        self.limit = limit

    def __len__(self) -> int:
        return len(self.files)

    def __contains__(self, fd: int) -> bool:
        return fd in self.files

    def __iter__(self) -> Iterator[int]:
        """The open descriptors in ascending order."""
        return iter(sorted(self.files))

    def get(self, fd: int) -> File:
        """The open file of `fd`. Raises: EBADF."""
        file = self.files.get(fd)
        if file is None:
            fail("EBADF")
        return file

    def add(self, file: File, *, cloexec: bool = False, lowest: int = 0) -> int:
        """Give `file` the lowest free number not below `lowest`.

        Raises: EMFILE (the file is left as it was; a new one must then be closed by the caller),
            EINVAL.
        """
        if not 0 <= lowest < self.limit:
            fail("EINVAL")
        fd = lowest
        while fd in self.files:
            fd += 1
        if fd >= self.limit:
            fail("EMFILE")
        self._put(fd, file, cloexec)
        return fd

    def set(self, fd: int, file: File, *, cloexec: bool = False) -> int:
        """Put `file` at `fd`, closing what was there. Raises: EBADF (out of range). dup2(2)'s
        second half.
        """
        self._check_range(fd)
        former = self.files.get(fd)
        self._put(fd, file, cloexec)
        if former is not None:
            former.release()
        return fd

    def dup(self, fd: int, *, lowest: int = 0, cloexec: bool = False) -> int:
        """Another number for the same open file. Raises: EBADF, EMFILE, EINVAL. fcntl(2)
        F_DUPFD.
        """
        return self.add(self.get(fd), lowest=lowest, cloexec=cloexec)

    def dup2(self, fd: int, target: int, *, cloexec: bool = False) -> int:
        """Make `target` mean what `fd` means; nothing happens if they are one. Raises: EBADF.
        dup2(2).
        """
        file = self.get(fd)
        self._check_range(target)
        return target if fd == target else self.set(target, file, cloexec=cloexec)

    def move(self, fd: int, target: int) -> None:
        """Rename `fd` to `target`, closing what `target` was (WASI's fd_renumber). Raises:
        EBADF.
        """
        if fd == target:
            self.get(fd)
            return
        self.dup2(fd, target, cloexec=fd in self.cloexec)
        self.close(fd)

    def close(self, fd: int) -> None:
        """Let go of `fd`. Raises: EBADF."""
        file = self.files.pop(fd, None)
        if file is None:
            fail("EBADF")
        self.cloexec.discard(fd)
        file.release()

    def set_cloexec(self, fd: int, value: bool) -> None:
        """Say whether `fd` is closed when a program starts. Raises: EBADF."""
        self.get(fd)
        if value:
            self.cloexec.add(fd)
        else:
            self.cloexec.discard(fd)

    def clone(self, *, keep_cloexec: bool = False) -> FdTable:
        """A child's table on the same open files.

        Args:
            keep_cloexec: also descriptors marked close-on-exec, with their mark: what fork(2) does,
                for a subshell; without it, what fork and exec do together.
        """
        table = FdTable(self.limit)
        for fd, file in self.files.items():
            if keep_cloexec or fd not in self.cloexec:
                table.files[fd] = file.hold()
        if keep_cloexec:
            table.cloexec = set(self.cloexec)
        return table

    def close_cloexec(self) -> None:
        """Close what is marked close-on-exec (execve(2))."""
        for fd in sorted(self.cloexec):
            self.close(fd)

    def close_all(self) -> None:
        """Close everything, lowest first. Idempotent."""
        for fd in sorted(self.files):
            self.files.pop(fd).release()
        self.cloexec.clear()

    def _put(self, fd: int, file: File, cloexec: bool) -> None:
        self.files[fd] = file.hold()
        if cloexec:
            self.cloexec.add(fd)
        else:
            self.cloexec.discard(fd)

    def _check_range(self, fd: int) -> None:
        if not 0 <= fd < self.limit:
            fail("EBADF")
