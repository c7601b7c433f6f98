"""pagebox: a Unix in a box, for Python programs. `Sandbox` runs shell scripts and programs; see README.md.

    from pagebox.sync import Sandbox

    with Sandbox() as box:
        print(box.run("seq 3 | tac").stdout)
"""

from orchestrator.errors import (
    CommandFailed,
    InternalError,
    LimitExceeded,
    OutOfFuel,
    OutOfMemory,
    PlatformError,
    SandboxError,
    ShellSyntaxError,
    TimedOut,
    ToolsetError,
)
from pagebox.files import Files
from pagebox.limits import Limits
from pagebox.mounts import Mount
from pagebox.result import Result, Usage
from pagebox.sandbox import Process, Sandbox

__version__ = "0.1.0"

__all__ = [
    "CommandFailed",
    "Files",
    "InternalError",
    "LimitExceeded",
    "Limits",
    "Mount",
    "OutOfFuel",
    "OutOfMemory",
    "PlatformError",
    "Process",
    "Result",
    "Sandbox",
    "SandboxError",
    "ShellSyntaxError",
    "TimedOut",
    "ToolsetError",
    "Usage",
    "__version__",
]
