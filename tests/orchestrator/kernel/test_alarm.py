from __future__ import annotations

from orchestrator.kernel.alarm import SHORTEST_INTERVAL, alarm_of
from orchestrator.kernel.process import Status
from orchestrator.kernel.signal import Disposition, Signal
from orchestrator.kernel.system import System
from tests.orchestrator.kernel.box import Box

SECOND = 10**9


def interruptions(system: System, count: int) -> list[int]:
    """When each of `count` signals ended a wait, from now."""
    start = system.monotonic()
    found = []
    for _ in range(count):
        try:
            system.pause()
        except InterruptedError:
            assert system.take_signals() == [Signal.ALRM]
        found.append(system.monotonic() - start)
    return found


def test_it_wakes_a_sleeper_once(box: Box) -> None:
    def main(system: System) -> None:
        system.set_signal(Signal.ALRM, Disposition.CATCH)
        alarm = alarm_of(system.kernel, system.process)
        assert alarm.left() == 0
        alarm.set(3 * SECOND)
        assert alarm.left() == 3 * SECOND
        assert interruptions(system, 1) == [3 * SECOND]
        assert alarm.left() == 0
        system.sleep(SECOND)

    box.call(main)


def test_it_goes_off_again(box: Box) -> None:
    def main(system: System) -> None:
        system.set_signal(Signal.ALRM, Disposition.CATCH)
        alarm_of(system.kernel, system.process).set(SECOND, 2 * SECOND)
        assert interruptions(system, 3) == [SECOND, 3 * SECOND, 5 * SECOND]
        alarm_of(system.kernel, system.process).set(SECOND, 1)
        seen = interruptions(system, 3)
        assert seen[1] - seen[0] == SHORTEST_INTERVAL
        alarm_of(system.kernel, system.process).set(0)

    box.call(main)


def test_by_default_it_is_the_end(box: Box) -> None:
    def main(system: System) -> None:
        alarm_of(system.kernel, system.process).set(SECOND)
        system.pause()

    process, _, _ = box.start(main)
    assert box.finish(process) == Status.killed(Signal.ALRM)


def test_it_ends_with_its_process(box: Box) -> None:
    def main(system: System) -> None:
        alarm_of(system.kernel, system.process).set(SECOND, SECOND)

    box.call(main)
    assert box.kernel.scheduler.next_deadline() is None


def test_setting_anew_forgets_the_former_time(box: Box) -> None:
    def main(system: System) -> None:
        system.set_signal(Signal.ALRM, Disposition.CATCH)
        alarm = alarm_of(system.kernel, system.process)
        for after in range(100, 0, -1):
            alarm.set(after * SECOND)
        assert interruptions(system, 1) == [SECOND]
        alarm.set(SECOND)
        alarm.set(0)
        system.sleep(5 * SECOND)
        assert system.take_signals() == []

    box.call(main)
