"""The sentences that follow a program's name."""

from orchestrator.wasm import MalformedModule, RefusedModule, WasmError


def test_malformed_names_the_place() -> None:
    error = MalformedModule("an integer is cut short", 12)
    assert str(error) == "not a valid WebAssembly module: an integer is cut short (at byte 12)"
    assert error.offset == 12


def test_malformed_without_a_place() -> None:
    assert str(MalformedModule("odd")) == "not a valid WebAssembly module: odd"


def test_both_are_caught_as_one() -> None:
    assert issubclass(MalformedModule, WasmError)
    assert issubclass(RefusedModule, WasmError)
    assert issubclass(WasmError, ValueError)
