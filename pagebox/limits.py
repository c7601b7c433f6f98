"""How much one sandbox may use."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Ceilings of one sandbox; None means no ceiling. Each has a default that ordinary work never meets.

    Args:
        timeout: seconds of wall time for a run that names none itself.
        fuel: guest work (loop turns and calls) of one run with all its processes.
        memory: bytes of linear memory of one process.
        total_memory: the same of all processes together.
        processes: alive at once.
        open_files: per process.
        disk: bytes in the writable file systems.
        files: names in them.
        output: bytes kept of stdout and of stderr of one run.
    """

    timeout: float | None = None
    fuel: int | None = None
    memory: int = 1024 * MIB
    total_memory: int = 4096 * MIB
    processes: int = 256
    open_files: int = 1024
    disk: int = 1024 * MIB
    files: int = 200_000
    output: int = 16 * MIB
