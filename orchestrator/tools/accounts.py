"""Users and groups: /etc/passwd and /etc/group, id(1), whoami(1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.tools.options import Parsed, Tool, UsageError, quote

if TYPE_CHECKING:
    from orchestrator.kernel.system import System


class Accounts:
    """The two files, read once."""

    def __init__(self, system: System) -> None:
        self._users = _table(system, "/etc/passwd")
        self._groups = _table(system, "/etc/group")

    def user(self, uid: int) -> str:
        """A user's name, else UNKNOWN, as stat(1) says."""
        return self._users.get(uid, "UNKNOWN")

    def group(self, gid: int) -> str:
        """A group's name."""
        return self._groups.get(gid, "UNKNOWN")

    def uid(self, name: str) -> int | None:
        """A user's number."""
        return next((uid for uid, known in self._users.items() if known == name), None)


def _table(system: System, path: str) -> dict[int, str]:
    try:
        fd = system.open(path)
    except OSError:
        return {}
    lines = system.read_all(fd).decode("utf-8", "surrogateescape").splitlines()
    system.close(fd)
    found: dict[int, str] = {}
    for line in lines:
        parts = line.split(":")
        if len(parts) > 2 and parts[2].isdigit():
            found.setdefault(int(parts[2]), parts[0])
    return found


def _id(system: System, parsed: Parsed) -> int:
    accounts = Accounts(system)
    cred = system.process.cred
    uid, gid, groups = cred.uid, cred.gid, [cred.gid, *sorted(cred.groups - {cred.gid})]
    if parsed.operands:
        known = accounts.uid(parsed.operands[0])
        if known is None:
            raise UsageError(f"{quote(parsed.operands[0])}: no such user", hint=False)
        uid = gid = known
        groups = [known]
    named = parsed.has("n", "name")
    if parsed.has("u", "user"):
        line = accounts.user(uid) if named else str(uid)
    elif parsed.has("g", "group"):
        line = accounts.group(gid) if named else str(gid)
    elif parsed.has("G", "groups"):
        line = " ".join(accounts.group(g) if named else str(g) for g in groups)
    else:
        listed = ",".join(f"{g}({accounts.group(g)})" for g in groups)
        line = f"uid={uid}({accounts.user(uid)}) gid={gid}({accounts.group(gid)}) groups={listed}"
    system.stdout.write(f"{line}\n")
    return 0


def _whoami(system: System, parsed: Parsed) -> int:
    if parsed.operands:
        raise UsageError(f"extra operand {quote(parsed.operands[0])}")
    system.stdout.write(f"{Accounts(system).user(system.process.cred.uid)}\n")
    return 0


def _hostname(system: System, parsed: Parsed) -> int:
    if parsed.operands:
        raise UsageError("the name of this machine cannot be changed", hint=False)
    system.stdout.write(f"{system.hostname}\n")
    return 0


ID = Tool(
    "id",
    "Show who you are.",
    "id [-ugGn] [USER]",
    _id,
    "ugGnr",
    ("user", "group", "groups", "name", "real"),
)
WHOAMI = Tool("whoami", "Show your user name.", "whoami", _whoami)
HOSTNAME = Tool("hostname", "Show the name of this machine.", "hostname", _hostname, "sf")
