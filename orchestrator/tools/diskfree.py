"""df(1), mount(8), umount(8): the mounted file systems."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.tools.options import Parsed, Tool, UsageError, quote
from vfs.errors import text

if TYPE_CHECKING:
    from orchestrator.kernel.system import System
    from vfs.mount import Mount

_SUFFIXES = "KMGTPE"
_ROW_FIELDS = {
    "source": "Filesystem",
    "fstype": "Type",
    "itotal": "Inodes",
    "iused": "IUsed",
    "iavail": "IFree",
    "ipcent": "IUse%",
    "size": "",
    "used": "Used",
    "avail": "Avail",
    "pcent": "Use%",
    "file": "File",
    "target": "Mounted on",
}
_LEFT = frozenset({"source", "fstype", "file", "target"})


@dataclass(frozen=True, slots=True)
class _Scale:
    """How sizes are written: in blocks of `unit` bytes, or with a letter by powers of `step`."""

    unit: int = 1024
    step: int = 0
    heading: str = "1K-blocks"

    def show(self, size: int) -> str:
        """Rounded up, as df does."""
        return human(size, self.step) if self.step else str(-(-size // self.unit))


def human(size: int, step: int) -> str:
    """As df -h and ls -lh: one digit after the point below ten, rounded up."""
    if size < step:
        return str(size)
    power = 0
    while size >= step ** (power + 1) and power < len(_SUFFIXES):
        power += 1
    tenths = -(-size * 10 // step**power)
    letter = _SUFFIXES[power - 1] if step == 1024 or power > 1 else "k"
    if tenths < 100:
        return f"{tenths // 10}.{tenths % 10}{letter}"
    whole = -(-size // step**power)
    if whole >= step and power < len(_SUFFIXES):
        return f"1.0{_SUFFIXES[power]}"
    return f"{whole}{letter}"


def _scale(system: System, parsed: Parsed) -> _Scale:
    posix = parsed.has("P", "portability")
    blocks = "1024-blocks" if posix else "1K-blocks"
    chosen = _Scale(heading=blocks)
    for name, value in parsed.options:
        if name in ("h", "human-readable"):
            chosen = _Scale(step=1024, heading="Size")
        elif name in ("H", "si"):
            chosen = _Scale(step=1000, heading="Size")
        elif name == "k":
            chosen = _Scale(heading=blocks)
        elif name == "m":
            chosen = _Scale(1 << 20, heading="1M-blocks")
        elif name in ("B", "block-size"):
            chosen = _block_scale(value)
    return chosen


def _block_scale(value: str) -> _Scale:
    """The units of -B: `1M`, `K`, `MB`, `512`. Raises UsageError."""
    match = re.fullmatch(r"([0-9]{1,15})?(?:([kKMGTPE])(iB|B)?)?", value)
    if match is None or not value or (match[1] and int(match[1]) == 0):
        raise UsageError(f"invalid -B argument {quote(value)}", hint=False)
    step = 1000 if match[3] == "B" else 1024
    power = _SUFFIXES.index(match[2].upper()) + 1 if match[2] else 0
    unit = int(match[1] or 1) * step**power
    return _Scale(unit, heading=f"{_unit_name(unit)}-blocks")


def _unit_name(unit: int) -> str:
    for step, ending in ((1024, ""), (1000, "B")):
        size, power = unit, 0
        while size % step == 0 and power < len(_SUFFIXES):
            size, power = size // step, power + 1
        if power:
            letter = _SUFFIXES[power - 1]
            return f"{size}{letter.lower() if ending and power == 1 else letter}{ending}"
    return f"{unit}B"


@dataclass(frozen=True, slots=True)
class _Row:
    """One file system's line."""

    source: str
    fstype: str
    target: str
    file: str
    total: int
    used: int
    inodes: int
    inodes_used: int

    @classmethod
    def of(cls, mount: Mount, file: str = "-") -> _Row:
        """Of a mount."""
        usage = mount.fs.usage()
        return cls(mount.source, mount.fstype, mount.path, file, *usage)

    def cells(self, fields: list[str], scale: _Scale) -> list[str]:
        """Its values, for these columns."""
        return [self._cell(field, scale) for field in fields]

    def _cell(self, field: str, scale: _Scale) -> str:
        if field in ("source", "fstype", "target", "file"):
            return str(getattr(self, field))
        free, inodes_free = max(0, self.total - self.used), max(0, self.inodes - self.inodes_used)
        by_inodes = _Scale(1, scale.step) if scale.step else _Scale(1)
        match field:
            case "size" | "used" | "avail":
                return scale.show({"size": self.total, "used": self.used, "avail": free}[field])
            case "pcent":
                return _percent(self.used, self.total)
            case "ipcent":
                return _percent(self.inodes_used, self.inodes)
        counts = {"itotal": self.inodes, "iused": self.inodes_used, "iavail": inodes_free}
        return by_inodes.show(counts[field])


def _percent(used: int, total: int) -> str:
    return f"{-(-used * 100 // total)}%" if total else "-"


def _fields(parsed: Parsed) -> list[str]:
    if parsed.has("output"):
        chosen = parsed.last("output")
        if not chosen:
            return list(_ROW_FIELDS)
        for name in chosen.split(","):
            if name not in _ROW_FIELDS:
                raise UsageError(f"option --output: field {quote(name)} unknown")
        return chosen.split(",")
    kind = ["fstype"] if parsed.has("T", "print-type") else []
    numbers = ["size", "used", "avail", "pcent"]
    if parsed.has("i", "inodes"):
        numbers = ["itotal", "iused", "iavail", "ipcent"]
    return ["source", *kind, *numbers, "target"]


def _heading(field: str, scale: _Scale, parsed: Parsed) -> str:
    if field == "size":
        return scale.heading
    if field == "avail" and not scale.step and not parsed.has("output"):
        return "Available"
    if field == "pcent" and parsed.has("P", "portability"):
        return "Capacity"
    return _ROW_FIELDS[field]


def _rows(system: System, parsed: Parsed) -> tuple[list[_Row], bool]:
    """The lines to show, and whether a name led nowhere."""
    if parsed.operands:
        found, failed = [], False
        for path in parsed.operands:
            try:
                found.append(_Row.of(system.resolve(path).mount, path))
            except OSError as error:
                system.stderr.write(f"df: {path}: {text(error)}\n")
                failed = True
        return found, failed
    rows = [_Row.of(mount) for mount in system.namespace.mounts()]
    only, never = parsed.all("t", "type"), parsed.all("x", "exclude-type")
    rows = [r for r in rows if (not only or r.fstype in only) and r.fstype not in never]
    everything = parsed.has("a", "all") or bool(only)
    return [row for row in rows if everything or row.total], False


def _df(system: System, parsed: Parsed) -> int:
    scale, fields = _scale(system, parsed), _fields(parsed)
    rows, failed = _rows(system, parsed)
    if not rows:
        if not failed:
            raise UsageError("no file systems processed", hint=False)
        return 1
    if parsed.has("total"):
        sums = [
            sum(getattr(r, n) for r in rows) for n in ("total", "used", "inodes", "inodes_used")
        ]
        rows.append(_Row("total", "-", "-", "-", *sums))
    table = [[_heading(field, scale, parsed) for field in fields]]
    table += [row.cells(fields, scale) for row in rows]
    for line in _aligned(table, fields):
        system.stdout.write(f"{line}\n")
    return int(failed)


def _aligned(table: list[list[str]], fields: list[str]) -> list[str]:
    least = {"source": 14, "size": 5, "used": 5, "avail": 5, "pcent": 4, "ipcent": 4}
    least |= {"itotal": 5, "iused": 5, "iavail": 5, "fstype": 4}
    widths = [max(least.get(f, 0), *(len(row[i]) for row in table)) for i, f in enumerate(fields)]
    lines = []
    for row in table:
        cells = [
            cell.ljust(width) if field in _LEFT else cell.rjust(width)
            for cell, field, width in zip(row, fields, widths, strict=True)
        ]
        lines.append(" ".join(cells).rstrip())
    return lines


# --- mount, umount ---


def _mount(system: System, parsed: Parsed) -> int:
    kind = parsed.last("t", "types")
    if not parsed.operands:
        for mount in system.namespace.mounts():
            if kind is None or mount.fstype in kind.split(","):
                access = "ro" if mount.read_only else "rw"
                system.stdout.write(
                    f"{mount.source} on {mount.path} type {mount.fstype} ({access})\n"
                )
        return 0
    raise UsageError("only the host can mount; `pagebox --mount HOST:GUEST` does", hint=False)


def _umount(system: System, parsed: Parsed) -> int:
    if not parsed.operands:
        raise UsageError("bad usage")
    mounted = {mount.path for mount in system.namespace.mounts()}
    failed = 0
    for path in parsed.operands:
        try:
            real = system.realpath(path)
        except OSError as error:
            system.stderr.write(f"umount: {path}: {text(error)}\n")
            failed = max(failed, 1)
            continue
        words = "must be superuser to unmount." if real in mounted else "not mounted."
        system.stderr.write(f"umount: {real}: {words}\n")
        failed = 32
    return failed


DF = Tool(
    "df",
    "Show how full file systems are.",
    "df [OPTION]... [FILE]...",
    _df,
    "aB:hHiklmPTt:x:v",
    (
        *("all", "block-size=", "human-readable", "si", "inodes", "local", "portability", "sync"),
        *("print-type", "type=", "exclude-type=", "total", "output=?", "no-sync"),
    ),
)
MOUNT = Tool(
    "mount",
    "Show the mounted file systems.",
    "mount [-l] [-t TYPE]",
    _mount,
    "lt:o:r",
    ("types=", "options=", "bind", "all", "verbose", "read-only"),
)
UMOUNT = Tool(
    "umount", "Detach a file system (the host alone can).", "umount DIR...", _umount, "alfrvR"
)
