"""install(1): copy files, set their modes and owners, make folders; sync(1)."""

from __future__ import annotations

import stat as st
from typing import TYPE_CHECKING

from orchestrator.tools.accounts import Accounts
from orchestrator.tools.mode import InvalidMode, apply_mode, parse_mode
from orchestrator.tools.options import Parsed, Tool, UsageError, quote
from vfs.errors import text
from vfs.inode import OpenFlags

if TYPE_CHECKING:
    from orchestrator.kernel.system import System

_NEW = OpenFlags.WRITE | OpenFlags.CREAT | OpenFlags.TRUNC
_USUAL = 0o755


class _Install:
    """One run."""

    def __init__(self, system: System, parsed: Parsed) -> None:
        self._system = system
        self._parsed = parsed
        self._bits = _bits(system, parsed)
        accounts = Accounts(system)
        self._uid = _number(parsed.last("o", "owner"), "user", accounts)
        self._gid = _number(parsed.last("g", "group"), "group", accounts)
        self.failed = False

    def say(self, line: str) -> None:
        """With -v."""
        if self._parsed.has("v", "verbose"):
            self._system.stdout.write(f"install: {line}\n")

    def complain(self, what: str, error: OSError) -> None:
        """A failure that does not stop the others."""
        self.failed = True
        self._system.flush()
        self._system.stderr.write(f"install: {what}: {text(error)}\n")

    def folder(self, path: str, *, last: bool = True) -> bool:
        """Make a folder and those above it; only the last one gets the mode."""
        system = self._system
        parts, here = path.split("/"), ""
        for index, part in enumerate(parts):
            here = f"{here}/{part}" if index else part
            if not part or (part == "." and index == 0) or _is_folder(system, here):
                continue
            try:
                system.mkdir(here, 0o755)
            except OSError as error:
                self.complain(f"cannot create directory {quote(here)}", error)
                return False
            self.say(f"creating directory {quote(here)}")
        if last:
            self._finish(path)
        return True

    def file(self, source: str, target: str) -> None:
        """Copy one file."""
        system = self._system
        try:
            if st.S_ISDIR(system.stat(source).mode):
                self.failed = True
                system.stderr.write(f"install: omitting directory {quote(source)}\n")
                return
        except OSError as error:
            self.complain(f"cannot stat {quote(source)}", error)
            return
        if self._is_same(source, target):
            return
        if _is_folder(system, target):
            self.failed = True
            words = f"cannot overwrite directory {quote(target)} with non-directory"
            system.stderr.write(f"install: {words}\n")
            return
        removed = False
        try:
            if system.exists(target) or _is_link(system, target):
                system.unlink(target)
                removed = True
            self._copy(source, target)
        except OSError as error:
            self.complain(f"cannot create regular file {quote(target)}", error)
            return
        if removed:
            self.say_removed(target)
        self.say_copied(source, target)
        self._finish(target)
        if self._parsed.has("p", "preserve-timestamps"):
            facts = system.stat(source)
            system.utimens(target, facts.atime, facts.mtime)

    def say_removed(self, target: str) -> None:
        """With -v, GNU does not name itself here."""
        if self._parsed.has("v", "verbose"):
            self._system.stdout.write(f"removed {quote(target)}\n")

    def say_copied(self, source: str, target: str) -> None:
        """Likewise."""
        if self._parsed.has("v", "verbose"):
            self._system.stdout.write(f"{quote(source)} -> {quote(target)}\n")

    def _is_same(self, source: str, target: str) -> bool:
        system = self._system
        if not system.exists(target):
            return False
        one, two = system.stat(source), system.stat(target)
        if (one.dev, one.ino) == (two.dev, two.ino):
            self.failed = True
            words = f"{quote(source)} and {quote(target)} are the same file"
            system.stderr.write(f"install: {words}\n")
            return True
        if not self._parsed.has("C", "compare") or one.size != two.size:
            return False
        wanted = self._bits if self._bits is not None else _USUAL
        return st.S_IMODE(two.mode) == wanted and self._content(source) == self._content(target)

    def _content(self, path: str) -> bytes:
        fd = self._system.open(path)
        try:
            return self._system.read_all(fd)
        finally:
            self._system.close(fd)

    def _copy(self, source: str, target: str) -> None:
        system = self._system
        reader = system.open(source)
        try:
            writer = system.open(target, _NEW, 0o600)
            try:
                while data := system.read(reader):
                    system.step()
                    system.write(writer, data)
            finally:
                system.close(writer)
        finally:
            system.close(reader)

    def _finish(self, path: str) -> None:
        bits = self._bits if self._bits is not None else _USUAL
        try:
            if self._uid is not None or self._gid is not None:
                self._system.chown(path, self._uid, self._gid)
        except OSError as error:
            self.complain(f"cannot change ownership of {quote(path)}", error)
        try:
            self._system.chmod(path, bits)
        except OSError as error:
            self.complain(f"cannot change permissions of {quote(path)}", error)


def _bits(system: System, parsed: Parsed) -> int | None:
    word = parsed.last("m", "mode")
    if word is None:
        return None
    try:
        return apply_mode(parse_mode(word, 0), 0, is_dir=parsed.has("d", "directory"))
    except InvalidMode:
        raise UsageError(f"invalid mode {quote(word)}", hint=False) from None


def _number(word: str | None, kind: str, accounts: Accounts) -> int | None:
    if word is None:
        return None
    user = accounts.find_user(word) if kind == "user" else None
    found = user.uid if user else (accounts.find_gid(word) if kind == "group" else None)
    if found is None:
        raise UsageError(f"invalid {kind} {quote(word)}", hint=False)
    return found


def _is_folder(system: System, path: str) -> bool:
    try:
        return st.S_ISDIR(system.stat(path).mode)
    except OSError:
        return False


def _is_link(system: System, path: str) -> bool:
    try:
        return st.S_ISLNK(system.lstat(path).mode)
    except OSError:
        return False


def _base(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2] or "/"


def _body(system: System, parsed: Parsed) -> int:
    words = list(parsed.operands)
    run = _Install(system, parsed)
    target = parsed.last("t", "target-directory")
    if not words:
        raise UsageError("missing file operand")
    if parsed.has("d", "directory"):
        if target is not None:
            raise UsageError("target directory not allowed when installing a directory", hint=False)
        for path in words:
            run.folder(path)
        return int(run.failed)
    if target is None and len(words) == 1:
        raise UsageError(f"missing destination file operand after {quote(words[0])}")
    leading = parsed.has("D")
    if target is not None:
        if leading and not _is_folder(system, target):
            run.folder(target, last=False)
        if not _is_folder(system, target):
            return _no_folder(system, target, "failed to access")
    elif len(words) > 2 or (
        _is_folder(system, words[-1]) and not parsed.has("T", "no-target-directory")
    ):
        target = words.pop()
        if not _is_folder(system, target):
            return _no_folder(system, target)
    else:
        source, path = words
        if leading and "/" in path:
            run.folder(path.rpartition("/")[0] or "/", last=False)
        run.file(source, path)
        return int(run.failed)
    for source in words:
        run.file(source, f"{target.rstrip('/')}/{_base(source)}")
    return int(run.failed)


def _no_folder(system: System, path: str, what: str = "target") -> int:
    words = "Not a directory" if system.exists(path) else "No such file or directory"
    raise UsageError(f"{what} {quote(path)}: {words}", hint=False)


def _sync(system: System, parsed: Parsed) -> int:
    """Everything is in memory or written at once, so only the names are checked."""
    failed = False
    if parsed.has("d", "data", "f", "file-system") and not parsed.operands:
        raise UsageError("--data needs at least one argument" if parsed.has("d", "data") else "")
    for path in parsed.operands:
        try:
            system.stat(path)
        except OSError as error:
            system.stderr.write(f"sync: error opening {quote(path)}: {text(error)}\n")
            failed = True
    return int(failed)


INSTALL = Tool(
    "install",
    "Copy files and set their modes; make folders (-d).",
    "install [OPTION]... SOURCE DEST\n  or:  install [OPTION]... -t DIR SOURCE...\n"
    "  or:  install [OPTION]... -d DIR...",
    _body,
    "cCdDg:m:o:pt:Tv",
    (
        *("compare", "directory", "group=", "mode=", "owner=", "preserve-timestamps"),
        *("target-directory=", "no-target-directory", "verbose"),
    ),
)
SYNC = Tool(
    "sync",
    "Write out what is held back.",
    "sync [-df] [FILE]...",
    _sync,
    "df",
    ("data", "file-system"),
)
