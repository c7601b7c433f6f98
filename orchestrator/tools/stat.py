"""stat(1): the facts of a file, by default or by a format."""

from __future__ import annotations

import datetime
import stat as st
from typing import TYPE_CHECKING

from orchestrator.tools.accounts import Accounts
from orchestrator.tools.mode import mode_text
from orchestrator.tools.options import Parsed, Tool, missing_operand, quote
from orchestrator.tools.statformat import Number, Seconds, expand
from vfs.errors import text

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.kernel.system import System
    from orchestrator.tools.statformat import Facts, Value
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

_DEFAULT = (
    "  File: %*\n"
    "  Size: %-10s\tBlocks: %-10b IO Block: %-6o %F\n"
    "Device: %Hd,%Ld\tInode: %-10i  Links: %h\n"
    "Access: (%04a/%A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)\n"
    "Access: %x\nModify: %y\nChange: %z\n Birth: %w\n"
)
_DEVICE = _DEFAULT.replace("Links: %h\n", "Links: %-5h Device type: %Hr,%Lr\n")
_TERSE = "%n %s %b %f %u %g %D %i %h %t %T %X %Y %Z %W %o\n"
_SYSTEM = (
    '  File: "%n"\n'
    "    ID: %-8i Namelen: %-7l Type: %T\n"
    "Block size: %-10s Fundamental block size: %S\n"
    "Blocks: Total: %-10b Free: %-10f Available: %a\n"
    "Inodes: Total: %-10c Free: %d\n"
)
_SYSTEM_TERSE = "%n %i %l %t %s %S %b %f %a %c %d\n"


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

    def value(self, letter: str) -> Value | None:
        """The value of `%letter`; None if there is no such."""
        field: Callable[[_Facts], Value] | None = _FIELDS.get(letter)
        return None if field is None else field(self)

    def name(self) -> str:
        """%N: quoted, with the target of a link."""
        return self._with_target(quote)

    def quiet_name(self) -> str:
        """The same, with quotes only where they are needed."""
        return self._with_target(lambda path: quote(path) if _needs_quotes(path) else path)

    def _with_target(self, shown: Callable[[str], str]) -> str:
        text = shown(self._path)
        if st.S_ISLNK(self._facts.mode):
            text += f" -> {shown(self._system.readlink(self._path))}"
        return text

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


def _needs_quotes(path: str) -> bool:
    """Whether a name shows quoted in the default format."""
    return not all(letter.isalnum() or letter in "/._-+,@%=:" for letter in path)


_FIELDS: dict[str, Callable[[_Facts], Value]] = {
    "a": lambda f: Number(st.S_IMODE(f.facts.mode), "o"),
    "A": lambda f: mode_text(f.facts.mode, kind_of(f.facts.mode)[0]),
    "b": lambda f: f.facts.blocks,
    "B": lambda f: 512,
    "d": lambda f: f.facts.dev,
    "Hd": lambda f: f.facts.dev >> 8,
    "Ld": lambda f: f.facts.dev & 0xFF,
    "D": lambda f: Number(f.facts.dev, "x"),
    "f": lambda f: Number(f.facts.mode, "x"),
    "F": lambda f: kind_of(f.facts.mode, f.facts.size)[1],
    "g": lambda f: f.facts.gid,
    "G": _Facts.group,
    "h": lambda f: f.facts.nlink,
    "i": lambda f: f.facts.ino,
    "m": _Facts.mount_point,
    "n": _Facts.plain_name,
    "N": _Facts.name,
    "*": _Facts.quiet_name,
    "C": lambda f: "?",
    "r": lambda f: f.facts.rdev,
    "R": lambda f: Number(f.facts.rdev, "x"),
    "Hr": lambda f: f.facts.rdev >> 8,
    "Lr": lambda f: f.facts.rdev & 0xFF,
    "o": lambda f: BLOCK,
    "s": lambda f: f.facts.size,
    "t": lambda f: Number(f.facts.rdev >> 8, "x"),
    "T": lambda f: Number(f.facts.rdev & 0xFF, "x"),
    "u": lambda f: f.facts.uid,
    "U": _Facts.user,
    "w": lambda f: "-",
    "W": lambda f: 0,
    "x": lambda f: _time(f.facts.atime),
    "X": lambda f: Seconds(f.facts.atime),
    "y": lambda f: _time(f.facts.mtime),
    "Y": lambda f: Seconds(f.facts.mtime),
    "z": lambda f: _time(f.facts.ctime),
    "Z": lambda f: Seconds(f.facts.ctime),
}


class _SystemFacts:
    """What the letters of a format stand for with -f: facts of a whole file system."""

    def __init__(self, system: System, path: str) -> None:
        mount = system.resolve(path).mount
        usage = mount.fs.usage()
        blocks, free = usage.total_bytes // BLOCK, (usage.total_bytes - usage.used_bytes) // BLOCK
        self._values: dict[str, Value] = {
            "a": max(0, free),
            "b": blocks,
            "c": usage.total_inodes,
            "d": max(0, usage.total_inodes - usage.used_inodes),
            "f": max(0, free),
            "i": Number(mount.fs.dev, "x"),
            "l": 255,
            "n": path,
            "s": BLOCK,
            "S": BLOCK,
            "t": Number(_MAGIC.get(mount.fstype, 0), "x"),
            "T": mount.fstype,
        }

    def value(self, letter: str) -> Value | None:
        """The value of `%letter`; None if there is no such."""
        return self._values.get(letter)


_MAGIC = {"tmpfs": 0x01021994, "proc": 0x9FA0, "devtmpfs": 0x01021994}


def _stat(system: System, parsed: Parsed) -> int:
    missing_operand(parsed)
    accounts = Accounts(system)
    whole = parsed.has("f", "file-system")
    failed = False
    for path in parsed.operands:
        try:
            if whole:
                facts: Facts = _SystemFacts(system, path)
                mode = 0
            else:
                found = _look(system, path, parsed)
                facts, mode = _Facts(system, path, found, accounts), found.mode
        except OSError as error:
            system.flush()
            verb = "read file system information for" if whole else "statx"
            system.stderr.write(f"stat: cannot {verb} {quote(path)}: {text(error)}\n")
            failed = True
            continue
        pattern, escapes = _pattern(parsed, mode)
        out, warning = expand(pattern, facts, escapes=escapes)
        system.stdout.write(out)
        if warning:
            system.stderr.write(f"stat: warning: {warning}\n")
    return int(failed)


def _look(system: System, path: str, parsed: Parsed) -> Stat:
    if path == "-":
        return system.fstat(0)
    return system.stat(path) if parsed.has("L", "dereference") else system.lstat(path)


def _pattern(parsed: Parsed, mode: int) -> tuple[str, bool]:
    for name, value in reversed(parsed.options):
        if name == "printf":
            return value, True
        if name in ("c", "format"):
            return value + "\n", False
    if parsed.has("f", "file-system"):
        return (_SYSTEM_TERSE if parsed.has("t", "terse") else _SYSTEM), False
    if parsed.has("t", "terse"):
        return _TERSE, False
    return (_DEVICE if st.S_ISCHR(mode) or st.S_ISBLK(mode) else _DEFAULT), False


STAT = Tool(
    "stat",
    "Show the facts of files.",
    "stat [-L] [-f] [-t] [-c FORMAT | --printf=FORMAT] FILE...",
    _stat,
    "Lfc:t",
    ("dereference", "file-system", "format=", "printf=", "terse", "cached="),
)
