"""lsof(8): who has which files open."""

from __future__ import annotations

import stat as st
from typing import TYPE_CHECKING

from orchestrator.tools.options import Parsed, Tool
from orchestrator.tools.processes import Row, rows
from vfs.errors import text

if TYPE_CHECKING:
    from orchestrator.kernel.system import System
    from vfs.inode import Stat

_TYPES = ((st.S_ISDIR, "DIR"), (st.S_ISCHR, "CHR"), (st.S_ISFIFO, "FIFO"), (st.S_ISREG, "REG"))


def _type(mode: int) -> str:
    return next((word for test, word in _TYPES if test(mode)), "unknown")


def _open_files(system: System, row: Row) -> list[tuple[str, str, Stat]]:
    """(descriptor, path, facts) of a process: its directory, its program, its descriptors."""
    folder = f"/proc/{row.process.pid}"
    found: list[tuple[str, str, Stat]] = []
    for name, link in (("cwd", "cwd"), ("txt", "exe")):
        try:
            path = system.readlink(f"{folder}/{link}")
            found.append((name, path, system.stat(path)))
        except OSError:
            continue
    for fd in sorted(row.process.fds):
        file = row.process.fds.get(fd)
        try:
            found.append(
                (f"{fd}{_access(file.flags)}", system.readlink(f"{folder}/fd/{fd}"), file.stat())
            )
        except OSError:
            continue
    return found


def _access(flags: int) -> str:
    return {1: "r", 2: "w", 3: "u"}.get(flags & 3, "")


def _is_wanted(row: Row, parsed: Parsed) -> bool:
    pids = ",".join(parsed.all("p")).split(",")
    users = ",".join(parsed.all("u")).split(",")
    tests = []
    if parsed.has("p"):
        tests.append(str(row.process.pid) in pids)
    if parsed.has("u"):
        tests.append(row.user() in users)
    if parsed.has("c"):
        tests.append(any(row.process.name.startswith(word) for word in parsed.all("c")))
    return (all(tests) if parsed.has("a") else any(tests)) if tests else True


def _lsof(system: System, parsed: Parsed) -> int:
    wanted, failed = _named(system, parsed)
    lines: list[str] = []
    pids: list[int] = []
    for row in rows(system):
        if not row.process.is_alive or not _is_wanted(row, parsed):
            continue
        for fd, path, facts in _open_files(system, row):
            if wanted and (facts.dev, facts.ino) not in wanted:
                continue
            pids += [row.process.pid] if row.process.pid not in pids else []
            lines.append(_line(row, fd, path, facts))
    if parsed.has("t"):
        system.stdout.write("".join(f"{pid}\n" for pid in pids))
    elif lines:
        heading = "COMMAND     PID     USER   FD      TYPE   DEVICE SIZE/OFF     NODE NAME\n"
        system.stdout.write(heading + "".join(lines))
    return int(failed or not lines)


def _line(row: Row, fd: str, path: str, facts: Stat) -> str:
    size = "" if st.S_ISCHR(facts.mode) or st.S_ISFIFO(facts.mode) else facts.size
    return (
        f"{row.process.name[:9]:<9} {row.process.pid:>5} {row.user():>8} {fd:>4} {_type(facts.mode):>9} "
        f"{f'{facts.dev >> 8},{facts.dev & 255}':>8} {size:>8} {facts.ino:>8} {path}\n"
    )


def _named(system: System, parsed: Parsed) -> tuple[set[tuple[int, int]], bool]:
    """The files the operands name."""
    found, failed = set(), False
    for path in parsed.operands:
        try:
            facts = system.stat(path)
            found.add((facts.dev, facts.ino))
        except OSError as error:
            system.stderr.write(f"lsof: status error on {path}: {text(error)}\n")
            failed = True
    if failed and not found:
        found.add((-1, -1))
    return found, failed


LSOF = Tool(
    "lsof",
    "Show which files are open, and by whom.",
    "lsof [-at] [-c NAME] [-p PID,...] [-u USER,...] [FILE]...",
    _lsof,
    "ac:np:Ptu:w",
)
