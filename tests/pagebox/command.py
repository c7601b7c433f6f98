"""The command `pagebox` as a user of this machine has it: as a process with pipes, or on a terminal of its own."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "pagebox")
PATIENCE = 30.0
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]")

Done = subprocess.CompletedProcess[str]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm"}


def pagebox(*words: str, stdin: str = "", cwd: Path | None = None) -> Done:
    """Run the command to its end."""
    return subprocess.run(
        [*COMMAND, *words],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        env=environment(),
        cwd=cwd or ROOT,
        check=False,
    )


def pipeline(line: str) -> Done:
    """Run a line of this machine's own bash in which `pagebox` is the command."""
    function = f'pagebox() {{ "{COMMAND[0]}" -m pagebox "$@"; }}\n'
    return subprocess.run(
        ["bash", "-c", function + line],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        env=environment(),
        cwd=ROOT,
        check=False,
    )


class Streaming:
    """The command with pipes, while it runs."""

    def __init__(self, *words: str) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment(),
            cwd=ROOT,
        )

    def line(self) -> str:
        """The next line of its output."""
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
        assert ready, "nothing was written"
        return self.process.stdout.readline().decode()

    def signal(self, number: int) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    def wait(self) -> int:
        """Its status, as a shell would see it."""
        status = self.process.wait(PATIENCE)
        return status if status >= 0 else 128 - status

    def close(self) -> None:
        """End it."""
        self.process.kill()
        self.process.communicate()


class Terminal:
    """The command on a pseudo-terminal, and the person in front of it."""

    def __init__(self, *words: str, rows: int = 24, columns: int = 80) -> None:
        self._master, slave = pty.openpty()
        self.resize(rows, columns, of=slave)
        self.process = subprocess.Popen(
            [*COMMAND, *words],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment(),
            cwd=ROOT,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(slave)
        self._text = ""
        self._seen = 0

    def resize(self, rows: int, columns: int, *, of: int | None = None) -> None:
        """Change the window's size."""
        fd = self._master if of is None else of
        fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def type(self, text: str) -> None:
        """Press keys; Enter is `\\r`."""
        os.write(self._master, text.encode())

    def see(self, pattern: str) -> str:
        """Read until `pattern` shows, and give what was written up to its end."""
        deadline = time.monotonic() + PATIENCE
        wanted = re.compile(pattern, re.MULTILINE)
        while not (found := wanted.search(self._text, self._seen)):
            ready, _, _ = select.select(
                [self._master], [], [], max(0.0, deadline - time.monotonic())
            )
            assert ready, f"{pattern!r} was never written:\n{self._text[self._seen :]}"
            self._read(pattern)
        start, self._seen = self._seen, found.end()
        return self._text[start : self._seen]

    def _read(self, pattern: str) -> None:
        try:
            data = os.read(self._master, 65536)
        except OSError:  # Linux's word for the end of a pseudo-terminal
            data = b""
        assert data, f"it ended before {pattern!r} was written:\n{self._text}"
        self._text = ESCAPES.sub("", self._text + data.decode("utf-8", "replace")).replace(
            "\r\n", "\n"
        )

    def prompt(self) -> str:
        """Read up to the next prompt; what is drawn again while a line is edited is none."""
        return self.see(r"\n\r*user@pagebox:[^$\n]*\$ ")

    def run(self, line: str) -> str:
        """Type a line at the prompt that was just read; gives what is then on the terminal up to the next one."""
        self.type(line + "\r")
        return self.prompt()

    def wait(self) -> int:
        """Its status."""
        with contextlib.suppress(OSError):
            while os.read(self._master, 65536):
                pass
        return self.process.wait(PATIENCE)

    def close(self) -> None:
        """End it."""
        self.process.kill()
        self.process.wait()
        os.close(self._master)
