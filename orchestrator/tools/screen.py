"""clear(1), stty(1): the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.tools.options import Parsed, Tool, UsageError, quote

if TYPE_CHECKING:
    from orchestrator.kernel.system import System


def _clear(system: System, parsed: Parsed) -> int:
    system.stdout.write("\x1b[H\x1b[2J" + ("" if parsed.has("x") else "\x1b[3J"))
    return 0


def _stty(system: System, parsed: Parsed) -> int:
    """Only `stty size`: modes are set by the programs that need them."""
    if parsed.operands != ("size",):
        raise UsageError(
            f"invalid argument {quote(' '.join(parsed.operands) or '-a')}; only 'size' is supported"
        )
    size = system.winsize(0)
    system.stdout.write(f"{size.rows} {size.columns}\n")
    return 0


CLEAR = Tool("clear", "Clear the screen.", "clear [-x]", _clear, "xT:")
STTY = Tool("stty", "Show the size of the terminal.", "stty size", _stty)
