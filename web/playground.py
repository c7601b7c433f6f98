"""The page's Python: one machine, one terminal, and a shell on it that can be started again.

Above: `web/src/worker/session.js`. Below: `orchestrator.sandbox`, `orchestrator.platform.browser`. Bytes and a window
size come in, bytes go out; everything that enters goes through `scheduler.post`.
"""

from __future__ import annotations

import ast
import gc
import importlib
import inspect
import json
import pkgutil
import random
from typing import TYPE_CHECKING, Any, Protocol

from orchestrator.kernel.outlet import Outlet
from orchestrator.kernel.tty import Tty, WindowSize
from orchestrator.platform.browser.host import BrowserPlatform
from orchestrator.sandbox.machine import Machine
from orchestrator.sandbox.toolset import Toolset
from orchestrator.wasi import fast
from orchestrator.wasi.calls import CALLS
from vfs.inode import OpenFlags

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType

    from orchestrator.kernel.process import Process, Status
    from orchestrator.platform.browser.glue import Glue

ENTER = b"\r"
LOGIN_SHELL = "-bash"
# Bytes on their way to the screen: enough for its pace, little enough that Ctrl-C shows at once behind a flood.
WINDOW = 64 << 10
TERMINAL = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
_FOR_TESTS = ("orchestrator.wasi.table", "vfs.contract")


class Page(Protocol):
    """`web/src/worker/session.js`."""

    def output(self, data: bytes) -> None:
        """Show bytes on the terminal."""

    def read(self, key: str) -> Any:
        """The bytes of a bundled module, as a JavaScript buffer."""

    def another(self) -> Glue:
        """Glue for one more machine in the same worker."""


class Terminal:
    """A terminal in the page.

    Attributes:
        machine: what it is a terminal of.
        is_open: whether a shell runs on it.
    """

    def __init__(self, machine: Machine, page: Page, rows: int, columns: int) -> None:
        self.machine = machine
        self.is_open = False
        self._shell: Process | None = None
        self._page = page
        self._post = machine.kernel.scheduler.post
        self._outlet = Outlet(page.output, WINDOW)
        self._tty = Tty(machine.kernel, self._outlet, WindowSize(rows, columns))
        self._post(self._open)

    def input(self, data: Any) -> None:
        """Keys, as a JavaScript buffer."""
        keys = data.to_bytes()
        self._post(lambda: self._typed(keys))

    def resize(self, rows: int, columns: int) -> None:
        """The window has another size."""
        self._post(lambda: self._tty.resize(rows, columns))

    def shown(self, size: int) -> None:
        """So many bytes of output have reached the screen."""
        self._post(lambda: self._outlet.acknowledge(size))

    def foreground(self) -> str:
        """The name of the program that has the terminal; nothing when it is the shell."""
        group = self._tty.foreground
        if self._shell is None or group == self._shell.pgid:
            return ""
        members = [one for one in self.machine.kernel.alive() if one.pgid == group]
        return min(members, key=lambda one: one.pid).name if members else ""

    async def evaluate(self, code: str) -> str:
        """Run Python beside the machine, for tests: `await` works, the last expression is the answer, as JSON."""
        names: dict[str, Any] = {"terminal": self, "machine": self.machine, "page": self._page}
        module = ast.parse(code)
        last = module.body.pop() if module.body and isinstance(module.body[-1], ast.Expr) else None
        await _run(compile(module, "<evaluate>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), names)
        if last is None:
            return "null"
        expression = ast.Expression(last.value)  # type: ignore[attr-defined]
        return json.dumps(
            await _run(
                compile(expression, "<evaluate>", "eval", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), names
            )
        )

    # --- between two processes ---

    def _typed(self, keys: bytes) -> None:
        if self.is_open:
            self._tty.input(keys)
        elif ENTER in keys:
            self._outlet.force(b"\r\n")
            self._open()

    def _open(self) -> None:
        flags = OpenFlags.READ | OpenFlags.WRITE
        stdio = self._tty.open(flags), self._tty.open(flags), self._tty.open(flags)
        try:
            self._shell = self.machine.start(
                [LOGIN_SHELL], stdio=stdio, env=TERMINAL, tty=self._tty, on_exit=self._closed
            )
        except OSError as error:
            self._outlet.force(f"the shell could not be started: {error}\r\n".encode())
            return
        self.is_open = True

    def _closed(self, status: Status) -> None:
        self.is_open = False
        line = (
            f"\r\n[the shell ended with status {status.exit_code}; press Enter for a new one]\r\n"
        )
        self._outlet.force(line.encode())


async def _run(code: CodeType, names: dict[str, Any]) -> Any:
    result = eval(code, names)
    return await result if code.co_flags & inspect.CO_COROUTINE else result


def open_terminal(glue: Glue, page: Page, index: str, rows: int, columns: int) -> Terminal:
    """Make a machine with the tools of `index` (JSON) and open a terminal of it in the page."""
    random.seed()  # a memory snapshot repeats itself
    machine = Machine(make_platform(glue), _toolset(json.loads(index), page))
    return Terminal(machine, page, rows, columns)


def make_platform(glue: Glue) -> BrowserPlatform:
    """The platform of one machine in this worker."""
    from pyodide.ffi import run_sync  # only the page has it

    return BrowserPlatform(glue, run_sync, fast, tuple(CALLS))


def _toolset(index: dict[str, Any], page: Page) -> Toolset:
    keys = {entry["file"]: entry["sha256"] for entry in index["modules"]}

    def loader(file: str) -> Callable[[], bytes]:
        return lambda: bytes(page.read(keys[file]).to_bytes())

    return Toolset.from_index(index, loader)


def warm() -> None:
    """Import everything the page may need, so that a memory snapshot holds it and no garbage."""
    for package in ("orchestrator", "vfs"):
        root = importlib.import_module(package)
        for module in pkgutil.walk_packages(root.__path__, f"{package}."):
            if not module.name.startswith(
                ("orchestrator.platform.native", "orchestrator.platform.fake", *_FOR_TESTS)
            ):
                importlib.import_module(module.name)
    gc.collect()
