"""From nodes to closures: one function per kind of command, in one registry; and the ways back in that state needs.

Every node is compiled once. A closure takes the shell it runs in, so functions are shared with subshells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orchestrator.shell import substitution
from orchestrator.shell.branches import (
    compile_arith_command,
    compile_case,
    compile_conditional,
    compile_if,
)
from orchestrator.shell.coprocess import compile_coproc
from orchestrator.shell.evaluate import run_text
from orchestrator.shell.functions import compile_function
from orchestrator.shell.lists import (
    compile_and_or,
    compile_group,
    compile_list,
    compile_subshell,
)
from orchestrator.shell.loops import (
    compile_for,
    compile_for_arith,
    compile_select,
    compile_while,
)
from orchestrator.shell.needs import Needs, needs_of
from orchestrator.shell.pipeline import compile_pipeline
from orchestrator.shell.redirected import compile_redirected
from orchestrator.shell.simple import compile_simple
from orchestrator.shell.syntax import nodes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from orchestrator.shell.frame import Run
    from orchestrator.shell.shell import Shell

KEPT = 4096
"""Bodies of substitutions kept compiled."""


class Compiler:
    """Compiles commands; keeps what is compiled lazily. Shared by a shell and its subshells."""

    def __init__(self) -> None:
        self._bodies: dict[int, tuple[object, Run]] = {}
        self._needs: dict[int, tuple[object, Needs]] = {}

    def __call__(self, node: Any) -> Run:
        """Return the closure that runs `node` in a shell."""
        return _KINDS[type(node)](node, self)

    def later(self, node: nodes.Command | nodes.CommandList) -> Run:
        """Return a closure that compiles `node` when it is first run."""
        compiled: list[Run] = []

        def run(shell: Shell) -> int:
            if not compiled:
                compiled.append(self(node))
            return compiled[0](shell)

        return run

    def body(self, node: nodes.CommandList) -> Run:
        """Return the closure of a substitution's body, compiled at its first use."""
        entry = self._bodies.get(id(node))
        if entry is None:
            if len(self._bodies) >= KEPT:
                self._bodies.clear()
            # The node is kept beside its closure, so that its id cannot come to mean another.
            entry = self._bodies[id(node)] = (node, self(node))
        return entry[1]

    def needs(self, node: object) -> Needs:
        """Return what running `node` takes, looked up in its tree once."""
        entry = self._needs.get(id(node))
        if entry is None:
            if len(self._needs) >= KEPT:
                self._needs.clear()
            entry = self._needs[id(node)] = (node, needs_of(node))
        return entry[1]

    def run_text(self, shell: Shell, text: str, *, line: int = 1, label: str = "") -> int:
        """Run a string in `shell`."""
        return run_text(shell, text, line=line, label=label)

    def command_output(self, shell: Shell, node: nodes.CommandSubst) -> str:
        """See `Environment.command_output`."""
        return substitution.command_output(shell, node, self.body(node.body))

    def process_path(self, shell: Shell, node: nodes.ProcessSubst) -> str:
        """See `Environment.process_path`."""
        return substitution.process_path(shell, node, self.body(node.body))


_KINDS: Mapping[type, Callable[[Any, Compiler], Run]] = {
    nodes.SimpleCommand: compile_simple,
    nodes.Redirected: compile_redirected,
    nodes.Pipeline: compile_pipeline,
    nodes.AndOr: compile_and_or,
    nodes.CommandList: compile_list,
    nodes.Subshell: compile_subshell,
    nodes.BraceGroup: compile_group,
    nodes.If: compile_if,
    nodes.While: compile_while,
    nodes.For: compile_for,
    nodes.Select: compile_select,
    nodes.ForArith: compile_for_arith,
    nodes.Case: compile_case,
    nodes.FunctionDef: compile_function,
    nodes.Coproc: compile_coproc,
    nodes.ArithCommand: compile_arith_command,
    nodes.Conditional: compile_conditional,
}
