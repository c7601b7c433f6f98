"""help(1): what there is, for somebody who has just arrived."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.tools.registry import TOOLS

if TYPE_CHECKING:
    from orchestrator.kernel.system import System

_INTRODUCTION = """\
pagebox is a small Unix. The shell speaks bash.

  man COMMAND                 one page on a command, with examples
  man -k WORD                 which pages speak of it
  ls ~/examples               things to try; /usr/share/pagebox/examples has more
  nano FILE                   edit a text (^S saves, ^X leaves)
  python3 FILE, python3 -c    Python
  cmd | cmd, cmd > FILE, &    pipes, files, jobs; ^C stops what runs

"""
_WIDTH = 78


class _Help:
    """The program."""

    def main(self, system: System) -> int:
        """Run as a process's program: everything, or the page of what is named."""
        if len(system.argv) > 1:
            from orchestrator.tools.manual import MAN

            return MAN.main(system)
        write = system.stdout.write
        write(_INTRODUCTION)
        absent = {name for name, entry in TOOLS.items() if not entry.summary}
        names = {entry.name for entry in system.scandir("/usr/bin")} - absent - {".", ".."}
        width = system.winsize(1).columns if system.isatty(1) else _WIDTH
        for line in columns(sorted(names), width - 2):
            write(f"  {line}\n")
        return 0


def columns(words: list[str], width: int) -> list[str]:
    """Words in columns, read downwards."""
    cell = max(map(len, words), default=0) + 2
    across = max(1, width // cell)
    down = -(-len(words) // across)
    return ["".join(w.ljust(cell) for w in words[row::down]).rstrip() for row in range(down)]


HELP = _Help()
