"""Builtins about names of commands: alias, unalias, hash, help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.shell.builtin import Builtin, UsageError
from orchestrator.shell.builtins.arguments import Options
from orchestrator.shell.builtins.topics import Topic, all_topics
from orchestrator.shell.expand import compile_glob
from orchestrator.shell.lookup import find_on_path
from orchestrator.shell.restricted import refused
from orchestrator.shell.syntax import quote

if TYPE_CHECKING:
    from orchestrator.shell.shell import Shell

NOT_IN_ALIASES = frozenset("/$`=|&;()<>\"'\\ \t\n")


def _alias(shell: Shell, argv: list[str]) -> int:
    options = Options(argv, "p")
    status = 0
    if not options.operands or "p" in options:
        for name in sorted(shell.aliases):
            _show_alias(shell, name)
    for word in options.operands:
        name, equals, text = word.partition("=")
        if equals and name:
            if NOT_IN_ALIASES & set(name):
                shell.report(f"alias: `{name}': invalid alias name")
                status = 1
            else:
                shell.aliases[name] = text
        elif word in shell.aliases:
            _show_alias(shell, word)
        else:
            shell.report(f"alias: {word}: not found")
            status = 1
    return status


def _show_alias(shell: Shell, name: str) -> None:
    head = "alias -- " if name.startswith("-") else "" if shell.options.posix else "alias "
    shell.output(f"{head}{name}={quote(shell.aliases[name])}\n")


def _unalias(shell: Shell, argv: list[str]) -> int:
    options = Options(argv, "a")
    if "a" in options:
        shell.aliases.clear()
        return 0
    if not options.operands:
        raise UsageError("", show_usage=True)
    status = 0
    for name in options.operands:
        if shell.aliases.pop(name, None) is None:
            shell.report(f"unalias: {name}: not found")
            status = 1
    return status


def _hash(shell: Shell, argv: list[str]) -> int:
    if not shell.options.hashall:
        shell.report("hash: hashing disabled")
        return 1
    options = Options(argv, "dlrtp:")
    paths = shell.paths
    if "r" in options:
        paths.clear()
    if not options.operands:
        return 0 if "r" in options else _show_hash(shell, reusable="l" in options)
    status = 0
    for name in options.operands:
        if not _hash_one(shell, name, options):
            status = 1
    return status


def _hash_one(shell: Shell, name: str, options: Options) -> bool:
    paths = shell.paths
    if "p" in options:
        given = options.values["p"]
        if "/" in given and refused(shell, "hash", given):
            return False
        paths.remember(name, given)
        return True
    if "t" in options:
        entry = paths.found.get(name)
        if entry is not None and "l" in options:
            shell.output(f"builtin hash -p {entry[0]} {name}\n")
            return True
        if entry is not None:
            shell.output(f"{name}\t{entry[0]}\n" if len(options.operands) > 1 else f"{entry[0]}\n")
            return True
    elif "d" in options:
        if paths.forget(name):
            return True
    elif "/" in name or name in shell.builtins or name in shell.functions:
        return True
    else:
        path = find_on_path(shell, name)
        if path is not None:
            paths.remember(name, path)
            return True
    shell.report(f"hash: {name}: not found")
    return False


def _show_hash(shell: Shell, *, reusable: bool) -> int:
    found = shell.paths.found
    if not found:
        if not reusable:
            shell.output("hash: hash table empty\n")
        return 0
    if reusable:
        for name, (path, _) in found.items():
            shell.output(f"builtin hash -p {path} {name}\n")
        return 0
    shell.output("hits\tcommand\n")
    for path, hits in found.values():
        shell.output(f"{hits:4d}\t{path}\n")
    return 0


def _help(shell: Shell, argv: list[str]) -> int:
    options = Options(argv, "dms")
    if not options.operands:
        return _help_overview(shell)
    topics = all_topics(shell)
    status = 0
    for pattern in options.operands:
        found = _matching(topics, pattern)
        if not found:
            shell.report(
                f"help: no help topics match `{pattern}'.  Try `help help' or "
                f"`man -k {pattern}' or `info {pattern}'."
            )
            status = 1
        elif set("*?") & set(pattern):
            shell.output(f"Shell commands matching keyword `{pattern}'\n\n")
        for topic in found:
            _help_one(shell, topic, options)
    return status


def _matching(topics: list[Topic], pattern: str) -> list[Topic]:
    """Return the topic of that name, else those that begin with it or match it."""
    exact = [topic for topic in topics if topic.name == pattern]
    glob = pattern if set("*?[") & set(pattern) and pattern not in ("[", "[[") else pattern + "*"
    matches = compile_glob(glob).matches if glob != pattern + "*" else None
    return exact or [
        topic
        for topic in topics
        if (matches(topic.name) if matches is not None else topic.name.startswith(pattern))
    ]


def _help_one(shell: Shell, topic: Topic, options: Options) -> None:
    name, usage, summary = topic
    if "d" in options:
        shell.output(f"{name} - {summary}\n")
    elif "s" in options:
        shell.output(f"{name}: {usage}\n")
    elif "m" in options:
        shell.output(f"NAME\n    {name} - {summary}\n\nSYNOPSIS\n    {usage}\n")
    else:
        shell.output(f"{name}: {usage}\n    {summary}\n")


def _help_overview(shell: Shell) -> int:
    """List the builtins, then say where the rest is: the programs have a list of their own."""
    shell.output("These commands are part of the shell. Type `help name' for one of them,\n")
    shell.output("`ls /usr/bin' for the programs that come with it.\n\n")
    for topic in all_topics(shell):
        shell.output(f" {topic.usage}\n")
    return 0


BUILTINS = (
    Builtin("alias", _alias, "alias [-p] [name[=value] ... ]", "Define or display aliases."),
    Builtin(
        "unalias",
        _unalias,
        "unalias [-a] name [name ...]",
        "Remove each NAME from the list of defined aliases.",
    ),
    Builtin(
        "hash",
        _hash,
        "hash [-lr] [-p pathname] [-dt] [name ...]",
        "Remember or display program locations.",
    ),
    Builtin(
        "help", _help, "help [-dms] [pattern ...]", "Display information about builtin commands."
    ),
)
