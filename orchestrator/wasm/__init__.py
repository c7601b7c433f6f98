"""Reads, checks and rewrites WebAssembly modules. Pure Python; knows no kernel and no engine.

Below: the standard library. Above: `platform` engines rewrite a user's module when it is first
run, `build.py` rewrites the bundled tools. Nothing here runs code or decides on limits.

* `instrument(data)`: check a module, and rewrite it so that it can be stopped and counted;
* `check(data)`: only the checks that need no look at the code;
* `inspect(data)`: what a module imports, exports and uses;
* `memory_limits(data)`: how much memory it asks for at the start, in pages;
* `read_mark(data)`: which rewriter made it, by its own account.

All raise `WasmError` (`MalformedModule` or `RefusedModule`), whose text is a sentence to follow
the program's name, and nothing else whatever the bytes are. docs/abi.md describes what a module
sees; `SLICE`, `FUEL_EXPORT` and `ADDED_IMPORTS` are what an engine must know.
"""

from orchestrator.wasm.errors import MalformedModule, RefusedModule, WasmError
from orchestrator.wasm.imports import (
    ADDED_IMPORTS,
    ALLOWED_IMPORTS,
    FUEL_EXPORT,
    PAGEBOX,
    PAGEBOX_SIGNATURES,
    WASI,
    WASI_SIGNATURES,
)
from orchestrator.wasm.instrument import REWRITER_VERSION, SLICE, instrument
from orchestrator.wasm.module import MAX_MODULE_BYTES
from orchestrator.wasm.survey import Mark, ModuleInfo, check, inspect, memory_limits, read_mark
from orchestrator.wasm.types import PAGE_SIZE, Export, Import, Limits

__all__ = [
    "ADDED_IMPORTS",
    "ALLOWED_IMPORTS",
    "FUEL_EXPORT",
    "MAX_MODULE_BYTES",
    "PAGEBOX",
    "PAGEBOX_SIGNATURES",
    "PAGE_SIZE",
    "REWRITER_VERSION",
    "SLICE",
    "WASI",
    "WASI_SIGNATURES",
    "Export",
    "Import",
    "Limits",
    "MalformedModule",
    "Mark",
    "ModuleInfo",
    "RefusedModule",
    "WasmError",
    "check",
    "inspect",
    "instrument",
    "memory_limits",
    "read_mark",
]
