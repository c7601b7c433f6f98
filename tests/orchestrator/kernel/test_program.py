from __future__ import annotations

from orchestrator.kernel.process import Status
from orchestrator.kernel.program import EX_SOFTWARE
from orchestrator.kernel.system import System
from tests.orchestrator.kernel.box import Box


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
