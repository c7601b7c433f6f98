"""Compiled modules: in memory while the process lives, on disk between runs.

A compiled artifact is machine code that is trusted when it is loaded, so the folder is ours alone (0700) and every
file is keyed by engine version, configuration and the sha256 of the wasm it came from.
"""

from __future__ import annotations

import hashlib
import os
import platform
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import wasmtime
from wasmtime import _ffi as ffi

if TYPE_CHECKING:
    from collections.abc import Callable

# Deep enough for RustPython's recursion limit; the threads in `baton` have room for it.
MAX_WASM_STACK = 8 << 20
ANNOUNCE_BYTES = 1 << 20  # smaller modules compile in less time than it takes to read a line


class ModuleCache:
    """Modules by sha256. `announce` gets a line before a compilation that takes seconds."""

    def __init__(
        self, folder: str | None = None, announce: Callable[[str], None] | None = None
    ) -> None:
        self.engine = wasmtime.Engine(_config())
        self._announce = announce
        self._folder = Path(folder) if folder else _default_folder()
        self._modules: dict[str, wasmtime.Module] = {}
        self._usable: bool | None = None

    def find(self, key: str) -> wasmtime.Module | None:
        """The module compiled before from bytes with this sha256, or None."""
        module = self._modules.get(key)
        if module is None:
            module = self._load(self._path(key))
            if module is not None:
                self._modules[key] = module
        return module

    def compile(self, data: bytes, key: str, label: str = "a module") -> wasmtime.Module:
        """Compile and keep. Raises ValueError with the engine's words when the module is invalid."""
        module = self.find(key)
        if module is not None:
            return module
        if self._announce and len(data) >= ANNOUNCE_BYTES:
            self._announce(f"compiling {label} ({len(data) / 1e6:.1f} MB), once per machine ...")
        try:
            module = wasmtime.Module(self.engine, data)
        except wasmtime.WasmtimeError as error:
            raise ValueError(str(error).splitlines()[0]) from None
        self._modules[key] = module
        self._store(self._path(key), module)
        return module

    def _path(self, key: str) -> Path:
        return self._folder / f"{_fingerprint()}-{key}.cwasm"

    def _load(self, path: Path) -> wasmtime.Module | None:
        if not self._is_ours() or not path.exists():
            return None
        try:
            return wasmtime.Module.deserialize_file(self.engine, str(path))
        except wasmtime.WasmtimeError:
            path.unlink(missing_ok=True)  # cut short, or of another machine
            return None

    def _store(self, path: Path, module: wasmtime.Module) -> None:
        """Write under another name first: two runs at once must never see half a file."""
        if not self._is_ours():
            return
        try:
            with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as part:
                part.write(module.serialize())
            Path(part.name).replace(path)
        except OSError:
            return  # a full or read-only disk costs speed, nothing else

    def _is_ours(self) -> bool:
        """Whether the folder is there, ours and closed to others; made on first use."""
        if self._usable is None:
            self._usable = _claim(self._folder)
        return self._usable


def _claim(folder: Path) -> bool:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        facts = folder.stat()
    except OSError:
        return False
    owned = not hasattr(os, "getuid") or facts.st_uid == os.getuid()
    return owned and not facts.st_mode & 0o077


def _default_folder() -> Path:
    """`$PAGEBOX_CACHE`, else `$XDG_CACHE_HOME/pagebox`, else `~/.cache/pagebox`."""
    chosen = os.environ.get("PAGEBOX_CACHE")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "pagebox"


def _config() -> wasmtime.Config:
    config = wasmtime.Config()
    config.strategy = "cranelift"
    config.cranelift_opt_level = "speed"
    # Unused by us, but the engine insists that it is the larger of the two.
    ffi.wasmtime_config_async_stack_size_set(config.ptr(), 2 * MAX_WASM_STACK)
    config.max_wasm_stack = MAX_WASM_STACK
    return config


def _fingerprint() -> str:
    """Engine version, configuration and machine in a few characters."""
    facts = f"{version('wasmtime')} {MAX_WASM_STACK} speed {platform.machine()} {platform.system()}"
    return hashlib.sha256(facts.encode()).hexdigest()[:12]
