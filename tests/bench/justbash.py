"""just-bash under Node: a shell in JavaScript whose tools are JavaScript too."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path

from cases import SCRIPTS
from figures import Figures, of_script, summarise

HERE = Path(__file__).resolve().parent
COMMAND = HERE.parents[1] / "node_modules/just-bash/dist/bin/just-bash.js"
MS = 1e3


def measure() -> Figures:
    """Every figure there is for just-bash. What it cannot run has none."""
    cases = [case for case in SCRIPTS if case.just_bash and case.half is None]
    texts = [(text or "", case.repeats) for case in cases for text in (case.script, case.base)]
    times = iter(_run(texts))
    figures = {case.key: of_script(case, next(times), next(times)) for case in cases}
    figures["ready"] = summarise([_start() for _ in range(7)])
    if "shell_spawn" in figures:
        figures["spawn"] = figures["shell_spawn"]  # it knows no other way to start a program
    return figures


def _run(texts: list[tuple[str, int]]) -> list[list[float]]:
    scripts = [{"text": text, "repeats": repeats} for text, repeats in texts]
    done = subprocess.run(
        ["node", str(HERE / "just_bash.mjs")],
        input=json.dumps({"scripts": scripts}), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"just-bash: {done.stderr.strip()}")
    times: list[list[float]] = json.loads(done.stdout)
    return times


def _start() -> float:
    began = time.perf_counter()
    subprocess.run(["node", str(COMMAND), "-c", "true"], check=True, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - began) * MS
