"""What the JavaScript side does for this one, as a protocol: it moves bytes and promises, and decides nothing.

Above: driver, engine, memory. The other side is `web/src/worker/glue.js`; a number names a stack, 0 none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

NOBODY = 0
"""No stack: every process sleeps."""
PARKED = -1000
"""A call that answers `PARKED - n` has parked its stack; stack `n` (or nobody) runs next."""
LEAVE = -999
"""A call that answers this unwinds its guest."""


class Glue(Protocol):
    """The object handed to `BrowserPlatform`."""

    # --- stacks ---

    def program(self, number: int, body: Callable[[], int]) -> None:
        """Make a stack for a Python program; `body` answers with the stack that runs after it."""

    def guest(self, number: int, address: int, key: str) -> None:
        """Make a stack for a guest of module `key`; `address` is `id()` of its Python object."""

    def hand(self, number: int, following: int) -> Awaitable[None]:
        """Park Python program `number`, let stack `following` run; resolved when `number` has the baton again."""

    def turn(self, number: int) -> Awaitable[None]:
        """Park Python program `number` for one turn of the page's event loop; it keeps the baton."""

    def due(self) -> bool:
        """Whether the page's events have waited long enough for a turn."""

    def sleep(self, milliseconds: float) -> None:
        """Everybody sleeps: ask `pick` again after so long; negative for not before `wake`."""

    def wake(self) -> None:
        """Ask `pick` soon: something was posted while everybody slept."""

    def unwind(self) -> None:
        """Throw every stack away."""

    # --- modules ---

    def fetch(self, key: str) -> bool:
        """Start to load and compile a bundled module; False if there is none of this key."""

    def compile(self, key: str, data: bytes) -> str:
        """Compile `data` as module `key`; why it could not be, or nothing."""

    # --- wiring ---

    def link(self, wiring: Any) -> int:
        """Take the entries into Python (a dict: see `engine`); answers with the address of the staging bytes."""

    # --- memory of the running guest ---

    def size(self) -> int:
        """Its size in bytes."""

    def peek(self, ptr: int, size: int) -> bool:
        """Copy guest bytes to the staging bytes; False if they are not there."""

    def poke(self, ptr: int, size: int) -> bool:
        """Copy staging bytes into the guest; False if there is no room."""
