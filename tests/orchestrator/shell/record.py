"""Record what the real bash prints for every case, or check that it still prints it.

    python tests/orchestrator/shell/record.py            record the cases that have no expectation
    python tests/orchestrator/shell/record.py --all      record every case again
    python tests/orchestrator/shell/record.py --check    change nothing, report differences

The environment is scrubbed, the working directory is fresh and empty, standard input is empty.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from tests.orchestrator.shell.casefile import CASES, Case, read_cases, write_cases  # noqa: E402

ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/home/user",
    "USER": "user",
    "LANG": "C.UTF-8",
    "TERM": "dumb",
    "TZ": "UTC",
}
TIME_LIMIT = 10


def run_bash(case: Case) -> tuple[str, int]:
    """Return (stdout, status) of the script under the real bash, as `bash -c`."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            ["env", "--default-signal", "bash", "-c", case.script],
            cwd=folder,
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=TIME_LIMIT,
            check=False,
        )
        text = os.fsdecode(done.stdout).replace(os.path.realpath(folder), "/tmp/case")
    return text, done.returncode if done.returncode >= 0 else 128 - done.returncode


def main(argv: list[str] | None = None) -> int:
    """Record or check; return the number of files that differ."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--all", action="store_true", help="record every case again")
    parser.add_argument("--check", action="store_true", help="only compare")
    parser.add_argument("files", nargs="*", type=Path)
    options = parser.parse_args(argv)
    files = options.files or sorted(CASES.glob("*.txt"))
    return sum(_one_file(path, options) for path in files)


def _one_file(path: Path, options: argparse.Namespace) -> int:
    cases = read_cases(path)
    wanted = [c for c in cases if options.all or options.check or c.status is None]
    with ThreadPoolExecutor(3) as pool:
        seen = dict(zip((c.title for c in wanted), pool.map(run_bash, wanted), strict=True))
    fresh = [c.recorded(*seen[c.title]) if c.title in seen else c for c in cases]
    changed = [new.title for old, new in zip(cases, fresh, strict=True) if old != new]
    for title in changed:
        print(f"{path.name}: {'differs' if options.check else 'recorded'}: {title}")
    if not options.check and changed:
        write_cases(path, fresh)
    return int(bool(changed) and options.check)


if __name__ == "__main__":
    sys.exit(main())
