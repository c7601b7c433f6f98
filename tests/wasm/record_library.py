"""Records what `wasm/shared/tests/library.c` prints on this system: what it must print in a sandbox.

python tests/wasm/record_library.py        # writes cases/library.json; needs Linux, gcc, /bin/sh
"""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "wasm" / "shared" / "tests" / "library.c"
RECORDED = Path(__file__).parent / "cases" / "library.json"
TIME_LIMIT = 30


def names() -> list[str]:
    """The cases of the program, from its table."""
    return re.findall(r'\{"(\w+)", \w+_case\}', PROGRAM.read_text("utf-8"))


def run(program: Path, name: str) -> dict[str, object]:
    """What one case prints here, and its status as a shell sees it."""
    done = subprocess.run(
        [program, name], cwd="/", capture_output=True, text=True, timeout=TIME_LIMIT, check=False
    )
    status = done.returncode if done.returncode >= 0 else 128 - done.returncode
    return {"stdout": done.stdout, "status": status}


def main() -> None:
    """Builds the program for this system and writes what its cases print."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "library"
        subprocess.run(["gcc", "-O1", "-w", str(PROGRAM), "-o", str(program)], check=True)
        found = {name: run(program, name) for name in names()}
    RECORDED.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
