from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from orchestrator.kernel.binfmt import ExecRequest, Program
from orchestrator.kernel.fdtable import FdTable
from orchestrator.kernel.kernel import Kernel
from orchestrator.kernel.system import PythonProgram, System
from tests.orchestrator.kernel.box import Box, fails
from vfs.access import Credentials

ECHO = b"\0echo\n"


class EchoBinfmt:
    """Programs that say with which arguments they were run."""

    name = "echo"

    def load(self, kernel: Kernel, head: bytes, request: ExecRequest) -> Program | None:
        if not head.startswith(ECHO):
            return None
        return PythonProgram(lambda system: system.write(1, repr(system.argv).encode()) * 0)


@pytest.fixture
def run(box: Box) -> Callable[..., Any]:
    """What the program at a path says when run with arguments."""
    box.kernel.binfmts.register(EchoBinfmt())
    install(box, "/bin/echo", ECHO)
    install(box, "/bin/sh", ECHO)

    def run(path: str, *argv: str) -> tuple[str, ...]:
        def main(system: System) -> bytes:
            reader, writer = system.pipe(cloexec=True)
            fds = system.process.fds.clone()
            fds.set(1, system.file(writer))
            system.close(writer)
            child = system.spawn(path, argv or (path,), fds=fds)
            exes.append(child.exe)
            return system.read_all(reader)

        exes.clear()
        return eval(box.call(main))

    exes: list[str] = []
    run.exes = exes  # type: ignore[attr-defined]
    run.box = box  # type: ignore[attr-defined]
    return run


def install(box: Box, path: str, data: bytes, mode: int = 0o755) -> None:
    box.files.write(path, data)
    box.call(lambda system: system.chmod(path, mode))


def test_a_program_gets_its_arguments(run: Any) -> None:
    assert run("/bin/echo", "other-name", "a b", "") == ("other-name", "a b", "")
    assert run.exes == ["/bin/echo"]


@pytest.mark.parametrize(
    ("first", "before"),
    [
        (b"#!/bin/echo\n", ("/bin/echo",)),
        (b"#!/bin/echo", ("/bin/echo",)),
        (b"#! /bin/echo  -x  -y \t\nrest", ("/bin/echo", "-x  -y")),
        (b"#!/bin/echo\r\n", ("/bin/echo",)),
        ("#!/bin/echo é".encode() + b"\xff\n", ("/bin/echo", "é\udcff")),
        (b"#!bin/echo\n", ("bin/echo",)),  # relative to the working directory
    ],
)
def test_scripts_name_their_interpreter(run: Any, first: bytes, before: tuple[str, ...]) -> None:
    install(run.box, "/tmp/script", first)
    assert run("/tmp/script", "script", "arg") == (*before, "/tmp/script", "arg")
    assert run.exes == ["/bin/echo"]


def test_interpreters_may_nest_four_deep(run: Any) -> None:
    previous = "/bin/echo"
    for level in range(1, 6):
        install(run.box, f"/tmp/{level}", f"#!{previous}\n".encode())
        previous = f"/tmp/{level}"
    assert run("/tmp/4", "x", "end") == (
        "/bin/echo",
        "/tmp/1",
        "/tmp/2",
        "/tmp/3",
        "/tmp/4",
        "end",
    )
    assert_fails(run.box, "/tmp/5", "ELOOP")
    install(run.box, "/tmp/self", b"#!/tmp/self\n")
    assert_fails(run.box, "/tmp/self", "ELOOP")


def test_text_without_interpreter_goes_to_the_shell(run: Any) -> None:
    install(run.box, "/tmp/text", b"echo hello\n\0after the first line is no matter")
    assert run("/tmp/text", "name", "a") == ("sh", "/tmp/text", "a")
    install(run.box, "/tmp/empty", b"")
    assert run("/tmp/empty") == ("sh", "/tmp/empty")


def assert_fails(box: Box, path: str, symbol: str, about: str | None = None) -> None:
    """Spawning `path` fails, about the file `about`, and leaves nothing behind."""

    def spawn(system: System, fds: FdTable) -> None:
        try:
            system.spawn(path, [path], fds=fds)
        except OSError as error:
            named.append(error.filename)
            raise

    named: list[str] = []

    def main(system: System) -> None:
        count = len(system.kernel.processes)
        fds = system.process.fds.clone()
        references = system.file(1).references
        with fails(symbol):
            spawn(system, fds)
        assert system.file(1).references == references - 1  # the table was taken over, and closed
        assert len(system.kernel.processes) == count
        assert about in (None, named[0])

    box.call(main)


@pytest.mark.parametrize(
    ("data", "mode", "symbol"),
    [
        (b"\x7fELF\0\1\2", 0o755, "ENOEXEC"),
        (b"#!\n", 0o755, "ENOEXEC"),
        (b"#!   \nx", 0o755, "ENOEXEC"),
        (b"#!/" + b"long" * 100, 0o755, "ENOEXEC"),
        (b"#!/bin/missing\n", 0o755, "ENOENT"),
        (b"#!/tmp\n", 0o755, "EACCES"),
        (b"#!/bin/echo\n", 0o644, "EACCES"),
    ],
)
def test_what_cannot_be_run(run: Any, data: bytes, mode: int, symbol: str) -> None:
    install(run.box, "/tmp/bad", data, mode)
    assert_fails(run.box, "/tmp/bad", symbol)


def test_what_is_no_file(run: Any) -> None:
    assert_fails(run.box, "/tmp/none", "ENOENT", "/tmp/none")
    assert_fails(run.box, "/tmp", "EACCES")
    assert_fails(run.box, "/bin/echo/x", "ENOTDIR")
    assert_fails(run.box, "/dev/null", "EACCES")
    install(run.box, "/tmp/lost", b"#!/bin/missing\n")
    assert_fails(run.box, "/tmp/lost", "ENOENT", "/bin/missing")


def test_others_need_execute_permission(run: Any) -> None:
    install(run.box, "/tmp/mine", ECHO, 0o700)

    def main(system: System) -> None:
        with fails("EACCES"):
            system.spawn("/tmp/mine", ["mine"])

    run.box.call(main, cred=Credentials(uid=1000, gid=1000))


def test_formats_are_asked_in_order_of_registration(box: Box) -> None:
    box.kernel.binfmts.register(EchoBinfmt())
    assert box.kernel.binfmts.names() == ["echo", "script", "text"]
