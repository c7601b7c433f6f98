"""BASH_ALIASES and BASH_CMDS: the shell's own tables, read and written as associative arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.shell.dynamic import Bound
from orchestrator.shell.expand.variable import ASSOCIATIVE, AssociativeArray, Variable
from orchestrator.shell.restricted import refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.shell.shell import Shell


class Table(AssociativeArray):
    """What a table holds at this moment; changes go through to it."""

    __slots__ = ("_forget", "_note")

    def __init__(
        self,
        items: dict[str, str],
        note: Callable[[str, str], object],
        forget: Callable[[str], object],
    ) -> None:
        super().__init__(items.items())
        self._note = note
        self._forget = forget

    def set(self, key: str, value: str) -> None:
        """Store an element here and there."""
        super().set(key, value)
        if hasattr(self, "_note"):  # not while it is filled
            self._note(key, value)

    def unset(self, key: str) -> None:
        """Remove an element here and there."""
        super().unset(key)
        self._forget(key)


class TableVariable(Bound, Variable):
    """The variable; `open_table` gives the table of a shell."""

    __slots__ = ("open_table", "shell")

    def __init__(self, shell: Shell, open_table: Callable[[Shell], Table]) -> None:
        self.shell = shell
        self.open_table = open_table
        super().__init__(None, ASSOCIATIVE)

    @property
    def value(self) -> Table:
        """The table as it is now."""
        return self.open_table(self.shell)

    @value.setter
    def value(self, value: object) -> None:
        """Replace everything in the table by what `value` holds."""
        if not isinstance(value, AssociativeArray):
            return
        table, items = self.value, value.pairs()
        for key, _ in table.pairs():
            table.unset(key)
        for key, text in items:
            table.set(key, text)

    def copy(self) -> TableVariable:
        """Return an independent copy; `rebind` gives it its shell."""
        return TableVariable(self.shell, self.open_table)


def _aliases(shell: Shell) -> Table:
    return Table(
        shell.aliases,
        lambda name, text: shell.aliases.__setitem__(name, text),
        lambda name: None,  # as in bash, `unset` leaves the alias
    )


def _commands(shell: Shell) -> Table:
    paths = shell.paths
    found = {name: str(entry[0]) for name, entry in paths.found.items()}

    def note(name: str, path: str) -> None:
        if "/" not in path or not refused(shell, path):
            paths.remember(name, path)

    return Table(found, note, paths.forget)


def table_variables(shell: Shell) -> dict[str, Variable]:
    """Return a fresh set for `shell`."""
    return {
        "BASH_ALIASES": TableVariable(shell, _aliases),
        "BASH_CMDS": TableVariable(shell, _commands),
    }
