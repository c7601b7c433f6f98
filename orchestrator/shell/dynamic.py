"""Variables whose value is computed when read: RANDOM, SECONDS, LINENO, FUNCNAME, PIPESTATUS ...

Each belongs to one shell; a subshell installs its own set in its copies' place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, cast

from orchestrator.shell.expand.variable import (
    INDEXED,
    INTEGER,
    READONLY,
    DynamicVariable,
    IndexedArray,
    Variable,
)
from orchestrator.shell.located import NOTHING, Head
from orchestrator.shell.options import SET_NAMES, SHOPT_NAMES
from orchestrator.shell.syntax import print_node
from orchestrator.shell.syntax.nodes import Case, For, Select

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.shell.shell import Shell
    from orchestrator.shell.syntax.nodes import Word
    from orchestrator.shell.syntax.printer import Node

SECOND = 1_000_000_000


class Bound:
    """Mixin of variables that belong to one shell, their attribute `shell`."""

    __slots__ = ()

    shell: Shell


class Computed(Bound, DynamicVariable):
    """A scalar that a function of the shell gives; assignments are ignored."""

    __slots__ = ("compute", "shell")

    def __init__(self, shell: Shell, compute: Callable[[Shell], str], flags: int = 0) -> None:
        super().__init__(flags)
        self.shell = shell
        self.compute = compute

    def scalar(self) -> str | None:
        """Return the value of this moment."""
        return self.compute(self.shell)

    def copy(self) -> Self:
        """Return an independent copy; `rebind` gives it its shell. Made by hand: every subshell copies a dozen."""
        other = object.__new__(type(self))
        other.value = other.number = None
        other.flags = self.flags
        other.shell = self.shell
        other.compute = self.compute
        return other


class Zero(Computed):
    """BASH_ARGV0: assigning it changes `$0`."""

    __slots__ = ()

    def assign(self, value: str) -> None:
        """Change `$0`."""
        self.shell.zero = value


class Random(Bound, DynamicVariable):
    """RANDOM: 0 to 32767; assigning seeds it. bash's generator, so seeded scripts agree."""

    __slots__ = ("last", "seed", "shell")

    def __init__(self, shell: Shell, flags: int = INTEGER) -> None:
        super().__init__(flags)
        self.shell = shell
        self.seed: int | None = None
        self.last = 0

    def copy(self) -> Random:
        """Return a generator of its own: a subshell seeds anew."""
        return Random(self.shell, self.flags)

    def scalar(self) -> str | None:
        """Return the next number, never the same twice running."""
        seed = self.seed
        if seed is None:
            seed = int.from_bytes(self.shell.system.random(4), "little")
        while True:
            self.seed = seed = _park_miller(seed)
            number = (seed >> 16) ^ (seed & 0xFFFF)
            number &= 0x7FFF
            if number != self.last:
                self.last = number
                return str(number)

    def assign(self, value: str) -> None:
        """Seed the generator with a number."""
        self.seed = _leading_number(value) & 0xFFFFFFFF
        self.last = 0


def _park_miller(seed: int) -> int:
    """Return the successor: x * 16807 mod 2**31 - 1 (Park and Miller 1988)."""
    high, low = divmod(seed or 123459876, 127773)
    result = 16807 * low - 2836 * high
    return result + 0x7FFFFFFF if result < 0 else result


def _leading_number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        return 0


class Seconds(Bound, DynamicVariable):
    """SECONDS since the shell started, plus what was last assigned."""

    __slots__ = ("base", "shell")

    def __init__(self, shell: Shell, base: int, flags: int = INTEGER) -> None:
        super().__init__(flags)
        self.shell = shell
        self.base = base

    def copy(self) -> Seconds:
        """Return a clock of its own that shows the same."""
        return Seconds(self.shell, self.base, self.flags)

    def scalar(self) -> str | None:
        """Return whole seconds."""
        return str((self.shell.system.monotonic() - self.base) // SECOND)

    def assign(self, value: str) -> None:
        """Start counting from a number."""
        self.base = self.shell.system.monotonic() - _leading_number(value) * SECOND


class ComputedArray(Bound, Variable):
    """An indexed array that a function of the shell gives; assignments are ignored."""

    __slots__ = ("compute", "shell")

    def __init__(self, shell: Shell, compute: Callable[[Shell], list[str]], flags: int = 0) -> None:
        self.shell = shell
        self.compute = compute
        super().__init__(None, INDEXED | flags)

    @property
    def value(self) -> IndexedArray:
        """The elements of this moment."""
        return IndexedArray(self.compute(self.shell))

    @value.setter
    def value(self, value: object) -> None:
        """Ignore an assignment, as bash does."""

    def copy(self) -> Self:
        """Return an independent copy; `rebind` gives it its shell."""
        other = object.__new__(type(self))
        other.number = None
        other.flags = self.flags
        other.shell = self.shell
        other.compute = self.compute
        return other


def _function_names(shell: Shell) -> list[str]:
    if not any(frame.function for frame in shell.frames):
        return []
    names = [frame.name for frame in reversed(shell.frames)]
    return names if shell.source_at_bottom is None else [*names, "main"]


def _sources(shell: Shell) -> list[str]:
    sources = [frame.source for frame in reversed(shell.frames)]
    bottom = shell.source_at_bottom
    return sources if bottom is None else [*sources, bottom]


def _call_lines(shell: Shell) -> list[str]:
    lines = [str(frame.line) for frame in reversed(shell.frames)]
    return lines if shell.source_at_bottom is None else [*lines, "0"]


def _argument_counts(shell: Shell) -> list[str]:
    if not shell.options.extdebug:
        return []
    return [*(str(len(frame.arguments)) for frame in reversed(shell.frames)), "0"]


def _arguments(shell: Shell) -> list[str]:
    """The arguments of every call, the last one of the innermost first."""
    if not shell.options.extdebug:
        return []
    return [word for frame in reversed(shell.frames) for word in reversed(frame.arguments)]


def _pipe_statuses(shell: Shell) -> list[str]:
    statuses = shell.pipe_statuses
    return [str(shell.status)] if statuses is None else list(map(str, statuses))


def _enabled(shell: Shell, names: list[tuple[str, str]]) -> str:
    return ":".join(name for name, attribute in names if getattr(shell.options, attribute))


def _command_text(shell: Shell) -> str:
    node = shell.trapped_node or shell.command_node
    match node:
        case Head():
            return node.text
        case For() | Select():
            return f"{'for' if isinstance(node, For) else 'select'} {node.name} in {_words(node.words)}"
        case Case():
            return f"case {print_node(node.subject)} in "
    return "" if node is NOTHING else print_node(cast("Node", node))


def _words(words: tuple[Word, ...] | None) -> str:
    return '"$@"' if words is None else " ".join(map(print_node, words))


def _epoch(shell: Shell) -> str:
    return str(shell.system.realtime() // SECOND)


def _epoch_exact(shell: Shell) -> str:
    now = shell.system.realtime()
    return f"{now // SECOND}.{now % SECOND // 1000:06d}"


_SCALARS: tuple[tuple[str, Callable[[Shell], str], int], ...] = (
    ("_", lambda shell: shell.last_argument, 0),
    ("LINENO", lambda shell: str(shell.line), 0),
    ("EPOCHSECONDS", _epoch, 0),
    ("EPOCHREALTIME", _epoch_exact, 0),
    ("SRANDOM", lambda shell: str(int.from_bytes(shell.system.random(4), "little")), INTEGER),
    ("BASHPID", lambda shell: str(shell.own_pid), INTEGER),
    ("BASH_SUBSHELL", lambda shell: str(shell.subshell_level), 0),
    ("BASH_COMMAND", _command_text, 0),
    ("HISTCMD", lambda shell: str(shell.history_number), INTEGER),
    (
        "SHELLOPTS",
        lambda shell: _enabled(shell, list(SET_NAMES.items())),
        READONLY,
    ),
    (
        "BASHOPTS",
        lambda shell: _enabled(shell, [(name, name) for name in SHOPT_NAMES]),
        READONLY,
    ),
)

_ARRAYS: tuple[tuple[str, Callable[[Shell], list[str]]], ...] = (
    ("FUNCNAME", _function_names),
    ("BASH_SOURCE", _sources),
    ("BASH_LINENO", _call_lines),
    ("BASH_ARGC", _argument_counts),
    ("BASH_ARGV", _arguments),
    ("PIPESTATUS", _pipe_statuses),
    ("DIRSTACK", lambda shell: shell.directory_stack()),
    ("GROUPS", lambda shell: shell.group_ids()),
)


def dynamic_variables(shell: Shell) -> dict[str, Variable]:
    """Return a fresh set for `shell`."""
    made: dict[str, Variable] = {}
    for name, compute, flags in _SCALARS:
        made[name] = Computed(shell, compute, flags)
    for name, compute_list in _ARRAYS:
        made[name] = ComputedArray(shell, compute_list)
    made["BASH_ARGV0"] = Zero(shell, lambda shell: shell.zero)
    made["SECONDS"] = Seconds(shell, shell.system.monotonic())
    made["RANDOM"] = Random(shell)
    return made


def rebind(shell: Shell) -> None:
    """Let the copies a subshell inherited of its parent's variables speak of the subshell."""
    for variable in shell.variables.values():
        if isinstance(variable, Bound):
            variable.shell = shell
