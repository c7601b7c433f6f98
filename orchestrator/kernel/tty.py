"""The terminal: a line discipline, a window size, and the group of processes in its foreground.

Above: kernel, system, sandbox. Below: discipline, outlet, file. termios(3), POSIX chapter 11.
"""

from __future__ import annotations

import stat as st
from typing import TYPE_CHECKING

from orchestrator.kernel import delivery
from orchestrator.kernel.device import TTY, DeviceFile
from orchestrator.kernel.discipline import Discipline
from orchestrator.kernel.signal import Disposition, Signal
from orchestrator.kernel.termios import Termios, WindowSize
from orchestrator.kernel.wait import Waitable, WouldBlock
from vfs.errors import fail
from vfs.inode import OpenFlags, Stat

if TYPE_CHECKING:
    from orchestrator.kernel.file import Buffer
    from orchestrator.kernel.kernel import Kernel
    from orchestrator.kernel.outlet import Outlet
    from orchestrator.kernel.process import Process
    from vfs.mount import Location


class Tty:
    """One terminal. `input`, `resize` and `hang_up` are the host's, through `scheduler.post`.

    Attributes:
        outlet: where output and echo go.
        session: sid of the session it controls, 0 for none; `foreground`: pgid that may read and
            gets signals.
        path: what ttyname(3) says.
    """

    __slots__ = (
        "_generation",
        "_kernel",
        "_stopped",
        "discipline",
        "foreground",
        "is_hung_up",
        "outlet",
        "path",
        "readable",
        "session",
        "size",
        "writable",
    )

    def __init__(
        self, kernel: Kernel, outlet: Outlet, size: WindowSize | None = None, path: str = "/dev/tty"
    ) -> None:
        self._kernel = kernel
        self.outlet = outlet
        self.size = size or WindowSize()
        self.path = path
        self.session = 0
        self.foreground = 0
        self.is_hung_up = False
        self.readable = Waitable()
        self.writable = outlet.writable
        self.discipline = Discipline(self)
        self._stopped = False
        self._generation = 0

    def open(self, flags: OpenFlags, location: Location | None = None) -> TtyFile:
        """An open file on it, not yet held."""
        return TtyFile(self, flags, location)

    def control(self, leader: int) -> Tty | None:
        """Become the controlling terminal of the session that `leader` makes; None if it has
        another.
        """
        if self.session not in (0, leader):
            return None
        self.session = self.foreground = leader
        return self

    @property
    def generation(self) -> int:
        """How many sessions it has seen end. A file opened in an earlier one reads no more
        input.
        """
        return self._generation

    # --- the host's side ---

    def input(self, data: bytes) -> None:
        """What was typed or pasted."""
        if self.is_hung_up:
            return
        self.discipline.feed(data)
        self._input_changed()

    def resize(self, rows: int, columns: int) -> None:
        """The window changed; the foreground group gets WINCH if it really did."""
        size = WindowSize(rows, columns)
        if size != self.size:
            self.size = size
            self.signal(Signal.WINCH)

    def hang_up(self) -> None:
        """The window is gone: HUP and CONT to the session's leader, reads end, writes fail with
        EIO.
        """
        self.is_hung_up = True
        leader = self._kernel.processes.get(self.session)
        if leader is not None:
            self._kernel.deliver(leader, Signal.HUP)
            self._kernel.deliver(leader, Signal.CONT)
        self.readable.fire()
        self.writable.fire()

    # --- the discipline's side ---

    def echo(self, data: bytes) -> None:
        """Show typed characters."""
        self.outlet.force(data)

    def signal(self, signal: Signal) -> None:
        """To the foreground group; to the session's leader if nobody is left of it.

        Deviation: elsewhere the key is lost when the job has just ended and the shell has not yet
        taken the terminal back. Here keys arrive at just such moments, between two processes.
        """
        members = delivery.members(self._kernel, self.foreground) if self.foreground else []
        if any(process.is_alive for process in members):
            self._kernel.signal_group(self.foreground, signal)
        elif self.session in self._kernel.processes:
            self._kernel.deliver(self._kernel.processes[self.session], signal)

    def flow(self, stopped: bool) -> None:
        """^S, ^Q."""
        self._stopped = stopped
        if not stopped:
            self.writable.fire()

    # --- settings ---

    @property
    def termios(self) -> Termios:
        """The settings now. tcgetattr(3)."""
        return self.discipline.termios

    def set_termios(self, process: Process, termios: Termios, *, flush: bool = False) -> None:
        """Change the settings. tcsetattr(3). Raises: as `check_background` with TTOU."""
        self.check_background(process, Signal.TTOU)
        self.discipline.set(termios, flush=flush)
        self._input_changed()

    def set_foreground(self, process: Process, pgid: int) -> None:
        """Say which group reads and gets signals. tcsetpgrp(3).

        Raises: ENOTTY (not my controlling terminal), EPERM (no such group in my session), EINVAL,
            TTOU rules.
        """
        if process.tty is not self:
            fail("ENOTTY")
        if pgid <= 0:
            fail("EINVAL")
        self.check_background(process, Signal.TTOU)
        if all(one.sid != process.sid for one in delivery.members(self._kernel, pgid)):
            fail("EPERM")
        self.foreground = pgid

    def check_background(self, process: Process | None, signal: Signal) -> None:
        """Stop a background process that reads (TTIN) or changes or writes (TTOU); POSIX 11.1.4.

        Raises: WouldBlock (the group was signalled; the call is tried again when it goes on), EIO
            where
            stopping is impossible: TTIN is ignored, or the group is orphaned. TTOU ignored lets it
                pass.
        """
        if process is None or process.tty is not self or process.pgid == self.foreground:
            return
        if process.signals.disposition(signal) is Disposition.IGNORE:
            if signal is Signal.TTIN:
                fail("EIO")
            return
        if delivery.is_orphaned(self._kernel, process.pgid):
            fail("EIO")
        self._kernel.signal_group(process.pgid, signal)
        raise WouldBlock((process.resumed,))

    def leader_ended(self) -> None:
        """The session is over: whoever is in the foreground gets HUP, and the terminal is free for
        another.
        """
        foreground, self.session, self.foreground = self.foreground, 0, 0
        self._generation += 1
        self.readable.fire()
        if foreground:
            self._kernel.signal_group(foreground, Signal.HUP)
            self._kernel.signal_group(foreground, Signal.CONT)

    # --- the processes' side ---

    def read_nowait(self, size: int, *, nonblock: bool = False) -> bytes:
        """A line (canonical) or bytes; `b""` at ^D or after a hang-up. Raises: WouldBlock, EAGAIN,
        EIO.
        """
        if self.is_hung_up or size == 0:
            return b""
        self.check_background(self._kernel.scheduler.running, Signal.TTIN)
        if self.discipline.has_input(size):
            return self.discipline.take(size)
        termios = self.termios
        if not termios.canonical and termios.minimum == 0:
            return self.discipline.take(size)
        if nonblock:
            fail("EAGAIN")
        raise WouldBlock((self.readable,))

    def write_nowait(self, data: Buffer, *, nonblock: bool = False) -> int:
        """Show `data`, or as much as there is room for. Raises: WouldBlock, EAGAIN, EIO."""
        if self.is_hung_up or self.outlet.is_closed:
            fail("EIO")
        if self.termios.stop_background:
            self.check_background(self._kernel.scheduler.running, Signal.TTOU)
        room = 0 if self._stopped else self.outlet.room()
        if not room and data:
            if nonblock:
                fail("EAGAIN")
            raise WouldBlock((self.writable,))
        part = bytes(data[:room])
        self.outlet.force(self._processed(part))
        return len(part)

    def _processed(self, data: bytes) -> bytes:
        termios = self.termios
        if termios.post and termios.nl_to_crnl and b"\n" in data:
            return data.replace(b"\n", b"\r\n")
        return data

    def _input_changed(self) -> None:
        if self.discipline.has_input():
            self.readable.fire()

    def can_write(self) -> bool:
        """Whether a write would return or fail at once."""
        return self.is_hung_up or (not self._stopped and self.outlet.room() > 0)


class TtyFile(DeviceFile):
    """An open terminal."""

    __slots__ = ("_generation", "tty")

    def __init__(self, tty: Tty, flags: OpenFlags, location: Location | None = None) -> None:
        super().__init__(flags, location)
        self.tty = tty
        self._generation = tty.generation
        self.read_waitable = tty.readable
        self.write_waitable = tty.writable

    def read_nowait(self, size: int) -> bytes:
        """As `Tty.read_nowait`. Raises: EBADF as well."""
        self._require(self.can_read)
        if self._generation != self.tty.generation:
            return b""  # what is typed now is for another session
        return self.tty.read_nowait(size, nonblock=self.nonblock)

    def write_nowait(self, data: Buffer) -> int:
        """As `Tty.write_nowait`. Raises: EBADF as well."""
        self._require(self.can_write)
        return self.tty.write_nowait(data, nonblock=self.nonblock)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Raises: ESPIPE."""
        fail("ESPIPE")

    def stat(self) -> Stat:
        """A character device; the one in /dev if it was opened there."""
        if self.location is not None:
            return self.location.inode.stat()
        return Stat(0, 0, st.S_IFCHR | 0o620, 1, 0, 0, TTY, 0, 0, 0, 0)

    def describe(self) -> str:
        """Its path."""
        return self.tty.path

    @property
    def isatty(self) -> bool:
        """Yes."""
        return True

    def readable(self) -> bool:
        """A line, bytes, or an end of file is there."""
        return self.is_hung_up() or self.tty.discipline.has_input()

    def writable(self) -> bool:
        """There is room."""
        return self.tty.can_write()

    def available(self) -> int:
        """Bytes typed."""
        return self.tty.discipline.available()

    def is_hung_up(self) -> bool:
        """The window is gone, or the session it was opened in."""
        return self.tty.is_hung_up or self._generation != self.tty.generation
