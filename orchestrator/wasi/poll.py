"""Waiting for several things at once: `poll_oneoff`.

Above: calls. Below: guest, clock, kernel. The moment a wait began is kept in the call record, so
that a relative timeout means the same however often the call is tried again.
"""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.kernel.file import File
from orchestrator.kernel.wait import Waitable, WouldBlock
from orchestrator.wasi import rights
from orchestrator.wasi.abi import (
    ERRNO,
    EVENT_HANGUP,
    EVENT_SIZE,
    SUBSCRIPTION_ABSTIME,
    SUBSCRIPTION_SIZE,
    Event,
    EventType,
    NotCapable,
    Subscription,
)
from orchestrator.wasi.clock import MONOTONIC, REALTIME
from orchestrator.wasi.guest import Guest
from vfs.errors import fail

SUBSCRIPTIONS_MAX = 2048
"""How many things one call may wait for: two for each descriptor a process can have."""
_CLOCK = EventType.CLOCK.value
_FD_READ = EventType.FD_READ.value
_FD_WRITE = EventType.FD_WRITE.value


@dataclass(frozen=True, slots=True)
class Began:
    """When a wait began, by both clocks, in nanoseconds."""

    monotonic: int
    realtime: int


def poll_oneoff(guest: Guest, subscriptions: int, events: int, count: int, nevents: int) -> None:
    """Wait until one of `count` subscriptions is due; write the events and how many there are.

    What is wrong with one subscription is the `error` of its event, not of the call.

    Raises:
        OSError: EINVAL for no subscription, too many, or an unknown type, EINTR, EFAULT if an array or the
            result lies outside the memory.

    WASI preview1, poll_oneoff; POSIX poll.
    """
    if not 0 < count <= SUBSCRIPTIONS_MAX:
        fail("EINVAL")
    memory = guest.memory
    data = memory.read(subscriptions, count * SUBSCRIPTION_SIZE)
    memory.check(events, count * EVENT_SIZE)
    memory.check(nevents, 4)
    wanted = [Subscription.unpack(data, n * SUBSCRIPTION_SIZE) for n in range(count)]
    if any(item.kind > _FD_WRITE for item in wanted):
        fail("EINVAL")
    found = _poll(guest, wanted)
    memory.write(events, b"".join(event.pack() for event in found))
    memory.store_u32(nevents, len(found))


def _poll(guest: Guest, wanted: list[Subscription]) -> list[Event]:
    """Return the events that are due; at least one. Raises WouldBlock."""
    found: list[Event] = []
    waitables: dict[Waitable, None] = {}
    deadlines: list[int] = []
    began = _began(guest)
    now = guest.clock.monotonic()
    for item in wanted:
        if item.kind == _CLOCK:
            event = _look_at_clock(item, began, now, deadlines)
        else:
            event = _look_at_fd(guest, item, waitables)
        if event is not None:
            found.append(event)
    if not found:
        raise WouldBlock(tuple(waitables), min(deadlines, default=None))
    return found


def _began(guest: Guest) -> Began:
    call = guest.process.begin_call("poll_oneoff")
    if not isinstance(call.intent, Began):
        call.intent = Began(guest.clock.monotonic(), guest.clock.realtime())
    return call.intent


def _look_at_clock(
    item: Subscription, began: Began, now: int, deadlines: list[int]
) -> Event | None:
    if item.ident == MONOTONIC:
        start = began.monotonic
    elif item.ident == REALTIME:
        start = began.realtime
    else:  # the CPU clocks do not run while one waits
        return Event(item.userdata, ERRNO["EINVAL"], _CLOCK)
    is_absolute = item.flags & SUBSCRIPTION_ABSTIME
    remaining = item.timeout - start if is_absolute else item.timeout
    deadline = began.monotonic + max(0, remaining)
    if now >= deadline:
        return Event(item.userdata, 0, _CLOCK)
    deadlines.append(deadline)
    return None


def _look_at_fd(guest: Guest, item: Subscription, waitables: dict[Waitable, None]) -> Event | None:
    try:
        file = guest.require(item.ident, rights.POLL_FD_READWRITE)
    except OSError as error:
        symbol = "ENOTCAPABLE" if isinstance(error, NotCapable) else "EBADF"
        return Event(item.userdata, ERRNO[symbol], item.kind)
    is_read = item.kind == _FD_READ
    if file.readable() if is_read else file.writable():
        return _ready(file, item)
    waitable = file.read_waitable if is_read else file.write_waitable
    if waitable is not None:
        waitables[waitable] = None
    return None


def _ready(file: File, item: Subscription) -> Event:
    available = file.available() if item.kind == _FD_READ else 0
    flags = EVENT_HANGUP if file.is_hung_up() else 0
    return Event(item.userdata, 0, item.kind, max(0, available), flags)
