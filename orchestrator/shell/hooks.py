"""Variables on whose change the shell acts at once: each with what is to be done.

They carry the flag HOOKED from their creation (`Scope.create`), so that assigning anything else costs nothing.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from orchestrator.shell.frame import Frame
    from orchestrator.shell.shell import Shell

DEEPEST = 1500
"""Function calls inside one another. bash has no limit of its own and crashes; see docs/differences.md."""
COMPATIBLE = ("31", "32", "40", "41", "42", "43", "44")


def _path(shell: Shell) -> None:
    shell.paths.clear()


def _nesting(shell: Shell) -> None:
    text = shell.text("FUNCNEST")
    number = int(text) if text.isdecimal() and len(text) < 9 else 0
    shell.deepest = min(number, DEEPEST) if number else DEEPEST


def _posix(shell: Shell) -> None:
    shell.options.posix = "POSIXLY_CORRECT" in shell.variables
    shell.options_changed()


def _ignore_end(shell: Shell) -> None:
    shell.options.ignoreeof = "IGNOREEOF" in shell.variables


def _ignored_names(shell: Shell) -> None:
    """A GLOBIGNORE that is not empty sets `dotglob`; taking it away unsets it."""
    if shell.text("GLOBIGNORE"):
        shell.options.dotglob = True
    elif "GLOBIGNORE" not in shell.variables:
        shell.options.dotglob = False


def _history_size(shell: Shell) -> None:
    size = shell.text("HISTSIZE")
    if size.isdecimal():
        del shell.history[: max(0, len(shell.history) - int(size))]


def _trace_fd(shell: Shell) -> None:
    text = shell.text("BASH_XTRACEFD")
    shell.trace_fd = int(text) if text.isdecimal() and len(text) < 6 else 2


def _compatibility(shell: Shell) -> None:
    text = shell.text("BASH_COMPAT")
    level = text.replace(".", "")
    if text and (level not in (*COMPATIBLE, "50", "51", "52") or len(text) > 3):
        shell.report(f"BASH_COMPAT: {text}: compatibility value out of range")
        level = ""
    for known in COMPATIBLE:
        setattr(shell.options, f"compat{known}", known == level)


def _option_index(shell: Shell) -> None:
    """OPTIND assigned: 1, nothing or less begins anew, another number goes on in the word getopts was in.

    A local OPTIND has a place of its own; that of the caller comes back when the function is left.
    """
    saved = shell.option_places
    frame = shell.function_frame()
    if saved and saved[-1][0] not in shell.frames:
        shell.option_places, shell.option_place = saved[:-1], saved[-1][1]
        return
    if frame is not None and "OPTIND" in (frame.shadowed or ()) and not _is_saved(shell, frame):
        shell.option_places = (*saved, (frame, shell.option_place))
    text = shell.text("OPTIND").strip()
    if not text or text == "1" or text.startswith("-"):
        shell.option_place = (1, 0)


def _is_saved(shell: Shell, frame: Frame) -> bool:
    return bool(shell.option_places) and shell.option_places[-1][0] is frame


HOOKS: Mapping[str, Callable[[Shell], None]] = MappingProxyType(
    {
        "BASH_COMPAT": _compatibility,
        "BASH_XTRACEFD": _trace_fd,
        "FUNCNEST": _nesting,
        "GLOBIGNORE": _ignored_names,
        "HISTSIZE": _history_size,
        "IGNOREEOF": _ignore_end,
        "OPTIND": _option_index,
        "PATH": _path,
        "POSIXLY_CORRECT": _posix,
    }
)
