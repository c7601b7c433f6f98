#!/usr/bin/env python3
"""Build, run and test pagebox from a bare checkout: `python3 build.py serve`, `python3 build.py test`.

Standard library only. Needs Python >= 3.11 and Node >= 20; everything else is installed beside this file (`.venv`,
`node_modules`). Each step is a subcommand and is skipped while what it is made from has not changed.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMPS = ROOT / "build" / "stamps"
DIST = ROOT / "web" / "dist"
TOOLS = ROOT / "orchestrator" / "_tools"
PACKAGES = ("orchestrator", "pagebox", "vfs")

assert (ROOT / "pyproject.toml").exists(), "build.py must stay at the top of the checkout"

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class StepFailed(Exception):
    """A step that cannot go on; the text says what to do."""


def stop(sentence: str) -> NoReturn:
    raise StepFailed(sentence)


def announce(text: str) -> None:
    print(f"== {text}", flush=True)


def run(*command: str | Path, env: dict[str, str] | None = None) -> None:
    """Print a command (and the environment it adds), run it at the top of the checkout, stop when it fails."""
    words = [str(part) for part in command]
    added = "".join(f"{name}={shlex.quote(value)} " for name, value in (env or {}).items())
    print(f"$ {added}{shlex.join(words).replace(str(ROOT) + '/', '')}", flush=True)
    done = subprocess.run(words, cwd=ROOT, env={**os.environ, **(env or {})}, check=False)
    if done.returncode:
        raise SystemExit(done.returncode)


# --- what has changed ---


def digest(paths: Iterable[Path]) -> str:
    """One hash over files and folders: names and contents."""
    total = hashlib.sha256()
    for path in sorted(_files(paths)):
        total.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def _files(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        if path.is_dir():
            yield from (p for p in path.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
        elif path.exists():
            yield path


def is_fresh(step: str, made_from: str) -> bool:
    stamp = STAMPS / step
    return stamp.exists() and stamp.read_text() == made_from


def mark(step: str, made_from: str) -> None:
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / step).write_text(made_from)


# --- the machine ---


def python() -> Path:
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def apt_install(*packages: str) -> bool:
    """Install Debian packages if we may; says whether it did."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return False
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    run("apt-get", "update", "-qq", env=quiet)
    run("apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages, env=quiet)
    return True


def find_chromium() -> str | None:
    """$CHROMIUM, the system's, or Playwright's own."""
    chosen = os.environ.get("CHROMIUM")
    if chosen:
        return chosen
    found = next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)
    return found or _playwright_chromium()


def _playwright_chromium() -> str | None:
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", Path.home() / ".cache/ms-playwright"))
    found = sorted(cache.glob("chromium-*/chrome-linux*/chrome"))
    return str(found[-1]) if found else None


def chromium() -> str:
    """A Chromium, installed if need be."""
    found = find_chromium()
    if found is None and apt_install("chromium"):
        found = find_chromium()
    return found or stop(
        "No Chromium found. Install one (Debian: apt-get install chromium; elsewhere: "
        ".venv/bin/playwright install chromium) or name it in $CHROMIUM."
    )


# --- steps ---


def doctor(_: argparse.Namespace) -> None:
    """Say what this machine has and lacks."""
    rows = [
        ("Python >= 3.11", f"{sys.version.split()[0]}" if sys.version_info >= (3, 11) else None),
        ("Node >= 20", _node_version()),
        ("Chromium", find_chromium()),
        (".venv", "made" if python().exists() else None),
        ("node_modules", "made" if (ROOT / "node_modules").exists() else None),
        ("tools, rewritten", "made" if (TOOLS / "index.json").exists() else None),
        ("the page", "made" if (DIST / "index.html").exists() else None),
    ]
    for name, state in rows:
        print(f"{'ok ' if state else '-- '} {name:<18} {state or 'missing'}")


def _node_version() -> str | None:
    node = shutil.which("node")
    if node is None:
        return None
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    major = version.stdout.strip().lstrip("v").split(".")[0]
    return version.stdout.strip() if major.isdigit() and int(major) >= 20 else None


def make_venv() -> None:
    made_from = digest([ROOT / "pyproject.toml"]) + sys.version
    if python().exists() and is_fresh("venv", made_from):
        return
    announce("Python packages -> .venv")
    if not python().exists():
        _create_venv()
    run(python(), "-m", "pip", "install", "--quiet", "--editable", ".[dev]")
    mark("venv", made_from)


def _create_venv() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 - this is where it is checked
        stop(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")
    try:
        import ensurepip  # noqa: F401  Debian splits it off
    except ImportError:
        if not apt_install("python3-venv"):
            stop(
                "This Python cannot make a virtual environment. Debian: apt-get install python3-venv"
            )
    run(sys.executable, "-m", "venv", VENV)


def make_node_modules() -> None:
    made_from = digest([ROOT / "package.json", ROOT / "package-lock.json"])
    if (ROOT / "node_modules").exists() and is_fresh("npm", made_from):
        return
    if _node_version() is None:
        stop(
            "Node 20 or newer is needed (Debian: apt-get install nodejs npm, or a release from the Node project)."
        )
    announce("npm packages -> node_modules")
    run("npm", "ci", "--no-audit", "--no-fund", "--loglevel=error")
    mark("npm", made_from)


def make_tools() -> None:
    """Rewrite the built modules for fuel and put them where the wheel and the page take them from."""
    made_from = digest(
        [
            ROOT / "wasm/bin",
            ROOT / "wasm/tools.toml",
            ROOT / "wasm/toolset.py",
            ROOT / "orchestrator/wasm",
        ]
    )
    if (TOOLS / "index.json").exists() and is_fresh("tools", made_from):
        return
    announce("tools, rewritten -> orchestrator/_tools")
    run(python(), "wasm/toolset.py", TOOLS)
    mark("tools", made_from)


def setup(_: argparse.Namespace) -> None:
    """Everything a developer needs: Python packages, npm packages, rewritten and compiled tools."""
    make_venv()
    make_node_modules()
    make_tools()
    run(python(), "-m", "pagebox", "warm")


def wasm(options: argparse.Namespace) -> None:
    """Rebuild tools from source (Rust): all, or those named."""
    make_venv()
    run(python(), "wasm/toolchain.py", *options.names)


def web(options: argparse.Namespace) -> None:
    """Build the page into web/dist."""
    make_venv()
    make_node_modules()
    make_tools()
    sources = [ROOT / name for name in (*PACKAGES, "web", "package-lock.json", "wasm/tools.toml")]
    made_from = digest(p for p in _files(sources) if DIST not in p.parents)
    if (DIST / "index.html").exists() and is_fresh("web", made_from):
        return
    announce("the page -> web/dist")
    run(python(), "web/site.py", DIST, env={"CHROMIUM": chromium()})
    mark("web", made_from)


def wheel(_: argparse.Namespace) -> None:
    """Build the wheel, tools included, into dist/."""
    make_venv()
    make_tools()
    run(python(), "-m", "hatchling", "build", "-t", "wheel")


def serve(options: argparse.Namespace) -> None:
    """Build what is missing, serve the playground, print its address."""
    web(options)
    run(python(), "web/serve.py", DIST, "--port", str(options.port))


def lint() -> None:
    run(python(), "-m", "ruff", "check", ".")
    run(python(), "-m", "ruff", "format", "--check", ".")
    run(python(), "-m", "mypy")


def test(options: argparse.Namespace) -> None:
    """Check style and types, then run every test, in the browser too. Further arguments go to pytest."""
    setup(options)
    web(options)
    if not options.names:
        lint()
    run(python(), "-m", "pytest", *options.names, env={"CHROMIUM": chromium()})


def bench(options: argparse.Namespace) -> None:
    """Measure ours, native tools and just-bash in one run and print ratios."""
    setup(options)
    web(options)
    run(python(), "tests/bench/bench.py", *options.names, env={"CHROMIUM": chromium()})


def clean(_: argparse.Namespace) -> None:
    """Delete what this script made, and nothing else."""
    for folder in (STAMPS, DIST, TOOLS, VENV, ROOT / "node_modules", ROOT / "dist"):
        print(f"rm -r {folder.relative_to(ROOT)}")
        shutil.rmtree(folder, ignore_errors=True)


def everything(options: argparse.Namespace) -> None:
    """setup, web, wheel, test."""
    for step in (setup, web, wheel, test):
        step(options)


STEPS: dict[str, Callable[[argparse.Namespace], None]] = {
    "doctor": doctor,
    "setup": setup,
    "wasm": wasm,
    "web": web,
    "wheel": wheel,
    "serve": serve,
    "test": test,
    "bench": bench,
    "clean": clean,
    "all": everything,
}


def main() -> int:
    summary = "\n".join(
        f"  {name:<8} {(step.__doc__ or '').splitlines()[0]}" for name, step in STEPS.items()
    )
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").splitlines()[0],
        epilog=f"steps:\n{summary}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("step", choices=STEPS, metavar="step")
    parser.add_argument(
        "--port", type=int, default=8000, help="where `serve` listens (default 8000)"
    )
    options, rest = parser.parse_known_args()
    options.names = rest
    started = time.monotonic()
    try:
        STEPS[options.step](options)
    except StepFailed as reason:
        print(f"build.py: {reason}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print(f"== {options.step}: done in {time.monotonic() - started:.1f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
