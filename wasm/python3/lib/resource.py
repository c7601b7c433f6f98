"""What a process has used and may use, as far as it is known here."""

import time
from collections import namedtuple

RUSAGE_SELF, RUSAGE_CHILDREN, RUSAGE_THREAD = 0, -1, 1
RLIM_INFINITY = -1
RLIMIT_CPU, RLIMIT_FSIZE, RLIMIT_DATA, RLIMIT_STACK, RLIMIT_CORE, RLIMIT_RSS = range(6)
RLIMIT_NPROC, RLIMIT_NOFILE, RLIMIT_MEMLOCK, RLIMIT_AS = 6, 7, 8, 9
error = OSError


class struct_rusage(
    namedtuple(
        "struct_rusage",
        "ru_utime ru_stime ru_maxrss ru_ixrss ru_idrss ru_isrss ru_minflt ru_majflt ru_nswap ru_inblock ru_oublock "
        "ru_msgsnd ru_msgrcv ru_nsignals ru_nvcsw ru_nivcsw",
    )
):
    """What was used; what is not counted is 0."""

    __slots__ = ()

    def __new__(cls, values):
        """From one sequence, as CPython's."""
        return super().__new__(cls, *values)


def getrusage(who, /):
    """The time used; the peak of memory is told by /proc."""
    if who not in (RUSAGE_SELF, RUSAGE_CHILDREN, RUSAGE_THREAD):
        raise ValueError("invalid who parameter")
    if who == RUSAGE_CHILDREN:
        return struct_rusage((0.0, 0.0) + (0,) * 14)
    return struct_rusage((time.process_time(), 0.0, _peak()) + (0,) * 13)


def _peak():
    try:
        with open("/proc/self/status") as stream:
            for line in stream:
                if line.startswith(("VmHWM:", "VmRSS:")):
                    return int(line.split()[1])
    except (OSError, ValueError, IndexError):
        pass
    return 0


def getrlimit(resource, /):
    """The limits of a process are set by who runs the sandbox."""
    if not 0 <= resource < 16:
        raise ValueError("invalid resource specified")
    return (1024, 1024) if resource == RLIMIT_NOFILE else (RLIM_INFINITY, RLIM_INFINITY)


def setrlimit(resource, limits, /):
    """They cannot be changed from inside."""
    if tuple(limits) != getrlimit(resource):
        raise PermissionError(1, "Operation not permitted")


def getpagesize():
    """The size of a page."""
    return 4096
