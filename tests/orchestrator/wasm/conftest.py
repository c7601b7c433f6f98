"""Small modules written as text, and a host that runs them with or without the rewriter."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
import wasmtime

from orchestrator.wasm import FUEL_EXPORT, SLICE, instrument

PROGRAM = '(module {} (memory (export "memory") 1) (func (export "_start")) {})'


@dataclass
class Rig:
    """An instance under wasmtime whose `pagebox` imports are answered here."""

    data: bytes
    slice: int = SLICE
    guard: Callable[[int], int] = lambda pages: pages
    on_yield: Callable[[int], None] = lambda yields: None
    yields: int = 0
    asked: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        engine = wasmtime.Engine()
        self.store = wasmtime.Store(engine)
        module = wasmtime.Module(engine, self.data)
        answers: dict[str, Callable[..., int]] = {"yield": self._yield, "memory_guard": self._guard}
        imports = [
            wasmtime.Func(self.store, item.type, answers[item.name or ""])
            for item in module.imports
            if isinstance(item.type, wasmtime.FuncType)
        ]
        self.exports = wasmtime.Instance(self.store, module, imports).exports(self.store)

    def _yield(self) -> int:
        self.yields += 1
        self.on_yield(self.yields)
        return self.slice

    def _guard(self, pages: int) -> int:
        self.asked.append(pages)
        return self.guard(pages)

    def call(self, name: str, *args: int) -> object:
        function = self.exports[name]
        assert isinstance(function, wasmtime.Func)
        return function(self.store, *args)

    @property
    def fuel(self) -> int:
        """Used so far."""
        counter = self.exports[FUEL_EXPORT]
        assert isinstance(counter, wasmtime.Global)
        return SLICE + self.yields * self.slice - int(counter.value(self.store))


def assemble(body: str, head: str = "") -> bytes:
    """A program: `head` holds imports, `body` all else."""
    return bytes(wasmtime.wat2wasm(PROGRAM.format(head, body)))


@pytest.fixture
def program() -> Callable[..., bytes]:
    """The bytes of a program made from text: `program(body, head="")`."""
    return assemble


@pytest.fixture
def plain() -> Callable[[str], Rig]:
    """An instance of the program as it is."""
    return lambda body: Rig(assemble(body))


@pytest.fixture
def rewritten() -> Callable[..., Rig]:
    """An instance of the program after rewriting; further arguments go to `Rig`."""

    def make(body: str, **options: object) -> Rig:
        return Rig(instrument(assemble(body)), **options)  # type: ignore[arg-type]

    return make


@pytest.fixture
def same(plain: Callable[[str], Rig], rewritten: Callable[..., Rig]) -> Callable[..., Rig]:
    """Call a function in both, compare what it returns, and give back the rewritten instance."""

    def run(body: str, name: str, *args: int) -> Rig:
        rig = rewritten(body)
        expected = plain(body).call(name, *args)
        assert rig.call(name, *args) == expected
        return rig

    return run
