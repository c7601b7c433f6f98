"""Builds the page: `site.build(dist)`, or `python web/site.py DIST`.

Everything but `index.html` lies under a name with a hash of its content (the snapshot: of what it is made from), so a
server may let browsers keep it for ever. What is there already is not made again.
"""

from __future__ import annotations

import argparse
import hashlib
import html
import io
import json
import os
import shutil
import sys
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":  # run by its path: this folder comes first, with a module called `site`
    sys.path[0] = str(ROOT)

from web.serve import Handler, serving  # noqa: E402

WEB = ROOT / "web"
MODULES = ROOT / "node_modules"
TOOLS = ROOT / "orchestrator" / "_tools"
PACKAGES = ("orchestrator", "vfs")
PYODIDE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
VENDOR = (
    "@xterm/xterm/lib/xterm.mjs",
    "@xterm/xterm/css/xterm.css",
    "@xterm/addon-fit/lib/addon-fit.mjs",
    "@xterm/addon-unicode11/lib/addon-unicode11.mjs",
    "@xterm/addon-web-links/lib/addon-web-links.mjs",
)
# xterm.js makes <style> elements, hence 'unsafe-inline' for styles alone. connect-src is the network's kill switch;
# the worker inherits it because it starts from a data: address.
POLICY = {
    "default-src": "'none'",
    "script-src": "'self' 'wasm-unsafe-eval'",
    "worker-src": "data:",
    "connect-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "pagebox",
}
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)
SNAPSHOT_MS = 120_000
# Zip files cannot hold an earlier time, and a real one would change the hash.
EPOCH = (1980, 1, 1, 0, 0, 0)


class SnapshotFailed(Exception):
    """The memory snapshot could not be made; the page starts plainly without it."""


@dataclass(frozen=True)
class Site:
    """One build, into `dist`."""

    dist: Path

    def place(self, name: str, files: dict[str, bytes]) -> str:
        """Write a folder of files as `name-<hash>`; returns that name."""
        digest = hashlib.sha256()
        for path, data in sorted(files.items()):
            digest.update(f"{path}\0{len(data)}\0".encode() + data)
        folder = f"{name}-{digest.hexdigest()[:12]}"
        if not (self.dist / folder).exists():
            fresh = self.dist / f".{folder}"
            shutil.rmtree(fresh, ignore_errors=True)
            for path, data in files.items():
                target = fresh / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
            fresh.rename(self.dist / folder)
        return folder

    def place_file(self, name: str, suffix: str, data: bytes) -> dict[str, Any]:
        """Write one file as `name-<hash>suffix`; returns its address and size for the manifest."""
        path = f"{name}-{hashlib.sha256(data).hexdigest()[:12]}{suffix}"
        return self.keep(path, data)

    def keep(self, path: str, data: bytes) -> dict[str, Any]:
        """Write `data` at `path` unless a file of that size is there."""
        target = self.dist / path
        if not target.exists() or target.stat().st_size != len(data):
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        return {"url": path, "size": len(data)}


def build(dist: Path, *, snapshot: bool = True) -> None:
    """Build the page into `dist`.

    Args:
        snapshot: take the memory snapshot that makes the page start several times faster.

    Raises: SnapshotFailed, FileNotFoundError (npm packages or tools are missing).
    """
    dist.mkdir(parents=True, exist_ok=True)
    site = Site(dist)
    index = json.loads((TOOLS / "index.json").read_text())
    manifest = {
        "app": site.place("app", dict(_app_files())),
        "pyodide": site.place(
            "pyodide", {name: (MODULES / "pyodide" / name).read_bytes() for name in PYODIDE}
        ),
        "packages": site.place_file("packages", ".zip", zip_of(_package_files())),
        "tools": [_tool(site, entry) for entry in sorted(index["modules"], key=_bytes_a_program)],
        "index": index,
        "snapshot": None,
    }
    if snapshot:
        manifest["snapshot"] = _snapshot(site, manifest)
    (dist / "index.html").write_text(_page(manifest))
    _sweep(dist, manifest)
    _report(dist)


# --- the parts ---


def _app_files() -> Iterator[tuple[str, bytes]]:
    for path in sorted((WEB / "src").rglob("*")):
        if path.is_file():
            yield str(path.relative_to(WEB / "src")), path.read_bytes()
    for name in VENDOR:
        yield f"vendor/{Path(name).name}", (MODULES / name).read_bytes()


def _package_files() -> Iterator[tuple[str, bytes]]:
    yield "playground.py", (WEB / "playground.py").read_bytes()
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*")):
            parts = path.relative_to(ROOT).parts
            if path.is_file() and not {"__pycache__", "_tools", "native"} & set(parts):
                yield "/".join(parts), path.read_bytes()


def zip_of(files: Iterable[tuple[str, bytes]]) -> bytes:
    """A zip file that depends on its content alone."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files:
            archive.writestr(zipfile.ZipInfo(path, EPOCH), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _bytes_a_program(entry: dict[str, Any]) -> float:
    """The page fetches tools ahead of their use in this order: first those that bring most for what they weigh."""
    return entry["size"] / max(1, len(entry["names"]))


def _tool(site: Site, entry: dict[str, Any]) -> dict[str, Any]:
    data = (TOOLS / entry["file"]).read_bytes()
    placed = site.place_file(f"tools/{entry['name']}", ".wasm", data)
    return {"name": entry["name"], "key": entry["sha256"], **placed}


def _page(manifest: dict[str, Any]) -> str:
    loader = jinja2.FileSystemLoader(WEB / "templates")
    environment = jinja2.Environment(loader=loader, autoescape=True, keep_trailing_newline=True)
    version = json.loads((ROOT / "package.json").read_text())["version"]
    return environment.get_template("index.html").render(
        app=manifest["app"],
        version=version,
        policy="; ".join(f"{name} {value}" for name, value in POLICY.items()),
        # Inside <script>, `<` is the only letter that could end it.
        manifest=jinja2.utils.markupsafe.Markup(json.dumps(manifest).replace("<", "\\u003c")),
    )


# --- the snapshot ---


def _snapshot(site: Site, manifest: dict[str, Any]) -> dict[str, Any]:
    """Named by what it is made from: two of the same inputs differ in bytes that do not matter."""
    made_from = hashlib.sha256()
    made_from.update(f"{manifest['pyodide']} {manifest['packages']['url']}".encode())
    for script in ("boot.js", "snapshot.js"):
        made_from.update((WEB / "src" / "worker" / script).read_bytes())
    path = f"snapshot-{made_from.hexdigest()[:12]}.bin"
    target = site.dist / path
    if target.exists():
        return {"url": path, "size": target.stat().st_size}
    return site.keep(path, _take_snapshot(site.dist, manifest))


def _take_snapshot(dist: Path, manifest: dict[str, Any]) -> bytes:
    """Run `snapshot.js` in headless Chromium, which alone freezes the right answers to feature tests."""
    from playwright.sync_api import Error, sync_playwright

    received: list[bytes] = []

    class Receiver(Handler):
        def do_POST(self) -> None:
            received.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(204)
            self.end_headers()

    blank = dist / "blank.html"
    blank.write_text("<!doctype html><title>snapshot</title>")
    try:
        with serving(dist, Receiver) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=os.environ.get("CHROMIUM") or find_chromium(),
                args=list(CHROMIUM_FLAGS),
            )
            page = browser.new_page()
            page.goto(f"{address}blank.html")
            said = page.evaluate(
                _RUN_SNAPSHOT, {"base": address, "manifest": manifest, "patience": SNAPSHOT_MS}
            )
            browser.close()
    except Error as error:
        raise SnapshotFailed(error.message) from None
    finally:
        blank.unlink()
    if said != "done" or not received:
        raise SnapshotFailed(said)
    return received[0]


_RUN_SNAPSHOT = """async (message) => {
  const first = `${message.base}${message.manifest.app}/worker/snapshot.js`;
  const worker = new Worker(first, { type: "module" });
  return await new Promise((resolve) => {
    worker.onmessage = (event) => resolve(event.data);
    worker.onerror = (event) => resolve(`the worker failed: ${event.message}`);
    setTimeout(() => resolve("it took too long"), message.patience);
    worker.postMessage(message);
  });
}"""


def find_chromium() -> str | None:
    """The system's Chromium; None lets Playwright use its own."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found:
            return found
    return None


# --- afterwards ---


def _sweep(dist: Path, manifest: dict[str, Any]) -> None:
    """Delete what earlier builds left and this one does not use."""
    snapshot = manifest["snapshot"]
    used = {
        manifest["app"],
        manifest["pyodide"],
        manifest["packages"]["url"],
        "tools",
        "index.html",
    }
    if snapshot:
        used.add(snapshot["url"])
    tools = {Path(tool["url"]).name for tool in manifest["tools"]}
    stale = [path for path in dist.iterdir() if path.name not in used]
    stale += [path for path in (dist / "tools").iterdir() if path.name not in tools]
    for path in stale:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def _report(dist: Path) -> None:
    """Print what a visitor downloads."""
    for path in sorted(dist.rglob("*")):
        size = path.stat().st_size
        if path.is_file() and size > 100_000:
            print(f"  {size / 1e6:8.2f} MB  {html.unescape(str(path.relative_to(dist)))}")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Build the playground page.")
    parser.add_argument("dist", type=Path)
    parser.add_argument("--plain", action="store_true", help="without the memory snapshot")
    options = parser.parse_args()
    build(options.dist, snapshot=not options.plain)


if __name__ == "__main__":
    main()
