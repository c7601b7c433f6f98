"""`printf`: the format is read again until the arguments are used up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.shell.builtin import Builtin, UsageError
from orchestrator.shell.builtins.formatting import Formatter
from orchestrator.shell.expand import assign
from orchestrator.shell.expand.errors import ExpansionError
from orchestrator.shell.expand.lookup import split_subscript
from orchestrator.shell.syntax import is_name

if TYPE_CHECKING:
    from orchestrator.shell.shell import Shell

USAGE = "printf [-v var] format [arguments]"


def _printf(shell: Shell, argv: list[str]) -> int:
    words = argv[1:]
    variable = None
    if words[:1] == ["-v"]:
        if len(words) < 2:
            raise UsageError("-v: option requires an argument")
        variable, words = words[1], words[2:]
        if not is_name(split_subscript(variable)[0]):
            raise UsageError(f"`{variable}': not a valid identifier", show_usage=False)
    elif words and words[0].startswith("-v") and len(words[0]) > 2:
        variable, words = words[0][2:], words[1:]
    if words[:1] == ["--"]:
        words = words[1:]
    elif words and len(words[0]) > 1 and words[0][0] == "-":
        raise UsageError(f"{words[0][:2]}: invalid option")
    if not words:
        shell.error_text(f"printf: usage: {USAGE}\n")
        return 2
    formatter = Formatter(shell, words[0], words[1:])
    data = formatter.run()
    return _deliver(shell, variable, data) or formatter.status


def _deliver(shell: Shell, variable: str | None, data: bytes) -> int:
    if variable is None:
        if data:
            shell.system.write(1, data)
        return 0
    try:
        assign(shell, variable, data.replace(b"\0", b"").decode("utf-8", "surrogateescape"))
    except ExpansionError as error:
        shell.report(error.message)
        return 1
    return 0


BUILTINS = (
    Builtin("printf", _printf, USAGE, "Formats and prints ARGUMENTS under control of the FORMAT."),
)
