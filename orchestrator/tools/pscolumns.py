"""The columns ps(1) can show: their headings, widths, values, and the other names they go by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.tools.processes import Row

if TYPE_CHECKING:
    from collections.abc import Callable

    Value = Callable[[Row], object]

# Name: heading, width (negative: left-aligned), value.
COLUMNS: dict[str, tuple[str, int, Value]] = {
    "%cpu": ("%CPU", 4, lambda r: f"{r.cpu():.1f}"),
    "%mem": ("%MEM", 4, lambda r: f"{r.memory():.1f}"),
    "addr": ("ADDR", 4, lambda r: "-"),
    "addrsz": ("ADDR SZ", 7, lambda r: f"- {r.kilobytes() // 4}"),
    "args": ("COMMAND", -27, Row.command),
    "bsdtime": ("TIME", 6, Row.short_time),
    "c": ("C", 2, lambda r: int(r.cpu())),
    "cmd": ("CMD", -27, Row.command),
    "comm": ("COMMAND", -15, Row.name),
    "etime": ("ELAPSED", 11, Row.elapsed),
    "etimes": ("ELAPSED", 7, Row.age),
    "exe": ("EXE", -27, lambda r: r.process.exe or "-"),
    "f": ("F", 1, lambda r: 0),
    "gid": ("GID", 5, lambda r: r.process.cred.gid),
    "group": ("GROUP", -8, Row.group),
    "lstart": ("STARTED", 24, Row.started_long),
    "ni": ("NI", 3, lambda r: 0),
    "nlwp": ("NLWP", 4, lambda r: 1),
    "pgid": ("PGID", 5, lambda r: r.process.pgid),
    "pid": ("PID", 5, lambda r: r.process.pid),
    "ppid": ("PPID", 5, lambda r: r.process.ppid),
    "pri": ("PRI", 3, lambda r: 80),
    "psr": ("PSR", 3, lambda r: 0),
    "rss": ("RSS", 5, Row.kilobytes),
    "s": ("S", 1, lambda r: r.letter),
    "sid": ("SID", 5, lambda r: r.process.sid),
    "start": ("START", 5, Row.started),
    "stat": ("STAT", -4, Row.state),
    "stime": ("STIME", 5, Row.started),
    "sz": ("SZ", 5, lambda r: r.kilobytes() // 4),
    "time": ("TIME", 8, Row.time),
    "tpgid": ("TPGID", 5, lambda r: r.process.tty.foreground if r.process.tty else -1),
    "tty": ("TTY", -8, Row.tty),
    "ucmd": ("CMD", -15, Row.name),
    "uid": ("UID", 5, lambda r: r.process.cred.uid),
    "user": ("USER", -8, Row.user),
    "uname": ("UID", -8, Row.user),
    "vsz": ("VSZ", 6, Row.kilobytes),
    "wchan": ("WCHAN", -6, lambda r: "-"),
}
ALIASES = {
    "command": "args",
    "cputime": "time",
    "egid": "gid",
    "egroup": "group",
    "euid": "uid",
    "euser": "user",
    "fname": "comm",
    "lwp": "pid",
    "nice": "ni",
    "pcpu": "%cpu",
    "C": "c",
    "pgrp": "pgid",
    "pmem": "%mem",
    "priority": "pri",
    "rgroup": "group",
    "rssize": "rss",
    "ruid": "uid",
    "ruser": "user",
    "sess": "sid",
    "session": "sid",
    "start_time": "start",
    "state": "s",
    "tid": "pid",
    "tname": "tty",
    "tt": "tty",
    "ucomm": "comm",
    "vsize": "vsz",
    "f": "f",
    "flags": "f",
    "rsz": "rss",
    "ttyname": "tty",
    "cp": "c",
    "spid": "pid",
}
SORT_VALUES: dict[str, Value] = {
    "%cpu": Row.cpu,
    "%mem": Row.memory,
    "bsdtime": Row.ticks,
    "etime": Row.age,
    "lstart": lambda r: r.process.usage.started,
    "start": lambda r: r.process.usage.started,
    "stime": lambda r: r.process.usage.started,
    "time": Row.ticks,
}
