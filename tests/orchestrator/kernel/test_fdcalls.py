from __future__ import annotations

import pytest

from orchestrator.kernel.signal import Disposition, Signal
from orchestrator.kernel.system import System
from tests.orchestrator.kernel.box import Box, fails


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
