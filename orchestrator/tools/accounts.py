"""Users and groups: /etc/passwd and /etc/group; id(1), groups(1), whoami(1), logname(1), hostname(1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.tools.options import Parsed, Tool, UsageError, quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.kernel.system import System


@dataclass(frozen=True, slots=True)
class User:
    """One line of /etc/passwd, as far as anybody asks."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Group:
    """One line of /etc/group."""

    name: str
    gid: int
    members: tuple[str, ...]


class Accounts:
    """The two files, read once."""

    def __init__(self, system: System) -> None:
        self.users = [
            User(row[0], int(row[2]), int(row[3]))
            for row in _rows(system, "/etc/passwd", 4)
            if row[3].isdigit()
        ]
        self.groups = [
            Group(row[0], int(row[2]), tuple(filter(None, row[3].split(","))))
            for row in _rows(system, "/etc/group", 4)
        ]

    def user(self, uid: int) -> str:
        """A user's name, else UNKNOWN, as stat(1) says."""
        return self.user_name(uid) or "UNKNOWN"

    def group(self, gid: int) -> str:
        """A group's name, else UNKNOWN."""
        return self.group_name(gid) or "UNKNOWN"

    def user_name(self, uid: int) -> str | None:
        """A user's name."""
        return next((user.name for user in self.users if user.uid == uid), None)

    def group_name(self, gid: int) -> str | None:
        """A group's name."""
        return next((group.name for group in self.groups if group.gid == gid), None)

    def find_user(self, text: str) -> User | None:
        """A user by name, or by number (then even one who is in no list)."""
        known = next((user for user in self.users if user.name == text), None)
        if known is None and _is_number(text):
            uid = int(text)
            known = next((user for user in self.users if user.uid == uid), User(text, uid, uid))
        return known

    def find_gid(self, text: str) -> int | None:
        """A group's number by its name, or the number itself."""
        known = next((group.gid for group in self.groups if group.name == text), None)
        return int(text) if known is None and _is_number(text) else known

    def groups_of(self, user: User) -> list[int]:
        """The groups of a user, the login group first."""
        more = [group.gid for group in self.groups if user.name in group.members]
        return list(dict.fromkeys([user.gid, *more]))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and int(text) < 1 << 32


def _rows(system: System, path: str, least: int) -> Iterator[list[str]]:
    try:
        fd = system.open(path)
    except OSError:
        return
    lines = system.read_all(fd).decode("utf-8", "surrogateescape").splitlines()
    system.close(fd)
    for line in lines:
        row = line.split(":")
        if len(row) >= least and _is_number(row[2]):
            yield row


@dataclass(frozen=True, slots=True)
class _Identity:
    uid: int
    gid: int
    groups: list[int]


def _self(system: System) -> _Identity:
    cred = system.process.cred
    return _Identity(cred.uid, cred.gid, [cred.gid, *sorted(cred.groups - {cred.gid})])


def _check_id(parsed: Parsed) -> list[str]:
    """The chosen kinds of answer. Raises UsageError for what does not go together."""
    names = (("u", "user"), ("g", "group"), ("G", "groups"))
    chosen = [pair[0] for pair in names if parsed.has(*pair)]
    if len(chosen) > 1:
        raise UsageError('cannot print "only" of more than one choice', hint=False)
    if not chosen and parsed.has("n", "name", "r", "real"):
        raise UsageError("cannot print only names or real IDs in default format", hint=False)
    if not chosen and parsed.has("z", "zero"):
        raise UsageError("option --zero not permitted in default format", hint=False)
    return chosen


def _id(system: System, parsed: Parsed) -> int:
    chosen = _check_id(parsed)
    accounts = Accounts(system)
    end = "\0" if parsed.has("z", "zero") else "\n"
    failed = False
    for name in parsed.operands:
        user = accounts.find_user(name)
        if user is None or (user.name == name and _is_number(name)):
            system.flush()
            system.stderr.write(f"id: {quote(name)}: no such user\n")
            failed = True
            continue
        who = _Identity(user.uid, user.gid, accounts.groups_of(user))
        system.stdout.write(_id_line(accounts, who, chosen, parsed) + end)
    if not parsed.operands:
        system.stdout.write(_id_line(accounts, _self(system), chosen, parsed) + end)
    return int(failed)


def _id_line(accounts: Accounts, who: _Identity, chosen: list[str], parsed: Parsed) -> str:
    named = parsed.has("n", "name")
    if chosen == ["u"]:
        return (accounts.user_name(who.uid) if named else None) or str(who.uid)
    if chosen:
        gids = [who.gid] if chosen == ["g"] else who.groups
        between = "\0" if parsed.has("z", "zero") else " "
        return between.join((accounts.group_name(g) if named else None) or str(g) for g in gids)
    groups = ",".join(_with_name(gid, accounts.group_name(gid)) for gid in who.groups)
    user = _with_name(who.uid, accounts.user_name(who.uid))
    return f"uid={user} gid={_with_name(who.gid, accounts.group_name(who.gid))} groups={groups}"


def _with_name(number: int, name: str | None) -> str:
    return str(number) if name is None else f"{number}({name})"


def _groups(system: System, parsed: Parsed) -> int:
    accounts = Accounts(system)
    failed = False
    for name in parsed.operands:
        user = accounts.find_user(name)
        if user is None or _is_number(name):
            system.flush()
            system.stderr.write(f"groups: {quote(name)}: no such user\n")
            failed = True
            continue
        words = (accounts.group_name(gid) or str(gid) for gid in accounts.groups_of(user))
        system.stdout.write(f"{name} : {' '.join(words)}\n")
    if not parsed.operands:
        words = (accounts.group_name(gid) or str(gid) for gid in _self(system).groups)
        system.stdout.write(" ".join(words) + "\n")
    return int(failed)


def _no_operand(parsed: Parsed) -> None:
    if parsed.operands:
        raise UsageError(f"extra operand {quote(parsed.operands[0])}")


def _whoami(system: System, parsed: Parsed) -> int:
    _no_operand(parsed)
    uid = system.process.cred.uid
    name = Accounts(system).user_name(uid)
    if name is None:
        raise UsageError(f"cannot find name for user ID {uid}", hint=False)
    system.stdout.write(f"{name}\n")
    return 0


def _hostname(system: System, parsed: Parsed) -> int:
    if parsed.operands:
        raise UsageError("you must be root to change the host name", hint=False)
    name = system.hostname
    if parsed.has("i", "ip-address"):
        name = "127.0.0.1"
    elif parsed.has("I", "all-ip-addresses", "d", "domain", "y", "yp", "nis"):
        name = ""
    elif parsed.has("s", "short"):
        name = name.partition(".")[0]
    system.stdout.write(f"{name}\n")
    return 0


ID = Tool(
    "id",
    "Show who you are, or who USER is.",
    "id [OPTION]... [USER]...",
    _id,
    "ugGnrza",
    ("user", "group", "groups", "name", "real", "zero"),
)
GROUPS = Tool("groups", "Show the groups a user is in.", "groups [USER]...", _groups)
WHOAMI = Tool("whoami", "Show your user name.", "whoami", _whoami)
LOGNAME = Tool("logname", "Show your login name.", "logname", _whoami)
HOSTNAME = Tool(
    "hostname",
    "Show the name of this machine.",
    "hostname [-sfiId]",
    _hostname,
    "sfiIdAy",
    ("short", "fqdn", "long", "ip-address", "all-ip-addresses", "domain", "all-fqdns", "yp", "nis"),
)
