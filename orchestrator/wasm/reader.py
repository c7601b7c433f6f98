"""A cursor over a part of a module that never steps outside it."""

from orchestrator.wasm import leb128
from orchestrator.wasm.errors import MalformedModule, RefusedModule

MAX_ENTRIES = 1_000_000
"""As many as engines allow of anything; it bounds the memory that reading takes."""


class Reader:
    """Reads the elements of the binary format one after the other.

    Args:
        data: the whole module, so that errors can name a position in the file.
        pos: first byte of the part.
        end: first byte after it.
        what: the part's name for messages, such as "the import section".
    """

    __slots__ = ("data", "end", "pos", "what")

    def __init__(self, data: bytes, pos: int, end: int, what: str) -> None:
        self.data = data
        self.pos = pos
        self.end = end
        self.what = what

    def fail(self, reason: str) -> MalformedModule:
        """An error that says what is wrong here; the caller raises it."""
        return MalformedModule(f"{self.what}: {reason}", self.pos)

    def byte(self) -> int:
        """The next byte."""
        if self.pos >= self.end:
            raise self.fail("cut short")
        value = self.data[self.pos]
        self.pos += 1
        return value

    def u32(self) -> int:
        """The next unsigned integer."""
        value, self.pos = leb128.decode_u32(self.data, self.pos, self.end)
        return value

    def skip_integer(self) -> None:
        """Step over an integer of any size and sign."""
        self.pos = leb128.skip(self.data, self.pos, self.end)

    def take(self, size: int) -> bytes:
        """The next `size` bytes."""
        if size > self.end - self.pos:
            raise self.fail(f"cut short ({size} bytes expected, {self.end - self.pos} left)")
        start = self.pos
        self.pos += size
        return self.data[start : self.pos]

    def count(self) -> int:
        """The length of a vector, which is checked before any entry is read."""
        value = self.u32()
        if value > self.end - self.pos:
            raise self.fail(f"{value} entries announced, {self.end - self.pos} bytes left")
        if value > MAX_ENTRIES:
            raise RefusedModule(f"has {value} entries in {self.what}, of at most {MAX_ENTRIES}")
        return value

    def index(self, limit: int, noun: str) -> int:
        """The next integer, which must name one of `limit` things called `noun`."""
        value = self.u32()
        if value >= limit:
            raise self.fail(f"there is no {noun} {value}")
        return value

    def name(self) -> str:
        """The next name, which must be UTF-8."""
        raw = self.take(self.u32())
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            raise self.fail("a name is not UTF-8") from None

    def finish(self) -> None:
        """Check that nothing is left over."""
        if self.pos != self.end:
            raise self.fail(f"{self.end - self.pos} bytes too many")
