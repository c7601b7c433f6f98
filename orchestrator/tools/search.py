"""Commands on PATH, for the tools that run one: `env`, `timeout`, `xargs`, `which`."""

from __future__ import annotations

import stat as st
from typing import TYPE_CHECKING

from orchestrator.tools.options import quote
from vfs.access import EXEC
from vfs.errors import text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from orchestrator.kernel.fdtable import FdTable
    from orchestrator.kernel.process import Process
    from orchestrator.kernel.system import System

NOT_FOUND = 127
NOT_EXECUTABLE = 126


def candidates(system: System, name: str, path: str) -> Iterator[str]:
    """Every executable regular file `name` leads to, in the order of `path`."""
    folders = [""] if "/" in name else [folder or "." for folder in path.split(":")]
    for folder in folders:
        full = f"{folder.rstrip('/')}/{name}" if folder else name
        try:
            is_file = st.S_ISREG(system.stat(full).mode)
        except OSError:
            continue
        if is_file and system.access(full, EXEC):
            yield full


def locate(system: System, name: str, env: Mapping[str, str]) -> str:
    """What to start for `name`: the first on PATH, else the name itself, so that starting it says why not."""
    return next(candidates(system, name, env.get("PATH", "/usr/bin:/bin")), name)


def run_command(
    system: System,
    tool: str,
    command: Sequence[str],
    env: Mapping[str, str],
    fds: FdTable | None = None,
) -> Process | int:
    """Start `command` as a child; or say why not and return 127 (not found) or 126."""
    try:
        if "/" not in command[0] and locate(system, command[0], env) == command[0]:
            raise FileNotFoundError(2, "")
        return system.spawn(locate(system, command[0], env), command, env=env, fds=fds)
    except OSError as error:
        return refuse(system, tool, command[0], error)


def refuse(system: System, tool: str, name: str, error: OSError) -> int:
    """Say why `name` cannot run, in GNU's words; returns the exit status for it."""
    missing = isinstance(error, FileNotFoundError)
    words = "No such file or directory" if missing else text(error)
    told = {
        "xargs": name,
        "env": quote(name),
        "nice": quote(name),
        "setsid": f"failed to execute {name}",
        "time": f"cannot run {name}",
    }.get(tool, f"failed to run command {quote(name)}")
    system.flush()
    system.stderr.write(f"{tool}: {told}: {words}\n")
    return NOT_FOUND if missing else NOT_EXECUTABLE
