"""`history` and `fc`: the commands typed so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.shell.builtin import Builtin, UsageError
from orchestrator.shell.builtins.arguments import Options, whole_number
from orchestrator.shell.evaluate import run_text
from orchestrator.shell.files import read_file
from vfs.errors import text as error_text
from vfs.inode import OpenFlags

if TYPE_CHECKING:
    from orchestrator.shell.shell import Shell


def _history(shell: Shell, argv: list[str]) -> int:
    options = Options(argv, "cd:anrwps")
    if "c" in options:
        shell.history.clear()
        return 0
    if "d" in options:
        return _delete(shell, options.values["d"])
    if "s" in options:
        shell.history[-1:] = [" ".join(options.operands)]
        return 0
    if "p" in options:
        shell.output("".join(word + "\n" for word in options.operands))
        return 0
    for letter in "anrw":
        if letter in options:
            return _transfer(shell, letter, options.operands)
    return _list(shell, options.operands)


def _list(shell: Shell, operands: list[str]) -> int:
    entries = list(enumerate(shell.history, shell.history_number - len(shell.history)))
    if operands:
        count = whole_number(operands[0])
        if count is None:
            raise UsageError(
                f"{operands[0]}: numeric argument required", show_usage=False, status=1
            )
        entries = entries[-abs(count) :] if count else []
    for number, text in entries:
        shell.output(f"{number:5d}  {text}\n")
    return 0


def _delete(shell: Shell, text: str) -> int:
    number = whole_number(text)
    first = shell.history_number - len(shell.history)
    index = (
        None if number is None else number - first if number >= 0 else len(shell.history) + number
    )
    if index is None or not 0 <= index < len(shell.history):
        shell.report(f"history: {text}: history position out of range")
        return 1
    del shell.history[index]
    return 0


def _transfer(shell: Shell, letter: str, operands: list[str]) -> int:
    path = operands[0] if operands else shell.text("HISTFILE")
    if not path:
        return 0
    try:
        if letter in "rn":
            load(shell, path)
        else:
            save(shell, path, append=letter == "a")
    except OSError as error:
        shell.report(f"history: {path}: {error_text(error)}")
        return 1
    return 0


def load(shell: Shell, path: str) -> None:
    """Add the lines of a history file. Raises: OSError."""
    text = read_file(shell.system, path).decode("utf-8", "surrogateescape")
    lines = [line for line in text.splitlines() if line]
    shell.history.extend(lines)
    shell.history_number += len(lines)


def save(shell: Shell, path: str, *, append: bool) -> None:
    """Write the history to a file, or add to it. Raises: OSError."""
    flags = OpenFlags.WRITE | OpenFlags.CREAT
    flags |= OpenFlags.APPEND if append else OpenFlags.TRUNC
    fd = shell.system.open(path, flags, 0o600)
    try:
        text = "".join(entry + "\n" for entry in shell.history)
        shell.system.write(fd, text.encode("utf-8", "surrogateescape"))
    finally:
        shell.system.close(fd)


# --- fc ---


def _fc(shell: Shell, argv: list[str]) -> int:
    options = Options(argv, "e:lnrs")
    if "l" in options:
        return _fc_list(shell, options)
    if "s" not in options and options.values.get("e") != "-":
        shell.report(
            "fc: there is no editor to edit commands with: use `fc -s [pattern=replacement] [command]'"
        )
        return 1
    return _fc_again(shell, options.operands)


def _find(shell: Shell, text: str | None, default: int) -> int | None:
    """Return the index of a history entry given by number, offset or beginning."""
    if text is None:
        return default if 0 <= default < len(shell.history) else None
    number = whole_number(text)
    first = shell.history_number - len(shell.history)
    if number is not None:
        index = number - first if number > 0 else len(shell.history) + number
        return min(max(index, 0), len(shell.history) - 1)
    return next(
        (i for i in range(len(shell.history) - 1, -1, -1) if shell.history[i].startswith(text)),
        None,
    )


def _fc_list(shell: Shell, options: Options) -> int:
    count = len(shell.history)
    names: list[str | None] = [*options.operands, None, None]
    start = _find(shell, names[0], max(0, count - 16))
    end = _find(shell, names[1], count - 1)
    if start is None or end is None:
        shell.report("fc: history specification out of range")
        return 1
    indices = list(range(min(start, end), max(start, end) + 1))
    if ("r" in options) != (start > end):
        indices.reverse()
    first = shell.history_number - count
    for index in indices:
        head = "" if "n" in options else str(first + index)
        shell.output(f"{head}\t {shell.history[index]}\n")
    return 0


def _fc_again(shell: Shell, operands: list[str]) -> int:
    pattern = operands[0] if operands and "=" in operands[0] else None
    rest = operands[1:] if pattern is not None else operands
    index = _find(shell, rest[0] if rest else None, len(shell.history) - 2)
    if index is None:
        shell.report("fc: no command found")
        return 1
    text = shell.history[index]
    if pattern is not None:
        old, _, new = pattern.partition("=")
        text = text.replace(old, new, 1)
    shell.error_text(text + "\n")
    shell.history[-1:] = [text]
    return run_text(shell, text)


BUILTINS = (
    Builtin(
        "history",
        _history,
        "history [-c] [-d offset] [n] or history -anrw [filename] or history -ps arg [arg...]",
        "Display or manipulate the history list.",
    ),
    Builtin(
        "fc",
        _fc,
        "fc [-e ename] [-lnr] [first] [last] or fc -s [pat=rep] [command]",
        "Display or execute commands from the history list.",
    ),
)
