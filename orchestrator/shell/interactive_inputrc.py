"""Lines of an inputrc file, which are also what `bind` takes: settings, bindings, and `$if`.

What is understood is readline's syntax (its manual, "Readline Init File Syntax"); a setting that means nothing here is
kept, so that files written for readline do no harm.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from orchestrator.shell.files import read_file
from orchestrator.shell.interactive_keymap import NAMES, Bound, Keymap, decode, named_key

if TYPE_CHECKING:
    from orchestrator.shell.shell import Shell

_QUOTED = re.compile(r'\s*"((?:\\.|[^"\\])*)"\s*:?\s*(.*)', re.DOTALL)
_NAMED = re.compile(r"\s*([^\s:]+)\s*:\s*(.*)", re.DOTALL)
MOST_INCLUDED = 8


class InputrcError(Exception):
    """A line that cannot be understood; the message says why."""


def keymap_of(shell: Shell) -> Keymap:
    """Return the keymap of a shell, made with the defaults when it is first asked for."""
    if shell.keymap is None:
        shell.keymap = Keymap()
    return shell.keymap


def apply_line(shell: Shell, text: str) -> None:
    """Carry out one line. Raises: InputrcError."""
    words = text.split()
    if words[:1] == ["set"]:
        _set(shell, words[1:])
        return
    sequence, rest = split_binding(text)
    bind(keymap_of(shell), sequence, rest)


def _set(shell: Shell, words: list[str]) -> None:
    if not words:
        raise InputrcError("set: variable name expected")
    name, value = words[0].lower(), " ".join(words[1:])
    keymap_of(shell).settings[name] = value.strip('"') if value else "on"
    if name == "editing-mode" and value in ("vi", "emacs"):
        shell.options.vi, shell.options.emacs = value == "vi", value == "emacs"


def split_binding(text: str) -> tuple[str, str]:
    """Return the key sequence of a binding and what it is bound to. Raises: InputrcError."""
    match = _QUOTED.fullmatch(text)
    if match is not None:
        return match[1], match[2].strip()
    match = _NAMED.fullmatch(text)
    if match is None:
        raise InputrcError(f"{text}: no key sequence terminator")
    return named_key(match[1]), match[2].strip()


def bind(keymap: Keymap, sequence: str, target: str) -> None:
    """Bind a key sequence to a function, or to a macro in quotes. Raises: InputrcError."""
    if target[:1] in ("'", '"'):
        body = target[1:].removesuffix(target[0])
        keymap.bind(sequence, Bound(sequence, macro=decode(body)))
        return
    name = target.split()[0].lower() if target.split() else ""
    if not name:
        keymap.unbind(sequence)
        return
    if name not in NAMES:
        raise InputrcError(f"{name}: unknown function name")
    keymap.bind(sequence, Bound(sequence, name))


def read_init_file(shell: Shell) -> None:
    """Read $INPUTRC, else ~/.inputrc, else /etc/inputrc."""
    for path in (shell.text("INPUTRC"), f"{shell.text('HOME')}/.inputrc", "/etc/inputrc"):
        if path and shell.exists(path):
            read_inputrc(shell, path)
            return


def read_inputrc(shell: Shell, path: str, depth: int = 0) -> bool:
    """Read a file of such lines; whether it could be read. Wrong lines are passed over, as readline does."""
    try:
        text = read_file(shell.system, path).decode("utf-8", "surrogateescape")
    except OSError:
        return False
    wanted: list[bool] = []
    for line in map(str.strip, text.splitlines()):
        if line.startswith("$"):
            _directive(shell, line, wanted, depth)
        elif line and not line.startswith("#") and all(wanted):
            try:
                apply_line(shell, line)
            except InputrcError:
                continue
    return True


def _directive(shell: Shell, line: str, wanted: list[bool], depth: int) -> None:
    """`$if`, `$else`, `$endif`, `$include`."""
    word, _, rest = line[1:].partition(" ")
    rest = rest.strip()
    if word == "if":
        wanted.append(_holds(shell, rest))
    elif word == "else" and wanted:
        wanted[-1] = not wanted[-1]
    elif word == "endif" and wanted:
        wanted.pop()
    elif word == "include" and all(wanted) and depth < MOST_INCLUDED:
        read_inputrc(shell, rest, depth + 1)


def _holds(shell: Shell, test: str) -> bool:
    name, equals, value = test.replace(" ", "").partition("=")
    if not equals:
        return name.lower() in ("bash", "readline")
    if name == "mode":
        return value == ("vi" if shell.options.vi else "emacs")
    if name == "term":
        term = shell.text("TERM")
        return value in (term, term.partition("-")[0])
    return False
