"""An interactive shell on a terminal of the fake engine, and a screen small enough to reason about."""

from __future__ import annotations

import re

from orchestrator.kernel.fdtable import FdTable
from orchestrator.kernel.outlet import Outlet
from orchestrator.kernel.termios import WindowSize
from orchestrator.kernel.tty import Tty
from tests.orchestrator.shell.box import ENVIRONMENT, FOLDER, ShellBox
from vfs.inode import OpenFlags

_TOKEN = re.compile(r"\x1b\[([?0-9;]*)([A-Za-z])|(.)", re.DOTALL)


class Terminal:
    """Interprets what the editor sends: text, wrapping, and the few sequences it uses."""

    def __init__(self, rows: int, columns: int) -> None:
        self.columns = columns
        self.rows: list[list[str]] = [[]]
        self.row = self.column = 0
        self.height = rows

    def feed(self, text: str) -> None:
        for match in _TOKEN.finditer(text):
            parameters, final, char = match.groups()
            if char is None:
                self._sequence(int(parameters or "1") if parameters.isdecimal() else 1, final)
            else:
                self._char(char)

    def _char(self, char: str) -> None:
        if char == "\r":
            self.column = 0
        elif char == "\n":
            self._down()
        elif char >= " ":
            if self.column >= self.columns:
                self.column = 0
                self._down()
            line = self.rows[self.row]
            line.extend(" " * (self.column + 1 - len(line)))
            line[self.column] = char
            self.column += 1

    def _down(self) -> None:
        self.row += 1
        if self.row == len(self.rows):
            self.rows.append([])

    def _sequence(self, count: int, final: str) -> None:
        if final == "A":
            self.row = max(0, self.row - count)
        elif final == "B":
            self.row += count
        elif final == "C":
            self.column = min(self.columns - 1, self.column + count)
        elif final == "J":
            del self.rows[self.row + 1 :]
            del self.rows[self.row][self.column :]

    def text(self) -> str:
        """What is on the screen, without trailing blanks."""
        return "\n".join("".join(row).rstrip() for row in self.rows).rstrip("\n")


class InteractiveBox(ShellBox):
    """`type` keys, then look at `screen` or at what the shell did."""

    def __init__(self, rows: int = 24, columns: int = 80, *arguments: str) -> None:
        super().__init__()
        self.screen = Terminal(rows, columns)
        self.raw = ""
        outlet = Outlet(self._output, window=None)
        self.tty = Tty(self.kernel, outlet, WindowSize(rows, columns))
        flags = OpenFlags.READ | OpenFlags.WRITE
        fds = FdTable()
        for number in range(3):
            fds.set(number, self.tty.open(flags))
        namespace = self.machine.namespace
        self.process = self.kernel.spawn(
            None,
            "/bin/bash",
            ["bash", "--norc", *arguments],
            {**ENVIRONMENT, "PS1": "$ ", "PWD": FOLDER, "TERM": "xterm"},
            cwd=namespace.enter(namespace.root, FOLDER, self.machine.cred),
            fds=fds,
            new_session=True,
            cred=self.machine.cred,
            tty=self.tty,
        )
        self.run_until_idle()

    def _output(self, data: bytes) -> None:
        text = data.decode("utf-8", "surrogateescape")
        self.raw += text
        self.screen.feed(text)

    def run_until_idle(self) -> None:
        """Let everything run until all wait for keys (or the shell has ended)."""
        quiet = False

        def idle(deadline: int | None) -> None:
            nonlocal quiet
            if deadline is None:
                quiet = True
            else:
                self.platform.clock.jump(deadline)

        self.machine.driver._idle = idle
        self.machine.driver.run(lambda: quiet or not self.process.is_alive)
        assert not self.kernel.faults, "\n".join(self.kernel.faults)

    def type(self, keys: str) -> str:
        """Press keys; return the screen afterwards."""
        data = keys.encode("utf-8", "surrogateescape")
        self.kernel.scheduler.post(lambda: self.tty.input(data))
        self.run_until_idle()
        return self.screen.text()

    def answer(self, keys: str) -> str:
        """Press keys; return the last row of output above the new prompt."""
        return self.type(keys).splitlines()[-2]

    @property
    def line(self) -> str:
        """The last row on the screen."""
        return self.screen.text().splitlines()[-1]

    @property
    def status(self) -> int | None:
        """The shell's status, None while it runs."""
        return None if self.process.status is None else self.process.status.exit_code
