"""chmod(1)."""

from __future__ import annotations

import stat as st
from typing import TYPE_CHECKING

from orchestrator.tools.mode import Clause, InvalidMode, apply_mode, mode_text, parse_mode
from orchestrator.tools.options import Parsed, Tool, UsageError, missing_operand, quote
from vfs.errors import text

if TYPE_CHECKING:
    from orchestrator.kernel.system import System

_MODE_LETTERS = frozenset("rwxXstugo=+,")


class _Chmod:
    """One run: the change, and how much to say about it."""

    def __init__(self, system: System, change: list[Clause] | int, parsed: Parsed) -> None:
        self.system = system
        self.change = change
        self.verbose = parsed.has("v", "verbose")
        self.changes = parsed.has("c", "changes")
        self.quiet = parsed.has("f", "silent", "quiet")
        self.recursive = parsed.has("R", "recursive")
        self.failed = False
        self.naive: list[Clause] | int | None = None

    def visit(self, top: str) -> None:
        """Change `top`, and with -R all below it; links found on the way are left alone."""
        pending = [top]
        while pending:
            path = pending.pop()
            self.system.step()
            try:
                is_folder = self._change(path)
                if is_folder and self.recursive:
                    entries = [e for e in self.system.scandir(path) if e.name not in (".", "..")]
                    pending += [
                        f"{path.rstrip('/')}/{e.name}"
                        for e in reversed(entries)
                        if not st.S_ISLNK(e.mode_type)
                    ]
            except OSError as error:
                self._complain(path, error)

    def _change(self, path: str) -> bool:
        before = self.system.stat(path)
        is_dir = st.S_ISDIR(before.mode)
        old = st.S_IMODE(before.mode)
        new = apply_mode(self.change, old, is_dir=is_dir)
        try:
            self.system.chmod(path, new)
        except OSError as error:
            self._complain(path, error)
            if self.verbose:
                words = (
                    f"failed to change mode of {quote(path)} from {_shown(old)} to {_shown(new)}"
                )
                self.system.stdout.write(f"{words}\n")
            return is_dir
        self._report(path, old, new)
        if self.naive is not None:
            self._diagnose(path, new, apply_mode(self.naive, old, is_dir=is_dir))
        return is_dir

    def _diagnose(self, path: str, new: int, expected: int) -> None:
        """`chmod -w` minds the umask, which a user may not expect."""
        if new & ~expected:
            self.failed = True
            shown, wanted = mode_text(new, ""), mode_text(expected, "")
            self.system.flush()
            words = f"new permissions are {shown}, not {wanted}"
            self.system.stderr.write(f"chmod: {path}: {words}\n")

    def _report(self, path: str, old: int, new: int) -> None:
        if not (self.verbose or (self.changes and old != new)):
            return
        shown = _shown(new)
        if old == new:
            self.system.stdout.write(f"mode of {quote(path)} retained as {shown}\n")
        else:
            before = _shown(old)
            self.system.stdout.write(f"mode of {quote(path)} changed from {before} to {shown}\n")

    def _complain(self, path: str, error: OSError) -> None:
        self.failed = True
        if self.quiet:
            return
        self.system.flush()
        if isinstance(error, FileNotFoundError) and self._is_link(path):
            line = f"cannot operate on dangling symlink {quote(path)}"
        else:
            denied = isinstance(error, PermissionError)
            verb = "changing permissions of" if denied else "cannot access"
            line = f"{verb} {quote(path)}: {text(error)}"
        self.system.stderr.write(f"chmod: {line}\n")
        if self.verbose and not isinstance(error, PermissionError):
            self.system.stdout.write(f"{quote(path)} could not be accessed\n")

    def _is_link(self, path: str) -> bool:
        try:
            return st.S_ISLNK(self.system.lstat(path).mode)
        except OSError:
            return False


def _shown(mode: int) -> str:
    return f"{mode:04o} ({mode_text(mode, '')})"


def _split(words: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """A mode like `-w` looks like an option: getopt cannot read it, so it is taken out first."""
    modes, rest, ended = [], [], False
    for word in words:
        if word == "--":
            ended = True
        looks_like_mode = word[:1] == "-" and len(word) > 1 and set(word[1:]) <= _MODE_LETTERS
        if looks_like_mode and not ended:
            modes.append(word)
        else:
            rest.append(word)
    return modes, rest


def _body(system: System, parsed: Parsed) -> int:
    reference = parsed.last("reference")
    operands = list(parsed.operands)
    modes = [value for name, value in parsed.options if name == "mode"]
    if reference is None and not modes:
        missing_operand(parsed)
        modes = [operands.pop(0)]
    if not operands:
        raise UsageError(
            f"missing operand after {quote(modes[-1])}" if modes else "missing operand"
        )
    try:
        change = (
            parse_mode(",".join(modes), system.umask())
            if reference is None
            else _mode_of(system, reference)
        )
    except InvalidMode:
        raise UsageError(f"invalid mode: {quote(','.join(modes))}") from None
    run = _Chmod(system, change, parsed)
    if modes and modes[0].startswith("-") and reference is None:
        run.naive = parse_mode(",".join(modes), 0)
    for path in operands:
        run.visit(path)
    return int(run.failed)


def _mode_of(system: System, reference: str) -> int:
    try:
        return st.S_IMODE(system.stat(reference).mode)
    except OSError as error:
        words = f"failed to get attributes of {quote(reference)}: {text(error)}"
        raise UsageError(words, hint=False) from None


class _ChmodTool(Tool):
    """Takes modes that begin with a minus out of the command line before getopt sees it."""

    __slots__ = ()

    def main(self, system: System) -> int:
        """Run as a process's program."""
        modes, rest = _split(system.argv[1:])
        if modes:
            words = [f"--mode={mode}" for mode in modes]
            system.process.argv = (system.argv[0], *words, *rest)
        return Tool.main(self, system)


CHMOD = _ChmodTool(
    "chmod",
    "Change the permissions of files.",
    "chmod [-Rcfv] MODE[,MODE]... FILE...",
    _body,
    "Rcfv",
    ("recursive", "changes", "silent", "quiet", "verbose", "reference=", "mode="),
)
