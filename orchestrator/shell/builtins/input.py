"""Where `read` gets its characters: a line, a count of characters, with a time limit, without echo."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from orchestrator.shell.linereading import read_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.shell.shell import Shell


class Characters(NamedTuple):
    """Text, and the indices of the characters that a backslash stood before."""

    text: str = ""
    escaped: frozenset[int] = frozenset()


BACKSLASH, NEWLINE = 0x5C, 0x0A


class TimeUp(Exception):
    """The time limit passed; `text` is what had arrived."""

    def __init__(self, text: Characters) -> None:
        self.text = text
        super().__init__()


class Source:
    """One call of `read`."""

    def __init__(
        self,
        shell: Shell,
        fd: int,
        *,
        delimiter: int,
        raw: bool,
        count: int | None,
        exact: bool,
        timeout: int | None,
        silent: bool,
    ) -> None:
        self.shell = shell
        self.system = shell.system
        self.fd = fd
        self.delimiter = delimiter
        self.raw = raw
        self.count = count
        self.exact = exact
        self.silent = silent
        self.deadline = None if timeout is None else self.system.monotonic() + timeout

    def take(self) -> tuple[Characters, bool]:
        """Return the characters read and whether the end was a delimiter (or the count was reached).

        Raises: TimeUp, EBADF EISDIR EINTR.
        """
        with self._terminal():
            if self.count is None and self.deadline is None:
                return self._line()
            return self._counted()

    @contextmanager
    def _terminal(self) -> Iterator[None]:
        """Set the terminal up for counting characters or for not echoing, and bring it back."""
        needed = self.silent or self.count is not None or self.delimiter != NEWLINE
        if not needed or not self.system.isatty(self.fd):
            yield
            return
        before = self.system.tcgetattr(self.fd)
        mode = replace(before, echo=before.echo and not self.silent)
        if self.count is not None or self.delimiter != NEWLINE:
            mode = replace(mode, canonical=False, minimum=1)
        self.system.tcsetattr(self.fd, mode)
        try:
            yield
        finally:
            self.system.tcsetattr(self.fd, before)

    def _read_line(self) -> bytes:
        while True:
            try:
                return read_line(self.system, self.fd, self.delimiter)
            except InterruptedError:
                self.shell.take_signals()

    def _line(self) -> tuple[Characters, bool]:
        """Read a line; unless raw, a backslash before its end joins the next one."""
        data = self._read_line()
        while not self.raw and _continues(data, self.delimiter):
            more = self._read_line()
            if not more:
                break
            data += more
        complete = bool(data) and data[-1] == self.delimiter
        if complete and not self.raw and _escaped_end(data[:-1]):
            complete = False
        body = data[:-1] if data and data[-1] == self.delimiter else data
        text = body.replace(b"\0", b"").decode("utf-8", "surrogateescape")
        if self.raw or "\\" not in text:
            return Characters(text), complete
        return unescape(text), complete

    def _counted(self) -> tuple[Characters, bool]:
        """Read character by character until the count, the delimiter or the time limit."""
        gathered: list[str] = []
        marks: set[int] = set()
        pending = b""
        escaped = False
        complete = True
        while self.count is None or len(gathered) < self.count:
            byte = self._byte(gathered, marks)
            if not byte:
                complete = False
                break
            if byte[0] == self.delimiter and not self.exact and not escaped and not pending:
                break
            pending += byte
            char = _complete(pending)
            if char is None:
                continue
            pending = b""
            if char == "\\" and not self.raw and not escaped:
                escaped = True
                continue
            if not (escaped and char == "\n") and char != "\0":
                if escaped:
                    marks.add(len(gathered))
                gathered.append(char)
            escaped = False
        return Characters("".join(gathered), frozenset(marks)), complete

    def _byte(self, gathered: list[str], marks: set[int]) -> bytes:
        if self.deadline is not None:
            left = self.deadline - self.system.monotonic()
            if left <= 0 or not self._wait(left):
                raise TimeUp(Characters("".join(gathered), frozenset(marks)))
        while True:
            try:
                return self.system.read(self.fd, 1)
            except InterruptedError:
                self.shell.take_signals()

    def _wait(self, left: int) -> bool:
        return self.system.poll([(self.fd, True, False)], left)[0][0]


def _escaped_end(data: bytes) -> bool:
    return (len(data) - len(data.rstrip(b"\\"))) % 2 == 1


def _continues(data: bytes, delimiter: int) -> bool:
    """Whether the line's delimiter is escaped: a newline then joins lines, another one is itself."""
    return bool(data) and data[-1] == delimiter and _escaped_end(data[:-1])


def unescape(text: str) -> Characters:
    """Return a line without its backslashes, and which characters they stood before."""
    gathered: list[str] = []
    marks: list[int] = []
    escaped = False
    for char in text:
        if escaped:
            if char != "\n":
                marks.append(len(gathered))
                gathered.append(char)
            escaped = False
        elif char == "\\":
            escaped = True
        else:
            gathered.append(char)
    return Characters("".join(gathered), frozenset(marks))


def _complete(data: bytes) -> str | None:
    """Return the character that `data` is, None while it may be the beginning of one."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data" and len(data) < 4:
            return None
        return data.decode("utf-8", "surrogateescape")[:1]
