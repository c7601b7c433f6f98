"""The menu of `select`: numbered columns on standard error, and the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.shell.interactive_width import text_width
from orchestrator.shell.linereading import read_line

GAP = 4
"""`) ` and two blanks between columns."""
TAB = 8

if TYPE_CHECKING:
    from orchestrator.shell.shell import Shell


def choose(shell: Shell, values: list[str], *, show: bool) -> str | None:
    """Show the menu if asked to, prompt with PS3 and read a line; None at the end of input."""
    if show:
        shell.error_text(layout(values, int(shell.text("COLUMNS") or 80)))
    shell.error_text(shell.text("PS3", "#? "))
    line = read_line(shell.system, 0)
    if not line:
        shell.output("\n")
        return None
    return line.decode("utf-8", "surrogateescape").removesuffix("\n")


def layout(values: list[str], columns: int) -> str:
    """Return the menu: down first, then across, in as few rows as fit; never a single row of several."""
    count = len(values)
    digits = len(str(count))
    width = max(map(text_width, values)) + digits + GAP
    rows = -(-count // max(1, columns // width))
    if rows == 1:
        rows = count
    lines = []
    for row in range(rows):
        line, at = "", 0
        for index in range(row, count, rows):
            line += _blanks(at, index // rows * width)
            cell = f"{index + 1:>{len(str(rows)) if index < rows else digits}}) {values[index]}"
            at = index // rows * width + text_width(cell)
            line += cell
        lines.append(line + "\n")
    return "".join(lines)


def _blanks(start: int, end: int) -> str:
    """Return what takes the cursor from one column to another: tabs as far as they go."""
    tabs = end // TAB - start // TAB
    return "\t" * tabs + " " * (end % TAB if tabs else end - start)
