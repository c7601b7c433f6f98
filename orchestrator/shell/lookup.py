"""Where a command's file is: the walk along PATH, and what the shell remembers of it."""

from __future__ import annotations

import stat as st
from typing import TYPE_CHECKING

from orchestrator.shell.expand import compile_glob
from orchestrator.shell.suggest import nearest
from vfs.access import EXEC

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.shell.shell import Shell


class CommandPaths:
    """Commands found on PATH, with how often each was used: what `hash` lists."""

    def __init__(self) -> None:
        self.found: dict[str, list[str | int]] = {}

    def copy(self) -> CommandPaths:
        """Return an independent copy."""
        other = CommandPaths()
        other.found = {name: entry.copy() for name, entry in self.found.items()}
        return other

    def clear(self) -> None:
        """Forget everything."""
        self.found.clear()

    def forget(self, name: str) -> bool:
        """Forget one name; whether it was there."""
        return self.found.pop(name, None) is not None

    def remember(self, name: str, path: str, hits: int = 0) -> None:
        """Note where a name was found."""
        self.found[name] = [path, hits]

    def use(self, shell: Shell, name: str) -> str | None:
        """Return the path of `name`, remembered or looked up and remembered; None if there is none."""
        if "/" in name:
            return name
        entry = self.found.get(name)
        if entry is not None:
            entry[1] = int(entry[1]) + 1
            return str(entry[0])
        path = find_on_path(shell, name)
        if path is not None and path.startswith("/") and shell.options.hashall:
            self.remember(name, path, 1)
        return path


def path_folders(text: str) -> Iterator[str]:
    """Yield the folders of a PATH; an empty one means the working directory."""
    for folder in text.split(":"):
        yield folder or "."


def candidates(shell: Shell, name: str, path: str | None = None) -> Iterator[str]:
    """Yield every regular file called `name` on PATH, executable or not."""
    if path is None:
        path = shell.text("PATH")
    for folder in path_folders(path):
        candidate = f"{folder.rstrip('/')}/{name}" if folder != "/" else f"/{name}"
        try:
            if st.S_ISREG(shell.system.stat(candidate).mode):
                yield candidate
        except OSError:
            continue


def is_executable(shell: Shell, path: str) -> bool:
    """Whether the shell may execute the file `path`."""
    return shell.system.access(path, EXEC)


def find_on_path(shell: Shell, name: str, path: str | None = None) -> str | None:
    """Return the first executable `name` on PATH, else the first that is there at all, else None.

    A name with a slash is itself. A file that may not be executed is returned as well, as bash does, so that the
    attempt to execute it says why.
    """
    if not name:
        return None
    fallback = None
    ignored = shell.text("EXECIGNORE")
    patterns = [compile_glob(text) for text in ignored.split(":")] if ignored else []
    for candidate in candidates(shell, name, path):
        if any(pattern.matches(candidate) for pattern in patterns):
            continue
        if is_executable(shell, candidate):
            return candidate
        fallback = fallback or candidate
    return fallback


def command_names(shell: Shell) -> set[str]:
    """Return every command name there is: on PATH, builtins, functions."""
    names = set(shell.builtins) | set(shell.functions) | set(shell.aliases)
    for folder in path_folders(shell.text("PATH")):
        try:
            names.update(shell.system.listdir(folder))
        except OSError:
            continue
    return names


def suggestion(shell: Shell, name: str) -> str:
    """Return a line that names commands like `name`, or nothing."""
    names = nearest(name, command_names(shell))
    return f"Did you mean: {', '.join(names)}?\n" if names else ""
