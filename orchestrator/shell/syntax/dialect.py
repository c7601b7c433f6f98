"""Which shell language is read: the few switches that a script can turn between two commands."""

from collections.abc import Callable
from dataclasses import dataclass

AliasLookup = Callable[[str], str | None]


@dataclass(slots=True)
class Dialect:
    """Options that change how text is read.

    ``extglob`` makes ``@(a|b)`` part of a word outside ``[[ ]]`` too; ``aliases`` maps a command name to
    its replacement text (None: aliases are off, as in a script).
    """

    extglob: bool = False
    posix: bool = False
    aliases: AliasLookup | None = None
