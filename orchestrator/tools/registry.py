"""Every program written in Python, by the name it is installed under."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from orchestrator.tools import absent, help, ps
from orchestrator.tools.accounts import HOSTNAME, ID, WHOAMI
from orchestrator.tools.chmod import CHMOD
from orchestrator.tools.environment import ENV, WHICH
from orchestrator.tools.running import KILL, SLEEP, TIMEOUT
from orchestrator.tools.screen import CLEAR, STTY
from orchestrator.tools.stat import STAT
from orchestrator.tools.xargs import XARGS

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.kernel.system import System
    from orchestrator.tools.options import Tool


@dataclass(frozen=True, slots=True)
class Entry:
    """A program and, unless it only says that it is not there, one line for `help`."""

    main: Callable[[System], int]
    summary: str = ""


_TOOLS: tuple[Tool, ...] = (
    CHMOD, CLEAR, ENV, HOSTNAME, ID, KILL, SLEEP, STAT, STTY, TIMEOUT, WHICH, WHOAMI, XARGS,
)  # fmt: skip


def _help(system: System) -> int:
    summaries = {name: entry.summary for name, entry in TOOLS.items() if entry.summary}
    return help.show(system, summaries)


TOOLS = MappingProxyType(
    {tool.name: Entry(tool.main, tool.summary) for tool in _TOOLS}
    | {name: Entry(absent.absent(name)) for name in absent.REASONS}
    | {"ps": Entry(ps.main, "Show processes."), "help": Entry(_help, "Show this.")}
)
