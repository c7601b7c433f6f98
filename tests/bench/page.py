"""Ours in the page: workloads run in its worker; boot and Ctrl-C are timed as a visitor sees them."""

from __future__ import annotations

import base64
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from cases import PAGE
from figures import Figure, Figures, Request, in_machine, processes_wanted, summarise
from playwright.sync_api import sync_playwright
from wat import modules

from web.serve import serving
from web.site import CHROMIUM_FLAGS, find_chromium

HERE = Path(__file__).resolve().parent
DIST = HERE.parents[1] / "web" / "dist"
STARTS = 5
INTERRUPTS = 7
PROMPT = r"^user@pagebox:[^$\n]*\$$(?![^])"
SPIN = 'python3 -c $\'print("g" + "o")\\nwhile True: pass\''
SPINNING_MS = 50

_PREPARE = """
import base64, sys, types
module = sys.modules["workloads"] = types.ModuleType("workloads")
exec(compile(SOURCE, "workloads.py", "exec"), module.__dict__)
sys.modules["bench_lab"] = types.SimpleNamespace(lab=module.Lab(machine, {
    name: base64.b64decode(data) for name, data in GUESTS.items()
}))
None
"""
# Every step is posted: the machine takes it in between two turns, as it takes keys. Looking whether
# a workload is done goes on between turns as well, and the times were taken inside by then. Not more often than
# every 4 ms: below that Pyodide sleeps by messages, whose flood keeps the machine from its turns.
_DRIVE = """
import asyncio, sys
steps = sys.modules["workloads"].make(sys.modules["bench_lab"].lab, REQUEST)
conditions, ended, failed = [], [], []

def advance():
    try:
        conditions.append(next(steps))
    except StopIteration as stop:
        ended.append(stop.value)
    except Exception as error:
        failed.append(repr(error))

while not ended and not failed:
    machine.kernel.scheduler.post(advance)
    while not conditions and not ended and not failed:
        await asyncio.sleep(0.005)
    while conditions and not conditions[-1]():
        await asyncio.sleep(0.005)
    conditions.clear()
[ended, failed]
"""
# The page's own clock starts with the navigation.
_WATCH_BOOT = """
addEventListener("DOMContentLoaded", () => {
  window.promptShown = window.pagebox.seen(%s).then(() => performance.now());
});
"""
_WATCH_INTERRUPT = """
(prompt) => {
  window.interrupted = new Promise((resolve) => {
    const pressed = (event) => {
      if (event.key.toLowerCase() !== "c" || !event.ctrlKey) return;
      removeEventListener("keydown", pressed, true);
      const began = performance.now();
      window.pagebox.seen(prompt).then(() => resolve(performance.now() - began));
    };
    addEventListener("keydown", pressed, true);
  });
}
"""


class PageFailed(Exception):
    """The page did not do what was measured; the text is what it said."""


def measure() -> tuple[Figures, str]:
    """Every figure there is for the page, and the browser's version."""
    with (
        tempfile.TemporaryDirectory() as profile,
        serving(DIST) as address,
        sync_playwright() as play,
    ):
        window = play.chromium.launch_persistent_context(
            profile,
            executable_path=os.environ.get("CHROMIUM") or find_chromium(),
            args=list(CHROMIUM_FLAGS),
            viewport={"width": 1000, "height": 640},
        )
        figures = {"ready": _ready(window, address)}
        tab = _open(window, address)
        figures["interrupt"] = _interrupt(tab)
        _evaluate(tab, _PREPARE, SOURCE=(HERE / "workloads.py").read_text(), GUESTS=_guests())
        figures |= in_machine(lambda request: _drive(tab, request), processes_wanted(PAGE))
        version = tab.evaluate("navigator.userAgent.match(/Chrome.([0-9]+)/)[1]")
        window.close()
    return figures, f"Chromium {version}"


def _guests() -> dict[str, str]:
    return {name: base64.b64encode(data).decode() for name, data in modules().items()}


def _open(window: Any, address: str) -> Any:
    tab = window.new_page()
    tab.goto(address)
    tab.evaluate("window.pagebox.ready.then(() => null)")
    tab.evaluate(f"window.pagebox.seen({json.dumps(PROMPT)})")
    return tab


def _ready(window: Any, address: str) -> Figure:
    """Navigation to prompt on the screen; the first visits fill the caches."""
    samples = []
    for turn in range(STARTS + 3):
        tab = window.new_page()
        tab.add_init_script(_WATCH_BOOT % json.dumps(PROMPT))
        tab.goto(address)
        shown = tab.evaluate("window.promptShown")
        tab.close()
        if turn >= 3:
            samples.append(shown)
    return summarise(samples)


def _interrupt(tab: Any) -> Figure:
    return summarise([_interrupted(tab, turn) for turn in range(INTERRUPTS + 1)][1:])


def _interrupted(tab: Any, turn: int) -> float:
    tab.evaluate(f"window.pagebox.seen({json.dumps(PROMPT)})")
    tab.keyboard.insert_text(SPIN)
    tab.keyboard.press("Enter")
    tab.evaluate(f"window.pagebox.seen('(?:^go$[^]*){{{turn + 1}}}')")
    tab.wait_for_timeout(SPINNING_MS)
    tab.evaluate(_WATCH_INTERRUPT, PROMPT)
    tab.keyboard.press("Control+C")
    waited: float = tab.evaluate("window.interrupted")
    return waited


def _evaluate(tab: Any, code: str, **values: Any) -> Any:
    """Run Python beside the machine, with `values` as names."""
    names = "".join(f"{name} = {value!r}\n" for name, value in values.items())
    return tab.evaluate("(code) => window.pagebox.evaluate(code)", names + code)


def _drive(tab: Any, request: Request) -> list[float]:
    ended, failed = _evaluate(tab, _DRIVE, REQUEST=dict(request))
    if failed:
        raise PageFailed(f"{request['do']}: {failed[0]}")
    samples: list[float] = ended[0]
    return samples
