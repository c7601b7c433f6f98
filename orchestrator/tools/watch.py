"""watch(1): run a command again and again, and show what it prints."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING

from orchestrator.kernel.signal import Disposition, Signal
from orchestrator.kernel.termios import WindowSize
from orchestrator.tools.options import Parsed, UsageError, UsageTool
from orchestrator.tools.search import run_command

if TYPE_CHECKING:
    from orchestrator.kernel.system import System

_BELOW = "\r\n\x1b[J"
_SHORTEST = 100_000_000
_MOST = 1 << 20
_ENTER, _LEAVE = "\x1b[?1049h\x1b[H\x1b[2J", "\x1b[?25h\x1b[?1049l"
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b[()][A-Z0-9]|\x1b.")
_COLOURS = re.compile(r"(\x1b\[[0-9;]*m)")


class _Watch:
    """One run of watch."""

    def __init__(self, system: System, parsed: Parsed, pause: int) -> None:
        self._system = system
        self._pause = pause
        self._parsed = parsed
        self._colour = parsed.has("c", "color")
        self._former: list[str] = []
        self._size = WindowSize()

    def run(self) -> int:
        """Until a signal, or what -g, -e or -q say."""
        system = self._system
        catch = (Signal.INT, Signal.TERM, Signal.HUP, Signal.WINCH)
        for signal in catch:
            system.set_signal(signal, Disposition.CATCH)
        system.write(1, _ENTER.encode())
        try:
            return self._rounds()
        finally:
            system.write(1, _LEAVE.encode())

    def _rounds(self) -> int:
        same = 0
        first: list[str] | None = None
        while True:
            lines, status = self._output()
            changed = first is not None and lines != self._former
            self._show(lines, status)
            if status and self._parsed.has("e", "errexit"):
                return 8 if status == 127 else status
            if changed and self._parsed.has("g", "chgexit"):
                return 0
            same = 0 if changed else same + 1
            limit = self._parsed.last("q", "equexit")
            if limit and limit.isdigit() and same > int(limit):
                return 0
            self._former = lines
            first = first or lines
            if self._wait():
                return 0

    def _wait(self) -> bool:
        """Sleep for the interval; True for a signal that ends watch. A new window size is shown at once."""
        system = self._system
        if any(signal is not Signal.WINCH for signal in system.take_signals()):
            return True  # it came while the command ran
        until = system.monotonic() + self._pause
        while (left := until - system.monotonic()) > 0:
            taken: list[Signal] = []
            try:
                system.sleep(left)
            except InterruptedError:
                taken = system.take_signals()
            if any(signal is not Signal.WINCH for signal in taken):
                return True
            if taken:
                return False
        return any(signal is not Signal.WINCH for signal in system.take_signals())

    def _output(self) -> tuple[list[str], int]:
        system = self._system
        words = list(self._parsed.operands)
        if not self._parsed.has("x", "exec"):
            words = ["sh", "-c", " ".join(words)]
        reader, writer = system.pipe(cloexec=True)
        fds = system.process.fds.clone()
        for number in (1, 2):
            fds.set(number, system.process.fds.get(writer))
        started = run_command(system, "watch", words, system.env, fds)
        system.close(writer)
        if isinstance(started, int):
            system.close(reader)
            return [], started
        data = self._read(reader)
        system.close(reader)
        while True:
            try:
                return data, system.waitpid(started.pid)[1].exit_code
            except InterruptedError:
                continue

    def _read(self, reader: int) -> list[str]:
        """What the command prints; no more than a screen could hold is kept."""
        parts, size = [], 0
        while True:
            try:
                data = self._system.read(reader)
            except InterruptedError:
                continue
            if not data:
                break
            if size < _MOST:
                parts.append(data)
                size += len(data)
        text = b"".join(parts).decode("utf-8", "replace").replace("\r\n", "\n")
        return text.split("\n")

    def _show(self, lines: list[str], status: int) -> None:
        system, parsed = self._system, self._parsed
        self._size = system.winsize(1) if system.isatty(1) else WindowSize()
        rows, columns = self._size.rows, self._size.columns
        out = [] if parsed.has("t", "no-title") else [self._title(columns), ""]
        former = self._laid_out(self._former, columns)
        body = self._laid_out(lines, columns)
        if parsed.has("d", "differences") and self._former:
            body = [
                _marked(line, old)
                for line, old in zip(body, former + [""] * len(body), strict=False)
            ]
        out = (out + body)[:rows]
        if status and parsed.has("b", "beep"):
            system.write(1, b"\a")
        text = "\x1b[H" + "\r\n".join(f"\x1b[K{line}" for line in out) + _BELOW * (len(out) < rows)
        system.write(1, text.encode("utf-8", "surrogateescape"))

    def _laid_out(self, lines: list[str], columns: int) -> list[str]:
        rows: list[str] = []
        for line in lines[: self._size.rows]:
            line = line.expandtabs(8)
            if self._colour and "\x1b" in line:
                pieces = _COLOURS.split(line)
                kept = [p if i % 2 else _ESCAPES.sub("", p) for i, p in enumerate(pieces)]
                rows.append("".join(kept) + "\x1b[m")
                continue
            line = "".join(c for c in _ESCAPES.sub("", line) if c >= " ")
            rows.append(line[:columns])
            if not self._parsed.has("w", "no-wrap"):
                rest = line[columns:]
                rows += [rest[at : at + columns] for at in range(0, len(rest), columns)]
        return rows

    def _title(self, columns: int) -> str:
        seconds = self._system.realtime() // 10**9
        moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=seconds)
        right = f"{self._system.hostname}: {moment:%a %b %e %H:%M:%S %Y}"
        left = f"Every {self._pause / 1e9:.1f}s: {' '.join(self._parsed.operands)}"
        room = columns - len(right) - 1
        if room < 0:
            return left[:columns]
        return (left if len(left) <= room else left[: max(0, room - 4)] + "... ").ljust(
            room
        ) + f" {right}"


def _marked(line: str, old: str) -> str:
    """Characters that are not as they were, in reverse."""
    if line == old or "\x1b" in line:
        return line
    out, on = [], False
    for index, char in enumerate(line):
        differs = old[index : index + 1] != char
        if differs != on:
            out.append("\x1b[7m" if differs else "\x1b[27m")
            on = differs
        out.append(char)
    return "".join(out) + ("\x1b[27m" if on else "")


def _watch(system: System, parsed: Parsed) -> int:
    if not parsed.operands:
        raise UsageError("")
    word = parsed.last("n", "interval") or "2"
    try:
        pause = int(float(word.replace(",", ".")) * 1e9)
    except (ValueError, OverflowError):
        raise UsageError(
            f"failed to parse argument: '{word}': Invalid argument", hint=False
        ) from None
    return _Watch(system, parsed, max(_SHORTEST, pause)).run()


WATCH = UsageTool(
    "watch",
    "Run a command again and again and show its output.",
    "watch [options] command",
    _watch,
    "bcd::egq:n:twx",
    (
        *("beep", "color", "differences=?", "errexit", "chgexit", "equexit=", "interval="),
        *("no-title", "no-wrap", "exec"),
    ),
    permute=False,
)
