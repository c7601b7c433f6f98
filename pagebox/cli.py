"""The command `pagebox`: a shell script, a file, standard input or an interactive shell, in a sandbox.

Stands on the same machine as `Sandbox`, and runs it on the main thread instead of one of its own.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.errors import SandboxError
from orchestrator.kernel.limits import Limits
from orchestrator.platform.native.host import NativePlatform
from orchestrator.sandbox.machine import Machine, Options
from orchestrator.sandbox.rootfs import HOME
from orchestrator.sandbox.toolset import Toolset
from pagebox import console
from pagebox.mounts import Mount
from vfs.errors import text
from vfs.hostfs import HostFS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.platform.baton import BatonDriver

VERSION = "0.1.0"
USAGE_ERROR = 2
_DIRECT = (b"#!", b"\0asm")

_USAGE = """\
pagebox [options]                     an interactive shell, or the script on standard input
       pagebox [options] -c SCRIPT [NAME [ARG ...]]
       pagebox [options] FILE [ARG ...]      a script or a WASI module of this machine
       pagebox warm                          compile the tools ahead of their first use"""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="pagebox", usage=_USAGE, description="A Unix in a box.")
    add = parser.add_argument
    add("-c", dest="script", metavar="SCRIPT", help="run this text as a shell script")
    add(
        "-m",
        "--mount",
        action="append",
        default=[],
        metavar="HOST:GUEST[:rw]",
        help="show a folder of this machine inside, read-only unless :rw",
    )
    add(
        "-e",
        "--env",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="set a variable inside",
    )
    add(
        "-t",
        "--timeout",
        type=float,
        metavar="SECONDS",
        help="end everything after this time (status 124)",
    )
    add(
        "--memory",
        type=int,
        metavar="MIB",
        help="linear memory one process may have (default 1024)",
    )
    add(
        "--strace", action="store_true", help="show the system calls of compiled programs on stderr"
    )
    add("--version", action="version", version=f"pagebox {VERSION}")
    add("words", nargs=argparse.REMAINDER, metavar="FILE [ARG ...]", help="what to run")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    parser = _parser()
    options = parser.parse_args(argv)
    try:
        if options.script is None and options.words == ["warm"]:
            return warm()
        return _run(options)
    except SandboxError as error:
        console.announce(str(error))
        return 1
    except ValueError as error:
        parser.print_usage(sys.stderr)
        console.announce(str(error))
        return USAGE_ERROR
    except OSError as error:
        about = f"{error.filename}: " if error.filename else ""
        console.announce(f"{about}{text(error)}")
        return 126 if isinstance(error, PermissionError | IsADirectoryError) else 127


def _run(options: argparse.Namespace) -> int:
    environment = dict(_variable(item) for item in options.env)
    limits = Limits(memory=options.memory << 20) if options.memory else Limits()
    strace = (
        (lambda line: os.write(2, f"{line}\n".encode("utf-8", "replace")))
        if options.strace
        else None
    )
    machine = Machine(
        NativePlatform(announce=console.announce),
        Toolset.bundled(),
        Options(limits=limits, env=environment, strace=strace),  # type: ignore[arg-type]
    )
    for mount in map(Mount.parse, options.mount):
        machine.mount(
            mount.guest, HostFS(mount.host, writable=not mount.read_only), source=mount.host
        )
    words, path = _command(options, machine)
    return console.Console(machine).run(words, path=path, timeout=options.timeout)


def _command(
    options: argparse.Namespace, machine: Machine[BatonDriver]
) -> tuple[list[str], str | None]:
    """The arguments of the first process, and its program if that is not the shell."""
    if options.script is not None:
        return ["bash", "-c", options.script, *options.words], None
    if options.words:
        return _file(options.words, machine)
    interactive = os.isatty(0) and os.isatty(1)
    return ["-bash" if interactive else "bash"], None


def _file(words: list[str], machine: Machine[BatonDriver]) -> tuple[list[str], str | None]:
    """Copy a file of the host into the home folder and run it there."""
    source = Path(words[0])
    data = source.read_bytes()
    inside = f"{HOME}/{source.name}"
    machine.files.write(inside, data, mode=0o755)
    machine.files.chmod(inside, 0o755)
    if data.startswith(_DIRECT):
        return [inside, *words[1:]], inside
    return ["bash", inside, *words[1:]], None


def _variable(item: str) -> tuple[str, str]:
    name, equals, value = item.partition("=")
    if not equals or not name:
        raise ValueError(f"--env takes NAME=VALUE, not {item!r}")
    return name, value


def warm() -> int:
    """Compile every tool into the cache, saying how far it is."""
    platform = NativePlatform()
    modules = Toolset.bundled().modules
    for number, module in enumerate(modules, 1):
        started = time.monotonic()
        fresh = platform.cache.find(module.key) is None
        if fresh:
            print(
                f"[{number}/{len(modules)}] {module.label} ({module.size / 1e6:.1f} MB) ...",
                end=" ",
                flush=True,
            )
            platform.cache.compile(module.load(), module.key, module.label)
            print(f"{time.monotonic() - started:.1f} s", flush=True)
        else:
            print(f"[{number}/{len(modules)}] {module.label}: ready", flush=True)
    return 0
