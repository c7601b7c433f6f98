"""Records what CPython prints for the scripts in `python/`.

    python3.13 tests/wasm/record_python.py

writes `NAME.out` beside each `NAME.py`; run by the interpreter whose answers count, on Linux.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPTS = Path(__file__).parent / "python"


def main() -> None:
    """Records all."""
    for script in sorted(SCRIPTS.glob("*.py")):
        done = subprocess.run(
            [sys.executable, str(script)], stdout=subprocess.PIPE, check=True, timeout=60
        )
        script.with_suffix(".out").write_bytes(done.stdout)
        print(f"{script.name}: {len(done.stdout)} bytes")


if __name__ == "__main__":
    main()
