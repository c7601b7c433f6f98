"""stat(1): the facts of a file, by default or by a format."""

from __future__ import annotations

import datetime
import stat as st
from typing import TYPE_CHECKING

from orchestrator.tools.accounts import Accounts
from orchestrator.tools.mode import mode_text
from orchestrator.tools.options import Parsed, Tool, missing_operand, quote
from vfs.errors import text

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.kernel.system import System
    from vfs.inode import Stat

_KINDS = (
    (st.S_ISDIR, "d", "directory"),
    (st.S_ISLNK, "l", "symbolic link"),
    (st.S_ISCHR, "c", "character special file"),
    (st.S_ISBLK, "b", "block special file"),
    (st.S_ISFIFO, "p", "fifo"),
    (st.S_ISSOCK, "s", "socket"),
)
BLOCK = 4096

_DEFAULT = """\
  File: %N
  Size: %-15s Blocks: %-10b IO Block: %-6o %F
Device: %Hd,%Ld Inode: %-11i Links: %h
Access: (%04a/%A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)
Access: %x
Modify: %y
Change: %z
 Birth: -
"""
_DEVICE = _DEFAULT.replace("Links: %h\n", "Links: %-5h Device type: %t,%T\n")
_TERSE = "%n %s %b %f %u %g %D %i %h %t %T %X %Y %Z 0 %o\n"


def kind_of(mode: int, size: int = 1) -> tuple[str, str]:
    """The letter of ls -l and the words of stat for a file's kind."""
    for test, letter, words in _KINDS:
        if test(mode):
            return letter, words
    return "-", "regular file" if size else "regular empty file"


def _time(nanoseconds: int) -> str:
    seconds, rest = divmod(nanoseconds, 10**9)
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=seconds)
    return f"{moment:%Y-%m-%d %H:%M:%S}.{rest:09d} +0000"


class _Facts:
    """One file: what each letter of a format stands for."""

    def __init__(self, system: System, path: str, facts: Stat, accounts: Accounts) -> None:
        self._system = system
        self._path = path
        self._facts = facts
        self._accounts = accounts

    def value(self, letter: str) -> str | int | None:
        """The value of `%letter`; None if there is no such."""
        field: Callable[[_Facts], str | int] | None = _FIELDS.get(letter)
        return None if field is None else field(self)

    def name(self) -> str:
        """%N: quoted, with the target of a link."""
        shown = quote(self._path) if letter_needs_quotes(self._path) else self._path
        if st.S_ISLNK(self._facts.mode):
            return f"{shown} -> {self._system.readlink(self._path)}"
        return shown

    def plain_name(self) -> str:
        """%n."""
        return self._path

    @property
    def facts(self) -> Stat:
        """The numbers."""
        return self._facts

    def user(self) -> str:
        """%U."""
        return self._accounts.user(self._facts.uid)

    def group(self) -> str:
        """%G."""
        return self._accounts.group(self._facts.gid)

    def mount_point(self) -> str:
        """%m."""
        return self._system.resolve(self._path).mount.path


def letter_needs_quotes(path: str) -> bool:
    """Whether a name shows quoted in the default format."""
    return not all(letter.isalnum() or letter in "/._-+,@%=:" for letter in path)


_FIELDS: dict[str, Callable[[_Facts], str | int]] = {
    "a": lambda f: f"{st.S_IMODE(f.facts.mode):o}",
    "A": lambda f: mode_text(f.facts.mode, kind_of(f.facts.mode)[0]),
    "b": lambda f: f.facts.blocks,
    "B": lambda f: 512,
    "d": lambda f: f.facts.dev,
    "Hd": lambda f: f.facts.dev >> 8,
    "Ld": lambda f: f.facts.dev & 0xFF,
    "D": lambda f: f"{f.facts.dev:x}",
    "f": lambda f: f"{f.facts.mode:x}",
    "F": lambda f: kind_of(f.facts.mode, f.facts.size)[1],
    "g": lambda f: f.facts.gid,
    "G": _Facts.group,
    "h": lambda f: f.facts.nlink,
    "i": lambda f: f.facts.ino,
    "m": _Facts.mount_point,
    "n": _Facts.plain_name,
    "N": _Facts.name,
    "o": lambda f: BLOCK,
    "s": lambda f: f.facts.size,
    "t": lambda f: f"{f.facts.rdev >> 8:x}",
    "T": lambda f: f"{f.facts.rdev & 0xFF:x}",
    "u": lambda f: f.facts.uid,
    "U": _Facts.user,
    "w": lambda f: "-",
    "W": lambda f: 0,
    "x": lambda f: _time(f.facts.atime),
    "X": lambda f: f.facts.atime // 10**9,
    "y": lambda f: _time(f.facts.mtime),
    "Y": lambda f: f.facts.mtime // 10**9,
    "z": lambda f: _time(f.facts.ctime),
    "Z": lambda f: f.facts.ctime // 10**9,
}


def _expand(pattern: str, facts: _Facts, *, escapes: bool) -> str:
    """The format with every directive replaced; `escapes` for --printf."""
    out, at = [], 0
    while at < len(pattern):
        letter = pattern[at]
        at += 1
        if letter == "%" and pattern[at : at + 1] == "%":
            out.append("%")
            at += 1
        elif letter == "%":
            piece, at = _directive(pattern, at, facts)
            out.append(piece)
        elif letter == "\\" and escapes and at < len(pattern):
            plain = {"n": "\n", "t": "\t", "\\": "\\", "0": "\0", "r": "\r", '"': '"'}.get(
                pattern[at]
            )
            out.append(plain if plain is not None else pattern[at])
            at += 1
        else:
            out.append(letter)
    return "".join(out)


def _directive(pattern: str, at: int, facts: _Facts) -> tuple[str, int]:
    start = at
    while pattern[at : at + 1] and pattern[at] in "-+ #0123456789.":
        at += 1
    flags = pattern[start:at]
    name = pattern[at : at + 2] if pattern[at : at + 1] in ("H", "L") else pattern[at : at + 1]
    value = facts.value(name)
    if value is None:
        return "?" if name else "%", at + len(name)
    return _pad(str(value), flags), at + len(name)


def _pad(value: str, flags: str) -> str:
    left = "-" in flags
    digits = flags.lstrip("-+ #").split(".")[0]
    zero = digits.startswith("0") and not left
    width = min(int(digits or 0), 4096)
    return value.ljust(width) if left else value.rjust(width, "0" if zero else " ")


def _stat(system: System, parsed: Parsed) -> int:
    missing_operand(parsed)
    accounts = Accounts(system)
    look = system.stat if parsed.has("L", "dereference") else system.lstat
    failed = False
    for path in parsed.operands:
        try:
            facts = look(path)
        except OSError as error:
            system.flush()
            system.stderr.write(f"stat: cannot statx {quote(path)}: {text(error)}\n")
            failed = True
            continue
        pattern, escapes = _pattern(parsed, facts.mode)
        system.stdout.write(
            _expand(pattern, _Facts(system, path, facts, accounts), escapes=escapes)
        )
    return int(failed)


def _pattern(parsed: Parsed, mode: int) -> tuple[str, bool]:
    for name, value in reversed(parsed.options):
        if name == "printf":
            return value, True
        if name in ("c", "format"):
            return value + "\n", False
    if parsed.has("t", "terse"):
        return _TERSE, False
    return (_DEVICE if st.S_ISCHR(mode) or st.S_ISBLK(mode) else _DEFAULT), False


STAT = Tool(
    "stat",
    "Show the facts of files.",
    "stat [-L] [-t] [-c FORMAT | --printf=FORMAT] FILE...",
    _stat,
    "Lc:t",
    ("dereference", "format=", "printf=", "terse"),
)
