"""Record what the real tools print for every case, or check that they still do; needs Debian's tools and root.

    python tests/orchestrator/tools/record.py [FILE]...          record the cases that have no expectation
    python tests/orchestrator/tools/record.py --all [FILE]...    record every case again
    python tests/orchestrator/tools/record.py --check [FILE]...  change nothing, report differences

Each script runs in namespaces of its own, as uid 1000 with the sandbox's accounts and host name, in an empty
/tmp/case, and sees no processes but its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from tests.orchestrator.shell import casefile, record  # noqa: E402

CASES = Path(__file__).parent / "cases"
FILES = ROOT / "orchestrator/sandbox/rootfs"
SETUP = f"""
for name in passwd group; do mount --bind {FILES}/etc/$name /etc/$name; done
hostname pagebox
mount -t tmpfs tmpfs /tmp && mount -t tmpfs tmpfs /home && chmod 1777 /tmp
mkdir /tmp/case /home/user && chown 1000:1000 /tmp/case /home/user && cd /tmp/case
status=0; setpriv --reuid 1000 --regid 1000 --clear-groups "$@" || status=$?; exit $status
"""


def run_real(case: casefile.Case) -> tuple[str, int]:
    """Return (stdout, status) of the script with the real bash and the real tools."""
    done = subprocess.run(
        [
            "timeout",
            "-s",
            "KILL",
            str(record.TIME_LIMIT),
            "unshare",
            "--kill-child",
            "-mupf",
            "--mount-proc",
            "bash",
            "-ec",
            SETUP,
            "setup",
            "bash",
            "-c",
            case.script,
        ],
        env=record.ENVIRONMENT | {"LOGNAME": "user", "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        check=False,
    )
    if done.returncode == 137:
        raise SystemExit(f"took too long: {case.title}")
    status = done.returncode if done.returncode >= 0 else 128 - done.returncode
    return os.fsdecode(done.stdout), status


if __name__ == "__main__":
    record.run_bash = run_real
    if not any(word.endswith(".txt") for word in sys.argv[1:]):
        sys.argv += map(str, sorted(CASES.glob("*.txt")))
    sys.exit(record.main())
