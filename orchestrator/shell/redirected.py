"""A compound command with redirections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.shell.located import located
from orchestrator.shell.redirect import RedirectError, Redirections, restore

if TYPE_CHECKING:
    from orchestrator.shell.compiler import Compiler
    from orchestrator.shell.frame import Run
    from orchestrator.shell.redirect import Saved
    from orchestrator.shell.shell import Shell
    from orchestrator.shell.syntax.nodes import Redirected


def compile_redirected(node: Redirected, compiler: Compiler) -> Run:
    """Compile `compound redirections`: they last as long as the command."""
    body = compiler(node.body)
    redirections = Redirections(node.redirects)
    place = located(node)

    def run(shell: Shell) -> int:
        shell.command_node = place
        saved: Saved = []
        table = shell.process.fds
        try:
            try:
                redirections.apply(shell, table, saved)
            except RedirectError as error:
                if node.pos.line:
                    shell.command_node = node
                shell.report(error.message)
                shell.status = 1
                return 1 if shell.unchecked else shell.failed(1)
            return body(shell)
        finally:
            restore(table, saved)

    return run
