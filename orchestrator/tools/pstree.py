"""pstree(1): processes below those that started them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.tools.options import Parsed, Tool, UsageError
from orchestrator.tools.processes import Row, rows

if TYPE_CHECKING:
    from orchestrator.kernel.system import System

_LINES = {True: ("───", "─┬─", " ├─", " └─", " │ "), False: ("---", "-+-", " |-", " `-", " | ")}


class _Tree:
    """Draws one tree. Children of one name that have none themselves are counted (`2*[sleep]`)."""

    def __init__(self, system: System, parsed: Parsed) -> None:
        self._write = system.stdout.write
        self._parsed = parsed
        self._rows = [row for row in rows(system) if row.process.is_alive]
        locale = (
            system.env.get("LC_ALL") or system.env.get("LC_CTYPE") or system.env.get("LANG", "")
        )
        ascii_only = parsed.has("A", "ascii") or "utf" not in locale.lower()
        self._lines = _LINES[parsed.has("U", "unicode") or not ascii_only]

    def children(self, pid: int) -> list[Row]:
        """In the order of their names, unless -n asks for that of their numbers."""
        found = [row for row in self._rows if row.process.ppid == pid]
        if not self._parsed.has("n", "numeric-sort"):
            found.sort(key=lambda row: row.process.name)
        return found

    def roots(self) -> list[Row]:
        """Those nobody here started."""
        known = {row.process.pid for row in self._rows}
        return [row for row in self._rows if row.process.ppid not in known]

    def label(self, row: Row) -> str:
        """Name, and what -p, -g and -a add."""
        process = row.process
        text = process.name
        numbers = [process.pid] if self._parsed.has("p", "show-pids") else []
        numbers += [process.pgid] if self._parsed.has("g", "show-pgids") else []
        if self._parsed.has("a", "arguments"):
            text += "".join(f",{n}" for n in numbers)
            return " ".join([text, *process.argv[1:]])
        return text + (f"({','.join(map(str, numbers))})" if numbers else "")

    def _groups(self, found: list[Row]) -> list[tuple[str, Row]]:
        """(label, row), with equal leaves as one."""
        compact = not self._parsed.has("c", "compact-not", "p", "show-pids", "g", "a", "arguments")
        out: list[tuple[str, Row]] = []
        counts: dict[str, int] = {}
        for row in found:
            label = self.label(row)
            if compact and not self.children(row.process.pid):
                if label in counts:
                    counts[label] += 1
                    continue
                counts[label] = 1
            out.append((label, row))
        return [
            (f"{counts[label]}*[{label}]", row)
            if counts.get(label, 1) > 1 and not self.children(row.process.pid)
            else (label, row)
            for label, row in out
        ]

    def draw(self, row: Row) -> None:
        """One tree, to its leaves."""
        if self._parsed.has("a", "arguments"):
            self._draw_lines(row, "", "")
        else:
            self._draw(self.label(row), row, "", self.label(row))

    def _draw(self, label: str, row: Row, lead: str, line: str) -> None:
        """`line` holds what is already on this line; `lead` goes before the next ones."""
        single, first, middle, last, bar = self._lines
        below = self._groups(self.children(row.process.pid))
        if not below:
            self._write(line + "\n")
            return
        lead += " " * len(label)
        for index, (text, child) in enumerate(below):
            is_last = index == len(below) - 1
            if index == 0:
                joined = line + (single if is_last else first)
            else:
                joined = lead + (last if is_last else middle)
            self._draw(text, child, lead + ("   " if is_last else bar), joined + text)

    def _draw_lines(self, row: Row, lead: str, branch: str) -> None:
        """-a: each on a line of its own."""
        _, _, middle, last, bar = self._lines
        self._write(f"{lead}{branch}{self.label(row)}\n")
        below = self.children(row.process.pid)
        deeper = " " if not branch else lead + ("   " if branch == last else bar)
        for index, child in enumerate(below):
            self._draw_lines(child, deeper, last if index == len(below) - 1 else middle)


def _pstree(system: System, parsed: Parsed) -> int:
    tree = _Tree(system, parsed)
    tops = tree.roots()
    if parsed.operands:
        word = parsed.operands[0]
        tops = [
            row
            for row in rows(system)
            if (str(row.process.pid) == word if word.isdigit() else row.user() == word)
        ]
        if not word.isdigit():
            mine = {row.process.pid for row in tops}
            if not mine:
                raise UsageError(f"No such user name: {word}", hint=False)
            tops = [row for row in tops if row.process.ppid not in mine]
    for row in tops:
        tree.draw(row)
    return int(not tops)


PSTREE = Tool(
    "pstree",
    "Show processes as a tree.",
    "pstree [-aAcgnpU] [PID | USER]",
    _pstree,
    "aAcglnpTU",
    (
        "arguments",
        "ascii",
        "compact-not",
        "show-pgids",
        "long",
        "numeric-sort",
        "show-pids",
        "unicode",
    ),
)
