"""pagebox: a Unix in a box, for Python programs. `Sandbox` runs shell scripts and programs; see README.md.

from pagebox.sync import Sandbox

with Sandbox() as box:
    print(box.run("seq 3 | tac").stdout)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

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
from pagebox.limits import Limits
from pagebox.mounts import Mount
from pagebox.result import Result, Usage

if TYPE_CHECKING:
    from pagebox.files import Files
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

# Imported on first use (PEP 562): the command line and the synchronous face never need asyncio.
_LATE = {"Files": "pagebox.files", "Process": "pagebox.sandbox", "Sandbox": "pagebox.sandbox"}


def __getattr__(name: str) -> Any:
    """The names that are imported late. Raises AttributeError."""
    if name not in _LATE:
        raise AttributeError(f"module 'pagebox' has no attribute {name!r}")
    return getattr(import_module(_LATE[name]), name)
