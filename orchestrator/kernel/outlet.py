"""Bytes on their way out of the sandbox: how many may be in flight before a writer has to wait.

Above: tty, host. Below: wait. Whoever consumes them (a page's terminal, a pipe of the host, a
collector) says when it has taken them; from another thread or a callback of the page it says so
through `scheduler.post`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.kernel.wait import Waitable

if TYPE_CHECKING:
    from collections.abc import Callable

WINDOW = 256 * 1024
PACE = 64 * 1024


class Outlet:
    """A bounded way out.

    Args:
        deliver: takes each chunk at once and must not block; it is called by whoever holds the
            baton.
        window: bytes that may be delivered and not yet acknowledged; None for a consumer that is
            done with a chunk when `deliver` returns.
    """

    __slots__ = ("_deliver", "in_flight", "is_closed", "window", "writable")

    def __init__(self, deliver: Callable[[bytes], None], window: int | None = WINDOW) -> None:
        self._deliver = deliver
        self.window = window
        self.in_flight = 0
        self.is_closed = False
        self.writable = Waitable()

    def room(self) -> int:
        """Bytes `send` would take now."""
        return 1 << 30 if self.window is None else max(0, self.window - self.in_flight)

    def send(self, data: bytes) -> int:
        """Deliver as much of `data` as there is room for; returns how much that was, 0 when
        full.
        """
        room = self.room()
        if len(data) > room:
            data = data[:room]
        if data:
            self._count(data)
        return len(data)

    def force(self, data: bytes) -> None:
        """Deliver all of `data`, room or not: echo, which must not be lost and is bounded by
        typing.
        """
        if data and not self.is_closed:
            self._count(data)

    def _count(self, data: bytes) -> None:
        if self.window is not None:
            self.in_flight += len(data)
        self._deliver(data)

    def acknowledge(self, size: int) -> None:
        """The consumer has taken `size` more bytes."""
        self.in_flight = max(0, self.in_flight - size)
        if self.window is None or self.in_flight <= self.window // 2:
            self.writable.fire()

    @classmethod
    def paced(
        cls,
        deliver: Callable[[bytes], None],
        post: Callable[[Callable[[], None]], None],
        window: int = PACE,
    ) -> Outlet:
        """A way out to a consumer that takes its time before it returns: a host's terminal or file.

        Writing costs a guest next to no fuel, so `yes` would fill its slice for a minute, and nobody
        would look at the keyboard. So after `window` bytes the writer gives up its turn: `post` (the
        scheduler's) acknowledges them, and with them everything else that was posted is done.
        """

        def deliver_and_acknowledge(data: bytes) -> None:
            deliver(data)
            post(lambda: outlet.acknowledge(len(data)))

        outlet = cls(deliver_and_acknowledge, window)
        return outlet

    def close(self) -> None:
        """The consumer is gone: writers get EPIPE from now on."""
        self.is_closed = True
        self.writable.fire()
