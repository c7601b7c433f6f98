"""Paths that begin with what has been typed."""

from __future__ import annotations

import stat as st
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.shell.shell import Shell


def home_path(shell: Shell, path: str) -> str:
    """Return a path with a leading `~` made the home directory."""
    if path == "~" or path.startswith("~/"):
        return shell.text("HOME") + path[1:]
    return path


def paths(shell: Shell, word: str) -> list[str]:
    """Return the paths that begin with `word`; directories end in a slash.

    Hidden ones are among them, unless `set match-hidden-files off` says that they must be asked for.
    """
    hidden = shell.keymap is None or shell.keymap.is_on("match-hidden-files")
    folder, slash, prefix = word.rpartition("/")
    place = home_path(shell, folder + slash) if slash else "."
    try:
        entries = shell.system.scandir(place)
    except OSError:
        return []
    found = []
    for entry in entries:
        if entry.name.startswith(prefix) and (prefix or hidden or not entry.name.startswith(".")):
            directory = st.S_ISDIR(entry.mode_type) or (
                st.S_ISLNK(entry.mode_type) and shell.is_directory(f"{place}/{entry.name}")
            )
            found.append(folder + slash + entry.name + ("/" if directory else ""))
    return sorted(found)
