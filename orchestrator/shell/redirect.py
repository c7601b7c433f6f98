"""Redirections: each is compiled to a step that changes a table of descriptors.

The table is the shell's own for builtins and compound commands (with a record of what to bring back), or the one a
child is about to get. The standard's order is the order of the steps: left to right (XCU 2.7).
"""

from __future__ import annotations

import stat as st
from typing import TYPE_CHECKING

from orchestrator.shell.expand import (
    assign,
    compile_heredoc,
    compile_string,
    compile_word,
    read_value,
)
from orchestrator.shell.expand.errors import ExpansionError
from orchestrator.shell.files import open_file
from orchestrator.shell.heretext import HereText
from orchestrator.shell.syntax import print_node
from orchestrator.shell.syntax.nodes import HereDoc, Word
from vfs.errors import symbol_of
from vfs.errors import text as error_text
from vfs.inode import OpenFlags

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from orchestrator.kernel.fdtable import FdTable
    from orchestrator.kernel.file import File
    from orchestrator.shell.scope import Shadowed
    from orchestrator.shell.shell import Shell
    from orchestrator.shell.syntax.nodes import Redirect

    Saved = list[tuple[int, File | None]]
    Step = Callable[[Shell, FdTable, Saved | None], None]
    Fields = Callable[[Shell], list[str]]

CREATE_MODE = 0o666
LOWEST_VARIABLE_FD = 10

_READ = OpenFlags.READ
_WRITE = OpenFlags.WRITE | OpenFlags.CREAT
FLAGS = {
    "<": _READ,
    ">": _WRITE | OpenFlags.TRUNC,
    ">|": _WRITE | OpenFlags.TRUNC,
    ">>": _WRITE | OpenFlags.APPEND,
    "<>": _READ | _WRITE,
    "&>": _WRITE | OpenFlags.TRUNC,
    "&>>": _WRITE | OpenFlags.APPEND,
}


class RedirectError(Exception):
    """A redirection failed; the message is bash's, without the prefix."""

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)


class Redirections:
    """The redirections of one command, compiled."""

    __slots__ = ("steps",)

    def __init__(self, nodes: Sequence[Redirect]) -> None:
        self.steps = [_compile(node) for node in nodes]

    def apply(self, shell: Shell, table: FdTable, saved: Saved | None) -> None:
        """Carry them out on `table`, noting in `saved` what each hid.

        Raises: RedirectError, ExpansionError; what was done until then is not undone.
        """
        for step in self.steps:
            step(shell, table, saved)


class OutsideAssignments(Redirections):
    """The redirections of `name=value command`: their words do not see the assignments."""

    __slots__ = ("shadowed",)

    def __init__(self, redirections: Redirections, shadowed: Shadowed) -> None:
        self.steps = redirections.steps
        self.shadowed = shadowed

    def apply(self, shell: Shell, table: FdTable, saved: Saved | None) -> None:
        """See Redirections."""
        inner = shell.outside(self.shadowed)
        try:
            super().apply(shell, table, saved)
        finally:
            shell.inside(inner)


def restore(table: FdTable, saved: Saved) -> None:
    """Bring back what redirections hid."""
    for fd, file in reversed(saved):
        if file is not None:
            table.set(fd, file)
            file.release()
        elif fd in table:
            table.close(fd)
    saved.clear()


def install(table: FdTable, fd: int, file: File, saved: Saved | None) -> None:
    """Put `file` at `fd`, noting what was there."""
    _note(table, fd, saved)
    try:
        table.set(fd, file)
    except OSError as error:
        raise RedirectError(f"{fd}: {error_text(error)}") from None


def _note(table: FdTable, fd: int, saved: Saved | None) -> None:
    if saved is not None:
        former = table.files.get(fd)
        saved.append((fd, former.hold() if former is not None else None))


def _compile(node: Redirect) -> Step:
    operator = node.operator
    if operator in ("<<", "<<-", "<<<"):
        return _compile_text(node)
    if operator in ("<&", ">&"):
        return _compile_duplicate(node)
    if operator in ("&>", "&>>"):
        return _compile_both(node)
    return _compile_open(node)


# --- files ---


def _compile_open(node: Redirect) -> Step:
    target, source = _target(node)
    flags = FLAGS[node.operator]
    guarded = node.operator == ">"

    def make(shell: Shell) -> File:
        path = _one(target(shell), source)
        if guarded and shell.options.noclobber and not shell.options.restricted:
            return _open_unclobbered(shell, path)
        return open_target(shell, path, flags)

    return _placing(node, make)


def _target(node: Redirect) -> tuple[Fields, str]:
    assert isinstance(node.target, Word)
    return compile_word(node.target), print_node(node.target)


def _one(fields: list[str], source: str) -> str:
    if len(fields) != 1:
        raise RedirectError(f"{source}: ambiguous redirect")
    return fields[0]


def open_target(shell: Shell, path: str, flags: OpenFlags) -> File:
    """Open what a redirection names. Raises: RedirectError."""
    if shell.options.restricted and flags & OpenFlags.WRITE:
        raise RedirectError(f"{path}: restricted: cannot redirect output")
    try:
        return open_file(shell.system, path, flags, CREATE_MODE)
    except OSError as error:
        raise RedirectError(f"{path}: {error_text(error)}") from None


def _open_unclobbered(shell: Shell, path: str) -> File:
    """`>` under noclobber: a regular file must not be there yet."""
    try:
        return open_file(shell.system, path, _WRITE | OpenFlags.EXCL, CREATE_MODE)
    except OSError as error:
        if symbol_of(error) != "EEXIST":
            raise RedirectError(f"{path}: {error_text(error)}") from None
    try:
        regular = st.S_ISREG(shell.system.stat(path).mode)
    except OSError as error:
        raise RedirectError(f"{path}: {error_text(error)}") from None
    if regular:
        raise RedirectError(f"{path}: cannot overwrite existing file")
    return open_target(shell, path, _WRITE)


def _placing(node: Redirect, make: Callable[[Shell], File]) -> Step:
    """Return the step that puts what `make` opens where the redirection says."""
    if node.variable is not None:
        return _placing_by_variable(node.variable, make)
    fd = node.fd if node.fd is not None else (0 if node.operator[0] == "<" else 1)

    def step(shell: Shell, table: FdTable, saved: Saved | None) -> None:
        file = make(shell).hold()
        try:
            install(table, fd, file, saved)
        finally:
            file.release()

    return step


def _placing_by_variable(name: str, make: Callable[[Shell], File]) -> Step:
    def step(shell: Shell, table: FdTable, saved: Saved | None) -> None:
        file = make(shell).hold()
        try:
            fd = table.add(file, lowest=LOWEST_VARIABLE_FD)
            assign(shell, name, str(fd))
        except ExpansionError as error:
            table.close(fd)
            shell.report(error.message)
            raise RedirectError(f"{name}: cannot assign fd to variable") from None
        except OSError as error:
            raise RedirectError(f"{name}: {error_text(error)}") from None
        finally:
            file.release()
        if saved is not None and shell.options.varredir_close:
            saved.append((fd, None))

    return step


def _compile_both(node: Redirect) -> Step:
    target, source = _target(node)
    flags = FLAGS[node.operator]

    def step(shell: Shell, table: FdTable, saved: Saved | None) -> None:
        _open_both(shell, table, saved, _one(target(shell), source), flags)

    return step


def _open_both(
    shell: Shell, table: FdTable, saved: Saved | None, path: str, flags: OpenFlags
) -> None:
    if shell.options.noclobber and flags & OpenFlags.TRUNC:
        file = _open_unclobbered(shell, path).hold()
    else:
        file = open_target(shell, path, flags).hold()
    install(table, 1, file, saved)
    install(table, 2, file, saved)
    file.release()


# --- duplicates ---


def _compile_duplicate(node: Redirect) -> Step:
    target, source = _target(node)
    default = 0 if node.operator == "<&" else 1
    fd = node.fd if node.fd is not None else default
    both = node.operator == ">&" and node.fd in (None, 1) and node.variable is None

    def step(shell: Shell, table: FdTable, saved: Saved | None) -> None:
        word = _one(target(shell), source)
        if word == "-":
            _close(shell, table, saved, fd, node.variable)
        elif word.removesuffix("-").isdecimal():
            _duplicate(shell, table, saved, fd, node.variable, word, source)
        elif both:
            _open_both(shell, table, saved, word, FLAGS["&>"])
        else:
            raise RedirectError(f"{source}: ambiguous redirect")

    return step


def _close(
    shell: Shell, table: FdTable, saved: Saved | None, fd: int, variable: str | None
) -> None:
    """`fd>&-`, or `{name}>&-` for the descriptor the variable holds."""
    if variable is not None:
        value = read_value(shell, variable)
        if value is None or not value.isdecimal():
            raise RedirectError(f"{variable}: ambiguous redirect")
        if int(value) in table:
            table.close(int(value))
        return
    _note(table, fd, saved)
    if fd in table:
        table.close(fd)


def _duplicate(
    shell: Shell,
    table: FdTable,
    saved: Saved | None,
    fd: int,
    variable: str | None,
    word: str,
    source: str,
) -> None:
    """`fd>&word`; with a dash behind the number the original is closed. Errors show the word as it is written."""
    origin = int(word.removesuffix("-"))
    file = table.files.get(origin)
    if file is None:
        raise RedirectError(f"{source}: Bad file descriptor")
    if variable is not None:
        assign(shell, variable, str(table.add(file, lowest=LOWEST_VARIABLE_FD)))
    elif origin != fd:
        install(table, fd, file, saved)
    if word.endswith("-") and origin != fd:
        _note(table, origin, saved)
        table.close(origin)


# --- here-documents and here-strings ---


def _compile_text(node: Redirect) -> Step:
    if isinstance(node.target, HereDoc):
        text = compile_heredoc(node.target)
    else:
        word = compile_string(node.target, assignment=True)

        def text(env: Shell) -> str:  # type: ignore[misc]
            return word(env) + "\n"

    def make(shell: Shell) -> File:
        return HereText(text(shell).encode("utf-8", "surrogateescape"))

    return _placing(node, make)
