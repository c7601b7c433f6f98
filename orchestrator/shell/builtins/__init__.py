"""The builtins: one module per family, and the registry of them all.

The names are here, so that the shell starts without the families; each is imported when one of its builtins is first
run or looked at.
"""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from orchestrator.shell.builtin import Builtin
    from orchestrator.shell.shell import Shell

FAMILIES: Mapping[str, str] = MappingProxyType(
    {
        "binding": "bind",
        "completing": "compgen complete compopt",
        "directories": "cd pwd dirs pushd popd",
        "echo": "echo",
        "evaluation": "eval source . exec command builtin",
        "fixing": "fc",
        "flow": ": true false break continue return exit logout",
        "getopts": "getopts",
        "historylist": "history",
        "identify": "type",
        "joblist": "jobs fg bg disown suspend wait kill",
        "limits": "umask ulimit times",
        "naming": "alias unalias hash help",
        "printf": "printf",
        "reading": "read mapfile readarray",
        "settings": "set shopt shift let enable",
        "testing": "test [",
        "trapping": "trap caller",
        "variables": "declare typeset local export readonly unset",
    }
)
"""Modules of this package, and the builtins in each."""


class _Later:
    """A builtin whose family is not imported yet; afterwards it is as good as what it stands for."""

    __slots__ = ("_family", "name", "run", "special", "summary", "usage")

    def __init__(self, name: str, family: str) -> None:
        self.name = name
        self._family = family
        self.run: Callable[[Shell, list[str]], int] = self._run_first

    def _run_first(self, shell: Shell, argv: list[str]) -> int:
        self._load()
        return self.run(shell, argv)

    def __getattr__(self, attribute: str) -> object:
        """Fill the slots that are still empty."""
        if attribute not in ("special", "summary", "usage"):
            raise AttributeError(attribute)
        self._load()
        return getattr(self, attribute)

    def _load(self) -> None:
        family = import_module(f"{__name__}.{self._family}")
        found: Builtin = next(one for one in family.BUILTINS if one.name == self.name)
        self.special, self.summary, self.usage = found.special, found.summary, found.usage
        self.run = found.run


BUILTINS: Mapping[str, Builtin] = MappingProxyType(
    {
        name: cast("Builtin", _Later(name, family))
        for family, names in FAMILIES.items()
        for name in names.split()
    }
)
"""Every builtin by name."""
