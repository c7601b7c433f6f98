"""pgrep(1), pkill(1), killall(1), pidof(8): processes by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.kernel.signal import Signal
from orchestrator.shell.expand.regex import RegexError, regex
from orchestrator.tools.options import Parsed, Tool, UsageError, UsageTool
from orchestrator.tools.processes import Row, rows
from orchestrator.tools.running import signal_from
from vfs.errors import text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from orchestrator.kernel.process import Process
    from orchestrator.kernel.system import System

NAME_MAX = 15
BAD_USAGE = 2


# --- pgrep, pkill ---


class _PgrepError(UsageError):
    """`hint` points at --help in procps's own way."""


def _lists(text: str) -> set[str]:
    return set(text.replace(",", " ").split())


def _criteria(system: System, parsed: Parsed) -> list[Callable[[Row], bool]]:
    """The tests that options make."""
    me = system.process
    tests: list[Callable[[Row], bool]] = []
    for name, value in parsed.options:
        wanted = _lists(value)
        field = _FIELDS.get(name)
        if field is not None:
            own = {"g": str(me.pgid), "pgroup": str(me.pgid), "s": str(me.sid)}.get(name)
            wanted = {own if v == "0" and own else v for v in wanted}
            tests.append(lambda r, w=wanted, f=field: bool(w & f(r)))  # type: ignore[misc]
        elif name in ("O", "older"):
            seconds = int(value) if value.isdigit() else 0
            tests.append(lambda r, s=seconds: r.age() >= s)  # type: ignore[misc]
        elif name in ("r", "runstates"):
            tests.append(lambda r, w=value: r.letter in w)  # type: ignore[misc]
    return tests


_FIELDS: dict[str, Callable[[Row], set[str]]] = {
    **dict.fromkeys(("P", "parent"), lambda r: {str(r.process.ppid)}),
    **dict.fromkeys(("g", "pgroup"), lambda r: {str(r.process.pgid)}),
    **dict.fromkeys(("s", "session"), lambda r: {str(r.process.sid)}),
    **dict.fromkeys(("t", "terminal"), lambda r: {r.tty()}),
    **dict.fromkeys(("u", "euid", "U", "uid"), lambda r: {r.user(), str(r.process.cred.uid)}),
    **dict.fromkeys(("G", "group"), lambda r: {r.group(), str(r.process.cred.gid)}),
}


def _pattern(parsed: Parsed) -> Callable[[Row], bool]:
    """The test the pattern makes."""
    (word,) = parsed.operands
    full = parsed.has("f", "full")
    exact = parsed.has("x", "exact")
    source = f"^({word})$" if exact else word
    try:
        compiled = regex(tuple((c, False) for c in source), parsed.has("i", "ignore-case"))
    except RegexError as error:
        raise _PgrepError(f"regex error: {error}", hint=False) from None

    def test(row: Row) -> bool:
        subject = " ".join(row.process.argv) if full else row.process.name[:NAME_MAX]
        return compiled.match(subject) is not None

    return test


def _matching(system: System, parsed: Parsed, tool: str) -> list[Row]:
    tests = _criteria(system, parsed)
    if len(parsed.operands) > 1:
        raise _PgrepError("only one pattern can be provided")
    if parsed.operands:
        if len(parsed.operands[0]) > NAME_MAX and not parsed.has("f", "full"):
            system.stderr.write(
                f"{tool}: pattern that searches for process name longer than 15 characters will"
                f" result in zero matches\nTry `{tool} -f' option to match against the complete"
                " command line.\n"
            )
        tests.append(_pattern(parsed))
    if not tests:
        raise _PgrepError("no matching criteria specified")
    inverse = parsed.has("v", "inverse")
    ancestors = _ancestors(system) if parsed.has("A", "ignore-ancestors") else set()
    found = [
        row
        for row in rows(system)
        if row.process is not system.process
        and row.process.pid not in ancestors
        and all(test(row) for test in tests) != inverse
    ]
    if parsed.has("n", "newest", "o", "oldest") and found:
        youngest = parsed.has("n", "newest")
        found.sort(key=lambda row: (row.process.usage.started, row.process.pid))
        found = [found[-1] if youngest else found[0]]
    return found


def _ancestors(system: System) -> set[int]:
    found: set[int] = set()
    process: Process | None = system.process
    while process is not None and process.pid not in found:
        found.add(process.pid)
        process = process.parent
    return found


def _pgrep(system: System, parsed: Parsed) -> int:
    found = _matching(system, parsed, "pgrep")
    if parsed.has("c", "count"):
        system.stdout.write(f"{len(found)}\n")
        return int(not found)
    lines = []
    for row in found:
        line = str(row.process.pid)
        if parsed.has("a", "list-full"):
            line += f" {' '.join(row.process.argv)}"
        elif parsed.has("l", "list-name"):
            line += f" {row.process.name[:NAME_MAX]}"
        lines.append(line)
    if lines:
        system.stdout.write((parsed.last("d", "delimiter") or "\n").join(lines) + "\n")
    return int(not lines)


def _pkill(system: System, parsed: Parsed) -> int:
    word = parsed.last("signal") or "TERM"
    signal = signal_from(word)
    if signal is None and word != "0":
        raise _PgrepError(f"Unknown signal: {word}", hint=False)
    found = _matching(system, parsed, "pkill")
    sent = 0
    for row in found:
        pid = row.process.pid
        try:
            system.kill(pid, signal or 0)
        except OSError as error:
            system.stderr.write(f"pkill: killing pid {pid} failed: {text(error)}\n")
            continue
        sent += 1
        if parsed.has("e", "echo"):
            system.stdout.write(f"{row.process.name[:NAME_MAX]} killed (pid {pid})\n")
    if parsed.has("c", "count"):
        system.stdout.write(f"{sent}\n")
    return int(not sent)


class _MatchTool(UsageTool):
    """Takes `-9` and `-TERM` out of pkill's command line before getopt sees them."""

    __slots__ = ()

    def main(self, system: System) -> int:
        """Run as a process's program."""
        if self.name == "pkill":
            system.process.argv = (system.argv[0], *_signal_first(system.argv[1:], "--signal="))
        return Tool.main(self, system)

    def complain(self, system: System, error: UsageError) -> None:
        """procps has its own words for a missing pattern."""
        if isinstance(error, _PgrepError):
            system.stderr.write(f"{self.name}: {error}\n")
            if error.hint:
                system.stderr.write(f"Try `{self.name} --help' for more information.\n")
            return
        UsageTool.complain(self, system, error)


def _signal_first(words: Sequence[str], option: str) -> list[str]:
    """`-9`, `-KILL`, `-SIGKILL` anywhere, as `option` with the signal."""
    out, done = [], False
    for word in words:
        named = word[1:] == "0" or signal_from(word[1:]) is not None
        is_signal = len(word) > 1 and word[0] == "-" and named
        if is_signal and not done:
            out.append(option + word[1:])
            done = True
        else:
            out.append(word)
    return out


_MATCH_SHORT = "fg:G:inoO:P:s:t:u:U:vxcr:A"
_MATCH_LONG = (
    *("full", "pgroup=", "group=", "ignore-case", "newest", "oldest", "older=", "parent="),
    *("session=", "terminal=", "euid=", "uid=", "inverse", "exact", "count", "runstates="),
    "ignore-ancestors",
)
PGREP = _MatchTool(
    "pgrep",
    "Find processes by name.",
    "pgrep [options] <pattern>",
    _pgrep,
    _MATCH_SHORT + "d:law",
    (*_MATCH_LONG, "delimiter=", "list-name", "list-full", "lightweight"),
    bad_usage=BAD_USAGE,
)
PKILL = _MatchTool(
    "pkill",
    "Signal processes by name.",
    "pkill [options] <pattern>",
    _pkill,
    _MATCH_SHORT + "e",
    (*_MATCH_LONG, "signal=", "echo"),
    bad_usage=BAD_USAGE,
)


# --- killall, pidof ---


def _killall(system: System, parsed: Parsed) -> int:
    if parsed.has("l", "list"):
        names = [signal.name for signal in Signal]
        system.stdout.write(f"{' '.join(names[:16])}\n{' '.join(names[16:])}\n")
        return 0
    if not parsed.operands:
        raise UsageError("")
    word = parsed.last("s", "signal") or "TERM"
    signal = signal_from(word)
    if signal is None and word != "0":
        system.stderr.write(f"{word}: unknown signal; killall -l lists signals.\n")
        return 1
    found = rows(system)
    user = parsed.last("u", "user")
    found = [row for row in found if user is None or user == row.user()]
    signalled: list[Process] = []
    failed = False
    for name in parsed.operands:
        hit = [row for row in found if _is_named(system, row, name, parsed)]
        if not hit:
            if not parsed.has("q", "quiet"):
                system.stderr.write(f"{name}: no process found\n")
            failed = True
        for row in hit:
            failed = not _kill_one(system, row, signal or 0, parsed) or failed
            signalled.append(row.process)
    while parsed.has("w", "wait") and any(process.is_alive for process in signalled):
        system.sleep(100_000_000)
    return int(failed)


def _is_named(system: System, row: Row, name: str, parsed: Parsed) -> bool:
    if row.process is system.process or not row.process.is_alive:
        return False
    known = row.process.name
    if parsed.has("r", "regexp"):
        try:
            compiled = regex(tuple((c, False) for c in name), parsed.has("I", "ignore-case"))
        except RegexError as error:
            raise UsageError(f"Bad regular expression: {name} ({error})", hint=False) from None
        return compiled.match(known) is not None
    if parsed.has("I", "ignore-case"):
        known, name = known.lower(), name.lower()
    return known == name


def _kill_one(system: System, row: Row, signal: int, parsed: Parsed) -> bool:
    pid, name = row.process.pid, row.process.name
    try:
        system.kill(-row.process.pgid if parsed.has("g", "process-group") else pid, signal)
    except OSError as error:
        system.stderr.write(f"{name}({pid}): {text(error)}\n")
        return False
    if parsed.has("v", "verbose"):
        system.stderr.write(f"Killed {name}({pid}) with signal {int(signal)}\n")
    return True


class _KillallTool(Tool):
    """Takes `-9` and `-TERM` out of the command line; its usage is all it says to a wrong one."""

    __slots__ = ()

    def main(self, system: System) -> int:
        """Run as a process's program."""
        system.process.argv = (system.argv[0], *_signal_first(system.argv[1:], "--signal="))
        return Tool.main(self, system)

    def complain(self, system: System, error: UsageError) -> None:
        """The usage, or for other mistakes the words."""
        if error.hint:
            first = f"killall: {error}\n" if str(error) else ""
            system.stderr.write(f"{first}Usage: {self.usage}\n")
        else:
            system.stderr.write(f"killall: {error}\n")


KILLALL = _KillallTool(
    "killall",
    "Signal processes by exact name.",
    "killall [OPTION]... [--] NAME...\n       killall -l, --list",
    _killall,
    "eIglqrs:u:vw",
    (
        *("exact", "ignore-case", "process-group", "list", "quiet", "regexp", "signal="),
        *("user=", "verbose", "wait"),
    ),
)


def _pidof(system: System, parsed: Parsed) -> int:
    omitted = set(",".join(parsed.all("o", "omit-pid")).split(","))
    omitted = {str(system.ppid) if pid == "%PPID" else pid for pid in omitted}
    found: list[str] = []
    for name in parsed.operands:
        for row in reversed(rows(system)):
            process = row.process
            known = name in (process.name, process.exe, process.argv[0] if process.argv else "")
            if known and process.is_alive and str(process.pid) not in omitted:
                found.append(str(process.pid))
    if parsed.has("s", "single-shot"):
        del found[1:]
    if found and not parsed.has("q"):
        system.stdout.write((parsed.last("S", "separator") or " ").join(found) + "\n")
    return int(not found)


PIDOF = Tool(
    "pidof",
    "Show the process IDs of programs.",
    "pidof [-sq] [-o PID] [-S SEPARATOR] NAME...",
    _pidof,
    "sqxo:S:",
    ("single-shot", "omit-pid=", "separator="),
)
