"""Binding: from the table of calls to what an engine gives a module as its imports.

Above: engines. Below: calls, strace. A bound call takes raw integers (i32 and i64, signed or
unsigned; a pointer from 2 GiB on must be unsigned) and returns WASI's errno, or the value of a call
that has one. It raises `WouldBlock` (run it again when woken), `Preempted` (do not) and
`ProcessExit`, nothing else.

The layers are chosen when binding, so that what is off costs nothing. Around each call: the
process's count of system calls, the end of its call record, errno by symbol, and a net for our own
mistakes.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence

from orchestrator.errors import InternalError
from orchestrator.kernel.wait import TurnOver, WouldBlock
from orchestrator.wasi import strace
from orchestrator.wasi.abi import ERRNO, EXTENSION, PREVIEW1, wasi_errno
from orchestrator.wasi.call import Call
from orchestrator.wasi.calls import CALLS
from orchestrator.wasi.guest import Guest

Bound = Callable[..., int]
_EIO = ERRNO["EIO"]
_ENOMEM = ERRNO["ENOMEM"]
_AT_ONCE = frozenset(
    (PREVIEW1, name) for name in ("clock_time_get", "fd_seek", "random_get", "proc_exit")
)
"""Calls that never give up their turn: the page has no way to suspend a guest in the first three."""
_REWRITER_CALLS = ((EXTENSION, "yield"), (EXTENSION, "memory_guard"))
"""Not the program's own calls: they are neither counted nor traced."""


def bind(guest: Guest) -> dict[tuple[str, str], Bound]:
    """Return the imports of `guest` by (module, name), and leave them in `guest.calls`."""
    bound = {key: bind_call(guest, call) for key, call in CALLS.items()}
    guest.calls = bound
    return bound


def bind_call(guest: Guest, call: Call) -> Bound:
    """Return one import of `guest`, with the layers it needs."""
    if (call.module, call.name) in _REWRITER_CALLS:
        return _bind_value(guest, call)
    bound = _bind_value(guest, call) if call.result == "value" else _bind_errno(guest, call)
    if call.result == "value":
        bound = _counted(guest, bound)
    return bound if guest.strace is None else _traced(guest, call, bound, guest.strace)


def _bind_errno(guest: Guest, call: Call) -> Bound:
    function, process, usage = call.function, guest.process, guest.usage
    takes_turns = (call.module, call.name) not in _AT_ONCE

    def run(*args: int) -> int:
        try:
            if takes_turns and usage.syscalls >= guest.next_turn:
                guest.take_turns()
            function(guest, *args)
        except BaseException as error:
            return failed(guest, error)
        usage.syscalls += 1
        if process.call is not None:
            process.end_call()
        if guest.signal_word and process.signals.caught:
            guest.show_signals()
        return 0

    return run


def _bind_value(guest: Guest, call: Call) -> Bound:
    function: Callable[..., int] = call.function

    def run(*args: int) -> int:
        return function(guest, *args)

    return run


def _counted(guest: Guest, bound: Bound) -> Bound:
    def run(*args: int) -> int:
        guest.usage.syscalls += 1
        return bound(*args)

    return run


def _traced(guest: Guest, call: Call, bound: Bound, sink: Callable[[str], None]) -> Bound:
    def run(*args: int) -> int:
        try:
            answer = bound(*args)
        except WouldBlock:
            raise  # not finished: it will be run again, and traced then
        except BaseException:
            sink(strace.line(call, guest.memory, args, None))
            raise
        sink(strace.line(call, guest.memory, args, answer))
        return answer

    return run


def failed(guest: Guest, error: BaseException) -> int:
    """Return the errno for what a call raised, or raise it again if it is no failure.

    A call that would block while a signal is pending does not sleep: it ends with EINTR, or the
    process ends. But a process that is stopped goes nowhere, and one that only gives up its turn has
    not begun to wait.

    Raises:
        WouldBlock, ProcessExit: as they were raised.
    """
    process = guest.process
    if isinstance(error, WouldBlock):
        error = _interruption(guest, error)
        if isinstance(error, WouldBlock):
            raise error
    process.end_call()
    if not isinstance(error, Exception):
        raise error
    guest.usage.syscalls += 1
    if guest.signal_word:
        guest.show_signals()
    if isinstance(error, MemoryError):
        return _ENOMEM
    number = wasi_errno(error) if isinstance(error, OSError) else None
    return _fault(guest, error) if number is None else number


def _interruption(guest: Guest, block: WouldBlock) -> BaseException:
    """Return what a call that would block ends with: a signal's doing, or `block` itself."""
    process = guest.process
    try:
        process.check_fatal()
        if not process.stopped and not isinstance(block, TurnOver):
            process.check_signals()
    except BaseException as interruption:
        return interruption
    return block


def _fault(guest: Guest, error: Exception) -> int:
    """Keep an error that must not happen, for the report, and let the guest see EIO."""
    fault = InternalError(f"a system call failed with {type(error).__name__}: {error}")
    fault.__cause__ = error
    guest.kernel.faults.append("".join(traceback.format_exception(fault)))
    return _EIO


def invoke(guest: Guest, key: tuple[str, str], args: Sequence[int]) -> int:
    """Run one bound call by its name: for glue that keeps one entry instead of one per import."""
    return guest.calls[key](*args)


__all__ = ["Bound", "bind", "bind_call", "failed", "invoke"]
