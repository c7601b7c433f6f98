"""Ours on CPython: a machine in this process, and the command line in others."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from cases import HEADLESS
from figures import Figure, Figures, Request, in_machine, processes_wanted, summarise
from wat import modules
from workloads import MS, Lab, make

from orchestrator.kernel.outlet import Outlet
from orchestrator.kernel.tty import Tty
from orchestrator.platform.native.host import NativePlatform
from orchestrator.sandbox.machine import Machine
from orchestrator.sandbox.toolset import Toolset
from vfs.inode import OpenFlags

ROOT = Path(__file__).resolve().parents[2]
STARTS = 11
INTERRUPTS = 7
SPIN = b'python3 -c $\'print("g" + "o")\\nwhile True: pass\'\r'
SPINNING = b"go\r\n"
PROMPT_END = b"$ "


def measure() -> Figures:
    """Every figure there is for headless."""
    machine = Machine(NativePlatform(), Toolset.bundled())
    lab = Lab(machine, modules())

    def ask(request: Request) -> list[float]:
        return _drive(machine, lab, request)

    figures = in_machine(ask, processes_wanted(HEADLESS))
    machine.driver.close()
    return figures | {"ready": _ready(), "interrupt": _interrupt()}


def _drive(machine: Any, lab: Lab, request: Request) -> list[float]:
    steps = make(lab, request)
    try:
        while True:
            machine.driver.run(next(steps))
    except StopIteration as stop:
        return stop.value  # type: ignore[no-any-return]


def _ready() -> Figure:
    command = [sys.executable, "-m", "pagebox", "-c", "true"]
    samples = []
    for _ in range(STARTS + 1):
        began = time.perf_counter()
        subprocess.run(command, check=True, cwd=ROOT)
        samples.append((time.perf_counter() - began) * MS)
    return summarise(samples[1:])


class _Typist:
    """Someone at a terminal of a machine of its own."""

    def __init__(self) -> None:
        self.machine = Machine(NativePlatform(), Toolset.bundled())
        self.shown = b""
        self.has_seen = threading.Event()
        self._seen_at = 0.0
        self._awaited = PROMPT_END
        self._tty = Tty(self.machine.kernel, Outlet(self._show, window=None))
        flags = OpenFlags.READ | OpenFlags.WRITE
        stdio = self._tty.open(flags), self._tty.open(flags), self._tty.open(flags)
        self.machine.start(["-bash"], stdio=stdio, tty=self._tty)

    def _show(self, data: bytes) -> None:
        self.shown += data
        if not self._seen_at and self._awaited in self.shown:
            self._seen_at = time.perf_counter()
            self.has_seen.set()

    def expect(self, text: bytes) -> None:
        """Look out for `text`."""
        self._awaited = text
        self._seen_at = time.perf_counter() if text in self.shown else 0.0

    def see(self, text: bytes) -> float:
        """Run the machine until `text` is shown; gives the time at which it was."""
        self.expect(text)
        self.machine.driver.run(lambda: bool(self._seen_at))
        self.shown = self.shown.partition(text)[2]
        return self._seen_at

    def type(self, keys: bytes) -> None:
        """Press keys, from any thread."""
        self.machine.kernel.scheduler.post(lambda: self._tty.input(keys))


def _interrupt() -> Figure:
    """From the key to the prompt, while the machine runs a Python that never gives up its turn by itself."""
    typist = _Typist()
    typist.see(PROMPT_END)
    samples = [_interrupted(typist) for _ in range(INTERRUPTS + 1)]
    typist.type(b"exit\r")
    typist.machine.driver.run(lambda: not typist.machine.kernel.alive())
    typist.machine.driver.close()
    return summarise(samples[1:])


def _interrupted(typist: _Typist) -> float:
    pressed: list[float] = []

    def press() -> None:
        typist.has_seen.wait()
        time.sleep(0.05)  # well into the loop
        pressed.append(time.perf_counter())
        typist.type(b"\x03")

    typist.has_seen.clear()
    typist.expect(SPINNING)
    thread = threading.Thread(target=press, daemon=True)
    thread.start()
    typist.type(SPIN)
    typist.see(SPINNING)  # comes back when the key has made the machine change hands
    shown = typist.see(PROMPT_END)
    thread.join()
    return (shown - pressed[0]) * MS
