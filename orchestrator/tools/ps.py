"""ps(1): the processes of this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.kernel.process import State
from orchestrator.tools.accounts import Accounts
from orchestrator.tools.options import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.kernel.process import Process
    from orchestrator.kernel.system import System

_LETTERS = {
    State.NEW: "R",
    State.READY: "R",
    State.RUNNING: "R",
    State.BLOCKED: "S",
    State.ZOMBIE: "Z",
    State.REAPED: "X",
}


class _Row:
    """One process as ps shows it."""

    def __init__(self, system: System, accounts: Accounts, process: Process) -> None:
        self.system = system
        self.accounts = accounts
        self.process = process

    def state(self) -> str:
        """The letter of ps, `T` while stopped, with `s` for a session's leader and `+` for the foreground."""
        process = self.process
        letter = "T" if process.stopped else _LETTERS[process.state]
        leader = "s" if process.sid == process.pid else ""
        tty = process.tty
        return letter + leader + ("+" if tty is not None and tty.foreground == process.pgid else "")

    def command(self) -> str:
        """The arguments; a zombie's name in brackets."""
        process = self.process
        if process.state is State.ZOMBIE:
            return f"[{process.name}] <defunct>"
        return " ".join(process.argv)

    def tty(self) -> str:
        """The terminal."""
        return "tty" if self.process.tty is not None else "?"

    def seconds(self) -> int:
        """Since it was started."""
        return max(0, (self.system.realtime() - self.process.usage.started) // 10**9)

    def work(self) -> str:
        """Time of a CPU has no meaning here; a million of fuel or steps counts as a hundredth of a second."""
        usage = self.process.usage
        seconds = (usage.fuel + usage.steps) // 100_000_000
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


# Column: heading, width (negative: left-aligned; 0: the rest of the line), value.
_COLUMNS: dict[str, tuple[str, int, Callable[[_Row], object]]] = {
    "user": ("USER", -8, lambda r: r.accounts.user(r.process.cred.uid)),
    "pid": ("PID", 7, lambda r: r.process.pid),
    "ppid": ("PPID", 7, lambda r: r.process.ppid),
    "pgid": ("PGID", 7, lambda r: r.process.pgid),
    "sid": ("SID", 7, lambda r: r.process.sid),
    "tty": ("TTY", -8, _Row.tty),
    "stat": ("STAT", -4, _Row.state),
    "rss": ("RSS", 7, lambda r: r.process.usage.memory // 1024),
    "etimes": ("ELAPSED", 7, _Row.seconds),
    "time": ("TIME", 8, _Row.work),
    "comm": ("COMMAND", 0, lambda r: r.process.name),
    "args": ("COMMAND", 0, _Row.command),
    "cmd": ("CMD", 0, _Row.command),
    "name": ("CMD", 0, lambda r: r.process.name),
}
_SHORT = ("pid", "tty", "time", "name")
_FULL = ("user", "pid", "ppid", "tty", "time", "cmd")
_BSD = ("user", "pid", "rss", "tty", "stat", "time", "args")


def main(system: System) -> int:
    """`ps`, `ps aux`, `ps -ef`, `ps -o list`, `ps -p pids`."""
    try:
        columns, everybody, pids = _read(list(system.argv[1:]))
    except UsageError as error:
        system.stderr.write(f"ps: {error}\nUsage: ps [aux] [-ef] [-o COLUMN,...] [-p PID,...]\n")
        return 1
    accounts = Accounts(system)
    shown = [p for p in system.kernel.processes.values() if _is_shown(system, p, everybody, pids)]
    if not any(name.endswith("=") for name in columns):
        system.stdout.write(_line([_COLUMNS[name][0] for name in columns], columns))
    plain = [name.rstrip("=") for name in columns]
    for process in shown:
        row = _Row(system, accounts, process)
        system.stdout.write(_line([str(_COLUMNS[name][2](row)) for name in plain], plain))
    return 0 if shown else 1


def _line(values: list[str], names: list[str]) -> str:
    parts = []
    for value, name in zip(values, names, strict=True):
        width = _COLUMNS[name][1]
        parts.append(value.ljust(-width) if width <= 0 else value.rjust(width))
    return " ".join(parts).rstrip() + "\n"


def _is_shown(system: System, process: Process, everybody: bool, pids: set[int]) -> bool:
    if pids:
        return process.pid in pids
    return everybody or process.sid == system.process.sid


def _read(words: list[str]) -> tuple[list[str], bool, set[int]]:
    columns, everybody, pids = list(_SHORT), False, set[int]()
    while words:
        word = words.pop(0)
        if word in ("-o", "-p", "o", "p") or word[:2] in ("-o", "-p"):
            value = word[2:] if len(word) > 2 else (words.pop(0) if words else "")
            if word.lstrip("-")[0] == "o":
                columns = _columns(value)
            else:
                pids |= {int(p) for p in value.split(",") if p.isdigit()}
            continue
        letters = word.lstrip("-")
        if not letters or letters.strip("aAefuxlwj"):
            raise UsageError(f"unsupported option {word}")
        everybody = everybody or bool(set(letters) & set("aAex"))
        if "u" in letters and not word.startswith("-"):
            columns = list(_BSD)
        elif "f" in letters:
            columns = list(_FULL)
    return columns, everybody, pids


def _columns(value: str) -> list[str]:
    names = [name.strip() for name in value.replace(" ", ",").split(",") if name.strip()]
    for name in names:
        if name.rstrip("=") not in _COLUMNS:
            raise UsageError(f"unknown column {name}; known are {', '.join(sorted(_COLUMNS))}")
    return names
