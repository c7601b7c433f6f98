"""Traps: commands that run when a signal arrives, a command fails, a function returns, the shell ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.kernel.signal import Disposition, Signal

if TYPE_CHECKING:
    from orchestrator.kernel.system import System
    from orchestrator.shell.shell import Shell

PSEUDO = ("EXIT", "DEBUG", "ERR", "RETURN")
INNER = ("DEBUG", "ERR", "RETURN")
"""Traps that functions inherit only under functrace or errtrace."""


class Traps:
    """What a shell's `trap` has set. Keys are `INT`, `EXIT` ...; an empty command ignores a signal."""

    def __init__(self) -> None:
        self.commands: dict[str, str] = {}
        self.shown: dict[str, str] = {}
        self.hard_ignored: set[str] = set()
        self.watches_failures = False
        self.watches_returns = False
        self.has_inner = False
        self._running: set[str] = set()

    def attach(self, system: System) -> None:
        """Learn which signals the shell was started with ignored: a script cannot change these."""
        for signal, disposition in system.process.signals.dispositions.items():
            if disposition is Disposition.IGNORE and self.commands.get(signal.name) != "":
                self.hard_ignored.add(signal.name)

    def for_subshell(self) -> Traps:
        """Return the traps a subshell starts with: ignored signals stay ignored, the rest is only listed."""
        other = Traps()
        other.commands = {name: text for name, text in self.commands.items() if not text}
        other.shown = {**self.shown, **self.commands}
        return other

    # --- setting ---

    def set(self, shell: Shell, name: str, command: str | None) -> None:
        """Set a trap; None brings the default back."""
        self.shown.clear()
        if name in self.hard_ignored and not shell.interactive:
            return
        if command is None:
            self.commands.pop(name, None)
        else:
            self.commands[name] = command
        if name in Signal.__members__:
            self._tell_kernel(shell, Signal[name], command)
        self._note(shell)

    def _note(self, shell: Shell) -> None:
        """Keep the flags that the hot paths look at."""
        commands = self.commands
        self.watches_failures = bool(commands.get("ERR"))
        self.watches_returns = bool(commands.get("RETURN"))
        self.has_inner = any(name in commands for name in INNER)
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
        self._run(shell, signal.name, command)
        return True

    def enter_function(self, shell: Shell) -> dict[str, str] | None:
        """Hide the traps that a function does not inherit; return them for `leave_function`."""
        if not self.has_inner:
            return None
        kept = {"ERR"} if shell.options.errtrace else set()
        if shell.options.functrace:
            kept |= {"DEBUG", "RETURN"}
        hidden = {n: self.commands.pop(n) for n in INNER if n in self.commands and n not in kept}
        self._note(shell)
        return hidden

    def leave_function(self, shell: Shell, hidden: dict[str, str]) -> None:
        """Bring hidden traps back, unless the function has set its own."""
        for name, command in hidden.items():
            self.commands.setdefault(name, command)
        self._note(shell)

    def run_error(self, shell: Shell) -> None:
        """Run trap ERR."""
        self._run(shell, "ERR", self.commands.get("ERR", ""))

    def run_debug(self, shell: Shell) -> None:
        """Run trap DEBUG."""
        self._run(shell, "DEBUG", self.commands.get("DEBUG", ""))

    def run_return(self, shell: Shell) -> None:
        """Run trap RETURN at the end of a function or a sourced script."""
        self._run(shell, "RETURN", self.commands.get("RETURN", ""))

    def run_exit(self, shell: Shell) -> None:
        """Run trap EXIT; once."""
        command = self.commands.pop("EXIT", "")
        if command:
            shell.compiler.run_text(shell, command)

    def _run(self, shell: Shell, name: str, command: str) -> None:
        """Run a trap with `$?` kept; a trap does not run inside itself."""
        if not command or name in self._running:
            return
        self._running.add(name)
        status, statuses, node = shell.status, shell.pipe_statuses, shell.command_node
        outer, shell.trapped_node = shell.trapped_node, node
        try:
            shell.compiler.run_text(shell, command, line=shell.line)
        finally:
            self._running.discard(name)
            shell.trapped_node = outer
            shell.status, shell.pipe_statuses, shell.command_node = status, statuses, node
