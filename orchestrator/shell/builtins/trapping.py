"""`trap` and `caller`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.shell.builtin import Builtin, UsageError
from orchestrator.shell.builtins.arguments import Options, no_options, whole_number
from orchestrator.shell.signals import name_of, number_of
from orchestrator.shell.syntax.quote import single_quote
from orchestrator.shell.traps import PSEUDO

if TYPE_CHECKING:
    from orchestrator.shell.shell import Shell


def _trap(shell: Shell, argv: list[str]) -> int:
    options = Options(argv, "lp")
    words = options.operands
    if "l" in options:
        return shell.builtins["kill"].run(shell, ["kill", "-l"])
    if "p" in options or not words:
        return _show(shell, words)
    if len(words) == 1:
        return _reset(shell, words) if trap_name(words[0]) else _usage(shell)
    command, names = words[0], words[1:]
    if command == "-":
        return _reset(shell, names)
    if whole_number(command) is not None and trap_name(command):
        return _reset(shell, words)
    status = 0
    for word in names:
        name = _checked(shell, word)
        if name is None:
            status = 1
        else:
            shell.traps.set(shell, name, command)
    return status


def _usage(shell: Shell) -> int:
    raise UsageError("", show_usage=True)


def trap_name(word: str) -> str | None:
    """Return the key of a trap given as `INT`, `SIGINT`, `2`, `EXIT` or `0`; None if there is none."""
    upper = word.upper()
    if upper in PSEUDO:
        return upper
    if upper == "0":
        return "EXIT"
    number = number_of(word)
    return name_of(number) if number else None


def _checked(shell: Shell, word: str) -> str | None:
    name = trap_name(word)
    if name is None:
        shell.report(f"trap: {word}: invalid signal specification")
    return name


def _reset(shell: Shell, words: list[str]) -> int:
    status = 0
    for word in words:
        name = _checked(shell, word)
        if name is None:
            status = 1
        else:
            shell.traps.set(shell, name, None)
    return status


def _show(shell: Shell, words: list[str]) -> int:
    ignored = dict.fromkeys(shell.traps.shown_ignored, "")
    commands = {**ignored, **shell.traps.shown, **shell.traps.commands}
    status = 0
    if not words:
        names = sorted(commands, key=_order)
    else:
        checked = [_checked(shell, word) for word in words]
        status = 1 if None in checked else 0
        names = [name for name in checked if name in commands and name is not None]
    for name in names:
        shown = name if name in PSEUDO or shell.options.posix else f"SIG{name}"
        shell.output(f"trap -- {single_quote(commands[name])} {shown}\n")
    return status


def _order(name: str) -> int:
    if name == "EXIT":
        return 0
    if name in PSEUDO:
        return 64 + PSEUDO.index(name)
    return number_of(name) or 0


def _caller(shell: Shell, argv: list[str]) -> int:
    frames = list(reversed(shell.frames))
    if not frames:
        return 1
    if len(argv) < 2:
        source = frames[1].source if len(frames) > 1 else shell.source_at_bottom or "NULL"
        shell.output(f"{frames[0].line} {source}\n")
        return 0
    operands = no_options(argv)
    number = whole_number(operands[0]) if operands else 0
    if number is None:
        raise UsageError(f"{operands[0]}: invalid number")
    bottom = shell.source_at_bottom
    if not 0 <= number < len(frames) - (0 if bottom is not None else 1):
        return 1
    outer = frames[number + 1] if number + 1 < len(frames) else None
    name = outer.name if outer is not None else "main"
    source = outer.source if outer is not None else bottom or "NULL"
    shell.output(f"{frames[number].line} {name} {source}\n")
    return 0


BUILTINS = (
    Builtin(
        "trap",
        _trap,
        "trap [-lp] [[arg] signal_spec ...]",
        "Trap signals and other events.",
        special=True,
    ),
    Builtin(
        "caller", _caller, "caller [expr]", "Return the context of the current subroutine call."
    ),
)
