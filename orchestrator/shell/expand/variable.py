"""Shell variables: the one record that expansions, builtins and scopes share.

``Environment.variables`` maps each name to what it means *now*: a function's ``local`` puts a new Variable
there and the old one back on return (shallow binding), so that reading costs one dict lookup. This module
knows neither scopes nor words.
"""

from collections.abc import Iterable
from typing import TypeAlias

EXPORT = 0x001
READONLY = 0x002
INTEGER = 0x004
LOWER = 0x008
UPPER = 0x010
CAPITAL = 0x020
TRACE = 0x040
NAMEREF = 0x080
INDEXED = 0x100
ASSOCIATIVE = 0x200
DYNAMIC = 0x400
"""The value is computed when read (RANDOM, SECONDS, LINENO ...): see DynamicVariable."""
HOOKED = 0x800
"""Environment.changed(name) is called after each assignment (PATH, OPTIND, IFS where it matters ...)."""
LOCAL = 0x1000
"""Made by ``local`` or ``declare`` in a function; for the scope keeper's use."""
KEPT = 0x2000
"""A variable of `name=value command` that outlasts the command: exported or made readonly by it."""

ARRAY = INDEXED | ASSOCIATIVE
SPECIAL_READ = NAMEREF | DYNAMIC | ARRAY
"""With none of these, ``variable.value`` is the scalar value."""
SPECIAL_WRITE = READONLY | NAMEREF | DYNAMIC | ARRAY | LOWER | UPPER | CAPITAL | INTEGER | HOOKED
"""With none of these, a string may be stored in ``variable.value`` directly."""
SPECIAL_COUNT = READONLY | NAMEREF | DYNAMIC | ARRAY | LOWER | UPPER | CAPITAL | HOOKED
"""With none of these, a number may be stored directly."""

ATTRIBUTE_LETTERS = (
    (INDEXED, "a"),
    (ASSOCIATIVE, "A"),
    (INTEGER, "i"),
    (NAMEREF, "n"),
    (READONLY, "r"),
    (TRACE, "t"),
    (EXPORT, "x"),
    (CAPITAL, "c"),
    (LOWER, "l"),
    (UPPER, "u"),
)
"""Attribute flags in the order in which ``declare -p`` and ``${x@a}`` print them."""


class IndexedArray:
    """A sparse array: what ``declare -a`` makes. Iteration is by rising index.

    Copies share ``items`` until one of them changes, so that a subshell costs nothing per element.
    """

    __slots__ = ("_ordered", "_shared", "items", "top")

    def __init__(self, values: Iterable[str] = ()) -> None:
        self.items: dict[int, str] = dict(enumerate(values))
        self.top = len(self.items) - 1
        self._ordered = True
        self._shared = False

    def __len__(self) -> int:
        return len(self.items)

    def get(self, index: int) -> str | None:
        """The element, None when unset. ``index`` is not negative."""
        return self.items.get(index)

    def set(self, index: int, value: str) -> None:
        """Store an element. ``index`` is not negative."""
        if self._shared:
            self._separate()
        if index > self.top:
            self.top = index
        elif index not in self.items:
            self._ordered = False
        self.items[index] = value

    def append(self, value: str) -> None:
        """Store behind the highest index in use."""
        if self._shared:
            self._separate()
        self.top += 1
        self.items[self.top] = value

    def unset(self, index: int) -> None:
        """Remove an element; no error when there is none."""
        if self._shared:
            self._separate()
        if self.items.pop(index, None) is not None and index == self.top:
            self.top = max(self.items, default=-1)

    def keys(self) -> list[int]:
        """Indices in use, rising."""
        self._order()
        return list(self.items)

    def values(self) -> list[str]:
        """Elements by rising index."""
        self._order()
        return list(self.items.values())

    def pairs(self) -> list[tuple[int, str]]:
        """Index and element by rising index."""
        self._order()
        return list(self.items.items())

    def copy(self) -> "IndexedArray":
        """An independent copy."""
        other = IndexedArray()
        other.items = self.items
        other.top = self.top
        other._ordered = self._ordered
        other._shared = self._shared = True
        return other

    def _separate(self) -> None:
        self.items = self.items.copy()
        self._shared = False

    def resolve(self, index: int) -> int:
        """A negative index counts back from one past the highest; may still be negative."""
        return index if index >= 0 else self.top + 1 + index

    def _order(self) -> None:
        if not self._ordered:
            self.items = dict(sorted(self.items.items()))
            self._ordered = True
            self._shared = False


_FNV_OFFSET, _FNV_PRIME, _WORD = 2166136261, 16777619, 0xFFFFFFFF
_BUCKETS, _GROWTH, _LOAD = 1024, 4, 2


def _bash_hash(key: str) -> int:
    value = _FNV_OFFSET
    for byte in key.encode("utf-8", "surrogateescape"):
        signed = byte if byte < 128 else byte - 256
        value = (value * _FNV_PRIME & _WORD) ^ (signed & _WORD)
    return value


class AssociativeArray:
    """What ``declare -A`` makes. Iteration follows bash's hash table, since scripts' output shows it."""

    __slots__ = ("_cached", "_shared", "items")

    def __init__(self, items: Iterable[tuple[str, str]] = ()) -> None:
        self.items: dict[str, str] = {}
        self._cached: list[str] | None = None
        self._shared = False
        for key, value in items:
            self.set(key, value)

    def __len__(self) -> int:
        return len(self.items)

    def get(self, key: str) -> str | None:
        """The element, None when unset."""
        return self.items.get(key)

    def set(self, key: str, value: str) -> None:
        """Store an element."""
        if self._shared:
            self._separate()
        if key not in self.items:
            self._cached = None
        self.items[key] = value

    def unset(self, key: str) -> None:
        """Remove an element; no error when there is none."""
        if self._shared:
            self._separate()
        if self.items.pop(key, None) is not None:
            self._cached = None

    def keys(self) -> list[str]:
        """Keys in bash's order: by bucket, and in a bucket the newest first."""
        if self._cached is None:
            self._cached = self._bucket_order()
        return list(self._cached)

    def values(self) -> list[str]:
        """Elements in the order of :meth:`keys`."""
        return [self.items[key] for key in self.keys()]

    def pairs(self) -> list[tuple[str, str]]:
        """Key and element in the order of :meth:`keys`."""
        return [(key, self.items[key]) for key in self.keys()]

    def copy(self) -> "AssociativeArray":
        """An independent copy; see :class:`IndexedArray`."""
        other = AssociativeArray()
        other.items = self.items
        other._cached = self._cached
        other._shared = self._shared = True
        return other

    def _separate(self) -> None:
        self.items = self.items.copy()
        self._shared = False

    def _bucket_order(self) -> list[str]:
        """bash's table starts with 1024 chains and grows fourfold at load 2; growing reverses chains."""
        count = _BUCKETS
        buckets: dict[int, list[str]] = {}
        for number, key in enumerate(self.items):
            if number >= count * _LOAD:
                count *= _GROWTH
                buckets = _regrow(buckets, count)
            buckets.setdefault(_bash_hash(key) & (count - 1), []).append(key)
        return [key for slot in sorted(buckets) for key in reversed(buckets[slot])]


def _regrow(buckets: dict[int, list[str]], count: int) -> dict[int, list[str]]:
    grown: dict[int, list[str]] = {}
    for slot in sorted(buckets):
        for key in reversed(buckets[slot]):
            grown.setdefault(_bash_hash(key) & (count - 1), []).append(key)
    return grown


Value: TypeAlias = str | IndexedArray | AssociativeArray | None


_make = object.__new__


class Variable:
    """One variable. ``value`` None means declared but unset. ``flags`` are the constants above.

    ``number`` caches the integer a scalar value stands for, None when it is not known. Whoever stores
    ``value`` sets ``number`` to None (or to the number); forgetting it makes arithmetic wrong, so use
    :meth:`store` outside the hot paths.
    """

    __slots__ = ("flags", "number", "value")

    def __init__(self, value: Value = None, flags: int = 0) -> None:
        self.value = value
        self.flags = flags
        self.number: int | None = None

    def store(self, value: Value) -> None:
        """Replace the value as it is: no attribute is looked at."""
        self.value = value
        self.number = None

    def scalar(self) -> str | None:
        """What ``$name`` gives: the value, or element 0 of an array. Namerefs are not followed."""
        value = self.value
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, IndexedArray):
            return value.items.get(0)
        return value.items.get("0")

    def attributes(self) -> str:
        """The letters ``${name@a}`` prints."""
        return "".join(letter for flag, letter in ATTRIBUTE_LETTERS if self.flags & flag)

    def copy(self) -> "Variable":
        """An independent copy, for a subshell."""
        other = _make(type(self))
        value = self.value
        if value is not None and type(value) is not str:
            value = value.copy()  # type: ignore[union-attr]
        other.value = value
        other.number = self.number
        other.flags = self.flags
        return other


class DynamicVariable(Variable):
    """A variable whose value is computed when read (flag DYNAMIC; ``value`` and ``number`` stay None).

    Subclasses override :meth:`scalar` and :meth:`assign` (and :meth:`copy` where they keep state).
    """

    __slots__ = ()

    def __init__(self, flags: int = 0) -> None:
        super().__init__(None, flags | DYNAMIC)

    def assign(self, value: str) -> None:
        """Called when the shell assigns ``value``. The base ignores it, as bash does for most."""

    def copy(self) -> "Variable":
        """Stateless ones are shared between a shell and its subshells."""
        return self
