"""Open files past the descriptor table: the shell often needs one before it knows whose table it goes to."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from vfs.inode import OpenFlags

if TYPE_CHECKING:
    from orchestrator.kernel.fdtable import FdTable
    from orchestrator.kernel.file import File
    from orchestrator.kernel.system import System

CHUNK = 65536


def open_file(system: System, path: str, flags: OpenFlags, mode: int = 0o666) -> File:
    """Open `path`; the file is not held by anybody yet. Raises: as `System.open`."""
    kernel, process = system.kernel, system.process
    return system.blocking(lambda: kernel.open_nowait(process, None, path, flags, mode))


def open_null(system: System, table: FdTable, fd: int) -> None:
    """Put `/dev/null` at `fd` of `table`, or nothing where there is no such device."""
    try:
        table.set(fd, open_file(system, "/dev/null", OpenFlags.READ | OpenFlags.WRITE))
    except OSError:
        if fd in table:
            table.close(fd)


def write_to(system: System, file: File, data: bytes) -> None:
    """Write all of `data`; that it cannot be written is nobody's failure."""
    rest = memoryview(data)
    try:
        while rest:
            rest = rest[system.blocking(partial(file.write_nowait, rest)) :]
    except OSError:
        return


def read_file(system: System, path: str) -> bytes:
    """Return the content of a file. Raises: as `System.open` and `System.read`."""
    fd = system.open(path, OpenFlags.READ | OpenFlags.CLOEXEC)
    try:
        return system.read_all(fd)
    finally:
        system.close(fd)


def descriptor_of(path: str) -> int | None:
    """Return the descriptor that `/dev/stdin` or `/dev/fd/N` means; None for other paths."""
    if path == "/dev/stdin":
        return 0
    digits = path.removeprefix("/dev/fd/")
    return int(digits) if digits.isdecimal() and digits != path and len(digits) < 9 else None
