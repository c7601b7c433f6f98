"""free(1), uptime(1), nproc's neighbours w(1), who(1), users(1), last(1): the state of the machine."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from orchestrator.kernel.process import State
from orchestrator.tools.options import Parsed, Tool, UsageError, UsageTool, quote
from orchestrator.tools.processes import Row, rows, total_memory

if TYPE_CHECKING:
    from orchestrator.kernel.system import System

_SECOND = 10**9
_UNITS = {
    "b": 1,
    "bytes": 1,
    "k": 1 << 10,
    "kibi": 1 << 10,
    "m": 1 << 20,
    "mebi": 1 << 20,
    "g": 1 << 30,
    "gibi": 1 << 30,
    "tebi": 1 << 40,
    "pebi": 1 << 50,
    "kilo": 10**3,
    "mega": 10**6,
    "giga": 10**9,
    "tera": 10**12,
    "peta": 10**15,
}


# --- free ---


def _scaled(size: int, step: int) -> str:
    """As free -h shows it: at most three digits, one after the point below ten."""
    letters = "BKMGTP"
    if size < step:
        return f"{size}B"
    value, index = float(size), 0
    while value >= step and index < len(letters) - 1:
        value /= step
        index += 1
    suffix = letters[index] + ("i" if step == 1024 else "")
    return f"{value:.1f}{suffix}" if value < 9.95 else f"{int(value)}{suffix}"


def _free(system: System, parsed: Parsed) -> int:
    if parsed.operands:
        raise UsageError("")
    seconds, count = parsed.last("s", "seconds"), parsed.last("c", "count")
    pause = _positive(seconds, "seconds") if seconds else _SECOND
    rounds = _positive(count, "count") // _SECOND if count else (1 if seconds is None else -1)
    while True:
        _free_once(system, parsed)
        rounds -= 1
        if rounds == 0:
            return 0
        system.stdout.write("\n")
        system.flush()
        system.sleep(pause)


def _positive(text: str, what: str) -> int:
    try:
        value = float(text)
    except ValueError:
        raise UsageError(f"failed to parse {what} argument: {quote(text)}", hint=False) from None
    if not 0 < value < 1e9:
        raise UsageError(f"{what} argument {quote(text)} is not positive number", hint=False)
    return int(value * _SECOND)


def _free_once(system: System, parsed: Parsed) -> None:
    unit = next((_UNITS[name] for name, _ in reversed(parsed.options) if name in _UNITS), 1024)
    human, step = parsed.has("h", "human"), 1000 if parsed.has("si") else 1024
    if parsed.has("si") and unit in (1 << 10, 1 << 20, 1 << 30):
        unit = {1 << 10: 10**3, 1 << 20: 10**6, 1 << 30: 10**9}[unit]

    def shown(size: int) -> str:
        return f"{_scaled(size, step) if human else size // unit:>11}"

    total, used = total_memory(system.kernel), system.kernel.memory
    free = max(0, total - used)
    wide = parsed.has("w", "wide")
    names = ["total", "used", "free", "shared", *(["buffers", "cache"] if wide else ["buff/cache"])]
    write = system.stdout.write
    write(" " * 8 + "".join(f" {name:>11}" for name in [*names, "available"]) + "\n")
    caches = [0] * (2 if wide else 1)
    write(
        "Mem:    " + "".join(f" {shown(n)}" for n in [total, used, free, 0, *caches, free]) + "\n"
    )
    write("Swap:   " + "".join(f" {shown(n)}" for n in [0, 0, 0]) + "\n")
    if parsed.has("t", "total"):
        write("Total:  " + "".join(f" {shown(n)}" for n in [total, used, free]) + "\n")


# --- uptime, w, who ---


def _uptime_ns(system: System) -> int:
    return system.monotonic() - system.kernel.booted


def _boot(system: System) -> datetime.datetime:
    return _moment(system.realtime() - _uptime_ns(system))


def _moment(nanoseconds: int) -> datetime.datetime:
    return datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=nanoseconds // _SECOND)


def logins(system: System) -> list[Row]:
    """The sessions on a terminal: each is a login of its user."""
    return [
        row
        for row in rows(system)
        if row.process.sid == row.process.pid and row.process.tty and row.process.is_alive
    ]


def header(system: System) -> str:
    """The first line of w, uptime and top. The load is what could run now, as in /proc/loadavg."""
    seconds = _uptime_ns(system) // _SECOND
    days, hours, minutes = seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60
    up = f"{days} day{'s' if days != 1 else ''}, " if days else ""
    up += f"{hours:2}:{minutes:02}" if hours else f"{minutes} min"
    count = len(logins(system))
    users = f"{count:2} user{'s' if count > 1 else ''}"
    able = sum(row.letter == "R" for row in rows(system))
    load = f"{able}.00, {able}.00, {able}.00"
    return f" {_moment(system.realtime()):%H:%M:%S} up {up}, {users},  load average: {load}"


def _uptime(system: System, parsed: Parsed) -> int:
    if parsed.operands:
        raise UsageError("")
    if parsed.has("s", "since"):
        line = f"{_boot(system):%Y-%m-%d %H:%M:%S}"
    elif parsed.has("p", "pretty"):
        line = f"up {_pretty(_uptime_ns(system) // _SECOND)}"
    else:
        line = header(system)
    system.stdout.write(f"{line}\n")
    return 0


def _pretty(seconds: int) -> str:
    units = (("week", 604800), ("day", 86400), ("hour", 3600), ("minute", 60))
    parts: list[str] = []
    for name, size in units:
        count, seconds = divmod(seconds, size)
        if count or (name == "minute" and not parts):
            parts.append(f"{count} {name}{'' if count == 1 else 's'}")
    return ", ".join(parts)


def _front(row: Row) -> str:
    """The command in the foreground of a session's terminal."""
    tty = row.process.tty
    members = [r for r in row.process.children.values() if tty and r.pgid == tty.foreground]
    return " ".join(members[-1].argv) if members else row.command()


def _w(system: System, parsed: Parsed) -> int:
    if not parsed.has("h", "no-header"):
        system.stdout.write(f"{header(system)}\n")
        system.stdout.write("USER     TTY      FROM             LOGIN@   IDLE   JCPU   PCPU WHAT\n")
    for row in logins(system):
        if parsed.operands and row.user() not in parsed.operands:
            continue
        system.stdout.write(
            f"{row.user():<8} {row.tty():<8} {'-':<16} {row.started():<8} 0.00s  "
            f"{row.ticks() / 100:.2f}s  {row.ticks() / 100:.2f}s {_front(row)}\n"
        )
    return 0


def _who(system: System, parsed: Parsed) -> int:
    if parsed.has("b", "boot"):
        system.stdout.write(f"{'':9}system boot  {_boot(system):%Y-%m-%d %H:%M}\n")
        return 0
    found = logins(system)
    if parsed.has("m") or len(parsed.operands) == 2:
        found = [row for row in found if row.process.tty is system.process.tty]
    if parsed.has("q", "count"):
        names = [row.user() for row in found]
        system.stdout.write(f"{' '.join(names)}\n# users={len(names)}\n")
        return 0
    env = system.env
    plain = (env.get("LC_ALL") or env.get("LC_TIME") or env.get("LANG") or "C") in ("C", "POSIX")
    pattern, width = ("%b %e %H:%M", 12) if plain else ("%Y-%m-%d %H:%M", 16)
    if parsed.has("H", "heading"):
        system.stdout.write(f"NAME     LINE         {'TIME':<{width}} COMMENT\n")
    for row in found:
        moment = _moment(row.process.usage.started)
        system.stdout.write(f"{row.user():<8} {row.tty():<12} {moment.strftime(pattern)}\n")
    return 0


def _users(system: System, parsed: Parsed) -> int:
    names = sorted(row.user() for row in logins(system))
    if names:
        system.stdout.write(" ".join(names) + "\n")
    return 0


def _last(system: System, parsed: Parsed) -> int:
    """Nothing is kept of sessions that have ended, so only those that have not are shown."""
    for row in reversed(logins(system)):
        moment = _moment(row.process.usage.started)
        line = f"{row.user():<8} {row.tty():<12} {'':16} {moment:%a %b %e %H:%M}"
        system.stdout.write(f"{line}   still logged in\n")
    system.stdout.write(f"\nwtmp begins {_boot(system):%a %b %e %H:%M:%S %Y}\n")
    return 0


def sleeping(found: list[Row]) -> tuple[int, int, int, int]:
    """How many run, sleep, are stopped, have ended (top's second line)."""
    letters = [row.letter for row in found]
    zombies = sum(row.process.state is State.ZOMBIE for row in found)
    return letters.count("R"), letters.count("S"), letters.count("T"), zombies


FREE = UsageTool(
    "free",
    "Show how much memory is free and used.",
    "free [-b|-k|-m|-g] [-h] [--si] [-t] [-w] [-s N] [-c N]",
    _free,
    "bkmghlts:c:wv",
    (
        *("bytes", "kibi", "mebi", "gibi", "tebi", "pebi", "kilo", "mega", "giga", "tera", "peta"),
        *("human", "si", "lohi", "total", "seconds=", "count=", "wide", "committed"),
    ),
)
UPTIME = UsageTool(
    "uptime",
    "Show for how long the machine has been running.",
    "uptime [-p] [-s]",
    _uptime,
    "ps",
    ("pretty", "since"),
)
W = UsageTool(
    "w", "Show who is logged in and what they do.", "w [-h] [USER]", _w, "h", ("no-header",)
)
WHO = Tool(
    "who",
    "Show who is logged in.",
    "who [-abHmqsu] [am i]",
    _who,
    "abHmqsu",
    ("all", "boot", "heading", "count", "short"),
)
USERS = Tool("users", "Show the names of those logged in.", "users", _users)
LAST = Tool("last", "Show the sessions there are.", "last", _last, "n:axFwidR")
