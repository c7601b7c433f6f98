"""What a command needs of a subshell, told by its tree: which commands it names, and whether it must be a process.

A body that runs in the shell itself (see `inplace`) must not do what cannot be undone, nor show that it is no
process. So whatever is not understood here asks for a process. What runs in a subshell further in is that
subshell's matter, yet it is looked at as well: that is on the safe side, and simpler.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.shell.plain import is_plain
from orchestrator.shell.syntax.nodes import (
    AndOr,
    AndOrTail,
    Assignment,
    CommandList,
    Coproc,
    DoubleQuoted,
    Escaped,
    ListItem,
    Literal,
    Pipeline,
    ProcessSubst,
    Redirect,
    SimpleCommand,
    SingleQuoted,
    Word,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.shell.syntax.nodes import WordPart

FORBIDDEN = frozenset(
    (
        *("bind", ".", "bg", "compgen", "disown", "enable", "eval", "exec", "fc", "fg", "history"),
        *("jobs", "kill", "logout", "mapfile", "readarray", "source", "suspend", "times", "trap"),
        *("ulimit", "wait"),
    )
)
"""Builtins that change the process, look at its children, or run text nobody has seen."""
WRAPPERS = frozenset(("command", "builtin"))
HARMLESS = frozenset(("echo", "printf", ":", "true", "false", "pwd"))
"""Builtins that change nothing but what is remembered of the last command (`printf` without `-v`)."""
TELLTALE = "BASHPID"
_PATTERN = frozenset("*?[{~")


class Needs:
    """What running a command takes.

    Attributes:
        names: commands it names, functions among them.
        never: it must be a process whatever the names mean.
        harmless: it runs a few of HARMLESS and expands plain words: nothing needs undoing.
    """

    __slots__ = ("checked", "harmless", "names", "never")

    def __init__(self, names: frozenset[str], *, never: bool, harmless: bool) -> None:
        self.names = names
        self.never = never
        self.harmless = harmless and not never
        self.checked: tuple[tuple[str, object, object], ...] | None = None
        """For `inplace`: what the names meant when that was last found to be good."""


def needs_of(node: object) -> Needs:
    """Return what `node` needs."""
    walk = _Walk()
    walk.visit(node)
    return Needs(frozenset(walk.names), never=walk.never, harmless=_is_harmless(node))


class _Walk:
    def __init__(self) -> None:
        self.names: set[str] = set()
        self.never = False

    def visit(self, start: object) -> None:
        """Look at a node and everything below it, without recursion: trees may be deep."""
        waiting = [start]
        while waiting and not self.never:
            node = waiting.pop()
            if isinstance(node, str):
                self.never = TELLTALE in node
            elif isinstance(node, tuple):
                waiting.extend(node)
            elif hasattr(node, "__match_args__"):
                self._look_at(node)
                waiting.extend(getattr(node, name) for name in type(node).__match_args__)

    def _look_at(self, node: object) -> None:
        if isinstance(node, SimpleCommand):
            self._command(node)
        elif isinstance(node, Coproc | ProcessSubst):
            self.never = True
        elif isinstance(node, ListItem):
            self.never = node.background
        elif isinstance(node, Redirect):
            self.never = node.variable is not None

    def _command(self, node: SimpleCommand) -> None:
        words = iter(node.words)
        name = self._name(words)
        while name in WRAPPERS:
            self.names.add(name)
            name = self._wrapped(words)
        if name is not None:
            self.names.add(name)

    def _name(self, words: Iterator[Word | Assignment]) -> str | None:
        """The next word, None without one. A word that is not constant may name anything."""
        word = next(words, None)
        if word is None:
            return None
        text = constant(word)
        self.never = self.never or text is None
        return text

    def _wrapped(self, words: Iterator[Word | Assignment]) -> str | None:
        """What `command` or `builtin` runs; None when it only looks (`-v`)."""
        while True:
            name = self._name(words)
            if name is None or not name.startswith("-") or name == "--":
                return name if name != "--" else self._name(words)
            if "v" in name or "V" in name:
                return None


def constant(word: Word | Assignment) -> str | None:
    """Return the one field that `word` always gives; None when that is not certain."""
    if not isinstance(word, Word) or not word.parts:
        return None
    texts = [_constant_part(part) for part in word.parts]
    return None if None in texts else "".join(text for text in texts if text is not None)


def _constant_part(part: WordPart) -> str | None:
    if isinstance(part, Literal):
        return None if _PATTERN.intersection(part.text) else part.text
    if isinstance(part, Escaped | SingleQuoted):
        return part.text
    if isinstance(part, DoubleQuoted):
        texts = [
            inner.text if isinstance(inner, Literal | Escaped) else None for inner in part.parts
        ]
        return None if None in texts else "".join(text for text in texts if text is not None)
    return None


def _is_harmless(node: object) -> bool:
    """Whether `node` is simple commands of HARMLESS alone, in a list with `;`, `&&`, `||`."""
    if isinstance(node, SimpleCommand):
        return not node.assignments and is_plain(node) and _is_harmless_command(node)
    if isinstance(node, CommandList):
        return all(_is_harmless(item.command) and not item.background for item in node.items)
    if isinstance(node, AndOr):
        return _is_harmless(node.first) and all(map(_is_harmless, node.rest))
    if isinstance(node, AndOrTail):
        return _is_harmless(node.command)
    if isinstance(node, Pipeline):
        return len(node.commands) == 1 and not node.timed and _is_harmless(node.commands[0])
    return False


def _is_harmless_command(node: SimpleCommand) -> bool:
    texts = [constant(word) for word in node.words[:2]]
    if not texts or texts[0] not in HARMLESS:
        return False
    return texts[0] != "printf" or not (texts[1:] and (texts[1] or "-").startswith("-"))
