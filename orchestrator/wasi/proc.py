"""Ending and signalling oneself: `proc_exit` and `proc_raise`.

Above: calls. Below: guest, kernel.
"""

from __future__ import annotations

from types import MappingProxyType

from orchestrator.kernel.process import Status
from orchestrator.kernel.signal import Signal
from orchestrator.kernel.wait import ProcessExit, WouldBlock
from orchestrator.wasi.abi import SIGNAL_NAMES
from orchestrator.wasi.guest import Guest
from vfs.errors import fail

_LINUX_NAMES = MappingProxyType({"POLL": "IO"})


def proc_exit(guest: Guest, code: int) -> None:
    """End the process with the low eight bits of `code` as its status.

    WASI preview1, proc_exit; POSIX _exit.
    """
    raise ProcessExit(Status.exited(code & 0xFF))


def proc_raise(guest: Guest, signal: int) -> None:
    """Send a signal to the process itself; NONE only asks.

    One that stops the process returns when it goes on.

    Raises:
        OSError: EINVAL for an unknown signal.

    WASI preview1, proc_raise; POSIX raise.
    """
    if not 0 <= signal < len(SIGNAL_NAMES):
        fail("EINVAL")
    process = guest.process
    # A record means that the signal was raised on an earlier try, and that the stop is over.
    if signal == 0 or process.call is not None:
        return
    name = SIGNAL_NAMES[signal]
    guest.kernel.deliver(process, Signal[_LINUX_NAMES.get(name, name)])
    process.check_fatal()
    if process.stopped:
        process.begin_call("proc_raise")
        raise WouldBlock((process.resumed,))
