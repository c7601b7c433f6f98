"""`history`: the list of commands, and the file it comes from and goes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.shell.builtin import Builtin, UsageError
from orchestrator.shell.builtins.arguments import Options, whole_number
from orchestrator.shell.clock import format_time
from orchestrator.shell.control import Discard
from orchestrator.shell.files import read_file
from orchestrator.shell.interactive_bang import BangError, expand_history
from orchestrator.shell.interactive_history import Entry, add, clear, remove, trim
from vfs.errors import text as error_text
from vfs.inode import OpenFlags

if TYPE_CHECKING:
    from orchestrator.shell.shell import Shell

SECOND = 1_000_000_000


def _history(shell: Shell, argv: list[str]) -> int:
    if len(argv) == 2 and argv[1][:1] == "-" and argv[1][1:].isdecimal():
        argv = [argv[0], "--", argv[1]]
    options = Options(argv, "cd:anrwps")
    if sum(letter in options for letter in "anrw") > 1:
        shell.report("history: cannot use more than one of -anrw")
        return 1
    if "c" in options:
        clear(shell)
    if "d" in options:
        return _delete(shell, options.values["d"])
    if "s" in options:
        _replace_last(shell, " ".join(options.operands))
        return 0
    if "p" in options:
        return _expand(shell, options.operands)
    for letter in "anrw":
        if letter in options:
            return _transfer(shell, letter, options.operands)
    return 0 if "c" in options else _list(shell, options.operands)


def _replace_last(shell: Shell, text: str) -> None:
    """Add an entry in the place of the command that asks for it."""
    if shell.recorded:
        remove(shell, len(shell.history) - 1)
    if text:
        add(shell, text)


def _expand(shell: Shell, words: list[str]) -> int:
    """`history -p`: show what `!` references mean; the command itself is no part of the history."""
    if shell.recorded:
        remove(shell, len(shell.history) - 1)
        shell.recorded = False
    first = shell.history_number - len(shell.history)
    status = 0
    for word in words:
        try:
            text = expand_history(word, list(shell.history), first).text
        except BangError:
            shell.report(f"history: {word}: history expansion failed")
            status = 1
            continue
        shell.output(text + "\n")
    return status


def _list(shell: Shell, operands: list[str]) -> int:
    entries = list(enumerate(shell.history, shell.history_number - len(shell.history)))
    if operands:
        count = whole_number(operands[0])
        if count is None:
            raise UsageError(
                f"{operands[0]}: numeric argument required", show_usage=False, status=1
            )
        if len(operands) > 1:
            shell.report("history: too many arguments")
            raise Discard(1)
        entries = entries[-abs(count) :] if count else []
    form = shell.text("HISTTIMEFORMAT")
    for number, text in entries:
        when = getattr(text, "when", None)
        stamp = ""
        if form:
            stamp = "??" if when is None else format_time(form, when // SECOND)
        shell.output(f"{number:5d}  {stamp}{text}\n")
    return 0


def _delete(shell: Shell, text: str) -> int:
    """`history -d N`, `-d -N`, `-d FIRST-LAST`."""
    low, dash, high = text.partition("-") if text[:1] != "-" else (text, "", "")
    ends = [_index(shell, low), _index(shell, high) if dash else _index(shell, low)]
    start, end = ends
    if start is None or end is None or start > end:
        shell.report(f"history: {text}: history position out of range")
        return 1
    for index in range(end, start - 1, -1):
        remove(shell, index)
    return 0


def _index(shell: Shell, text: str) -> int | None:
    number = whole_number(text)
    if number is None:
        return None
    size = len(shell.history)
    index = size + number if number < 0 else number - (shell.history_number - size)
    return index if 0 <= index < size else None


def _transfer(shell: Shell, letter: str, operands: list[str]) -> int:
    path = operands[0] if operands else shell.text("HISTFILE")
    if not path:
        return 0
    try:
        if letter in "rn":
            load(shell, path, only_new=letter == "n")
        else:
            save(shell, path, append=letter == "a")
    except OSError as error:
        shell.report(f"history: {path}: {error_text(error)}")
        return 1
    return 0


def load(shell: Shell, path: str, *, only_new: bool = False) -> None:
    """Add the entries of a history file, or those not read before. Raises: OSError."""
    text = read_file(shell.system, path).decode("utf-8", "surrogateescape")
    entries = parse_entries(text)
    fresh = entries[shell.history_read :] if only_new else entries
    shell.history_read = len(entries)
    for entry in fresh:
        shell.history.append(entry)
        shell.history_number += 1
    shell.history_saved = shell.history_number
    trim(shell)


def parse_entries(text: str) -> list[str]:
    """Return the entries of a history file; with time stamps (`#seconds`) an entry may have several lines."""
    entries: list[str] = []
    when: int | None = None
    stamped = text.startswith("#") and text[1:2].isdecimal()
    for line in text.splitlines():
        if line.startswith("#") and line[1:].isdecimal():
            when, joined = int(line[1:]) * SECOND, False
            continue
        if stamped and joined and entries:
            entries[-1] = Entry(f"{entries[-1]}\n{line}", when)
        elif line:
            entries.append(Entry(line, when))
        joined = stamped
    return entries


def save(shell: Shell, path: str, *, append: bool) -> None:
    """Write the history to a file, or add what is new to it. Raises: OSError."""
    new = max(0, shell.history_number - shell.history_saved)
    entries = shell.history[len(shell.history) - new :] if append else shell.history
    flags = OpenFlags.WRITE | OpenFlags.CREAT
    flags |= OpenFlags.APPEND if append else OpenFlags.TRUNC
    stamps = bool(shell.text("HISTTIMEFORMAT"))
    fd = shell.system.open(path, flags, 0o600)
    try:
        text = "".join(_line(entry, stamps) for entry in entries)
        shell.system.write(fd, text.encode("utf-8", "surrogateescape"))
    finally:
        shell.system.close(fd)
    if append:
        shell.history_saved = shell.history_number
    shell.history_read += len(entries) if append else len(entries) - shell.history_read


def shorten(shell: Shell, path: str) -> None:
    """Keep the last HISTFILESIZE lines of a history file. Raises: OSError."""
    size = shell.text("HISTFILESIZE")
    if not size.isdecimal():
        return
    lines = read_file(shell.system, path).splitlines(keepends=True)
    if len(lines) <= int(size[:9]):
        return
    fd = shell.system.open(path, OpenFlags.WRITE | OpenFlags.TRUNC)
    try:
        shell.system.write(fd, b"".join(lines[len(lines) - int(size[:9]) :]))
    finally:
        shell.system.close(fd)


def _line(entry: str, stamps: bool) -> str:
    when = getattr(entry, "when", None)
    return f"#{when // SECOND}\n{entry}\n" if stamps and when is not None else f"{entry}\n"


BUILTINS = (
    Builtin(
        "history",
        _history,
        "history [-c] [-d offset] [n] or history -anrw [filename] or history -ps arg [arg...]",
        "Display or manipulate the history list.",
    ),
)
