"""tree(1): folders as a drawing, or as JSON."""

from __future__ import annotations

import datetime
import stat as st
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestrator.shell.expand.pattern import compile_glob
from orchestrator.tools.accounts import Accounts
from orchestrator.tools.mode import mode_text
from orchestrator.tools.options import Parsed, Tool, UsageError
from orchestrator.tools.stat import kind_of
from vfs.errors import text

if TYPE_CHECKING:
    from orchestrator.kernel.system import System
    from orchestrator.shell.expand.pattern import Pattern
    from vfs.inode import Stat

_LINES = {True: ("├── ", "└── ", "│\u00a0\u00a0 "), False: ("|-- ", "`-- ", "|   ")}
_TYPES = (
    (st.S_ISDIR, "directory"),
    (st.S_ISLNK, "link"),
    (st.S_ISFIFO, "fifo"),
    (st.S_ISCHR, "char"),
    (st.S_ISBLK, "block"),
    (st.S_ISSOCK, "socket"),
)
_HALF_YEAR = 15778800 * 10**9
FAILED = 2


@dataclass(slots=True)
class _Node:
    """One entry, with what is below it."""

    name: str
    path: str
    facts: Stat
    target: str = ""
    target_facts: Stat | None = None
    children: list[_Node] = field(default_factory=list)
    note: str = ""

    @property
    def is_dir(self) -> bool:
        """Whether it is a folder, or a link to one: these count as such."""
        facts = self.target_facts or self.facts
        return st.S_ISDIR(facts.mode)


class _Walk:
    """Reads the folders as the options say."""

    def __init__(self, system: System, parsed: Parsed) -> None:
        self._system = system
        self._parsed = parsed
        self._level = _level(parsed)
        nocase = parsed.has("ignore-case")
        self._only = _patterns(parsed.all("P"), nocase)
        self._never = _patterns(parsed.all("I"), nocase)
        self._most = int(parsed.last("filelimit") or 0)
        self._seen: set[tuple[int, int]] = set()
        self.directories = self.files = 0

    def root(self, path: str) -> _Node | None:
        """The tree below `path`; None if that is no folder."""
        try:
            facts = self._system.stat(path)
            top = _Node(path, path, facts)
            if not st.S_ISDIR(facts.mode):
                return None
            self._fill(top, 1, (facts.dev, facts.ino), ())
        except OSError:
            return None
        if top.children or top.note:
            self.directories += 1
        return top

    def _fill(
        self, node: _Node, depth: int, me: tuple[int, int], above: tuple[tuple[int, int], ...]
    ) -> None:
        entries = self._entries(node)
        if self._most and len(entries) > self._most:
            node.note = f"[{len(entries)} entries exceeds filelimit, not opening dir]"
            return
        for child in entries:
            self._system.step()
            self._descend(child, depth, (*above, me))
        if self._parsed.has("prune"):
            node.children = [c for c in entries if not c.is_dir or c.children]
        else:
            node.children = entries
        for child in node.children:
            self.directories += child.is_dir
            self.files += not child.is_dir

    def _descend(self, child: _Node, depth: int, above: tuple[tuple[int, int], ...]) -> None:
        is_link = st.S_ISLNK(child.facts.mode)
        if not child.is_dir or (is_link and not self._parsed.has("l")):
            return
        facts = child.target_facts or child.facts
        me = (facts.dev, facts.ino)
        if is_link and (me in above or me in self._seen):
            child.note = "[recursive, not followed]"
        elif not self._level or depth < self._level:
            self._seen.add(me)
            try:
                self._fill(child, depth + 1, me, above)
            except OSError as error:
                child.note = f"[{'error opening dir' if text(error) else ''}]"

    def _entries(self, node: _Node) -> list[_Node]:
        found = []
        for entry in self._system.scandir(node.path):
            if entry.name in (".", ".."):
                continue
            if entry.name.startswith(".") and not self._parsed.has("a"):
                continue
            child = self._node(node, entry.name)
            if child is not None and self._is_wanted(child):
                found.append(child)
        return self._sorted(found)

    def _node(self, parent: _Node, name: str) -> _Node | None:
        path = f"{parent.path.rstrip('/')}/{name}" if parent.path != "/" else f"/{name}"
        try:
            node = _Node(name, path, self._system.lstat(path))
            if st.S_ISLNK(node.facts.mode):
                node.target = self._system.readlink(path)
        except OSError:
            return None  # removed meanwhile
        if node.target:
            try:
                node.target_facts = self._system.stat(path)
            except OSError:
                node.target_facts = None
        return node

    def _is_wanted(self, node: _Node) -> bool:
        if self._parsed.has("d") and not node.is_dir:
            return False
        if any(pattern.matches(node.name) for pattern in self._never):
            return False
        if self._only and not node.is_dir:
            return any(pattern.matches(node.name) for pattern in self._only)
        return True

    def _sorted(self, found: list[_Node]) -> list[_Node]:
        parsed = self._parsed
        order = parsed.last("sort") or ""
        if not parsed.has("U") and order != "none":
            found.sort(key=lambda node: node.name)
            if parsed.has("t") or order == "mtime":
                found.sort(key=lambda node: node.facts.mtime)
            elif parsed.has("c") or order == "ctime":
                found.sort(key=lambda node: node.facts.ctime)
            elif order == "size":
                found.sort(key=lambda node: -node.facts.size)
            if parsed.has("r"):
                found.reverse()
        if parsed.has("dirsfirst"):
            found.sort(key=lambda node: not node.is_dir)
        elif parsed.has("filesfirst"):
            found.sort(key=lambda node: node.is_dir)
        return found


def _level(parsed: Parsed) -> int:
    word = parsed.last("L")
    if word is None:
        return 0
    if not word.isdigit() or int(word) < 1:
        raise UsageError("Invalid level, must be greater than 0.", hint=False)
    return int(word)


def _patterns(words: list[str], nocase: bool) -> list[Pattern]:
    """Each word is patterns with `|` between them; a `/` at the end means the folder itself."""
    parts = [part.rstrip("/") for word in words for part in word.split("|")]
    return [compile_glob(part, nocase=nocase) for part in parts]


class _Drawing:
    """Writes nodes as lines."""

    def __init__(self, system: System, parsed: Parsed) -> None:
        self._write = system.stdout.write
        self._parsed = parsed
        self._now = system.realtime()
        self._accounts = Accounts(system)
        env = system.env
        locale = env.get("LC_ALL") or env.get("LC_CTYPE") or env.get("LANG") or ""
        self._is_utf = "utf" in locale.lower()
        charset = parsed.last("charset") or locale.rpartition(".")[2]
        self._lines = _LINES["utf" in charset.lower()]
        on_tty = system.isatty(1) and "NO_COLOR" not in env and env.get("TERM") != "dumb"
        self._colour = parsed.has("C") or (on_tty and not parsed.has("n"))

    def draw(self, node: _Node) -> None:
        """A whole tree."""
        self._write(self._label(node, node.path) + "\n")
        if node.note and not node.children:
            return
        self._below(node, "")

    def _below(self, node: _Node, lead: str) -> None:
        tee, corner, bar = self._lines
        for index, child in enumerate(node.children):
            is_last = index == len(node.children) - 1
            shown = child.path if self._parsed.has("f") else child.name
            branch = "" if self._parsed.has("i") else lead + (corner if is_last else tee)
            self._write(f"{branch}{self._label(child, shown)}\n")
            self._below(child, lead + ("    " if is_last else bar))

    def _label(self, node: _Node, shown: str) -> str:
        facts = self._facts(node)
        name = self._paint(self._quoted(shown), node.facts, bool(node.target))
        if node.target and node.target_facts is None:
            name = self._paint(self._quoted(shown), None, True)
        text = f"{facts}{name}{self._mark(node.facts) if not node.target else ''}"
        if node.target:
            target = self._paint(self._quoted(node.target), node.target_facts, False)
            text += f" -> {target}"
            text += self._mark(node.target_facts) if node.target_facts else ""
        return f"{text}  {node.note}" if node.note else text

    def _quoted(self, name: str) -> str:
        if self._parsed.has("Q"):
            return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
        if self._parsed.has("N"):
            return name
        special = "\\" if self._is_utf else ' "\\'
        return "".join(f"\\{c}" if c in special else _visible(c) for c in name)

    def _mark(self, facts: Stat) -> str:
        if not self._parsed.has("F"):
            return ""
        mode = facts.mode
        for test, mark in ((st.S_ISDIR, "/"), (st.S_ISFIFO, "|"), (st.S_ISSOCK, "=")):
            if test(mode):
                return mark
        return "*" if st.S_ISREG(mode) and mode & 0o111 else ""

    def _paint(self, name: str, facts: Stat | None, is_link: bool) -> str:
        if not self._colour:
            return name
        return f"\x1b[{_colour(facts, is_link)}m{name}\x1b[0m"

    def _facts(self, node: _Node) -> str:
        parsed, facts, parts = self._parsed, node.facts, []
        if parsed.has("inodes"):
            parts.append(f"{facts.ino:7}")
        if parsed.has("p"):
            parts.append(mode_text(facts.mode, kind_of(facts.mode)[0]))
        if parsed.has("u"):
            parts.append(f"{self._accounts.user_name(facts.uid) or facts.uid:<8}")
        if parsed.has("g"):
            parts.append(f"{self._accounts.group_name(facts.gid) or facts.gid:<8}")
        if parsed.has("h", "si"):
            parts.append(f"{_short_size(facts.size, 1000 if parsed.has('si') else 1024):>4}")
        elif parsed.has("s"):
            parts.append(f"{facts.size:11}")
        if parsed.has("D"):
            parts.append(_date(facts.mtime, self._now))
        return f"[{' '.join(parts)}]  " if parts else ""


def _visible(char: str) -> str:
    """A control character as C writes it."""
    at = "\a\b\t\n\v\f\r".find(char)
    if at >= 0:
        return f"\\{'abtnvfr'[at]}"
    return char if char.isprintable() or "\ud800" <= char <= "\udfff" else f"\\{ord(char):03o}"


def _colour(facts: Stat | None, is_link: bool) -> str:
    """The codes tree uses when LS_COLORS says nothing."""
    if facts is None:
        return "40;31;01" if is_link else "00"
    mode = facts.mode
    for test, codes in (
        (st.S_ISDIR, "01;34"),
        (st.S_ISLNK, "01;36"),
        (st.S_ISFIFO, "40;33"),
        (st.S_ISCHR, "40;33;01"),
        (st.S_ISBLK, "40;33;01"),
        (st.S_ISSOCK, "01;35"),
    ):
        if test(mode):
            return codes
    return "01;32" if mode & 0o111 else "00"


def _short_size(size: int, step: int) -> str:
    if size < step:
        return str(size)
    value, power = float(size), -1
    while value >= step and power < 5:
        value, power = value / step, power + 1
    letter = ("KMGTPE" if step == 1024 else "kMGTPE")[power]
    return f"{value:.1f}{letter}" if value < 9.95 else f"{value:.0f}{letter}"


def _date(nanoseconds: int, now: int) -> str:
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=nanoseconds // 10**9)
    old = abs(now - nanoseconds) > _HALF_YEAR
    return moment.strftime("%b %e  %Y" if old else "%b %e %H:%M")


class _Json:
    """Writes nodes as JSON, in tree's own layout."""

    def __init__(self, system: System, parsed: Parsed) -> None:
        self._write = system.stdout.write
        self._parsed = parsed
        self._accounts = Accounts(system)

    def draw(self, node: _Node, lead: str = "  ") -> None:
        """One node and what is below it, without a line's end."""
        shown = node.path if self._parsed.has("f") else node.name
        self._write(f"{lead}{{{self._facts(node, shown)}")
        if node.children:
            self._write(',"contents":[\n')
            for index, child in enumerate(node.children):
                self.draw(child, lead + "  ")
                self._write(",\n" if index < len(node.children) - 1 else "\n")
            self._write(f"{lead}]")
        self._write("}")

    def _facts(self, node: _Node, shown: str) -> str:
        facts, parsed = node.facts, self._parsed
        parts = [f'"type":"{_type(facts.mode)}"', f'"name":{json_text(shown)}']
        if node.target:
            parts.append(f'"target":{json_text(node.target)}')
        if parsed.has("inodes"):
            parts.append(f'"inode":{facts.ino}')
        if parsed.has("p"):
            letter = kind_of(facts.mode)[0]
            parts.append(f'"mode":"{st.S_IMODE(facts.mode):04o}"')
            parts.append(f'"prot":"{mode_text(facts.mode, letter)}"')
        if parsed.has("u"):
            parts.append(f'"user":"{self._accounts.user_name(facts.uid) or facts.uid}"')
        if parsed.has("g"):
            parts.append(f'"group":"{self._accounts.group_name(facts.gid) or facts.gid}"')
        if parsed.has("s", "h"):
            parts.append(f'"size":{facts.size}')
        return ",".join(parts)


def _type(mode: int) -> str:
    return next((words for test, words in _TYPES if test(mode)), "file")


def json_text(value: str) -> str:
    """A JSON string; only what must be is escaped."""
    plain = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c >= " " else f"\\u{ord(c):04x}" for c in plain) + '"'


def _tree(system: System, parsed: Parsed) -> int:
    walk = _Walk(system, parsed)
    as_json = parsed.has("J")
    drawing: _Drawing | _Json = _Json(system, parsed) if as_json else _Drawing(system, parsed)
    write = system.stdout.write
    status = 0
    write("[\n" if as_json else "")
    for index, path in enumerate(parsed.operands or (".",)):
        write(",\n" if as_json and index else "")
        top = walk.root(path)
        if top is not None:
            drawing.draw(top)
            continue
        if system.exists(path):
            walk.files += 1
        else:
            status = FAILED
        if as_json:
            write(f'  {{"type":"file","name":{json_text(path)},"error": "opening dir"}}')
        else:
            write(f"{path}  [error opening dir]\n")
    _report(system, parsed, walk)
    return status


def _report(system: System, parsed: Parsed, walk: _Walk) -> None:
    write, files = system.stdout.write, not parsed.has("d")
    if parsed.has("J"):
        counts = f'"directories":{walk.directories}' + (f',"files":{walk.files}' if files else "")
        write("\n\n" if parsed.has("noreport") else f'\n,\n  {{"type":"report",{counts}}}\n')
        write("]\n")
    elif not parsed.has("noreport"):
        line = _count(walk.directories, "director", "y", "ies")
        write(f"\n{line}{', ' + _count(walk.files, 'file', '', 's') if files else ''}\n")


def _count(number: int, stem: str, one: str, many: str) -> str:
    return f"{number} {stem}{one if number == 1 else many}"


_USAGE = """tree [-acdfghilnprstuCDFJNQU] [-L level] [-P pattern] [-I pattern]
\t[--ignore-case] [--inodes] [--sort=NAME] [--dirsfirst] [--filesfirst]
\t[--filelimit #] [--si] [--prune] [--charset=X] [--noreport] [directory ...]"""


class _TreeTool(Tool):
    """tree's own words for wrong options."""

    __slots__ = ()

    def complain(self, system: System, error: UsageError) -> None:
        """Say what is wrong, then the usage."""
        words = str(error)
        if "invalid option" in words:
            words = f"Invalid argument -`{words[-2]}'."
        elif "unrecognized option" in words:
            option = words.split("'")[1]
            words = f"Invalid argument `{option}'."
        elif "requires an argument" in words:
            words = f"Missing argument to -{words[-2]} option."
        system.stderr.write(f"tree: {words}\n")
        if error.hint and words.startswith("Invalid argument"):
            system.stderr.write(f"usage: {self.usage}\n")


TREE = _TreeTool(
    "tree",
    "Show folders as a tree.",
    _USAGE,
    _tree,
    "acdfghilnprstuCDFJNQUL:P:I:",
    (
        *("ignore-case", "inodes", "sort=", "dirsfirst", "filesfirst", "filelimit=", "si"),
        *("prune", "charset=", "noreport"),
    ),
)
