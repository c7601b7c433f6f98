"""The menu of `select`: numbered columns on standard error, and the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.shell.linereading import read_line

if TYPE_CHECKING:
    from orchestrator.shell.shell import Shell


def choose(shell: Shell, values: list[str], *, show: bool) -> str | None:
    """Show the menu if asked to, prompt with PS3 and read a line; None at the end of input."""
    if show:
        shell.error_text(layout(values, int(shell.text("COLUMNS") or 80)))
    shell.error_text(shell.text("PS3", "#? "))
    line = read_line(shell.system, 0)
    if not line:
        shell.error_text("\n")
        return None
    return line.decode("utf-8", "surrogateescape").removesuffix("\n")


def layout(values: list[str], columns: int) -> str:
    """Return the menu: down first, then across, as bash lays it out."""
    count = len(values)
    digits = len(str(count))
    longest = max(map(len, values))
    width = longest + digits + 2 + 1  # ") " and a blank between columns
    per_row = max(1, columns // width)
    rows = -(-count // per_row)
    if -(-count // rows) == 1:
        rows, per_row = count, 1
    lines = []
    for row in range(rows):
        indices = range(row, count, rows)
        cells = [f"{i + 1:>{digits}}) {values[i]}" for i in indices]
        padded = [cell.ljust(width) for cell in cells[:-1]]
        lines.append("".join([*padded, cells[-1]]))
    return "".join(line + "\n" for line in lines)
