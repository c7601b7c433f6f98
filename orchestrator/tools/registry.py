"""Every tool written in Python, by the name it is installed under."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from orchestrator.kernel.system import System


@dataclass(frozen=True, slots=True)
class Tool:
    """A program: what runs, and one line about it."""

    main: Callable[[System], int]
    summary: str


TOOLS: Mapping[str, Tool] = MappingProxyType({})
"""Name to tool."""
