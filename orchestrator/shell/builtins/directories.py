"""The working directory: cd, pwd, and the stack of pushd, popd and dirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.shell.builtin import Builtin, UsageError
from orchestrator.shell.builtins.arguments import Options, whole_number
from orchestrator.shell.expand.variable import EXPORT, READONLY
from orchestrator.shell.interactive_paths import home_path
from orchestrator.shell.restricted import refused
from vfs.errors import text as error_text

if TYPE_CHECKING:
    from orchestrator.shell.shell import Shell


def normalize(path: str) -> str:
    """Return an absolute path without `.`, `..` and doubled slashes, by its text alone."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if parts:
                parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    two = path.startswith("//") and not path.startswith("///")  # POSIX leaves their meaning open
    return ("//" if two else "/") + "/".join(parts)


def change(shell: Shell, path: str, *, physical: bool) -> str:
    """Change to `path` and set PWD and OLDPWD; return the new PWD. Raises: OSError; Refused when one is readonly."""
    before = shell.working_directory
    if physical:
        shell.system.chdir(path)
        after = shell.system.getcwd()
    else:
        after = normalize(path if path.startswith("/") else f"{before}/{path}")
        try:
            shell.system.stat(path)  # `x/..` must not hide that there is no x
            shell.system.chdir(after)
        except OSError:
            shell.system.chdir(path)  # PWD was not true: go by the path itself
            after = shell.system.getcwd()
    shell.working_directory = after
    refused = [name for name in ("OLDPWD", "PWD") if _is_readonly(shell, name)]
    for name, value in (("OLDPWD", before), ("PWD", after)):
        if name not in refused:
            shell.store(name, value, EXPORT)
    if refused:
        raise Refused(refused[0])
    return after


class Refused(Exception):
    """PWD or OLDPWD is readonly; the directory has been changed all the same."""


def _is_readonly(shell: Shell, name: str) -> bool:
    variable = shell.variables.get(name)
    return variable is not None and bool(variable.flags & READONLY)


def _cd(shell: Shell, argv: list[str]) -> int:
    if refused(shell, "cd"):
        return 1
    options = Options(argv, "LPe")
    if len(options.operands) > 1:
        shell.report("cd: too many arguments")
        return 1
    physical = shell.options.physical
    for letter in options:
        physical = letter == "P" if letter in "LP" else physical
    target, shown = _target(shell, options.operands)
    if target is None:
        return 1
    return _try(shell, target, shown, physical)


def _target(shell: Shell, operands: list[str]) -> tuple[str | None, bool]:
    """Return where to go, and whether to say where that is."""
    if not operands:
        home = shell.variables.get("HOME")
        if home is None or home.scalar() is None:
            shell.report("cd: HOME not set")
            return None, False
        return home.scalar() or "", False
    if operands[0] == "-":
        old = shell.text("OLDPWD")
        if not old:
            shell.report("cd: OLDPWD not set")
            return None, False
        return old, True
    return operands[0], False


def _try(shell: Shell, target: str, shown: bool, physical: bool) -> int:
    if target == "":
        return 0
    try:
        for path, says in [*_search_paths(shell, target), (target, shown)]:
            try:
                after = change(shell, path, physical=physical)
            except OSError as error:
                reason = error
                continue
            if says:
                shell.output(after + "\n")
            return 0
    except Refused as error:
        shell.report(f"{error}: readonly variable")
        return 1
    variable = shell.variables.get(target) if shell.options.cdable_vars else None
    if variable is not None and variable.scalar():
        shell.options.cdable_vars = False
        try:
            return _try(shell, variable.scalar() or "", True, physical)
        finally:
            shell.options.cdable_vars = True
    shell.report(f"cd: {target}: {error_text(reason)}")
    return 1


def _search_paths(shell: Shell, target: str) -> list[tuple[str, bool]]:
    """Return the places CDPATH names and whether to say which it was, unless the target says where it is."""
    if target.startswith("/") or target.split("/", 1)[0] in (".", ".."):
        return []
    path = shell.text("CDPATH")
    if not path:
        return []
    return [
        (f"{home_path(shell, folder).rstrip('/')}/{target}" if folder else target, bool(folder))
        for folder in path.split(":")
    ]


def _pwd(shell: Shell, argv: list[str]) -> int:
    options = Options(argv, "LP")
    physical = shell.options.physical
    for letter in options:
        physical = letter == "P"
    try:
        here = shell.system.getcwd()
    except OSError as error:
        shell.report(f"pwd: error retrieving current directory: {error_text(error)}")
        return 1
    shell.output((here if physical else shell.working_directory or here) + "\n")
    return 0


# --- the stack ---


def _stack(shell: Shell) -> list[str]:
    return [shell.working_directory, *shell.directories]


def _index(shell: Shell, name: str, word: str) -> int | None:
    """Return the place in the stack that `+N` or `-N` means; None (with a message) if there is none."""
    number = _number(shell, name, word)
    size = len(shell.directories) + 1
    index = number if word[0] == "+" else size - 1 - number
    if 0 <= index < size:
        return index
    if size == 1:
        shell.report(f"{name}: directory stack empty")
    else:
        shown = word[1:] if name == "dirs" else word
        shell.report(f"{name}: {shown}: directory stack index out of range")
    return None


def _number(shell: Shell, name: str, word: str) -> int:
    number = whole_number(word[1:])
    if number is None:
        shell.report(f"{name}: {word}: invalid number")
        raise UsageError("", show_usage=True, status=2)
    return number


def _shown(shell: Shell, path: str) -> str:
    home = shell.text("HOME")
    if home and (path == home or path.startswith(home.rstrip("/") + "/")):
        return "~" + path[len(home) :]
    return path


def _print_stack(shell: Shell) -> int:
    shell.output(" ".join(_shown(shell, path) for path in _stack(shell)) + "\n")
    return 0


def _dirs(shell: Shell, argv: list[str]) -> int:
    long = per_line = numbered = False
    for word in argv[1:]:
        if word == "-c":
            shell.directories.clear()
            return 0
        if word == "-l":
            long = True
        elif word == "-p":
            per_line = True
        elif word == "-v":
            per_line = numbered = True
        elif word[:1] in ("+", "-") and word[1:].isdecimal():
            return _print_one(shell, word, long, numbered)
        else:
            what = "number" if word[:1] in ("+", "-") else "option"
            shell.report(f"dirs: {word}: invalid {what}")
            shell.error_text("dirs: usage: dirs [-clpv] [+N] [-N]\n")
            return 2
    paths = [path if long else _shown(shell, path) for path in _stack(shell)]
    if numbered:
        paths = [f"{number:2d}  {path}" for number, path in enumerate(paths)]
    shell.output(("\n" if per_line else " ").join(paths) + "\n")
    return 0


def _print_one(shell: Shell, word: str, long: bool, numbered: bool) -> int:
    index = _index(shell, "dirs", word)
    if index is None:
        return 1
    path = _stack(shell)[index]
    head = f"{index:2d}  " if numbered else ""
    shell.output(head + (path if long else _shown(shell, path)) + "\n")
    return 0


def _go(shell: Shell, name: str, path: str) -> bool:
    try:
        change(shell, path, physical=shell.options.physical)
    except OSError as error:
        shell.report(f"{name}: {path}: {error_text(error)}")
        return False
    except Refused as error:
        shell.report(f"{error}: readonly variable")
        return False
    return True


def _pushd(shell: Shell, argv: list[str]) -> int:
    words = argv[1:]
    stay = words[:1] == ["-n"]
    words = words[1:] if stay else words
    if words[:1] == ["--"]:
        words = words[1:]
    elif words and words[0][:1] in ("+", "-") and len(words[0]) > 1:
        return _rotate(shell, words[0], stay)
    if not words:
        return 0 if stay else _exchange(shell)
    if len(words) > 1:
        shell.report("pushd: too many arguments")
        return 1
    here = shell.working_directory
    if stay:
        shell.directories.insert(0, words[0])
    elif _go(shell, "pushd", words[0]):
        shell.directories.insert(0, here)
    else:
        return 1
    return _print_stack(shell)


def _exchange(shell: Shell) -> int:
    if not shell.directories:
        shell.report("pushd: no other directory")
        return 1
    here, other = shell.working_directory, shell.directories[0]
    if not _go(shell, "pushd", other):
        return 1
    shell.directories[0] = here
    return _print_stack(shell)


def _rotate(shell: Shell, word: str, stay: bool) -> int:
    index = _index(shell, "pushd", word)
    if index is None:
        return 1
    stack = _stack(shell)
    stack = stack[index:] + stack[:index]
    if not stay and not _go(shell, "pushd", stack[0]):
        return 1
    shell.directories = stack[1:]
    return 0 if stay else _print_stack(shell)


def _popd(shell: Shell, argv: list[str]) -> int:
    words = argv[1:]
    stay = words[:1] == ["-n"]
    words = words[1:] if stay else words
    if words and words[0][:1] not in ("+", "-"):
        shell.report(f"popd: {words[0]}: invalid argument")
        shell.error_text("popd: usage: popd [-n] [+N | -N]\n")
        return 2
    if words:
        _number(shell, "popd", words[0])
    if not shell.directories:
        shell.report("popd: directory stack empty")
        return 1
    index: int | None = 1 if stay else 0
    if words:
        index = _index(shell, "popd", words[0])
    if index is None:
        return 1
    if index == 0:
        if not _go(shell, "popd", shell.directories[0]):
            return 1
        del shell.directories[0]
    else:
        del shell.directories[index - 1]
    return _print_stack(shell)


BUILTINS = (
    Builtin("cd", _cd, "cd [-L|[-P [-e]] [-@]] [dir]", "Change the shell working directory."),
    Builtin("pwd", _pwd, "pwd [-LP]", "Print the name of the current working directory."),
    Builtin("dirs", _dirs, "dirs [-clpv] [+N] [-N]", "Display directory stack."),
    Builtin("pushd", _pushd, "pushd [-n] [+N | -N | dir]", "Add directories to stack."),
    Builtin("popd", _popd, "popd [-n] [+N | -N]", "Remove directories from stack."),
)
