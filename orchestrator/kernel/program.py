"""Programs written in Python: the shell, tools, subshells, a host's own functions.

Above: sandbox, shell, tools. Below: system, process, wait. Such a program is plain synchronous code
that is given a `System` and returns its exit status.
"""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

from orchestrator.kernel.process import Status
from orchestrator.kernel.signal import Signal
from orchestrator.kernel.system import System
from orchestrator.kernel.wait import ProcessExec, ProcessExit
from vfs.errors import text

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.kernel.kernel import Kernel
    from orchestrator.kernel.process import Process

EX_SOFTWARE = 70
"""Exit status of a Python program that failed by a bug of ours (sysexits.h)."""


class PythonProgram:
    """The image of a process whose program is `main`.

    `main` returns the exit status. It may leave by ProcessExit; an OSError that escapes becomes
    `name: text` and status 1 (EPIPE: a death by SIGPIPE); anything else is our bug: one line,
    status 70, and the traceback in `kernel.faults`.
    """

    __slots__ = ("main",)

    def __init__(self, main: Callable[[System], int | None]) -> None:
        self.main = main

    def start(self, kernel: Kernel, process: Process) -> None:
        """As `Program.start`."""
        kernel.driver.start(process, lambda: _body(kernel, process))


def _body(kernel: Kernel, process: Process) -> None:
    """What runs on the stack the driver gives: the program, and every way it may end. Never
    raises.
    """
    try:
        status = _run(kernel, process)
    except ProcessExec:
        _start_image(kernel, process)
        return
    except BaseException as error:  # reporting must not take the scheduler's stack down
        kernel.faults.append("".join(traceback.format_exception(error)))
        status = Status.exited(EX_SOFTWARE)
    kernel.exit(process, status)


def _run(kernel: Kernel, process: Process) -> Status:
    system = System(kernel, process)
    try:
        process.check_fatal()  # killed before it ever ran
        assert isinstance(process.image, PythonProgram)
        code = process.image.main(system)
        system.flush()
        return Status.exited(code or 0)
    except ProcessExit as exit:
        return exit.status
    except ProcessExec:
        raise
    except BrokenPipeError:
        return Status.killed(Signal.PIPE)
    except OSError as error:
        about = f"{error.filename}: " if error.filename else ""
        return _fail(system, f"{process.name}: {about}{text(error)}\n", 1)
    except BaseException as error:
        kernel.faults.append("".join(traceback.format_exception(error)))
        line = f"{process.name}: internal error: {type(error).__name__}: {error}"
        return _fail(system, line.replace("\n", " ")[:200] + "\n", EX_SOFTWARE)


def _fail(system: System, line: str, code: int) -> Status:
    """Say one line on standard error, if that is possible, and end with `code`."""
    try:
        system.flush()
        system.write(2, line.encode("utf-8", "surrogateescape"))
    except ProcessExit as exit:
        return exit.status
    except OSError:
        pass  # nowhere to say it: the status has to do
    return Status.exited(code)


def _start_image(kernel: Kernel, process: Process) -> None:
    """Second half of exec: the new image gets a stack of its own; the old one, this one, ends when
    we return.
    """
    try:
        assert process.image is not None
        process.image.start(kernel, process)
    except OSError:
        kernel.exit(process, Status.exited(126))
    except BaseException as error:
        kernel.faults.append("".join(traceback.format_exception(error)))
        kernel.exit(process, Status.exited(EX_SOFTWARE))
    else:
        kernel.scheduler.yield_(process)
