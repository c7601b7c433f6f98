"""The unary and binary primaries that `test` and `[[ ]]` share."""

from __future__ import annotations

import stat as st
from typing import TYPE_CHECKING

from orchestrator.shell.expand import read_value
from orchestrator.shell.expand.variable import NAMEREF, AssociativeArray
from orchestrator.shell.options import SET_NAMES

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.shell.shell import Shell
    from vfs.inode import Stat

READ, WRITE, EXECUTE = 4, 2, 1


def _facts(shell: Shell, path: str, *, follow: bool = True) -> Stat | None:
    """Return what stat says; `/dev/fd/N` is asked of the descriptor itself."""
    if not path:
        return None
    try:
        return shell.system.stat(path) if follow else shell.system.lstat(path)
    except OSError:
        return None


def _of_type(kind: int) -> Callable[[Shell, str], bool]:
    def check(shell: Shell, path: str) -> bool:
        facts = _facts(shell, path)
        return facts is not None and st.S_IFMT(facts.mode) == kind

    return check


def _with_bit(bit: int) -> Callable[[Shell, str], bool]:
    def check(shell: Shell, path: str) -> bool:
        facts = _facts(shell, path)
        return facts is not None and bool(facts.mode & bit)

    return check


def _accessible(mode: int) -> Callable[[Shell, str], bool]:
    return lambda shell, path: bool(path) and shell.system.access(path, mode)


def _is_link(shell: Shell, path: str) -> bool:
    facts = _facts(shell, path, follow=False)
    return facts is not None and st.S_ISLNK(facts.mode)


def _has_size(shell: Shell, path: str) -> bool:
    facts = _facts(shell, path)
    return facts is not None and facts.size > 0


def _is_mine(shell: Shell, path: str) -> bool:
    facts = _facts(shell, path)
    return facts is not None and facts.uid == shell.uid


def _is_my_groups(shell: Shell, path: str) -> bool:
    facts = _facts(shell, path)
    return facts is not None and facts.gid == shell.process.cred.gid


def _is_unread(shell: Shell, path: str) -> bool:
    facts = _facts(shell, path)
    return facts is not None and facts.mtime > facts.atime


def _is_terminal(shell: Shell, text: str) -> bool:
    fd = text.strip()
    return fd.isascii() and fd.isdecimal() and len(fd) < 10 and shell.system.isatty(int(fd))


def _is_set(shell: Shell, name: str) -> bool:
    if name.isdecimal():
        return 0 < int(name) <= len(shell.positional) or name == "0"
    if name.endswith(("[@]", "[*]")):
        variable = shell.variables.get(name[:-3])
        if variable is not None and isinstance(variable.value, AssociativeArray):
            return variable.value.get(name[-2]) is not None  # a key like any other
    return read_value(shell, name) is not None


def _is_nameref(shell: Shell, name: str) -> bool:
    variable = shell.variables.get(name)
    return variable is not None and bool(variable.flags & NAMEREF) and bool(variable.value)


def _option_on(shell: Shell, name: str) -> bool:
    attribute = SET_NAMES.get(name)
    return attribute is not None and bool(getattr(shell.options, attribute))


def _exists(shell: Shell, path: str) -> bool:
    return _facts(shell, path) is not None


UNARY: dict[str, Callable[[Shell, str], bool]] = {
    "-a": _exists,
    "-e": _exists,
    "-b": _of_type(st.S_IFBLK),
    "-c": _of_type(st.S_IFCHR),
    "-d": _of_type(st.S_IFDIR),
    "-f": _of_type(st.S_IFREG),
    "-g": _with_bit(st.S_ISGID),
    "-h": _is_link,
    "-k": _with_bit(st.S_ISVTX),
    "-p": _of_type(st.S_IFIFO),
    "-r": _accessible(READ),
    "-s": _has_size,
    "-t": _is_terminal,
    "-u": _with_bit(st.S_ISUID),
    "-w": _accessible(WRITE),
    "-x": _accessible(EXECUTE),
    "-G": _is_my_groups,
    "-L": _is_link,
    "-N": _is_unread,
    "-O": _is_mine,
    "-S": _of_type(st.S_IFSOCK),
    "-o": _option_on,
    "-v": _is_set,
    "-R": _is_nameref,
    "-z": lambda shell, text: not text,
    "-n": lambda shell, text: bool(text),
}
"""Each unary primary, called with the shell and its operand."""


def _newer(shell: Shell, left: str, right: str) -> bool:
    a, b = _facts(shell, left), _facts(shell, right)
    return a is not None and (b is None or a.mtime > b.mtime)


def _older(shell: Shell, left: str, right: str) -> bool:
    return _newer(shell, right, left)


def _same_file(shell: Shell, left: str, right: str) -> bool:
    a, b = _facts(shell, left), _facts(shell, right)
    return a is not None and b is not None and (a.dev, a.ino) == (b.dev, b.ino)


FILE_BINARY: dict[str, Callable[[Shell, str, str], bool]] = {
    "-nt": _newer,
    "-ot": _older,
    "-ef": _same_file,
}
"""Primaries that compare two files."""

NUMERIC: dict[str, Callable[[int, int], bool]] = {
    "-eq": lambda a, b: a == b,
    "-ne": lambda a, b: a != b,
    "-lt": lambda a, b: a < b,
    "-le": lambda a, b: a <= b,
    "-gt": lambda a, b: a > b,
    "-ge": lambda a, b: a >= b,
}
"""Primaries that compare two numbers."""
