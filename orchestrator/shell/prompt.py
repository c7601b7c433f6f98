"""Prompt escapes: `\\u@\\h:\\w\\$` and the others of PS0 to PS4 and `${x@P}`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from orchestrator.errors import ShellSyntaxError
from orchestrator.shell.clock import format_time
from orchestrator.shell.expand import compile_heredoc
from orchestrator.shell.expand.errors import ExpansionError
from orchestrator.shell.syntax import parse_here_text
from orchestrator.shell.syntax.nodes import HereDoc

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.shell.shell import Shell

VERSION = "5.2"
RELEASE = "5.2.15"
START_INVISIBLE, END_INVISIBLE = "\x01", "\x02"
SECOND = 1_000_000_000
_SPECIAL = re.compile(r"[$`\\]")


def expanded(shell: Shell, name: str, default: str) -> str:
    """Return a prompt variable decoded and then expanded; what escapes stand for is not expanded again."""
    return expand_prompt(shell, shell.text(name, default))


def expand_prompt(shell: Shell, raw: str) -> str:
    """Return a prompt decoded and then expanded; see `expanded`."""
    if not shell.options.promptvars:
        return decode(shell, raw)
    text = decode(shell, raw, protect=True)
    if "$" not in text and "`" not in text and "\\" not in text:
        return text
    status = shell.status
    try:
        word = parse_here_text(text)
        return compile_heredoc(HereDoc("", word, False, False))(shell)
    except (ExpansionError, ShellSyntaxError) as error:
        shell.report(error.message)
        return text
    finally:
        shell.status = status


def decode(shell: Shell, text: str, *, protect: bool = False) -> str:
    """Return `text` with its prompt escapes decoded; expansions are not made.

    `protect` puts a backslash before what an expansion would take for its own in decoded text.
    """
    if "\\" not in text:
        return text
    pieces = []
    at = 0
    while at < len(text):
        if text[at] != "\\" or at + 1 == len(text):
            pieces.append(text[at])
            at += 1
            continue
        piece, at = _escape(shell, text, at + 1)
        pieces.append(_SPECIAL.sub(r"\\\g<0>", piece) if protect else piece)
    return "".join(pieces)


def _escape(shell: Shell, text: str, at: int) -> tuple[str, int]:
    """Decode the escape whose letter is at `at`; return it and where the text goes on."""
    letter = text[at]
    if letter in "01234567":
        digits = 3 if text[at : at + 3].isdecimal() else 1
        try:
            return chr(int(text[at : at + digits], 8) & 0xFF), at + digits
        except ValueError:
            return letter, at + 1
    if letter == "D" and text[at + 1 : at + 2] == "{":
        end = text.find("}", at)
        if end > 0:
            return _clock(shell, text[at + 2 : end] or "%X"), end + 1
    simple = _ESCAPES.get(letter)
    return (simple(shell) if simple is not None else "\\" + letter), at + 1


def _clock(shell: Shell, form: str) -> str:
    return format_time(form, shell.system.realtime() // SECOND)


def working_directory(shell: Shell) -> str:
    """Return `$PWD` with the home directory as `~`, trimmed to PROMPT_DIRTRIM parts."""
    path, home = shell.text("PWD"), shell.text("HOME")
    if home and home != "/" and (path == home or path.startswith(home + "/")):
        path = "~" + path[len(home) :]
    keep = shell.text("PROMPT_DIRTRIM")
    if keep.isdecimal() and int(keep) > 0:
        path = _trimmed(path, int(keep))
    return path


def _trimmed(path: str, keep: int) -> str:
    head = "~/" if path.startswith("~/") else "/" if path.startswith("/") else ""
    parts = path[len(head) :].split("/")
    if len(parts) <= keep:
        return path
    return ("~/" if head == "~/" else "") + ".../" + "/".join(parts[-keep:])


def _base_name(shell: Shell) -> str:
    path, home = shell.text("PWD"), shell.text("HOME")
    if path == home:
        return "~"
    return path.rsplit("/", 1)[-1] or "/"


_ESCAPES: dict[str, Callable[[Shell], str]] = {
    "a": lambda shell: "\a",
    "e": lambda shell: "\x1b",
    "n": lambda shell: "\n",
    "r": lambda shell: "\r",
    "\\": lambda shell: "\\",
    "[": lambda shell: START_INVISIBLE,
    "]": lambda shell: END_INVISIBLE,
    "$": lambda shell: "#" if shell.uid == 0 else "$",
    "u": lambda shell: shell.user_name(),
    "h": lambda shell: shell.system.hostname.partition(".")[0],
    "H": lambda shell: shell.system.hostname,
    "w": working_directory,
    "W": _base_name,
    "s": lambda shell: shell.zero.rsplit("/", 1)[-1].lstrip("-"),
    "v": lambda shell: VERSION,
    "V": lambda shell: RELEASE,
    "j": lambda shell: str(len(shell.jobs.jobs)),
    "l": lambda shell: "tty",
    "!": lambda shell: str(shell.history_number),
    "#": lambda shell: str(shell.command_count),
    "d": lambda shell: _clock(shell, "%a %b %d"),
    "t": lambda shell: _clock(shell, "%H:%M:%S"),
    "T": lambda shell: _clock(shell, "%I:%M:%S"),
    "@": lambda shell: _clock(shell, "%I:%M %p"),
    "A": lambda shell: _clock(shell, "%H:%M"),
}
