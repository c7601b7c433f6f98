"""Running a program written in Python: from its start to every way it may end.

Above: system, whose `PythonProgram` starts here. Below: process, wait.
"""

from __future__ import annotations

import contextlib
import traceback
from typing import TYPE_CHECKING

from orchestrator.kernel.process import Status
from orchestrator.kernel.wait import ProcessExec, ProcessExit
from vfs.errors import text

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.kernel.kernel import Kernel
    from orchestrator.kernel.process import Process
    from orchestrator.kernel.system import System

    Main = Callable[[System], int | None]

EX_SOFTWARE = 70
"""Exit status of a Python program that failed by a bug of ours (sysexits.h)."""


def body(kernel: Kernel, process: Process, main: Main, system: System) -> None:
    """What runs on the stack the driver gives. Never raises."""
    try:
        status = _run(kernel, process, main, system)
    except ProcessExec:
        _start_image(kernel, process)
        return
    except BaseException:  # reporting failed; the scheduler's stack must not be taken down by that
        kernel.faults.append(traceback.format_exc())
        status = Status.exited(EX_SOFTWARE)
    kernel.exit(process, status)


def _run(kernel: Kernel, process: Process, main: Main, system: System) -> Status:
    try:
        process.check_fatal()  # killed before it ever ran
        code = main(system)
        system.flush()
        return Status.exited(code or 0)
    except ProcessExit as exit:
        return exit.status
    except ProcessExec:
        raise
    except OSError as error:
        about = f"{error.filename}: " if error.filename else ""
        return _fail(system, f"{process.name}: {about}{text(error)}\n", 1)
    except BaseException as error:
        kernel.faults.append(traceback.format_exc())
        line = f"{process.name}: internal error: {type(error).__name__}: {error}"
        return _fail(system, line.replace("\n", " ")[:200] + "\n", EX_SOFTWARE)
    finally:
        system.settle()


def _fail(system: System, line: str, code: int) -> Status:
    """Say one line on standard error, if that is possible, and end with `code`."""
    try:
        with contextlib.suppress(OSError):
            system.flush()
        with contextlib.suppress(OSError):  # nowhere to say it: the status has to do
            system.write(2, line.encode("utf-8", "surrogateescape"))
    except ProcessExit as exit:
        return exit.status
    return Status.exited(code)


def _start_image(kernel: Kernel, process: Process) -> None:
    """Second half of exec: the new image gets a stack of its own; this one ends when we return."""
    try:
        assert process.image is not None
        process.image.start(kernel, process)
    except BaseException as error:
        if not isinstance(error, OSError):
            kernel.faults.append(traceback.format_exc())
        kernel.exit(process, Status.exited(126))
    else:
        kernel.scheduler.yield_(process)
