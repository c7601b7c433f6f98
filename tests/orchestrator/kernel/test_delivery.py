from __future__ import annotations

import pytest

from orchestrator.kernel.process import Process, Status
from orchestrator.kernel.reaping import WaitOptions
from orchestrator.kernel.signal import Action, Disposition, Signal, default_action
from orchestrator.kernel.system import System
from tests.orchestrator.kernel.box import Box, fails
from vfs.access import Credentials

FATAL = [s for s in Signal if default_action(s) in (Action.TERMINATE, Action.CORE)]
HARMLESS = [Signal.CHLD, Signal.URG, Signal.WINCH, Signal.CONT]


def sleeper(system: System) -> None:
    system.pause()


@pytest.mark.parametrize("signal", FATAL)
def test_fatal_ones_end_a_sleeper(box: Box, signal: Signal) -> None:
    process, _, _ = box.start(sleeper)
    box.settle()
    box.kernel.kill(None, process.pid, signal)
    status = box.finish(process)
    assert (status.signal, status.exit_code) == (signal, 128 + signal)


@pytest.mark.parametrize("signal", HARMLESS)
def test_harmless_ones_do_not_even_wake(box: Box, signal: Signal) -> None:
    process, _, _ = box.start(sleeper)
    box.settle()
    switches = box.kernel.scheduler.switches
    box.kernel.kill(None, process.pid, signal)
    box.settle()
    assert process.is_alive
    assert box.kernel.scheduler.switches == switches


def test_ignored_ones_are_lost_and_inherited(box: Box) -> None:
    def main(system: System) -> Status:
        system.set_signal(Signal.TERM, Disposition.IGNORE)
        system.set_signal(Signal.USR1, Disposition.CATCH)
        child = system.subprogram(sleeper)
        system.yield_now()
        system.kill(system.pid, Signal.TERM)
        system.kill(child.pid, Signal.TERM)
        system.kill(child.pid, Signal.USR1)  # caught is not inherited: this one kills
        return system.waitpid()[1]

    assert box.call(main) == Status(signal=Signal.USR1)


def test_kill_and_stop_cannot_be_caught_or_ignored(box: Box) -> None:
    def main(system: System) -> None:
        for signal in (Signal.KILL, Signal.STOP):
            for disposition in (Disposition.CATCH, Disposition.IGNORE):
                with pytest.raises(OSError, match="Invalid argument"):
                    system.set_signal(signal, disposition)
        system.process.signals.dispositions[Signal.KILL] = Disposition.IGNORE  # by whatever bug
        system.kill(system.pid, Signal.KILL)

    process, _, _ = box.start(main)
    assert box.finish(process).signal is Signal.KILL


def test_a_caught_one_interrupts_a_wait_once(box: Box) -> None:
    def main(system: System) -> list[object]:
        system.set_signal(Signal.INT, Disposition.CATCH)
        child = system.subprogram(lambda child: child.sleep(100))
        seen: list[object] = []
        system.kill(system.pid, Signal.INT)
        with pytest.raises(InterruptedError):
            system.waitpid(child.pid)
        # Not taken yet, and waiting again does not spin.
        seen.append(system.waitpid(child.pid)[1].code)
        seen.append(system.take_signals())
        seen.append(system.take_signals())
        return seen

    assert box.call(main) == [0, [Signal.INT], []]


def test_caught_ones_keep_order_and_merge(box: Box) -> None:
    def main(system: System) -> list[Signal]:
        for signal in (Signal.USR1, Signal.USR2):
            system.set_signal(signal, Disposition.CATCH)
        for signal in (Signal.USR2, Signal.USR1, Signal.USR2):
            system.kill(system.pid, signal)
        system.set_signal(Signal.HUP, Disposition.CATCH)
        system.kill(system.pid, Signal.HUP)
        system.set_signal(Signal.HUP, Disposition.IGNORE)  # what is pending goes with the trap
        return system.take_signals()

    assert box.call(main) == [Signal.USR2, Signal.USR1]


def test_suicide_acts_before_kill_returns(box: Box) -> None:
    after: list[int] = []

    def main(system: System) -> None:
        system.kill(0, Signal.TERM)
        after.append(1)

    process, _, _ = box.start(main)
    assert box.finish(process).signal is Signal.TERM
    assert not after


def test_stopping_oneself_returns_after_cont(box: Box) -> None:
    def main(system: System) -> list[object]:
        child = system.subprogram(lambda child: child.kill(child.pid, Signal.STOP))
        stopped = system.waitpid(-1, WaitOptions.UNTRACED)
        system.kill(child.pid, Signal.CONT)
        return [stopped[1].stopped, system.waitpid()[1]]

    assert box.call(main) == [True, Status(code=0)]


def test_whom_kill_means(box: Box) -> None:
    def main(system: System) -> None:
        one = system.subprogram(sleeper, pgid=0)
        two = system.subprogram(sleeper, pgid=one.pid)
        three = system.subprogram(sleeper)
        system.kill(-one.pid, Signal.TERM)
        assert {system.waitpid()[0], system.waitpid()[0]} == {one.pid, two.pid}
        assert three.is_alive
        system.kill(-1, Signal.HUP)  # everybody but me
        assert system.waitpid()[1].signal is Signal.HUP

    box.call(main)


@pytest.mark.parametrize(
    ("pid", "signal", "symbol"),
    [
        (9999, 15, "ESRCH"),
        (-9999, 15, "ESRCH"),
        (1, 15, "EPERM"),
        (0, 64, "EINVAL"),
        (0, -1, "EINVAL"),
        (0, 32, "EINVAL"),
    ],
)
def test_kill_fails(box: Box, pid: int, signal: int, symbol: str) -> None:
    def main(system: System) -> None:
        with fails(symbol):
            system.kill(pid, signal)

    box.call(main)


def test_signal_zero_only_asks(box: Box) -> None:
    def main(system: System) -> None:
        system.kill(system.pid, 0)

    box.call(main)


def test_only_ones_own_processes_may_be_signalled(box: Box) -> None:
    root, _, _ = box.start(sleeper)

    def main(system: System) -> None:
        for signal in (0, Signal.TERM, Signal.CONT):
            with pytest.raises(PermissionError):
                system.kill(root.pid, signal)
        mine = system.subprogram(sleeper)
        system.kill(mine.pid, Signal.TERM)

    box.call(main, cred=Credentials(uid=1000, gid=1000))
    assert root.is_alive


def test_terminal_stops_are_lost_on_orphaned_groups(box: Box) -> None:
    process, _, _ = box.start(sleeper)
    box.settle()
    for signal in (Signal.TSTP, Signal.TTIN, Signal.TTOU):
        box.kernel.kill(None, process.pid, signal)
    assert not process.stopped
    box.kernel.kill(None, process.pid, Signal.STOP)
    assert process.stopped


def test_a_stopped_group_that_becomes_orphaned_gets_hup_and_cont(box: Box) -> None:
    job: list[Process] = []

    def main(system: System) -> None:
        job.append(system.subprogram(sleeper, pgid=0))
        system.yield_now()
        system.kill(job[0].pid, Signal.STOP)

    box.call(main)
    box.run(lambda: not box.kernel.processes)
    assert job[0].status == Status(signal=Signal.HUP)


def test_kill_tree_leaves_nobody(box: Box) -> None:
    def main(system: System) -> None:
        def nested(child: System) -> None:
            child.subprogram(sleeper)
            child.subprogram(leader)
            child.set_signal(Signal.TERM, Disposition.IGNORE)
            sleeper(child)

        def leader(child: System) -> None:
            child.setsid()
            sleeper(child)

        def orphaning(child: System) -> None:
            child.subprogram(sleeper)

        system.subprogram(nested)
        system.subprogram(orphaning)
        sleeper(system)

    bystander, _, _ = box.start(sleeper)
    process, _, _ = box.start(main)
    box.settle()
    assert len(box.kernel.alive()) == 6
    box.kernel.kill_tree(process, "timed out")
    box.finish(process)
    box.settle()
    assert box.kernel.alive() == [bystander]
    assert process.status == Status(signal=Signal.KILL, reason="timed out")


def test_groups_and_sessions(box: Box) -> None:
    def main(system: System) -> None:
        child = system.subprogram(sleeper)
        assert system.getpgid(child.pid) == system.getpgid() == system.pid
        system.setpgid(child.pid, 0)
        assert system.getpgid(child.pid) == child.pid
        system.setpgid(child.pid, system.getpgid())
        for pid, pgid, symbol in (
            (0, 0, "EPERM"),  # a session leader stays
            (9999, 0, "ESRCH"),
            (child.pid, 9999, "EPERM"),
            (child.pid, -1, "EINVAL"),
        ):
            with fails(symbol):
                system.setpgid(pid, pgid)
        with pytest.raises(PermissionError):
            system.setsid()
        with pytest.raises(ProcessLookupError):
            system.getpgid(9999)

        def leaves(child: System) -> int:
            return child.setsid() == child.pid == child.getsid() == child.getpgid()

        assert system.waitpid(system.subprogram(leaves).pid)[1].code == 1

    box.call(main)


def test_the_first_fatal_signal_counts_but_kill_overrides() -> None:
    box = Box()
    process, _, _ = box.start(sleeper)
    box.settle()
    box.kernel.kill(None, process.pid, Signal.TERM)
    box.kernel.kill(None, process.pid, Signal.INT)
    assert process.signals.fatal is Signal.TERM
    box.kernel.kill(None, process.pid, Signal.KILL)
    assert box.finish(process).signal is Signal.KILL
