"""The programs written in Python that every machine has: the shell and the tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.shell.main import main as shell
from orchestrator.tools.registry import TOOLS

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.kernel.system import System


def programs() -> dict[str, Callable[[System], int]]:
    """By the name they are installed under in /usr/bin."""
    found: dict[str, Callable[[System], int]] = {name: tool.main for name, tool in TOOLS.items()}
    return found | {"bash": shell, "sh": shell}
