from __future__ import annotations

from orchestrator.kernel.limits import MIB, Budget, Limits
from orchestrator.kernel.process import Process, Status
from orchestrator.kernel.signal import Disposition, Signal
from orchestrator.kernel.system import STEP_SLICE, System
from tests.orchestrator.kernel.box import Box, fails


def test_steps_are_counted_and_limited(box: Box) -> None:
    def main(system: System) -> None:
        while True:
            system.step()

    budget = Budget(step_limit=5 * STEP_SLICE)
    process, _, _ = box.start(main, budget=budget)
    status = box.finish(process)
    assert (status.signal, status.reason) == (Signal.XCPU, "out of fuel")
    assert process.usage.steps == budget.steps == 6 * STEP_SLICE


def test_a_budget_is_shared_and_all_who_share_it_end_with_it(box: Box) -> None:
    seen: list[Status] = []

    def burn(system: System) -> None:
        system.set_signal(Signal.XCPU, Disposition.IGNORE)  # to no avail
        system.kernel.charge_fuel(system.process, 400)
        system.process.check_fatal()

    def main(system: System) -> None:
        sleeper = system.subprogram(lambda child: child.pause())
        stopped = system.subprogram(lambda child: child.kill(child.pid, Signal.STOP))
        others.extend((sleeper, stopped))
        while True:
            seen.append(system.waitpid(system.subprogram(burn).pid)[1])

    others: list[Process] = []
    bystander, _, _ = box.start(lambda system: system.pause())
    process, _, _ = box.start(main, budget=Budget(fuel_limit=1000))
    box.finish(process)
    box.run(lambda: len(box.kernel.processes) == 1)
    assert seen == [Status(), Status()]
    spent = Status(signal=Signal.XCPU, reason="out of fuel")
    assert [one.status for one in (process, *others)] == [spent] * 3
    assert bystander.is_alive


def test_a_budget_remembers_what_its_processes_used(box: Box) -> None:
    def main(system: System) -> None:
        for size in (3, 1):
            child = system.subprogram(lambda child: 0)
            system.kernel.charge_memory(child, size * MIB)
            child.usage.syscalls = 5
            system.waitpid()

    budget = Budget()
    box.call(main, budget=budget)
    assert (budget.syscalls, budget.peak_memory) == (10, 3 * MIB)


def test_memory_is_limited_per_process_and_in_all() -> None:
    box = Box(memory=10 * MIB, total_memory=15 * MIB)

    def main(system: System) -> None:
        kernel, process = system.kernel, system.process
        kernel.charge_memory(process, 10 * MIB)
        with fails("ENOMEM"):
            kernel.charge_memory(process, 1)

        def child(child: System) -> None:
            kernel.charge_memory(child.process, 5 * MIB)
            with fails("ENOMEM"):
                kernel.charge_memory(child.process, 1)
            kernel.charge_memory(child.process, -MIB)
            kernel.charge_memory(child.process, MIB)

        system.waitpid(system.subprogram(child).pid)
        assert kernel.memory == 10 * MIB
        assert process.usage.peak_memory == 10 * MIB

    box.call(main)
    assert box.kernel.memory == 0


def test_defaults_are_stated() -> None:
    limits = Limits()
    assert (limits.processes, limits.fds, limits.arguments) == (256, 1024, 2 * MIB)
    assert not Budget().is_spent()
