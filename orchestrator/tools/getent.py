"""getent(1): lines of the databases in /etc. mountpoint(1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.tools.options import Parsed, Tool, UsageError
from vfs.errors import text

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.kernel.system import System

NO_KEY = 2
NOT_MOUNTED = 32


def _colons(line: str) -> tuple[set[str], str]:
    fields = line.split(":")
    return {fields[0], fields[2] if len(fields) > 2 else fields[0]}, line


def _hosts(line: str) -> tuple[set[str], str]:
    address, *names = line.split()
    return {address, *names}, f"{address:<15} {' '.join(names)}"


def _services(line: str) -> tuple[set[str], str]:
    name, port, *aliases = line.split()
    number, _, protocol = port.partition("/")
    keys = {name, number, port, f"{name}/{protocol}", *aliases}
    return keys, f"{name:<21} {' '.join([port, *aliases])}"


def _protocols(line: str) -> tuple[set[str], str]:
    name, number, *aliases = line.split()
    return {name, number, *aliases}, f"{name:<21} {' '.join([number, *aliases])}"


# Database: the keys of a line of its file, and how the line is shown.
_DATABASES: dict[str, Callable[[str], tuple[set[str], str]]] = {
    "group": _colons,
    "hosts": _hosts,
    "passwd": _colons,
    "protocols": _protocols,
    "services": _services,
}


def _entries(system: System, name: str) -> list[tuple[set[str], str]]:
    try:
        fd = system.open(f"/etc/{name}")
    except OSError:
        return []
    lines = system.read_all(fd).decode("utf-8", "surrogateescape").splitlines()
    system.close(fd)
    kept = [line.partition("#")[0].rstrip() if name != "passwd" else line for line in lines]
    found = []
    for line in kept:
        try:
            found += [_DATABASES[name](line)] if line else []
        except ValueError:  # a line with too few words
            continue
    return found


def _getent(system: System, parsed: Parsed) -> int:
    if not parsed.operands:
        raise UsageError("wrong number of arguments")
    name, *keys = parsed.operands
    if name not in _DATABASES:
        raise UsageError(f"Unknown database: {name}")
    entries = _entries(system, name)
    status = 0
    for key in keys:
        line = next((shown for known, shown in entries if key in known), None)
        if line is None:
            status = NO_KEY
        else:
            system.stdout.write(f"{line}\n")
    if not keys:
        system.stdout.write("".join(f"{shown}\n" for _, shown in entries))
    return status


class _GetentTool(Tool):
    """getent's own words."""

    __slots__ = ()

    def complain(self, system: System, error: UsageError) -> None:
        """The words, with the name only before some of them."""
        name = "" if "Unknown" in str(error) else "getent: "
        system.stderr.write(f"{name}{error}\n")
        system.stderr.write("Try `getent --help' or `getent --usage' for more information.\n")


def _mountpoint(system: System, parsed: Parsed) -> int:
    if len(parsed.operands) != 1:
        raise UsageError("bad usage")
    path = parsed.operands[0]
    quiet = parsed.has("q", "quiet")
    try:
        here = system.resolve(path, follow=not parsed.has("nofollow"))
    except OSError as error:
        if not quiet:
            system.stderr.write(f"mountpoint: {path}: {text(error)}\n")
        return 1
    mounted = here.inode.ino == here.mount.root.ino
    if parsed.has("d", "fs-devno"):
        dev = here.mount.fs.dev
        system.stdout.write(f"{dev >> 8}:{dev & 255}\n" if mounted and not quiet else "")
    elif not quiet:
        system.stdout.write(f"{path} is {'' if mounted else 'not '}a mountpoint\n")
    return 0 if mounted else NOT_MOUNTED


GETENT = _GetentTool(
    "getent",
    "Show lines of the databases in /etc.",
    "getent [OPTION...] database [key ...]",
    _getent,
)
MOUNTPOINT = Tool(
    "mountpoint",
    "Say whether a folder is a mount point.",
    "mountpoint [-qd] FOLDER",
    _mountpoint,
    "dq",
    ("quiet", "fs-devno", "nofollow"),
)
