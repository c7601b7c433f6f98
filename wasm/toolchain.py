"""Builds the tools in `wasm/bin` from nothing but the package registries.

Standard library only. `build.py wasm [tool]` calls `build`; `python3 wasm/toolchain.py [--accept] [tool ...]` is the
same thing. What a tool is made of stands in `tools.toml`; this file knows how a module is made:

1. `ziglang` supplies the C compiler and a wasi-libc. Its libc archives are copied to a sysroot folder.
2. The linker is a wrapper round `wasm-ld` which adds the start file, the libc and the constructor in
   `shared/workdir.c` that puts every tool into its working directory, and replaces libc functions that know no
   modes and owners by those of `shared/attributes.c`.
3. The crates a tool needs are vendored by its Cargo.lock, and the patches of `patches/<crate>-<version>/` applied.
4. Debian's cargo builds the standard library and the tool; there is no rustup target to install.

A tool with `recipe = "c"` is made of source packages instead (`csource.py`), compiled file by file (`ctool.py`) and
linked by the same linker with the same shared files.

A module that imports anything but its list in `tools.toml`, is larger than its budget or tells
where it was built is refused. Built modules go to `build/out`; only `--accept` replaces the committed ones.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WASM = Path(__file__).resolve().parent
sys.path.insert(0, str(WASM.parent))

from orchestrator.wasm import PAGEBOX, WasmError, inspect  # noqa: E402
from orchestrator.wasm import check as check_module  # noqa: E402
from wasm.csource import SourceError  # noqa: E402
from wasm.ctool import Compiler, compile_c  # noqa: E402
from wasm.scripts import COMPILER, LINKER, write_script  # noqa: E402

BUILD = WASM / "build"
SYSROOT = BUILD / "sysroot"
WRAPPERS = BUILD / "bin"
OUT = BUILD / "out"
BIN = WASM / "bin"
SUMS = BIN / "SHA256SUMS"
TARGET = "wasm32-wasip1"

# Debian's packages; a rustup toolchain that comes first on PATH has no standard library source to build from.
CARGO = Path("/usr/bin/cargo")
RUSTC = Path("/usr/bin/rustc")
WASM_LD = Path("/usr/bin/wasm-ld-22")
RUST_SOURCE = Path("/usr/lib/rustlib/src/rust")
PACKAGES = "rustc-web cargo-web rust-web-src lld-22 patch python3-venv"

LIBC_PARTS = ("libc.a", "libzigc.a", "libcompiler_rt.a")
START_FILES = {"crt1-command.o": (), "crt1-reactor.o": ("-mexec-model=reactor",)}
SHARED = ("workdir", "attributes")
SHARED_BY_C = (
    *("stdio", "interrupts", "signals", "process", "descriptors"),
    *("terminal", "accounts", "temporary", "resources"),
)
REPLACED = (
    "__wasilibc_nocwd_fstatat",
    "__wasilibc_nocwd_faccessat",
    "fstat",
    "chmod",
    "fchmod",
    "fchmodat",
    "isatty",
    "link",
    "linkat",
)


class ToolchainError(Exception):
    """Something needed to build a tool is missing, or what was built must not be used. The text says what to do."""


@dataclass(frozen=True, slots=True)
class Tool:
    """One entry of `tools.toml`: what is built and what it may be."""

    name: str
    module: str
    binary: str
    stack: int
    budget: int
    pagebox_imports: frozenset[str]
    recipe: str

    @property
    def folder(self) -> Path:
        return WASM / self.name

    @property
    def crates(self) -> Path:
        return BUILD / "vendor" / self.name

    @property
    def target(self) -> Path:
        return BUILD / "target" / self.name

    @property
    def prepared(self) -> bool:
        """Whether it is started at build time."""
        return (self.folder / "library.c").exists()


def build(tool_names: Sequence[str] | None = None, *, accept: bool = False) -> int:
    """Builds the named tools (all of them by default) and reports on each; returns an exit status.

    `accept` copies what was built to `wasm/bin` and rewrites `SHA256SUMS`. Otherwise a module that differs from the
    committed one is reported, and is no error: another compiler version is enough to change it.
    """
    try:
        tools = chosen(load_tools(), tool_names)
        check_prerequisites(tools)
        make_sysroot()
        make_wrappers()
        for tool in tools:
            compile_tool(tool)
            report(tool, accept=accept)
    except (ToolchainError, SourceError, subprocess.CalledProcessError) as error:
        print(f"wasm: {error}", file=sys.stderr)
        return 1
    return 0


def read_table() -> dict[str, Any]:
    """All of `tools.toml`."""
    return tomllib.loads((WASM / "tools.toml").read_text("utf-8"))


def load_tools() -> dict[str, Tool]:
    """Reads `tools.toml`."""
    table = read_table()["tool"]
    return {name: _tool(name, entry) for name, entry in table.items()}


def _tool(name: str, entry: Mapping[str, object]) -> Tool:
    return Tool(
        name=name,
        module=str(entry["module"]),
        binary=str(entry.get("binary", name)),
        stack=int(str(entry["stack"])),
        budget=int(str(entry["budget"])),
        pagebox_imports=frozenset(_strings(entry["pagebox_imports"])),
        recipe=str(entry.get("recipe", "rust")),
    )


def _strings(value: object) -> list[str]:
    assert isinstance(value, list)
    return [str(item) for item in value]


def chosen(tools: Mapping[str, Tool], names: Sequence[str] | None) -> list[Tool]:
    """The tools called `names`, in that order.

    Raises ToolchainError for a name `tools.toml` does not have.
    """
    unknown = [name for name in names or [] if name not in tools]
    if unknown:
        raise ToolchainError(f"no such tool: {', '.join(unknown)} (there are: {', '.join(tools)})")
    return [tools[name] for name in names] if names else list(tools.values())


# --- prerequisites -----------------------------------------------------------------------------------------------


def check_prerequisites(tools: Sequence[Tool]) -> None:
    """Raises ToolchainError naming every program that the tools need and that is missing, and how to get it."""
    rust = [CARGO, RUSTC, RUST_SOURCE / "library" / "Cargo.toml"]
    wanted = [WASM_LD, *(rust if any(tool.recipe == "rust" for tool in tools) else [])]
    missing = [str(path) for path in wanted if not path.exists()]
    missing += ["patch"] if shutil.which("patch") is None else []
    if missing:
        raise ToolchainError(
            f"missing: {', '.join(missing)}. On Debian, as root: apt-get install {PACKAGES}"
        )


def zig() -> list[str]:
    """The command that runs Zig's tools, from a virtual environment made on first use."""
    python = BUILD / "venv" / "bin" / "python"
    wanted = read_table()["toolchain"]["ziglang"]
    marker = BUILD / "venv" / f"ziglang-{wanted}"
    if not marker.exists():
        run([sys.executable, "-m", "venv", str(BUILD / "venv")])
        run([str(python), "-m", "pip", "install", "-q", f"ziglang=={wanted}"])
        marker.touch()
    return [str(python), "-m", "ziglang"]


def run(
    command: Sequence[str], *, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> str:
    """Prints a command, runs it and returns its standard output.

    Only changes to the environment are given. Raises subprocess.CalledProcessError.
    """
    changes = " ".join(f"{name}={shlex.quote(value)}" for name, value in (env or {}).items())
    print(f"+ {changes} {shlex.join(command)}".replace("+  ", "+ "), flush=True)
    whole = {**os.environ, **(env or {})}
    return subprocess.run(
        command, cwd=cwd, env=whole, check=True, text=True, stdout=subprocess.PIPE
    ).stdout


# --- sysroot and wrappers ----------------------------------------------------------------------------------------


def make_sysroot() -> None:
    """Copies the libc that `ziglang` builds, and compiles the shared constructor."""
    SYSROOT.mkdir(parents=True, exist_ok=True)
    parts = (*LIBC_PARTS, *START_FILES)
    if not all((SYSROOT / part).exists() for part in parts):
        for start_file, flags in START_FILES.items():
            copy_libc(flags, (*LIBC_PARTS, start_file))
    for name in (*SHARED, *SHARED_BY_C):
        compile_shared(name)


def shared_object(name: str) -> Path:
    """Where the compiled form of a shared C file lies. Cargo links anew when the name has changed."""
    source = WASM / "shared" / f"{name}.c"
    return SYSROOT / f"{name}-{hashlib.sha256(source.read_bytes()).hexdigest()[:12]}.o"


def compile_shared(name: str) -> None:
    """Compiles one of the C files that every tool is linked with, if it changed."""
    compiled = shared_object(name)
    if not compiled.exists():
        include = [f"-I{WASM / 'shared' / 'include'}"] if name in SHARED_BY_C else []
        compile_object(WASM / "shared" / f"{name}.c", compiled, include)


def compile_object(source: Path, compiled: Path, more: Sequence[str] = ()) -> None:
    """Compiles a C file of ours."""
    flags = ["-O2", "-g0", "-Wall", "-Wextra", "-Werror", f"-ffile-prefix-map={WASM}=wasm", *more]
    run([*zig(), "cc", "-target", "wasm32-wasi", *flags, "-c", str(source), "-o", str(compiled)])


def copy_libc(flags: Sequence[str], wanted: Sequence[str]) -> None:
    """Links an empty program verbosely and copies the libc files that Zig names."""
    empty = BUILD / "empty.c"
    empty.write_text("int main(void) { return 0; }\n", "utf-8")
    command = [*zig(), "cc", "-target", "wasm32-wasi", "-O2", "-g0", *flags, str(empty), "-v", "-o"]
    command.append(str(BUILD / "empty.wasm"))
    print("+", shlex.join(command), flush=True)
    done = subprocess.run(command, check=True, text=True, stderr=subprocess.PIPE, cwd=BUILD)
    found = {Path(name).name: Path(name) for name in re.findall(r"\S+\.(?:o|a)\b", done.stderr)}
    for name in wanted:
        if name not in found:
            raise ToolchainError(f"ziglang did not name {name}; its output was:\n{done.stderr}")
        shutil.copyfile(found[name], SYSROOT / name)


def make_wrappers() -> None:
    """Writes the linker, compiler and archiver that cargo is told to use."""
    WRAPPERS.mkdir(parents=True, exist_ok=True)
    zig_command = shlex.join(zig())
    libraries = shlex.join(str(SYSROOT / part) for part in LIBC_PARTS)
    linker = LINKER.format(ld=WASM_LD, sysroot=shlex.quote(str(SYSROOT)), libraries=libraries)
    write_script(WRAPPERS / "pagebox-ld", linker)
    write_script(WRAPPERS / "pagebox-cc", COMPILER.format(zig=zig_command))
    write_script(WRAPPERS / "pagebox-ar", f'exec {zig_command} ar "$@"\n')


# --- crates ------------------------------------------------------------------------------------------------------


def vendor(tool: Tool) -> None:
    """Copies the crates of the tool and of the standard library to a folder, and patches them.

    A folder of its own per tool, because uucore's build script takes in the messages of every `uu_*` crate that lies
    beside it: taken from cargo's shared cache, the result would depend on what else was ever built on the machine.
    """
    stamp = tool.crates / ".complete"
    digest = recipe_digest(tool)
    if stamp.exists() and stamp.read_text("utf-8") == digest:
        return
    shutil.rmtree(tool.crates, ignore_errors=True)
    std = RUST_SOURCE / "library" / "Cargo.toml"
    flags = ["--locked", "--versioned-dirs", "--quiet", "--sync", str(std)]
    run(
        [str(CARGO), "vendor", *flags, str(tool.crates)],
        cwd=tool.folder,
        env=cargo_environment(tool),
    )
    for patch in patches_for(tool):
        apply_patch(tool.crates / patch.parent.name, patch)
    stamp.write_text(digest, "utf-8")


def patches_for(tool: Tool) -> Iterator[Path]:
    """The patch files for the crates in the tool's Cargo.lock, in order."""
    lock = (tool.folder / "Cargo.lock").read_text("utf-8")
    for folder in sorted((WASM / "patches").iterdir()):
        name, version = folder.name.rsplit("-", 1)
        if f'name = "{name}"\nversion = "{version}"\n' in lock:
            yield from sorted(folder.glob("*.patch"))


def apply_patch(crate: Path, patch: Path) -> None:
    """Applies one patch and makes cargo accept the changed files; the package's own checksum stays."""
    run(["patch", "-p1", "--no-backup-if-mismatch", "-d", str(crate), "-i", str(patch)])
    checksums = crate / ".cargo-checksum.json"
    record = json.loads(checksums.read_text("utf-8"))
    checksums.write_text(json.dumps({"files": {}, "package": record["package"]}), "utf-8")


def recipe_digest(tool: Tool) -> str:
    """Changes whenever the tool's Cargo.lock or a patch for it changes."""
    digest = hashlib.sha256((tool.folder / "Cargo.lock").read_bytes())
    for patch in patches_for(tool):
        digest.update(patch.read_bytes())
    return digest.hexdigest()


# --- compiling ---------------------------------------------------------------------------------------------------


def compile_tool(tool: Tool) -> None:
    """Builds one tool and puts the module into `build/out`."""
    if tool.recipe == "c":
        compile_c(tool.name, c_compiler(tool), OUT / tool.module)
        return
    vendor(tool)
    command = [str(CARGO), "rustc", "--release", "--locked", "--target", TARGET]
    command += ["-Z", "build-std=std,panic_abort", "--ignore-rust-version"]
    command += ["--target-dir", str(tool.target), *vendored_sources(tool)]
    command += ["--", *link_flags(tool)]
    run(command, cwd=tool.folder, env=cargo_environment(tool))
    OUT.mkdir(exist_ok=True)
    built = tool.target / TARGET / "release" / f"{tool.binary}.wasm"
    if tool.prepared:
        prepare(tool, built)
    else:
        replace(built, OUT / tool.module)


def prepare(tool: Tool, built: Path) -> None:
    """Lets a tool start once at build time, in the project's own environment (build.py setup)."""
    python = WASM.parent / ".venv" / "bin" / "python"
    pylib = next(tool.crates.glob("rustpython-pylib-*")) / "Lib"
    work = BUILD / "prepare" / tool.name
    paths = [built, pylib, tool.folder / "lib", work, OUT / tool.module]
    run([str(python), str(WASM / "preinit.py"), str(tool.stack), *map(str, paths)])


def c_compiler(tool: Tool) -> Compiler:
    """What a tool in C is compiled and linked with."""
    by_c = (WASM / "shared" / "wrapped.txt").read_text("ascii").split()
    wraps = [f"--wrap={name}" for name in (*REPLACED, *by_c)]
    shared = [str(shared_object(name)) for name in (*SHARED, *SHARED_BY_C)]
    return Compiler(
        command=[*zig(), "cc", "-target", "wasm32-wasi"],
        linker=[str(WRAPPERS / "pagebox-ld")],
        link_flags=[f"-zstack-size={tool.stack}", *wraps, *shared],
    )


def vendored_sources(tool: Tool) -> list[str]:
    """Options that make cargo take the tool's crates from the vendored folder."""
    replacement = 'source.crates-io.replace-with="vendored"'
    return ["--config", replacement, "--config", f'source.vendored.directory="{tool.crates}"']


def cargo_environment(tool: Tool) -> dict[str, str]:
    """What a build changes in the environment.

    RUSTC_BOOTSTRAP lets a stable compiler build its own standard library. LANG would decide which translations uucore
    takes in, and RUSTPYTHON_PREFIX becomes sys.prefix.
    """
    return {
        "RUSTC": str(RUSTC),
        "RUSTC_BOOTSTRAP": "1",
        "RUSTFLAGS": " ".join(rust_flags(tool)),
        "SOURCE_DATE_EPOCH": "1767225600",
        "LANG": "C",
        "RUSTPYTHON_PREFIX": "/usr",
        "CC_wasm32_wasip1": str(WRAPPERS / "pagebox-cc"),
        "AR_wasm32_wasip1": str(WRAPPERS / "pagebox-ar"),
        "CFLAGS_wasm32_wasip1": f"-O2 -g0 -ffile-prefix-map={tool.crates}=crates",
        "ZIG_GLOBAL_CACHE_DIR": str(BUILD / "zig-cache"),
    }


def rust_flags(tool: Tool) -> list[str]:
    """Flags for rustc. The last prefix map that matches wins, so the widest comes first."""
    return [
        f"-Clinker={WRAPPERS / 'pagebox-ld'}",
        "-Clink-self-contained=no",
        f"-L{SYSROOT}",
        f"--remap-path-prefix={WASM}=/pagebox",
        f"--remap-path-prefix={tool.target}=/target",
        f"--remap-path-prefix={tool.crates}=/crates",
        f"--remap-path-prefix={RUST_SOURCE}=/rust",
        f"--remap-path-prefix={RUST_SOURCE.resolve()}=/rust",
    ]


def link_flags(tool: Tool) -> list[str]:
    """Flags for the last step alone, so that a change in them does not build the world anew."""
    wraps = [f"--wrap={name}" for name in REPLACED]
    shared = [str(shared_object(name)) for name in SHARED]
    if tool.prepared:
        compile_object(tool.folder / "library.c", own := BUILD / f"{tool.name}-library.o")
        shared.append(str(own))
    return [f"-Clink-arg={item}" for item in (f"-zstack-size={tool.stack}", *wraps, *shared)]


def replace(source: Path, destination: Path) -> None:
    """Copies a file so that no reader ever sees half of it."""
    temporary = destination.with_suffix(".new")
    shutil.copyfile(source, temporary)
    temporary.replace(destination)


# --- judging what was built --------------------------------------------------------------------------------------


def report(tool: Tool, *, accept: bool) -> None:
    """Prints size, hash and imports of a built module.

    Raises ToolchainError if it must not be used.
    """
    data = (OUT / tool.module).read_bytes()
    check(tool, data)
    info = inspect(data)
    digest = hashlib.sha256(data).hexdigest()
    known = committed_sums().get(tool.module)
    verdict = (
        "same as committed" if known == digest else "not the committed one" if known else "new"
    )
    print(f"{tool.module}: {len(data):,} bytes of {tool.budget:,}, sha256 {digest}: {verdict}")
    print("  imports: " + " ".join(str(item) for item in info.imports))
    print("  exports: " + " ".join(item.name for item in info.exports))
    print("  features: " + (" ".join(sorted(info.features)) or "none"))
    if accept:
        accept_module(tool, digest)


def check(tool: Tool, data: bytes) -> None:
    """Raises ToolchainError if a module is too large, asks for too much or names a folder of this machine."""
    try:
        check_module(data)
    except WasmError as error:
        raise ToolchainError(f"{tool.module} {error}") from error
    extensions = {item.name for item in inspect(data).imports if item.module == PAGEBOX}
    if extensions != tool.pagebox_imports:
        listed = " ".join(sorted(extensions))
        raise ToolchainError(
            f"{tool.module} imports pagebox.{{{listed}}}: not what tools.toml says"
        )
    if len(data) > tool.budget:
        raise ToolchainError(
            f"{tool.module} has {len(data):,} bytes; its budget is {tool.budget:,}"
        )
    private = [str(path) for path in (WASM.parent, Path.home()) if f"{path}/".encode() in data]
    if private:
        raise ToolchainError(f"{tool.module} contains paths of this machine: {', '.join(private)}")


def committed_sums() -> dict[str, str]:
    """Module name to sha256, from `SHA256SUMS`."""
    if not SUMS.exists():
        return {}
    lines = [line.split() for line in SUMS.read_text("ascii").splitlines()]
    return {name: digest for digest, name in lines}


def accept_module(tool: Tool, digest: str) -> None:
    """Makes a built module the one that is committed."""
    BIN.mkdir(exist_ok=True)
    replace(OUT / tool.module, BIN / tool.module)
    sums = {**committed_sums(), tool.module: digest}
    SUMS.write_text("".join(f"{sums[name]}  {name}\n" for name in sorted(sums)), "ascii")


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("tool", nargs="*", help="tools to build (default: all)")
    parser.add_argument("--accept", action="store_true", help="replace the modules in wasm/bin")
    options = parser.parse_args()
    return build(options.tool or None, accept=options.accept)


if __name__ == "__main__":
    raise SystemExit(main())
