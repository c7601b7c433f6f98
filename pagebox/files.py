"""A sandbox's files, for the host program. Every call is made between two turns of the processes inside."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vfs.inode import Dirent, Stat
    from vfs.view import FileView

T = TypeVar("T")


class Files:
    """Synchronous, whole contents, paths as text; relative ones start at the home folder.

    Each method raises the OSError that a process of the sandbox's user would get.
    """

    def __init__(self, view: FileView, call: Callable[[Callable[[], T]], T]) -> None:
        self._view = view
        self._call: Callable[[Callable[[], object]], object] = call  # type: ignore[assignment]

    def _do(self, action: Callable[[], T]) -> T:
        return self._call(action)  # type: ignore[return-value]

    def read(self, path: str) -> bytes:
        """The whole content."""
        return self._do(lambda: self._view.read(path))

    def read_text(self, path: str, encoding: str = "utf-8", errors: str = "strict") -> str:
        """The whole content as text. Raises UnicodeDecodeError."""
        return self.read(path).decode(encoding, errors)

    def write(self, path: str, data: bytes | str, *, mode: int = 0o644) -> None:
        """Make the content `data` (text as UTF-8); missing folders are made. ENOSPC leaves what was there."""
        self._do(lambda: self._view.write(path, data, mode=mode))

    def append(self, path: str, data: bytes | str) -> None:
        """Add at the end."""
        self._do(lambda: self._view.append(path, data))

    def list(self, path: str = ".") -> builtins.list[Dirent]:
        """The entries of a folder, by name."""
        return self._do(lambda: self._view.list(path))

    def stat(self, path: str, *, follow: bool = True) -> Stat:
        """The facts of a file; of a link itself with `follow=False`."""
        return self._do(lambda: self._view.stat(path, follow=follow))

    def exists(self, path: str) -> bool:
        """Whether the path leads to something."""
        return self._do(lambda: self._view.exists(path))

    def remove(self, path: str, *, recursive: bool = False) -> None:
        """Remove a file or an empty folder; with `recursive` a folder and all in it."""
        self._do(lambda: self._view.remove(path, recursive=recursive))

    def rename(self, old: str, new: str) -> None:
        """Move, replacing a file that is there."""
        self._do(lambda: self._view.rename(old, new))

    def make_dir(self, path: str) -> None:
        """Make a folder and those above it; nothing happens if it is there."""
        self._do(lambda: self._view.make_dir(path))

    def chmod(self, path: str, mode: int) -> None:
        """Set the permission bits."""
        self._do(lambda: self._view.chmod(path, mode))

    def walk(self, path: str = ".") -> Iterator[tuple[str, builtins.list[str], builtins.list[str]]]:
        """Like os.walk, as things were when it was called."""
        return iter(self._do(lambda: builtins.list(self._view.walk(path))))

    def copy_in(self, host_path: str, path: str) -> None:
        """Copy a file or folder of the host into the sandbox."""
        self._do(lambda: self._view.copy_in(host_path, path))

    def copy_out(self, path: str, host_path: str) -> None:
        """Copy a file or folder of the sandbox to the host."""
        self._do(lambda: self._view.copy_out(path, host_path))
