"""A module as its sections tell it; function bodies are left alone.

Below: `reader`, `types`, `expressions`. Above: `imports` judges what is found here, `instrument`
rewrites it. Every section is read in full and within its bounds, because the rewriter relies on
what it finds: features it could not rewrite are refused here rather than copied unseen.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from orchestrator.wasm.errors import MalformedModule, RefusedModule, WasmError
from orchestrator.wasm.expressions import Spot, read_expression
from orchestrator.wasm.reader import Reader
from orchestrator.wasm.types import (
    Export,
    FuncType,
    Import,
    Limits,
    Table,
    read_func_type,
    read_limits,
    read_table,
    read_value_type,
)

MAGIC = b"\0asm"
VERSION = b"\x01\0\0\0"
MAX_MODULE_BYTES = 64 << 20

CUSTOM, TYPE, IMPORT, FUNCTION, TABLE, MEMORY, GLOBAL = range(7)
EXPORT, START, ELEMENT, CODE, DATA, DATA_COUNT, TAG = range(7, 14)
ORDER = (
    TYPE,
    IMPORT,
    FUNCTION,
    TABLE,
    MEMORY,
    GLOBAL,
    EXPORT,
    START,
    ELEMENT,
    DATA_COUNT,
    CODE,
    DATA,
)
"""The order of sections in a file, which is not that of their numbers."""

NAMES = {
    TYPE: "type",
    IMPORT: "import",
    FUNCTION: "function",
    TABLE: "table",
    MEMORY: "memory",
    GLOBAL: "global",
    EXPORT: "export",
    START: "start",
    ELEMENT: "element",
    CODE: "code",
    DATA: "data",
    DATA_COUNT: "data count",
}

KINDS = ("function", "table", "memory", "global")
_TAG_KIND = 4


@dataclass(frozen=True, slots=True)
class Section:
    """Where the contents of a section lie: from `start` up to `end`, the header left out."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Custom:
    """A custom section: its name and where its contents lie."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Module:
    """What the sections of a module say.

    `functions` are the type indices of the defined functions, `imported` counts the imported
    ones, which come first in the numbering. `global_count` includes imported globals.
    `global_spots` are the places where the global section names a function.
    """

    data: bytes
    sections: Mapping[int, Section]
    customs: tuple[Custom, ...]
    types: tuple[FuncType, ...]
    imports: tuple[Import, ...]
    functions: tuple[int, ...]
    tables: tuple[Table, ...]
    memories: tuple[Limits, ...]
    exports: tuple[Export, ...]
    imported: int
    global_count: int
    global_spots: tuple[Spot, ...]

    @property
    def function_count(self) -> int:
        """All functions, imported ones included."""
        return self.imported + len(self.functions)

    def reader(self, section: int) -> Reader | None:
        """A cursor on the contents of a section, or None if the module has no such section."""
        place = self.sections.get(section)
        return None if place is None else _open(self.data, place, section)


def read_module(data: bytes) -> Module:
    """Read all sections but the bodies of functions and the data.

    Raises:
        MalformedModule: the bytes are no module, or are cut short or inconsistent.
        RefusedModule: it uses a feature that is not available here.
    """
    sections, customs = _find_sections(data)
    return _Contents(data, sections).module(customs)


def _find_sections(data: bytes) -> tuple[dict[int, Section], tuple[Custom, ...]]:
    if len(data) > MAX_MODULE_BYTES:
        raise RefusedModule(f"is larger than {MAX_MODULE_BYTES >> 20} MiB")
    if data[:4] != MAGIC:
        raise MalformedModule("it does not start with \\0asm", 0)
    if data[4:8] != VERSION:
        raise MalformedModule("it is not of version 1 (a component, or cut short)", 4)
    reader = Reader(data, 8, len(data), "the file")
    sections: dict[int, Section] = {}
    customs: list[Custom] = []
    order = list(ORDER)
    while reader.pos < reader.end:
        number = reader.byte()
        place = _section_bounds(reader, number)
        if number == CUSTOM:
            customs.append(_custom(data, place))
            continue
        _check_order(order, number, place)
        sections[number] = place
    return sections, tuple(customs)


def _section_bounds(reader: Reader, number: int) -> Section:
    size = reader.u32()
    left = reader.end - reader.pos
    if size > left:
        noun = f"the {NAMES.get(number, 'custom')} section"
        raise reader.fail(f"cut short, {noun} should have {size} bytes and {left} are left")
    start = reader.pos
    reader.pos += size
    return Section(start, reader.pos)


def _custom(data: bytes, place: Section) -> Custom:
    reader = Reader(data, place.start, place.end, "a custom section")
    return Custom(reader.name(), reader.pos, place.end)


def _check_order(order: list[int], number: int, place: Section) -> None:
    """Take `number` and all before it off the list of sections that may still come."""
    if number == TAG:
        raise RefusedModule("uses exceptions, which are not available here")
    if number not in NAMES:
        raise MalformedModule(f"unknown section {number}", place.start)
    if number not in order:
        name = NAMES[number]
        raise MalformedModule(f"the {name} section comes twice or out of order", place.start)
    del order[: order.index(number) + 1]


def _open(data: bytes, place: Section, section: int) -> Reader:
    return Reader(data, place.start, place.end, f"the {NAMES[section]} section")


class _Contents:
    """Reads the sections, each after those it refers to."""

    def __init__(self, data: bytes, sections: dict[int, Section]) -> None:
        self.data = data
        self.sections = sections
        self.types: list[FuncType] = []
        self.imports: list[Import] = []
        self.functions: list[int] = []
        self.tables: list[Table] = []
        self.memories: list[Limits] = []
        self.exports: list[Export] = []
        self.globals = 0
        self.spots: list[Spot] = []

    def module(self, customs: tuple[Custom, ...]) -> Module:
        self._each(TYPE, lambda reader: self.types.append(read_func_type(reader)))
        self._each(IMPORT, self._read_import)
        self._each(FUNCTION, self._read_function)
        self._each(TABLE, lambda reader: self.tables.append(read_table(reader)))
        self._each(MEMORY, lambda reader: self.memories.append(read_limits(reader)))
        self._each(GLOBAL, self._read_global)
        self._each(EXPORT, self._read_export)
        self._check_bodies()
        return Module(
            data=self.data,
            sections=self.sections,
            customs=customs,
            types=tuple(self.types),
            imports=tuple(self.imports),
            functions=tuple(self.functions),
            tables=tuple(self.tables),
            memories=tuple(self.memories),
            exports=tuple(self.exports),
            imported=self._imported,
            global_count=self.globals,
            global_spots=tuple(self.spots),
        )

    @property
    def _imported(self) -> int:
        return sum(item.kind == "function" for item in self.imports)

    def _each(self, section: int, read: Callable[[Reader], None]) -> None:
        place = self.sections.get(section)
        if place is None:
            return
        reader = _open(self.data, place, section)
        for _ in range(reader.count()):
            read(reader)
        reader.finish()

    def _read_import(self, reader: Reader) -> None:
        module, name = reader.name(), reader.name()
        kind = reader.byte()
        signature = ""
        if kind == KINDS.index("function"):
            signature = str(self.types[reader.index(len(self.types), "type")])
        elif kind == KINDS.index("table"):
            self.tables.append(read_table(reader))
        elif kind == KINDS.index("memory"):
            self.memories.append(read_limits(reader))
        elif kind == KINDS.index("global"):
            self._read_global_type(reader)
        else:
            raise _unknown_kind(reader, kind)
        self.imports.append(Import(module, name, KINDS[kind], signature))

    def _read_function(self, reader: Reader) -> None:
        self.functions.append(reader.index(len(self.types), "type"))

    def _read_global_type(self, reader: Reader) -> None:
        read_value_type(reader)
        if reader.byte() > 1:
            raise reader.fail("a global is neither constant nor variable")
        self.globals += 1

    def _read_global(self, reader: Reader) -> None:
        earlier = self.globals
        self._read_global_type(reader)
        functions = self._imported + len(self.functions)
        self.spots += read_expression(reader, functions, earlier)

    def _read_export(self, reader: Reader) -> None:
        name = reader.name()
        kind = reader.byte()
        if kind >= len(KINDS):
            raise _unknown_kind(reader, kind)
        counts = (
            self._imported + len(self.functions),
            len(self.tables),
            len(self.memories),
            self.globals,
        )
        index = reader.index(counts[kind], KINDS[kind])
        self.exports.append(Export(name, KINDS[kind], index))

    def _check_bodies(self) -> None:
        place = self.sections.get(CODE)
        bodies = 0 if place is None else _open(self.data, place, CODE).count()
        if bodies != len(self.functions):
            at = None if place is None else place.start
            raise MalformedModule(f"{len(self.functions)} functions have {bodies} bodies", at)


def _unknown_kind(reader: Reader, kind: int) -> WasmError:
    if kind == _TAG_KIND:
        return RefusedModule("uses exceptions, which are not available here")
    return reader.fail(f"an import or export of unknown kind {kind}")
