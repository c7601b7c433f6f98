"""Command lines as getopt_long(3) reads them, with GNU's words for what is wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
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
        short, long: as for getopt(3): `"n:v"`, `("lines=", "verbose")`; see `parse`.
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
            self.complain(system, error)
            return self.bad_usage

    def complain(self, system: System, error: UsageError) -> None:
        """Say what is wrong with the command line, as GNU tools do."""
        if str(error):
            system.stderr.write(f"{self.name}: {error}\n")
        if error.hint:
            system.stderr.write(f"Try '{self.name} --help' for more information.\n")


class UsageTool(Tool):
    """A program of procps: a wrong option is answered by the usage."""

    __slots__ = ()

    def complain(self, system: System, error: UsageError) -> None:
        """Say what is wrong, and how it goes."""
        if str(error):
            system.stderr.write(f"{self.name}: {error}\n")
        if error.hint:
            details = f"For more details see {self.name}(1)."
            system.stderr.write(f"\nUsage:\n {self.usage}\n\n{details}\n")


def parse(words: Sequence[str], short: str, long: Sequence[str], *, permute: bool = True) -> Parsed:
    """Split a command line. `--help` and `--version` are always known. Raises UsageError.

    `short` and `long` are as for getopt(3); `x::` and `name=?` take a value only when it is attached.
    """
    return _Reader(short, (*long, "help", "version"), permute).read(list(words))


class _Reader:
    """getopt_long(3) over one command line."""

    def __init__(self, short: str, long: Sequence[str], permute: bool) -> None:
        self._short = short
        self._long = {name.rstrip("=?"): name[len(name.rstrip("=?")) :] for name in long}
        self._permute = permute
        self._options: list[tuple[str, str]] = []

    def read(self, words: list[str]) -> Parsed:
        """Options and operands of `words`."""
        operands: list[str] = []
        while words:
            word = words.pop(0)
            if word == "--":
                operands += words
                break
            if word.startswith("--"):
                self._read_long(word, words)
            elif word.startswith("-") and word != "-":
                self._read_short(word[1:], words)
            else:
                operands.append(word)
                if not self._permute:
                    operands += words
                    break
        return Parsed(tuple(self._options), tuple(operands))

    def _read_short(self, letters: str, words: list[str]) -> None:
        while letters:
            letter, letters = letters[0], letters[1:]
            at = -1 if letter == ":" else self._short.find(letter)
            if at < 0:
                raise UsageError(f"invalid option -- '{letter}'")
            takes = self._short[at + 1 : at + 3]
            if not takes.startswith(":"):
                self._options.append((letter, ""))
                continue
            if not letters and takes != "::":
                if not words:
                    raise UsageError(f"option requires an argument -- '{letter}'")
                letters = words.pop(0)
            self._options.append((letter, letters))
            return

    def _read_long(self, word: str, words: list[str]) -> None:
        typed, equals, value = word[2:].partition("=")
        name = self._complete(typed, word)
        takes = self._long[name]
        if equals and not takes:
            raise UsageError(f"option '--{name}' doesn't allow an argument")
        if takes == "=" and not equals:
            if not words:
                raise UsageError(f"option '--{name}' requires an argument")
            value = words.pop(0)
        self._options.append((name, value))

    def _complete(self, typed: str, word: str) -> str:
        """A long option by its name or an unambiguous beginning of it."""
        if typed in self._long:
            return typed
        fits = [name for name in self._long if name.startswith(typed)]
        if not fits:
            raise UsageError(f"unrecognized option '{word}'")
        if len(fits) > 1:
            names = " ".join(f"'--{name}'" for name in fits)
            raise UsageError(f"option '--{typed}' is ambiguous; possibilities: {names}")
        return fits[0]


def missing_operand(parsed: Parsed, least: int = 1) -> None:
    """Raise UsageError unless there are `least` operands, in GNU's words."""
    count = len(parsed.operands)
    if count == 0:
        raise UsageError("missing operand")
    if count < least:
        raise UsageError(f"missing operand after {quote(parsed.operands[-1])}")


_CONTROL = {
    "\n": "\\n",
    "\t": "\\t",
    "\r": "\\r",
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\v": "\\v",
}


def quote(text: str) -> str:
    """As GNU tools name a file in a message: in quotes, so that a shell would read it back."""
    if text.isprintable():
        return f'"{text}"' if "'" in text and not set(text) & set('"$`\\!') else _single(text)
    parts = [
        _single("".join(run)) if plain else "$'" + "".join(map(_escaped, run)) + "'"
        for plain, run in groupby(text, str.isprintable)
    ]
    return ("" if parts[0].startswith("'") else "''") + "".join(parts)


def _single(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _escaped(letter: str) -> str:
    if letter in _CONTROL:
        return _CONTROL[letter]
    return "".join(f"\\{byte:03o}" for byte in letter.encode("utf-8", "surrogateescape"))
