"""script(1): a session on a terminal of its own, everything it shows kept in a file.

The inner terminal is a `kernel.tty.Tty` whose window is this program: keys go in, what it shows comes out.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from orchestrator.kernel.fdtable import FdTable
from orchestrator.kernel.outlet import Outlet
from orchestrator.kernel.signal import Disposition, Signal
from orchestrator.kernel.termios import WindowSize
from orchestrator.kernel.tty import Tty
from orchestrator.kernel.wait import Waitable, WouldBlock
from orchestrator.tools.options import Parsed, Tool, UsageError
from orchestrator.tools.search import locate
from vfs.errors import text
from vfs.inode import OpenFlags

if TYPE_CHECKING:
    from orchestrator.kernel.process import Process
    from orchestrator.kernel.system import System

_USUAL = "typescript"
_WINDOW = 64 * 1024
_BOTH = OpenFlags.READ | OpenFlags.WRITE


class _Session:
    """The inner terminal, and what goes back and forth."""

    def __init__(self, system: System, log: int) -> None:
        self._system = system
        self._log = log
        self._shown: list[bytes] = []
        self._arrived = Waitable()
        self._listening = True
        self._outlet = Outlet(self._show, _WINDOW)
        size = system.winsize(1) if system.isatty(1) else WindowSize()
        self.tty = Tty(system.kernel, self._outlet, size)

    def _show(self, data: bytes) -> None:
        self._shown.append(data)
        self._arrived.fire()

    def start(self, words: list[str]) -> Process:
        """Start the command as the leader of a session on the inner terminal. Raises: as `System.spawn`."""
        system = self._system
        fds = FdTable(system.process.limits.fds)
        for number in range(3):
            fds.set(number, self.tty.open(_BOTH))
        path = locate(system, words[0], system.env)
        return system.kernel.spawn(
            system.process, path, words, system.env, fds=fds, new_session=True, tty=self.tty
        )

    def run(self, child: Process) -> None:
        """Carry keys and output until the command has ended."""
        while child.is_alive or self._shown:
            try:
                self._system.blocking(lambda: self._wait(child))
            except InterruptedError:
                self._signalled()
                continue
            self._carry_output()
            if self._listening and child.is_alive and self._system.file(0).readable():
                self._carry_keys()

    def _wait(self, child: Process) -> None:
        keyboard = self._system.file(0)
        if self._shown or not child.is_alive or (self._listening and keyboard.readable()):
            return
        waitables = [self._arrived, child.exited]
        if self._listening and keyboard.read_waitable is not None:
            waitables.append(keyboard.read_waitable)
        raise WouldBlock(tuple(waitables))

    def _carry_output(self) -> None:
        data = b"".join(self._shown)
        self._shown.clear()
        if data:
            self._system.write(1, data)
            self._system.write(self._log, data)
            self._outlet.acknowledge(len(data))

    def _carry_keys(self) -> None:
        data = self._system.read(0, 4096)
        if data:
            self.tty.input(data)
        else:
            self._listening = False
            self.tty.input(bytes((self.tty.termios.eof,)))

    def _signalled(self) -> None:
        for signal in self._system.take_signals():
            if signal is Signal.WINCH and self._system.isatty(1):
                size = self._system.winsize(1)
                self.tty.resize(size.rows, size.columns)


def _moment(system: System) -> str:
    seconds = system.realtime() // 10**9
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=seconds)
    return f"{moment:%Y-%m-%d %H:%M:%S}+00:00"


def _about(system: System, command: str | None) -> str:
    parts = [] if command is None else [f'COMMAND="{command}"']
    if not system.isatty(1):
        return f"[{' '.join([*parts, '<not executed on terminal>'])}]"
    size, tty = system.winsize(1), system.tty(1)
    parts += [f'TERM="{system.env.get("TERM", "")}"', f'TTY="{tty.path}"']
    return f'[{" ".join(parts)} COLUMNS="{size.columns}" LINES="{size.rows}"]'


def _script(system: System, parsed: Parsed) -> int:
    if len(parsed.operands) > 1:
        raise UsageError("unexpected number of arguments")
    name = parsed.last("O", "log-out") or (parsed.operands[0] if parsed.operands else _USUAL)
    keep = OpenFlags.APPEND if parsed.has("a", "append") else OpenFlags.TRUNC
    try:
        log = system.open(name, OpenFlags.WRITE | OpenFlags.CREAT | OpenFlags.CLOEXEC | keep)
    except OSError as error:
        raise UsageError(f"cannot open {name}: {text(error)}", hint=False) from None
    command = parsed.last("c", "command")
    shell = system.env.get("SHELL", "/bin/sh")
    words = [shell, "-i"] if command is None else [shell, "-c", command]
    say = system.stdout.write if not parsed.has("q", "quiet") else _nothing
    say(f"Script started, output log file is '{name}'.\n")
    system.flush()
    about = _about(system, command)
    system.write(log, f"Script started on {_moment(system)} {about}\n".encode())
    status = _on_terminal(system, _Session(system, log), words)
    footer = f'\nScript done on {_moment(system)} [COMMAND_EXIT_CODE="{status}"]\n'
    system.write(log, footer.encode())
    say("Script done.\n")
    return status if parsed.has("e", "return") else 0


def _nothing(_: str) -> int:
    return 0


def _on_terminal(system: System, session: _Session, words: list[str]) -> int:
    """Run with the outer terminal raw: the inner one edits, echoes and makes signals."""
    child = session.start(words)
    outer = system.isatty(0)
    former = system.tcgetattr(0) if outer else None
    system.set_signal(Signal.WINCH, Disposition.CATCH)
    if former is not None:
        system.tcsetattr(0, former.raw())
    try:
        session.run(child)
    finally:
        if child.is_alive:  # we are being ended: the session ends with us
            # A shell that waits for a job hears of it when the job has ended.
            system.kernel.signal_group(session.tty.foreground, Signal.HUP)
            session.tty.hang_up()
        if former is not None:
            system.tcsetattr(0, former)
    return system.waitpid(child.pid)[1].exit_code


SCRIPT = Tool(
    "script",
    "Record what happens on the terminal.",
    "script [-aefq] [-c COMMAND] [-O FILE] [FILE]",
    _script,
    "ac:efqO:",
    ("append", "command=", "return", "flush", "quiet", "log-out="),
)
