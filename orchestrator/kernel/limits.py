"""How much one sandbox may use. Each limit shows inside as an errno or a signal, so programs can react.

Below: nothing. Quotas of file systems are theirs (vfs), not here.
"""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Ceilings; None means no ceiling. A `Process` carries the ones it was started with.

    Args:
        processes: alive or zombie at once. EAGAIN from spawn.
        fds: open descriptors per process. EMFILE.
        memory: bytes of linear memory per process. ENOMEM.
        total_memory: bytes of linear memory of all processes. ENOMEM.
        fuel: instructions of all processes together. SIGXCPU, which ends the process.
        steps: the same for programs written in Python.
        output: bytes to the host through bounded collectors. ENOSPC, or cut off where the host wants that.
        arguments: bytes of argv and environment with a NUL each. E2BIG.
        pipe_bytes: capacity of all pipes together. ENFILE.
    """

    processes: int = 256
    fds: int = 1024
    memory: int | None = 1024 * MIB
    total_memory: int | None = 2048 * MIB
    fuel: int | None = None
    steps: int | None = None
    output: int | None = None
    arguments: int = 2 * MIB
    pipe_bytes: int = 64 * MIB
