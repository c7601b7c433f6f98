"""The two ways a module can be turned down.

Above: whoever loads a program turns these into a sentence on stderr and status 126.
This module imports nothing and knows no errno: a bad module is not a failed system call.
"""


class WasmError(ValueError):
    """A module that will not be run; `str()` is a sentence fragment fit for `name: ...`."""


class MalformedModule(WasmError):
    """The bytes are not a WebAssembly module, or are cut short or damaged.

    Args:
        reason: what is wrong, in words.
        offset: position in bytes from the start of the file, or None where no place is to blame.
    """

    def __init__(self, reason: str, offset: int | None = None) -> None:
        self.offset = offset
        place = "" if offset is None else f" (at byte {offset})"
        super().__init__(f"not a valid WebAssembly module: {reason}{place}")


class RefusedModule(WasmError):
    """The module was understood, and asks for something no program here may have."""
