"""`fc`: list commands of the history, run them again, or edit them first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.shell.builtin import Builtin
from orchestrator.shell.builtins.arguments import Options, whole_number
from orchestrator.shell.evaluate import run_text
from orchestrator.shell.files import read_file
from orchestrator.shell.interactive_history import add, remove
from orchestrator.shell.syntax.quote import single_quote
from vfs.errors import text as error_text
from vfs.inode import OpenFlags

if TYPE_CHECKING:
    from orchestrator.shell.shell import Shell

LISTED = 16
EDITOR = "${FCEDIT:-${EDITOR:-vi}}"
OUT_OF_RANGE = "fc: history specification out of range"


def _fc(shell: Shell, argv: list[str]) -> int:
    at = next((i for i, w in enumerate(argv) if w[:1] == "-" and w[1:].isdecimal()), None)
    options = Options(argv if at is None else [*argv[:at], "--", *argv[at:]], "e:lnrs")
    if "l" not in options and ("s" in options or options.values.get("e") == "-"):
        return _again(shell, options.operands)
    # The command that asks is the last entry; it is not meant.
    last = len(shell.history) - 1 - shell.recorded
    if last < 0:
        return 0
    found = _range(shell, options, last)
    if found is None:
        return _out_of_range(shell)
    return _list(shell, options, found) if "l" in options else _edit(shell, options, found)


def _out_of_range(shell: Shell) -> int:
    shell.report(OUT_OF_RANGE)
    return 1


def _range(shell: Shell, options: Options, last: int) -> range | None:
    """Return the entries that are meant, in their order."""
    listing = "l" in options
    operands = options.operands
    if operands:
        start = _find(shell, operands[0], last)
        end = _find(shell, operands[1], last) if len(operands) > 1 else last if listing else start
    else:
        start, end = max(0, last - LISTED + 1) if listing else last, last
    if start is None or end is None:
        return None
    backwards = (start > end) != ("r" in options)
    low, high = min(start, end), max(start, end)
    return range(high, low - 1, -1) if backwards else range(low, high + 1)


def _find(shell: Shell, text: str, last: int) -> int | None:
    """Return the index of an entry given by number, offset from the end, or beginning."""
    number = whole_number(text)
    if number is None:
        entries = shell.history[: last + 1]
        return next((i for i in range(last, -1, -1) if entries[i].startswith(text)), None)
    if number == 0:
        return last
    first = shell.history_number - len(shell.history)
    index = last + 1 + number if number < 0 else number - first
    return min(max(index, 0), last)


def _list(shell: Shell, options: Options, indices: range) -> int:
    first = shell.history_number - len(shell.history)
    for index in indices:
        head = "" if "n" in options else str(first + index)
        shell.output(f"{head}\t {shell.history[index]}\n")
    return 0


def _again(shell: Shell, operands: list[str]) -> int:
    """`fc -s [old=new ...] [command]`."""
    changes = [word.partition("=") for word in operands if "=" in word]
    rest = [word for word in operands if "=" not in word]
    last = len(shell.history) - 1 - shell.recorded
    index = (_find(shell, rest[0], last) if rest else last) if last >= 0 else None
    if index is None:
        shell.report("fc: no command found")
        return 1
    text = str(shell.history[index])
    for old, _, new in changes:
        text = text.replace(old, new) if old else text
    shell.error_text(text + "\n")
    return _run_instead(shell, text)


def _run_instead(shell: Shell, text: str) -> int:
    """Run a command and put it where the one that asked for it is in the history."""
    if shell.recorded:
        remove(shell, len(shell.history) - 1)
        shell.recorded = False
    if shell.options.history:
        add(shell, text)
    return run_text(shell, text)


def _edit(shell: Shell, options: Options, indices: range) -> int:
    text = "".join(f"{shell.history[index]}\n" for index in indices)
    edited = edit_text(shell, text, options.values.get("e", EDITOR))
    if edited is None:
        return 1
    shell.error_text(edited)
    return _run_instead(shell, edited.rstrip("\n")) if edited.strip() else 0


def edit_text(shell: Shell, text: str, editor: str = EDITOR) -> str | None:
    """Let the user change `text` in an editor (a command line); None when the editor failed."""
    path = f"/tmp/bash-fc.{int.from_bytes(shell.system.random(4), 'little'):08x}"
    try:
        _write(shell, path, text)
        if run_text(shell, f"{editor} {single_quote(path)}"):
            return None
        return read_file(shell.system, path).decode("utf-8", "surrogateescape")
    except OSError as error:
        shell.report(f"fc: {path}: {error_text(error)}")
        return None
    finally:
        if shell.exists(path):
            shell.system.unlink(path)


def _write(shell: Shell, path: str, text: str) -> None:
    fd = shell.system.open(path, OpenFlags.WRITE | OpenFlags.CREAT | OpenFlags.EXCL, 0o600)
    try:
        shell.system.write(fd, text.encode("utf-8", "surrogateescape"))
    finally:
        shell.system.close(fd)


BUILTINS = (
    Builtin(
        "fc",
        _fc,
        "fc [-e ename] [-lnr] [first] [last] or fc -s [pat=rep] [command]",
        "Display or execute commands from the history list.",
    ),
)
