from __future__ import annotations

from orchestrator.kernel.system import System
from tests.orchestrator.kernel.box import Box


def test_time_chance_and_name(box: Box) -> None:
    def main(system: System) -> None:
        before = system.monotonic(), system.realtime()
        system.sleep(1000)
        assert (system.monotonic(), system.realtime()) == (before[0] + 1000, before[1] + 1000)
        system.sleep(0)
        system.sleep(-5)
        assert len(system.random(10)) == 10
        assert system.hostname == "pagebox"

    box.call(main)
