"""The tools that are shipped: each is allowed to run, and still a module after rewriting."""

from pathlib import Path

import pytest
import wasmtime

from orchestrator.wasm import check, inspect, instrument, read_mark

TOOLS = sorted((Path(__file__).parents[3] / "wasm" / "bin").glob("*.wasm"))


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.stem)
def test_a_tool_is_rewritten(tool: Path) -> None:
    data = tool.read_bytes()
    check(data)
    result = instrument(data)
    wasmtime.Module.validate(wasmtime.Engine(), result)  # raises if it is not valid
    assert read_mark(result) is not None
    assert len(result) < 1.2 * len(data)


@pytest.mark.parametrize("tool", [tool for tool in TOOLS if tool.stat().st_size < 2 << 20])
def test_a_tool_uses_nothing_new(tool: Path) -> None:
    assert inspect(tool.read_bytes()).features <= {
        "bulk-memory",
        "sign-extension",
        "saturating-float",
        "multi-value",
        "reference-types",
        "simd",
    }
