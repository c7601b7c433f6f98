"""Constant expressions: initial values of globals, offsets and members of segments."""

from orchestrator.wasm.errors import RefusedModule
from orchestrator.wasm.reader import Reader
from orchestrator.wasm.types import read_reference_type

Spot = tuple[int, int, int]
"""Start, end and value of one function index in the module."""

_END = 0x0B
_GLOBAL_GET = 0x23
_I32_CONST = 0x41
_I64_CONST = 0x42
_FIXED = {0x43: 4, 0x44: 8}
_REF_NULL = 0xD0
_REF_FUNC = 0xD2
_ARITHMETIC = (0x6A, 0x6B, 0x6C, 0x7C, 0x7D, 0x7E)
_VECTOR = 0xFD
_V128_CONST = 12


def read_function_index(reader: Reader, functions: int) -> Spot:
    """The next function index, with its place; `functions` is how many there are."""
    start = reader.pos
    index = reader.index(functions, "function")
    return start, reader.pos, index


def read_expression(reader: Reader, functions: int, globals_: int) -> list[Spot]:
    """Step over one constant expression.

    Args:
        reader: stands at its first byte.
        functions: how many functions the module has, imported ones included.
        globals_: how many globals an expression may name.

    Returns:
        The function indices in it.

    Raises:
        MalformedModule: it is cut short, or names what does not exist.
        RefusedModule: it uses an instruction that is not constant, or is not known here.
    """
    spots: list[Spot] = []
    while (opcode := reader.byte()) != _END:
        if opcode == _REF_FUNC:
            spots.append(read_function_index(reader, functions))
        elif opcode == _GLOBAL_GET:
            reader.index(globals_, "global")
        elif opcode in (_I32_CONST, _I64_CONST):
            reader.skip_integer()
        elif opcode == _REF_NULL:
            read_reference_type(reader)
        elif opcode in _FIXED:
            reader.take(_FIXED[opcode])
        elif opcode == _VECTOR and reader.u32() == _V128_CONST:
            reader.take(16)
        elif opcode not in _ARITHMETIC:
            raise RefusedModule(
                f"uses the instruction {opcode:#04x} in an initial value, which is not allowed here"
            )
    return spots
