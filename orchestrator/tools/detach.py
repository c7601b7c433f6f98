"""nohup(1), nice(1), setsid(1): start a command with something about it changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.kernel.signal import Disposition, Signal
from orchestrator.tools.options import Parsed, Tool, UsageError, quote
from orchestrator.tools.search import locate, refuse
from vfs.errors import text
from vfs.inode import OpenFlags

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.kernel.system import System

FAILED = 125
NOHUP_FAILED = 127
_APPEND = OpenFlags.WRITE | OpenFlags.CREAT | OpenFlags.APPEND


def become(system: System, tool: str, command: Sequence[str]) -> int:
    """Run `command` in place of the tool; returns only when that fails, with 127 or 126."""
    try:
        path = locate(system, command[0], system.env)
        if path == command[0] and "/" not in path:
            raise FileNotFoundError(2, "")
        system.flush()
        system.exec(path, command)
    except OSError as error:
        return refuse(system, tool, command[0], error)


# --- nohup ---


def _nohup(system: System, parsed: Parsed) -> int:
    if not parsed.operands:
        raise UsageError("missing operand")
    ignoring = system.isatty(0)
    if ignoring:
        # Opened for writing, as GNU does: reading fails instead of looking like an empty file.
        null = system.open("/dev/null", OpenFlags.WRITE)
        system.dup2(null, 0)
        system.close(null)
    to_file = system.isatty(1)
    if to_file:
        name = _redirect(system)
        first = "ignoring input and " if ignoring else ""
        _tell(system, f"{first}appending output to {quote(name)}")
    errors_too = system.isatty(2)
    if errors_too:
        if not to_file:
            lead = "ignoring input and redirecting" if ignoring else "redirecting"
            _tell(system, f"{lead} stderr to stdout")
        saved = system.dup(2, 10, cloexec=True)
        system.dup2(1, 2)
    elif ignoring and not to_file:
        _tell(system, "ignoring input")
    system.set_signal(Signal.HUP, Disposition.IGNORE)
    if errors_too:
        return _become_or_say(system, parsed.operands, saved)
    return become(system, "nohup", parsed.operands)


def _become_or_say(system: System, command: Sequence[str], saved: int) -> int:
    """A command that cannot be started is told on the terminal, not in the file."""
    path = locate(system, command[0], system.env)
    missing = path == command[0] and "/" not in path
    if missing:
        system.dup2(saved, 2)
    return become(system, "nohup", command)


def _tell(system: System, line: str) -> None:
    system.stderr.write(f"nohup: {line}\n")


def _redirect(system: System) -> str:
    """Point standard output at nohup.out, here or at home. Raises UsageError."""
    home = system.env.get("HOME", "")
    tried: list[str] = []
    for name in ["nohup.out", *([f"{home}/nohup.out"] if home else [])]:
        try:
            fd = system.open(name, _APPEND, 0o600)
        except OSError as error:
            tried.append(f"failed to open {quote(name)}: {text(error)}")
            continue
        system.dup2(fd, 1)
        system.close(fd)
        return name
    raise UsageError("\nnohup: ".join(tried), hint=False)


# --- nice ---


class _NiceTool(Tool):
    """Rewrites `-5` and `-+5` to `-n 5` before getopt sees them."""

    __slots__ = ()

    def main(self, system: System) -> int:
        """Run as a process's program."""
        words = list(system.argv)
        first = words[1] if len(words) > 1 else ""
        digits = first[1:].lstrip("+-")
        if first.startswith("-") and digits.isdigit() and not first.startswith("--"):
            words[1:2] = ["-n", first[1:]]
            system.process.argv = tuple(words)
        return Tool.main(self, system)


def _nice(system: System, parsed: Parsed) -> int:
    """Processes take turns of equal length here, so the number changes nothing (docs/differences.md)."""
    change = parsed.last("n", "adjustment")
    if change is not None and not change.lstrip("+-").isdigit():
        raise UsageError(f"invalid adjustment {quote(change)}", hint=False)
    if not parsed.operands:
        if change is not None:
            raise UsageError("a command must be given with an adjustment")
        system.stdout.write("0\n")
        return 0
    return become(system, "nice", parsed.operands)


# --- setsid ---


def _setsid(system: System, parsed: Parsed) -> int:
    if not parsed.operands:
        raise UsageError("no command specified")
    leads = system.process.pgid == system.pid
    if not leads and not parsed.has("f", "fork"):
        system.setsid()
        return become(system, "setsid", parsed.operands)
    child = system.subprogram(lambda inner: _in_session(inner, parsed.operands))
    if not parsed.has("w", "wait"):
        return 0
    return system.waitpid(child.pid)[1].exit_code


def _in_session(system: System, command: Sequence[str]) -> int:
    system.setsid()
    return become(system, "setsid", command)


NOHUP = Tool(
    "nohup",
    "Run a command that goes on when the terminal is closed.",
    "nohup COMMAND [ARG]...",
    _nohup,
    permute=False,
    bad_usage=FAILED,
)
NICE = _NiceTool(
    "nice",
    "Run a command; all run at the same niceness here.",
    "nice [-n N] [COMMAND [ARG]...]",
    _nice,
    "n:",
    ("adjustment=",),
    permute=False,
    bad_usage=FAILED,
)
SETSID = Tool(
    "setsid",
    "Run a command in a session of its own.",
    "setsid [-fw] COMMAND [ARG]...",
    _setsid,
    "fwc",
    ("fork", "wait", "ctty"),
    permute=False,
)
