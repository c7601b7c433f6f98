"""Rewrites the built modules and writes the index the sandbox installs tools from.

`python3 wasm/toolset.py FOLDER` fills FOLDER with one rewritten module a tool and `index.json`; modules that have not
changed since the last time are left as they are.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from orchestrator.wasm import REWRITER_VERSION, instrument  # noqa: E402

BUILT = ROOT / "wasm" / "bin"


def tools() -> dict[str, dict[str, Any]]:
    """The tools of `tools.toml` by name."""
    with (ROOT / "wasm" / "tools.toml").open("rb") as stream:
        table: dict[str, dict[str, Any]] = tomllib.load(stream)["tool"]
    return table


def write(folder: Path) -> None:
    """Rewrite every tool into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    before = _read_index(folder)
    entries = [_rewrite(name, facts, folder, before) for name, facts in tools().items()]
    index = {"rewriter": REWRITER_VERSION, "modules": entries}
    (folder / "index.json").write_text(json.dumps(index, indent=1) + "\n")
    keep = {entry["file"] for entry in entries} | {"index.json"}
    for stale in folder.iterdir():
        if stale.name not in keep:
            stale.unlink()


def _read_index(folder: Path) -> dict[str, dict[str, Any]]:
    path = folder / "index.json"
    if not path.exists():
        return {}
    index = json.loads(path.read_text())
    if index["rewriter"] != REWRITER_VERSION:
        return {}
    return {entry["name"]: entry for entry in index["modules"]}


def _rewrite(
    name: str, facts: dict[str, Any], folder: Path, before: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    source = (BUILT / facts["module"]).read_bytes()
    made_from = hashlib.sha256(source).hexdigest()
    known = before.get(name)
    if known and known["made_from"] == made_from and (folder / known["file"]).exists():
        return {**known, "names": facts["names"]}
    started = time.monotonic()
    data = instrument(source)
    (folder / facts["module"]).write_bytes(data)
    print(
        f"{name:<10} {len(source) / 1e6:6.2f} MB -> {len(data) / 1e6:6.2f} MB"
        f"  in {time.monotonic() - started:.1f} s",
        flush=True,
    )
    return {
        "name": name,
        "file": facts["module"],
        "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "made_from": made_from,
        "names": facts["names"],
    }


if __name__ == "__main__":
    write(Path(sys.argv[1]).resolve())
