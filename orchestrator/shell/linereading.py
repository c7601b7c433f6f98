"""Reading lines without taking more than the line: what follows belongs to whoever reads next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.kernel.file import InodeFile
from orchestrator.kernel.pipe import PipeReader
from orchestrator.shell.heretext import HereText

if TYPE_CHECKING:
    from orchestrator.kernel.system import System

CHUNK = 4096


def read_line(system: System, fd: int, delimiter: int = 10) -> bytes:
    """Return the next line with its delimiter, or what is left; `b""` at the end.

    Raises: EBADF EISDIR EINTR EAGAIN.
    """
    file = system.file(fd)
    if isinstance(file, InodeFile | HereText):
        return _from_seekable(system, fd, delimiter)
    return _from_stream(system, fd, delimiter, isinstance(file, PipeReader))


def _from_seekable(system: System, fd: int, delimiter: int) -> bytes:
    """Read ahead, then seek back to behind the delimiter."""
    parts: list[bytes] = []
    while chunk := system.read(fd, CHUNK):
        at = chunk.find(delimiter)
        if at >= 0:
            system.seek(fd, at + 1 - len(chunk), 1)
            parts.append(chunk[: at + 1])
            break
        parts.append(chunk)
    return b"".join(parts)


def _from_stream(system: System, fd: int, delimiter: int, is_pipe: bool) -> bytes:
    """Read byte by byte; from a pipe as many as are known to belong to the line."""
    parts: list[bytes] = []
    while True:
        size = _safe_size(system, fd, delimiter) if is_pipe else 1
        data = system.read(fd, size)
        if not data:
            break
        parts.append(data)
        if data[-1] == delimiter:
            break
    return b"".join(parts)


def _safe_size(system: System, fd: int, delimiter: int) -> int:
    """Return how many bytes may be read from a pipe without passing the delimiter."""
    file = system.file(fd)
    assert isinstance(file, PipeReader)
    pipe = file.pipe
    if not pipe.chunks:
        return 1
    chunk = pipe.chunks[0]
    at = chunk.find(delimiter, pipe.head)
    return (at + 1 if at >= 0 else len(chunk)) - pipe.head or 1
