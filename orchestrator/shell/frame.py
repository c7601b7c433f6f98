"""Call frames: what a function call or a sourced script puts on the shell's stack, and functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.shell.expand.variable import Variable
    from orchestrator.shell.options import ShellOptions
    from orchestrator.shell.shell import Shell
    from orchestrator.shell.syntax.nodes import FunctionDef

    Run = Callable[[Shell], int]


@dataclass(slots=True, eq=False)
class Function:
    """A shell function. `source` is the script that defined it, for messages and BASH_SOURCE."""

    name: str
    node: FunctionDef
    run: Run
    source: str
    exported: bool = False
    readonly: bool = False
    traced: bool = False


class Frame:
    """One call in progress.

    `shadowed` holds what each local name meant outside; None until the first `local`.
    `arguments` are those of the call, kept for BASH_ARGV only (`shopt -s extdebug`).
    `line` is the line of the call. `function` is None for a sourced script.
    """

    __slots__ = (
        "arguments",
        "function",
        "line",
        "name",
        "options",
        "positional",
        "shadowed",
        "source",
    )

    def __init__(
        self,
        name: str,
        source: str,
        line: int,
        positional: list[str],
        function: Function | None = None,
    ) -> None:
        self.name = name
        self.source = source
        self.line = line
        self.positional = positional
        self.function = function
        self.shadowed: dict[str, Variable | None] | None = None
        self.options: ShellOptions | None = None
        self.arguments: list[str] = []

    def copy(self) -> Frame:
        """Return a copy for a subshell, whose locals come and go without its parent."""
        other = Frame(self.name, self.source, self.line, self.positional, self.function)
        if self.shadowed is not None:
            other.shadowed = self.shadowed.copy()
        other.options = self.options
        return other
