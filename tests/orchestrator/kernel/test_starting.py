from __future__ import annotations

import pytest

from orchestrator.kernel.binfmt import ExecRequest, Program
from orchestrator.kernel.fdtable import FdTable
from orchestrator.kernel.kernel import Kernel
from orchestrator.kernel.limits import Limits
from orchestrator.kernel.process import INIT_PID, Process, Status
from orchestrator.kernel.signal import Disposition, Signal
from orchestrator.kernel.system import PythonProgram, System
from orchestrator.kernel.wait import ProcessExec
from tests.orchestrator.kernel.box import Box, fails
from vfs.access import Credentials


def test_a_child_inherits_copies(box: Box) -> None:
    def main(system: System) -> None:
        system.mkdir("/tmp/here")
        system.chdir("/tmp/here")
        system.umask(0o077)
        system.env["SET"] = "parent"

        def child(child: System) -> int:
            assert child.getcwd() == "/tmp/here"
            assert child.umask() == 0o077
            assert (child.env["SET"], child.ppid) == ("parent", system.pid)
            child.env["SET"] = "child"
            child.chdir("/")
            child.umask(0)
            return 0

        assert system.waitpid(system.subprogram(child).pid)[1].code == 0
        assert system.getcwd() == "/tmp/here"
        assert (system.umask(), system.env["SET"]) == (0o077, "parent")

    box.call(main)


def test_descriptors_pass_on_as_fork_or_as_exec(box: Box) -> None:
    def main(system: System) -> None:
        kept, private = system.open("/dev/null"), system.open("/dev/null")
        system.set_cloexec(private)
        seen: list[list[int]] = []

        def child(child: System) -> None:
            seen.append(list(child.process.fds))

        system.subprogram(child)
        program = PythonProgram(child)
        system.kernel.spawn_program(system.process, program, ["child"])
        system.waitpid()
        system.waitpid()
        assert (kept, private) == (0, 3)
        assert seen == [[0, 1, 2, 3], [0, 1, 2]]

    box.call(main)


def test_the_hosts_processes_stand_alone(box: Box) -> None:
    def main(system: System) -> None:
        assert (system.ppid, system.getpgid(), system.getsid()) == (
            INIT_PID,
            system.pid,
            system.pid,
        )
        assert system.getcwd() == "/"

    box.call(main)


def test_too_many_processes(box: Box) -> None:
    box = Box(processes=4)

    def main(system: System) -> None:
        children = [system.subprogram(lambda child: child.pause()) for _ in range(3)]
        with fails("EAGAIN"):
            system.subprogram(lambda child: 0)
        system.kill(children[0].pid, Signal.KILL)
        system.yield_now()
        with fails("EAGAIN"):  # a zombie counts
            system.subprogram(lambda child: 0)
        system.waitpid(children[0].pid)
        system.subprogram(lambda child: 0)

    box.call(main)


def test_arguments_are_limited() -> None:
    box = Box(arguments=100)

    def main(system: System) -> None:
        program = PythonProgram(lambda child: 0)
        system.spawn_program(program, ["x" * 93], env={"A": "b"})  # 93+1 + 3+1 = 98
        system.spawn_program(program, ["x" * 95], env={"A": "b"})
        with fails("E2BIG"):
            system.spawn_program(program, ["x" * 96], env={"A": "b"})
        with fails("E2BIG"):
            system.spawn_program(program, ["é" * 50], env={})
        with fails("E2BIG"):
            system.spawn_program(program, [""] * 101, env={})
        with fails("EINVAL"):
            system.spawn_program(program, ["a\0b"], env={})

    box.call(main)


def test_groups_at_birth(box: Box) -> None:
    bystander, _, _ = box.start(lambda system: system.pause())

    def main(system: System) -> None:
        first = system.subprogram(lambda child: child.pause(), pgid=0)
        second = system.subprogram(lambda child: child.pause(), pgid=first.pid)
        assert (first.pgid, second.pgid) == (first.pid, first.pid)
        for pgid in (bystander.pid, 9999):
            with fails("EPERM"):
                system.subprogram(lambda child: 0, pgid=pgid)
        own = system.kernel.spawn_program(
            system.process, PythonProgram(lambda child: 0), ["x"], new_session=True
        )
        assert (own.sid, own.pgid) == (own.pid, own.pid)

    box.call(main)


def test_dispositions_at_birth(box: Box) -> None:
    def main(system: System) -> None:
        system.set_signal(Signal.INT, Disposition.IGNORE)
        child = system.subprogram(
            lambda child: child.pause(),
            signals={Signal.INT: Disposition.DEFAULT, Signal.QUIT: Disposition.IGNORE},
        )
        assert child.signals.disposition(Signal.INT) is Disposition.DEFAULT
        assert child.signals.disposition(Signal.QUIT) is Disposition.IGNORE

    box.call(main)


class Broken:
    """A program that cannot be started."""

    def start(self, kernel: Kernel, process: Process) -> None:
        raise OSError(12, "no")


def test_a_program_that_cannot_start_was_never_there(box: Box) -> None:
    def main(system: System) -> None:
        references = system.file(1).references
        with pytest.raises(OSError, match="no"):
            system.spawn_program(Broken())
        assert system.file(1).references == references
        assert len(system.kernel.processes) == 1
        with fails("ECHILD"):
            system.waitpid()

    box.call(main)


def test_pids_go_round_and_skip_what_is_taken(box: Box) -> None:
    def main(system: System) -> None:
        kernel = system.kernel
        leader = system.subprogram(lambda child: child.exit(), pgid=0)
        member = system.subprogram(lambda child: child.pause(), pgid=leader.pid)
        system.waitpid(leader.pid)
        kernel.last_pid = 32766
        fresh = [system.subprogram(lambda child: child.pause()).pid for _ in range(3)]
        assert fresh[0] == 32767
        assert len({*fresh, member.pid, leader.pid, system.pid}) == 6  # the group's name is taken

    box.call(main)


class ToolBinfmt:
    """`tool`: says its name and arguments."""

    name = "tool"

    def load(self, kernel: Kernel, head: bytes, request: ExecRequest) -> Program | None:
        def main(system: System) -> int:
            assert system.take_signals() == []
            line = f"{system.pid} {system.argv} {sorted(system.env)} {list(system.process.fds)}"
            system.stdout.write(line)
            return 42

        return PythonProgram(main) if head == b"\0tool" else None


def test_exec_replaces_the_image(box: Box) -> None:
    box.kernel.binfmts.register(ToolBinfmt())
    box.files.write("/bin/tool", b"\0tool")

    def main(system: System) -> int:
        system.chmod("/bin/tool", 0o755)
        system.set_cloexec(system.open("/dev/null"))
        system.set_signal(Signal.USR1, Disposition.CATCH)
        system.set_signal(Signal.USR2, Disposition.IGNORE)
        with fails("ENOENT"):
            system.exec("/bin/missing", ["x"])
        try:
            system.exec("/bin/tool", ["name", "arg"], {"ONLY": "this"})
        except ProcessExec:
            raise
        return 1

    process, out, _ = box.start(main)
    bystander, _, _ = box.start(lambda system: system.yield_now())
    assert box.finish(process) == Status(code=42), box.kernel.faults
    assert out.value().decode() == f"{process.pid} ('name', 'arg') ['ONLY'] [1, 2]"
    assert process.exe == "/bin/tool"
    box.finish(bystander)


def test_killed_between_exec_and_the_new_image(box: Box) -> None:
    box.kernel.binfmts.register(ToolBinfmt())
    box.files.write("/bin/tool", b"\0tool")

    def main(system: System) -> None:
        system.chmod("/bin/tool", 0o755)
        system.subprogram(lambda child: child.kill(child.ppid, Signal.KILL))
        system.exec("/bin/tool", ["x"])

    process, out, _ = box.start(main)
    assert box.finish(process).signal is Signal.KILL
    assert out.value() == b""


def test_options_of_the_host(box: Box) -> None:
    limits = Limits(fds=7)
    cred = Credentials(uid=5, gid=6, umask=0o002)
    where = box.namespace.enter(box.namespace.root, "/tmp", cred)

    def main(system: System) -> None:
        assert system.getcwd() == "/tmp"
        assert (system.cred, system.process.limits) == (cred, limits)
        assert system.env == {"A": "b"}
        child = system.subprogram(lambda child: 0)
        assert (child.cred, child.limits, child.budget) == (cred, limits, system.process.budget)

    box.call(main, cwd=where, cred=cred, limits=limits, env={"A": "b"}, fds=FdTable(limits.fds))
