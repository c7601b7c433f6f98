"""A program on a terminal of the fake engine, and a screen that understands what full-screen programs send."""

from __future__ import annotations

import re
import unicodedata

from orchestrator.kernel.fdtable import FdTable
from orchestrator.kernel.outlet import Outlet
from orchestrator.kernel.termios import WindowSize
from orchestrator.kernel.tty import Tty
from tests.orchestrator.shell.box import ENVIRONMENT, FOLDER, ShellBox
from vfs.inode import OpenFlags

_TOKEN = re.compile(r"\x1b\[([?0-9;]*)([A-Za-z])|\x1b([()].|.)|(.)", re.DOTALL)


class Screen:
    """A grid of cells; a wide character takes two, of which the second is empty. It holds no scroll-back."""

    def __init__(self, rows: int, columns: int) -> None:
        self.modes: set[str] = set()
        self.resize(rows, columns)

    def resize(self, rows: int, columns: int) -> None:
        self.size = (rows, columns)
        self.cells = [[" "] * columns for _ in range(rows)]
        self.lit = [[False] * columns for _ in range(rows)]
        self.row = self.column = 0
        self.reverse = False

    def feed(self, text: str) -> None:
        for match in _TOKEN.finditer(text):
            parameters, final, _, char = match.groups()
            if final:
                self._sequence(parameters, final)
            elif char:
                self._char(char)

    def _char(self, char: str) -> None:
        if char == "\r":
            self.column = 0
        elif char == "\n":
            self.row = min(self.row + 1, self.size[0] - 1)
        elif char >= " ":
            width = (
                0
                if unicodedata.combining(char)
                else 1 + (unicodedata.east_asian_width(char) in "WF")
            )
            assert self.column + width <= self.size[1], "it writes past the edge of the screen"
            for offset in range(width):
                self.cells[self.row][self.column + offset] = char if offset == 0 else ""
                self.lit[self.row][self.column + offset] = self.reverse
            self.column += width

    def _sequence(self, parameters: str, final: str) -> None:
        numbers = [int(n or 0) for n in parameters.lstrip("?").split(";")]
        if parameters.startswith("?"):
            (self.modes.add if final == "h" else self.modes.discard)(parameters[1:])
        elif final == "H":
            row, column = (*numbers, 1)[:2]
            self.row, self.column = max(1, row) - 1, max(1, column) - 1
            assert self.row < self.size[0]
        elif final == "K":
            self._blank(self.row, self.column)
        elif final == "J":
            first = 0 if numbers[0] >= 2 else self.row + 1
            if numbers[0] < 2:
                self._blank(self.row, self.column)
            for row in range(first, self.size[0]):
                self._blank(row, 0)
        elif final == "m":
            self.reverse = numbers[-1] == 7

    def _blank(self, row: int, column: int) -> None:
        column = min(
            column, self.size[1] - 1
        )  # after a full row the cursor stands on its last cell
        count = self.size[1] - column
        self.cells[row][column:] = [" "] * count
        self.lit[row][column:] = [False] * count

    @property
    def lines(self) -> list[str]:
        return ["".join(row).rstrip() for row in self.cells]

    def highlighted(self, row: int) -> str:
        """The text of a row that is shown in reverse."""
        return "".join(c for c, lit in zip(self.cells[row], self.lit[row], strict=True) if lit)


class ToolBox(ShellBox):
    """`type` keys into a program, look at `screen`; `status` is None while it runs."""

    def __init__(
        self, *argv: str, rows: int = 12, columns: int = 40, files: dict[str, bytes] | None = None
    ) -> None:
        super().__init__()
        self.screen = Screen(rows, columns)
        self.raw = ""
        self.tty = Tty(self.kernel, Outlet(self._output, window=None), WindowSize(rows, columns))
        for name, data in (files or {}).items():
            self.machine.files.write(f"{FOLDER}/{name}", data)
        fds = FdTable()
        for number in range(3):
            fds.set(number, self.tty.open(OpenFlags.READ | OpenFlags.WRITE))
        namespace = self.machine.namespace
        self.process = self.kernel.spawn(
            None,
            f"/usr/bin/{argv[0]}",
            list(argv),
            {**ENVIRONMENT, "PWD": FOLDER, "TERM": "xterm-256color"},
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

    def run_until_idle(self, *, jumps: int = 0) -> None:
        """Until all wait for keys, or the program has ended. `jumps`: how often to let a sleeper's time pass."""
        quiet = False

        def idle(deadline: int | None) -> None:
            nonlocal quiet, jumps
            if deadline is None or jumps <= 0:
                quiet = True
            else:
                jumps -= 1
                self.platform.clock.jump(deadline)

        self.machine.driver._idle = idle
        self.machine.driver.run(lambda: quiet or not self.process.is_alive)
        assert not self.kernel.faults, "\n".join(self.kernel.faults)

    def type(self, keys: str) -> list[str]:
        """Press keys; the screen afterwards."""
        data = keys.encode("utf-8", "surrogateescape")
        self.kernel.scheduler.post(lambda: self.tty.input(data))
        self.run_until_idle()
        return self.screen.lines

    def resize(self, rows: int, columns: int) -> list[str]:
        self.screen.resize(rows, columns)
        self.kernel.scheduler.post(lambda: self.tty.resize(rows, columns))
        self.run_until_idle()
        return self.screen.lines

    def read(self, name: str) -> bytes:
        return self.machine.files.read(f"{FOLDER}/{name}")

    @property
    def status(self) -> int | None:
        return None if self.process.status is None else self.process.status.exit_code
