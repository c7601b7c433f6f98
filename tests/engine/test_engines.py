"""One suite for every engine; the page runs the same scenarios in tests/web."""

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import wasmtime

from orchestrator.kernel.limits import Limits
from orchestrator.platform.fake import FakePlatform
from orchestrator.platform.native.host import NativePlatform
from orchestrator.sandbox.machine import Machine, Options
from orchestrator.sandbox.toolset import ToolModule, Toolset

sys.path.insert(0, str(Path(__file__).parent))

from guests import GUESTS
from scenarios import EXPECTED, SCENARIOS

OPTIONS = Options(limits=Limits(memory=64 << 20))
BROKEN = b"\0asm\1\0\0\0\x01\xff"


def native(cache: Path) -> Machine:
    machine = Machine(NativePlatform(str(cache)), Toolset(), OPTIONS)
    for name, guest in GUESTS.items():
        machine.files.write(f"/tmp/{name}", bytes(wasmtime.wat2wasm(guest.wat)))
    machine.files.write("/tmp/broken", BROKEN)
    return _executable(machine)


def fake(_: Path) -> Machine:
    platform = FakePlatform({name: guest.fake for name, guest in GUESTS.items()})
    modules = [ToolModule(n, n, len(n), (), lambda n=n: n.encode()) for n in GUESTS]  # type: ignore[misc]
    broken = ToolModule("broken", "broken", 6, (), _refuse)
    machine = Machine(platform, Toolset((*modules, broken)), OPTIONS)
    for name in (*GUESTS, "broken"):
        machine.files.symlink(f"/usr/lib/pagebox/{name}.wasm", f"/tmp/{name}")
    return machine


def _refuse() -> bytes:
    raise ValueError("the module is cut short")


def _executable(machine: Machine) -> Machine:
    for name in (*GUESTS, "broken"):
        machine.files.chmod(f"/tmp/{name}", 0o755)
    return machine


@pytest.fixture(params=[native, fake], ids=["native", "fake"])
def machine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Machine]:
    made = request.param(tmp_path / "cache")
    yield made
    assert list(made.kernel.faults) == []
    assert made.kernel.alive() == []
    made.driver.close()


def drive(machine: Machine, name: str) -> dict[str, Any]:
    steps = SCENARIOS[name](machine)
    done = threading.Event()
    threading.Thread(target=_nudge, args=(machine, done), daemon=True).start()
    try:
        while True:
            machine.driver.run(next(steps))
    except StopIteration as stop:
        return stop.value  # type: ignore[no-any-return]
    finally:
        done.set()


def _nudge(machine: Machine, done: threading.Event) -> None:
    """A host that keeps posting: the conditions of scenarios are looked at when a process gives up its turn."""
    while not done.wait(0.001):
        machine.kernel.scheduler.post(lambda: None)


@pytest.mark.parametrize("name", EXPECTED)
def test_scenario(machine: Machine, name: str) -> None:
    assert drive(machine, name) == EXPECTED[name]


def test_both_interleave_alike(tmp_path: Path) -> None:
    seen = []
    for make in (native, fake):
        machine = make(tmp_path / "cache")
        seen.append(drive(machine, "interleaves"))
        machine.driver.close()
    assert seen[0] == seen[1]
    assert set(seen[0]["order"]) == {"a", "b"}
    assert "ab" in seen[0]["order"]
    assert "ba" in seen[0]["order"]


def test_every_scenario_has_an_expectation() -> None:
    assert set(SCENARIOS) == set(EXPECTED) | {"interleaves"}
