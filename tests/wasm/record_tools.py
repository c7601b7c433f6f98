"""Record what the real tools print for every case in `cases`, or check that they still print it.

    python tests/wasm/record_tools.py [--all] [--check] [--path FOLDER] [FILE ...]

The format is that of the shell's cases. A script runs under bash, in an empty folder, with nothing to read. `--path` is a
folder of programs that come first, for tools whose reference is newer than the one installed. Standard error counts
where a script asks for it (`2>&1`).
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from tests.orchestrator.shell.casefile import Case, read_cases, write_cases  # noqa: E402

CASES = Path(__file__).parent / "cases"
ENVIRONMENT = {"HOME": "/home/user", "USER": "user", "LANG": "C.UTF-8", "TERM": "dumb", "TZ": "UTC"}
TIME_LIMIT = 20


def run_native(case: Case, first: str) -> tuple[str, int]:
    """(standard output, status) of the script under the real bash with the real tools."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            ["bash", "-c", case.script],
            cwd=folder,
            env={**ENVIRONMENT, "PATH": f"{first}/usr/bin:/bin"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=TIME_LIMIT,
            check=False,
        )
    return os.fsdecode(done.stdout), done.returncode


def main(argv: list[str] | None = None) -> int:
    """Record or check; return the number of cases that differ."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--all", action="store_true", help="record every case again")
    parser.add_argument("--check", action="store_true", help="only compare")
    parser.add_argument("--path", type=Path, help="folder of programs that come first")
    parser.add_argument("files", nargs="*", type=Path)
    options = parser.parse_args(argv)
    first = f"{options.path.resolve()}:" if options.path else ""
    wrong = 0
    for path in options.files or sorted(CASES.glob("*.txt")):
        cases = read_cases(path)
        due = [c for c in cases if options.all or options.check or c.status is None]
        seen = {c.title: c.recorded(*run_native(c, first)) for c in due}
        changed = [c for c in cases if c.status is not None and seen.get(c.title, c) != c]
        wrong += len(changed)
        for case in changed:
            print(f"{path.stem}: {case.title}: was\n{case.stdout}now\n{seen[case.title].stdout}")
        if seen and not options.check:
            write_cases(path, [seen.get(case.title, case) for case in cases])
    return wrong if options.check else 0


if __name__ == "__main__":
    sys.exit(main())
