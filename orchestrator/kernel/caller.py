"""How a program written in Python makes a call that may have to wait: try, wait, try again.

Above: the call modules and system. Below: wait, kernel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from orchestrator.kernel.wait import WouldBlock

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.kernel.kernel import Kernel
    from orchestrator.kernel.process import Process
    from vfs.namespace import Namespace

T = TypeVar("T")


class Caller:
    """A process and the kernel it calls. Only that process's own stack may use it.

    Every call that can wait raises EINTR (`InterruptedError`) once for each caught signal that
    arrives while it waits; call it again to go on waiting. It leaves by ProcessExit when a fatal
    signal arrives.
    """

    def __init__(self, kernel: Kernel, process: Process) -> None:
        self.kernel = kernel
        self.process = process
        self.namespace: Namespace = kernel.namespace

    def blocking(self, attempt: Callable[[], T]) -> T:
        """What `attempt`, a kernel call of the `_nowait` kind, returns in the end. Raises: what it
        raises, EINTR.
        """
        process = self.process
        try:
            while True:
                try:
                    return attempt()
                except WouldBlock as block:
                    waited = block
                self.kernel.driver.wait(process, waited)
        finally:
            if process.call is not None:
                process.end_call()

    def uninterrupted(self, attempt: Callable[[], T]) -> T:
        """As `blocking`, but a caught signal only stays pending: for calls that must not end
        half-way.
        """
        while True:
            try:
                return self.blocking(attempt)
            except InterruptedError:
                continue
