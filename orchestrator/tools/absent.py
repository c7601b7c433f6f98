"""Programs that people reach for and that cannot be here: each says so, and what works instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.kernel.system import System

NOT_FOUND = 127
_NO_NETWORK = "there is no network in this sandbox; the host can put files in"
_NO_PACKAGES = (
    "nothing can be installed; `help` lists what is here, and a WASI .wasm file runs by its path"
)

REASONS = {
    "apt": _NO_PACKAGES,
    "apt-get": _NO_PACKAGES,
    "curl": _NO_NETWORK,
    "docker": "this sandbox is itself a small machine; it cannot start others",
    "gcc": "there is no compiler; programs built elsewhere for wasm32-wasi run by their path",
    "git": "there is no git yet; the host can keep versions of the files it puts in",
    "node": "there is no JavaScript engine; python3 is here",
    "npm": _NO_PACKAGES,
    "perl": "there is no perl; python3, sed and grep are here",
    "pip": "packages cannot be installed yet; python3's standard library is here",
    "pip3": "packages cannot be installed yet; python3's standard library is here",
    "ping": _NO_NETWORK,
    "ssh": _NO_NETWORK,
    "sudo": "there is nobody to become: you own your files, and nothing here needs more rights",
    "wget": _NO_NETWORK,
}


def absent(name: str) -> Callable[[System], int]:
    """A program that says why `name` is not there, with a status of 127."""

    def main(system: System) -> int:
        system.stderr.write(f"{name}: not available in pagebox: {REASONS[name]}\n")
        return NOT_FOUND

    return main
