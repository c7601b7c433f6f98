"""The accounts of /etc/passwd."""

from collections import namedtuple

__all__ = ["getpwall", "getpwnam", "getpwuid", "struct_passwd"]


class struct_passwd(
    namedtuple("struct_passwd", "pw_name pw_passwd pw_uid pw_gid pw_gecos pw_dir pw_shell")
):
    """One account."""

    __slots__ = ()


def getpwall():
    """All accounts."""
    try:
        with open("/etc/passwd", encoding="utf-8", errors="surrogateescape") as stream:
            rows = [line.rstrip("\n").split(":") for line in stream]
    except OSError:
        return []
    return [
        struct_passwd(row[0], row[1], int(row[2]), int(row[3]), *row[4:7])
        for row in rows
        if len(row) >= 7 and row[2].isdigit() and row[3].isdigit()
    ]


def getpwnam(name, /):
    """The account with a name."""
    if not isinstance(name, str):
        raise TypeError(f"getpwnam() argument must be str, not {type(name).__name__}")
    for entry in getpwall():
        if entry.pw_name == name:
            return entry
    raise KeyError(f"getpwnam(): name not found: {name!r}")


def getpwuid(uid, /):
    """The account with a number."""
    for entry in getpwall():
        if entry.pw_uid == uid:
            return entry
    raise KeyError(f"getpwuid(): uid not found: {uid}")
