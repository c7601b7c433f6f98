"""`set -x`: what is about to run, on standard error behind PS4."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from orchestrator.shell.expand import ArrayArgument, compile_heredoc, read_value
from orchestrator.shell.expand.errors import ExpansionError
from orchestrator.shell.files import write_to
from orchestrator.shell.syntax import parse_here_text, print_node
from orchestrator.shell.syntax.nodes import ArrayLiteral, HereDoc, SimpleCommand
from orchestrator.shell.syntax.quote import ansi_quote, has_control, single_quote

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.shell.shell import Shell
    from orchestrator.shell.syntax.nodes import Assignment

_META = re.compile(r"[ \t\n'\"\\|&;()<>!{}*\[\]?^$`]|(?:^|[=:])~|(?:^|\s)#")
"""What makes bash quote a word of the trace: characters that mean something to the shell."""


def _prefix(shell: Shell) -> str:
    """Return PS4, expanded; its first character once per level of nesting."""
    raw = shell.text("PS4", "+ ")
    shell.options.xtrace = False
    shell.observed = False
    status = shell.status
    try:
        text = compile_heredoc(HereDoc("", parse_here_text(raw), False, False))(shell)
    finally:
        shell.options.xtrace = True
        shell.options_changed()
        shell.status = status
    return text[:1] * (shell.trace_level - 1) + text


def trace_text(shell: Shell, text: str) -> None:
    """Print a line of the trace, if there is one."""
    if shell.options.xtrace:
        line = f"{_prefix(shell)}{text}\n"
        file = shell.process.fds.files.get(shell.trace_fd) if shell.trace_fd != 2 else None
        if file is not None:
            write_to(shell.system, file, line.encode("utf-8", "surrogateescape"))
        else:
            shell.error_text(line)


def quoted(text: str) -> str:
    """Return a word as the trace shows it: quoted if the shell would read it otherwise."""
    if not text:
        return "''"
    if _META.search(text):
        return single_quote(text)
    return ansi_quote(text) if has_control(text) else text


def trace_command(shell: Shell, argv: list[str]) -> None:
    """Trace a simple command, with the lists that declarations assign in front of it."""
    if not shell.options.xtrace or not argv:
        return
    words = []
    for word in argv:
        if isinstance(word, ArrayArgument):
            trace_text(shell, f"{word.name}{'+' if word.append else ''}=({_elements(word)})")
            words.append(word.name)
        else:
            words.append(quoted(word))
    trace_text(shell, " ".join(words))
    if argv[0] in ("export", "readonly"):  # bash shows what these assign once more
        for word in argv[1:]:
            name, equals, value = word.partition("=")
            if equals and not isinstance(word, ArrayArgument):
                trace_text(shell, f"{name}={quoted(value) if value else ''}")


def _elements(word: ArrayArgument) -> str:
    return " ".join(
        (f"[{single_quote(key)}]=" if key is not None else "") + single_quote(value)
        for key, value, _ in word.elements
    )


def trace_assignments(shell: Shell, nodes: Iterable[Assignment], before: list[str]) -> None:
    """Trace assignments that have been made; `before` are the values there were, for `+=`."""
    if not shell.options.xtrace:
        return
    for node, old in zip(nodes, before, strict=True):
        if isinstance(node.value, ArrayLiteral):
            trace_text(shell, print_node(SimpleCommand((node,), (), ())))
            continue
        target, value = assignment_target(node), _value(shell, node)
        if node.append:
            value = value.removeprefix(old)
        trace_text(shell, f"{target}{'+' * node.append}={quoted(value) if value else ''}")


def values_before(shell: Shell, nodes: Iterable[Assignment]) -> list[str]:
    """Return what `trace_assignments` needs to know of before."""
    return [_value(shell, node) if node.append else "" for node in nodes]


def assignment_target(node: Assignment) -> str:
    """Return what an assignment assigns to, as it is written."""
    return (
        node.name if node.subscript is None else f"{node.name}[{print_node(node.subscript.word)}]"
    )


def _value(shell: Shell, node: Assignment) -> str:
    if node.subscript is None:
        return shell.text(node.name)
    try:
        return read_value(shell, assignment_target(node)) or ""
    except ExpansionError:
        return ""


def trace_for(shell: Shell, head: str) -> None:
    """Trace one turn of a for loop, and run trap DEBUG."""
    shell.traps.run_debug(shell)
    trace_text(shell, head)
