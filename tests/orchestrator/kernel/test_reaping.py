from __future__ import annotations

import gc
import weakref

import pytest

from orchestrator.kernel.process import INIT_PID, State, Status
from orchestrator.kernel.reaping import WaitOptions
from orchestrator.kernel.signal import Disposition, Signal
from orchestrator.kernel.system import System
from orchestrator.kernel.wait import ProcessExit
from tests.orchestrator.kernel.box import Box

SECOND = 10**9


def exiting(code: int, after: int = 0) -> object:
    def main(system: System) -> int:
        system.sleep(after)
        return code

    return main


def test_wait_gives_pid_and_status_once(box: Box) -> None:
    def main(system: System) -> None:
        child = system.subprogram(exiting(7))  # type: ignore[arg-type]
        assert system.waitpid(child.pid) == (child.pid, Status(code=7))
        with pytest.raises(ChildProcessError):
            system.waitpid(child.pid)

    box.call(main)
    assert not box.kernel.processes


def test_codes_are_eight_bits() -> None:
    assert Status.exited(256 + 3).exit_code == 3
    assert Status.exited(-1).exit_code == 255
    assert Status.killed(Signal.KILL).exit_code == 137


def test_nohang_and_timeout(box: Box) -> None:
    def main(system: System) -> None:
        child = system.subprogram(exiting(1, 5 * SECOND))  # type: ignore[arg-type]
        assert system.waitpid(-1, WaitOptions.NOHANG) == (0, Status())
        before = system.monotonic()
        assert system.waitpid(-1, timeout=SECOND) == (0, Status())
        assert system.monotonic() == before + SECOND
        assert system.waitpid(timeout=100 * SECOND) == (child.pid, Status(code=1))
        assert system.monotonic() == before + 5 * SECOND

    box.call(main)


def test_zombies_wait_for_their_parent_and_hold_nothing(box: Box) -> None:
    def main(system: System) -> None:
        pipe = system.pipe(cloexec=True)
        child = system.subprogram(exiting(3))  # type: ignore[arg-type]
        system.close(pipe[1])
        assert system.read(pipe[0]) == b""  # its end is closed as it ends
        assert child.state is State.ZOMBIE
        assert child.image is None
        assert len(child.fds) == 0
        assert child.pid in system.kernel.processes
        system.kill(child.pid, Signal.TERM)  # a zombie can be signalled, to no effect
        assert system.waitpid()[1].code == 3
        assert child.state is State.REAPED

    box.call(main)


def test_wait_selects_by_group(box: Box) -> None:
    def main(system: System) -> None:
        mine = system.subprogram(exiting(1))  # type: ignore[arg-type]
        other = system.subprogram(exiting(2), pgid=0)  # type: ignore[arg-type]
        third = system.subprogram(exiting(3), pgid=other.pid)  # type: ignore[arg-type]
        assert system.waitpid(0)[0] == mine.pid
        with pytest.raises(ChildProcessError):
            system.waitpid(0)
        assert {system.waitpid(-other.pid)[0] for _ in range(2)} == {other.pid, third.pid}

    box.call(main)


def test_orphans_are_reaped_by_the_kernel(box: Box) -> None:
    def main(system: System) -> None:
        def middle(child: System) -> None:
            child.subprogram(lambda orphan: grandchild(orphan))

        def grandchild(orphan: System) -> None:
            orphan.sleep(SECOND)
            seen.append(orphan.ppid)

        system.subprogram(middle)
        system.waitpid()

    seen: list[int] = []
    box.call(main)
    box.run(lambda: not box.kernel.processes)
    assert seen == [INIT_PID]


def test_zombie_children_go_with_their_parent(box: Box) -> None:
    def main(system: System) -> None:
        system.subprogram(exiting(0))  # type: ignore[arg-type]
        system.sleep(SECOND)

    box.call(main)
    assert not box.kernel.processes


def test_ignoring_sigchld_reaps_at_once(box: Box) -> None:
    def main(system: System) -> None:
        system.set_signal(Signal.CHLD, Disposition.IGNORE)
        system.subprogram(exiting(0))  # type: ignore[arg-type]
        with pytest.raises(ChildProcessError):
            system.waitpid()

    box.call(main)


def test_sigchld_can_be_caught_and_interrupts(box: Box) -> None:
    def main(system: System) -> list[Signal]:
        system.set_signal(Signal.CHLD, Disposition.CATCH)
        system.subprogram(exiting(0))  # type: ignore[arg-type]
        with pytest.raises(InterruptedError):
            system.pause()
        return system.take_signals()

    assert box.call(main) == [Signal.CHLD]


def test_stops_and_continuations_are_reported_once(box: Box) -> None:
    def main(system: System) -> list[Status]:
        child = system.subprogram(lambda child: child.pause())
        system.yield_now()
        both = WaitOptions.UNTRACED | WaitOptions.CONTINUED
        system.kill(child.pid, Signal.STOP)
        assert system.waitpid(child.pid, WaitOptions.NOHANG) == (0, Status())  # not asked for
        seen = [system.waitpid(child.pid, both)[1]]
        assert system.waitpid(child.pid, both | WaitOptions.NOHANG) == (0, Status())
        system.kill(child.pid, Signal.CONT)
        seen.append(system.waitpid(child.pid, both)[1])
        system.kill(child.pid, Signal.KILL)
        seen.append(system.waitpid(child.pid, both)[1])
        return seen

    assert box.call(main) == [
        Status(signal=Signal.STOP, stopped=True),
        Status(continued=True),
        Status(signal=Signal.KILL),
    ]


def test_exit_is_idempotent_and_the_first_status_stays(box: Box) -> None:
    def main(system: System) -> int:
        system.kernel.exit(system.process, Status.exited(5))
        return 9

    process, _, _ = box.start(main)
    assert box.finish(process).code == 5
    box.kernel.exit(process, Status.exited(6))
    assert process.status == Status(code=5)


def test_killing_one_that_never_ran(box: Box) -> None:
    ran: list[int] = []
    process, _, _ = box.start(lambda system: ran.append(1))
    box.kernel.kill(None, process.pid, Signal.KILL)
    assert box.finish(process).signal is Signal.KILL
    assert not ran


def test_exited_fires_for_the_host(box: Box) -> None:
    class Listener:
        def wake(self) -> None:
            heard.append(process.status)

    heard: list[Status | None] = []
    process, _, _ = box.start(lambda system: 4)
    process.exited.subscribe(Listener())
    box.finish(process)
    assert heard == [Status(code=4)]


def test_usage_of_reaped_children_is_added_up(box: Box) -> None:
    def main(system: System) -> None:
        def work(child: System) -> None:
            child.kernel.charge_fuel(child.process, 100)
            child.step(20_000)

        system.subprogram(work)
        system.waitpid()
        usage = system.process.usage
        assert (usage.children_fuel, usage.children_steps) == (100, 20_000)

    box.call(main)


def test_nothing_pins_a_finished_process(box: Box) -> None:
    """Not timers, waitables, the driver or the parent: ten come and go without a trace."""
    seen: list[weakref.ref[object]] = []

    class Traced:
        pass

    def main(system: System) -> None:
        def worker(child: System) -> None:
            token = Traced()
            seen.append(weakref.ref(token))
            child.process.env["token"] = token  # type: ignore[assignment]
            child.sleep(SECOND)
            child.pause()

        children = [system.subprogram(worker) for _ in range(10)]
        system.sleep(SECOND // 2)
        for child in children[:5]:
            system.kill(child.pid, Signal.TERM)
        system.sleep(5 * SECOND)
        for child in children[5:]:
            system.kill(child.pid, Signal.KILL)
        for child in children:
            system.waitpid(child.pid)

    box.call(main)
    gc.collect()
    assert len(seen) == 10
    assert not [ref for ref in seen if ref() is not None]
    assert not box.kernel.scheduler._timers


def test_a_wave_of_processes_is_reaped_whole(box: Box) -> None:
    def main(system: System) -> int:
        total = 0
        for _ in range(20):
            for number in range(10):
                system.subprogram(exiting(number, number))  # type: ignore[arg-type]
            for _ in range(10):
                total += system.waitpid()[1].code
        return total

    assert box.call(main) == 20 * 45
    assert not box.kernel.processes


def test_an_exit_inside_deep_calls_unwinds(box: Box) -> None:
    cleaned: list[str] = []

    def main(system: System) -> None:
        try:
            try:
                system.exit(12)
            except Exception:  # must not catch it
                cleaned.append("wrong")
        finally:
            cleaned.append("finally")

    process, _, _ = box.start(main)
    assert box.finish(process).code == 12
    assert cleaned == ["finally"]
    with pytest.raises(ProcessExit):
        raise ProcessExit(Status())
