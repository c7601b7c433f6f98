"""Command lines as getopt_long(3) reads them, with GNU's words for what is wrong."""

from __future__ import annotations

import getopt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from orchestrator.kernel.system import System

VERSION = "pagebox 0.1.0"


class UsageError(Exception):
    """A command line that cannot be understood. `hint` adds the line that points at --help."""

    def __init__(self, text: str, *, hint: bool = True) -> None:
        super().__init__(text)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Parsed:
    """Options and operands.

    Args:
        options: (name, value) in order; names without dashes, values "" where there is none.
        operands: the rest.
    """

    options: tuple[tuple[str, str], ...]
    operands: tuple[str, ...]

    def has(self, *names: str) -> bool:
        """Whether one of these was given."""
        return any(name in names for name, _ in self.options)

    def last(self, *names: str) -> str | None:
        """The value of the last one of these."""
        return next((value for name, value in reversed(self.options) if name in names), None)

    def all(self, *names: str) -> list[str]:
        """The values of all of these, in order."""
        return [value for name, value in self.options if name in names]


@dataclass(frozen=True, slots=True)
class Tool:
    """One program.

    Args:
        name: as it is installed.
        summary: one line for `help`.
        usage: what --help prints after "Usage: ".
        body: does the work and returns the exit status.
        short, long: as for getopt(3): `"n:v"`, `("lines=", "verbose")`.
        permute: whether options may follow operands; not for tools that run a command.
        bad_usage: the exit status for a wrong command line.
    """

    name: str
    summary: str
    usage: str
    body: Callable[[System, Parsed], int]
    short: str = ""
    long: tuple[str, ...] = field(default=())
    permute: bool = True
    bad_usage: int = 1

    def main(self, system: System) -> int:
        """Run as a process's program."""
        name = self.name
        try:
            parsed = parse(system.argv[1:], self.short, self.long, permute=self.permute)
            if parsed.has("help"):
                system.stdout.write(f"Usage: {self.usage}\n{self.summary}\n")
                return 0
            if parsed.has("version"):
                system.stdout.write(f"{name} ({VERSION})\n")
                return 0
            return self.body(system, parsed)
        except UsageError as error:
            system.flush()
            if str(error):
                system.stderr.write(f"{name}: {error}\n")
            if error.hint:
                system.stderr.write(f"Try '{name} --help' for more information.\n")
            return self.bad_usage


def parse(words: Sequence[str], short: str, long: Sequence[str], *, permute: bool = True) -> Parsed:
    """Split a command line. `--help` and `--version` are always known. Raises UsageError."""
    read = getopt.gnu_getopt if permute else getopt.getopt
    try:
        options, operands = read(list(words), short, [*long, "help", "version"])
    except getopt.GetoptError as error:
        raise UsageError(_gnu_words(error)) from None
    return Parsed(tuple((name.lstrip("-"), value) for name, value in options), tuple(operands))


def _gnu_words(error: getopt.GetoptError) -> str:
    option, text = error.opt, error.msg
    is_long = len(option) > 1
    if "requires argument" in text:
        return (
            f"option '--{option}' requires an argument"
            if is_long
            else f"option requires an argument -- '{option}'"
        )
    if "must not have" in text:
        return f"option '--{option}' doesn't allow an argument"
    if "not a unique prefix" in text:
        return f"option '--{option}' is ambiguous"
    return f"unrecognized option '--{option}'" if is_long else f"invalid option -- '{option}'"


def missing_operand(parsed: Parsed, least: int = 1) -> None:
    """Raise UsageError unless there are `least` operands, in GNU's words."""
    count = len(parsed.operands)
    if count == 0:
        raise UsageError("missing operand")
    if count < least:
        raise UsageError(f"missing operand after {quote(parsed.operands[-1])}")


def quote(text: str) -> str:
    """As GNU tools name a file in a message."""
    return "'" + text.replace("'", "'\\''") + "'"
