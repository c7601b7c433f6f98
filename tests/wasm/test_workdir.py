"""The constructor in every tool: where it starts, and that it does not start anywhere else."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import wasmtime

from wasm.toolchain import BIN

ERANGE, ENOENT = 68, 44


class Exited(Exception):
    """proc_exit was called."""


class Program:
    """grep, compiled once."""

    def __init__(self) -> None:
        self.engine = wasmtime.Engine()
        self.module = wasmtime.Module.from_file(self.engine, str(BIN / "grep.wasm"))


@pytest.fixture(scope="module")
def grep() -> Program:
    return Program()


@dataclass
class Host:
    """As much of a kernel as grep asks for."""

    program: Program
    folder: Path
    directory: str
    error: int = 0
    env: dict[str, str] = field(default_factory=dict)

    def run(self, *argv: str) -> tuple[int, str, str]:
        store = wasmtime.Store(self.program.engine)
        store.set_wasi(self.wasi(argv))
        linker = wasmtime.Linker(self.program.engine)
        linker.allow_shadowing = True
        linker.define_wasi()
        self.define(linker)
        self.instance = linker.instantiate(store, self.program.module)
        self.store = store
        status = 0
        try:
            start = self.instance.exports(store)["_start"]
            assert isinstance(start, wasmtime.Func)
            start(store)
        except Exited as exited:
            status = exited.args[0]
        return status, self.output("out"), self.output("err")

    def wasi(self, argv: tuple[str, ...]) -> wasmtime.WasiConfig:
        config = wasmtime.WasiConfig()
        config.argv = argv
        config.env = self.env.items()
        config.stdout_file = str(self.folder.with_suffix(".out"))
        config.stderr_file = str(self.folder.with_suffix(".err"))
        config.preopen_dir(str(self.folder), "/")
        config.preopen_dir(str(self.folder / "decoy"), ".")
        return config

    def output(self, suffix: str) -> str:
        return self.folder.with_suffix(f".{suffix}").read_text()

    def define(self, linker: wasmtime.Linker) -> None:
        i32 = wasmtime.ValType.i32()
        calls: list[tuple[str, int, Callable[..., int]]] = [
            ("getcwd", 3, self.getcwd),
            ("path_stat", 5, self.path_stat),
            ("fd_stat", 2, self.fd_stat),
            ("isatty", 2, self.isatty),
        ]
        for name, arity, function in calls:
            linker.define_func("pagebox", name, wasmtime.FuncType([i32] * arity, [i32]), function)
        exit_type = wasmtime.FuncType([i32], [])
        linker.define_func("wasi_snapshot_preview1", "proc_exit", exit_type, self.proc_exit)

    def store_words(self, address: int, *words: int) -> None:
        data = b"".join(word.to_bytes(4, "little") for word in words)
        self.memory.write(self.store, data, address)

    @property
    def memory(self) -> wasmtime.Memory:
        memory = self.instance.exports(self.store)["memory"]
        assert isinstance(memory, wasmtime.Memory)
        return memory

    def getcwd(self, buffer: int, size: int, length: int) -> int:
        name = self.directory.encode()
        self.store_words(length, len(name))
        if self.error or len(name) > size:
            return self.error or ERANGE
        self.memory.write(self.store, name, buffer)
        return 0

    def path_stat(self, dirfd: int, follow: int, path: int, length: int, out: int) -> int:
        name = self.memory.read(self.store, path, path + length).decode()
        found = self.folder / name
        if not found.exists():
            return ENOENT
        self.store_words(out, found.stat().st_mode, 1000, 1000)
        return 0

    def fd_stat(self, fd: int, out: int) -> int:
        self.store_words(out, 0o100644, 1000, 1000)
        return 0

    def isatty(self, fd: int, out: int) -> int:
        self.store_words(out, 0)
        return 0

    def proc_exit(self, status: int) -> None:
        raise Exited(status)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    for name in ("home/user", "decoy/etc", "etc"):
        (root / name).mkdir(parents=True)
    (root / "home/user/fruit").write_text("pear\n")
    (root / "etc/fruit").write_text("apple\n")
    (root / "decoy/fruit").write_text("wrong\n")
    (root / "decoy/etc/fruit").write_text("wrong\n")
    (root / "fruit").write_text("wrong\n")
    return root


def test_a_relative_path_is_one_of_the_working_directory(grep: Program, folder: Path) -> None:
    assert Host(grep, folder, "/home/user").run("grep", ".", "fruit") == (0, "pear\n", "")


def test_an_absolute_path_does_not_go_through_the_other_preopen(
    grep: Program, folder: Path
) -> None:
    assert Host(grep, folder, "/home/user").run("grep", ".", "/etc/fruit")[1] == "apple\n"


def test_pwd_is_not_believed(grep: Program, folder: Path) -> None:
    host = Host(grep, folder, "/home/user", env={"PWD": "/"})
    assert host.run("grep", ".", "fruit")[1] == "pear\n"


@pytest.mark.parametrize(
    ("directory", "error", "reason"),
    [
        ("/gone", 0, "No such file or directory"),
        ("/home/user", ENOENT, "No such file or directory"),
        ("/" + "x" * 5000, 0, "Result not representable"),
        ("/home/user/fruit", 0, "Not a directory"),
        ("home", 0, "it has no name"),
    ],
)
def test_a_tool_that_cannot_enter_its_directory_does_not_run(
    grep: Program, folder: Path, directory: str, error: int, reason: str
) -> None:
    status, out, err = Host(grep, folder, directory, error).run("grep", ".", "fruit")
    assert (status, out) == (126, "")
    assert err == f"pagebox: cannot enter the working directory: {reason}\n"


@pytest.mark.parametrize(
    ("name", "pattern", "found"),
    [("grep", "a|e", ""), ("egrep", "a|e", "pear\n"), ("/usr/bin/fgrep", "p.ar", "")],
)
def test_grep_is_what_it_is_called(
    grep: Program, folder: Path, name: str, pattern: str, found: str
) -> None:
    assert Host(grep, folder, "/home/user").run(name, pattern, "fruit")[1] == found
