"""Names of signals as the shell's users write and read them."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from orchestrator.kernel.signal import Signal

if TYPE_CHECKING:
    from collections.abc import Mapping

DESCRIPTIONS: Mapping[int, str] = MappingProxyType(
    {
        1: "Hangup",
        2: "Interrupt",
        3: "Quit",
        4: "Illegal instruction",
        5: "Trace/breakpoint trap",
        6: "Aborted",
        7: "Bus error",
        8: "Floating point exception",
        9: "Killed",
        10: "User defined signal 1",
        11: "Segmentation fault",
        12: "User defined signal 2",
        13: "Broken pipe",
        14: "Alarm clock",
        15: "Terminated",
        16: "Stack fault",
        17: "Child exited",
        18: "Continued",
        19: "Stopped (signal)",
        20: "Stopped",
        21: "Stopped (tty input)",
        22: "Stopped (tty output)",
        23: "Urgent I/O condition",
        24: "CPU time limit exceeded",
        25: "File size limit exceeded",
        26: "Virtual timer expired",
        27: "Profiling timer expired",
        28: "Window changed",
        29: "I/O possible",
        30: "Power failure",
        31: "Bad system call",
    }
)


_FIRST, _LAST, _MIDDLE = 34, 64, 50
NAMES: Mapping[int, str] = MappingProxyType(
    {
        0: "EXIT",
        **{int(signal): signal.name for signal in Signal},
        _FIRST: "RTMIN",
        **{n: f"RTMIN+{n - _FIRST}" for n in range(_FIRST + 1, _MIDDLE)},
        **{n: f"RTMAX-{_LAST - n}" for n in range(_MIDDLE, _LAST)},
        _LAST: "RTMAX",
    }
)
"""What `kill -l` lists. The real-time ones are only names: nothing here sends them."""


def describe(signal: int) -> str:
    """Return the words the shell has for the death by a signal."""
    return DESCRIPTIONS.get(signal, f"Unknown signal {signal}")


def number_of(text: str) -> int | None:
    """Return the number of a signal given as `INT`, `SIGINT` or `2` (any case); None if there is none."""
    if text.isdecimal():
        return int(text) if int(text) < 65 else None
    name = text.upper().removeprefix("SIG")
    if name in Signal.__members__:
        return int(Signal[name])
    return {"CLD": 17, "POLL": 29, "IOT": 6}.get(name)


def name_of(number: int) -> str | None:
    """Return `INT` for 2; None when no signal has that number."""
    try:
        return Signal(number).name
    except ValueError:
        return None
