from __future__ import annotations

from orchestrator.kernel.signal import Signal
from orchestrator.kernel.system import System
from tests.orchestrator.kernel.box import Box
from vfs.inode import OpenFlags


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
