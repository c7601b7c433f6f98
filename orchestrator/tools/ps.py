"""ps(1): the processes of this machine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from orchestrator.tools.options import VERSION, UsageError
from orchestrator.tools.processes import Row, rows
from orchestrator.tools.pscolumns import ALIASES, COLUMNS, SORT_VALUES

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.kernel.system import System

    Choice = Callable[[Row], bool]

_SHORT = ("pid", "tty", "time", "ucmd")
_FULL = ("uname", "pid", "ppid", "c", "stime", "tty", "time", "cmd")
_LONG = (
    "f",
    "s",
    "uid",
    "pid",
    "ppid",
    "c",
    "pri",
    "ni",
    "addrsz",
    "wchan",
    "tty",
    "time",
    "ucmd",
)
_JOBS = ("pid", "pgid", "sid", "tty", "time", "ucmd")
_BSD = ("pid", "tty", "stat", "bsdtime", "args")
_USER = ("user", "pid", "%cpu", "%mem", "vsz", "rss", "tty", "stat", "start", "bsdtime", "args")
_BSD_JOBS = ("ppid", "pid", "pgid", "sid", "tty", "tpgid", "stat", "uid", "bsdtime", "args")
_BSD_LONG = (
    "f",
    "uid",
    "pid",
    "ppid",
    "pri",
    "ni",
    "vsz",
    "rss",
    "wchan",
    "stat",
    "tty",
    "bsdtime",
    "args",
)


@dataclass(slots=True)
class _Plan:
    """What a command line asks for. No `chosen`: the processes on my terminal."""

    columns: list[_Column] = field(default_factory=list)
    base: tuple[str, ...] = _SHORT
    chosen: list[Choice] = field(default_factory=list)
    sort: list[tuple[str, bool]] = field(default_factory=list)
    bsd_all: set[str] = field(default_factory=set)
    inverted: bool = False
    headings: bool = True
    forest: bool = False
    wide: int = 0


class _Reader:
    """Reads ps's three kinds of options."""

    def __init__(self, words: list[str]) -> None:
        self.words = words
        self.plan = _Plan()

    def read(self) -> _Plan:
        """The plan. Raises UsageError."""
        while self.words:
            word = self.words.pop(0)
            if word.startswith("--"):
                self._long(word[2:])
            elif word.startswith("-"):
                self._unix(word[1:])
            elif word[:1].isdigit():
                self._select("pid", word)
            else:
                self._bsd(word)
        self._bsd_selection()
        return self.plan

    def _value(self, rest: str, what: str) -> str:
        if rest:
            return rest
        if not self.words:
            raise UsageError(what)
        return self.words.pop(0)

    def _unix(self, letters: str) -> None:
        plan = self.plan
        if not letters:
            raise UsageError("unsupported SysV option")
        while letters:
            letter, letters = letters[0], letters[1:]
            if letter in "oO":
                text = "format specification must follow -" + letter
                plan.columns += _columns(self._value(letters, text), extra=letter == "O")
                return
            if letter in _UNIX_SELECTIONS:
                kind, missing = _UNIX_SELECTIONS[letter]
                self._select(kind, self._value(letters, f"{missing} must follow -{letter}"))
                return
            self._unix_flag(letter)

    def _unix_flag(self, letter: str) -> None:
        plan = self.plan
        if letter in "Ae":
            plan.chosen.append(lambda r: True)
        elif letter in "ad":
            tty = letter == "a"
            plan.chosen.append(lambda r: _is_led(r) and (not tty or r.process.tty is not None))
        elif letter in "fF":
            plan.base = _FULL
        elif letter == "l":
            plan.base = _LONG
        elif letter == "j":
            plan.base = _JOBS
        elif letter == "H":
            plan.forest = True
        elif letter == "w":
            plan.wide += 1
        elif letter == "N":
            plan.inverted = True
        elif letter not in "yLTmcMPZ":
            raise UsageError("unsupported SysV option")

    def _bsd(self, letters: str) -> None:
        plan = self.plan
        while letters:
            letter, letters = letters[0], letters[1:]
            if letter in "oO":
                text = "format specification must follow " + letter
                plan.columns += _columns(self._value(letters, text), extra=letter == "O")
                return
            if letter == "k":
                plan.sort += _sort_keys(self._value(letters, "missing sort key"))
                return
            if letter in "ptU":
                kind = {"p": "pid", "t": "tty", "U": "user"}[letter]
                self._select(kind, self._value(letters, f"list must follow {letter}"))
                return
            self._bsd_flag(letter)

    def _bsd_flag(self, letter: str) -> None:
        plan = self.plan
        if letter in "agx":
            plan.bsd_all.add(letter)
        elif letter in _BSD_FORMATS:
            plan.base = _BSD_FORMATS[letter]
        elif letter == "f":
            plan.forest = True
        elif letter == "h":
            plan.headings = False
        elif letter == "w":
            plan.wide += 1
        elif letter == "r":
            plan.chosen.append(lambda r: r.letter == "R")
        elif letter not in "ceHLmnSTN":
            raise UsageError("unsupported option (BSD syntax)")
        if plan.base is _SHORT and letter in "agx":
            plan.base = _BSD

    def _bsd_selection(self) -> None:
        letters = self.plan.bsd_all
        if {"a", "x"} <= letters:
            self.plan.chosen.append(lambda r: True)
        elif "a" in letters:
            self.plan.chosen.append(lambda r: r.process.tty is not None)

    def _long(self, word: str) -> None:
        plan, (name, equals, value) = self.plan, word.partition("=")
        if name in _LONG_SELECTIONS:
            kind = _LONG_SELECTIONS[name]
            self._select(kind, value if equals else self._value("", f"list must follow --{name}"))
        elif name == "format":
            plan.columns += _columns(value or self._value("", "format must follow --format"))
        elif name == "sort":
            plan.sort += _sort_keys(value or self._value("", "missing sort key"))
        elif name in ("no-headers", "no-heading", "no-headings", "noheader", "noheaders"):
            plan.headings = False
        elif name == "forest":
            plan.forest = True
        elif name == "deselect":
            plan.inverted = True
        elif name in ("cols", "columns", "width"):
            self._value(value, "number must follow --cols")
        elif name not in ("headers", "cumulative"):
            raise UsageError("unknown gnu long option")

    def _select(self, kind: str, text: str) -> None:
        values = text.replace(",", " ").split()
        if kind in ("pid", "ppid", "sid", "pgid") and not all(v.isdigit() for v in values):
            raise UsageError("process ID list syntax error")
        if not values:
            raise UsageError("list is empty")
        wanted = set(values)
        test = _SELECTIONS[kind]
        self.plan.chosen.append(lambda r: not wanted.isdisjoint(test(r)))


_SELECTIONS: dict[str, Callable[[Row], set[str]]] = {
    "pid": lambda r: {str(r.process.pid)},
    "ppid": lambda r: {str(r.process.ppid)},
    "sid": lambda r: {str(r.process.sid)},
    "pgid": lambda r: {str(r.process.pgid)},
    "tty": lambda r: {r.tty(), f"/dev/{r.tty()}"} | ({"-"} if r.tty() == "?" else set()),
    "user": lambda r: {r.user(), str(r.process.cred.uid)},
    "group": lambda r: {r.group(), str(r.process.cred.gid)},
    "name": lambda r: {r.process.name[:15], r.process.name},
}
_UNIX_SELECTIONS = {
    "p": ("pid", "list of process IDs"),
    "q": ("pid", "list of process IDs"),
    "C": ("name", "list of command names"),
    "u": ("user", "list of users"),
    "U": ("user", "list of users"),
    "G": ("group", "list of groups"),
    "g": ("sid", "list of session leaders OR effective group IDs"),
    "s": ("sid", "list of session IDs"),
    "t": ("tty", "list of terminals"),
}
_LONG_SELECTIONS = {
    "pid": "pid",
    "quick-pid": "pid",
    "ppid": "ppid",
    "sid": "sid",
    "tty": "tty",
    "user": "user",
    "User": "user",
    "group": "group",
    "Group": "group",
}
_BSD_FORMATS = {"u": _USER, "j": _BSD_JOBS, "l": _BSD_LONG, "v": _USER, "s": _BSD}


def _is_led(row: Row) -> bool:
    return row.process.sid != row.process.pid


class _Column(NamedTuple):
    """One column asked for; `width` 0 is the usual one."""

    name: str
    heading: str
    width: int = 0


def _columns(text: str, *, extra: bool = False) -> list[_Column]:
    """The columns of a format list; what follows `=` up to a comma is the last one's heading."""
    text, equals, heading = text.partition("=")
    names = text.replace(",", " ").split()
    if extra:
        names = ["pid", *names, "s", "tname", "time", "args"]
    found = [_user_column(name) for name in names]
    if equals and found:
        heading, comma, rest = heading.partition(",")
        found[-1] = found[-1]._replace(heading=heading)
        found += _columns(rest) if comma else []
    return found


def _user_column(text: str) -> _Column:
    name, _, width = text.partition(":")
    known = _column(name)
    heading = "TT" if name in ("tty", "tt") else COLUMNS[known][0]
    return _Column(known, heading, min(int(width), 4096) if width.isdigit() else 0)


def _column(name: str) -> str:
    known = name if name in COLUMNS else ALIASES.get(name, "")
    if not known:
        raise UsageError(f'unknown user-defined format specifier "{name}"')
    return known


def _sort_keys(text: str) -> list[tuple[str, bool]]:
    keys = []
    for word in text.split(","):
        name = word.lstrip("+-")
        if name not in COLUMNS and name not in ALIASES:
            raise UsageError("unknown sort specifier")
        keys.append((_column(name), word.startswith("-")))
    return keys


def _sort_value(row: Row, name: str) -> tuple[float, str]:
    value = SORT_VALUES.get(name, COLUMNS[name][2])(row)
    return (float(value), "") if isinstance(value, int | float) else (0.0, str(value))


def _chosen(system: System, plan: _Plan) -> list[Row]:
    me = system.process

    def by_default(row: Row) -> bool:
        mine = row.process.cred.uid == me.cred.uid
        return mine and ("x" in plan.bsd_all or row.process.tty is me.tty)

    tests = plan.chosen or [by_default]
    found = [row for row in rows(system) if any(test(row) for test in tests) != plan.inverted]
    for name, backwards in reversed(plan.sort):
        found.sort(key=lambda row: _sort_value(row, name), reverse=backwards)
    return found


def _in_forest(found: list[Row]) -> list[tuple[Row, str]]:
    """Children below their parents, each with what is drawn before its command."""
    shown = {row.process.pid for row in found}
    children: dict[int, list[Row]] = {}
    for row in found:
        parent = row.process.ppid if row.process.ppid in shown else 0
        children.setdefault(parent, []).append(row)
    out: list[tuple[Row, str]] = []
    pending = [(row, "", "") for row in reversed(children.get(0, []))]
    while pending:
        row, lead, branch = pending.pop()
        out.append((row, lead + branch))
        below = children.get(row.process.pid, [])
        deeper = "" if not branch else lead + (" |  " if branch == " |  \\_ " else "    ")
        pending += [(child, deeper, " \\_ ") for child in reversed(below)]
    return out


def _print(system: System, plan: _Plan, found: list[Row]) -> None:
    columns = plan.columns or [_Column(name, COLUMNS[name][0]) for name in plan.base]
    limit = system.winsize(1).columns if system.isatty(1) and plan.wide < 2 else 0
    pairs = _in_forest(found) if plan.forest else [(row, "") for row in found]
    lines = [[_cell(column.name, row, lead) for column in columns] for row, lead in pairs]
    widths = [_width(column, [line[i] for line in lines]) for i, column in enumerate(columns)]
    headings = [column.heading for column in columns]
    if plan.headings and any(headings):
        lines.insert(0, headings)
    for cells in lines:
        line = _line(cells, columns, widths)
        system.stdout.write((line[:limit] if limit else line) + "\n")


def _cell(name: str, row: Row, lead: str) -> str:
    text = str(COLUMNS[name][2](row))
    return lead + text if name in ("args", "cmd", "ucmd", "comm") else text


def _width(column: _Column, cells: list[str]) -> int:
    """Numbers make room for themselves; text is cut."""
    usual = COLUMNS[column.name][1]
    least = max(column.width or abs(usual), len(column.heading))
    return max([least, *map(len, cells)]) if usual > 0 else least


def _line(cells: list[str], columns: list[_Column], widths: list[int]) -> str:
    parts = []
    for index, (cell, column, width) in enumerate(zip(cells, columns, widths, strict=True)):
        if COLUMNS[column.name][1] > 0:
            parts.append(cell.rjust(width))
        elif index == len(cells) - 1:
            parts.append(cell)
        else:
            parts.append(cell[:width].ljust(width))
    return " ".join(parts)


_HELP = """
Usage:
 ps [options]

 ps aux, ps -ef, ps -p PID,..., ps -C NAME, ps -u USER, ps -o COLUMN,... --sort [-]COLUMN, ps f (a forest)

Columns: """


class _Ps:
    """The program."""

    def main(self, system: System) -> int:
        """Run as a process's program."""
        words = list(system.argv[1:])
        if words[:1] == ["--help"]:
            system.stdout.write(f"{_HELP}{', '.join(sorted(COLUMNS))}\n")
            return 0
        if words[:1] in (["--version"], ["-V"]):
            system.stdout.write(f"ps ({VERSION})\n")
            return 0
        try:
            plan = _Reader(words).read()
        except UsageError as error:
            system.stderr.write(f"error: {error}\n{_HELP.rpartition('Columns')[0]}\n")
            return 1
        found = _chosen(system, plan)
        _print(system, plan, found)
        return 0 if found else 1


PS = _Ps()
