"""Files as a host program likes them: whole contents, plain paths, no descriptors.

Above it: ``pagebox.Sandbox.files``. Below it: the namespace, whose permission checks apply to the
    credentials
given. Everything is synchronous. Relative paths start at the view's directory.
"""

from __future__ import annotations

import builtins
import errno
from collections.abc import Iterator
from contextlib import contextmanager

from vfs import transfer
from vfs.errors import fail
from vfs.inode import Dirent, Inode, OpenFlags, Stat
from vfs.namespace import Credentials, Location, Namespace
from vfs.path import join

READ_LIMIT = 1 << 30
"""The largest file :meth:`FileView.read` returns unless told otherwise: a sparse one may claim
more."""
_KEEP_LIMIT = 1 << 28


class FileView:
    """The files of a namespace, as seen with given credentials.

    Every method raises the ``OSError`` that a process with these credentials would get.

    Args:
        namespace: the tree.
        cred: whose permissions apply, and who owns what is made.
        at: where relative paths start; the root if None.
    """

    def __init__(
        self, namespace: Namespace, cred: Credentials | None = None, at: Location | None = None
    ) -> None:
        self._names = namespace
        self._cred = cred or Credentials()
        self._at = at or namespace.root

    # -- contents ----------------------------------------------------------------------------------

    def read(self, path: str, *, limit: int = READ_LIMIT) -> bytes:
        """The whole content. Raises: EFBIG if it is longer than ``limit`` bytes, EISDIR, EACCES."""
        with self._opened(path, OpenFlags.READ) as inode:
            if inode.size > limit:
                fail("EFBIG", path)
            return inode.read_at(0, inode.size)

    def read_text(self, path: str, encoding: str = "utf-8", errors: str = "strict") -> str:
        """The whole content as text, line ends as they are. Raises: ``UnicodeDecodeError``."""
        return self.read(path).decode(encoding, errors)

    def write(
        self, path: str, data: str | bytes, *, parents: bool = True, mode: int = 0o666
    ) -> None:
        """Make the content ``data`` (text as UTF-8), making the file and missing directories.

        Raises: ENOSPC if it does not fit; a file that was there (up to 256 MiB) is then as it was.
        """
        content = data.encode() if isinstance(data, str) else data
        if parents:
            self._make_parents(path)
        is_new = not self.exists(path)
        with self._opened(path, OpenFlags.WRITE | OpenFlags.CREAT, mode) as inode:
            before = inode.read_at(0, inode.size) if 0 < inode.size <= _KEEP_LIMIT else b""
            try:
                inode.truncate(0)
                _write_all(inode, 0, content)
            except OSError:
                inode.truncate(0)
                _write_all(inode, 0, before)
                if is_new:
                    self._names.unlink(self._at, path, self._cred)
                raise

    def append(
        self, path: str, data: str | bytes, *, parents: bool = True, mode: int = 0o666
    ) -> None:
        """Add ``data`` at the end, making the file if it is missing. Raises: ENOSPC, nothing
        added."""
        content = data.encode() if isinstance(data, str) else data
        if parents:
            self._make_parents(path)
        with self._opened(path, OpenFlags.WRITE | OpenFlags.CREAT, mode) as inode:
            size = inode.size
            try:
                _write_all(inode, size, content)
            except OSError:
                inode.truncate(size)
                raise

    # -- facts -------------------------------------------------------------------------------------

    def stat(self, path: str, *, follow: bool = True) -> Stat:
        """The facts of a file; of a link itself with ``follow=False``."""
        return self._names.stat(self._at, path, self._cred, follow=follow)

    def exists(self, path: str) -> bool:
        """True if ``path`` leads to something; a dangling link does not."""
        try:
            self.stat(path)
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
                return False
            raise
        return True

    def is_dir(self, path: str) -> bool:
        """True if ``path`` leads to a directory."""
        return self.exists(path) and self.stat(path).is_dir

    def is_file(self, path: str) -> bool:
        """True if ``path`` leads to a regular file."""
        return self.exists(path) and self.stat(path).is_file

    def list(self, path: str = ".") -> builtins.list[Dirent]:
        """The entries of a directory, by name."""
        return sorted(self._names.listdir(self._at, path, self._cred))

    def walk(self, path: str = ".") -> Iterator[tuple[str, builtins.list[str], builtins.list[str]]]:
        """Like ``os.walk``: each directory, the names of those in it, and of all else in it.

        Links are not followed. Remove names from the first list to leave those directories out.
        """
        pending = [path]
        while pending:
            here = pending.pop()
            entries = self.list(here)
            folders = [entry.name for entry in entries if entry.is_dir]
            yield here, folders, [entry.name for entry in entries if not entry.is_dir]
            pending.extend(join(here, name) for name in reversed(folders))

    # -- changes -----------------------------------------------------------------------------------

    def make_dir(self, path: str, *, parents: bool = True, exist_ok: bool = True) -> None:
        """Make a directory. Raises: EEXIST if it is there and not ``exist_ok``, or is no
        directory."""
        if parents:
            self._make_parents(path)
        try:
            self._names.mkdir(self._at, path, self._cred)
        except FileExistsError:
            if not (exist_ok and self.is_dir(path)):
                raise

    def remove(self, path: str, *, recursive: bool = False) -> None:
        """Remove a file, link or empty directory, or with ``recursive`` a directory and all in it.

        Raises: ENOTEMPTY, ENOENT.
        """
        if not path.strip("/"):
            fail("EBUSY", path)
        if not self.stat(path, follow=False).is_dir:
            self._names.unlink(self._at, path, self._cred)
            return
        if recursive:
            self._empty(self._names.resolve(self._at, path, self._cred, follow=False))
        self._names.rmdir(self._at, path, self._cred)

    def _empty(self, top: Location) -> None:
        """Remove all that is in ``top``, step by step: the paths may be longer than PATH_MAX."""
        names, cred = self._names, self._cred
        pending = [top]
        while pending:
            here = pending[-1]
            folders = []
            for entry in names.listdir(here, ".", cred):
                if entry.is_dir:
                    folders.append(entry.name)
                else:
                    names.unlink(here, entry.name, cred)
            if folders:
                pending.extend(names.resolve(here, name, cred, follow=False) for name in folders)
                continue
            pending.pop()
            if pending and here is not top:
                names.rmdir(here, "../" + here.inode.name, cred)

    def rename(self, old: str, new: str) -> None:
        """Move a file or directory, replacing a file that is there. Raises: EXDEV across mounts."""
        self._names.rename(self._at, old, self._at, new, self._cred)

    def symlink(self, target: str, path: str) -> None:
        """Make a symbolic link that reads ``target``."""
        self._names.symlink(target, self._at, path, self._cred)

    def readlink(self, path: str) -> str:
        """The text of a symbolic link."""
        return self._names.readlink(self._at, path, self._cred)

    def chmod(self, path: str, mode: int) -> None:
        """Set the permission bits."""
        self._names.chmod(self._at, path, self._cred, mode)

    # -- between here and the host -----------------------------------------------------------------

    def copy_in(self, host_path: str, path: str) -> None:
        """Copy a file or folder of the host to ``path``; links and special files are left out."""
        transfer.copy_in(self, host_path, path)

    def copy_out(self, path: str, host_path: str) -> None:
        """Copy a file or directory to the host; links and special files are left out.

        Raises: ELOOP rather than write through a link of the host.
        """
        transfer.copy_out(self, path, host_path)

    # -- parts -------------------------------------------------------------------------------------

    @contextmanager
    def _opened(self, path: str, flags: OpenFlags, mode: int = 0o666) -> Iterator[Inode]:
        here = self._names.open_inode(self._at, path, self._cred, flags=flags, mode=mode)
        here.inode.hold()
        try:
            yield here.inode
        except OSError as error:
            error.filename = path
            raise
        finally:
            here.inode.release()

    def _make_parents(self, path: str) -> None:
        parts = path.rstrip("/").split("/")[:-1]
        for count in range(1, len(parts) + 1):
            part = "/".join(parts[:count])
            if part and not self.exists(part):
                self._names.mkdir(self._at, part, self._cred)


def _write_all(inode: Inode, offset: int, data: bytes) -> None:
    done = 0
    while done < len(data):
        done += inode.write_at(offset + done, memoryview(data)[done:])
