"""How control leaves a command other than by returning a status. Private to the shell.

All are BaseExceptions, so that no `except Exception` on the way swallows one.
"""

from __future__ import annotations


class Unwind(BaseException):
    """Base of the shell's control flow."""


class Break(Unwind):
    """`break N`: leaves `levels` loops (1 is the innermost); `status` becomes theirs."""

    def __init__(self, levels: int = 1, status: int = 0) -> None:
        super().__init__()
        self.levels = levels
        self.status = status


class Continue(Unwind):
    """`continue N`: goes on with the next turn of the `levels`-th loop, whose status it is so far."""

    status = 0

    def __init__(self, levels: int = 1) -> None:
        super().__init__()
        self.levels = levels


class Return(Unwind):
    """`return N` from a function or a sourced script."""

    def __init__(self, status: int) -> None:
        super().__init__()
        self.status = status


class ShellExit(Unwind):
    """The shell (or subshell) ends with `status`."""

    def __init__(self, status: int) -> None:
        super().__init__()
        self.status = status


class Discard(Unwind):
    """The rest of the command being read is given up; the shell goes on with the next one."""

    def __init__(self, status: int = 1) -> None:
        super().__init__()
        self.status = status


class Interrupted(Unwind):
    """Ctrl-C in an interactive shell: back to the prompt."""
