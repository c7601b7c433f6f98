"""xargs(1): build command lines from standard input."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.tools.options import Parsed, Tool, UsageError
from orchestrator.tools.search import run_command
from vfs.inode import OpenFlags

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.kernel.process import Process
    from orchestrator.kernel.system import System

MAX_BYTES = 128 * 1024
SOME_FAILED = 123
SAID_255 = 124
KILLED = 125


def words_of(data: str) -> Iterator[tuple[str, int]]:
    """Words in xargs's quoting, each with the number of its line. Raises UsageError for an open quote."""
    word, started, quoted, line, at = "", False, "", 0, 0
    while at < len(data):
        letter = data[at]
        at += 1
        if quoted:
            if letter == "\n":
                raise _unmatched(quoted)
            if letter == quoted:
                quoted = ""
            else:
                word += letter
        elif letter in "'\"":
            quoted, started = letter, True
        elif letter == "\\" and at < len(data):
            word, started, at = word + data[at], True, at + 1
        elif letter in " \t\n":
            if started:
                yield word, line
            word, started = "", False
            line += letter == "\n"
        else:
            word, started = word + letter, True
    if quoted:
        raise _unmatched(quoted)
    if started:
        yield word, line


def _unmatched(quoted: str) -> UsageError:
    kind = "double" if quoted == '"' else "single"
    return UsageError(
        f"unmatched {kind} quote; by default quotes are special to xargs unless you use the -0 option",
        hint=False,
    )


@dataclass(slots=True)
class _Plan:
    """How command lines are built."""

    command: list[str]
    most_words: int
    most_lines: int
    most_bytes: int
    replace: str | None
    at_once: int
    verbose: bool
    exit_if_too_long: bool


class _Runner:
    """Starts commands, up to `at_once` at a time, and keeps the worst status."""

    def __init__(self, system: System, plan: _Plan) -> None:
        self._system = system
        self._plan = plan
        self._running: list[Process] = []
        self.status = 0

    def run(self, words: list[str]) -> bool:
        """Start one command; False when xargs must stop."""
        while len(self._running) >= self._plan.at_once:
            if not self._reap():
                return False
        if self._plan.verbose:
            self._system.stderr.write(" ".join(words) + "\n")
        fds = self._system.process.fds.clone()
        null = self._system.open("/dev/null", OpenFlags.READ)
        fds.set(0, self._system.process.fds.get(null))
        self._system.close(null)
        started = run_command(self._system, "xargs", words, self._system.env, fds)
        if isinstance(started, int):
            self.status = started
            return False
        self._running.append(started)
        return self._plan.at_once > 1 or self._reap()

    def finish(self) -> int:
        """Wait for those that still run."""
        while self._running:
            self._reap()
        return self.status

    def _reap(self) -> bool:
        pid, status = self._system.waitpid(-1)
        self._running = [p for p in self._running if p.pid != pid]
        if status.signal is not None:
            self.status = KILLED
            return False
        if status.code == 255:
            self.status = SAID_255
            self._system.stderr.write(
                f"xargs: {self._plan.command[0]}: exited with status 255; aborting\n"
            )
            return False
        if status.code and self.status < SOME_FAILED:
            self.status = SOME_FAILED
        return True


def _plan(parsed: Parsed) -> _Plan:
    replace = parsed.last("I", "replace")
    if parsed.has("i") and replace is None:
        replace = "{}"
    return _Plan(
        command=list(parsed.operands) or ["echo"],
        most_words=_number(parsed, "n", "max-args"),
        most_lines=1 if replace is not None else _number(parsed, "L", "max-lines"),
        most_bytes=_number(parsed, "s", "max-chars") or MAX_BYTES,
        replace=replace,
        at_once=_number(parsed, "P", "max-procs")
        or (1 if not parsed.has("P", "max-procs") else 1 << 16),
        verbose=parsed.has("t", "verbose"),
        exit_if_too_long=parsed.has("x", "exit"),
    )


def _number(parsed: Parsed, *names: str) -> int:
    value = parsed.last(*names)
    if value is None:
        return 0
    if not value.isdigit():
        raise UsageError(f'invalid number "{value}" for -{names[0]} option')
    return int(value)


def _input(system: System, parsed: Parsed) -> Iterator[tuple[str, int]]:
    source = parsed.last("a", "arg-file")
    fd = system.open(source) if source else 0
    data = system.read_all(fd).decode("utf-8", "surrogateescape")
    delimiter = "\0" if parsed.has("0", "null") else parsed.last("d", "delimiter")
    if delimiter is not None:
        delimiter = {"\\n": "\n", "\\t": "\t", "\\0": "\0"}.get(delimiter, delimiter)
        parts = data.split(delimiter)
        if parts and not parts[-1]:
            parts.pop()
        return iter([(part, index) for index, part in enumerate(parts)])
    if parsed.has("I", "replace", "i"):
        return _lines(data)
    return words_of(data)


def _lines(data: str) -> Iterator[tuple[str, int]]:
    for number, line in enumerate(data.split("\n")):
        if line.strip():
            yield line.lstrip(" \t"), number


def _batches(plan: _Plan, items: Iterator[tuple[str, int]]) -> Iterator[list[str]]:
    base = sum(len(word.encode("utf-8", "surrogateescape")) + 1 for word in plan.command)
    batch: list[str] = []
    size, lines = base, set[int]()
    for word, line in items:
        length = len(word.encode("utf-8", "surrogateescape")) + 1
        if length + base > plan.most_bytes:
            raise UsageError("argument line too long", hint=False)
        full = plan.most_words and len(batch) >= plan.most_words
        full = full or (plan.most_lines and line not in lines and len(lines) >= plan.most_lines)
        if batch and (full or size + length > plan.most_bytes):
            yield batch
            batch, size, lines = [], base, set()
        batch.append(word)
        size += length
        lines.add(line)
    if batch:
        yield batch


def _xargs(system: System, parsed: Parsed) -> int:
    plan = _plan(parsed)
    runner = _Runner(system, plan)
    items = _input(system, parsed)
    ran = False
    for batch in _batches(plan, items):
        ran = True
        if plan.replace is not None:
            words = [word.replace(plan.replace, batch[0]) for word in plan.command]
        else:
            words = [*plan.command, *batch]
        if not runner.run(words):
            return runner.finish()
    if not ran and plan.replace is None and not parsed.has("r", "no-run-if-empty"):
        runner.run(plan.command)
    return runner.finish()


XARGS = Tool(
    "xargs",
    "Run a command with words read from standard input.",
    "xargs [-0rtx] [-a FILE] [-d CHAR] [-I TEXT] [-L LINES] [-n WORDS] [-P PROCESSES] [-s BYTES] [COMMAND [ARG]...]",
    _xargs,
    "0a:d:I:iL:n:P:rs:tx",
    (
        "null",
        "arg-file=",
        "delimiter=",
        "replace=",
        "max-lines=",
        "max-args=",
        "max-procs=",
        "no-run-if-empty",
        "max-chars=",
        "verbose",
        "exit",
    ),
    permute=False,
)
