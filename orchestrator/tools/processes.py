"""The columns in which ps(1), top(1) and pgrep(1) describe a process."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from orchestrator.kernel.proctext import cpu_ticks, short_name, state_letter
from orchestrator.tools.accounts import Accounts

if TYPE_CHECKING:
    from orchestrator.kernel.kernel import Kernel
    from orchestrator.kernel.process import Process
    from orchestrator.kernel.system import System

MEMORY_UNLIMITED = 1 << 32


def total_memory(kernel: Kernel) -> int:
    """Bytes of linear memory all processes may use together, as /proc/meminfo says."""
    return kernel.limits.total_memory or MEMORY_UNLIMITED


def clock_text(nanoseconds: int) -> str:
    """The time of day of an instant, `HH:MM`."""
    minutes = nanoseconds // 60_000_000_000
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


class Row:
    """One process as it is shown."""

    __slots__ = ("_accounts", "_now", "_system", "process")

    def __init__(self, system: System, accounts: Accounts, process: Process) -> None:
        self._system = system
        self._accounts = accounts
        self._now = system.realtime()
        self.process = process

    @property
    def letter(self) -> str:
        """R, S, T or Z."""
        return state_letter(self.process)

    def state(self) -> str:
        """The letter, with `s` for a session's leader and `+` for the foreground."""
        process = self.process
        leader = "s" if process.sid == process.pid else ""
        tty = process.tty
        front = tty is not None and tty.foreground == process.pgid
        return self.letter + leader + ("+" if front else "")

    def name(self) -> str:
        """The short name, marked when it has ended."""
        return short_name(self.process) + ("" if self.process.is_alive else " <defunct>")

    def command(self) -> str:
        """The arguments; of one that has ended, the name in brackets."""
        process = self.process
        if not process.is_alive:
            return f"[{short_name(process)}] <defunct>"
        return " ".join(process.argv) or f"[{short_name(process)}]"

    def user(self) -> str:
        """The owner's name, or number."""
        uid = self.process.cred.uid
        return self._accounts.user_name(uid) or str(uid)

    def group(self) -> str:
        """The group's name, or number."""
        gid = self.process.cred.gid
        return self._accounts.group_name(gid) or str(gid)

    def tty(self) -> str:
        """The terminal's name below /dev, or `?`."""
        tty = self.process.tty
        return "?" if tty is None else tty.path.removeprefix("/dev/")

    def age(self) -> int:
        """Seconds since it was started."""
        return max(0, (self._now - self.process.usage.started) // 10**9)

    def ticks(self) -> int:
        """Hundredths of a second of work; see kernel.proctext for how work is counted."""
        return cpu_ticks(self.process)

    def cpu(self) -> float:
        """Percent of one processor since it was started, at most 99.9."""
        age = max(0, self._now - self.process.usage.started)
        return min(99.9, self.ticks() * 10**9 / age) if age >= 10**7 else 0.0

    def memory(self) -> float:
        """Percent of all memory."""
        return self.process.usage.memory * 100 / total_memory(self._system.kernel)

    def kilobytes(self) -> int:
        """Linear memory; there is none that is not resident."""
        return self.process.usage.memory // 1024

    def time(self) -> str:
        """Work as `[DD-]HH:MM:SS`."""
        return duration_text(self.ticks() // 100, hours=True)

    def short_time(self) -> str:
        """Work as `MM:SS`."""
        seconds = self.ticks() // 100
        return f"{seconds // 60}:{seconds % 60:02}"

    def elapsed(self) -> str:
        """Since it was started, as `[[DD-]HH:]MM:SS`."""
        return duration_text(self.age(), hours=False)

    def started(self) -> str:
        """The time of day it was started, or the date if that was a day ago."""
        if self.age() >= 86400:
            return self._moment().strftime("%b%d")
        return clock_text(self.process.usage.started)

    def started_long(self) -> str:
        """Date and time it was started, as ctime(3)."""
        return self._moment().strftime("%a %b %e %H:%M:%S %Y")

    def _moment(self) -> datetime.datetime:
        seconds = self.process.usage.started // 10**9
        return datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=seconds)


def duration_text(seconds: int, *, hours: bool) -> str:
    """`[DD-]HH:MM:SS`; without `hours`, those only when there are any."""
    days, rest = divmod(seconds, 86400)
    text = f"{rest // 60 % 60:02}:{rest % 60:02}"
    if hours or rest >= 3600 or days:
        text = f"{rest // 3600:02}:{text}"
    return f"{days}-{text}" if days else text


def rows(system: System) -> list[Row]:
    """All processes, in the order of their numbers."""
    accounts = Accounts(system)
    found = sorted(system.kernel.processes.values(), key=lambda process: process.pid)
    return [Row(system, accounts, process) for process in found]
