"""Wasm programs in the page: what a guest's calls answer, and how it starts and ends.

Above: host. Below: driver, glue, memory, traps. The glue calls the functions listed in `wiring` with the guest's
`GuestStack` first; they never raise. An answer is a result, or says that the guest is parked or has to leave.
"""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Any, Protocol

from orchestrator.errors import InternalError
from orchestrator.kernel.wait import Preempted, Waitable, WouldBlock
from orchestrator.platform.base import STACK_OVERFLOW, Trapped
from orchestrator.platform.browser.glue import LEAVE, PARKED
from orchestrator.platform.browser.memory import RunningMemory, staging_at
from orchestrator.platform.browser.traps import trap_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from orchestrator.kernel.process import Process
    from orchestrator.kernel.sched import Scheduler
    from orchestrator.platform.base import Guest, Source
    from orchestrator.platform.browser.driver import BrowserDriver
    from orchestrator.platform.browser.glue import Glue

MAX_GUESTS = 100
"""A renderer holds 124 wasm memories; beyond this many guests a spawn fails with EAGAIN."""
GO_ON = 0
YIELD = ("pagebox", "yield")


class FastCalls(Protocol):
    """`orchestrator.wasi.fast`: the hot calls without guest memory; a negative answer is an errno of WASI."""

    def fast_write(self, guest: Any, number: int, data: bytes, /) -> int: ...
    def fast_read(self, guest: Any, number: int, size: int, /) -> bytes | int: ...
    def fast_seek(self, guest: Any, number: int, offset: int, whence: int, /) -> int: ...
    def fast_clock(self, guest: Any, ident: int, /) -> int: ...
    def fast_random(self, guest: Any, size: int, /) -> bytes | int: ...


class GuestStack:
    """One guest on its stack.

    Attributes:
        calls: its imports in the order of the engine's `names`.
        ending: why it leaves, once it does.
        was_parked: its present call is a second try, so signals come first.
    """

    __slots__ = ("calls", "ending", "finish", "guest", "number", "process", "source", "was_parked")

    def __init__(
        self,
        number: int,
        source: Source,
        guest: Guest,
        calls: Sequence[Callable[..., int]],
        finish: Callable[[BaseException | None], None],
    ) -> None:
        self.number = number
        self.source = source
        self.guest = guest
        self.process: Process = guest.process
        self.calls = calls
        self.finish = finish
        self.ending: BaseException | None = None
        self.was_parked = False


class Loading:
    """A module on its way: what its guests wait for, and why it failed if it did."""

    __slots__ = ("arrived", "failure", "is_ready")

    def __init__(self) -> None:
        self.arrived = Waitable()
        self.is_ready = False
        self.failure: str | None = None


class BrowserEngine:
    """Implements `platform.base.Engine`."""

    def __init__(
        self,
        driver: BrowserDriver,
        scheduler: Scheduler,
        glue: Glue,
        fast: FastCalls,
        names: Sequence[tuple[str, str]],
    ) -> None:
        """`names`: every import a module may have; a call's place is its number."""
        self._driver = driver
        self._scheduler = scheduler
        self._glue = glue
        self._fast = fast
        self._names = tuple(names)
        self._stacks: dict[int, GuestStack] = {}
        self._modules: dict[str, Loading] = {}
        # The glue calls by address: these must live as long as it does.
        self._entries = {
            name: getattr(self, f"_{name}")
            for name in (
                "begin",
                "attach",
                "call",
                "write",
                "read",
                "clock",
                "random",
                "seek",
                "turned",
            )
        }
        self._memory = RunningMemory(glue, staging_at(glue.link(self._wiring())))

    def _wiring(self) -> dict[str, Any]:
        return {
            "entries": {name: id(entry) for name, entry in self._entries.items()},
            "names": self._names,
            "yields": self._names.index(YIELD),
            "bytes": id(bytes),
            "finish": self._finished,
            "loaded": self._loaded,
            "pick": self._driver.pick,
        }

    def start(
        self,
        source: Source,
        guest: Guest,
        finish: Callable[[BaseException | None], None],
    ) -> None:
        """See `platform.base.Engine`. Raises OSError EAGAIN with `MAX_GUESTS` guests alive."""
        if len(self._stacks) >= MAX_GUESTS:
            raise OSError(errno.EAGAIN, "Resource temporarily unavailable")
        number = self._driver.allot(guest.process)
        calls = guest.calls
        stack = GuestStack(number, source, guest, [calls[name] for name in self._names], finish)
        self._stacks[number] = stack
        self._glue.guest(number, id(stack), source.key)

    # --- modules ---

    def _begin(self, stack: GuestStack) -> int:
        """Go on if the module is there, wait for it if it is on its way."""
        waited, stack.was_parked = stack.was_parked, False
        try:
            stack.process.check_fatal()
            loading = self._modules.get(stack.source.key)
            # A failure is told to those who waited; whoever comes later tries again.
            if loading is None or (loading.failure is not None and not waited):
                loading = self._load(stack.source)
        except BaseException as reason:
            return self._leave(stack, reason)
        if loading.is_ready:
            return GO_ON
        if loading.failure is not None:
            return self._leave(stack, ValueError(loading.failure))
        return self._park(stack, WouldBlock((loading.arrived,)))

    def _load(self, source: Source) -> Loading:
        """A bundled module is fetched meanwhile; any other is compiled at once, so that order stays the same."""
        loading = Loading()
        if not self._glue.fetch(source.key):
            failure = self._glue.compile(source.key, source.load())
            loading.failure, loading.is_ready = failure or None, not failure
        self._modules[source.key] = loading
        return loading

    def _loaded(self, key: str, failure: str) -> None:
        """The glue has compiled a module, or says in words why it could not."""

        def arrive() -> None:
            loading = self._modules[key]
            loading.is_ready = not failure
            loading.failure = failure or None
            loading.arrived.fire()

        self._scheduler.post(arrive)

    def _attach(self, stack: GuestStack) -> int:
        """The instance is there: its memory counts from now on."""
        try:
            stack.guest.attach(self._memory)
        except BaseException as reason:
            return self._leave(stack, reason)
        return GO_ON

    # --- calls ---

    def _call(self, stack: GuestStack, number: int, *values: int) -> int:
        try:
            if stack.was_parked:
                self._try_again(stack)
            return stack.calls[number](*values)
        except BaseException as reason:
            return self._interrupted(stack, reason)

    def _write(self, stack: GuestStack, fd: int, data: bytes) -> int:
        try:
            if stack.was_parked:
                self._try_again(stack)
            return self._fast.fast_write(stack.guest, fd, data)
        except BaseException as reason:
            return self._interrupted(stack, reason)

    def _read(self, stack: GuestStack, fd: int, size: int) -> bytes | int:
        try:
            if stack.was_parked:
                self._try_again(stack)
            return self._fast.fast_read(stack.guest, fd, size)
        except BaseException as reason:
            return self._interrupted(stack, reason)

    # These three never wait, and what they answer is bytes for the guest, or minus an errno.

    def _clock(self, stack: GuestStack, ident: int) -> bytes | int:
        return _as_u64(self._fast.fast_clock(stack.guest, ident))

    def _seek(self, stack: GuestStack, fd: int, offset: int, whence: int) -> bytes | int:
        return _as_u64(self._fast.fast_seek(stack.guest, fd, offset, whence))

    def _random(self, stack: GuestStack, size: int) -> bytes | int:
        data = self._fast.fast_random(stack.guest, size)
        while not isinstance(data, int) and len(data) < size:
            more = self._fast.fast_random(stack.guest, size - len(data))
            data = more if isinstance(more, int) else data + more
        return data

    def _turned(self, stack: GuestStack) -> int:
        """A guest that used up its slice goes on: after the page's turn, or after the others' turns."""
        if not stack.was_parked and self._scheduler.contended():
            return self._yield(stack)
        stack.was_parked = False
        try:
            stack.process.check_fatal()
        except BaseException as reason:
            return self._leave(stack, reason)
        return stack.guest.slice

    def _interrupted(self, stack: GuestStack, reason: BaseException) -> int:
        if isinstance(reason, Preempted):
            return self._turned(stack)
        if isinstance(reason, WouldBlock):
            return self._park(stack, reason)
        return self._leave(stack, reason)

    def _try_again(self, stack: GuestStack) -> None:
        """A fatal signal ends the guest; a caught one ends the call if it would block once more."""
        stack.was_parked = False
        stack.process.check_fatal()

    def _park(self, stack: GuestStack, block: WouldBlock) -> int:
        stack.was_parked = True
        self._scheduler.block(stack.process, block)
        return PARKED - self._driver.next()

    def _yield(self, stack: GuestStack) -> int:
        stack.was_parked = True
        self._scheduler.yield_(stack.process)
        return PARKED - self._driver.next()

    def _leave(self, stack: GuestStack, reason: BaseException) -> int:
        stack.ending = reason
        return LEAVE

    # --- the end ---

    def _finished(self, number: int, kind: str, words: str, fuel: int | None) -> int:
        """A guest has ended; answers with the stack that runs next. `fuel` is None if it never ran."""
        stack = self._stacks.pop(number)
        if fuel is not None:
            stack.guest.settle(fuel)
        self._driver.forget(stack.process, number)
        stack.finish(stack.ending if kind == "left" else _ending(kind, words))
        return self._driver.next()


def _ending(kind: str, words: str) -> BaseException | None:
    match kind:
        case "returned":
            return None
        case "trap":
            return Trapped(trap_words(words))
        case "overflow":
            return Trapped(STACK_OVERFLOW)
        case "memory":
            return OSError(errno.ENOMEM, "Cannot allocate memory")
        case "invalid":
            return ValueError(words)
        case _:
            return InternalError(words)


def _as_u64(answer: int) -> bytes | int:
    return answer if answer < 0 else answer.to_bytes(8, "little")
