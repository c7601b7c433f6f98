"""What the figures were taken on, in words that name no machine."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")


def describe(browser: str | None) -> list[str]:
    """Lines about processor, systems, engines and the date."""
    engines = [
        browser,
        f"CPython {platform.python_version()} with wasmtime {version('wasmtime')}",
        f"Node {_first_line('node', '--version')}",
        f"bash {_bash()}",
    ]
    load = os.getloadavg()[0]
    return [
        f"Date: {datetime.now(UTC).date().isoformat()}",
        f"Machine: {os.cpu_count()} cores{_model()}, {platform.system()} on {platform.machine()}",
        f"Load when the run ended: {load:.1f}",
        f"Engines: {', '.join(engine for engine in engines if engine)}",
    ]


def _model() -> str:
    if not CPUINFO.exists():
        return ""
    found = re.search(r"^model name\s*: (.+)$", CPUINFO.read_text(), re.MULTILINE)
    return f" ({found[1]})" if found else ""


def _first_line(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stdout.splitlines() or ["?"])[0]


def _bash() -> str:
    return _first_line("bash", "-c", 'echo "${BASH_VERSION%%(*}"')
