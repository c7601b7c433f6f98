"""System calls for programs written in Python, as plain blocking methods.

Above: shell, tools, program. Below: fdcalls, pathcalls, proccalls. A method may hand the baton to
other processes before it returns, so what it is about may have changed; between calls nothing else
runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.kernel import program
from orchestrator.kernel.fdcalls import FdCalls
from orchestrator.kernel.pathcalls import PathCalls
from orchestrator.kernel.proccalls import ProcessCalls
from orchestrator.kernel.text import TextWriter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.kernel.fdtable import FdTable
    from orchestrator.kernel.kernel import Kernel
    from orchestrator.kernel.process import Process
    from orchestrator.kernel.program import Main
    from orchestrator.kernel.signal import Disposition, Signal

STEP_SLICE = 20_000
"""Steps after which a Python program lets others run."""


class System(FdCalls, PathCalls, ProcessCalls):
    """What a Python program may ask of the kernel, on behalf of its own process.

    Attributes:
        stdout, stderr: small text writers on descriptors 1 and 2, for tools. stdout is flushed when
            it holds 8 KiB, by `flush`, and when the program returns; stderr at each write.
    """

    def __init__(self, kernel: Kernel, process: Process) -> None:
        super().__init__(kernel, process)
        self._steps = 0
        self.stdout = TextWriter(self, 1)
        self.stderr = TextWriter(self, 2, buffered=False)

    def step(self, count: int = 1) -> None:
        """Count work done; every STEP_SLICE steps the others run. Loops must call it: it is what
        makes a program killable and fair. May leave by ProcessExit (a fatal signal, or the step
        limit)."""
        self._steps += count
        if self._steps >= STEP_SLICE:
            self._end_slice()

    def _end_slice(self) -> None:
        self.settle()
        self.process.check_fatal()
        # Even when nobody else is ready: in the page the driver lets the keyboard have its turn.
        self.kernel.driver.preempt(self.process)

    def settle(self) -> None:
        """Charge the steps counted so far; done for the program when it ends."""
        steps, self._steps = self._steps, 0
        self.kernel.charge_steps(self.process, steps)

    def yield_now(self) -> None:
        """Let the others run once."""
        self.kernel.driver.preempt(self.process)

    def flush(self) -> None:
        """Write out what `stdout` holds. Raises: as `write`."""
        self.stdout.flush()

    def subprogram(
        self,
        main: Main,
        argv: Sequence[str] | None = None,
        *,
        env: Mapping[str, str] | None = None,
        fds: FdTable | None = None,
        pgid: int | None = None,
        signals: Mapping[Signal, Disposition] | None = None,
    ) -> Process:
        """Start a Python callable as a child: a subshell. It gets a `System` of its own and shares
        what its closure shares, so clone what it may change. Otherwise as `spawn_program`."""
        return self.spawn_program(
            PythonProgram(main), argv, env=env, fds=fds, pgid=pgid, signals=signals
        )


class PythonProgram:
    """The image of a process whose program is `main`, plain synchronous code that returns its
    status.

    It may leave by ProcessExit; an OSError that escapes becomes `name: text` and status 1; anything
    else is our bug: one line, status 70, and the traceback in `kernel.faults`.
    """

    __slots__ = ("main",)

    def __init__(self, main: Main) -> None:
        self.main = main

    def start(self, kernel: Kernel, process: Process) -> None:
        """As `binfmt.Program.start`."""
        system = System(kernel, process)
        kernel.driver.start(process, lambda: program.body(kernel, process, self.main, system))
