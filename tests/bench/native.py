"""The same on the machine itself: bash and the GNU tools."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from dataclasses import replace

from cases import SCRIPTS, Case
from figures import Figure, Figures, of_growth, of_script, summarise
from wat import PIPE_BYTES

MS = 1e3
REPEATS = 60
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C"}


def measure() -> Figures:
    """Every figure there is for the machine itself."""
    figures = {case.key: _case(case) for case in SCRIPTS}
    figures["ready"] = summarise(_script("true", 21))
    figures["spawn"] = _spawn()
    for kib, size in PIPE_BYTES.items():
        figures[f"pipe{kib}"] = _pipe(kib, size)
    return figures


def _script(text: str, repeats: int, folder: str | None = None) -> list[float]:
    samples = []
    for _ in range(repeats):
        began = time.perf_counter()
        subprocess.run(
            ["bash", "-c", text], check=True, env=ENVIRONMENT, cwd=folder, stdout=subprocess.DEVNULL
        )
        samples.append((time.perf_counter() - began) * MS)
    return samples


def _case(case: Case) -> Figure:
    if case.half is not None:
        return of_growth(_case(replace(case, half=None)), _case(case.half))
    assert case.script is not None
    with tempfile.TemporaryDirectory() as folder:
        _script(case.script, 1, folder)  # makes what files it needs
        full = _script(case.script, case.repeats, folder)
        return of_script(case, full, _script(case.base, case.repeats, folder))


def _spawn() -> Figure:
    samples = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        pid = os.posix_spawn("/usr/bin/true", ["true"], ENVIRONMENT)
        os.waitpid(pid, 0)
        samples.append((time.perf_counter() - began) * MS)
    return summarise(samples)


def _pipe(kib: int, size: int) -> Figure:
    count = size // (kib << 10)
    text = f"dd if=/dev/zero bs={kib}k count={count} | dd of=/dev/null bs={kib}k"
    samples = []
    for _ in range(5):
        began = time.perf_counter()
        subprocess.run(["bash", "-c", text], check=True, env=ENVIRONMENT, stderr=subprocess.DEVNULL)
        samples.append(size / 1e6 / (time.perf_counter() - began))
    return summarise(samples, at_least=True)
