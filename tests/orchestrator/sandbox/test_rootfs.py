"""What is there before the first prompt: the index is right, the manual is whole, every example runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from orchestrator.platform.fake import FakePlatform
from orchestrator.sandbox.machine import Machine, Options
from orchestrator.sandbox.toolset import Toolset
from orchestrator.tools.registry import TOOLS
from pagebox.sync import Sandbox
from tests.orchestrator.sandbox.rootindex import (
    FOLDER,
    INDEX,
    MANUAL,
    index,
    manual_index,
    page_names,
)
from vfs.quota import Quota

AGAIN = "run python tests/orchestrator/sandbox/rootindex.py"
EXAMPLES = "/home/user/examples"
LONGEST_PAGE = 30


@pytest.fixture
def machine() -> Iterator[Machine]:
    made = Machine(FakePlatform(), Toolset())
    yield made
    made.driver.close()


def test_the_index_is_right() -> None:
    assert (MANUAL / "index").read_text("utf-8") == manual_index(), AGAIN
    assert INDEX.read_text("utf-8") == index(), AGAIN


def test_every_file_can_be_read(machine: Machine) -> None:
    for path in FOLDER.rglob("*"):
        if path.is_file() and path != INDEX:
            there = f"/{path.relative_to(FOLDER).as_posix()}"
            assert machine.files.read(there) == path.read_bytes()


def test_owners_and_modes(machine: Machine) -> None:
    assert machine.files.stat("/etc/passwd").uid == 0
    assert machine.files.stat("/home/user/.bashrc").uid == 1000
    assert machine.files.stat("/usr/bin/pip").mode & 0o777 == 0o755
    assert machine.files.stat(f"{EXAMPLES}/life.py").mode & 0o777 == 0o755
    assert machine.files.stat("/usr/share/pagebox/examples/life.py").uid == 1000


def test_what_comes_with_the_machine_uses_no_quota() -> None:
    options = Options(quota=Quota(max_bytes=1 << 20, max_inodes=3))
    machine = Machine(FakePlatform(), Toolset(), options)
    for number in range(3):
        machine.files.write(f"/tmp/{number}", b"")
    with pytest.raises(OSError, match="No space left"):
        machine.files.write("/tmp/more", b"")
    machine.driver.close()


def test_the_manual_is_made_when_looked_at(machine: Machine) -> None:
    before = machine.namespace.root.mount.fs.usage().used_inodes
    changed = machine.files.stat("/usr/share/pagebox/man").mtime
    assert machine.files.read("/usr/share/pagebox/man/ls.md").startswith(b"# ls - ")
    usage = machine.namespace.root.mount.fs.usage()
    assert usage.used_inodes - before > 150
    assert usage.total_inodes - usage.used_inodes == machine.options.quota.max_inodes
    assert machine.files.stat("/usr/share/pagebox/man").mtime == changed
    assert not machine.files.exists("/usr/share/pagebox/man/nosuch.md")
    assert "ls.md" in [entry.name for entry in machine.files.list("/usr/share/pagebox/man")]


def test_every_program_has_a_page() -> None:
    names = {name for p in MANUAL.glob("*.md") for name in page_names(p.read_text("utf-8"))[0]}
    assert {name for name, entry in TOOLS.items() if entry.summary} - names == set()
    builtins = "alias cd declare echo export fg history jobs local mapfile printf read set shopt source test trap type ulimit wait"
    assert set(builtins.split()) - names == set()


@pytest.mark.parametrize("path", sorted(MANUAL.glob("*.md")), ids=lambda p: p.stem)
def test_pages_are_short_and_have_a_synopsis(path) -> None:
    lines = path.read_text("utf-8").splitlines()
    assert lines[0].startswith("# ")
    assert " - " in lines[0]
    assert len(lines) <= LONGEST_PAGE
    assert any(line.startswith("    ") for line in lines), "no synopsis, no example"


# What each example prints last, or a word of it; arguments are given where it can do without a terminal only so.
RUNS = [
    ("wordcount.sh", "     10 the"),
    ("log.sh", "bytes sent: 297990"),
    ("sales.sh", "south       610"),
    ("report.py < sales.csv", "north,163.80,360"),
    ("json.sh", "  Bo 17"),
    ("csv2json.sh", '"product": "apples"'),
    ("inventory.py add apples 12 --price 0.5", "apples          12      6.00"),
    ("life.py 20", "generation 20: 8 cells"),
    ("mandelbrot.py 30", ".:@@:."),
    ("primes.sh 30", "2 3 5 7 11 13 17 19 23 29"),
    ("hanoi.sh 4", "15 moves"),
    ("todo.sh add 'buy milk'", " 1. buy milk"),
    ("rename.sh", "My Report.txt -> my-report.txt"),
    ("parallel.sh", "job 3 slept 3 hundredths"),
]


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with Sandbox() as made:
        yield made


@pytest.mark.parametrize(("command", "expected"), RUNS)
def test_examples_run(box: Sandbox, command: str, expected: str) -> None:
    result = box.run(f"./{command}", cwd=EXAMPLES)
    assert result.exit_code == 0, result.stderr
    assert result.stderr == ""
    assert expected in result.stdout


def test_every_example_is_run_and_named() -> None:
    folder = FOLDER / EXAMPLES[1:]
    programs = {path.name for path in folder.iterdir() if path.suffix in (".sh", ".py")}
    assert programs == {command.split()[0] for command, _ in RUNS}
    text = (folder / "README").read_text("utf-8")
    assert all(name in text for name in programs)


def test_the_greeting_and_the_prompt(box: Sandbox) -> None:
    out = box.run("bash -lic 'type ll la; echo \"[$PS1]\"' 2>/dev/null").stdout
    assert "Welcome to pagebox" in out
    assert "ll is aliased to `ls -l'" in out
    assert "\\u@\\h" in out
