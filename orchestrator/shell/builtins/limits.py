"""Builtins about what the process may use: umask, ulimit, times."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.shell.builtin import Builtin
from orchestrator.shell.builtins.arguments import Options, whole_number
from orchestrator.shell.modes import ModeError, apply_symbolic

if TYPE_CHECKING:
    from orchestrator.kernel.limits import Limits
    from orchestrator.shell.shell import Shell

SECOND = 1_000_000_000


def _umask(shell: Shell, argv: list[str]) -> int:
    options = Options(argv, "pS")
    mask = shell.system.umask()
    if not options.operands:
        shown = _symbolic(mask) if "S" in options else f"{mask:04o}"
        head = "umask " + ("-S " if "S" in options else "") if "p" in options else ""
        shell.output(f"{head}{shown}\n")
        return 0
    text = options.operands[0]
    new = _parse(shell, text, mask)
    if new is None:
        return 1
    shell.system.umask(new)
    if "S" in options:
        shell.output(_symbolic(new) + "\n")
    return 0


def _parse(shell: Shell, text: str, mask: int) -> int | None:
    if text[:1].isdecimal():
        try:
            value = int(text, 8)
        except ValueError:
            value = -1
        if not 0 <= value <= 0o7777:
            shell.report(f"umask: {text}: octal number out of range")
            return None
        return value & 0o777
    try:
        return ~apply_symbolic(text, ~mask & 0o777, directory=False, umask=0) & 0o777
    except ModeError as error:
        shell.report(f"umask: {error}")
        return None


def _symbolic(mask: int) -> str:
    allowed = ~mask & 0o777
    parts = []
    for who, shift in (("u", 6), ("g", 3), ("o", 0)):
        bits = allowed >> shift
        letters = "".join(c for c, bit in (("r", 4), ("w", 2), ("x", 1)) if bits & bit)
        parts.append(f"{who}={letters}")
    return ",".join(parts)


# --- ulimit ---

RESOURCES = (
    ("R", "real-time non-blocking time", "(microseconds, -R)"),
    ("c", "core file size", "(blocks, -c)"),
    ("d", "data seg size", "(kbytes, -d)"),
    ("e", "scheduling priority", "(-e)"),
    ("f", "file size", "(blocks, -f)"),
    ("i", "pending signals", "(-i)"),
    ("l", "max locked memory", "(kbytes, -l)"),
    ("m", "max memory size", "(kbytes, -m)"),
    ("n", "open files", "(-n)"),
    ("p", "pipe size", "(512 bytes, -p)"),
    ("q", "POSIX message queues", "(bytes, -q)"),
    ("r", "real-time priority", "(-r)"),
    ("s", "stack size", "(kbytes, -s)"),
    ("t", "cpu time", "(seconds, -t)"),
    ("u", "max user processes", "(-u)"),
    ("v", "virtual memory", "(kbytes, -v)"),
    ("x", "file locks", "(-x)"),
)
"""Letter, name and unit of each limit, in the order of `ulimit -a`."""


def _limit(limits: Limits, letter: str) -> str:
    """Return the value of a limit; what the sandbox does not limit is unlimited."""
    known = {"n": limits.fds, "u": limits.processes, "c": 0, "p": 8, "s": 8192}
    if letter in known:
        return str(known[letter])
    if letter in "mv" and limits.memory is not None:
        return str(limits.memory // 1024)
    return "unlimited"


def _ulimit(shell: Shell, argv: list[str]) -> int:
    letters = "".join(letter for letter, _, _ in RESOURCES)
    options = Options(argv, f"SHab{letters}kTP")
    chosen = [letter for letter in options if letter in letters]
    limits = shell.process.limits
    if "a" in options:
        for letter, name, unit in RESOURCES:
            shell.output(f"{name:<20} {unit:>20} {_limit(limits, letter)}\n")
        return 0
    if options.operands:
        return _set_limit(shell, (chosen or ["f"])[-1], options.operands[0])
    for letter in chosen or ["f"]:
        if len(chosen) > 1:
            _, name, unit = next(r for r in RESOURCES if r[0] == letter)
            shell.output(f"{name:<20} {unit:>20} ")
        shell.output(_limit(limits, letter) + "\n")
    return 0


def _set_limit(shell: Shell, letter: str, text: str) -> int:
    """Accept what changes nothing; the sandbox's limits are set from outside."""
    if text not in ("unlimited", "hard", "soft") and whole_number(text) is None:
        shell.report(f"ulimit: {text}: invalid number")
        return 1
    current = _limit(shell.process.limits, letter)
    if text in ("hard", "soft", current):
        return 0
    name = next(r[1] for r in RESOURCES if r[0] == letter)
    shell.report(f"ulimit: {name}: cannot modify limit: Operation not permitted")
    return 1


# --- times ---


def _times(shell: Shell, argv: list[str]) -> int:
    """Print what the shell and its children used. Deviation: time is time that passed, all of it the shell's."""
    used = shell.system.realtime() - shell.process.usage.started
    shell.output(f"{_duration(used)} {_duration(0)}\n{_duration(0)} {_duration(0)}\n")
    return 0


def _duration(nanoseconds: int) -> str:
    minutes, rest = divmod(nanoseconds // 1_000_000, 60_000)
    return f"{minutes}m{rest // 1000}.{rest % 1000:03d}s"


BUILTINS = (
    Builtin("umask", _umask, "umask [-p] [-S] [mode]", "Display or set file mode mask."),
    Builtin(
        "ulimit",
        _ulimit,
        "ulimit [-SHabcdefiklmnpqrstuvxPRT] [limit]",
        "Modify shell resource limits.",
    ),
    Builtin("times", _times, "times", "Display process times.", special=True),
)
