from __future__ import annotations

import pytest

from orchestrator.kernel.limits import MIB, Budget, Limits
from orchestrator.kernel.process import Status
from orchestrator.kernel.program import EX_SOFTWARE
from orchestrator.kernel.signal import Disposition, Signal
from orchestrator.kernel.system import STEP_SLICE, System
from tests.orchestrator.kernel.box import Box, fails
from vfs.inode import OpenFlags


def test_the_return_value_is_the_status(box: Box) -> None:
    for value, code in ((None, 0), (0, 0), (3, 3), (True, 1)):
        process, _, _ = box.start(lambda system, value=value: value)
        assert box.finish(process) == Status(code=code)


def test_a_bug_is_one_line_a_status_and_a_traceback(box: Box) -> None:
    def main(system: System) -> int:
        system.stdout.write("before ")
        return {}["no\nkey"]

    process, out, err = box.start(main, "/bin/tool")
    assert box.finish(process).code == EX_SOFTWARE
    assert (out.value(), err.value()) == (
        b"before ",
        b"tool: internal error: KeyError: 'no\\nkey'\n",
    )
    assert "main" in box.kernel.faults[0]


def test_a_failure_that_escapes_is_worded(box: Box) -> None:
    process, _, err = box.start(lambda system: system.open("/none"), "/bin/tool")
    assert box.finish(process).code == 1
    assert err.value() == b"tool: /none: No such file or directory\n"
    assert not box.kernel.faults


def test_a_bug_with_standard_error_closed(box: Box) -> None:
    def main(system: System) -> None:
        system.close(2)
        raise RuntimeError

    process, _, _ = box.start(main)
    assert box.finish(process).code == EX_SOFTWARE


def test_even_deep_recursion_is_only_a_fault(box: Box) -> None:
    def main(system: System) -> None:
        main(system)

    process, _, _ = box.start(main)
    assert box.finish(process).code == EX_SOFTWARE
    assert len(box.kernel.faults) == 1


def test_faults_are_bounded(box: Box) -> None:
    for _ in range(50):
        process, _, _ = box.start(lambda system: 1 // 0)
        box.finish(process)
    assert len(box.kernel.faults) == 32


def test_text_writers(box: Box) -> None:
    def main(system: System) -> None:
        print("hello", 1, file=system.stdout)
        assert out.value() == b""
        system.stderr.write("now \udcff")
        assert err.value() == b"now \xff"
        system.stdout.write("x" * 9000)
        assert len(out.value()) == 9008
        system.stdout.write("end")

    process, out, err = box.start(main)
    assert box.finish(process).code == 0
    assert out.value().endswith(b"xend")


def test_flushing_into_a_closed_pipe_is_a_death_by_sigpipe(box: Box) -> None:
    def main(system: System) -> None:
        reader, writer = system.pipe()
        system.dup2(writer, 1)
        system.close(reader)
        system.stdout.write("lost")

    process, _, err = box.start(main)
    assert box.finish(process).signal is Signal.PIPE
    assert err.value() == b""


def test_a_failed_flush_is_reported_once(box: Box) -> None:
    def main(system: System) -> None:
        system.dup2(system.open("/dev/full", OpenFlags.WRITE), 1)
        system.stdout.write("lost")

    process, _, err = box.start(main, "tool")
    assert box.finish(process).code == 1
    assert err.value() == b"tool: No space left on device\n"


def test_a_signal_does_not_cut_a_write_in_two(box: Box) -> None:
    def main(system: System) -> tuple[int, list[Signal]]:
        system.set_signal(Signal.USR1, Disposition.CATCH)
        reader, writer = system.pipe(cloexec=True)

        def slow(child: System) -> int:
            child.close(writer)
            child.kill(system.pid, Signal.USR1)
            child.sleep(10)
            return len(child.read_all(reader)) % 251

        child = system.subprogram(slow)
        system.close(reader)
        system.write(writer, bytes(300_000))
        system.close(writer)
        return system.waitpid(child.pid)[1].code, system.take_signals()

    assert box.call(main) == (300_000 % 251, [Signal.USR1])


def test_a_signal_before_the_first_byte_interrupts(box: Box) -> None:
    def main(system: System) -> None:
        system.set_signal(Signal.USR1, Disposition.CATCH)
        _, writer = system.pipe(cloexec=True)
        system.write(writer, bytes(65536))
        system.subprogram(lambda child: child.kill(system.pid, Signal.USR1))
        with pytest.raises(InterruptedError):
            system.write(writer, b"more")

    box.call(main)


def test_poll(box: Box) -> None:
    def main(system: System) -> None:
        reader, writer = system.pipe()
        both = [(reader, True, False), (writer, False, True)]
        assert system.poll(both) == [(False, False), (False, True)][0:0] or system.poll(both) == [
            (False, False),
            (False, True),
        ]
        before = system.monotonic()
        assert system.poll(both[:1], timeout=500) == [(False, False)]
        assert system.monotonic() == before + 500

        def later(child: System) -> None:
            child.sleep(100)
            child.write(writer, b"x")

        system.subprogram(later)
        assert system.poll(both[:1], timeout=10_000) == [(True, False)]
        assert system.monotonic() == before + 600
        assert system.poll([(system.open("/tmp"), True, True)]) == [(True, True)]
        with fails("EBADF"):
            system.poll([(99, True, False)])

    box.call(main)


def test_steps_are_counted_and_limited(box: Box) -> None:
    def main(system: System) -> None:
        while True:
            system.step()

    budget = Budget(step_limit=5 * STEP_SLICE)
    process, _, _ = box.start(main, budget=budget)
    status = box.finish(process)
    assert (status.signal, status.reason) == (Signal.XCPU, "out of fuel")
    assert process.usage.steps == budget.steps == 6 * STEP_SLICE


def test_a_budget_is_shared_with_children_and_cannot_be_trapped(box: Box) -> None:
    def main(system: System) -> list[Status]:
        def burn(child: System) -> None:
            child.set_signal(Signal.XCPU, Disposition.IGNORE)
            child.kernel.charge_fuel(child.process, 400)
            child.process.check_fatal()

        statuses = []
        for _ in range(3):
            statuses.append(system.waitpid(system.subprogram(burn).pid)[1])
        return statuses

    answers = box.call(main, budget=Budget(fuel_limit=1000))
    assert [status.signal for status in answers] == [None, None, Signal.XCPU]


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


def test_paths(box: Box) -> None:
    def main(system: System) -> None:
        system.chdir("tmp")
        system.mkdir("d", 0o750)
        system.write(system.open("d/f", OpenFlags.WRITE | OpenFlags.CREAT), b"abc")
        system.symlink("d/f", "l")
        system.link("d/f", "h")
        assert system.stat("l").size == 3
        assert system.lstat("l").size == 3
        assert system.readlink("l") == "d/f"
        assert system.realpath("l") == "/tmp/d/f"
        assert system.stat("h").nlink == 2
        system.rename("h", "d/g")
        assert system.listdir("d") == ["f", "g"]
        assert [entry.name for entry in system.scandir()] == ["d", "l"]
        system.truncate("l", 1)
        system.chmod("l", 0o600)
        system.utimens("l", 5, 6)
        facts = system.stat("d/f")
        assert (facts.size, facts.mode & 0o777, facts.atime, facts.mtime) == (1, 0o600, 5, 6)
        system.touch("l")
        assert system.stat("l").mtime == system.realtime()
        system.chown("l", 7, 8)
        assert (system.stat("l").uid, system.stat("l").gid) == (7, 8)
        assert system.access("l", 4)
        assert not system.access("l", 1)
        assert not system.access("nothing")
        assert system.exists("d") > system.exists("nothing")
        for name in ("d/f", "d/g", "l"):
            system.unlink(name)
        system.chdir("d")
        system.rmdir("../d")
        with fails("ENOENT"):
            system.getcwd()
        with fails("ENOENT"):
            system.chdir("/nowhere")

    box.call(main)


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
