"""sleep(1), timeout(1), kill(1), ps(1): programs about processes and time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.kernel.signal import Disposition, Signal
from orchestrator.tools.duration import FOREVER, parse_duration
from orchestrator.tools.options import Parsed, Tool, UsageError, missing_operand, quote
from orchestrator.tools.search import run_command
from vfs.errors import text

if TYPE_CHECKING:
    from orchestrator.kernel.process import Process, Status
    from orchestrator.kernel.system import System

TIMED_OUT = 124
TIMEOUT_FAILED = 125
_PASSED_ON = (Signal.TERM, Signal.INT, Signal.HUP, Signal.QUIT, Signal.USR1, Signal.USR2)


def _sleep(system: System, parsed: Parsed) -> int:
    missing_operand(parsed)
    total, wrong = 0, False
    for word in parsed.operands:
        try:
            total += parse_duration(word)
        except ValueError:
            system.stderr.write(f"sleep: invalid time interval {quote(word)}\n")
            wrong = True
    if wrong:
        system.stderr.write("Try 'sleep --help' for more information.\n")
        return 1
    if total >= FOREVER:
        while True:
            system.pause()
    system.sleep(total)
    return 0


def signal_from(word: str) -> Signal | None:
    """A signal by name (with or without SIG, any case) or number; None if there is no such."""
    if word.isdigit():
        number = int(word) & 0x7F if int(word) > 128 else int(word)
        return next((signal for signal in Signal if signal == number), None)
    return Signal.__members__.get(word.upper().removeprefix("SIG"))


# --- timeout ---


def _timeout(system: System, parsed: Parsed) -> int:
    if len(parsed.operands) < 2:
        raise UsageError("")
    limit, *command = parsed.operands
    seconds = _interval(limit)
    word = parsed.last("k", "kill-after")
    grace = None if word is None else _interval(word)
    first = _signal(parsed.last("s", "signal") or "TERM")
    alone = parsed.has("foreground")
    if not alone:
        _own_group(system)
    for signal in _PASSED_ON:
        system.set_signal(signal, Disposition.CATCH)
    started = run_command(system, "timeout", command, system.env)
    if isinstance(started, int):
        return started
    status = _await(system, started, seconds, parsed)
    if status is not None:
        return status.exit_code
    return _end(system, parsed, started, first, grace)


def _own_group(system: System) -> None:
    """The command and what it starts share a group with us, so that one signal ends them all."""
    try:
        system.setpgid(0, 0)
    except PermissionError:
        return  # we lead a session: the group is ours already


def _interval(word: str) -> int:
    try:
        return parse_duration(word)
    except ValueError:
        raise UsageError(f"invalid time interval {quote(word)}") from None


def _signal(word: str) -> Signal | None:
    """A signal; None for 0, which asks only whether the process is there."""
    signal = signal_from(word)
    if signal is None and word != "0":
        raise UsageError(f"{quote(word)}: invalid signal")
    return signal


def _await(system: System, child: Process, nanoseconds: int, parsed: Parsed) -> Status | None:
    """Its status, or None when the time is over. A time of 0 means no limit. Signals to us are for the command."""
    endless = nanoseconds in (0, FOREVER)
    until = system.monotonic() + nanoseconds
    while True:
        left = None if endless else max(0, until - system.monotonic())
        try:
            pid, status = system.waitpid(child.pid, timeout=left)
        except InterruptedError:
            for signal in system.take_signals():
                _send(system, child, signal, parsed)
            continue
        return status if pid else None


def _end(
    system: System, parsed: Parsed, child: Process, first: Signal | None, grace: int | None
) -> int:
    if first is not None:
        _send(system, child, first, parsed, told=True)
    status = _await(system, child, grace or 0, parsed)
    if status is None:
        _send(system, child, Signal.KILL, parsed, told=True)
        status = _await(system, child, 0, parsed)
        assert status is not None
    if parsed.has("preserve-status") or status.signal is Signal.KILL:
        return status.exit_code
    return TIMED_OUT


def _send(
    system: System, child: Process, signal: Signal, parsed: Parsed, *, told: bool = False
) -> None:
    if told and parsed.has("v", "verbose"):
        command = quote(parsed.operands[1])
        system.stderr.write(f"timeout: sending signal {signal.name} to command {command}\n")
    try:
        if parsed.has("foreground"):
            system.kill(child.pid, signal)
            return
        # Our own group is hit too: we outlive it except for KILL, which goes to each of the others.
        for process in [p for p in system.kernel.alive() if p.pgid == system.process.pgid]:
            if process is not system.process:
                system.kernel.deliver(process, signal)
    except OSError:
        return  # it ended meanwhile


# --- kill ---


def _kill_words(words: tuple[str, ...]) -> tuple[str | None, tuple[str, ...]]:
    """`-9`, `-TERM` and `-SIGTERM` are options that getopt cannot know."""
    first = words[0] if words else ""
    is_signal = first[1:] == "0" or signal_from(first[1:]) is not None
    if len(first) > 1 and first[0] == "-" and is_signal:
        return first[1:], words[1:]
    return None, words


def _kill(system: System, parsed: Parsed) -> int:
    if parsed.has("l", "list", "L", "table"):
        return _list_signals(system, parsed)
    name = parsed.last("s", "signal", "n") or "TERM"
    signal = signal_from(name)
    if signal is None and name != "0":
        raise UsageError(f"{quote(name)}: invalid signal")
    if not parsed.operands:
        raise UsageError("no process ID specified")
    failed = False
    for word in parsed.operands:
        failed = not _kill_one(system, word, signal or 0) or failed
    return int(failed)


def _kill_one(system: System, word: str, signal: int) -> bool:
    try:
        pid = int(word)
    except ValueError:
        system.stderr.write(f"kill: failed to parse argument: {quote(word)}\n")
        return False
    try:
        system.kill(pid, signal)
    except OSError as error:
        system.stderr.write(f"kill: ({word}): {text(error)}\n")
        return False
    return True


def _list_signals(system: System, parsed: Parsed) -> int:
    if parsed.has("L", "table"):
        cells = [f"{int(signal):2} {signal.name:<7} " for signal in Signal]
        rows = ["".join(cells[at : at + 7]).rstrip() for at in range(0, len(cells), 7)]
        system.stdout.write("\n".join(rows) + "\n")
        return 0
    if not parsed.operands:
        for signal in Signal:
            system.stdout.write(f"{signal.name}\n")
        return 0
    for word in parsed.operands:
        found = signal_from(word)
        if found is None:
            raise UsageError(f"{quote(word)}: invalid signal")
        system.stdout.write(f"{found.name if word.isdigit() else int(found)}\n")
    return 0


class _KillTool(Tool):
    """Rewrites `-9` to `-s 9` before getopt sees it."""

    __slots__ = ()

    def main(self, system: System) -> int:
        """Run as a process's program."""
        signal, rest = _kill_words(system.argv[1:])
        if signal is not None:
            system.process.argv = (system.argv[0], "-s", signal, "--", *rest)
        return Tool.main(self, system)


SLEEP = Tool("sleep", "Wait for a time.", "sleep NUMBER[smhd]...", _sleep)
TIMEOUT = Tool(
    "timeout",
    "Run a command and end it when it takes too long (status 124).",
    "timeout [-v] [-s SIGNAL] [-k DURATION] [--foreground] [--preserve-status] DURATION COMMAND [ARG]...",
    _timeout,
    "k:s:v",
    ("kill-after=", "signal=", "verbose", "foreground", "preserve-status"),
    permute=False,
    bad_usage=TIMEOUT_FAILED,
)
KILL = _KillTool(
    "kill",
    "Send a signal to processes.",
    "kill [-s SIGNAL | -SIGNAL] PID...  or  kill -l [SIGNAL]...",
    _kill,
    "s:n:lL",
    ("signal=", "list", "table"),
    permute=False,
)
