from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from orchestrator.kernel.fdtable import FdTable
from orchestrator.kernel.outlet import Outlet
from orchestrator.kernel.process import Process, State, Status
from orchestrator.kernel.reaping import WaitOptions
from orchestrator.kernel.signal import Disposition, Signal
from orchestrator.kernel.system import System
from orchestrator.kernel.termios import Termios, WindowSize
from orchestrator.kernel.tty import Tty
from tests.orchestrator.kernel.box import Box
from vfs.inode import OpenFlags

READ_WRITE = OpenFlags.READ | OpenFlags.WRITE


def session(box: Box, main: Callable[[System], Any], tty: Tty) -> Process:
    """Start `main` as leader of a session on `tty`, its descriptors 0 to 2."""
    fds = FdTable()
    for fd in range(3):
        fds.set(fd, tty.open(READ_WRITE))
    return box.start(main, fds=fds, new_session=True, tty=tty)[0]


def test_a_line_is_read_when_it_is_typed(box: Box) -> None:
    tty, screen = box.tty()
    process = session(box, lambda system: system.write(1, b"got " + system.read(0)), tty)
    box.settle()
    box.kernel.scheduler.post(lambda: tty.input(b"hello\r"))
    assert box.finish(process).code == 0 or process.status
    assert screen.value() == b"hello\r\ngot hello\r\n"


def test_control_c_ends_the_foreground_group(box: Box) -> None:
    tty, screen = box.tty()
    process = session(box, lambda system: system.pause(), tty)
    box.settle()
    tty.input(b"\x03")
    assert box.finish(process).signal is Signal.INT
    assert screen.value() == b"^C"


def test_the_leaders_terminal_and_foreground(box: Box) -> None:
    tty, _ = box.tty()

    def main(system: System) -> int:
        assert system.isatty(0)
        assert system.tcgetpgrp(0) == system.pid == system.getsid()
        assert system.winsize(0) == WindowSize(24, 80)
        assert system.fstat(0).mode & 0o170000 == 0o020000
        fd = system.open("/dev/tty", READ_WRITE)
        assert system.isatty(fd)
        system.write(fd, b"x\n")
        reader, _ = system.pipe()
        with pytest.raises(OSError, match="Inappropriate ioctl"):
            system.tcgetattr(reader)
        assert not system.isatty(reader)
        assert not system.isatty(99)
        return 7

    process = session(box, main, tty)
    assert box.finish(process).code == 7, box.kernel.faults


def job(system: System, main: Callable[[System], Any], *, foreground: bool) -> Process:
    """Start a job as an interactive shell does."""
    child = system.subprogram(
        main, pgid=0, signals=dict.fromkeys((Signal.TTOU, Signal.TSTP), Disposition.DEFAULT)
    )
    if foreground:
        system.tcsetpgrp(0, child.pid)
    return child


def shell_session(box: Box, main: Callable[[System], Any]) -> tuple[Tty, Process, list[Any]]:
    tty, _ = box.tty()
    answers: list[Any] = []

    def shell(system: System) -> None:
        for signal in (Signal.TTOU, Signal.TSTP, Signal.INT):
            system.set_signal(signal, Disposition.IGNORE)
        answers.append(main(system))

    return tty, session(box, shell, tty), answers


def test_keys_go_to_the_job_in_the_foreground(box: Box) -> None:
    def main(system: System) -> list[Status]:
        seen = []
        child = job(system, lambda child: child.pause(), foreground=True)
        seen.append(system.waitpid(child.pid, WaitOptions.UNTRACED)[1])
        system.tcsetpgrp(0, system.pid)
        system.kill(-child.pid, Signal.CONT)
        system.tcsetpgrp(0, child.pid)
        seen.append(system.waitpid(child.pid, WaitOptions.UNTRACED)[1])
        return seen

    tty, process, answers = shell_session(box, main)
    box.settle()
    tty.input(b"\x1a")
    box.settle()
    tty.input(b"\x1c")
    box.finish(process)
    assert answers == [[Status(signal=Signal.TSTP, stopped=True), Status(signal=Signal.QUIT)]]


def test_a_key_for_a_job_that_has_just_ended_reaches_the_shell(box: Box) -> None:
    """As when ^C is to end `while true; do true; done`: it must not fall between two jobs."""

    def main(system: System) -> list[Signal]:
        system.set_signal(Signal.INT, Disposition.CATCH)
        child = job(system, lambda child: 0, foreground=True)
        system.yield_now()
        assert not child.is_alive
        tty.input(b"\x03")
        assert system.waitpid(child.pid)[1] == Status()
        return system.take_signals()

    tty, process, answers = shell_session(box, main)
    box.finish(process)
    assert answers == [[Signal.INT]]


def test_reading_in_the_background_stops_until_brought_forward(box: Box) -> None:
    def main(system: System) -> list[object]:
        lines: list[object] = []
        child = job(system, lambda child: lines.append(child.read(0)), foreground=False)
        lines.append(system.waitpid(child.pid, WaitOptions.UNTRACED)[1].signal)
        system.tcsetpgrp(0, child.pid)
        system.kill(-child.pid, Signal.CONT)
        lines.append(system.waitpid(child.pid)[1].exit_code)
        return lines

    tty, process, answers = shell_session(box, main)
    box.settle()
    tty.input(b"for you\n")
    box.finish(process)
    assert answers == [[Signal.TTIN, b"for you\n", 0]]


def test_reading_in_the_background_where_stopping_is_no_use_fails(box: Box) -> None:
    def main(system: System) -> list[str]:
        errors: list[str] = []

        def ignoring(child: System) -> None:
            child.set_signal(Signal.TTIN, Disposition.IGNORE)
            try_read(child)

        def try_read(child: System) -> None:
            with pytest.raises(OSError, match="Input/output error") as caught:
                child.read(0)
            errors.append(str(caught.value.strerror))

        def orphan(child: System) -> None:
            child.sleep(5)
            try_read(child)

        def orphan_maker(child: System) -> None:
            child.subprogram(orphan)

        job(system, ignoring, foreground=False)
        job(system, orphan_maker, foreground=False)
        system.sleep(10**9)
        return errors

    _, process, answers = shell_session(box, main)
    box.finish(process)
    assert not box.kernel.faults, box.kernel.faults[0]
    assert [len(errors) for errors in answers] == [2]


def test_writing_in_the_background_is_allowed_unless_tostop(box: Box) -> None:
    def main(system: System) -> object:
        child = job(system, lambda child: child.write(1, b"quiet\n"), foreground=False)
        assert system.waitpid(child.pid, WaitOptions.UNTRACED)[1].stopped is False
        system.tcsetattr(0, replace(system.tcgetattr(0), stop_background=True))
        child = job(system, lambda child: child.write(1, b"loud\n"), foreground=False)
        stopped = system.waitpid(child.pid, WaitOptions.UNTRACED)[1]
        system.kill(child.pid, Signal.KILL)
        return stopped.signal

    _, process, answers = shell_session(box, main)
    box.finish(process)
    assert answers == [Signal.TTOU]


def test_settings_from_the_background_stop_too(box: Box) -> None:
    def main(system: System) -> object:
        def change(child: System) -> None:
            child.tcsetattr(0, Termios().raw())

        child = job(system, change, foreground=False)
        stopped = system.waitpid(child.pid, WaitOptions.UNTRACED)[1].signal
        assert system.tcgetattr(0).canonical
        system.tcsetpgrp(0, child.pid)
        system.kill(child.pid, Signal.CONT)
        system.waitpid(child.pid)
        return stopped, system.tcgetattr(0).canonical

    _, process, answers = shell_session(box, main)
    box.finish(process)
    assert answers == [(Signal.TTOU, False)]


def test_who_may_be_in_the_foreground(box: Box) -> None:
    outsider, _, _ = box.start(lambda system: system.pause())

    def main(system: System) -> bool:
        for pgid, message in ((outsider.pid, "not permitted"), (0, "Invalid"), (9999, "not perm")):
            with pytest.raises(OSError, match=message):
                system.tcsetpgrp(0, pgid)
        return True

    _, process, answers = shell_session(box, main)
    box.finish(process)
    assert answers == [True]


def test_resizing_tells_the_foreground_only_when_it_changed(box: Box) -> None:
    def main(system: System) -> object:
        system.set_signal(Signal.WINCH, Disposition.CATCH)
        with pytest.raises(InterruptedError):
            system.pause()
        return system.take_signals(), system.winsize(0)

    tty, process, answers = shell_session(box, main)
    box.settle()
    tty.resize(24, 80)
    box.settle()
    assert process.is_alive
    tty.resize(50, 132)
    box.finish(process)
    assert answers == [([Signal.WINCH], WindowSize(50, 132))]


def test_output_waits_for_a_slow_screen(box: Box) -> None:
    taken: list[bytes] = []
    tty = Tty(box.kernel, Outlet(taken.append, window=1000))
    process = session(box, lambda system: system.write(1, b"x" * 5000), tty)
    box.settle()
    assert sum(map(len, taken)) == 1000
    for number in range(2, 6):
        assert process.state is State.BLOCKED
        tty.outlet.acknowledge(1000)
        box.settle()
        assert len(taken) == number
    assert not process.is_alive
    assert b"".join(taken) == b"x" * 5000


def test_a_full_screen_is_not_writable(box: Box) -> None:
    tty = Tty(box.kernel, Outlet(lambda data: None, window=4))
    file = tty.open(READ_WRITE)
    assert file.writable()
    assert file.write_nowait(b"more than four") == 4
    assert not file.writable()
    tty.outlet.acknowledge(4)
    assert file.writable()
    tty.flow(True)
    assert not file.writable()
    tty.hang_up()
    assert file.writable()  # it fails at once


def test_stop_and_start_keys_hold_output(box: Box) -> None:
    tty, screen = box.tty()

    def main(system: System) -> None:
        system.read(0)
        system.write(1, b"held")

    process = session(box, main, tty)
    box.settle()
    tty.input(b"\n\x13")
    box.settle()
    assert b"held" not in screen.value()
    tty.input(b"\x11")
    box.finish(process)
    assert screen.value() == b"\r\nheld"


def test_raw_output_is_not_processed(box: Box) -> None:
    tty, screen = box.tty()

    def main(system: System) -> None:
        system.write(1, b"a\n")
        system.tcsetattr(0, system.tcgetattr(0).raw())
        system.write(1, b"b\n")

    box.finish(session(box, main, tty))
    assert screen.value() == b"a\r\nb\n"


def test_the_end_of_the_leader_hangs_up_on_the_foreground(box: Box) -> None:
    def main(system: System) -> None:
        child = job(system, lambda child: child.pause(), foreground=True)
        ended.append(child)
        system.yield_now()

    ended: list[Process] = []
    tty, process, _ = shell_session(box, main)
    box.finish(process)
    box.run(lambda: not box.kernel.processes)
    assert ended[0].status == Status(signal=Signal.HUP)
    assert (tty.session, tty.foreground) == (0, 0)
    again = session(box, lambda system: system.tcgetpgrp(0), tty)
    assert box.finish(again).code == again.pid  # free for another session


def test_one_left_behind_does_not_take_the_next_sessions_input(box: Box) -> None:
    taken: list[bytes] = []

    def main(system: System) -> None:
        def left_behind(child: System) -> None:
            taken.append(child.read(0))
            child.write(1, b"late")

        system.subprogram(left_behind, pgid=0, signals={Signal.HUP: Disposition.IGNORE})
        system.tcsetpgrp(0, next(iter(system.process.children)))
        system.yield_now()

    tty, screen = box.tty()
    old = tty.open(READ_WRITE)
    box.finish(session(box, main, tty))
    second = session(box, lambda system: taken.append(system.read(0)), tty)
    box.settle()
    tty.input(b"mine\n")
    box.finish(second)
    assert taken == [b"", b"mine\n"]
    assert old.is_hung_up()
    assert not tty.open(READ_WRITE).is_hung_up()
    assert b"late" in screen.value()


def test_a_terminal_controls_one_session_at_a_time(box: Box) -> None:
    tty, _ = box.tty()
    first = session(box, lambda system: system.pause(), tty)
    second = session(box, lambda system: system.pause(), tty)
    assert (first.tty, second.tty, tty.session) == (tty, None, first.pid)


def test_a_hang_up_ends_reads_and_writes(box: Box) -> None:
    tty, _ = box.tty()

    def main(system: System) -> int:
        system.set_signal(Signal.HUP, Disposition.IGNORE)
        assert system.read(0) == b""
        with pytest.raises(OSError, match="Input/output error"):
            system.write(1, b"x")
        return 3

    process = session(box, main, tty)
    box.settle()
    tty.hang_up()
    assert box.finish(process).code == 3
    careless = session(box, lambda system: system.pause(), Tty(box.kernel, Outlet(print, None)))
    box.settle()
    assert careless.tty is not None
    file = careless.tty.open(READ_WRITE)
    assert not file.is_hung_up()
    careless.tty.hang_up()
    assert file.is_hung_up()
    assert box.finish(careless).signal is Signal.HUP


def test_end_of_file_is_read_once(box: Box) -> None:
    tty, _ = box.tty()

    def main(system: System) -> list[bytes]:
        return [system.read(0), system.read(0)]

    answers: list[Any] = []
    process = session(box, lambda system: answers.append(main(system)), tty)
    box.settle()
    tty.input(b"\x04")
    box.settle()
    tty.input(b"more\n")
    box.finish(process)
    assert answers == [[b"", b"more\n"]]


def test_nonblocking_and_minimum_zero(box: Box) -> None:
    tty, _ = box.tty()

    def main(system: System) -> int:
        fd = system.open("/dev/tty", OpenFlags.READ | OpenFlags.NONBLOCK)
        with pytest.raises(BlockingIOError):
            system.read(fd)
        system.tcsetattr(0, replace(Termios().raw(), minimum=0))
        assert system.read(0) == b""
        assert system.poll([(0, True, True)]) == [(False, True)]
        return 5

    process = session(box, main, tty)
    assert box.finish(process).code == 5, box.kernel.faults


def test_a_read_smaller_than_the_minimum_is_content_with_less(box: Box) -> None:
    tty, _ = box.tty()
    tty.discipline.set(replace(Termios().raw(), minimum=5))
    answers: list[bytes] = []
    process = session(box, lambda system: answers.append(system.read(0, 2)), tty)
    box.settle()
    tty.input(b"abc")
    box.settle()
    tty.input(b"de")
    box.finish(process)
    assert answers == [b"ab"]


def test_no_terminal_no_dev_tty(box: Box) -> None:
    def main(system: System) -> None:
        with pytest.raises(OSError, match="No such device or address"):
            system.open("/dev/tty")

    box.call(main)
