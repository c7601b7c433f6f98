"""help: what there is, for somebody who has just arrived."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.kernel.system import System

_INTRODUCTION = """\
pagebox is a small Unix. The shell speaks bash; `help NAME` explains one of its builtins.

  ls examples                 some files to try things on
  cat FILE, cat > FILE        show a file; type one (Ctrl-D ends it)
  python3 FILE, python3 -c    Python (RustPython)
  cmd | cmd, cmd > FILE, &    pipes, files, jobs; Ctrl-C stops what runs

"""


def show(system: System, summaries: Mapping[str, str]) -> int:
    """Print the introduction and the commands in columns."""
    write = system.stdout.write
    write(_INTRODUCTION)
    write("Written for this system:\n")
    for name, summary in sorted(summaries.items()):
        write(f"  {name:<10} {summary}\n")
    others = sorted({e.name for e in system.scandir("/usr/bin")} - set(summaries) - {".", ".."})
    write("\nAnd:\n")
    for line in _columns(others, 76):
        write(f"  {line}\n")
    return 0


def _columns(words: list[str], width: int) -> list[str]:
    lines, line = [], ""
    for word in words:
        if len(line) + len(word) + 1 > width:
            lines.append(line)
            line = ""
        line = f"{line} {word}" if line else word
    return [*lines, line] if line else lines
