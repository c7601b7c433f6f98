"""Writes down whose code is inside the modules: `LICENCES.md` (a table) and `licences/NOTICES.txt` (the texts).

Standard library only; run `python3 wasm/notices.py` after a build, when the crates are vendored. Counted is what is
linked: the crates reachable from a tool by ordinary dependencies for wasm32-wasip1, without build scripts and macros,
which run on the builder's machine. Only permissive licences may be in there; anything else is an error.

Of the tools written in C, the archives their recipes name are counted; a file that is under another licence is named in
the recipe's licence expression. Their table and `licences/NOTICES-C.txt` do not need the crates: as long as the crates
of some tool are not vendored, the first table stays as it is.
"""

from __future__ import annotations

import json
import re
import sys
import tarfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from wasm import csource, toolchain
from wasm.toolchain import TARGET, WASM, Tool, ToolchainError

TABLE = WASM / "LICENCES.md"
NOTICES = WASM / "licences" / "NOTICES.txt"
NOTICES_C = WASM / "licences" / "NOTICES-C.txt"

PERMISSIVE = frozenset(
    {
        "0BSD",
        "Apache-2.0",
        "BSD-1-Clause",
        "BSD-2-Clause",
        "BSD-2-Clause-Views",
        "BSD-3-Clause",
        "BSL-1.0",
        "CC0-1.0",
        "ICU",
        "ISC",
        "Info-ZIP",
        "MIT",
        "MIT-0",
        "NCSA",
        "Less",
        "PSF-2.0",
        "Python-2.0",
        "SMLNJ",
        "Unicode-3.0",
        "Unicode-DFS-2016",
        "Unlicense",
        "Zlib",
        "blessing",
        "bzip2-1.0.6",
        "public-domain",
    }
)

# Crates that name a file instead of a licence; what the file says.
BY_FILE = {"mt19937": "BSD-3-Clause", "rustpython-pylib": "PSF-2.0"}

# What is no crate. Their licence files are not in the vendored folders, so their notices are kept by hand.
OTHERS = (
    ("Rust standard library", "1.96.0", "MIT OR Apache-2.0"),
    ("wasi-libc", "as in ziglang 0.17.0", "MIT OR Apache-2.0 OR Apache-2.0 WITH LLVM-exception"),
    ("musl", "as in wasi-libc", "MIT"),
    ("cloudlibc", "as in wasi-libc", "BSD-2-Clause"),
    ("dlmalloc", "as in wasi-libc", "CC0-1.0"),
    ("Zig libc and compiler runtime", "0.17.0", "MIT"),
    ("Python standard library", "3.14, in rustpython-pylib", "Python-2.0"),
)

HEAD = """\
# Licences of the parts inside the modules

Written by `python3 wasm/notices.py`; do not edit. All of it is permissive: nothing here asks that programs run by the
tools, or pages that ship them, be under any particular licence. The notices that must travel with the modules are in
`licences/NOTICES.txt` and `licences/NOTICES-C.txt`.

| part | version | licence | in |
|---|---|---|---|
"""


HEAD_C = """\

## Tools written in C

| part | version | licence | in |
|---|---|---|---|
"""


def main() -> int:
    """Writes the files; returns an exit status."""
    tools = toolchain.load_tools().values()
    try:
        first = crates_table([tool for tool in tools if tool.recipe == "rust"])
        sources = c_sources([tool for tool in tools if tool.recipe == "c"])
        check_permissive((source.name, source.licence) for source, _ in sources)
        TABLE.write_text(first + HEAD_C + "".join(c_rows(sources)), "utf-8")
        NOTICES_C.write_text("\n".join(c_texts(sources)), "utf-8")
    except (ToolchainError, csource.SourceError) as error:
        print(f"notices: {error}", file=sys.stderr)
        return 1
    return 0


def crates_table(tools: Iterable[Tool]) -> str:
    """The first table; as it was when crates are missing. Writes the crates' notices."""
    missing = [tool.name for tool in tools if not tool.crates.is_dir()]
    if missing:
        print(f"notices: kept those of crates: not vendored for {', '.join(missing)}")
        return TABLE.read_text("utf-8").partition(HEAD_C)[0]
    crates = linked_crates(tools)
    check_permissive((crate["name"], licence_of(crate)) for crate, _ in crates.values())
    NOTICES.parent.mkdir(exist_ok=True)
    NOTICES.write_text(texts(crates.values()), "utf-8")
    return HEAD + "".join(rows(crates.values()))


Sources = list[tuple[csource.Source, list[str]]]


def c_sources(tools: Iterable[Tool]) -> Sources:
    """The archives that tools in C are made of, with the names of the tools, by name."""
    found: dict[str, tuple[csource.Source, list[str]]] = {}
    for tool in tools:
        for source in csource.read_recipe(tool.folder).archives:
            found.setdefault(source.file, (source, []))[1].append(tool.name)
    return sorted(found.values(), key=lambda pair: pair[0].name)


def c_rows(sources: Sources) -> Iterable[str]:
    """The lines of the second table."""
    for source, tools in sources:
        yield f"| {source.name} | {source.version} | {source.licence} | {', '.join(tools)} |\n"


def c_texts(sources: Sources) -> Iterable[str]:
    """The licence files in each archive."""
    ruler = "=" * 100
    for source, _ in sources:
        with tarfile.open(csource.archive(source)) as packed:
            members = {item.name: item for item in csource.without_top(packed)}
            for name in source.notices:
                stream = packed.extractfile(members[name])
                assert stream is not None
                text = stream.read().decode("utf-8", "replace").strip()
                yield f"{ruler}\n{source.name} {source.version}\n{ruler}\n\n{text}\n"


def linked_crates(tools: Iterable[Tool]) -> dict[str, tuple[dict[str, Any], list[str]]]:
    """Package id to the crate's metadata and the names of the tools it is linked into, by name and version."""
    found: dict[str, tuple[dict[str, Any], list[str]]] = {}
    for tool in tools:
        metadata = read_metadata(tool)
        packages = {package["id"]: package for package in metadata["packages"]}
        for identity in reachable(metadata, packages):
            found.setdefault(key(packages[identity]), (packages[identity], []))[1].append(tool.name)
    return dict(sorted(found.items()))


def key(package: Mapping[str, Any]) -> str:
    """How a crate is named in both files."""
    return f"{package['name']} {package['version']}"


def read_metadata(tool: Tool) -> dict[str, Any]:
    """What cargo knows of the tool's dependencies; they must be vendored."""
    if not tool.crates.is_dir():
        raise ToolchainError(f"build {tool.name} first: its crates are not vendored")
    command = [str(toolchain.CARGO), "metadata", "--format-version", "1", "--locked", "--offline"]
    command += ["--filter-platform", TARGET, *toolchain.vendored_sources(tool)]
    env = toolchain.cargo_environment(tool)
    metadata: dict[str, Any] = json.loads(toolchain.run(command, cwd=tool.folder, env=env))
    return metadata


def reachable(metadata: Mapping[str, Any], packages: Mapping[str, Any]) -> set[str]:
    """The packages that are linked into the root package, which is ours and not counted."""
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    root = metadata["resolve"]["root"]
    seen: set[str] = set()
    waiting = [root]
    while waiting:
        for dependency in nodes[waiting.pop()]["deps"]:
            linked = any(kind["kind"] is None for kind in dependency["dep_kinds"])
            if (
                linked
                and dependency["pkg"] not in seen
                and not is_macro(packages[dependency["pkg"]])
            ):
                seen.add(dependency["pkg"])
                waiting.append(dependency["pkg"])
    return seen


def is_macro(package: Mapping[str, Any]) -> bool:
    """Whether a crate runs inside the compiler only."""
    return any("proc-macro" in target["kind"] for target in package["targets"])


def licence_of(package: Mapping[str, Any]) -> str:
    """The crate's licence expression; older crates write `/` for OR."""
    known = package["license"] or BY_FILE.get(package["name"], "unknown")
    return str(known).replace("/", " OR ").replace("  ", " ")


def check_permissive(named: Iterable[tuple[str, str]]) -> None:
    """Raises ToolchainError for every part that cannot be used under permissive licences alone."""
    offenders = [f"{name} ({licence})" for name, licence in named if not is_permissive(licence)]
    if offenders:
        raise ToolchainError(f"not permissive: {', '.join(offenders)}")


def is_permissive(expression: str) -> bool:
    """Whether an SPDX expression can be met with permissive licences: OR asks for one side, AND for both.

    Brackets are only resolved where they hold nothing but permissive licences.
    """
    flat = re.sub(
        r"\(([^()]*)\)", lambda match: "MIT" if is_permissive(match[1]) else "other", expression
    )
    return any(
        all(_name(part) in PERMISSIVE for part in side.split(" AND "))
        for side in flat.split(" OR ")
    )


def _name(part: str) -> str:
    return part.split(" WITH ")[0].strip()


def rows(crates: Iterable[tuple[Mapping[str, Any], list[str]]]) -> Iterable[str]:
    """The lines of the table."""
    for name, version, licence in OTHERS:
        yield (
            f"| {name} | {version} | {licence} | all |\n"
            if "Python" not in name
            else (f"| {name} | {version} | {licence} | python3 |\n")
        )
    for package, tools in crates:
        cells = (package["name"], package["version"], licence_of(package), ", ".join(tools))
        yield f"| {' | '.join(cells)} |\n"


def texts(crates: Iterable[tuple[Mapping[str, Any], list[str]]]) -> str:
    """Every distinct licence file, headed by the crates that carry it."""
    carriers: dict[str, list[str]] = {}
    for package, _ in crates:
        for path in licence_files(package):
            text = path.read_text("utf-8", errors="replace").strip()
            carriers.setdefault(text, []).append(key(package))
    ruler = "=" * 100
    parts = [
        f"{ruler}\n{', '.join(names)}\n{ruler}\n\n{text}\n" for text, names in carriers.items()
    ]
    return "\n".join([*by_hand(), *parts])


def by_hand() -> list[str]:
    """The notices of what is no crate."""
    folder = WASM / "licences" / "by-hand"
    return [path.read_text("utf-8") for path in sorted(folder.glob("*.txt"))]


def licence_files(package: Mapping[str, Any]) -> list[Path]:
    """Licence texts at the top of a crate's folder; of several licences to choose from, MIT's."""
    folder = Path(package["manifest_path"]).parent
    names = re.compile(r"(LICEN[CS]E|COPYING|NOTICE|COPYRIGHT|UNLICENSE)", re.IGNORECASE)
    files = sorted(path for path in folder.iterdir() if path.is_file() and names.match(path.name))
    chosen = [path for path in files if "MIT" in path.name.upper()]
    return chosen if chosen and "MIT" in licence_of(package).split(" OR ") else files


if __name__ == "__main__":
    raise SystemExit(main())
