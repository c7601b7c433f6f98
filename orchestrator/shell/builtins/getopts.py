"""`getopts`: a script's own options, one per call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.shell.builtin import Builtin, UsageError
from orchestrator.shell.builtins.arguments import no_options, whole_number
from orchestrator.shell.expand import assign
from orchestrator.shell.expand.errors import ExpansionError, ReadonlyError
from orchestrator.shell.syntax import is_name

if TYPE_CHECKING:
    from orchestrator.shell.shell import Shell


def _getopts(shell: Shell, argv: list[str]) -> int:
    operands = no_options(argv)
    if len(operands) < 2:
        raise UsageError("", show_usage=True)
    spec, name, *words = operands
    scan = _Scan(shell, spec, words or shell.positional)
    letter = scan.next()
    try:
        _keep(shell, scan)
        return _name(shell, name, letter)
    except ExpansionError as error:
        shell.report(error.message)
        return 2


def _keep(shell: Shell, scan: _Scan) -> None:
    """Set OPTIND and OPTARG."""
    assign(shell, "OPTIND", str(scan.index))
    shell.option_place = (scan.current, scan.offset)
    if scan.argument is None:
        shell.unset_variable("OPTARG")
        return
    try:
        assign(shell, "OPTARG", scan.argument)
    except ReadonlyError as error:
        shell.report(error.message)


def _name(shell: Shell, name: str, letter: str | None) -> int:
    if not is_name(name):
        shell.report(f"getopts: `{name}': not a valid identifier")
        return 1
    assign(shell, name, letter or "?")
    return 0 if letter is not None else 1


class _Scan:
    """Where getopts stands: word `index` (from 1), and `offset` in the word `current` (0: before a word).

    `current` is that of the last call: an OPTIND that was assigned meanwhile takes effect when it is done.
    """

    def __init__(self, shell: Shell, spec: str, words: list[str]) -> None:
        self.shell = shell
        self.silent = spec.startswith(":")
        self.spec = spec.removeprefix(":")
        self.words = words
        place = shell.text("OPTIND")
        self.index = max(1, whole_number(place) or 1)
        self.current, self.offset = shell.option_place if place else (1, 0)
        self.argument: str | None = None

    def next(self) -> str | None:
        """Return the next option's letter, `?` or `:` for a wrong one, None at the end."""
        if self.index > len(self.words):
            self.index = len(self.words) + 1
            self.offset = 0
            return None
        word = self.words[self.current - 1] if self.current <= len(self.words) else ""
        if self.offset == 0 or self.offset >= len(word):
            word = self.words[self.index - 1]
            if len(word) < 2 or word[0] != "-":
                return None
            if word == "--":
                self.index += 1
                return None
            self.current, self.offset = self.index, 1
        return self._letter(word)

    def _letter(self, word: str) -> str:
        letter = word[self.offset]
        self.offset += 1
        found = self.spec.find(letter) if letter != ":" else -1
        if found < 0:
            self._step(word)
            return self._wrong(letter, "?", f"illegal option -- {letter}")
        if self.spec[found + 1 : found + 2] != ":":
            self._step(word)
            return letter
        return self._with_argument(letter, word)

    def _with_argument(self, letter: str, word: str) -> str:
        rest = word[self.offset :]
        self.offset = 0
        self.index += 1
        if rest:
            self.argument = rest
            return letter
        if self.index > len(self.words):
            return self._wrong(letter, ":", f"option requires an argument -- {letter}")
        self.argument = self.words[self.index - 1]
        self.index += 1
        return letter

    def _step(self, word: str) -> None:
        if self.offset >= len(word):
            self.offset = 0
            self.index += 1

    def _wrong(self, letter: str, silent_result: str, message: str) -> str:
        if self.silent:
            self.argument = letter
            return silent_result
        if self.shell.text("OPTERR", "1") != "0":
            self.shell.error_text(f"{self.shell.zero}: {message}\n")
        return "?"


BUILTINS = (
    Builtin("getopts", _getopts, "getopts optstring name [arg ...]", "Parse option arguments."),
)
