"""Steps through the instructions of a function body and notes what a rewriter must touch.

Instructions are told apart by a table from opcode to kind of immediate; operands that nobody needs
are skipped, not decoded. A module's code is some million instructions, so `scan` is one flat loop.

The scan must see exactly the instructions an engine will see. So whatever could make an engine
read on differently (a memory index in a load, a type of a newer proposal, an unknown opcode) is
refused, and the operands that become valid by rewriting (the number of the added global, of the
added functions) are checked.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.wasm import leb128
from orchestrator.wasm.errors import MalformedModule, RefusedModule
from orchestrator.wasm.module import CODE, Module
from orchestrator.wasm.operands import Site, SiteKind, read_rare
from orchestrator.wasm.reader import Reader
from orchestrator.wasm.types import VALUE_LETTERS, read_value_type

MAX_BODY_BYTES = 2 << 20
MAX_LOCALS = 50_000
CALL_SIZE = 64
"""So many bytes of code a call counts for, in measuring how much is done between two checks."""

(
    _NONE,
    _INTEGER,
    _MEMORY,
    _BLOCK,
    _END,
    _LOOP,
    _CALL,
    _GLOBAL,
    _CALL_INDIRECT,
    _FIXED4,
    _FIXED8,
    _BRANCHES,
    _RARE,
) = range(13)


def _kinds() -> bytes:
    table = bytearray([_RARE] * 256)

    def fill(kind: int, *opcodes: int) -> None:
        for opcode in opcodes:
            table[opcode] = kind

    fill(_NONE, 0x00, 0x01, 0x05, 0x0F, 0x1A, 0x1B, 0xD1, *range(0x45, 0xC0))
    fill(_INTEGER, 0x0C, 0x0D, 0x20, 0x21, 0x22, 0x41, 0x42)
    fill(_MEMORY, *range(0x28, 0x3F))
    fill(_BLOCK, 0x02, 0x04)
    fill(_LOOP, 0x03)
    fill(_END, 0x0B)
    fill(_CALL, 0x10)
    fill(_GLOBAL, 0x23, 0x24)
    fill(_CALL_INDIRECT, 0x11, 0x13)
    fill(_FIXED4, 0x43)
    fill(_FIXED8, 0x44)
    fill(_BRANCHES, 0x0E)
    return bytes(table)


_KINDS = _kinds()
_I32_CONST = 0x41
_ONE_BYTE_BLOCK_TYPES = frozenset([0x40, *VALUE_LETTERS, *range(0x40)])
_MEMORY_INDEX_FLAG = 0x40
_NOT_A_LOOP = -1


@dataclass(frozen=True, slots=True)
class Body:
    """One function: its locals (so many of one type, the type encoded) and its instructions.

    The instructions lie from `start` up to `end` in the module; `sites` are the places in them
    that a rewriter must touch, and `work` is their size (see `scan`).
    """

    locals: list[tuple[int, bytes]]
    start: int
    end: int
    sites: list[Site]
    work: int


def read_bodies(module: Module, features: set[str]) -> Iterator[Body]:
    """The bodies of the module's functions, in their order.

    Args:
        module: the module.
        features: receives the names of the features their instructions belong to.

    Raises:
        MalformedModule, RefusedModule: as `scan`.
    """
    reader = module.reader(CODE)
    if reader is None:
        return
    for _ in range(reader.count()):
        yield _read_body(reader, module, features)
    reader.finish()


def _read_body(reader: Reader, module: Module, features: set[str]) -> Body:
    size = reader.u32()
    if size > reader.end - reader.pos:
        raise reader.fail("a function is cut short")
    if size > MAX_BODY_BYTES:
        raise RefusedModule(f"has a function of more than {MAX_BODY_BYTES >> 20} MiB")
    body = Reader(reader.data, reader.pos, reader.pos + size, reader.what)
    reader.pos = body.end
    groups = [_read_locals(body) for _ in range(_count_locals(body))]
    sites, work = scan(
        body.data, body.pos, body.end, module.function_count, module.global_count, features
    )
    return Body(groups, body.pos, body.end, sites, work)


def _count_locals(reader: Reader) -> int:
    """How many groups of locals follow."""
    groups = reader.count()
    if groups > MAX_LOCALS:
        raise RefusedModule(f"has a function of more than {MAX_LOCALS} local variables")
    return groups


def _read_locals(reader: Reader) -> tuple[int, bytes]:
    """So many locals of one type."""
    count, start = reader.u32(), reader.pos
    read_value_type(reader)
    return count, reader.data[start : reader.pos]


def scan(
    data: bytes, start: int, end: int, functions: int, globals_: int, features: set[str]
) -> tuple[list[Site], int]:
    """Walk the instructions of one body.

    Args:
        data: the module.
        start: its first instruction, after the declarations of locals.
        end: first byte after the body.
        functions: how many functions the module has, imported ones included.
        globals_: how many globals it has.
        features: names of features met are added to it.

    Returns:
        The places a rewriter must touch, in the order of the code; and the size of the body in
        bytes, in which a call or a bulk instruction counts for `CALL_SIZE` bytes more.

    Raises:
        MalformedModule: the body is cut short, or names what does not exist.
        RefusedModule: it uses an instruction that is not available here.
    """
    sites: list[Site] = []
    try:
        calls = _scan(data, start, end, functions, globals_, features, sites)
    except IndexError:
        raise MalformedModule("the code section: a function is cut short", start) from None
    return sites, end - start + calls


def _scan(  # one flat loop: a call per instruction would double the time
    data: bytes,
    pos: int,
    end: int,
    functions: int,
    globals_: int,
    features: set[str],
    sites: list[Site],
) -> int:
    kinds = _KINDS
    function_site, loop_site, bulk_site = SiteKind.FUNCTION, SiteKind.LOOP, SiteKind.BULK
    blocks = [_NOT_A_LOOP]
    calls = integer = after_integer = 0
    while pos < end:
        kind = kinds[data[pos]]
        pos += 1
        if kind == _INTEGER:
            integer = pos
            while data[pos] > 127:
                pos += 1
            pos += 1
            after_integer = pos
        elif kind == _NONE:
            continue
        elif kind == _MEMORY:
            if data[pos] >= _MEMORY_INDEX_FLAG:
                raise MalformedModule("the code section: no such alignment", pos)
            pos += 1
            while data[pos] > 127:
                pos += 1
            pos += 1
        elif kind == _END:
            loop = blocks.pop()
            if loop >= 0:
                header, _, _, earlier = sites[loop]
                sites[loop] = (header, header, loop_site, pos - header + calls - earlier)
            elif not blocks:
                break
        elif kind == _BLOCK:
            blocks.append(_NOT_A_LOOP)
            pos = _after_block_type(data, pos, end)
        elif kind == _CALL:
            at = pos
            index, pos = leb128.decode_u32(data, at, end)
            if index >= functions:
                raise MalformedModule(f"the code section: there is no function {index}", at)
            sites.append((at, pos, function_site, index))
            calls += CALL_SIZE
        elif kind == _LOOP:
            pos = _after_block_type(data, pos, end)
            blocks.append(len(sites))
            sites.append((pos, pos, loop_site, calls))
        elif kind == _GLOBAL:
            at = pos
            index, pos = leb128.decode_u32(data, at, end)
            if index >= globals_:
                raise MalformedModule(f"the code section: there is no global {index}", at)
        elif kind == _CALL_INDIRECT:
            calls += CALL_SIZE
            pos = leb128.skip(data, leb128.skip(data, pos, end), end)
        elif kind == _FIXED4:
            pos += 4
        elif kind == _FIXED8:
            pos += 8
        elif kind == _BRANCHES:
            pos = _after_branches(data, pos, end)
        else:
            at = pos - 1
            known = len(sites)
            pos = read_rare(data, at, end, functions, features, sites)
            if len(sites) > known:
                calls += CALL_SIZE
                if after_integer == at and sites[-1][2] is bulk_site:
                    sites[-1] = (at, at, bulk_site, _constant(data, integer, at))
    if blocks or pos != end:
        raise MalformedModule("the code section: a function does not end where its body does", pos)
    return calls


def _constant(data: bytes, pos: int, end: int) -> int:
    """The value of an `i32.const` whose operand lies here, or -1 if it is none or not small."""
    if data[pos - 1] != _I32_CONST or end - pos > 2 or data[end - 1] & 0x40:
        return -1
    return leb128.decode_u32(data, pos, end)[0]


def _after_block_type(data: bytes, pos: int, end: int) -> int:
    """Step over the type of a block: empty, a value type, or the number of a function type."""
    if data[pos] in _ONE_BYTE_BLOCK_TYPES:
        return pos + 1
    after = leb128.skip(data, pos, end)
    # A long negative number would be a type in disguise, with operands of its own.
    if after == pos + 1 or data[after - 1] & 0x40:
        raise MalformedModule("the code section: unknown type of a block", pos)
    return after


def _after_branches(data: bytes, pos: int, end: int) -> int:
    count, pos = leb128.decode_u32(data, pos, end)
    if count > end - pos:
        raise MalformedModule("the code section: a branch table is cut short", pos)
    for _ in range(count + 1):
        while data[pos] > 127:
            pos += 1
        pos += 1
    return pos
