"""Wasm modules found in the file system: not ours, so not rewritten yet."""

from __future__ import annotations

from orchestrator.wasm import REWRITER_VERSION, WasmError, instrument, memory_limits
from orchestrator.wasm.types import PAGE_SIZE


class UserModule:
    """A module found in the file system: checked and rewritten when it is first run."""

    __slots__ = ("_data", "_max_memory", "key", "label")

    def __init__(self, label: str, data: bytes, digest: str, max_memory: int | None) -> None:
        self.label = label
        self.key = f"{digest}-r{REWRITER_VERSION}"
        self._data = data
        self._max_memory = max_memory

    def load(self) -> bytes:
        """The rewritten module. Raises ValueError with the reason it is refused."""
        try:
            initial, _ = memory_limits(self._data)
            if self._max_memory is not None and initial * PAGE_SIZE > self._max_memory:
                raise ValueError(_too_much(initial * PAGE_SIZE, self._max_memory))
            return instrument(self._data)
        except WasmError as error:
            raise ValueError(str(error)) from None


def _too_much(wanted: int, allowed: int) -> str:
    return f"the module asks for {wanted >> 20} MiB of memory; the limit is {allowed >> 20} MiB"
