"""The instruction sequences that are put into code.

None of them changes what is on the stack, so they may stand between any two instructions. Each
uses one scratch local of type i32.
"""

from dataclasses import dataclass

from orchestrator.wasm.leb128 import encode_s32, encode_u32

BYTES_PER_UNIT = 4096
"""How much code one unit of fuel pays for at most; see `weight`."""

BULK_SHIFT = 10
"""A bulk instruction costs one unit of fuel for each 2**10 bytes (or table entries)."""

_GET = b"\x20"
_TEE = b"\x22"
_CALL = b"\x10"
_I32_CONST = b"\x41"
_NEGATIVE = b"\x41\0\x48"
_ADD = b"\x6a"
_SUB = b"\x6b"
_SHIFT_RIGHT = b"\x76"
_LOOP = b"\x03\x40"
_IF = b"\x04\x40"
_AGAIN = b"\x0c\x01"
_END = b"\x0b"


LARGEST_FREE_LEAF = 64
"""A function without loops and calls and of at most so many bytes is not counted: its caller is,
and a caller's size grows by as much for each call."""


def weight(size: int) -> int:
    """Fuel for one pass over `size` bytes of code, as `code.scan` measures them.

    One for ordinary code. More for very long stretches, which is what bounds the time between two
    checks whatever the code is: between them no instruction runs twice.
    """
    return 1 + size // BYTES_PER_UNIT


@dataclass(frozen=True, slots=True)
class Guards:
    """Builds the sequences for one module.

    Args:
        fuel: index of the fuel global.
        yield_: index of the imported `pagebox.yield`.
        memory_guard: index of the imported `pagebox.memory_guard`.
    """

    fuel: int
    yield_: int
    memory_guard: int

    def check(self, scratch: int, cost: int) -> tuple[bytes, int]:
        """Charge `cost` and yield when the slice is used up.

        The next slice is added to what is left, so that what was overdrawn is paid.

        Returns:
            The code, and where in it the branch stands that is seldom taken.
        """
        get, set_ = self._fuel_access()
        local = encode_u32(scratch)
        price = _I32_CONST + encode_s32(cost)
        charge = get + price + _SUB + _TEE + local + set_ + _GET + local + _NEGATIVE
        refill = _GET + local + _CALL + encode_u32(self.yield_) + _ADD + set_
        return charge + _IF + refill + _END, len(charge)

    def bulk(self, scratch: int) -> tuple[bytes, int]:
        """Charge for the length on top of the stack, before a bulk instruction takes it.

        One instruction may cost several slices; they are all paid at once, because a deficit that
        grew from turn to turn would in the end wrap round.

        Returns:
            The code, and where in it the branch stands that is seldom taken.
        """
        get, set_ = self._fuel_access()
        local = encode_u32(scratch)
        price = _GET + local + _I32_CONST + encode_s32(BULK_SHIFT) + _SHIFT_RIGHT
        charge = _TEE + local + get + price + _SUB + set_ + _LOOP + get + _NEGATIVE
        refill = get + _CALL + encode_u32(self.yield_) + _ADD + set_ + _AGAIN
        return charge + _IF + refill + _END + _END, len(charge)

    def grow(self) -> bytes:
        """Ask the host about the number of pages on top of the stack.

        It answers the same number, or -1, for which `memory.grow` fails by itself.
        """
        return _CALL + encode_u32(self.memory_guard)

    def _fuel_access(self) -> tuple[bytes, bytes]:
        number = encode_u32(self.fuel)
        return b"\x23" + number, b"\x24" + number
