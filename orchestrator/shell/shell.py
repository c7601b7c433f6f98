"""One running shell: its state, and what expansions ask of it.

Above: the compiled commands, the builtins, the line editor. Below: scope, expand, the kernel's System. It is plain
state with few verbs; how each kind of command runs is in the modules that compile it.
"""

from __future__ import annotations

import stat as st
from types import MappingProxyType
from typing import TYPE_CHECKING

from orchestrator.kernel.host import HostOutput
from orchestrator.kernel.signal import Disposition, Signal
from orchestrator.shell import prompt as prompts
from orchestrator.shell.control import Interrupted, ShellExit
from orchestrator.shell.dynamic import dynamic_variables, rebind
from orchestrator.shell.expand import Evaluation
from orchestrator.shell.expand.variable import HOOKED
from orchestrator.shell.files import read_file
from orchestrator.shell.hooks import DEEPEST, HOOKS
from orchestrator.shell.jobs import JobTable
from orchestrator.shell.located import NOTHING
from orchestrator.shell.lookup import CommandPaths
from orchestrator.shell.options import SET_LETTERS
from orchestrator.shell.scope import Scope
from orchestrator.shell.syntax.dialect import Dialect
from orchestrator.shell.tables import table_variables
from orchestrator.shell.traps import Traps
from vfs.errors import text as error_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from orchestrator.kernel.file import File
    from orchestrator.kernel.process import Process
    from orchestrator.kernel.system import System
    from orchestrator.shell.builtin import Builtin
    from orchestrator.shell.capture import Capture
    from orchestrator.shell.compiler import Compiler
    from orchestrator.shell.compspec import Spec
    from orchestrator.shell.frame import Frame
    from orchestrator.shell.interactive_keymap import Keymap
    from orchestrator.shell.located import Located
    from orchestrator.shell.syntax.nodes import CommandSubst, ProcessSubst

    Signals = Mapping[Signal, Disposition] | None

STEPS = 500
"""Commands and loop turns between two calls of `System.step`."""

ENDING = (Signal.INT, Signal.QUIT, Signal.HUP)
"""Caught signals that end a subshell in place: a terminal sends them to its process as well. Others (a TERM sent to
the shell alone) wait until it is done, as they do in bash."""

IGNORED_INTERACTIVELY = (Signal.TERM, Signal.QUIT, Signal.TSTP, Signal.TTIN, Signal.TTOU)
"""Signals that an interactive shell ignores."""


class Shell(Evaluation, Scope):
    """The interpreter's state. Attributes are plain, since compiled commands read them all the time."""

    system: System
    process: Process
    zero: str
    last_argument: str
    status: int
    subshell_level: int
    history_number: int
    command_count: int
    jobs: JobTable

    def __init__(self, builtins: Mapping[str, Builtin], compiler: Compiler) -> None:
        super().__init__()
        self.compiler = compiler
        self.builtins = dict(builtins)
        self.all_builtins = builtins
        self.completions: dict[str, Spec] = {}
        self.completing: Spec | None = None
        self.keymap: Keymap | None = None
        self.aliases: dict[str, str] = {}
        self.dialect = Dialect()
        self.name = "bash"
        self.zero = "bash"
        self.source_at_bottom: str | None = None
        self.definition_source = "main"
        self.interactive = False
        self.terminal = -1
        self.first_error_file: File | None = None
        self.login = False
        self.invocation_letters = ""
        self.working_directory = "/"
        self.pid = 0
        self.subshell_level = 0
        self._begin()
        self.directories: list[str] = []
        self.hard_limits: dict[str, int | None] = {}
        self.core_size: int | None = 0
        self.deepest = DEEPEST
        self.trace_fd = 2
        self.history: list[str] = []
        self.history_number = 1
        self.history_saved = 1
        self.history_read = 0
        self.recorded = False
        self.option_place = (1, 0)
        self.option_places: tuple[tuple[Frame, tuple[int, int]], ...] = ()
        self.command_count = 1
        self.warned_at = -1
        self.paths = CommandPaths()
        self.jobs = JobTable()
        self.traps = Traps()

    def _begin(self) -> None:
        """Set what has just happened (nothing), and where the shell is."""
        self.status = 0
        self.pipe_statuses: list[int] | None = []  # None: that of the last command alone
        self.last_argument = ""
        self.last_background: int | None = None
        self.command_node: Located = NOTHING
        self.loops = 0
        self.unchecked = 0
        self.observed = False
        self.steps = STEPS
        self.caught: dict[Signal, None] = {}
        self.substituted = False
        self.trapped_node: Located | None = None
        self.fatal_status = 1
        self.trace_level = 1
        self.trace_negation = ""
        self.arith_depth = 0
        self.nesting = 0
        self.stand_in_pid = 0
        self.shields_children = False
        self.captures: Capture | None = None
        self.process_fds: list[int] = []

    def attach(self, system: System) -> None:
        """Become the program of the process behind `system`."""
        self.nesting = 0
        self.captures = None
        self.shields_children = False
        self.system = system
        self.process = system.process
        self.caught = self.process.signals.caught
        self.traps.attach(system)

    def child_signals(self, extra: Signals = None) -> Signals:
        """Return the dispositions of a child that differ from inherited ones.

        An interactive shell ignores the terminal's signals for itself; its children must not.
        """
        if not (self.interactive or self.shields_children):
            return extra
        changes = {
            signal: Disposition.DEFAULT
            for signal in IGNORED_INTERACTIVELY
            if self.traps.commands.get(signal.name) != ""
        }
        return {**changes, **(extra or {})}

    # --- a subshell ---

    def clone(self) -> Shell:
        """Return the shell a subshell starts with; it runs once attached to its process."""
        other = object.__new__(Shell)
        vars(other).update(vars(self))  # then everything that is to differ, or must not be shared
        vars(other).update(_FRESH)
        other.builtins = self.builtins.copy()
        other.functions = self.functions.copy()
        other.aliases = self.aliases.copy()
        other.completions = self.completions.copy()
        other.dialect = Dialect(self.dialect.extglob, self.dialect.posix, other.aliases.get)
        other.variables = {name: variable.copy() for name, variable in self.variables.items()}
        other.positional = self.positional.copy()
        other.options = self.options.copy()
        other.frames = [frame.copy() for frame in self.frames]
        other.caught = {}
        other.process_fds = []
        other.subshell_level += 1
        other.directories = self.directories.copy()
        other.hard_limits, other.core_size = self.hard_limits.copy(), self.core_size
        other.paths = self.paths.copy()
        other.jobs = self.jobs.copy()
        other.traps = self.traps.for_subshell(self.options)
        other.options.monitor = False
        other.options_changed()
        rebind(other)
        return other

    def clone_in_place(self) -> Shell:
        """Return the shell that a subshell without a process is. Signals stay for the one who owns the process."""
        other = self.clone()
        other.nesting += 1
        other.steps = self.steps
        other.caught = self.caught
        other.shields_children = self.interactive or self.shields_children
        return other

    @property
    def own_pid(self) -> int:
        """The process id, or one that stands in where a subshell has no process (BASHPID)."""
        if not self.nesting:
            return self.process.pid
        if not self.stand_in_pid:
            self.stand_in_pid = self.system.kernel.next_pid()
        return self.stand_in_pid

    def install_dynamic_variables(self) -> None:
        """Give the shell RANDOM, LINENO and the like."""
        self.variables.update(dynamic_variables(self))
        self.variables.update(table_variables(self))

    # --- where we are ---

    def current_source(self) -> str:
        """Return what BASH_SOURCE calls the text that runs now."""
        if self.frames:
            return self.frames[-1].source
        return self.definition_source

    @property
    def line(self) -> int:
        """The line of the command that runs now; 0 before the first."""
        return self.command_node.pos.line

    def tick(self, count: int) -> None:
        """Count steps done inside an expansion (see `Environment.tick`)."""
        self.system.step(count)

    def refill(self) -> None:
        """Account for STEPS steps; let other processes run and signals arrive when a slice is over."""
        self.steps = STEPS
        self.system.step(STEPS)
        if self.captures is not None and self.captures.has_overflowed:
            raise ShellExit(128 + Signal.PIPE)
        if self.caught:
            self.take_signals()

    def take_signals(self) -> None:
        """Run the traps of signals that have arrived; Ctrl-C brings an interactive shell to its prompt.

        A subshell without a process ends by what would have ended its process, and leaves the signals to its parent.
        """
        if self.nesting:
            deadly = [signal for signal in self.caught if signal in ENDING]
            if deadly and self.traps.commands.get(deadly[0].name) != "":
                raise ShellExit(128 + deadly[0])
            return
        for signal in self.system.take_signals():
            if not self.traps.run_signal(self, signal) and signal is Signal.INT:
                if self.interactive:
                    # The key was shown as ^C: the prompt belongs on a line of its own.
                    self.error_text("\n")
                    raise Interrupted
                raise ShellExit(128 + signal)

    def failed(self, status: int) -> int:
        """Act on a failure where the script does not test for one: trap ERR, then errexit."""
        if self.traps.watches_failures:
            self.traps.run_error(self)
        if self.options.errexit:
            self.traps.run_exit_here(self, status)
            raise ShellExit(status)
        return status

    def default_disposition(self, signal: Signal) -> Disposition:
        """Return what an untrapped signal does to this shell."""
        if self.interactive and signal in (Signal.INT,):
            return Disposition.CATCH
        if self.interactive and signal in IGNORED_INTERACTIVELY:
            return Disposition.IGNORE
        return Disposition.DEFAULT

    def options_changed(self) -> None:
        """Act on changed options: those the parser knows, and the flag that says commands are observed."""
        self.dialect.extglob = self.options.extglob
        self.dialect.posix = self.options.posix
        self.dialect.aliases = self.aliases.get if self.options.expand_aliases else None
        self.observed = self.options.xtrace or self.traps.observes_commands(self)
        self.observed = self.observed or self.options.extdebug

    def changed(self, name: str) -> None:
        """See `Environment.changed`."""
        hook = HOOKS.get(name)
        if hook is not None:
            hook(self)
        super().changed(name)

    def hook_variables(self) -> None:
        """Mark the variables whose assignment the shell acts on."""
        for name in HOOKS:
            if name in self.variables:
                self.variables[name].flags |= HOOKED
                if name != "PATH":
                    self.changed(name)

    # --- messages ---

    def explains(self, files: Mapping[int, File]) -> bool:
        """Whether error output `files[2]` may hold more than bash prints: hints, carets.

        Not where a script looks at its own messages: only on a terminal, or on the error output the shell was
        started with if that is not its standard output too.
        """
        error = files.get(2)
        if error is None:
            return False
        first = error is self.first_error_file and isinstance(error, HostOutput)
        return error.isatty or (first and error is not files.get(1))

    def prefix(self) -> str:
        """Return what error messages begin with: the script's name, and the line unless interactive."""
        if self.interactive:
            return f"{self.name}: "
        name = self.frames[-1].source if self.frames else self.name
        line = self.line
        return f"{name}: line {line}: " if line else f"{name}: "

    def text_name(self) -> str:
        """Return what syntax errors call the text that is being read."""
        return self.frames[-1].source if self.frames and not self.interactive else self.name

    def report(self, message: str) -> None:
        """Print an error message on standard error."""
        self.error_text(f"{self.prefix()}{message}\n")

    warn = report

    def report_os_error(self, name: str, error: OSError) -> None:
        """Print `name: what went wrong`."""
        self.report(f"{name}: {error_text(error)}")

    def error_text(self, text: str) -> None:
        """Print on standard error as it is; that it cannot be printed is nobody's failure."""
        try:
            self.system.write(2, text.encode("utf-8", "surrogateescape"))
        except OSError:
            return

    def output(self, text: str) -> None:
        """Print on standard output. Raises: OSError."""
        if text:
            self.system.write(1, text.encode("utf-8", "surrogateescape"))

    # --- Environment: parameters ---

    def special(self, name: str) -> str | None:
        """See `Environment.special`."""
        if name == "$":
            return str(self.pid)
        if name == "!":
            return None if self.last_background is None else str(self.last_background)
        if name == "_":
            return self.last_argument
        return self.option_letters()

    def option_letters(self) -> str:
        """Return the value of `$-`."""
        options = self.options
        letters = "".join(
            letter for letter, attribute in SET_LETTERS.items() if getattr(options, attribute)
        )
        if self.interactive:
            place = sum(letter in "abefh" for letter in letters)
            letters = f"{letters[:place]}i{letters[place:]}"
        return letters + self.invocation_letters

    # --- Environment: commands ---

    def command_output(self, node: CommandSubst) -> str:
        """See `Environment.command_output`."""
        return self.compiler.command_output(self, node)

    def process_path(self, node: ProcessSubst) -> str:
        """See `Environment.process_path`."""
        return self.compiler.process_path(self, node)

    # --- Environment: files ---

    def list_directory(self, path: str) -> Iterable[tuple[str, bool]]:
        """See `Environment.list_directory`."""
        return [(entry.name, st.S_ISDIR(entry.mode_type)) for entry in self.system.scandir(path)]

    def exists(self, path: str) -> bool:
        """See `Environment.exists`."""
        try:
            self.system.lstat(path)
        except OSError:
            return False
        return True

    def is_directory(self, path: str) -> bool:
        """See `Environment.is_directory`."""
        try:
            return st.S_ISDIR(self.system.stat(path).mode)
        except OSError:
            return False

    def home_directory(self, user: str) -> str | None:
        """See `Environment.home_directory`; a number means a place in the directory stack."""
        if user.lstrip("+-").isdecimal():
            return self._stacked_directory(user)
        for line in self.passwd():
            entry = line.split(":")
            if len(entry) > 5 and (entry[0] == user or (not user and entry[2] == str(self.uid))):
                return entry[5]
        return None

    def _stacked_directory(self, place: str) -> str | None:
        """Return what `~N`, `~+N` or `~-N` means."""
        stack = self.directory_stack()
        number = int(place.lstrip("+-")[:9])
        if number >= len(stack) or place[:2] in ("++", "--", "+-", "-+"):
            return None
        return stack[-1 - number] if place[0] == "-" else stack[number]

    def passwd(self) -> list[str]:
        """Return the lines of /etc/passwd."""
        return self.lines_of("/etc/passwd")

    def lines_of(self, path: str) -> list[str]:
        """Return the lines of a file, none when it cannot be read."""
        try:
            data = read_file(self.system, path)
        except OSError:
            return []
        return data.decode("utf-8", "surrogateescape").splitlines()

    def user_name(self) -> str:
        """Return the name of the shell's user."""
        for line in self.passwd():
            entry = line.split(":")
            if len(entry) > 2 and entry[2] == str(self.uid):
                return entry[0]
        return self.text("USER", "I have no name!")

    @property
    def uid(self) -> int:
        """The shell's user id."""
        return self.process.cred.uid

    def prompt(self, text: str) -> str:
        """See `Environment.prompt`."""
        return prompts.expand_prompt(self, text).replace("\x01", "").replace("\x02", "")

    # --- small facts for variables ---

    def group_ids(self) -> list[str]:
        """Return the value of GROUPS."""
        cred = self.process.cred
        return [str(group) for group in (cred.gid, *sorted(cred.groups - {cred.gid}))]

    def directory_stack(self) -> list[str]:
        """Return the value of DIRSTACK: the working directory first."""
        return [self.working_directory, *self.directories]


_FRESH: Mapping[str, object] = MappingProxyType(
    {
        "completing": None,
        "interactive": False,
        "terminal": -1,
        "loops": 0,
        "steps": STEPS,
        "substituted": False,
        "trapped_node": None,
        "fatal_status": 1,
        "trace_negation": "",
        "arith_depth": 0,
        "option_place": (1, 0),
        "option_places": (),
        "command_count": 1,
        "stand_in_pid": 0,
    }
)
"""Attributes a subshell starts with like any shell; it takes over the others as they are."""
