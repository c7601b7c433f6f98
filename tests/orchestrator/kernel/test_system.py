from __future__ import annotations

from orchestrator.kernel.process import Status
from orchestrator.kernel.signal import Signal
from orchestrator.kernel.system import System
from tests.orchestrator.kernel.box import Box


def test_a_spinner_can_be_killed(box: Box) -> None:
    def main(system: System) -> Status:
        def spin(child: System) -> None:
            while True:
                child.step(100)

        child = system.subprogram(spin)
        system.yield_now()
        system.kill(child.pid, Signal.TERM)
        return system.waitpid()[1]

    assert box.call(main) == Status(signal=Signal.TERM)
