"""chown(1), chgrp(1)."""

from __future__ import annotations

import stat as st
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.tools.accounts import Accounts
from orchestrator.tools.options import Parsed, Tool, UsageError, missing_operand, quote
from vfs.errors import text

if TYPE_CHECKING:
    from orchestrator.kernel.system import System
    from vfs.inode import Stat


@dataclass(frozen=True, slots=True)
class _Owner:
    """Whom a file is given to, or must belong to (--from); None leaves or asks nothing."""

    uid: int | None = None
    gid: int | None = None


def parse_owner(accounts: Accounts, spec: str) -> _Owner:
    """`USER`, `USER:GROUP`, `:GROUP`, `USER:` (the login group). Raises UsageError."""
    name, colon, group_name = spec.partition(":")
    user = accounts.find_user(name) if name else None
    if name and user is None and not colon and "." in name:
        name, colon, group_name = spec.partition(".")
        user = accounts.find_user(name) if name else None
    if name and user is None:
        raise UsageError(f"invalid user: {quote(spec)}", hint=False)
    if not group_name:
        if user is not None and colon and user.name != name:
            raise UsageError(f"invalid spec: {quote(spec)}", hint=False)
        return _Owner(user.uid if user else None, user.gid if user and colon else None)
    gid = accounts.find_gid(group_name)
    if gid is None:
        raise UsageError(f"invalid group: {quote(spec)}", hint=False)
    return _Owner(user.uid if user else None, gid)


class _Chown:
    """One run of either tool."""

    def __init__(self, system: System, parsed: Parsed, wanted: _Owner, *, group_only: bool) -> None:
        self._system = system
        self._accounts = Accounts(system)
        self._wanted = wanted
        self._group_only = group_only
        self._name = "chgrp" if group_only else "chown"
        self._verbose = parsed.has("v", "verbose")
        self._changes = parsed.has("c", "changes")
        self._quiet = parsed.has("f", "silent", "quiet")
        self._recursive = parsed.has("R", "recursive")
        walk = [name for name, _ in parsed.options if name in ("H", "L", "P")]
        self._walk = walk[-1] if walk else "P"
        follow = [n for n, _ in parsed.options if n in ("h", "no-dereference", "dereference")]
        by_default = not self._recursive or self._walk != "P"
        self._follow = follow[-1] == "dereference" if follow else by_default
        origin = parsed.last("from")
        self._origin = parse_owner(self._accounts, origin) if origin else _Owner()
        self.failed = False

    def visit(self, top: str) -> None:
        """Change `top`, and with -R what is below it first."""
        pending = [(top, True, False)]
        while pending:
            path, is_top, entered = pending.pop()
            self._system.step()
            try:
                if self._recursive and not entered and self._is_folder(path, is_top):
                    names = self._system.listdir(path)
                    pending.append((path, is_top, True))
                    base = path.rstrip("/")
                    pending += [(f"{base}/{name}", False, False) for name in reversed(names)]
                    continue
            except OSError as error:
                self._complain(f"cannot read directory {quote(path)}", error)
            self._change(path)

    def _is_folder(self, path: str, is_top: bool) -> bool:
        follow = self._walk == "L" or (self._walk == "H" and is_top)
        try:
            facts = self._system.stat(path) if follow else self._system.lstat(path)
        except OSError:
            return False  # said when it is to be changed
        return st.S_ISDIR(facts.mode)

    def _change(self, path: str) -> None:
        look = self._system.stat if self._follow else self._system.lstat
        try:
            before = look(path)
        except OSError as error:
            dangling = self._follow and _is_link(self._system, path)
            self._complain(f"cannot {'dereference' if dangling else 'access'} {quote(path)}", error)
            return
        if not _belongs(before, self._origin):
            self._say(path, before, kept=True)
            return
        wanted = self._wanted
        try:
            self._system.chown(path, wanted.uid, wanted.gid, follow=self._follow)
        except OSError as error:
            what = "group" if self._group_only or wanted.uid is None else "ownership"
            self._complain(f"changing {what} of {quote(path)}", error)
            self._say_failed(path, before)
            return
        self._say(path, before)

    def _say(self, path: str, before: Stat, *, kept: bool = False) -> None:
        wanted, subject = self._wanted, self._subject()
        same = kept or _belongs(before, wanted)
        if not (self._verbose or (self._changes and not same)):
            return
        if wanted == _Owner():
            line = f"ownership of {quote(path)} retained\n"
        elif same:
            line = f"{subject} of {quote(path)} retained as {self._shown(before)}\n"
        else:
            old, new = self._shown(before), self._target()
            line = f"changed {subject} of {quote(path)} from {old} to {new}\n"
        self._system.stdout.write(line)

    def _say_failed(self, path: str, before: Stat) -> None:
        if self._verbose:
            line = f"failed to change {self._subject()} of {quote(path)}"
            self._system.stdout.write(f"{line} from {self._shown(before)} to {self._target()}\n")

    def _subject(self) -> str:
        return "group" if self._group_only else "ownership"

    def _shown(self, facts: Stat) -> str:
        group = self._accounts.group_name(facts.gid) or str(facts.gid)
        if self._subject() == "group":
            return group
        user = self._accounts.user_name(facts.uid) or str(facts.uid)
        return user if self._wanted.gid is None else f"{user}:{group}"

    def _target(self) -> str:
        wanted = self._wanted
        group = "" if wanted.gid is None else self._accounts.group_name(wanted.gid) or wanted.gid
        if self._group_only:
            return str(group)
        if wanted.uid is None:
            return f":{group}"
        user = self._accounts.user_name(wanted.uid) or str(wanted.uid)
        return user if wanted.gid is None else f"{user}:{group}"

    def _complain(self, what: str, error: OSError) -> None:
        self.failed = True
        if not self._quiet:
            self._system.flush()
            self._system.stderr.write(f"{self._name}: {what}: {text(error)}\n")


def _is_link(system: System, path: str) -> bool:
    try:
        return st.S_ISLNK(system.lstat(path).mode)
    except OSError:
        return False


def _belongs(facts: Stat, owner: _Owner) -> bool:
    return owner.uid in (None, facts.uid) and owner.gid in (None, facts.gid)


def _run(system: System, parsed: Parsed, *, group_only: bool) -> int:
    operands = list(parsed.operands)
    reference = parsed.last("reference")
    if reference is None:
        missing_operand(parsed, 2)
        wanted = _wanted(system, operands.pop(0), group_only)
    else:
        missing_operand(parsed)
        try:
            facts = system.stat(reference)
        except OSError as error:
            raise UsageError(
                f"failed to get attributes of {quote(reference)}: {text(error)}", hint=False
            ) from None
        wanted = _Owner(None if group_only else facts.uid, facts.gid)
    run = _Chown(system, parsed, wanted, group_only=group_only)
    for path in operands:
        if parsed.has("R", "recursive") and parsed.has("preserve-root") and path == "/":
            name = "chgrp" if group_only else "chown"
            system.stderr.write(
                f"{name}: it is dangerous to operate recursively on '/'\n"
                f"{name}: use --no-preserve-root to override this failsafe\n"
            )
            run.failed = True
        else:
            run.visit(path)
    return int(run.failed)


def _wanted(system: System, spec: str, group_only: bool) -> _Owner:
    accounts = Accounts(system)
    if not group_only:
        return parse_owner(accounts, spec)
    gid = accounts.find_gid(spec)
    if gid is None and spec:
        raise UsageError(f"invalid group: {quote(spec)}", hint=False)
    return _Owner(None, gid)


def _chown(system: System, parsed: Parsed) -> int:
    return _run(system, parsed, group_only=False)


def _chgrp(system: System, parsed: Parsed) -> int:
    return _run(system, parsed, group_only=True)


_LONG = (
    *("recursive", "changes", "silent", "quiet", "verbose", "reference=", "from="),
    *("dereference", "no-dereference", "preserve-root", "no-preserve-root"),
)
CHOWN = Tool(
    "chown",
    "Change the owner and group of files.",
    "chown [OPTION]... [OWNER][:[GROUP]] FILE...",
    _chown,
    "RcfvhHLP",
    _LONG,
)
CHGRP = Tool(
    "chgrp",
    "Change the group of files.",
    "chgrp [OPTION]... GROUP FILE...",
    _chgrp,
    "RcfvhHLP",
    _LONG,
)
