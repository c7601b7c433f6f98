"""Builtins about what the process may use: umask, ulimit, times."""

from __future__ import annotations

import re
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from orchestrator.shell.builtin import Builtin
from orchestrator.shell.builtins.arguments import Options, no_options, whole_number
from orchestrator.shell.modes import ModeError, apply_symbolic

if TYPE_CHECKING:
    from orchestrator.shell.shell import Shell

_COPY = re.compile(r"[-+=]([ugo])")
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
    copied = _COPY.search(text)
    if copied is not None:  # chmod would take it
        shell.report(f"umask: `{copied[1]}': invalid symbolic mode character")
        return None
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


SETTABLE = frozenset("cnv")
"""Limits that can be changed: what no one enforces is not accepted."""
FIXED = MappingProxyType({"p": 8, "s": 8192, "e": 0, "r": 0})
"""Limits that are what they are."""


def _value(shell: Shell, letter: str, *, hard: bool) -> int | None:
    """Return a limit in its own unit, None for unlimited; what the sandbox does not limit is unlimited."""
    if hard and letter in shell.hard_limits:
        return shell.hard_limits[letter]
    limits = shell.process.limits
    known: dict[str, int | None] = {
        "n": shell.process.fds.limit,
        "u": limits.processes,
        "c": None if hard else shell.core_size,
        **FIXED,
    }
    if letter in "mv" and limits.memory is not None:
        return limits.memory // 1024
    return known.get(letter)


def _shown(value: int | None) -> str:
    return "unlimited" if value is None else str(value)


def _ulimit(shell: Shell, argv: list[str]) -> int:
    letters = "".join(letter for letter, _, _ in RESOURCES)
    options = Options(argv, f"SHab{letters}kTP")
    hard = "H" in options and "S" not in options
    chosen = [letter for letter in options if letter in letters]
    if "a" in options:
        chosen = list(letters)
    elif options.operands:
        which = (chosen or ["f"])[-1]
        return _set_limit(
            shell, which, options.operands[0], soft="S" in options, hard="H" in options
        )
    for letter in chosen or ["f"]:
        if len(chosen) > 1:
            _, name, unit = next(r for r in RESOURCES if r[0] == letter)
            shell.output(f"{name:<20} {unit:>20} ")
        shell.output(_shown(_value(shell, letter, hard=hard)) + "\n")
    return 0


def _set_limit(shell: Shell, letter: str, text: str, *, soft: bool, hard: bool) -> int:
    """Set what can be enforced: descriptors, memory, and core files, which there are none of."""
    ceiling = _value(shell, letter, hard=True)
    if text in ("hard", "soft"):
        value = _value(shell, letter, hard=text == "hard")
    elif text == "unlimited":
        value = None
    else:
        value = whole_number(text)
        if value is None or value < 0:
            shell.report(f"ulimit: {text}: invalid number")
            return 1
    both = soft == hard
    if _beyond(value, ceiling):
        return _refuse(shell, letter, "Operation not permitted")
    if not both and hard and _beyond(_value(shell, letter, hard=False), value):
        return _refuse(shell, letter, "Invalid argument")
    if letter not in SETTABLE and value != _value(shell, letter, hard=hard):
        return _refuse(shell, letter, "Operation not permitted")
    if hard or both:
        shell.hard_limits[letter] = value
    if soft or both:
        _enforce(shell, letter, value)
    return 0


def _beyond(value: int | None, ceiling: int | None) -> bool:
    return ceiling is not None and (value is None or value > ceiling)


def _refuse(shell: Shell, letter: str, why: str) -> int:
    name = next(r[1] for r in RESOURCES if r[0] == letter)
    shell.report(f"ulimit: {name}: cannot modify limit: {why}")
    return 1


def _enforce(shell: Shell, letter: str, value: int | None) -> None:
    """Give the shell, and so the processes it starts, another limit."""
    process = shell.process
    if letter == "c":
        shell.core_size = value
    elif letter == "n" and value is not None:
        process.fds.limit = value
        process.limits = replace(process.limits, fds=value)
    elif letter == "v":
        process.limits = replace(process.limits, memory=None if value is None else value * 1024)


# --- times ---


def _times(shell: Shell, argv: list[str]) -> int:
    """Print what the shell and its children used. Deviation: time is time that passed, all of it the shell's."""
    no_options(argv)
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
