"""chmod: change file mode bits. POSIX chmod with GNU's -R -v -c -f --reference."""

from __future__ import annotations

import re
import stat as st
from typing import TYPE_CHECKING

from orchestrator.modes import ModeError, parse as parse_mode
from orchestrator.tools.options import Option, Parsed, UsageError, complain, parse
from vfs.errors import text as error_text

if TYPE_CHECKING:
    from orchestrator.kernel.system import System

USAGE = """Usage: chmod [OPTION]... MODE[,MODE]... FILE...
  or:  chmod [OPTION]... OCTAL-MODE FILE...
  or:  chmod [OPTION]... --reference=RFILE FILE...
Change the mode of each FILE to MODE.

  -c, --changes          like verbose but report only when a change is made
  -f, --silent, --quiet  suppress most error messages
  -v, --verbose          output a diagnostic for every file processed
      --reference=RFILE  use RFILE's mode instead of MODE values
  -R, --recursive        change files and directories recursively
      --help             display this help and exit

Each MODE is of the form '[ugoa]*([-+=]([rwxXst]*|[ugo]))+|[-+=][0-7]+'.
"""
OPTIONS = (
    Option("c", "changes"),
    Option("f", "silent"),
    Option("", "quiet"),
    Option("v", "verbose"),
    Option("R", "recursive"),
    Option("", "reference", "required"),
    Option("", "help"),
)
_MODE_WORD = re.compile(r"-[rwxXstugo0-7,=+-]+")


def main(system: System) -> int:
    """Run chmod; return 0, or 1 if a file's mode could not be changed."""
    words = list(system.argv[1:])
    mode = _take_dashed_mode(words)
    try:
        parsed = parse(words, OPTIONS)
    except UsageError as error:
        complain(system, error.message, hint=True)
        return 1
    if "help" in parsed:
        system.stdout.write(USAGE)
        return 0
    return _Run(system, parsed).all(mode)


def _take_dashed_mode(words: list[str]) -> str | None:
    """Take `-x` or `-rw` out of the words: it looks like an option and is a mode."""
    for at, word in enumerate(words):
        if word == "--":
            return None
        if _MODE_WORD.fullmatch(word) and word[1:2] not in "R":
            del words[at]
            return word
    return None


class _Run:
    def __init__(self, system: System, parsed: Parsed) -> None:
        self.system = system
        self.parsed = parsed
        self.quiet = "silent" in parsed or "quiet" in parsed
        self.status = 0

    def all(self, mode: str | None) -> int:
        files = self.parsed.operands
        if "reference" in self.parsed:
            mode = self._reference(self.parsed.value("reference"))
            if mode is None:
                return 1
        elif mode is None and files:
            mode, files = files[0], files[1:]
        if mode is None:
            complain(self.system, "missing operand", hint=True)
            return 1
        if not files:
            complain(self.system, f"missing operand after '{mode}'", hint=True)
            return 1
        try:
            parse_mode(mode, 0, directory=False, umask=0)
        except ModeError:
            complain(self.system, f"invalid mode: '{mode}'", hint=True)
            return 1
        for path in files:
            self.one(mode, path)
        return self.status

    def _reference(self, path: str) -> str | None:
        try:
            return f"{self.system.stat(path).mode & 0o7777:o}"
        except OSError as error:
            complain(self.system, f"failed to get attributes of '{path}': {error_text(error)}")
            return None

    def one(self, mode: str, path: str) -> None:
        """Change one file, and what is in it with -R."""
        self.system.step()
        try:
            facts = self.system.stat(path)
        except OSError as error:
            self._fail(f"cannot access '{path}': {error_text(error)}")
            return
        directory = st.S_ISDIR(facts.mode)
        old = facts.mode & 0o7777
        new = parse_mode(mode, old, directory=directory, umask=self.system.umask())
        if mode[:1].isdecimal() and directory and len(mode) < 5:
            new |= old & 0o6000  # as GNU: an octal mode does not clear a directory's set-id bits
        try:
            self.system.chmod(path, new)
        except OSError as error:
            self._fail(f"changing permissions of '{path}': {error_text(error)}")
            return
        self._report(path, old, new)
        if directory and "recursive" in self.parsed:
            self._inside(mode, path)

    def _inside(self, mode: str, path: str) -> None:
        try:
            entries = self.system.scandir(path)
        except OSError as error:
            self._fail(f"cannot read directory '{path}': {error_text(error)}")
            return
        for entry in entries:
            if not st.S_ISLNK(entry.mode_type):
                self.one(mode, f"{path.rstrip('/')}/{entry.name}")

    def _fail(self, message: str) -> None:
        self.status = 1
        if not self.quiet:
            complain(self.system, message)

    def _report(self, path: str, old: int, new: int) -> None:
        if old != new and ("verbose" in self.parsed or "changes" in self.parsed):
            self.system.stdout.write(
                f"mode of '{path}' changed from {_shown(old)} to {_shown(new)}\n"
            )
        elif old == new and "verbose" in self.parsed:
            self.system.stdout.write(f"mode of '{path}' retained as {_shown(new)}\n")


def _shown(mode: int) -> str:
    return f"{mode:04o} ({st.filemode(mode)[1:]})"
