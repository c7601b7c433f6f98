"""The texts of /proc, in the layout proc(5) gives them. Above: procfs. Below: process.

Time is counted in fuel: a tick (1/100 s) is what a fast machine does in that time, ten million
instructions. Fields that mean nothing here are 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.kernel.process import Process, State
from orchestrator.kernel.signal import Disposition, Signal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.kernel.kernel import Kernel
    from vfs.mount import Mount

FUEL_PER_TICK = 10_000_000
STEPS_PER_TICK = 20_000
TICKS_PER_SECOND = 100
_UNLIMITED = 1 << 32
_ESCAPES = str.maketrans({" ": "\\040", "\t": "\\011", "\n": "\\012", "\\": "\\134"})


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _seconds(nanoseconds: int) -> str:
    return f"{nanoseconds // 10**9}.{nanoseconds // 10**7 % 100:02}"


# --- one process ---


def cmdline(kernel: Kernel, process: Process) -> bytes:
    """Each argument and a NUL; nothing for a zombie."""
    if not process.is_alive:
        return b""
    return _bytes("".join(f"{argument}\0" for argument in process.argv))


def comm(kernel: Kernel, process: Process) -> bytes:
    """The short name."""
    return _bytes(f"{short_name(process)}\n")


def environ(kernel: Kernel, process: Process) -> bytes:
    """The environment it was started with, a NUL after each variable."""
    return _bytes("".join(f"{name}={value}\0" for name, value in process.env.items()))


def short_name(process: Process) -> str:
    """At most 15 characters of the name, as the kernel keeps of it."""
    return process.name[:15]


def state_letter(process: Process) -> str:
    """R, S, T or Z, as ps shows it."""
    if process.state is State.ZOMBIE:
        return "Z"
    if process.stopped:
        return "T"
    return "S" if process.state is State.BLOCKED else "R"


def cpu_ticks(process: Process) -> int:
    """Work done, in ticks."""
    usage = process.usage
    return usage.fuel // FUEL_PER_TICK + usage.steps // STEPS_PER_TICK


def _children_ticks(process: Process) -> int:
    usage = process.usage
    return usage.children_fuel // FUEL_PER_TICK + usage.children_steps // STEPS_PER_TICK


def stat(kernel: Kernel, process: Process) -> bytes:
    """The 52 fields in one line; meaningful are 1-8, 14-17, 20, 22, 23, 24 and 52."""
    tty = process.tty
    boot = kernel.clock.realtime() - (kernel.clock.monotonic() - kernel.booted)
    started = max(0, process.usage.started - boot) * TICKS_PER_SECOND // 10**9
    status = process.status
    fields: list[object] = [0] * 52
    fields[0:3] = [process.pid, f"({short_name(process)})", state_letter(process)]
    fields[3:6] = [process.ppid, process.pgid, process.sid]
    fields[6:8] = [tty_number(process), tty.foreground if tty else -1]
    fields[13] = cpu_ticks(process)
    fields[15] = _children_ticks(process)
    fields[19] = 1
    fields[21] = started
    fields[22] = process.usage.memory
    fields[23] = process.usage.memory // 4096
    fields[51] = (status.signal or status.code << 8) if status else 0
    return _bytes(" ".join(str(field) for field in fields) + "\n")


def tty_number(process: Process) -> int:
    """The device number of its terminal, 0 without one."""
    return 0x500 if process.tty else 0


def status(kernel: Kernel, process: Process) -> bytes:
    """The readable form, one `Name:\\tvalue` a line."""
    cred, usage = process.cred, process.usage
    letter = state_letter(process)
    words = {"R": "running", "S": "sleeping", "T": "stopped", "Z": "zombie"}
    dispositions = process.signals.dispositions.items()
    ignored = (s for s, d in dispositions if d is Disposition.IGNORE)
    caught = (s for s, d in dispositions if d is Disposition.CATCH)
    lines = {
        "Name": short_name(process),
        "Umask": f"{cred.umask:04o}",
        "State": f"{letter} ({words[letter]})",
        "Tgid": process.pid,
        "Pid": process.pid,
        "PPid": process.ppid,
        "Uid": "\t".join([str(cred.uid)] * 4),
        "Gid": "\t".join([str(cred.gid)] * 4),
        "FDSize": len(process.fds),
        "Groups": " ".join(str(gid) for gid in sorted(cred.groups)),
        "VmPeak": f"{usage.peak_memory // 1024:8} kB",
        "VmSize": f"{usage.memory // 1024:8} kB",
        "VmRSS": f"{usage.memory // 1024:8} kB",
        "Threads": 1,
        "SigIgn": _mask(ignored),
        "SigCgt": _mask(caught),
        "Fuel": usage.fuel,
        "Steps": usage.steps,
        "Syscalls": usage.syscalls,
    }
    return _bytes("".join(f"{name}:\t{value}\n" for name, value in lines.items()))


def _mask(signals: Iterable[Signal]) -> str:
    return f"{sum(1 << (signal - 1) for signal in signals):016x}"


# --- the whole ---


def meminfo(kernel: Kernel) -> bytes:
    """Linear memory: what may be used, and what is free of it."""
    total = kernel.limits.total_memory or _UNLIMITED
    free = max(0, total - kernel.memory)
    lines = {"MemTotal": total, "MemFree": free, "MemAvailable": free, "Buffers": 0, "Cached": 0}
    lines |= {"SwapTotal": 0, "SwapFree": 0}
    return _bytes("".join(f"{name + ':':15} {size // 1024:8} kB\n" for name, size in lines.items()))


def mounts(kernel: Kernel) -> bytes:
    """One line a mount, as fstab(5)."""
    return _bytes("".join(_mount_line(mount) for mount in kernel.namespace.mounts()))


def _mount_line(mount: Mount) -> str:
    names = [text.translate(_ESCAPES) for text in (mount.source, mount.path, mount.fstype)]
    return f"{' '.join(names)} {'ro' if mount.read_only else 'rw'} 0 0\n"


def uptime(kernel: Kernel) -> bytes:
    """Seconds since the kernel was made; how much of it was idle is not counted."""
    return _bytes(f"{_seconds(kernel.clock.monotonic() - kernel.booted)} 0.00\n")


def loadavg(kernel: Kernel) -> bytes:
    """How many could run now, standing in for the averages, of how many there are."""
    alive = kernel.alive()
    able = sum(state_letter(process) == "R" for process in alive)
    return _bytes(f"{able}.00 {able}.00 {able}.00 {able}/{len(alive)} {kernel.last_pid}\n")


def version(kernel: Kernel) -> bytes:
    """What kind of kernel this is."""
    return b"pagebox kernel (WebAssembly processes, Linux-like interface)\n"


def cpuinfo(kernel: Kernel) -> bytes:
    """One processor: exactly one process runs at a time."""
    return b"processor\t: 0\nvendor_id\t: pagebox\nmodel name\t: WebAssembly\ncpu cores\t: 1\n"
