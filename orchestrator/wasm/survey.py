"""What there is to know about a module without running it."""

from collections.abc import Mapping
from dataclasses import dataclass

from orchestrator.wasm.code import read_bodies
from orchestrator.wasm.errors import RefusedModule
from orchestrator.wasm.imports import ALLOWED_IMPORTS, check_module
from orchestrator.wasm.instrument import MARK_SECTION
from orchestrator.wasm.module import Module, read_module
from orchestrator.wasm.types import Export, Import, Limits


@dataclass(frozen=True, slots=True)
class Mark:
    """What a rewritten module says of itself. It proves nothing: anyone can write one.

    `version` is that of the rewriter, `source` the sha256 (hex) of the module it was given.
    """

    version: int
    source: str


@dataclass(frozen=True, slots=True)
class ModuleInfo:
    """A module in outline. `features` are names such as simd, bulk-memory, tail-call."""

    imports: tuple[Import, ...]
    exports: tuple[Export, ...]
    memory: Limits | None
    functions: int
    features: frozenset[str]
    mark: Mark | None


def inspect(data: bytes) -> ModuleInfo:
    """Read a module in full, also one that may not be run here because of its imports.

    Raises:
        MalformedModule: the bytes are no module, or are cut short or inconsistent.
        RefusedModule: it uses a feature that is not available here.
    """
    module = read_module(data)
    features = _type_features(module)
    for _ in read_bodies(module, features):
        pass
    return ModuleInfo(
        imports=module.imports,
        exports=module.exports,
        memory=module.memories[0] if module.memories else None,
        functions=module.function_count,
        features=frozenset(features),
        mark=_read_mark(module),
    )


def check(data: bytes, allowed: Mapping[tuple[str, str], str] = ALLOWED_IMPORTS) -> None:
    """Check that a module that was not rewritten may be run; its code is not read.

    Args:
        data: the module.
        allowed: (module, name) of each possible import to its signature.

    Raises:
        MalformedModule: the bytes are no module, or are cut short or inconsistent.
        RefusedModule: it imports or exports what a program may not, or uses such a feature.
    """
    check_module(read_module(data), allowed)


def memory_limits(data: bytes) -> Limits:
    """The declared size of a module's memory, in pages of 64 KiB.

    Raises:
        MalformedModule: the bytes are no module, or are cut short or inconsistent.
        RefusedModule: it has no memory, or several.
    """
    memories = read_module(data).memories
    if len(memories) != 1:
        raise RefusedModule(f"has {len(memories)} memories; a program has one")
    return memories[0]


def read_mark(data: bytes) -> Mark | None:
    """What the module says of having been rewritten, or None if it says nothing of it."""
    return _read_mark(read_module(data))


def _read_mark(module: Module) -> Mark | None:
    for custom in module.customs:
        if custom.name == MARK_SECTION:
            version, _, source = module.data[custom.start : custom.end].partition(b" ")
            if version.isdigit() and len(version) < 10:
                return Mark(int(version), source.decode("ascii", "replace"))
    return None


def _type_features(module: Module) -> set[str]:
    features = set()
    if any(len(item.results) > 1 for item in module.types):
        features.add("multi-value")
    if any("v" in item.params + item.results for item in module.types):
        features.add("simd")
    if len(module.tables) > 1 or any("e" in item.params + item.results for item in module.types):
        features.add("reference-types")
    return features
