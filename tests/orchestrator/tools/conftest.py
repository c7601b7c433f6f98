"""A machine without compiled tools, and a way to run one of our programs on it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from orchestrator.kernel.host import Collector, HostInput, HostOutput
from orchestrator.kernel.process import Status
from orchestrator.platform.fake import FakePlatform
from orchestrator.sandbox.machine import Machine
from orchestrator.sandbox.toolset import Toolset


@dataclass(frozen=True)
class Outcome:
    status: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def machine() -> Iterator[Machine]:
    made = Machine(FakePlatform(), Toolset())
    yield made
    assert list(made.kernel.faults) == []
    made.driver.close()


@pytest.fixture
def run(machine: Machine) -> Run:
    def go(*argv: str, stdin: bytes = b"", env: dict[str, str] | None = None) -> Outcome:
        source, out, err = HostInput(), Collector(), Collector()
        source.feed(stdin)
        source.end()
        ending: list[Status] = []
        machine.start(
            argv,
            stdio=(source, HostOutput(out.outlet), HostOutput(err.outlet)),
            path=machine.find(argv[0]),
            env=env,
            on_exit=ending.append,
        )
        machine.driver.run(lambda: bool(ending))
        return Outcome(ending[0].exit_code, out.value().decode(), err.value().decode())

    return go
