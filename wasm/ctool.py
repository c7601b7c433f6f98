"""Compiles the tools written in C.

Standard library only. Called by `toolchain.py`, which supplies Zig's C compiler, its libc and the linker. Every file is
compiled by itself and in the order of its name, with the work folder left out of what the compiler writes down, so
that the module does not depend on where it was built.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from wasm.csource import BUILD, WASM, Recipe, SourceError, read_recipe, unpack

SHARED_HEADERS = WASM / "shared" / "include"
JOBS = 2
WARNINGS = ("-w",)


@dataclass(frozen=True, slots=True)
class Compiler:
    """What `toolchain.py` supplies: commands, and flags for the linker."""

    command: Sequence[str]
    linker: Sequence[str]
    link_flags: Sequence[str]


def work_folder(name: str) -> Path:
    """Where a tool's sources are unpacked and compiled."""
    return BUILD / "c" / name


def compile_c(name: str, compiler: Compiler, module: Path) -> None:
    """Builds a tool and writes the module.

    Raises SourceError, subprocess.CalledProcessError.
    """
    recipe = read_recipe(WASM / name)
    work = work_folder(name)
    unpack(recipe, WASM / name, work)
    objects = compile_files(recipe, compiler, work)
    linked = work / "linked.wasm"
    flags = ["--gc-sections", "--strip-all", "--export-memory", *recipe.link, *compiler.link_flags]
    run([*compiler.linker, *flags, *map(str, objects), "-o", str(linked)], work)
    optimise(linked, module)


def compile_files(recipe: Recipe, compiler: Compiler, work: Path) -> list[Path]:
    """Compiles what the recipe lists and returns the object files."""
    sources = list(selected(recipe, work))
    print(f"compiling {len(sources)} files in {work.name}: {shlex.join(recipe.flags)}", flush=True)
    flags = ["-g0", *WARNINGS, f"-ffile-prefix-map={work}=/src", *recipe.flags]
    if SHARED_HEADERS.is_dir():
        flags += [f"-I{SHARED_HEADERS}"]
    command = [*compiler.command, *flags]

    def compile_one(source: Path) -> Path:
        compiled = work / "objects" / f"{source.as_posix().replace('/', '.')}.o"
        run([*command, "-c", str(source), "-o", str(compiled)], work)
        return compiled

    (work / "objects").mkdir(exist_ok=True)
    with ThreadPoolExecutor(JOBS) as pool:
        return list(pool.map(compile_one, sources))


def selected(recipe: Recipe, work: Path) -> Iterator[Path]:
    """The files to compile, relative to the work folder.

    Raises SourceError for a pattern that finds nothing: a file has moved.
    """
    left_out = {path for pattern in recipe.leave_out for path in work.glob(pattern)}
    for pattern in recipe.files:
        found = sorted(set(work.glob(pattern)) - left_out)
        if not found:
            raise SourceError(f"{work.name}: no file is called {pattern}")
        yield from (path.relative_to(work) for path in found)


def optimise(linked: Path, module: Path) -> None:
    """Hands the linked module on."""
    module.parent.mkdir(exist_ok=True)
    temporary = module.with_suffix(".new")
    shutil.copyfile(linked, temporary)
    temporary.replace(module)


def run(command: Sequence[str], work: Path) -> None:
    """Runs a command in the work folder. Raises SourceError with what it said."""
    done = subprocess.run(command, cwd=work, text=True, capture_output=True, check=False)
    if done.returncode != 0:
        raise SourceError(f"{shlex.join(command)}:\n{done.stderr}")
