"""What a call is: its name, what runs it, and its parameters as the ABI has them.

Above: calls, linker, strace, table. Below: nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

_WIDTHS: Mapping[str, str] = MappingProxyType(
    {
        "path": "ii",
        "iovecs": "ii",
        "ciovecs": "ii",
        "buffer": "ii",
        "dirents": "ii",
        "offset": "I",
        "delta": "I",
        "rights": "I",
        "time": "I",
        "cookie": "I",
    }
)
"""Wasm types of each kind of parameter that is not one i32: i for i32, I for i64."""


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter as people think of it: a path is one, though two integers carry it.

    Args:
        name: as the specification has it.
        kind: how it is passed and shown; `=x` is where a result of kind x is written.
    """

    name: str
    kind: str

    @property
    def wasm(self) -> str:
        """The wasm types that carry it."""
        return _WIDTHS.get(self.kind, "i")


@dataclass(frozen=True, slots=True)
class Call:
    """One import a guest can have.

    Args:
        module, name: what it is imported as.
        function: runs it: takes the guest and the raw integers.
        params: in order.
        result: `errno`, `value` (the function's own), or empty: it does not return.
    """

    module: str
    name: str
    function: Callable[..., Any]
    params: tuple[Param, ...]
    result: str = "errno"

    @property
    def signature(self) -> str:
        """Its wasm type, as `iI>i`."""
        return "".join(param.wasm for param in self.params) + (">i" if self.result else ">")


def define(module: str, function: Callable[..., Any], params: str, result: str = "errno") -> Call:
    """Make a call named as `function`, from a line such as `fd:fd path:path stat:=filestat`."""
    parsed = tuple(Param(*item.split(":", 1)) for item in params.split())
    return Call(module, function.__name__.rstrip("_"), function, parsed, result)
