"""What a host program may catch. Importable by every layer, imports none of them.

::

    SandboxError
     +-- CommandFailed        a command ended with a status that check() does not accept
     +-- ShellSyntaxError     the text is not a shell script (or not yet: ``incomplete``)
     +-- LimitExceeded        a limit the host set was reached; carries the partial result
     |    +-- TimedOut
     |    +-- OutOfFuel
     |    +-- OutOfMemory
     +-- ToolsetError         a tool's binary is missing, altered, or imports what it must not
     +-- PlatformError        this browser or machine lacks something we need; says what to do
     +-- InternalError        our bug: please report it with the trace it carries

Failures *inside* the sandbox are ``OSError``; they become statuses and messages there.
"""

from typing import Any


class SandboxError(Exception):
    """Base of everything pagebox raises to the host program."""


class CommandFailed(SandboxError):
    """A command ended with a status the caller asked not to accept.

    ``result`` is the full result of the run.
    """

    def __init__(self, result: Any) -> None:
        self.result = result
        super().__init__(f"command ended with status {getattr(result, 'exit_code', '?')}")


class ShellSyntaxError(SandboxError):
    """Text that bash would refuse.

    ``message`` is worded as bash words it, ``name`` is the script's name, ``line`` and ``column``
    (from 1) tell where, ``text_line`` is the offending line. ``incomplete`` is true when the text
    could become valid by adding more, which is what makes an interactive shell ask with PS2.
    ``place`` is ``[[``, ``=(`` or ``$(`` for errors inside those, which end less or more than others do.
    """

    def __init__(
        self,
        message: str,
        name: str = "bash",
        line: int = 1,
        column: int = 1,
        text_line: str = "",
        incomplete: bool = False,
        place: str = "",
    ) -> None:
        self.message = message
        self.place = place
        self.name = name
        self.line = line
        self.column = column
        self.text_line = text_line
        self.incomplete = incomplete
        super().__init__(f"{name}: line {line}: {message}")


class LimitExceeded(SandboxError):
    """A limit set by the host was reached. ``result`` holds what the run gave until then."""

    def __init__(self, message: str, result: Any = None) -> None:
        self.result = result
        super().__init__(message)


class TimedOut(LimitExceeded):
    """The time limit was reached."""


class OutOfFuel(LimitExceeded):
    """The instruction budget was used up."""


class OutOfMemory(LimitExceeded):
    """The memory limit was reached."""


class ToolsetError(SandboxError):
    """A tool's binary is missing, has the wrong checksum, or imports what is not allowed."""


class PlatformError(SandboxError):
    """The browser or machine lacks something needed. The message says what to do."""


class InternalError(SandboxError):
    """A bug in pagebox. ``trace`` holds the last system calls, for the report."""

    def __init__(self, message: str, trace: str = "") -> None:
        self.trace = trace
        super().__init__(f"{message} (this is a bug in pagebox: please report it)")
