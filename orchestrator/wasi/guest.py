"""One running module as the calls see it: its process, its memory, its preopens, the rights of its
fds.

Above: every call, and the engines, which attach the memory once the module is instantiated. Below:
kernel. It keeps what preview1 knows and Unix does not: rights, directories opened before the
program starts, and the promise of a fd to bring each write to storage.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from orchestrator.kernel.file import DirectoryFile, File
from orchestrator.kernel.tty import Tty, TtyFile
from orchestrator.kernel.wait import TurnOver
from orchestrator.wasi import rights
from orchestrator.wasi.abi import MASK32, NotCapable
from orchestrator.wasi.memory import BytesMemory, Memory
from orchestrator.wasi.rights import Grant
from vfs.access import READ, is_allowed
from vfs.errors import fail
from vfs.inode import OpenFlags
from vfs.mount import Location

if TYPE_CHECKING:
    from orchestrator.kernel.kernel import Kernel
    from orchestrator.kernel.process import Process

SLICE = 1_000_000
"""Fuel a guest gets before it has to let others run; the rewriter starts its counter there."""
BURST = 512
"""Calls a guest makes before those who are ready run: calls are dear, and burn little fuel."""
ROOT_FD = 3
CWD_FD = 4
_SIGN = 1 << 31


class Preopen(NamedTuple):
    """A directory the guest finds open when it starts: what it calls it, and what it is."""

    name: str
    file: DirectoryFile


class Guest:
    """The state of one guest.

    Attributes:
        kernel, process: whose calls these are.
        memory: attached by the engine; empty before that, so that an early access is EFAULT.
        calls: the imports by (module, name); set by `linker.bind`.
        strace: takes one line per call, or None.
        files: the process's open files by number: the table's own dictionary, for the hot calls.
        grants: rights of the fds that have fewer than their kind allows.
        synced: DSYNC, RSYNC and SYNC flags of the fds that have any.
        preopens: by number, until they are closed or renumbered over.
        signal_word: address of the integer that tells of caught signals, 0 for none.
        next_turn: how many calls it may have made before others who are ready come first.
        slice: what `pagebox.yield` answers after the others have had their turn.
    """

    __slots__ = (
        "calls",
        "clock",
        "entropy",
        "files",
        "grants",
        "kernel",
        "memory",
        "next_turn",
        "preopens",
        "process",
        "signal_word",
        "slice",
        "strace",
        "synced",
        "usage",
    )

    def __init__(
        self, kernel: Kernel, process: Process, strace: Callable[[str], None] | None = None
    ) -> None:
        """Make the guest of `process`, and install its preopens at fds 3 and 4."""
        self.kernel = kernel
        self.process = process
        self.strace = strace
        self.memory: Memory = BytesMemory(0)
        self.calls: Mapping[tuple[str, str], Callable[..., int]] = {}
        self.clock = kernel.clock
        self.entropy = kernel.entropy
        self.files = process.fds.files
        self.usage = process.usage
        self.slice = SLICE
        self.signal_word = 0
        self.next_turn = BURST
        self.grants: dict[int, Grant] = {}
        self.synced: dict[int, int] = {}
        self.preopens: dict[int, Preopen] = {}
        self._preopen(ROOT_FD, "/", kernel.namespace.root)
        self._preopen(CWD_FD, ".", process.cwd)

    # --- fds ---

    def file(self, fd: int) -> File:
        """Return the open file of `fd`. Raises OSError EBADF."""
        file = self.files.get(fd)
        if file is None:
            fail("EBADF")
        return file

    def require(self, fd: int, right: int) -> File:
        """Return the open file of `fd` if the guest kept every right in `right` on it.

        Raises:
            OSError: EBADF if it is not open, ENOTCAPABLE if a right was given up.
        """
        file = self.files.get(fd)
        if file is None:
            fail("EBADF")
        if self.grants and fd in self.grants:
            self.check_grant(fd, file, right)
        return file

    def check_grant(self, fd: int, file: File, right: int) -> None:
        """Raise NotCapable for what the guest gave up.

        What the file never could do is left to the file's own errno.
        """
        missing = right & ~self.grants[fd].base
        if missing and missing & full_grant(file).base:
            raise NotCapable

    def directory(self, fd: int, right: int) -> DirectoryFile:
        """Return the open directory of `fd`. Raises OSError EBADF, ENOTDIR, ENOTCAPABLE."""
        file = self.require(fd, right)
        if not isinstance(file, DirectoryFile):
            fail("ENOTDIR")
        return file

    def tty(self, fd: int) -> Tty:
        """Return the terminal open at `fd`. Raises OSError EBADF, ENOTTY."""
        file = self.file(fd)
        if not isinstance(file, TtyFile):
            fail("ENOTTY")
        return file.tty

    def place(self, fd: int, path: str, right: int) -> tuple[Location, bool]:
        """Return where `path` starts if it is relative to `fd`, and whether it must stay beneath.

        Of the working directory's preopen, `..` may lead out as long as the guest also holds the
        whole of the root's: what it reaches is nothing that it could not name by the other.

        Raises:
            OSError: EBADF, ENOTDIR, ENOTCAPABLE; EPERM if the path is absolute.
        """
        file = self.directory(fd, right)
        if path.startswith("/"):
            fail("EPERM", path)
        location = file.location
        assert location is not None
        if location.inode is self.kernel.namespace.root.inode:
            return location, False  # above the root there is nothing
        return location, not (fd == CWD_FD and self._is_open_root())

    def grant(self, fd: int) -> Grant:
        """Return the rights of `fd`, which is open."""
        return self.grants.get(fd) or full_grant(self.files[fd])

    def set_grant(self, fd: int, grant: Grant) -> None:
        """Narrow the rights of `fd` to `grant`, which must not exceed those of its file."""
        if grant == full_grant(self.files[fd]):
            self.grants.pop(fd, None)
        else:
            self.grants[fd] = grant

    def forget(self, fd: int) -> None:
        """Drop what is kept about `fd`: it was closed, or means another file now."""
        self.grants.pop(fd, None)
        self.synced.pop(fd, None)
        self.preopens.pop(fd, None)

    def move(self, fd: int, target: int) -> None:
        """Keep what is kept about `fd` for `target` instead."""
        self.forget(target)
        if fd in self.grants:
            self.grants[target] = self.grants.pop(fd)
        if fd in self.synced:
            self.synced[target] = self.synced.pop(fd)
        if fd in self.preopens:
            self.preopens[target] = self.preopens.pop(fd)

    def share(self, fd: int, copy: int) -> None:
        """Keep for `copy`, which has come to mean the file of `fd`, what is kept about `fd`."""
        self.forget(copy)
        if fd in self.grants:
            self.grants[copy] = self.grants[fd]
        if fd in self.synced:
            self.synced[copy] = self.synced[fd]

    # --- signals ---

    def show_signals(self) -> None:
        """Tell the guest by its signal word, if it has one, whether a caught signal is pending."""
        if self.signal_word:
            self.memory.store_u32(self.signal_word, int(bool(self.process.signals.caught)))

    # --- fuel and memory ---

    def take_turns(self) -> None:
        """Let those who are ready run, before a call begins. Raises TurnOver, and not on the next try."""
        self.next_turn = self.usage.syscalls + BURST
        if self.process.scheduler.contended():
            raise TurnOver

    def settle(self, fuel_left: int) -> None:
        """Charge the last slice, of which `fuel_left` was not used.

        Less than nothing is left only if the process was ended inside `pagebox.yield`, which had charged
        the slice: then the overdraft alone is still to be paid.
        """
        left = fuel_left & MASK32
        self.kernel.charge_fuel(
            self.process, 2 * _SIGN - left if left >= _SIGN else self.slice - left
        )

    def attach(self, memory: Memory) -> None:
        """Take over the instance's memory and count what it starts with. Raises OSError ENOMEM."""
        self.memory = memory
        self.charge_memory(0)

    def charge_memory(self, delta: int) -> None:
        """Count the memory as it is, and `delta` bytes more that the guest is about to ask for.

        Counted from its size each time: a growth that was allowed may still have failed.

        Raises:
            OSError: ENOMEM past a limit; nothing is counted then.
        """
        wanted = self.memory.size() + delta
        self.kernel.charge_memory(self.process, wanted - self.usage.memory)

    # --- preopens ---

    def _preopen(self, fd: int, name: str, location: Location) -> None:
        """Install a directory at `fd`; a file the process inherited there gets the lowest free
        number.

        A deviation: a shell's `4>file` reaches a wasm program under another number.
        """
        table = self.process.fds
        inherited = table.files.get(fd)
        flags = (
            OpenFlags.READ if is_allowed(location.inode, self.process.cred, READ) else OpenFlags(0)
        )
        file = DirectoryFile(location, flags)
        if inherited is not None:
            table.add(inherited, lowest=CWD_FD + 1, cloexec=fd in table.cloexec)
        table.set(fd, file)
        self.preopens[fd] = Preopen(name, file)

    def _is_open_root(self) -> bool:
        preopen = self.preopens.get(ROOT_FD)
        return preopen is not None and CWD_FD in self.preopens and ROOT_FD not in self.grants


def full_grant(file: File) -> Grant:
    """Return every right that makes sense on `file` as it was opened."""
    return rights.of_file(file.stat().mode, int(file.flags), is_tty=file.isatty)
