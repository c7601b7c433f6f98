"""What a command name means: type, and `command -v`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.shell.builtin import Builtin
from orchestrator.shell.builtins.arguments import Options
from orchestrator.shell.lookup import candidates, is_executable
from orchestrator.shell.reserved import RESERVED
from orchestrator.shell.syntax import print_node, quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.shell.shell import Shell


def describe(shell: Shell, caller: str, name: str, *, brief: bool, path: str | None = None) -> bool:
    """Print what `name` means as `command -v` (brief) or `type` does; whether it means anything.

    `path` is looked through for programs instead of PATH.
    """
    for kind, detail in meanings(shell, name, path=path):
        shell.output(_brief(kind, name, detail) if brief else _long(shell, kind, name, detail))
        return True
    if not brief:
        shell.report(f"{caller}: {name}: not found")
    return False


def meanings(
    shell: Shell, name: str, *, functions: bool = True, path: str | None = None
) -> Iterator[tuple[str, str]]:
    """Yield (kind, detail) for each meaning, the one that counts first."""
    if name in shell.aliases and shell.options.expand_aliases:
        yield "alias", shell.aliases[name]
    if name in RESERVED:
        yield "keyword", ""
    if functions and name in shell.functions:
        yield "function", print_node(shell.functions[name].node)
    if name in shell.builtins:
        yield "builtin", ""
    yield from files(shell, name, path)


def files(shell: Shell, name: str, path: str | None = None) -> Iterator[tuple[str, str]]:
    """Yield (`file` or `hashed`, path) for programs called `name`."""
    if "/" in name:
        if is_executable(shell, name) and not shell.is_directory(name):
            yield "file", name
        return
    entry = shell.paths.found.get(name) if path is None else None
    if entry is not None:
        yield "hashed", str(entry[0])
    for candidate in candidates(shell, name, path):
        if is_executable(shell, candidate):
            yield "file", candidate


def _brief(kind: str, name: str, detail: str) -> str:
    if kind == "alias":
        return f"alias {name}={quote(detail)}\n"
    return f"{detail if kind in ('file', 'hashed') else name}\n"


def _long(shell: Shell, kind: str, name: str, detail: str) -> str:
    if kind == "alias":
        return f"{name} is aliased to `{detail}'\n"
    if kind == "keyword":
        return f"{name} is a shell keyword\n"
    if kind == "function":
        return f"{name} is a function\n{detail}\n"
    if kind == "builtin":
        special = shell.options.posix and shell.builtins[name].special
        return f"{name} is a {'special ' if special else ''}shell builtin\n"
    return f"{name} is hashed ({detail})\n" if kind == "hashed" else f"{name} is {detail}\n"


def _type(shell: Shell, argv: list[str]) -> int:
    words = [_OLD_SPELLINGS.get(word, word) for word in argv]
    options = Options(words, "afptP")
    status = 0
    for name in options.operands:
        if not _type_one(shell, name, options):
            status = 1
            if "t" not in options and "p" not in options and "P" not in options:
                shell.report(f"type: {name}: not found")
    return status


_OLD_SPELLINGS = {
    "-type": "-t",
    "--type": "-t",
    "-path": "-p",
    "--path": "-p",
    "-all": "-a",
    "--all": "-a",
}


def _type_one(shell: Shell, name: str, options: Options) -> bool:
    found = list(
        files(shell, name)
        if "P" in options
        else meanings(shell, name, functions="f" not in options)
    )
    if "a" in options:
        found = [(kind, detail) for kind, detail in found if kind != "hashed"]
    for kind, detail in found if "a" in options else found[:1]:
        if "t" in options:
            shell.output(("file" if kind == "hashed" else kind) + "\n")
        elif "p" in options or "P" in options:
            if kind in ("file", "hashed"):
                shell.output(detail + "\n")
        else:
            shell.output(_long(shell, kind, name, detail))
    return bool(found)


BUILTINS = (
    Builtin(
        "type",
        _type,
        "type [-afptP] name [name ...]",
        "Display information about command type.",
    ),
)
