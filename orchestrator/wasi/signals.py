"""Signals a guest catches, and its alarm clock: the extension's `signal_` calls.

Above: calls. Below: guest, kernel.signal, kernel.alarm. Nothing can run in a guest that did not ask
for it, so a caught signal is only noted: a call that waits ends with EINTR, a word in the guest's
memory says that there is one, and the guest takes it when it likes.
"""

from __future__ import annotations

from types import MappingProxyType

from orchestrator.kernel.alarm import alarm_of
from orchestrator.kernel.signal import UNCATCHABLE, Disposition, Signal
from orchestrator.wasi.abi import MASK32, MASK64
from orchestrator.wasi.guest import Guest
from vfs.errors import fail

ASK = MASK32
"""Passed as -1: only tell."""
LONGEST = 1 << 62
"""Nanoseconds an alarm can be away, some 146 years; what is further counts as this."""
_DISPOSITIONS = (Disposition.DEFAULT, Disposition.IGNORE, Disposition.CATCH)
_NUMBERS = MappingProxyType({item: number for number, item in enumerate(_DISPOSITIONS)})


def signal_set(guest: Guest, signal: int, disposition: int, former: int) -> None:
    """Say what happens when a signal of Linux's number arrives, and write what happened before: 0
    its default action, 1 nothing, 2 it is kept for `signal_take`; -1 only asks.

    Raises:
        OSError: EINVAL for an unknown signal or disposition, and for KILL and STOP unless it only
            asks, EFAULT if the result lies outside the memory.

    pagebox 1, signal_set; POSIX sigaction.
    """
    guest.memory.check(former, 4)
    if signal not in Signal.__members__.values():
        fail("EINVAL")
    name, signals = Signal(signal), guest.process.signals
    disposition &= MASK32
    before = signals.disposition(name)
    if disposition != ASK:
        if disposition >= len(_DISPOSITIONS) or name in UNCATCHABLE:
            fail("EINVAL")
        signals.set(name, _DISPOSITIONS[disposition])
    guest.memory.store_u32(former, _NUMBERS[before])
    guest.show_signals()


def signal_take(guest: Guest, result: int) -> None:
    """Write the number of the caught signal that arrived first, which is pending no more, or 0.

    Raises:
        OSError: EFAULT if the result lies outside the memory.

    pagebox 1, signal_take; like POSIX sigwait, but never waits.
    """
    guest.memory.check(result, 4)
    guest.memory.store_u32(result, guest.process.signals.take_one() or 0)
    guest.show_signals()


def signal_flag(guest: Guest, word: int) -> None:
    """Keep the 32-bit integer at `word` at 1 while a caught signal is pending, and at 0 otherwise;
    address 0 ends that.

    It is brought up to date at the end of each call and of each slice of fuel.

    Raises:
        OSError: EFAULT if the integer lies outside the memory.

    pagebox 1, signal_flag.
    """
    guest.memory.check(word, 4)
    guest.signal_word = word
    guest.show_signals()


def signal_timer(guest: Guest, after: int, interval: int, left: int) -> None:
    """Send SIGALRM in `after` nanoseconds, and then every `interval` unless that is 0; write what
    was left of the timer before. `after` 0 cancels it.

    Deviation: an interval is a millisecond at least.

    Raises:
        OSError: EFAULT if the result lies outside the memory.

    pagebox 1, signal_timer; POSIX setitimer with ITIMER_REAL.
    """
    guest.memory.check(left, 8)
    alarm = alarm_of(guest.kernel, guest.process)
    before = alarm.left()
    alarm.set(min(after & MASK64, LONGEST), min(interval & MASK64, LONGEST))
    guest.memory.store_u64(left, before)
