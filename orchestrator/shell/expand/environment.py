"""What ``expand`` asks of the world: implemented by the interpreter, and by a small fake in tests.

Attributes are plain so that compiled words can read them without a call.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from orchestrator.shell.expand.variable import Variable
from orchestrator.shell.syntax.nodes import CommandSubst, ProcessSubst


@dataclass
class ExpandOptions:
    """The ``set`` and ``shopt`` options that expansions look at. The interpreter's own table of options
    may be a subclass, or write through to one of these."""

    nounset: bool = False
    noglob: bool = False
    braceexpand: bool = True
    nullglob: bool = False
    dotglob: bool = False
    failglob: bool = False
    nocaseglob: bool = False
    nocasematch: bool = False
    globstar: bool = False
    globskipdots: bool = True
    extglob: bool = False
    patsub_replacement: bool = True
    posix: bool = False


class Environment(Protocol):
    """The running shell as seen by expansions."""

    variables: dict[str, Variable]
    """What each name means now. Locals shadow by replacement (shallow binding)."""
    positional: list[str]
    """``$1`` and up."""
    zero: str
    """``$0``."""
    status: int
    """``$?``."""
    arith_depth: int
    """0; how many variables holding expressions are being evaluated inside one another."""

    @property
    def options(self) -> ExpandOptions:
        """The options; read only here, so that the interpreter's own table may know more."""

    def special(self, name: str) -> str | None:
        """The value of ``$$``, ``$!``, ``$-`` or ``$_``; None when unset (``$!`` before any job)."""

    def tick(self, count: int) -> None:
        """``count`` small steps of work were done: what might take long calls it, so that the shell can be
        interrupted and others get their turn. May leave by an exception of the interpreter's own."""

    def create(self, name: str) -> Variable:
        """Make a variable without value where an assignment outside ``local`` would make it, and put it
        in ``variables``."""

    def hidden_name(self, name: str) -> str | None:
        """The key in ``variables`` of the global variable that a local ``name`` hides (one no script can write);
        None when ``name`` is global itself."""

    def changed(self, name: str) -> None:
        """A variable with the HOOKED flag was assigned or unset."""

    def evaluate(self, text: str) -> int:
        """``expand.evaluate(self, text)``: inherit it from :class:`expand.Evaluation`. It is asked of the
        environment because assignment and arithmetic need one another."""

    def expand_text(self, text: str) -> str:
        """``text`` expanded as one word, quotes removed (also from :class:`expand.Evaluation`)."""

    def command_output(self, node: CommandSubst) -> str:
        """Run the body in a subshell; its output (decoded, NULs dropped, trailing newlines removed).
        Sets ``status``."""

    def process_path(self, node: ProcessSubst) -> str:
        """Start the body with a pipe and return the path of the other end (``/dev/fd/63``)."""

    def list_directory(self, path: str) -> Iterable[tuple[str, bool]]:
        """Names in a directory, each with whether it is a directory itself (a symlink is not); without
        ``.`` and ``..``. ``path`` is relative to the working directory or absolute, never empty.
        Raises OSError, which the glob treats as no names."""

    def exists(self, path: str) -> bool:
        """Whether ``path`` names anything, a dangling symlink included (lstat)."""

    def is_directory(self, path: str) -> bool:
        """Whether ``path`` leads to a directory, symlinks followed (stat)."""

    def home_directory(self, user: str) -> str | None:
        """The home of ``user``; of the shell's own user for ``""`` (only asked when HOME is unset)."""

    def prompt(self, text: str) -> str:
        """``text`` with prompt escapes decoded (``${x@P}``); backslash escapes alone, not expansions."""

    def warn(self, message: str) -> None:
        """Print a warning as bash would: ``name: line n: message``."""
