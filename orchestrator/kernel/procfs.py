"""/proc: the live table of processes as a file system. proc(5).

Above: sandbox mounts it. Below: kernel, opening, vfs. Inodes are made when looked up and keep
nothing alive. What follows from who asks (`/proc/self`) is taken from the scheduler's running
process, since a path walk knows none.
"""

from __future__ import annotations

import stat as st
from typing import TYPE_CHECKING

from orchestrator.kernel import proctext
from orchestrator.kernel.file import DirectoryFile, File
from orchestrator.kernel.opening import OpenableInode
from vfs.errors import fail
from vfs.filesystem import FileSystem
from vfs.inode import Dirent, Inode, OpenFlags, Stat
from vfs.mount import path_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.kernel.kernel import Kernel
    from orchestrator.kernel.process import Process
    from vfs.mount import Location

_ROOT_INO = 1
_PID_SHIFT = 16  # inode numbers: pid, then what it is about the process
_FD_BASE = 256


class ProcFS(FileSystem):
    """The file system; every look at it shows the processes as they are."""

    fstype = "proc"

    def __init__(self, kernel: Kernel) -> None:
        super().__init__()
        self.kernel = kernel
        self.root = _Root(self)
        self.root.parent = self.root


class _ProcInode(OpenableInode):
    """What all of /proc shares: nothing can be changed, and times are the process's."""

    __slots__ = ("kernel", "process")
    fs: ProcFS

    def __init__(self, fs: ProcFS, ino: int, mode: int, process: Process | None = None) -> None:
        uid, gid = (process.cred.uid, process.cred.gid) if process else (0, 0)
        super().__init__(fs, ino, mode, uid, gid)
        self.kernel = fs.kernel
        self.process = process

    def stat(self) -> Stat:
        """Size 0, as on Linux: the text is made when it is opened."""
        kernel = self.kernel
        born = self.process.usage.started if self.process else kernel.clock.realtime()
        links = 2 if st.S_ISDIR(self.mode) else 1
        facts = (self.fs.dev, self.ino, self.mode, links, self.uid, self.gid, 0, 0)
        return Stat(*facts, born, born, born)

    def open_file(
        self, kernel: Kernel, process: Process, location: Location, flags: OpenFlags
    ) -> File:
        """Directories open as any other."""
        return DirectoryFile(location, flags)


class _Text(_ProcInode):
    """A file whose text is made when it is opened."""

    __slots__ = ("_make",)

    def __init__(
        self,
        fs: ProcFS,
        ino: int,
        make: Callable[[], bytes],
        process: Process | None = None,
        bits: int = 0o444,
    ) -> None:
        super().__init__(fs, ino, st.S_IFREG | bits, process)
        self._make = make

    @property
    def size(self) -> int:
        """The real length, for the host's view; `stat` says 0."""
        return len(self._make())

    def read_at(self, offset: int, size: int) -> bytes:
        """A part of the text as it is now."""
        return self._make()[offset : offset + size]

    def open_file(
        self, kernel: Kernel, process: Process, location: Location, flags: OpenFlags
    ) -> File:
        """A snapshot. Raises: EACCES for writing."""
        if flags & OpenFlags.WRITE:
            fail("EACCES")
        return SnapshotFile(location, flags, self._make())


class _Link(_ProcInode):
    """A symbolic link whose text is made when it is read."""

    __slots__ = ("_make",)

    def __init__(
        self, fs: ProcFS, ino: int, make: Callable[[], str], process: Process | None = None
    ) -> None:
        super().__init__(fs, ino, st.S_IFLNK | 0o777, process)
        self._make = make

    def readlink(self) -> str:
        """Raises: ENOENT when there is nothing it could lead to."""
        return self._make()


class _Directory(_ProcInode):
    """A directory that lists what it could look up."""

    __slots__ = ()

    def __init__(
        self, fs: ProcFS, ino: int, process: Process | None = None, bits: int = 0o555
    ) -> None:
        super().__init__(fs, ino, st.S_IFDIR | bits, process)

    def names(self) -> list[str]:
        """The names in it now."""
        raise NotImplementedError

    def entries(self) -> list[Dirent]:
        """As `Inode.entries`."""
        found = [(name, self.lookup(name)) for name in self.names()]
        return [Dirent(name, inode.ino, st.S_IFMT(inode.mode)) for name, inode in found]


_SYSTEM_TEXTS: dict[str, Callable[[Kernel], bytes]] = {
    "cpuinfo": proctext.cpuinfo,
    "loadavg": proctext.loadavg,
    "meminfo": proctext.meminfo,
    "mounts": proctext.mounts,
    "uptime": proctext.uptime,
    "version": proctext.version,
}


class _Root(_Directory):
    """/proc itself."""

    __slots__ = ()

    def __init__(self, fs: ProcFS) -> None:
        super().__init__(fs, _ROOT_INO)

    def names(self) -> list[str]:
        """The processes, then what is about all of them."""
        pids = [str(pid) for pid in sorted(self.kernel.processes)]
        caller = self.kernel.scheduler.running
        return pids + ["self"] * (caller is not None) + list(_SYSTEM_TEXTS)

    def lookup(self, name: str) -> Inode:
        """Raises: ENOENT."""
        if name == "self":
            return _Link(self.fs, 2, self._self)
        make = _SYSTEM_TEXTS.get(name)
        if make is not None:
            ino = 3 + list(_SYSTEM_TEXTS).index(name)
            return _Text(self.fs, ino, lambda: make(self.kernel))
        process = self.kernel.processes.get(_number(name))
        if process is None:
            fail("ENOENT")
        return _ProcessDirectory(self.fs, process.pid << _PID_SHIFT, process)

    def _self(self) -> str:
        caller = self.kernel.scheduler.running
        if caller is None:  # the host looks at the files: it is nobody here
            fail("ENOENT")
        return str(caller.pid)


_PROCESS_TEXTS: dict[str, tuple[Callable[[Kernel, Process], bytes], int]] = {
    "cmdline": (proctext.cmdline, 0o444),
    "comm": (proctext.comm, 0o444),
    "environ": (proctext.environ, 0o400),
    "stat": (proctext.stat, 0o444),
    "status": (proctext.status, 0o444),
}
_PROCESS_LINKS = ("cwd", "exe", "root")
_PROCESS_NAMES = (*_PROCESS_TEXTS, *_PROCESS_LINKS, "fd")


class _ProcessDirectory(_Directory):
    """/proc/<pid>"""

    __slots__ = ()
    process: Process

    def names(self) -> list[str]:
        """Always the same."""
        return list(_PROCESS_NAMES)

    def lookup(self, name: str) -> Inode:
        """Raises: ENOENT."""
        if name not in _PROCESS_NAMES:
            fail("ENOENT")
        process = self.process
        ino = self.ino + 1 + _PROCESS_NAMES.index(name)
        if name == "fd":
            return _FdDirectory(self.fs, ino, process, 0o500)
        if name in _PROCESS_LINKS:
            return _Link(self.fs, ino, lambda: self._leads_to(name), process)
        make, bits = _PROCESS_TEXTS[name]
        return _Text(self.fs, ino, lambda: make(self.kernel, process), process, bits)

    def _leads_to(self, name: str) -> str:
        if name == "root":
            return "/"
        path = self.process.exe if name == "exe" else path_of(self.process.cwd)
        if not path or not self.process.is_alive:
            fail("ENOENT")
        return path


class _FdDirectory(_Directory):
    """/proc/<pid>/fd: links to paths, or for what has none to hidden entries beside them.

    A link to a pipe reads `pipe:[7]` and the walk follows it by looking that name up here; so
    opening `/dev/stdin` or `/proc/self/fd/5` needs no exception in the walk. Deviation: names must
    differ for that, so the second of two ends of one pipe reads `pipe:[7]#4`.
    """

    __slots__ = ()
    process: Process

    def names(self) -> list[str]:
        """The open descriptors."""
        return [str(fd) for fd in self.process.fds]

    def lookup(self, name: str) -> Inode:
        """Raises: ENOENT."""
        fd = _number(name)
        if fd in self.process.fds:
            return _Link(self.fs, self._ino(fd), lambda: self._text(fd), self.process)
        for fd in self.process.fds:
            if self._text(fd) == name:
                return _OpenFd(self.fs, self._ino(fd), self.process.fds.get(fd), self.process)
        return fail("ENOENT")

    def _ino(self, fd: int) -> int:
        return (self.process.pid << _PID_SHIFT) + _FD_BASE + fd

    def _text(self, fd: int) -> str:
        file = self.process.fds.get(fd)
        text = file.describe()
        if text.startswith("/"):
            return text
        for other in self.process.fds:
            if other == fd:
                return text
            twin = self.process.fds.get(other)
            if twin is not file and twin.describe() == text:
                return f"{text}#{fd}"
        return text


class _OpenFd(_ProcInode):
    """What `/proc/<pid>/fd/N` leads to if that has no path. Opening it gives the open file itself.

    Deviation: Linux opens a pipe anew, so that flags and offset are not shared.
    """

    __slots__ = ("_file",)

    def __init__(self, fs: ProcFS, ino: int, file: File, process: Process) -> None:
        super().__init__(fs, ino, st.S_IFMT(file.stat().mode) | 0o600, process)
        self._file = file

    def stat(self) -> Stat:
        """The open file's."""
        return self._file.stat()

    def open_file(
        self, kernel: Kernel, process: Process, location: Location, flags: OpenFlags
    ) -> File:
        """The open file. Raises: EACCES if it is not open for what is asked."""
        file = self._file
        wants_more = flags & OpenFlags.READ and not file.can_read
        if wants_more or (flags & OpenFlags.WRITE and not file.can_write):
            fail("EACCES")
        return file


class SnapshotFile(File):
    """An open text of /proc: as it was when opened."""

    __slots__ = ("_data",)

    def __init__(self, location: Location, flags: OpenFlags, data: bytes) -> None:
        super().__init__(flags, location)
        self._data = data

    def read_nowait(self, size: int) -> bytes:
        """As `File.read_nowait`; never blocks."""
        if not self.can_read:
            fail("EBADF")
        part = self.pread(size, self.offset)
        self.offset += len(part)
        return part

    def pread(self, size: int, offset: int) -> bytes:
        """As `File.pread`."""
        if size < 0 or offset < 0:
            fail("EINVAL")
        return self._data[offset : offset + size]

    def seek(self, offset: int, whence: int = 0) -> int:
        """As `File.seek`."""
        if whence not in (0, 1, 2):
            fail("EINVAL")
        start = (0, self.offset, len(self._data))[whence]
        if start + offset < 0:
            fail("EINVAL")
        self.offset = start + offset
        return self.offset

    def describe(self) -> str:
        """Its path."""
        assert self.location is not None
        return path_of(self.location)


def _number(name: str) -> int:
    """The number `name` is written as, -1 if it is none in plain form (`7`, not `07`)."""
    is_plain = name.isascii() and name.isdigit() and (name == "0" or name[0] != "0")
    return int(name) if is_plain and len(name) < 10 else -1
