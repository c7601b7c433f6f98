"""The groups of /etc/group."""

from collections import namedtuple

__all__ = ["getgrall", "getgrgid", "getgrnam", "struct_group"]


class struct_group(namedtuple("struct_group", "gr_name gr_passwd gr_gid gr_mem")):
    """One group."""

    __slots__ = ()


def getgrall():
    """All groups."""
    try:
        with open("/etc/group", encoding="utf-8", errors="surrogateescape") as stream:
            rows = [line.rstrip("\n").split(":") for line in stream]
    except OSError:
        return []
    return [
        struct_group(row[0], row[1], int(row[2]), [name for name in row[3].split(",") if name])
        for row in rows
        if len(row) >= 4 and row[2].isdigit()
    ]


def getgrnam(name, /):
    """The group with a name."""
    for entry in getgrall():
        if entry.gr_name == name:
            return entry
    raise KeyError(f"getgrnam(): name not found: {name!r}")


def getgrgid(id, /):
    """The group with a number."""
    for entry in getgrall():
        if entry.gr_gid == id:
            return entry
    raise KeyError(f"getgrgid(): gid not found: {id}")
