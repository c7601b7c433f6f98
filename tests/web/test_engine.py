"""The engine suite in the page: the scenarios of tests/engine on promising stacks."""

import base64
import json
import sys
from pathlib import Path
from typing import Any

import pytest
import wasmtime
from terminal import PageTerminal

ENGINE = Path(__file__).resolve().parents[1] / "engine"
sys.path.insert(0, str(ENGINE))

from guests import GUESTS  # noqa: E402
from scenarios import EXPECTED, SCENARIOS  # noqa: E402

pytestmark = pytest.mark.page

_RUN = """
import asyncio, base64, sys, types
import playground
from orchestrator.kernel.limits import Limits
from orchestrator.sandbox.machine import Machine, Options
from orchestrator.sandbox.toolset import Toolset

made = Machine(playground.make_platform(page.another()), Toolset(), Options(limits=Limits(memory=64 << 20)))
for name, data in MODULES.items():
    made.files.write(f"/tmp/{name}", base64.b64decode(data))
    made.files.chmod(f"/tmp/{name}", 0o755)
module = sys.modules["scenarios"] = types.ModuleType("scenarios")
exec(compile(SOURCE, "scenarios.py", "exec"), module.__dict__)
steps = module.SCENARIOS[NAME](made)
ended = []

def advance():
    try:
        conditions.append(next(steps))
    except StopIteration as stop:
        ended.append(stop.value)

conditions = []
while not ended:
    # Between two turns, where all that comes from the host belongs.
    made.kernel.scheduler.post(advance)
    while not conditions and not ended:
        await asyncio.sleep(0.005)
    while conditions and not conditions[-1]():
        await asyncio.sleep(0.005)
    conditions.clear()
alive = len(made.kernel.alive())
made.driver.close()
[ended[0], list(made.kernel.faults), alive]
"""


def modules() -> dict[str, str]:
    data = {name: bytes(wasmtime.wat2wasm(guest.wat)) for name, guest in GUESTS.items()}
    data["broken"] = b"\0asm\1\0\0\0\x01\xff"
    return {name: base64.b64encode(content).decode() for name, content in data.items()}


def drive(terminal: PageTerminal, name: str) -> dict[str, Any]:
    source = (ENGINE / "scenarios.py").read_text()
    values = f"NAME, SOURCE, MODULES = {name!r}, {source!r}, {modules()!r}\n"
    seen, faults, alive = terminal.evaluate(values + _RUN)
    assert faults == []
    assert alive == 0
    return seen  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def shared(window: Any, address: str) -> PageTerminal:
    """One page for all scenarios; each makes a machine of its own in it."""
    tab = window.new_page()
    tab.goto(address)
    terminal = PageTerminal(tab)
    terminal.ready()
    return terminal


@pytest.mark.parametrize("name", EXPECTED)
def test_scenario(shared: PageTerminal, name: str) -> None:
    assert drive(shared, name) == json.loads(json.dumps(EXPECTED[name]))


def test_interleaves_like_the_other_engines(shared: PageTerminal) -> None:
    from test_engines import drive as drive_natively
    from test_engines import fake

    assert drive(shared, "interleaves") == drive_natively(fake(Path()), "interleaves")


def test_every_scenario_is_run() -> None:
    assert set(SCENARIOS) == set(EXPECTED) | {"interleaves"}
