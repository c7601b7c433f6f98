"""The compiled tools that come with pagebox: what there is, under which names, and their bytes.

`build.py` writes an index beside the rewritten modules; the page reads the same index over HTTP.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestrator.errors import ToolsetError

if TYPE_CHECKING:
    from collections.abc import Callable

WASM_MAGIC = b"\0asm\x01\0\0\0"


@dataclass(frozen=True, slots=True)
class ToolModule:
    """One bundled module. It is also a `platform.base.Source`.

    Args:
        label: the tool's name; also the file's in /usr/lib/pagebox.
        key: sha256 of the rewritten bytes.
        size: their number.
        names: the commands it is installed as.
        loader: gives the bytes.
    """

    label: str
    key: str
    size: int
    names: tuple[str, ...]
    loader: Callable[[], bytes]

    def load(self) -> bytes:
        """The rewritten bytes. Raises ValueError when they are not there or not those of the index."""
        try:
            data = self.loader()
        except OSError as error:
            raise ValueError(f"the module of {self.label} is missing: {error.strerror}") from None
        if len(data) != self.size:
            raise ValueError(f"the module of {self.label} is damaged; build the tools again")
        return data


class ModuleBacking:
    """A bundled module as a file's content: its first bytes are known without loading it."""

    __slots__ = ("_data", "_module")

    def __init__(self, module: ToolModule) -> None:
        self._module = module
        self._data: bytes | None = None

    def read_at(self, offset: int, size: int) -> bytes:
        """The slice; the kernel asks for the first 256 bytes at every start, for which the magic will do."""
        if self._data is None:
            if offset == 0 and size <= 256:
                return WASM_MAGIC[:size]
            self._data = self._module.load()
        return self._data[offset : offset + size]


@dataclass(frozen=True, slots=True)
class Toolset:
    """All bundled modules."""

    modules: tuple[ToolModule, ...] = ()

    def by_key(self, key: str) -> ToolModule | None:
        """The module with this sha256."""
        return next((module for module in self.modules if module.key == key), None)

    @classmethod
    def from_index(
        cls, index: dict[str, Any], loader: Callable[[str], Callable[[], bytes]]
    ) -> Toolset:
        """From a parsed `index.json`; `loader(file)` gives what loads one of its files."""
        return cls(
            tuple(
                ToolModule(
                    entry["name"],
                    entry["sha256"],
                    entry["size"],
                    tuple(entry["names"]),
                    loader(entry["file"]),
                )
                for entry in index["modules"]
            )
        )

    @classmethod
    def bundled(cls) -> Toolset:
        """The modules installed with this package. Raises ToolsetError with what to do when they are missing."""
        folder = Path(__file__).resolve().parent.parent / "_tools"
        try:
            index = json.loads((folder / "index.json").read_text())
        except FileNotFoundError:
            raise ToolsetError(
                "The tools have not been built. In a checkout, run: python3 build.py setup"
            ) from None
        return cls.from_index(index, lambda file: (folder / file).read_bytes)
