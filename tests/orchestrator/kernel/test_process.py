from __future__ import annotations

import pytest

from orchestrator.kernel.process import CallRecord, Status
from orchestrator.kernel.signal import Disposition, Signal
from orchestrator.kernel.system import System
from orchestrator.kernel.wait import ProcessExit, WouldBlock
from tests.orchestrator.kernel.box import Box


def test_a_call_record_withdraws_once_unless_kept() -> None:
    undone: list[str] = []
    call = CallRecord("open")
    call.on_withdraw(lambda: undone.append("first"))
    call.on_withdraw(lambda: undone.append("second"))
    call.withdraw()
    call.withdraw()
    assert undone == ["second", "first"]
    call.on_withdraw(lambda: undone.append("kept"))
    call.keep()
    call.withdraw()
    assert undone == ["second", "first"]


def test_a_call_has_one_record_until_it_ends(box: Box) -> None:
    undone: list[int] = []

    def main(system: System) -> None:
        process = system.process
        call = process.begin_call("read")
        assert process.begin_call("read") is call
        call.on_withdraw(lambda: undone.append(1))
        process.end_call()
        process.end_call()
        assert process.begin_call("read") is not call

    box.call(main)
    assert undone == [1]


def test_checks_at_safe_points(box: Box) -> None:
    def main(system: System) -> None:
        process = system.process
        process.check_fatal()
        process.check_signals()
        process.check_stopped()
        system.set_signal(Signal.USR1, Disposition.CATCH)
        system.kill(system.pid, Signal.USR1)
        process.check_fatal()
        with pytest.raises(InterruptedError):
            process.check_signals()
        process.check_signals()  # once for each arrival
        process.stopped = True
        with pytest.raises(WouldBlock):
            process.check_stopped()
        process.stopped = False
        process.signals.fatal, process.signals.reason = Signal.TERM, "why"
        with pytest.raises(ProcessExit) as caught:
            process.check_signals()
        assert caught.value.status == Status(signal=Signal.TERM, reason="why")
        process.signals.fatal = None

    box.call(main)


def test_names(box: Box) -> None:
    def main(system: System) -> None:
        child = system.subprogram(lambda child: 0, ["/usr/bin/tool"])
        assert (child.name, repr(child)) == ("tool", f"<Process {child.pid} tool ready>")
        assert system.subprogram(lambda child: 0, []).name == ""
        assert (child.ppid, child.is_alive) == (system.pid, True)

    box.call(main)
