"""Command-line options as getopt_long(3) reads them, with GNU's wording for what is wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.kernel.system import System


class UsageError(Exception):
    """The command line is wrong. `report` says so as GNU tools do."""

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Option:
    """One option: its letter and long name (either may be empty), and whether it takes an argument.

    `argument` is `""` (none), `"required"` or `"optional"` (`--name=value` alone, as GNU has it).
    """

    letter: str
    name: str = ""
    argument: str = ""

    @property
    def key(self) -> str:
        """What `Parsed` calls it: the long name, or the letter without one."""
        return self.name or self.letter


@dataclass(slots=True)
class Parsed:
    """What a command line said: (key, value) in order, and the operands."""

    given: list[tuple[str, str]] = field(default_factory=list)
    operands: list[str] = field(default_factory=list)

    def __contains__(self, key: str) -> bool:
        return any(name == key for name, _ in self.given)

    def value(self, key: str, default: str = "") -> str:
        """Return the last argument given to an option."""
        return next((value for name, value in reversed(self.given) if name == key), default)

    def values(self, key: str) -> list[str]:
        """Return every argument given to an option."""
        return [value for name, value in self.given if name == key]


def parse(words: Sequence[str], options: Sequence[Option], *, permute: bool = True) -> Parsed:
    """Read the words behind the program's name.

    `permute`: options may stand behind operands, as GNU allows; without it the first operand ends them.
    Raises: UsageError.
    """
    return _Reader(list(words), options, permute).run()


class _Reader:
    def __init__(self, words: list[str], options: Sequence[Option], permute: bool) -> None:
        self.words = words
        self.letters = {option.letter: option for option in options if option.letter}
        self.names = {option.name: option for option in options if option.name}
        self.permute = permute
        self.parsed = Parsed()
        self.at = 0

    def run(self) -> Parsed:
        while self.at < len(self.words):
            word = self.words[self.at]
            self.at += 1
            if word == "--":
                break
            if word.startswith("--"):
                self._long(word[2:])
            elif word.startswith("-") and word != "-":
                self._short(word)
            else:
                self.parsed.operands.append(word)
                if not self.permute:
                    break
        self.parsed.operands += self.words[self.at :]
        return self.parsed

    def _short(self, word: str) -> None:
        for position, letter in enumerate(word[1:], 2):
            option = self.letters.get(letter)
            if option is None:
                raise UsageError(f"invalid option -- '{letter}'")
            if option.argument != "required":
                self.parsed.given.append((option.key, ""))
                continue
            value = word[position:]
            if not value:
                value = self._next(f"option requires an argument -- '{letter}'")
            self.parsed.given.append((option.key, value))
            return

    def _long(self, text: str) -> None:
        name, equals, value = text.partition("=")
        option = self._find(name)
        if equals and not option.argument:
            raise UsageError(f"option '--{option.name}' doesn't allow an argument")
        if not equals and option.argument == "required":
            value = self._next(f"option '--{option.name}' requires an argument")
        self.parsed.given.append((option.key, value))

    def _next(self, complaint: str) -> str:
        if self.at >= len(self.words):
            raise UsageError(complaint)
        self.at += 1
        return self.words[self.at - 1]

    def _find(self, name: str) -> Option:
        """Find a long option by its name or an unambiguous beginning."""
        if name in self.names:
            return self.names[name]
        found = [option for known, option in self.names.items() if known.startswith(name)]
        if len(found) == 1:
            return found[0]
        if found:
            choices = " ".join(f"'--{option.name}'" for option in found)
            raise UsageError(f"option '--{name}' is ambiguous; possibilities: {choices}")
        raise UsageError(f"unrecognized option '--{name}'")


def complain(system: System, message: str, *, hint: bool = False) -> None:
    """Print `name: message`, and where help is to be found."""
    name = system.process.name
    tail = f"Try '{name} --help' for more information.\n" if hint else ""
    system.stderr.write(f"{name}: {message}\n{tail}")
