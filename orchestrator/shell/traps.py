"""Traps: commands that run when a signal arrives, a command fails, a function returns, the shell ends."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from orchestrator.kernel.signal import Disposition, Signal
from orchestrator.shell.control import Return

if TYPE_CHECKING:
    from orchestrator.kernel.system import System
    from orchestrator.shell.frame import Function
    from orchestrator.shell.options import ShellOptions
    from orchestrator.shell.shell import Shell

PSEUDO = ("EXIT", "DEBUG", "ERR", "RETURN")
INNER = ("DEBUG", "ERR", "RETURN")
"""Traps that functions inherit only under functrace or errtrace."""
LABELS = MappingProxyType(
    {
        "EXIT": "exit trap: ",
        "DEBUG": "debug trap: ",
        "ERR": "error trap: ",
        "RETURN": "return trap: ",
    }
)
"""What stands in front of the line when a trap's text cannot be read; other traps are `trap: `."""


class Traps:
    """What a shell's `trap` has set. Keys are `INT`, `EXIT` ...; an empty command ignores a signal."""

    def __init__(self) -> None:
        self.commands: dict[str, str] = {}
        self.shown: dict[str, str] = {}
        self.hard_ignored: set[str] = set()
        self.shown_ignored: frozenset[str] = frozenset()
        self.watches_failures = False
        self.watches_returns = self.watches_children = False
        self.has_inner = False
        self._running: set[str] = set()
        self._again: set[str] = set()
        self._ended = False

    def attach(self, system: System) -> None:
        """Learn which signals the shell was started with ignored: a script cannot change these."""
        for signal, disposition in system.process.signals.dispositions.items():
            if disposition is Disposition.IGNORE and self.commands.get(signal.name) != "":
                self.hard_ignored.add(signal.name)

    def show_ignored(self) -> None:
        """List the signals that were ignored from the start (not those a background job ignores)."""
        self.shown_ignored = frozenset(self.hard_ignored)

    def for_subshell(self, options: ShellOptions) -> Traps:
        """Return the traps a subshell starts with: ignored signals stay ignored, the rest is only listed.

        It inherits ERR under errtrace, DEBUG and RETURN under functrace.
        """
        other = Traps()
        kept = _inherited(options, traced=False)
        commands = self.commands
        other.commands = {n: text for n, text in commands.items() if not text or n in kept}
        other.shown = {**self.shown, **commands}
        other.shown_ignored = self.shown_ignored
        other._running = set(self._running)
        other._flag()
        return other

    # --- setting ---

    def set(self, shell: Shell, name: str, command: str | None) -> None:
        """Set a trap; None brings the default back."""
        self.shown.clear()
        if name == "EXIT" and self._ended:
            return
        if name in self.hard_ignored and not shell.interactive:
            return
        if command is None:
            self.commands.pop(name, None)
        else:
            self.commands[name] = command
        if name in Signal.__members__:
            self._tell_kernel(shell, Signal[name], command)
        self._note(shell)

    def _flag(self) -> None:
        """Keep the flags that the hot paths look at."""
        commands = self.commands
        self.watches_failures = bool(commands.get("ERR"))
        self.watches_returns = bool(commands.get("RETURN"))
        self.watches_children = bool(commands.get("CHLD"))
        self.has_inner = any(name in commands for name in INNER)

    def _note(self, shell: Shell) -> None:
        self._flag()
        shell.options_changed()

    def _tell_kernel(self, shell: Shell, signal: Signal, command: str | None) -> None:
        if signal in (Signal.KILL, Signal.STOP):
            return
        if command is None:
            disposition = shell.default_disposition(signal)
        else:
            disposition = Disposition.CATCH if command else Disposition.IGNORE
        shell.system.set_signal(signal, disposition)

    def has_exit(self) -> bool:
        """Whether something is to be done at the end."""
        return bool(self.commands.get("EXIT"))

    def observes_commands(self, shell: Shell) -> bool:
        """Whether each command must be looked at before it runs."""
        return bool(self.commands.get("DEBUG"))

    # --- running ---

    def run_signal(self, shell: Shell, signal: Signal) -> bool:
        """Run the trap of a signal that has arrived; whether there is one."""
        command = self.commands.get(signal.name)
        if command is None:
            return False
        if signal.name in self._running:
            self._again.add(signal.name)  # it runs once more when it is done
            return True
        self._run(shell, signal.name, command, line=1)
        while signal.name in self._again:
            self._again.discard(signal.name)
            self._run(shell, signal.name, self.commands.get(signal.name, ""), line=1)
        return True

    def enter_function(self, shell: Shell, function: Function | None) -> dict[str, str] | None:
        """Hide the traps that a function (or a sourced script: None) does not inherit; return them.

        Those that stay see the function begin.
        """
        if not self.has_inner:
            return None
        kept = _inherited(shell.options, traced=function is not None and function.traced)
        if function is None:
            kept |= {"ERR", "RETURN"}
        hidden = {n: self.commands.pop(n) for n in INNER if n in self.commands and n not in kept}
        self._note(shell)
        if function is not None and "DEBUG" in self.commands:
            self.run_debug(shell, function.node.pos.line)
        return hidden

    def leave_function(self, shell: Shell, hidden: dict[str, str]) -> None:
        """Bring hidden traps back, unless the function has set its own."""
        for name, command in hidden.items():
            self.commands.setdefault(name, command)
        self._note(shell)

    def run_error(self, shell: Shell) -> None:
        """Run trap ERR."""
        self._run(shell, "ERR", self.commands.get("ERR", ""))

    def run_debug(self, shell: Shell, line: int | None = None) -> bool:
        """Run trap DEBUG, at `line` if that is not the command's.

        Return whether the command is to be skipped (`shopt -s extdebug`, the trap failed).
        Raises: Return, when the trap ended with 2 in a function.
        """
        status = self._run(shell, "DEBUG", self.commands.get("DEBUG", ""), line)
        if not status or not shell.options.extdebug:
            return False
        if status == 2 and shell.frames:
            raise Return(shell.status)
        return True

    def run_return(self, shell: Shell, line: int | None = None) -> None:
        """Run trap RETURN at the end of a function (which begins at `line`) or a sourced script.

        What trap DEBUG calls returns unseen.
        """
        if "DEBUG" not in self._running:
            self._run(shell, "RETURN", self.commands.get("RETURN", ""), line)

    def run_exit(self, shell: Shell) -> None:
        """Run trap EXIT; once."""
        command = self.commands.pop("EXIT", "")
        self._ended = True
        if command:
            shell.compiler.run_text(shell, command, label=LABELS["EXIT"])

    def run_exit_here(self, shell: Shell, status: int) -> None:
        """Run trap EXIT where the shell ends, so that it sees the function's parameters and variables."""
        if not self.has_exit():
            return
        unchecked, shell.unchecked = shell.unchecked, 0
        shell.status = status
        self.run_exit(shell)
        shell.unchecked = unchecked

    def _run(self, shell: Shell, name: str, command: str, line: int | None = None) -> int:
        """Run a trap with `$?` kept; a trap does not run inside itself. Return the trap's own status."""
        if not command or name in self._running:
            return 0
        self._running.add(name)
        status, statuses, node = shell.status, shell.pipe_statuses, shell.command_node
        outer, shell.trapped_node = shell.trapped_node, shell.trapped_node or node
        try:
            label = LABELS.get(name, "trap: ")
            return shell.compiler.run_text(shell, command, line=line or shell.line, label=label)
        finally:
            self._running.discard(name)
            shell.trapped_node = outer
            shell.status, shell.pipe_statuses, shell.command_node = status, statuses, node


def _inherited(options: ShellOptions, *, traced: bool) -> set[str]:
    """Return which of ERR, DEBUG and RETURN functions and subshells inherit."""
    kept = {"ERR"} if options.errtrace else set()
    return kept | {"DEBUG", "RETURN"} if options.functrace or traced else kept
