"""What makes a class a node: a frozen record, equal when it means the same.

`dataclasses` writes and compiles six methods for every class, which took a tenth of the shell's start. Here it
writes the constructor alone; comparing, hashing and showing are the same few functions for all. That a node is not
changed is checked where types are, not when the program runs.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any, TypeVar, cast, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def node(cls: type[T]) -> type[T]:
    """Make a class with annotations a node. Fields with `compare=False` take no part in its meaning."""
    made = dataclass(eq=False, repr=False, slots=True)(cls)
    names = [one.name for one in fields(made) if one.compare]  # type: ignore[arg-type]
    meaning = _meaning(names)
    methods = {"__eq__": _equality(meaning), "__hash__": _hashing(meaning), "__repr__": _shown}
    for name, method in methods.items():
        setattr(made, name, method)
    return made


def _meaning(names: list[str]) -> Callable[[Any], Any]:
    return cast("Callable[[Any], Any]", attrgetter(*names)) if names else lambda node: ()


def _equality(meaning: Callable[[Any], Any]) -> Callable[[Any, object], bool]:
    def equal(self: Any, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return cast("bool", NotImplemented)
        return bool(meaning(self) == meaning(other))

    return equal


def _hashing(meaning: Callable[[Any], Any]) -> Callable[[Any], int]:
    return lambda self: hash(meaning(self))


def _shown(self: Any) -> str:
    parts = ", ".join(f"{one.name}={getattr(self, one.name)!r}" for one in fields(self))
    return f"{type(self).__name__}({parts})"
