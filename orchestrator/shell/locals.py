"""`local name=value ...` compiled: what nearly every function begins with, without the builtin's detours.

Only where it does what the builtin would: new plain scalars in a function. Everything else goes to the builtin, with
the very same words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.shell.expand.assign import LONGEST_VALUE
from orchestrator.shell.expand.variable import (
    EXPORT,
    HOOKED,
    LOCAL,
    NAMEREF,
    READONLY,
    SPECIAL_WRITE,
    Variable,
)
from orchestrator.shell.expand.words import compile_string
from orchestrator.shell.needs import constant
from orchestrator.shell.scope import TemporaryVariable
from orchestrator.shell.syntax import is_name
from orchestrator.shell.syntax.nodes import Assignment, Word

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.shell.frame import Frame, Run
    from orchestrator.shell.shell import Shell
    from orchestrator.shell.syntax.nodes import SimpleCommand

    Local = tuple[str, Callable[[Shell], str] | None]
    Given = list[tuple[str, str | None]]

_PROTECTED = READONLY | NAMEREF | HOOKED
"""Attributes of a hidden variable that matter to its local."""


def is_local(node: SimpleCommand) -> bool:
    """Whether it is `local` and names, with or without a value each."""
    words = node.words
    return len(words) > 1 and constant(words[0]) == "local" and all(map(_is_plain, words[1:]))


def _is_plain(word: Word | Assignment) -> bool:
    if isinstance(word, Assignment):
        return isinstance(word.value, Word) and word.subscript is None and not word.append
    return is_name(constant(word) or "")


def compile_local(
    node: SimpleCommand, plain: Run, builtin: Callable[[Shell, list[str]], int]
) -> Run:
    """Compile a `local` that is_local.

    Args:
        plain: runs the command as any other.
        builtin: runs it once its words are there, and finishes like any simple command.
    """
    items = tuple(map(_compile_item, node.words[1:]))

    def run(shell: Shell) -> int:
        if not _is_ordinary(shell):
            return plain(shell)
        shell.command_node = node
        given = [(name, value(shell) if value is not None else None) for name, value in items]
        frame = shell.function_frame()
        if frame is None or not _all_new(shell, frame, given):
            return builtin(shell, ["local", *map(_text, given)])
        for name, text in given:
            _bind(shell, frame, name, text)
        shell.last_argument = _text(given[-1])
        shell.pipe_statuses = None
        shell.status = 0
        if shell.caught:
            shell.take_signals()
        return 0

    return run


def _compile_item(word: Word | Assignment) -> Local:
    if isinstance(word, Assignment):
        assert isinstance(word.value, Word)
        return word.name, compile_string(word.value, assignment=True)
    return constant(word) or "", None


def _is_ordinary(shell: Shell) -> bool:
    """Whether `local` means the builtin and nothing watches."""
    options = shell.options
    return not (
        shell.observed
        or "local" in shell.functions
        or shell.builtins.get("local") is not shell.all_builtins["local"]
        or options.localvar_inherit
        or options.allexport
        or not shell.frames
    )


def _all_new(shell: Shell, frame: Frame, given: Given) -> bool:
    shadowed = frame.shadowed or {}
    variables = shell.variables
    for name, text in given:
        if text is not None and len(text) > LONGEST_VALUE:
            return False
        outer = variables.get(name)
        if outer is None:
            continue
        if name in shadowed:
            if outer.flags & SPECIAL_WRITE:
                return False
        elif outer.flags & _PROTECTED or isinstance(outer, TemporaryVariable):
            return False
    return True


def _bind(shell: Shell, frame: Frame, name: str, text: str | None) -> None:
    variables = shell.variables
    if frame.shadowed is None:
        frame.shadowed = {}
    outer = variables.get(name)
    if name not in frame.shadowed:
        frame.shadowed[name] = outer
        variables[name] = Variable(text, LOCAL if outer is None else LOCAL | outer.flags & EXPORT)
    elif outer is None:
        variables[name] = Variable(text, LOCAL)
    elif text is not None:
        outer.value = text
        outer.number = None


def _text(item: tuple[str, str | None]) -> str:
    name, value = item
    return name if value is None else f"{name}={value}"
