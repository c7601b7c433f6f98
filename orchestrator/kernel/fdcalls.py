"""Calls on descriptors, for programs written in Python. Above: system. Below: caller, fdtable,
file, tty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.kernel.caller import Caller
from orchestrator.kernel.tty import TtyFile
from vfs.errors import fail
from vfs.inode import OpenFlags

if TYPE_CHECKING:
    from orchestrator.kernel.file import Buffer, File
    from orchestrator.kernel.termios import Termios, WindowSize
    from orchestrator.kernel.tty import Tty
    from vfs.inode import Stat

READ_SIZE = 65536


class FdCalls(Caller):
    """Open, read, write, duplicate, terminals."""

    # --- opening and closing ---

    def open(self, path: str, flags: OpenFlags = OpenFlags.READ, mode: int = 0o666) -> int:
        """Open a file and return the lowest free descriptor; waits for the other end of a FIFO.
        open(2).

        Raises: EMFILE, EINTR, and what `Kernel.open_nowait` raises.
        """
        file = self.blocking(
            lambda: self.kernel.open_nowait(self.process, None, path, flags, mode)
        ).hold()
        try:
            return self.process.fds.add(file, cloexec=bool(flags & OpenFlags.CLOEXEC))
        finally:
            file.release()

    def file(self, fd: int) -> File:
        """The open file of a descriptor. Raises: EBADF."""
        return self.process.fds.get(fd)

    def close(self, fd: int) -> None:
        """Raises: EBADF. close(2)."""
        self.process.fds.close(fd)

    def dup(self, fd: int, lowest: int = 0, *, cloexec: bool = False) -> int:
        """The lowest free number not below `lowest` for the same file. Raises: EBADF EMFILE.
        fcntl(2) F_DUPFD.
        """
        return self.process.fds.dup(fd, lowest=lowest, cloexec=cloexec)

    def dup2(self, fd: int, target: int, *, cloexec: bool = False) -> int:
        """Make `target` mean the file of `fd`. Raises: EBADF. dup2(2)."""
        return self.process.fds.dup2(fd, target, cloexec=cloexec)

    def set_cloexec(self, fd: int, value: bool = True) -> None:
        """Close-on-exec or not. Raises: EBADF. fcntl(2) F_SETFD."""
        self.process.fds.set_cloexec(fd, value)

    def get_cloexec(self, fd: int) -> bool:
        """Whether it is closed on exec. Raises: EBADF. fcntl(2) F_GETFD."""
        self.process.fds.get(fd)
        return fd in self.process.fds.cloexec

    def pipe(self, *, cloexec: bool = False) -> tuple[int, int]:
        """Descriptors of a new pipe: (read end, write end). Raises: EMFILE ENFILE. pipe(2)."""
        return self.kernel.pipe_fds(self.process, cloexec=cloexec)

    # --- content ---

    def read(self, fd: int, size: int = READ_SIZE) -> bytes:
        """Up to `size` bytes; `b""` at the end. Raises: EBADF EISDIR EINTR EAGAIN EIO. read(2)."""
        file = self.process.fds.get(fd)
        return self.blocking(lambda: file.read_nowait(size))

    def read_all(self, fd: int) -> bytes:
        """Everything up to the end. Raises: as `read`."""
        parts: list[bytes] = []
        while data := self.read(fd):
            parts.append(data)
        return b"".join(parts)

    def write(self, fd: int, data: Buffer) -> int:
        """Write all of `data`, waiting as often as it takes. write(2).

        A broken pipe sends SIGPIPE, which as a rule ends the process. A caught signal stops the
        writing only before the first byte went out (EINTR); later it stays pending.
        Raises: EBADF EPIPE (SIGPIPE ignored) EINTR ENOSPC EFBIG EAGAIN EIO.
        """
        file = self.process.fds.get(fd)
        try:
            written = self.blocking(lambda: file.write_nowait(data))
            if written < len(data):
                self._write_rest(file, memoryview(data)[written:])
        except BrokenPipeError:
            self.kernel.broken_pipe(self.process)
        return len(data)

    def _write_rest(self, file: File, rest: memoryview) -> None:
        while rest:
            written = self.uninterrupted(lambda part=rest: file.write_nowait(part))  # type: ignore[misc]
            rest = rest[written:]

    def pread(self, fd: int, size: int, offset: int) -> bytes:
        """Raises: EBADF ESPIPE. pread(2)."""
        return self.process.fds.get(fd).pread(size, offset)

    def seek(self, fd: int, offset: int, whence: int = 0) -> int:
        """Raises: EBADF ESPIPE EINVAL. lseek(2)."""
        return self.process.fds.get(fd).seek(offset, whence)

    def ftruncate(self, fd: int, size: int) -> None:
        """Raises: EBADF EINVAL. ftruncate(2)."""
        self.process.fds.get(fd).truncate(size)

    def fstat(self, fd: int) -> Stat:
        """Raises: EBADF. fstat(2)."""
        return self.process.fds.get(fd).stat()

    def poll(
        self, wants: list[tuple[int, bool, bool]], timeout: int | None = None
    ) -> list[tuple[bool, bool]]:
        """For each (fd, wants to read, wants to write): what is ready, after at most `timeout` ns.
        poll(2).

        Raises: EBADF EINTR.
        """
        files = [(self.process.fds.get(fd), read, write) for fd, read, write in wants]
        deadline = None if timeout is None else self.kernel.clock.monotonic() + timeout
        return self.blocking(lambda: self.kernel.poll_nowait(self.process, files, deadline))

    # --- terminals ---

    def isatty(self, fd: int) -> bool:
        """Whether `fd` is open on a terminal. isatty(3)."""
        return fd in self.process.fds and self.process.fds.get(fd).isatty

    def tty(self, fd: int) -> Tty:
        """The terminal of `fd`. Raises: EBADF ENOTTY."""
        file = self.process.fds.get(fd)
        if not isinstance(file, TtyFile):
            fail("ENOTTY")
        return file.tty

    def tcgetattr(self, fd: int) -> Termios:
        """Raises: EBADF ENOTTY. tcgetattr(3)."""
        return self.tty(fd).termios

    def tcsetattr(self, fd: int, termios: Termios, *, flush: bool = False) -> None:
        """Raises: EBADF ENOTTY EIO EINTR. From the background it stops the group (TTOU).
        tcsetattr(3).
        """
        tty = self.tty(fd)
        self.blocking(lambda: tty.set_termios(self.process, termios, flush=flush))

    def winsize(self, fd: int) -> WindowSize:
        """Raises: EBADF ENOTTY. tcgetwinsize(3)."""
        return self.tty(fd).size

    def tcgetpgrp(self, fd: int) -> int:
        """The foreground group. Raises: EBADF ENOTTY. tcgetpgrp(3)."""
        tty = self.tty(fd)
        if self.process.tty is not tty:
            fail("ENOTTY")
        return tty.foreground

    def tcsetpgrp(self, fd: int, pgid: int) -> None:
        """Say which group is in the foreground. Raises: EBADF ENOTTY EPERM EIO. tcsetpgrp(3)."""
        tty = self.tty(fd)
        self.blocking(lambda: tty.set_foreground(self.process, pgid))
