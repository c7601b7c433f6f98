"""time(1): how long a command takes, and how much work it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.kernel.proctext import FUEL_PER_TICK, STEPS_PER_TICK
from orchestrator.kernel.signal import Disposition, Signal
from orchestrator.tools.options import Parsed, Tool, UsageError
from orchestrator.tools.search import run_command
from vfs.errors import text
from vfs.inode import OpenFlags

if TYPE_CHECKING:
    from orchestrator.kernel.process import Process, Status
    from orchestrator.kernel.system import System

_DEFAULT = (
    "%Uuser %Ssystem %Eelapsed %PCPU (%Xavgtext+%Davgdata %Mmaxresident)k\n"
    "%Iinputs+%Ooutputs (%Fmajor+%Rminor)pagefaults %Wswaps"
)
_POSIX = "real %e\nuser %U\nsys %S"
_VERBOSE = """\
\tCommand being timed: "%C"
\tUser time (seconds): %U
\tSystem time (seconds): %S
\tPercent of CPU this job got: %P
\tElapsed (wall clock) time (h:mm:ss or m:ss): %E
\tMaximum resident set size (kbytes): %M
\tExit status: %x"""
_NOTHING = "XDpKtWFRIOwcskr"
FAILED = 125


class _Measured:
    """One run of a command."""

    def __init__(self, process: Process, status: Status, elapsed: int) -> None:
        usage = process.usage
        fuel = usage.fuel + usage.children_fuel
        steps = usage.steps + usage.children_steps
        # Work is counted, not timed: see kernel.proctext.
        self.work = fuel // FUEL_PER_TICK + steps // STEPS_PER_TICK
        self.elapsed = elapsed
        self.memory = usage.peak_memory // 1024
        self.status = status
        self.command = " ".join(process.argv)

    def value(self, letter: str) -> str:
        """What `%letter` stands for; the letter itself, with a question mark, if nothing."""
        seconds = self.elapsed / 1e9
        match letter:
            case "%":
                return "%"
            case "e":
                return f"{seconds:.2f}"
            case "E":
                return _clock(self.elapsed)
            case "U":
                return f"{self.work / 100:.2f}"
            case "S":
                return "0.00"
            case "P":
                return f"{min(100, int(self.work / seconds))}%" if seconds >= 0.01 else "?%"
            case "M":
                return str(self.memory)
            case "C":
                return self.command
            case "x":
                return str(self.status.exit_code)
            case "Z":
                return "65536"
        return "0" if letter in _NOTHING else f"?{letter}"


def _clock(nanoseconds: int) -> str:
    seconds, rest = divmod(nanoseconds, 10**9)
    if seconds >= 3600:
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{seconds // 60}:{seconds % 60:02}.{rest // 10**7:02}"


def _summary(pattern: str, measured: _Measured) -> str:
    out, at = [], 0
    while at < len(pattern):
        letter, following = pattern[at], pattern[at + 1 : at + 2]
        at += 1
        if letter == "%" and following:
            out.append(measured.value(following))
            at += 1
        elif letter == "\\" and following:
            out.append({"n": "\n", "t": "\t", "\\": "\\"}.get(following, f"?\\{following}"))
            at += 1
        else:
            out.append(letter)
    return "".join(out) + "\n"


def _time(system: System, parsed: Parsed) -> int:
    if not parsed.operands:
        raise UsageError("missing program to run")
    target = _output(system, parsed)
    begun = system.monotonic()
    started = run_command(system, "time", parsed.operands, system.env)
    if isinstance(started, int):
        return started
    for signal in (Signal.INT, Signal.QUIT):
        system.set_signal(signal, Disposition.IGNORE)  # they are for the command
    _, status = system.waitpid(started.pid)
    measured = _Measured(started, status, system.monotonic() - begun)
    lines = ""
    if not parsed.has("q", "quiet"):
        if status.signal is not None:
            lines = f"Command terminated by signal {int(status.signal)}\n"
        elif status.code:
            lines = f"Command exited with non-zero status {status.code}\n"
    text = lines + _summary(_format(system, parsed), measured)
    system.write(target, text.encode("utf-8", "surrogateescape"))
    return status.exit_code


def _format(system: System, parsed: Parsed) -> str:
    for name, value in reversed(parsed.options):
        if name in ("f", "format"):
            return value
        if name in ("p", "portability"):
            return _POSIX
        if name in ("v", "verbose"):
            return _VERBOSE
    return system.env.get("TIME", _DEFAULT)


def _output(system: System, parsed: Parsed) -> int:
    """The descriptor to tell it on. Raises UsageError."""
    path = parsed.last("o", "output")
    if path is None:
        return 2
    keep = OpenFlags.APPEND if parsed.has("a", "append") else OpenFlags.TRUNC
    try:
        return system.open(path, OpenFlags.WRITE | OpenFlags.CREAT | OpenFlags.CLOEXEC | keep)
    except OSError as error:
        raise UsageError(f"cannot open {path}: {text(error)}", hint=False) from None


TIME = Tool(
    "time",
    "Show how long a command takes.",
    "time [-apqv] [-f FORMAT] [-o FILE] COMMAND [ARG]...",
    _time,
    "af:o:pqv",
    ("append", "format=", "output=", "portability", "quiet", "verbose"),
    permute=False,
    bad_usage=FAILED,
)
