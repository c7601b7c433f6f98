"""Gives python3 its library, and starts it once and for all.

`finish(raw, ...)` makes the module that is committed from the one cargo built:

1. The interpreter itself compiles the library, Lib of the crate `rustpython-pylib` with the files of `python3/lib` laid
   over it, to one file of code objects and an index.
2. `pagebox_prepare` runs under wasmtime. It builds an interpreter and imports what programs use most; no arguments, no
   environment, nothing of any process is there to be read.
3. The memory it leaves becomes the module's data, `_start` begins after it, and the library is added as a passive
   segment, which takes no memory until something is imported from it.

So a process starts with its interpreter ready, and its memory holds what it uses.
"""

from __future__ import annotations

import os
import shutil
import struct
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import wasmtime

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from orchestrator.wasm.leb128 import decode_u32, encode_s32, encode_u32
from orchestrator.wasm.writer import write_section

PAGE = 65536
LIBRARY = "usr/lib/python3.14"
WORK = "library"
# What is left out: what needs a screen, C libraries, a network service or fork, and tests.
LEFT_OUT = [
    *(
        "antigravity.py",
        "_aix_support.py",
        "_android_support.py",
        "_apple_support.py",
        "_ios_support.py",
    ),
    *(
        "_osx_support.py",
        "_dummy_os.py",
        "_dummy_thread.py",
        "dummy_threading.py",
        "ctypes",
        "ensurepip",
    ),
    *("idlelib", "tkinter", "turtle.py", "turtledemo", "pydoc_data/topics.py", "venv"),
    *("asyncio/windows_events.py", "asyncio/windows_utils.py", "asyncio/proactor_events.py"),
]
# A run of data ends where at least this many zeros follow: a new segment costs about as much.
GAP = 64
ENOSYS = 52
CUSTOM, IMPORT, MEMORY, EXPORT, CODE, DATA, DATA_COUNT = 0, 2, 5, 7, 10, 11, 12
ORDER = (1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 10, 11)
START, PREPARE, RUN, READ = "_start", "pagebox_prepare", "pagebox_start", "pagebox_library_read"


class PreinitError(Exception):
    """The module is not what this file expects, or its interpreter could not be prepared."""


def finish(raw: bytes, pylib: Path, overlay: Path, work: Path, stack: int) -> bytes:
    """The finished module.

    Args:
        raw: what cargo and the linker made.
        pylib: the folder Lib of the crate.
        overlay: our files, which win over those of the same name.
        work: a folder to work in; its contents are replaced.
        stack: bytes of shadow stack, which lies at the start of the memory.
    """
    root = work / "root"
    lay_out(root, pylib, overlay)
    guest = Guest(raw, root)
    guest.compile_library()
    library = (root / WORK / "code").read_bytes()
    memory = guest.prepare()
    return assemble(raw, library, cleared(memory, stack))


def lay_out(root: Path, pylib: Path, overlay: Path) -> None:
    """Makes the file system the interpreter sees while it is built."""
    shutil.rmtree(root, ignore_errors=True)
    library = root / LIBRARY
    shutil.copytree(
        pylib,
        library,
        ignore=shutil.ignore_patterns("test", "tests", "__pycache__", "*.txt", "*.md"),
    )
    for name in LEFT_OUT:
        path = library / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    shutil.copytree(
        overlay, library, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__")
    )
    (root / WORK).mkdir()
    shutil.copyfile(overlay.parent / "compile_library.py", root / WORK / "compile_library.py")


# --- running what was built --------------------------------------------------------------------------------------


class Guest:
    """The module under wasmtime, with as much of a kernel as it needs to read files."""

    def __init__(self, raw: bytes, root: Path) -> None:
        self.root = root
        config = wasmtime.Config()
        config.max_wasm_stack = 1 << 20
        self.engine = wasmtime.Engine(config)
        self.module = wasmtime.Module(self.engine, raw)

    def compile_library(self) -> None:
        """Runs `python3/compile_library.py`."""
        store, instance = self._instance(
            ["python3", "-E", "-S", f"/{WORK}/compile_library.py", f"/{LIBRARY}", f"/{WORK}"]
        )
        self._call(store, instance, START)

    def prepare(self) -> bytes:
        """The memory of a prepared interpreter."""
        store, instance = self._instance([])
        self._call(store, instance, PREPARE)
        memory = instance.exports(store)["memory"]
        assert isinstance(memory, wasmtime.Memory)
        return bytes(memory.read(store, 0, memory.data_len(store)))

    def _instance(self, argv: list[str]) -> tuple[wasmtime.Store, wasmtime.Instance]:
        store = wasmtime.Store(self.engine)
        wasi = wasmtime.WasiConfig()
        wasi.argv = argv
        wasi.env = [("LANG", "C.UTF-8")]
        for name in ("/", "."):
            wasi.preopen_dir(str(self.root), name)
        wasi.inherit_stdout()
        wasi.inherit_stderr()
        store.set_wasi(wasi)
        linker = wasmtime.Linker(self.engine)
        linker.define_wasi()
        kernel = Kernel(self.root)
        for item in self.module.imports:
            if item.module == "pagebox":
                assert isinstance(item.type, wasmtime.FuncType)
                linker.define_func(
                    "pagebox",
                    str(item.name),
                    item.type,
                    kernel.call(str(item.name)),
                    access_caller=True,
                )
        instance = linker.instantiate(store, self.module)
        return store, instance

    def _call(self, store: wasmtime.Store, instance: wasmtime.Instance, name: str) -> None:
        function = instance.exports(store)[name]
        assert isinstance(function, wasmtime.Func)
        try:
            function(store)
        except wasmtime.ExitTrap as end:
            if end.code != 0 or name == PREPARE:
                raise PreinitError(f"{name} ended with status {end.code}") from None


@dataclass(frozen=True)
class Kernel:
    """The extension calls an interpreter makes while it is built; the others answer ENOSYS."""

    root: Path

    def call(self, name: str) -> Callable[..., int]:
        """The function that answers a call."""
        known: Callable[..., int] | None = getattr(self, name, None)
        return known or (lambda *_: ENOSYS)

    def getcwd(self, caller: Any, buffer: int, size: int, length: int) -> int:
        """The root."""
        memory = caller["memory"]
        memory.write(caller, b"/", buffer)
        memory.write(caller, struct.pack("<I", 1), length)
        return 0

    def path_stat(self, caller: Any, _dir: int, follow: int, path: int, size: int, out: int) -> int:
        """Type and mode; everything belongs to root."""
        memory = caller["memory"]
        name = bytes(memory.read(caller, path, path + size)).decode()
        try:
            mode = os.stat(self.root / name.lstrip("/"), follow_symlinks=bool(follow & 1)).st_mode
        except OSError:
            return 44  # ENOENT
        memory.write(caller, struct.pack("<3I", mode, 0, 0), out)
        return 0

    def fd_stat(self, caller: Any, fd: int, out: int) -> int:
        """Whatever is open is a file, or a character device for the standard streams."""
        mode = 0o020620 if fd < 3 else 0o100644
        caller["memory"].write(caller, struct.pack("<3I", mode, 0, 0), out)
        return 0

    def isatty(self, caller: Any, _fd: int, answer: int) -> int:
        """Nothing is."""
        caller["memory"].write(caller, struct.pack("<I", 0), answer)
        return 0


# --- putting the module together ---------------------------------------------------------------------------------


def cleared(memory: bytes, stack: int) -> bytes:
    """The memory without what is left on its stack, where nothing is alive any more."""
    return bytes(stack) + memory[stack:]


def assemble(raw: bytes, library: bytes, memory: bytes) -> bytes:
    """The module with another memory, the library, and another start."""
    sections = dict(read_sections(raw))
    exports = read_exports(sections[EXPORT])
    sections[EXPORT] = write_exports({"memory": exports["memory"], START: exports[RUN]})
    sections[CODE] = with_body(
        sections[CODE], exports[READ][1] - count_imported(sections[IMPORT]), READ_BODY
    )
    sections[MEMORY] = b"\x01\x00" + encode_u32(len(memory) // PAGE)
    segments = [
        b"\x01" + encode_u32(len(library)) + library,
        *(active(at, part) for at, part in runs(memory)),
    ]
    sections[DATA] = encode_u32(len(segments)) + b"".join(segments)
    sections[DATA_COUNT] = encode_u32(len(segments))
    return raw[:8] + b"".join(
        write_section(number, sections[number]) for number in ORDER if number in sections
    )


# local.get 0, 1, 2; memory.init of segment 0 into memory 0
READ_BODY = b"\x00\x20\x00\x20\x01\x20\x02\xfc\x08\x00\x00\x0b"


def read_sections(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and contents of each section but the custom ones."""
    at = 8
    while at < len(data):
        number = data[at]
        size, start = decode_u32(data, at + 1, len(data))
        if number != CUSTOM:
            yield number, data[start : start + size]
        at = start + size


def read_exports(section: bytes) -> dict[str, tuple[int, int]]:
    """Name to kind and index."""
    exports = {}
    count, at = decode_u32(section, 0, len(section))
    for _ in range(count):
        size, at = decode_u32(section, at, len(section))
        name = section[at : at + size].decode()
        index, after = decode_u32(section, at + size + 1, len(section))
        exports[name] = (section[at + size], index)
        at = after
    missing = {"memory", RUN, PREPARE, READ} - exports.keys()
    if missing:
        raise PreinitError(f"the module does not export {', '.join(sorted(missing))}")
    return exports


def write_exports(exports: dict[str, tuple[int, int]]) -> bytes:
    """The section's contents."""
    entries = [
        encode_u32(len(name)) + name.encode() + bytes([kind]) + encode_u32(index)
        for name, (kind, index) in exports.items()
    ]
    return encode_u32(len(entries)) + b"".join(entries)


def count_imported(section: bytes) -> int:
    """How many functions are imported: whatever else would be an import of a kind no tool has."""
    return decode_u32(section, 0, len(section))[0]


def with_body(section: bytes, index: int, body: bytes) -> bytes:
    """The code section with one function's body replaced."""
    count, at = decode_u32(section, 0, len(section))
    if not 0 <= index < count:
        raise PreinitError(f"{READ} is no function of the module")
    for number in range(count):
        size, start = decode_u32(section, at, len(section))
        if number == index:
            return section[:at] + encode_u32(len(body)) + body + section[start + size :]
        at = start + size
    raise AssertionError


def runs(memory: bytes) -> Iterator[tuple[int, bytes]]:
    """The parts of a memory that are not zero."""
    zeros = bytes(GAP)
    at, end = 0, len(memory)
    while at < end:
        if memory[at : at + PAGE] == bytes(len(memory[at : at + PAGE])):
            at += PAGE
            continue
        if memory[at] == 0:
            at += (
                1 + len(memory[at + 1 : at + PAGE]) - len(memory[at + 1 : at + PAGE].lstrip(b"\0"))
            )
            continue
        stop = memory.find(zeros, at)
        stop = end if stop < 0 else stop
        yield at, memory[at:stop]
        at = stop


def active(at: int, part: bytes) -> bytes:
    """A segment that is there from the start."""
    offset = at - (1 << 32) if at >= 1 << 31 else at
    return b"\x00\x41" + encode_s32(offset) + b"\x0b" + encode_u32(len(part)) + part


def main(stack: str, raw: str, pylib: str, overlay: str, work: str, out: str) -> None:
    """The command line; `wasm/toolchain.py` calls it."""
    module = finish(Path(raw).read_bytes(), Path(pylib), Path(overlay), Path(work), int(stack))
    Path(out).write_bytes(module)


if __name__ == "__main__":
    main(*sys.argv[1:])
