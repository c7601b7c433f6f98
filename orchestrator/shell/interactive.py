"""The interactive shell: prompt, read, run, tell of jobs, again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.errors import ShellSyntaxError
from orchestrator.kernel.signal import Disposition, Signal
from orchestrator.shell.builtins.flow import jobs_left, run_logout_file
from orchestrator.shell.builtins.historylist import load, save, shorten
from orchestrator.shell.control import Interrupted
from orchestrator.shell.evaluate import guarded, report_syntax_error, run_text
from orchestrator.shell.expand.variable import IndexedArray
from orchestrator.shell.interactive_bang import BangError, expand_history
from orchestrator.shell.interactive_editor import Editor
from orchestrator.shell.interactive_history import remember, trim
from orchestrator.shell.interactive_inputrc import read_init_file
from orchestrator.shell.jobs import give_terminal, notify
from orchestrator.shell.linereading import read_line
from orchestrator.shell.prompt import expanded
from orchestrator.shell.shell import IGNORED_INTERACTIVELY
from orchestrator.shell.syntax import CommandReader

if TYPE_CHECKING:
    from orchestrator.shell.shell import Shell
    from orchestrator.shell.syntax.nodes import CommandList

LOWEST_TERMINAL_FD = 255
INTERRUPTED = 130
SECOND_TO_LAST_WARNINGS = 10


def run_interactive(shell: Shell, *, editing: bool) -> int:
    """Run until the end of input or `exit`; return the last status."""
    session = Session(shell, editing=editing)
    try:
        return session.run()
    finally:
        session.close()


def prepare(shell: Shell) -> None:
    """Take the terminal's signals for the shell, and start job control if there is a terminal."""
    shell.system.set_signal(Signal.INT, Disposition.CATCH)
    for signal in IGNORED_INTERACTIVELY:
        shell.system.set_signal(signal, Disposition.IGNORE)
    for name, value in (("PS1", "\\s-\\v\\$ "), ("PS2", "> ")):
        if name not in shell.variables:
            shell.store(name, value)
    if not shell.system.isatty(0):
        return
    shell.system.set_signal(Signal.WINCH, Disposition.CATCH)
    try:
        if shell.process.pgid != shell.process.pid and shell.process.sid != shell.process.pid:
            shell.system.setpgid(0, 0)
        shell.terminal = shell.system.dup(0, LOWEST_TERMINAL_FD, cloexec=True)
        give_terminal(shell, shell.process.pgid)
    except OSError as error:
        shell.report_os_error("cannot set terminal process group", error)
        return
    shell.options.monitor = True
    shell.options_changed()


class Session:
    """One interactive session: the source of lines and what happens around each command."""

    def __init__(self, shell: Shell, *, editing: bool) -> None:
        self.shell = shell
        self.editor = Editor(shell) if editing and shell.system.isatty(0) else None
        if self.editor is not None:
            read_init_file(shell)
        self.reader = self._new_reader()
        self.ended = False
        self._ignored_ends = 0
        self._to_verify = ""  # what `shopt histverify` gives back to the editor
        self._load_history()

    def _new_reader(self) -> CommandReader:
        shell = self.shell
        return CommandReader("", name=shell.name, dialect=shell.dialect, more=self._more)

    # --- lines ---

    def _more(self) -> str:
        """Prompt for a line: PS1, or PS2 while a command is incomplete. Raises: Interrupted."""
        continuing = self.reader.continuing
        if not continuing:
            self._before_prompt()
        prompt = expanded(self.shell, "PS2" if continuing else "PS1", "> " if continuing else "$ ")
        self._measure()
        if self.editor is not None:
            initial, self._to_verify = self._to_verify, ""
            line = self.editor.read_line(prompt, self.shell.history, initial)
        else:
            line = self._plain_line(prompt)
        if line is None and not continuing and self._ignores_end():
            return self._more()
        self.ended = line is None
        if line is not None and self.shell.options.histexpand:
            line = self._history_expanded(line)
            if self._to_verify:
                return self._more()
        if line is None and self.editor is not None and continuing:
            self.shell.error_text("\n")
        return line or ""

    def _history_expanded(self, line: str) -> str:
        """Expand `!` references, showing what came of it; a wrong one, or `:p`, runs nothing."""
        shell = self.shell
        first = shell.history_number - len(shell.history)
        try:
            expanded_line = expand_history(line, shell.history, first)
        except BangError as error:
            shell.report(str(error))
            if shell.options.histreedit and self.editor is not None:
                self._to_verify = line.rstrip("\n")
            return "\n"
        if expanded_line.changed and shell.options.histverify and self.editor is not None:
            self._to_verify = expanded_line.text.rstrip("\n")
            return "\n"
        if expanded_line.changed:
            shell.error_text(expanded_line.text)
        if expanded_line.print_only:
            remember(shell, expanded_line.text)
            return "\n"
        return expanded_line.text

    def _plain_line(self, prompt: str) -> str | None:
        self.shell.error_text(prompt.replace("\x01", "").replace("\x02", ""))
        while True:
            try:
                data = read_line(self.shell.system, 0)
            except InterruptedError:
                self.shell.take_signals()
                continue
            return data.decode("utf-8", "surrogateescape") if data else None

    def _ignores_end(self) -> bool:
        """`set -o ignoreeof` and IGNOREEOF: so many Ctrl-D are only answered."""
        shell = self.shell
        if not shell.options.ignoreeof and "IGNOREEOF" not in shell.variables:
            return self._has_jobs()
        text = shell.text("IGNOREEOF", str(SECOND_TO_LAST_WARNINGS))
        most = int(text) if text.isdecimal() else SECOND_TO_LAST_WARNINGS
        self._ignored_ends += 1
        if self._ignored_ends > most:
            return self._has_jobs()
        shell.error_text('Use "exit" to leave the shell.\n')
        return True

    def _has_jobs(self) -> bool:
        """The end of input is an `exit`: stopped jobs keep the shell once."""
        shell = self.shell
        if shell.warned_at == shell.command_count:  # the last key was the same
            return False
        if not any(job.is_stopped for job in shell.jobs):
            return False
        shell.error_text("logout\n" if shell.login else "exit\n")
        return jobs_left(shell)

    def _measure(self) -> None:
        """Keep LINES and COLUMNS true (`shopt checkwinsize`)."""
        shell = self.shell
        if shell.terminal < 0 or not shell.options.checkwinsize:
            return
        size = shell.system.winsize(shell.terminal)
        shell.store("LINES", str(size.rows))
        shell.store("COLUMNS", str(size.columns))

    # --- commands ---

    def run(self) -> int:
        """Read and run commands until there are no more."""
        shell = self.shell
        while True:
            try:
                commands = self.reader.next()
            except Interrupted:
                self._interrupted()
                continue
            except ShellSyntaxError as error:
                self._refused(error)
                if self.ended:
                    break
                continue
            if commands is None:
                break
            self._ignored_ends = 0
            if commands.items:
                self._one(commands)
        self._leave()
        return shell.status

    def _before_prompt(self) -> None:
        shell = self.shell
        notify(shell)
        command = shell.variables.get("PROMPT_COMMAND")
        if command is None:
            return
        value = command.value
        texts = value.values() if isinstance(value, IndexedArray) else [command.scalar() or ""]
        status = shell.status
        for text in texts:
            if text:
                run_text(shell, text)
        shell.status = status

    def _one(self, commands: CommandList) -> None:
        shell = self.shell
        remember(shell, self.reader.text_of_last)
        shell.command_count += 1
        if "PS0" in shell.variables:
            shell.error_text(expanded(shell, "PS0", ""))
        run = shell.compiler(commands)
        try:
            guarded(shell, run)
        except Interrupted:
            self._interrupted()
        finally:
            give_terminal(shell, shell.process.pgid)

    def _interrupted(self) -> None:
        """Ctrl-C: whatever was being read or run is over."""
        shell = self.shell
        shell.status = INTERRUPTED
        if shell.traps.commands.get("INT"):
            shell.traps.run_signal(shell, Signal.INT)
        shell.unchecked = shell.loops = 0
        self.reader = self._new_reader()

    def _refused(self, error: ShellSyntaxError) -> None:
        remember(self.shell, self.reader.text_of_last)
        report_syntax_error(self.shell, error)
        self.shell.status = 2
        self.reader = self._new_reader()

    def _leave(self) -> None:
        """The end of input is an `exit`."""
        shell = self.shell
        if shell.system.isatty(0):
            shell.error_text("logout\n" if shell.login else "exit\n")
        if shell.login:
            run_logout_file(shell)

    # --- history ---

    def _load_history(self) -> None:
        shell = self.shell
        home = shell.text("HOME")
        if "HISTFILE" not in shell.variables and home:
            shell.store("HISTFILE", f"{home}/.bash_history")
        for name in ("HISTSIZE", "HISTFILESIZE"):
            if name not in shell.variables:
                shell.store(name, "500")
        path = shell.text("HISTFILE")
        if path:
            try:
                load(shell, path)
            except OSError:
                return  # there is none yet
            finally:
                trim(shell)

    def close(self) -> None:
        """Keep the history for the next session."""
        shell = self.shell
        path = shell.text("HISTFILE")
        if not path or not shell.options.history or not shell.history:
            return
        try:
            save(shell, path, append=shell.options.histappend)
            shorten(shell, path)
        except OSError as error:
            shell.report_os_error(path, error)
