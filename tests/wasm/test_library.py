"""What `wasm/shared` adds to wasi-libc, by a C program that prints the same here as on Linux (`record_library.py`).

The program is compiled with the C compiler that `wasm/toolchain.py` has fetched; where nobody has built a tool yet, there
is none, and the tests are skipped.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from pagebox.sync import Sandbox
from tests.wasm.record_library import PROGRAM, RECORDED, names
from wasm import toolchain
from wasm.ctool import SHARED_HEADERS

TIME_LIMIT = 60
EXPECTED = json.loads(RECORDED.read_text("utf-8"))


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    """A sandbox with the program in /tmp."""
    if not (toolchain.WRAPPERS / "pagebox-ld").exists():
        pytest.skip("no C compiler for WebAssembly here (python3 build.py wasm jq fetches one)")
    module = build(tmp_path_factory.mktemp("library"))
    made = Sandbox()
    made.files.write("/tmp/library", module.read_bytes())
    made.run("chmod +x /tmp/library").check()
    return made


def build(folder: Path) -> Path:
    """Compile and link as a tool in C is."""
    toolchain.make_sysroot()
    tool = next(tool for tool in toolchain.load_tools().values() if tool.recipe == "c")
    compiler = toolchain.c_compiler(tool)
    compiled, module = folder / "library.o", folder / "library.wasm"
    flags = ["-O2", "-g0", "-w", f"-I{SHARED_HEADERS}", "-c", str(PROGRAM), "-o", str(compiled)]
    subprocess.run([*compiler.command, *flags], check=True)
    link = ["--gc-sections", "--strip-all", *compiler.link_flags, str(compiled)]
    subprocess.run([*compiler.linker, *link, "-o", str(module)], check=True)
    return module


@pytest.mark.slow
@pytest.mark.parametrize("name", EXPECTED)
def test_case(sandbox: Sandbox, name: str) -> None:
    result = sandbox.run(f"cd /; /tmp/library {name}", timeout=TIME_LIMIT)
    found = {"stdout": result.stdout, "status": result.exit_code}
    assert found == EXPECTED[name], result.stderr


def test_every_case_is_recorded() -> None:
    assert list(EXPECTED) == names()
