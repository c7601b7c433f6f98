"""Programmable completion: what `complete` has said about a command, and the words that come of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestrator.kernel.signal import Signal
from orchestrator.shell.expand import compile_glob, expand_globs, split_fields
from orchestrator.shell.expand.variable import EXPORT, INDEXED, IndexedArray, Variable
from orchestrator.shell.functions import call
from orchestrator.shell.interactive_keymap import NAMES
from orchestrator.shell.interactive_paths import paths
from orchestrator.shell.lookup import command_names
from orchestrator.shell.options import SET_NAMES, SHOPT_NAMES
from orchestrator.shell.reserved import RESERVED
from orchestrator.shell.syntax.quote import single_quote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from orchestrator.shell.shell import Shell

_QUOTES = re.compile(r"""'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)""", re.DOTALL)
OPTIONS = (
    *("bashdefault", "default", "dirnames", "filenames", "noquote", "nosort", "nospace"),
    "plusdirs",
)
"""What `-o` takes."""
LETTERS = {
    "a": "alias",
    "b": "builtin",
    "c": "command",
    "d": "directory",
    "e": "export",
    "f": "file",
    "g": "group",
    "j": "job",
    "k": "keyword",
    "s": "service",
    "u": "user",
    "v": "variable",
}
"""Letters that stand for an action."""


@dataclass(slots=True)
class Spec:
    """One `complete` command's worth. Names of fields are those of its options."""

    actions: list[str] = field(default_factory=list)
    glob: str | None = None
    words: str | None = None
    function: str | None = None
    command: str | None = None
    pattern: str | None = None
    prefix: str = ""
    suffix: str = ""
    options: set[str] = field(default_factory=set)

    def text(self, name: str) -> str:
        """Return the `complete` command that sets this up again."""
        letters = {action: letter for letter, action in LETTERS.items()}
        words = ["complete"]
        words += [f"-o {option}" for option in OPTIONS if option in self.options]
        plain = "".join(letters[a] for a in self.actions if a in letters)
        words += [f"-{letter}" for letter in plain]
        words += [f"-A {action}" for action in self.actions if action not in letters]
        for letter, value in (
            ("G", self.glob),
            ("W", self.words),
            ("P", self.prefix or None),
            ("S", self.suffix or None),
            ("X", self.pattern),
        ):
            if value is not None:
                words.append(f"-{letter} {single_quote(value)}")
        if self.command is not None:
            words.append(f"-C {single_quote(self.command)}")
        if self.function is not None:
            words.append(f"-F {self.function}")
        return " ".join([*words, name])


@dataclass(frozen=True, slots=True)
class Place:
    """What is being completed: the command line's words, which of them, and the whole line up to the cursor.

    `is_test`: `compgen` asks, not a user.
    """

    words: list[str]
    index: int
    line: str
    is_test: bool = False

    @property
    def word(self) -> str:
        """The word itself, as far as it is there."""
        return self.words[self.index] if self.index < len(self.words) else ""


def generate(shell: Shell, spec: Spec, place: Place) -> list[str]:
    """Return the completions that a specification gives."""
    word = place.word
    found: list[str] = []
    for action in spec.actions:
        found += [name for name in ACTIONS[action](shell, word) if name.startswith(word)]
    if spec.glob is not None:
        found += expand_globs(shell, spec.glob)
    if spec.words is not None:
        found += [name for name in _word_list(shell, spec.words) if name.startswith(word)]
    if spec.function is not None:
        found += _by_function(shell, spec.function, place)
    if spec.command is not None:
        found += _by_command(shell, spec.command, place)
    if spec.pattern is not None:
        found = _filtered(spec.pattern, word, found)
    return [f"{spec.prefix}{name}{spec.suffix}" for name in found]


def _word_list(shell: Shell, text: str) -> list[str]:
    """Return the words of `-W`: quotes keep together and protect, the rest is expanded and split."""
    ifs = shell.text("IFS", " \t\n")
    words: list[str] = []
    for piece in _split_unquoted(text, ifs):
        if set("'\"\\") & set(piece):
            words.append(_QUOTES.sub(lambda match: match[1] or match[2] or match[3] or "", piece))
        else:
            words += split_fields(shell.expand_text(piece), ifs)
    return words


def _split_unquoted(text: str, ifs: str) -> list[str]:
    pieces, current, at, depth = [], "", 0, 0
    while at < len(text):
        match = _QUOTES.match(text, at)
        part = match.group() if match is not None else text[at]
        depth += {"(": 1, ")": -1, "{": 1, "}": -1, "`": 0}.get(part, 0)
        if part == "`":
            end = text.find("`", at + 1)
            part = text[at : end + 1] if end > 0 else part
        if part in ifs and part and depth <= 0:
            pieces.append(current)
            current = ""
        else:
            current += part
        at += len(part)
    return [piece for piece in [*pieces, current] if piece]


def _filtered(pattern: str, word: str, found: list[str]) -> list[str]:
    """`-X`: drop what matches, or with `!` in front what does not; `&` stands for the word."""
    keeps = pattern.startswith("!")
    compiled = compile_glob(pattern.removeprefix("!").replace("&", word))
    return [name for name in found if compiled.matches(name) is keeps]


def _by_function(shell: Shell, name: str, place: Place) -> list[str]:
    """Call a completion function as bash does and return its COMPREPLY."""
    function = shell.functions.get(name)
    if function is None:
        shell.report(f"completion: function `{name}' not found")
        return []
    shell.variables["COMP_WORDS"] = Variable(IndexedArray(place.words), INDEXED)
    _describe(shell, place)
    shell.store("COMP_CWORD", str(place.index))
    shell.variables.pop("COMPREPLY", None)
    before = place.words[place.index - 1] if place.index and not place.is_test else ""
    status = shell.status
    call(shell, function, [name, place.words[0], place.word, before])
    shell.status = status
    reply = shell.variables.pop("COMPREPLY", None)
    for variable in (
        "COMP_WORDS",
        "COMP_CWORD",
        "COMP_LINE",
        "COMP_POINT",
        "COMP_TYPE",
        "COMP_KEY",
    ):
        shell.variables.pop(variable, None)
    if reply is None:
        return []
    value = reply.value
    return value.values() if isinstance(value, IndexedArray) else [reply.scalar() or ""]


def _describe(shell: Shell, place: Place, flags: int = 0) -> None:
    for variable, text in (
        ("COMP_LINE", place.line),
        ("COMP_POINT", str(len(place.line.encode("utf-8", "surrogateescape")))),
        ("COMP_TYPE", "9"),
        ("COMP_KEY", "9"),
    ):
        shell.store(variable, text, flags)


def _by_command(shell: Shell, command: str, place: Place) -> list[str]:
    """`-C`: run a command with the command's name, the word and the word before it; its lines are completions."""
    _describe(shell, place, EXPORT)
    before = place.words[place.index - 1] if place.index and not place.is_test else ""
    words = " ".join(map(single_quote, (place.words[0], place.word, before)))
    status = shell.status
    try:
        output = shell.expand_text(f"$({command} {words})")
    finally:
        shell.status = status
        for variable in ("COMP_LINE", "COMP_POINT", "COMP_TYPE", "COMP_KEY"):
            shell.variables.pop(variable, None)
    return output.splitlines()


def _is_seen(shell: Shell, name: str) -> bool:
    """Whether a variable is listed: one that was only declared is not."""
    variable = shell.variables[name]
    empty = name in ("FUNCNAME", "PIPESTATUS") and not variable.value
    return not empty and (variable.value is not None or variable.scalar() is not None)


def _names(table: Iterable[str]) -> list[str]:
    return sorted(table)


def _with_flag(flag: int) -> Callable[[Shell, str], list[str]]:
    return lambda shell, word: sorted(n for n, v in shell.variables.items() if v.flags & flag)


def _accounts(column: int, path: str) -> Callable[[Shell, str], list[str]]:
    def names(shell: Shell, word: str) -> list[str]:
        return [line.split(":")[column] for line in shell.lines_of(path)]

    return names


def _files(shell: Shell, word: str) -> list[str]:
    return [path.rstrip("/") or "/" for path in paths(shell, word)]


def _folders(shell: Shell, word: str) -> list[str]:
    return [path.rstrip("/") or "/" for path in paths(shell, word) if path.endswith("/")]


def _jobs(shell: Shell, word: str) -> list[str]:
    return [job.text.split(" ")[0] for job in shell.jobs]


def _services(shell: Shell, word: str) -> list[str]:
    lines = [line.split("#")[0].split() for line in shell.lines_of("/etc/services")]
    return sorted({fields[0] for fields in lines if fields})


ACTIONS: dict[str, Callable[[Shell, str], list[str]]] = {
    "alias": lambda shell, word: _names(shell.aliases),
    "arrayvar": _with_flag(INDEXED),
    "binding": lambda shell, word: list(NAMES),
    "builtin": lambda shell, word: _names(shell.all_builtins),
    "command": lambda shell, word: _names(command_names(shell) | RESERVED),
    "directory": _folders,
    "disabled": lambda shell, word: _names(set(shell.all_builtins) - set(shell.builtins)),
    "enabled": lambda shell, word: _names(shell.builtins),
    "export": _with_flag(EXPORT),
    "file": _files,
    "function": lambda shell, word: _names(shell.functions),
    "group": _accounts(0, "/etc/group"),
    "helptopic": lambda shell, word: _names(shell.all_builtins),
    "hostname": lambda shell, word: [shell.system.hostname],
    "job": _jobs,
    "keyword": lambda shell, word: _names(RESERVED),
    "running": _jobs,
    "service": _services,
    "setopt": lambda shell, word: list(SET_NAMES),
    "shopt": lambda shell, word: list(SHOPT_NAMES),
    "signal": lambda shell, word: [f"SIG{signal.name}" for signal in Signal],
    "stopped": _jobs,
    "user": _accounts(0, "/etc/passwd"),
    "variable": lambda shell, word: _names(n for n in shell.variables if _is_seen(shell, n)),
}
"""Each action of `-A`, called with the shell and the word."""
