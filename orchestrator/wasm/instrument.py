"""Rewrites a module so that it can be stopped, counted and kept within its memory.

Added to the module:

* imports `pagebox.yield: () -> i32` and `pagebox.memory_guard: (i32) -> i32`, after its own;
* a global `pagebox.fuel`, exported, which starts at `SLICE`;
* at each function entry and loop header: take the cost from the fuel, and when that leaves less
  than nothing, add what `pagebox.yield` returns;
* before each bulk instruction: the same, by the number of bytes it will move;
* before each `memory.grow`: pass the number of pages through `pagebox.memory_guard`;
* a bound on the size of tables, hints for the engine, and a mark of where the module comes from.

Custom sections (names, producers, debugging data) are dropped: what they say of the code is no
longer true.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace

from orchestrator.wasm import module as parts
from orchestrator.wasm.bodies import Bodies
from orchestrator.wasm.elements import element_spots
from orchestrator.wasm.errors import RefusedModule
from orchestrator.wasm.guards import Guards
from orchestrator.wasm.imports import (
    ADDED_IMPORTS,
    ALLOWED_IMPORTS,
    FUEL_EXPORT,
    check_module,
)
from orchestrator.wasm.leb128 import encode_s32, encode_u32
from orchestrator.wasm.module import Module, read_module
from orchestrator.wasm.types import Export, FuncType, Limits, Table
from orchestrator.wasm.writer import (
    patch,
    write_custom,
    write_func_type,
    write_function_import,
    write_name,
    write_section,
    write_table,
)

SLICE = 1_000_000
"""Fuel a process gets before it has to let others run."""

REWRITER_VERSION = 1
"""Raised with every change of the code that is put in, so that caches do not mix."""

MAX_TABLE_ENTRIES = 1_000_000
MARK_SECTION = "pagebox.instrumented"

_FUEL_TYPE = b"\x7f\x01"


def _go_on(done: int) -> None:
    """Take note of nothing."""


def instrument(
    data: bytes,
    allowed: Mapping[tuple[str, str], str] = ALLOWED_IMPORTS,
    progress: Callable[[int], None] = _go_on,
) -> bytes:
    """The rewritten module. The same input gives the same bytes on every machine.

    Args:
        data: a module as a compiler made it.
        allowed: what it may import, as in `ALLOWED_IMPORTS`.
        progress: called after each function with the number of its bytes. A large module takes
            seconds: this is where the caller can let others run, or raise to give up.

    Raises:
        MalformedModule: the bytes are no module, or are cut short or inconsistent.
        RefusedModule: it imports, exports or uses what a program here may not.
    """
    module = read_module(data)
    check_module(module, allowed)
    return _Rewriter(module, progress).rewrite()


class _Rewriter:
    def __init__(self, module: Module, progress: Callable[[int], None]) -> None:
        self.module = module
        self.added = len(ADDED_IMPORTS)
        self.numbers = [
            encode_u32(index if index < module.imported else index + self.added)
            for index in range(module.function_count)
        ]
        guards = Guards(module.global_count, module.imported, module.imported + 1)
        first = module.imported + self.added
        self.bodies = Bodies(module, guards, self.numbers, first, progress)

    def rewrite(self) -> bytes:
        sections = {
            parts.TYPE: self._types(),
            parts.IMPORT: self._imports(),
            parts.TABLE: self._tables(),
            parts.GLOBAL: self._globals(),
            parts.EXPORT: self._exports(),
            parts.ELEMENT: self._elements(),
            parts.CODE: self.bodies.rewrite(),
        }
        out = [parts.MAGIC, parts.VERSION, self._mark()]
        for number in parts.ORDER:
            if number == parts.CODE:
                out.append(self.bodies.hint_section())
            out.append(sections[number] if number in sections else self._copy(number))
        return b"".join(out)

    def _copy(self, number: int) -> bytes:
        place = self.module.sections.get(number)
        if place is None:
            return b""
        return write_section(number, self.module.data[place.start : place.end])

    def _extend(self, number: int, old: bytes, count: int, *more: bytes) -> bytes:
        """A section whose entries are `old`, `count` of them, and `more`."""
        return write_section(number, encode_u32(count + len(more)), old, *more)

    def _entries(self, number: int) -> bytes:
        """The entries of a section as they are, without their count."""
        reader = self.module.reader(number)
        if reader is None:
            return b""
        reader.count()
        return self.module.data[reader.pos : reader.end]

    def _types(self) -> bytes:
        more = [write_func_type(FuncType(*item.signature.split(">"))) for item in ADDED_IMPORTS]
        return self._extend(parts.TYPE, self._entries(parts.TYPE), len(self.module.types), *more)

    def _imports(self) -> bytes:
        first = len(self.module.types)
        more = [
            write_function_import(item, first + index) for index, item in enumerate(ADDED_IMPORTS)
        ]
        old = self._entries(parts.IMPORT)
        return self._extend(parts.IMPORT, old, len(self.module.imports), *more)

    def _tables(self) -> bytes:
        tables = self.module.tables
        if not tables:
            return b""
        if sum(table.limits.initial for table in tables) > MAX_TABLE_ENTRIES:
            raise RefusedModule(f"has tables of more than {MAX_TABLE_ENTRIES} entries")
        share = MAX_TABLE_ENTRIES // len(tables)
        entries = [write_table(_bounded(table, share)) for table in tables]
        return self._extend(parts.TABLE, b"", 0, *entries)

    def _globals(self) -> bytes:
        fuel = b"".join((_FUEL_TYPE, b"\x41", encode_s32(SLICE), b"\x0b"))
        reader = self.module.reader(parts.GLOBAL)
        if reader is None:
            return self._extend(parts.GLOBAL, b"", 0, fuel)
        count = reader.count()
        spots = self.module.global_spots
        old = patch(self.module.data, reader.pos, reader.end, spots, self.numbers)
        return self._extend(parts.GLOBAL, old, count, fuel)

    def _exports(self) -> bytes:
        fuel = Export(FUEL_EXPORT, "global", self.module.global_count)
        entries = [self._export(item) for item in (*self.module.exports, fuel)]
        return self._extend(parts.EXPORT, b"", 0, *entries)

    def _export(self, item: Export) -> bytes:
        if item.kind == "function":
            number = self.numbers[item.index]
        else:
            number = encode_u32(item.index)
        return write_name(item.name) + bytes([parts.KINDS.index(item.kind)]) + number

    def _elements(self) -> bytes:
        place = self.module.sections.get(parts.ELEMENT)
        if place is None:
            return b""
        spots = element_spots(self.module)
        contents = patch(self.module.data, place.start, place.end, spots, self.numbers)
        return write_section(parts.ELEMENT, contents)

    def _mark(self) -> bytes:
        digest = hashlib.sha256(self.module.data).hexdigest()
        return write_custom(MARK_SECTION, f"{REWRITER_VERSION} {digest}".encode())


def _bounded(table: Table, share: int) -> Table:
    """The table with a bound on its growth, which costs memory that no guard sees."""
    initial, maximum = table.limits.initial, table.limits.maximum
    bound = max(initial, share)
    limits = Limits(initial, bound if maximum is None else min(maximum, bound))
    return replace(table, limits=limits)
