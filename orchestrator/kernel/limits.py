"""How much one sandbox may use. Each limit shows inside as an errno or a signal, so programs can
react.

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
        fuel: instructions of what the host started, with all its children. SIGXCPU, which ends the
            process.
        steps: the same for programs written in Python.
        output: bytes to the host through bounded collectors. EPIPE, or cut off where the host wants
            that.
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


@dataclass(slots=True)
class Budget:
    """Instructions and steps that a tree of processes may use together; children share their
    parent's.

    The host gives each of its runs a budget of its own (`Kernel.spawn(budget=...)`).
    """

    fuel_limit: int | None = None
    step_limit: int | None = None
    fuel: int = 0
    steps: int = 0
    syscalls: int = 0  # of processes that have ended
    peak_memory: int = 0  # bytes, of the largest process that has ended

    def is_spent(self) -> bool:
        """Whether more was used than was given."""
        over_fuel = self.fuel_limit is not None and self.fuel > self.fuel_limit
        return over_fuel or (self.step_limit is not None and self.steps > self.step_limit)
