"""xargs(1): build command lines from standard input."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.tools.options import Parsed, Tool, UsageError, quote
from orchestrator.tools.search import run_command
from orchestrator.tools.xargsinput import Input, Word, delimiter_of
from vfs.errors import text
from vfs.inode import OpenFlags

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.kernel.process import Process
    from orchestrator.kernel.system import System

MAX_BYTES = 128 * 1024
SOME_FAILED = 123
SAID_255 = 124
KILLED = 125
NOT_STARTED = (126, 127)
_ANY_NUMBER = 1 << 16
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%_-+=:,./")


@dataclass(slots=True)
class _Plan:
    """How command lines are built."""

    command: list[str]
    most_words: int = 0
    most_lines: int = 0
    most_bytes: int = MAX_BYTES
    replace: str | None = None
    at_once: int = 1
    verbose: bool = False
    ask: bool = False
    exit_if_too_long: bool = False
    slot_variable: str = ""


class _Runner:
    """Starts commands, up to `at_once` at a time, and keeps the worst status."""

    def __init__(self, system: System, plan: _Plan, stdin: int | None) -> None:
        self._system = system
        self._plan = plan
        self._stdin = stdin
        self._running: dict[int, tuple[Process, int]] = {}
        self.status = 0

    def run(self, words: list[str]) -> bool:
        """Start one command; False when xargs must stop."""
        while len(self._running) >= self._plan.at_once:
            if not self._reap():
                return False
        if self._plan.verbose or self._plan.ask:
            line = " ".join(map(_shown, words))
            self._system.stderr.write(line + ("?..." if self._plan.ask else "\n"))
        if self._plan.ask and not self._agreed():
            return True
        taken = {slot for _, slot in self._running.values()}
        slot = next(number for number in range(len(taken) + 1) if number not in taken)
        env = dict(self._system.env)
        if self._plan.slot_variable:
            env[self._plan.slot_variable] = str(slot)
        fds = self._system.process.fds.clone()
        if self._stdin is not None:
            fds.set(0, self._system.process.fds.get(self._stdin))
        started = run_command(self._system, "xargs", words, env, fds)
        if isinstance(started, int):
            self.status = started
            return False
        self._running[started.pid] = (started, slot)
        return self._plan.at_once > 1 or self._reap()

    def _agreed(self) -> bool:
        """The answer to -p, from the terminal."""
        try:
            fd = self._system.open("/dev/tty")
        except OSError as error:
            words = f"failed to open /dev/tty for reading: {text(error)}"
            raise UsageError(words, hint=False) from None
        answer = self._system.read(fd, 4096)
        self._system.close(fd)
        return answer[:1] in (b"y", b"Y")

    def finish(self) -> int:
        """Wait for those that still run."""
        while self._running:
            self._reap()
        return self.status

    def _reap(self) -> bool:
        pid, status = self._system.waitpid(-1)
        self._running.pop(pid, None)
        name = self._plan.command[0]
        if status.signal is not None:
            self.status = KILLED
            self._system.stderr.write(f"xargs: {name}: terminated by signal {int(status.signal)}\n")
            return False
        if status.code == 255:
            self.status = SAID_255
            self._system.stderr.write(f"xargs: {name}: exited with status 255; aborting\n")
            return False
        if status.code and self.status < SOME_FAILED:
            self.status = SOME_FAILED
        return True


def _shown(word: str) -> str:
    return word if word and set(word) <= _PLAIN else quote(word)


class _PlanReader:
    """Reads the options in their order: of -n, -L and -I the last one holds."""

    def __init__(self, system: System, parsed: Parsed) -> None:
        self._system = system
        self._parsed = parsed
        self.plan = _Plan(list(parsed.operands) or ["echo"])

    def read(self) -> _Plan:
        """The plan. Raises UsageError."""
        plan = self.plan
        for name, value in self._parsed.options:
            match name:
                case "n" | "max-args":
                    self._words(_number("n", value, 1))
                case "L" | "l" | "max-lines":
                    self._lines(name, value)
                case "I" | "i" | "replace":
                    self._replace(value or "{}")
                case "s" | "max-chars":
                    plan.most_bytes = self._bytes(value)
                case "P" | "max-procs":
                    plan.at_once = _number("P", value, 0) or _ANY_NUMBER
                case "t" | "verbose":
                    plan.verbose = True
                case "p" | "interactive":
                    plan.ask = True
                case "x" | "exit":
                    plan.exit_if_too_long = True
                case "process-slot-var":
                    plan.slot_variable = value
        return plan

    def _exclude(self, former: str, latter: str) -> None:
        self._system.stderr.write(
            f"xargs: warning: options --{former} and {latter} are mutually exclusive,"
            f" ignoring previous --{former} value\n"
        )

    def _words(self, count: int) -> None:
        plan = self.plan
        if plan.most_lines and plan.replace is None:
            self._exclude("max-lines", "--max-args/-n")
        elif plan.replace is not None:
            if count == 1:
                return
            self._exclude("replace", "--max-args/-n")
        plan.most_words, plan.most_lines, plan.replace = count, 0, None

    def _lines(self, name: str, value: str) -> None:
        plan = self.plan
        shown = "-L" if name == "L" else "--max-lines/-l"
        count = _number("L" if name == "L" else "l", value or "1", 1)
        if plan.most_words:
            self._exclude("max-args", shown)
        elif plan.replace is not None:
            self._exclude("replace", shown)
        plan.most_lines, plan.most_words, plan.replace = count, 0, None

    def _replace(self, value: str) -> None:
        plan = self.plan
        if plan.most_words > 1:
            self._exclude("max-args", "--replace/-I/-i")
        elif plan.most_lines and plan.replace is None:
            self._exclude("max-lines", "--replace/-I/-i")
        plan.replace, plan.most_lines, plan.most_words = value, 1, 0
        plan.exit_if_too_long = True

    def _bytes(self, value: str) -> int:
        most = max(MAX_BYTES, self._system.process.limits.arguments - 2048)
        if not value.lstrip("-").isdigit():
            raise UsageError(f'invalid number "{value}" for -s option')
        count = int(value)
        if count < 1:
            self._system.stderr.write(f"xargs: value {count} for -s option should be >= 1\n")
            raise UsageError(
                "cannot fit single argument within argument list size limit", hint=False
            )
        if count > most:
            self._system.stderr.write(f"xargs: value {count} for -s option should be <= {most}\n")
        return min(count, most)


def _number(letter: str, value: str, least: int) -> int:
    if not value.lstrip("-+").isdigit() or len(value) > 18:
        raise UsageError(f'invalid number "{value}" for -{letter} option')
    if int(value) < least:
        raise UsageError(f"value {int(value)} for -{letter} option should be >= {least}")
    return int(value)


def _source(system: System, parsed: Parsed) -> int:
    """The descriptor that is read. Raises UsageError."""
    path = parsed.last("a", "arg-file")
    if path in (None, "-"):
        return 0
    try:
        return system.open(path, OpenFlags.READ | OpenFlags.CLOEXEC)
    except OSError as error:
        words = f"Cannot open input file {quote(path)}: {text(error)}"
        raise UsageError(words, hint=False) from None


def _children_stdin(system: System, parsed: Parsed, source: int) -> int | None:
    """What commands read: the terminal with -o, what xargs reads itself with -a, else nothing."""
    if parsed.has("o", "open-tty"):
        return system.open("/dev/tty", OpenFlags.READ | OpenFlags.CLOEXEC)
    return None if source else system.open("/dev/null", OpenFlags.READ | OpenFlags.CLOEXEC)


def _items(system: System, parsed: Parsed, plan: _Plan, source: int) -> Iterator[Word]:
    def read() -> bytes:
        system.step()
        return system.read(source)

    def warn(line: str) -> None:
        system.stderr.write(f"xargs: {line}\n")

    reader = Input(read, warn)
    for name, value in reversed(parsed.options):
        if name in ("0", "null"):
            return reader.parts(b"\0")
        if name in ("d", "delimiter"):
            return reader.parts(delimiter_of(value))
    words = reader.words() if plan.replace is None else reader.lines()
    end = parsed.last("E", "e", "eof")
    return _until(words, end) if end else words


def _until(words: Iterator[Word], end: str) -> Iterator[Word]:
    for word in words:
        if word.text == end:
            return
        yield word


def _size(word: str) -> int:
    return (len(word) if word.isascii() else len(word.encode("utf-8", "surrogateescape"))) + 1


def _batches(plan: _Plan, items: Iterator[Word]) -> Iterator[list[str]]:
    """The words of each command. Raises UsageError when one does not fit."""
    base = sum(map(_size, plan.command))
    batch: list[str] = []
    size, lines, last = base, 0, -1
    for item in items:
        word = item.text
        length = _size(word)
        if length + base > plan.most_bytes and plan.replace is None:
            raise UsageError("argument line too long", hint=False)
        new_line = item.line != last
        too_long = size + length > plan.most_bytes
        full = bool(plan.most_words) and len(batch) >= plan.most_words
        full = full or (bool(plan.most_lines) and new_line and lines >= plan.most_lines)
        if batch and (full or too_long):
            if too_long and not full and plan.exit_if_too_long:
                raise UsageError("argument list too long", hint=False)
            yield batch
            batch, size, lines = [], base, 0
            new_line = True
        batch.append(word)
        size += length
        lines += new_line
        last = item.line
    if batch:
        yield batch


def _replaced(plan: _Plan, word: str) -> list[str]:
    """The command with -I's text replaced, but for its name. Raises UsageError."""
    assert plan.replace is not None
    name, *arguments = plan.command
    words = [name, *(argument.replace(plan.replace, word) for argument in arguments)]
    if sum(map(_size, words)) > plan.most_bytes:
        raise UsageError("argument list too long", hint=False)
    return words


def _xargs(system: System, parsed: Parsed) -> int:
    plan = _PlanReader(system, parsed).read()
    source = _source(system, parsed)
    runner = _Runner(system, plan, _children_stdin(system, parsed, source))
    ran = False
    try:
        for batch in _batches(plan, _items(system, parsed, plan, source)):
            ran = True
            words = [*plan.command, *batch] if plan.replace is None else _replaced(plan, batch[0])
            if not runner.run(words):
                return runner.finish()
    except UsageError:
        with contextlib.suppress(ChildProcessError):
            runner.finish()
        raise
    if not ran and plan.replace is None and not parsed.has("r", "no-run-if-empty"):
        runner.run(plan.command)
    return runner.finish()


XARGS = Tool(
    "xargs",
    "Run a command with words read from standard input.",
    "xargs [OPTION]... COMMAND [INITIAL-ARGS]...",
    _xargs,
    "0a:d:E:e::I:i::L:l::n:opP:rs:tx",
    (
        *("null", "arg-file=", "delimiter=", "eof=?", "replace=?", "max-lines=?", "max-args="),
        *("open-tty", "interactive", "max-procs=", "no-run-if-empty", "max-chars=", "verbose"),
        *("exit", "process-slot-var="),
    ),
    permute=False,
)
