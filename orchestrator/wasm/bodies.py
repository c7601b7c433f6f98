"""Rewrites the code section: renumbered functions, checks, guards, and hints for the engine."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from orchestrator.wasm.code import Body, read_bodies
from orchestrator.wasm.errors import RefusedModule
from orchestrator.wasm.guards import BULK_SHIFT, LARGEST_FREE_LEAF, Guards, weight
from orchestrator.wasm.leb128 import encode_u32
from orchestrator.wasm.module import CODE, MAX_MODULE_BYTES, Module
from orchestrator.wasm.operands import SiteKind
from orchestrator.wasm.writer import write_custom, write_section, write_vector

HINT_SECTION = "metadata.code.branch_hint"

_I32 = b"\x7f"
_UNLIKELY = b"\x01\x00"
_RENAMED_FUNCTION = SiteKind.FUNCTION

Check = tuple[bytes, int]
"""Code to put in, and the offset in it of the branch that is seldom taken."""


@dataclass(slots=True)
class Bodies:
    """The code section on its way from the old module to the new one.

    Args:
        module: the module being rewritten.
        guards: builds the sequences to put in.
        numbers: the new number of each function, encoded.
        first: the new number of the first defined function.
        progress: called after each function with the number of its bytes.

    After `rewrite`, `hints` has an entry for each function with a seldom taken branch.
    """

    module: Module
    guards: Guards
    numbers: Sequence[bytes]
    first: int
    progress: Callable[[int], None]
    features: set[str] = field(default_factory=set)
    hints: list[bytes] = field(default_factory=list)

    def rewrite(self) -> bytes:
        """The new code section, with its header; empty if the module has no code.

        Raises:
            MalformedModule, RefusedModule: see `code.scan`.
        """
        parts: list[bytes] = []
        total = 0
        for position, body in enumerate(read_bodies(self.module, self.features)):
            code = self._rewrite_body(position, body)
            parts += (encode_u32(len(code)), code)
            total += len(code)
            self.progress(body.end - body.start)
            if total > 2 * MAX_MODULE_BYTES:
                raise RefusedModule("grows too large when checks are put into its code")
        return write_section(CODE, encode_u32(len(parts) // 2), *parts) if parts else b""

    def hint_section(self) -> bytes:
        """The custom section that calls the branches of the checks unlikely."""
        return write_custom(HINT_SECTION, write_vector(self.hints)) if self.hints else b""

    def _rewrite_body(self, position: int, body: Body) -> bytes:
        if not body.sites and body.work <= LARGEST_FREE_LEAF:
            return _write_locals(body.locals) + self.module.data[body.start : body.end]
        signature = self.module.types[self.module.functions[position]]
        scratch = len(signature.params) + sum(count for count, _ in body.locals)
        header = _write_locals([*body.locals, (1, _I32)])
        entry, branch = self.guards.check(scratch, weight(body.work))
        branches = [len(header) + branch]
        parts = [header, entry]
        self._emit(body, scratch, parts, branches)
        self.hints.append(_hint(self.first + position, branches))
        return b"".join(parts)

    def _emit(self, body: Body, scratch: int, parts: list[bytes], branches: list[int]) -> None:
        """Append the instructions to `parts`, and to `branches` where the seldom taken ones are."""
        data, start = self.module.data, body.start
        done = len(parts[0]) + len(parts[1])
        for at, after, kind, operand in body.sites:
            if kind is _RENAMED_FUNCTION:
                piece = self.numbers[operand]
            else:
                piece, branch = self._guard(kind, operand, scratch)
                if branch:
                    branches.append(done + at - start + branch)
            parts += (data[start:at], piece)
            done += at - start + len(piece)
            start = after
        parts.append(data[start : body.end])

    def _guard(self, kind: SiteKind, operand: int, scratch: int) -> Check:
        if kind is SiteKind.LOOP:
            return self.guards.check(scratch, weight(operand))
        if kind is SiteKind.GROW:
            return self.guards.grow(), 0
        if 0 <= operand < 1 << BULK_SHIFT:
            return b"", 0
        return self.guards.bulk(scratch)


def _write_locals(groups: list[tuple[int, bytes]]) -> bytes:
    return write_vector([encode_u32(count) + kind for count, kind in groups])


def _hint(function: int, branches: list[int]) -> bytes:
    entries = write_vector([encode_u32(at) + _UNLIKELY for at in branches])
    return encode_u32(function) + entries
