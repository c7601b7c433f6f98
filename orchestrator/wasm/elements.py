"""Element segments: which functions the tables of a module hold."""

from orchestrator.wasm.errors import RefusedModule
from orchestrator.wasm.expressions import Spot, read_expression, read_function_index
from orchestrator.wasm.module import ELEMENT, Module
from orchestrator.wasm.reader import MAX_ENTRIES, Reader
from orchestrator.wasm.types import read_reference_type

_NOT_ACTIVE = 1
_TABLE_OR_DECLARED = 2
_EXPRESSIONS = 4


def element_spots(module: Module) -> list[Spot]:
    """The places where the element section names a function, in the order of the file.

    All eight forms of a segment are read (core spec 5.5.12): bit 0 of the leading number means
    not active, bit 1 a table number or a declaration, bit 2 expressions instead of numbers.
    """
    spots: list[Spot] = []
    reader = module.reader(ELEMENT)
    if reader is not None:
        for _ in range(reader.count()):
            _read_segment(reader, module, spots)
            if len(spots) > MAX_ENTRIES:
                raise RefusedModule(f"puts more than {MAX_ENTRIES} functions into tables")
        reader.finish()
    return spots


def _read_segment(reader: Reader, module: Module, spots: list[Spot]) -> None:
    form = reader.u32()
    if form > 7:
        raise RefusedModule(f"has an element segment of the unknown form {form}")
    if not form & _NOT_ACTIVE:
        if form & _TABLE_OR_DECLARED:
            reader.index(len(module.tables), "table")
        spots += _expression(reader, module)
    if form & (_NOT_ACTIVE | _TABLE_OR_DECLARED):
        _read_kind(reader, form)
    for _ in range(reader.count()):
        if form & _EXPRESSIONS:
            spots += _expression(reader, module)
        else:
            spots.append(read_function_index(reader, module.function_count))


def _expression(reader: Reader, module: Module) -> list[Spot]:
    return read_expression(reader, module.function_count, module.global_count)


def _read_kind(reader: Reader, form: int) -> None:
    if form & _EXPRESSIONS:
        read_reference_type(reader)
    elif reader.byte() != 0:
        raise RefusedModule("has an element segment that does not hold functions")
