"""What goes wrong inside is told in one sentence, has the right status, and leaves a sandbox that answers."""

import resource
import time
from collections.abc import Iterator

import pytest

from pagebox import Limits
from pagebox.result import Result
from pagebox.sync import Sandbox
from tests.pagebox.guests import REFUSED, TRAPS, program

MIB = 1 << 20


@pytest.fixture(scope="module")
def shared() -> Iterator[Sandbox]:
    """One sandbox for all that goes wrong here."""
    with Sandbox(limits=Limits(memory=512 * MIB)) as made:
        yield made


@pytest.fixture
def box(shared: Sandbox) -> Iterator[Sandbox]:
    """It answers before, and it answers afterwards."""
    yield shared
    assert shared.run("echo $((6 * 7)) | cat", timeout=20).stdout == "42\n"


def run_module(box: Sandbox, data: bytes) -> Result:
    box.files.write("/tmp/guest.wasm", data, mode=0o755)
    box.files.chmod("/tmp/guest.wasm", 0o755)
    return box.run("/tmp/guest.wasm", timeout=20)


# --- commands ---


def test_an_unknown_command(box: Sandbox) -> None:
    result = box.run("grpe x")
    assert (result.exit_code, result.stdout) == (127, "")
    assert result.stderr.splitlines() == [
        "bash: line 1: grpe: command not found",
        "Did you mean: grep?",
    ]


def test_what_is_not_there_is_said_honestly(box: Sandbox) -> None:
    for name in ("apt", "git", "curl"):
        result = box.run(f"{name} install")
        assert result.exit_code != 0
        assert len(result.stderr.splitlines()) >= 1


@pytest.mark.parametrize(
    ("command", "status", "sentence"),
    [
        ("/etc/passwd", 126, "Permission denied"),
        ("/etc", 126, "Is a directory"),
        ("./nonesuch", 127, "No such file or directory"),
        (
            "printf '#!/nonesuch\\n' > /tmp/s; chmod +x /tmp/s; /tmp/s",
            127,
            "required file not found",
        ),
        (
            "printf '#!/tmp/loop\\n' > /tmp/loop; chmod +x /tmp/loop; /tmp/loop",
            126,
            "oo many levels",
        ),
        ("printf '\\0\\1\\2' > /tmp/bin; chmod +x /tmp/bin; /tmp/bin", 126, "cannot execute"),
        ("cat < /nonesuch", 1, "No such file or directory"),
        ("cd /nonesuch", 1, "No such file or directory"),
        ("echo $((1 / 0))", 1, "division by 0"),
        ("${x:?must be set}", 127, "must be set"),
        ("printf '%s\\n' \"$(seq 1 500000)\" | xargs -n 1000000 echo > /dev/null", None, ""),
    ],
)
def test_what_cannot_run(box: Sandbox, command: str, status: int | None, sentence: str) -> None:
    result = box.run(command, timeout=30)
    assert not result.timed_out
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr
    if status is not None:
        assert result.exit_code == status
        assert len(result.stderr.splitlines()) == 1


# --- scripts ---


@pytest.mark.parametrize(
    ("script", "line", "quoted"),
    [
        ("echo a; )", 1, "echo a; )"),
        ("echo ok\nif true; then echo ))", 2, "if true; then echo ))"),
        ("for x in 1; do\n echo $x\ndone done", 3, "done done"),
        ("case x in\n) ;; esac |& ;", 2, ""),
    ],
)
def test_a_syntax_error_has_a_place(box: Sandbox, script: str, line: int, quoted: str) -> None:
    result = box.run(script)
    assert result.exit_code == 2
    assert f"line {line}: syntax error near unexpected token" in result.stderr
    assert quoted in result.stderr


@pytest.mark.parametrize(
    "script", ["if true; then", "echo 'open", 'echo "open', "echo $(", "( echo", "while :; do"]
)
def test_an_unfinished_script_is_an_error(box: Sandbox, script: str) -> None:
    result = box.run(script)
    assert result.exit_code == 2
    assert "unexpected" in result.stderr


# --- modules ---


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED)
def test_a_module_that_is_refused(box: Sandbox, data: bytes) -> None:
    result = run_module(box, data)
    assert result.exit_code == 126
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert "guest.wasm: " in result.stderr


def test_a_foreign_import_is_named(box: Sandbox) -> None:
    assert "env.system" in run_module(box, REFUSED["foreign import"]).stderr


def test_too_much_memory_is_said_in_numbers(box: Sandbox) -> None:
    stderr = run_module(box, program(pages="16384")).stderr
    assert "1024 MiB" in stderr
    assert "512 MiB" in stderr


def test_a_module_may_not_grow_past_its_limit(box: Sandbox) -> None:
    grown = program("i32.const 16384 memory.grow i32.const -1 i32.ne if unreachable end")
    assert run_module(box, grown).exit_code == 0


@pytest.mark.parametrize(("data", "status"), TRAPS.values(), ids=TRAPS)
def test_a_trap_is_a_signal_and_a_line(box: Sandbox, data: bytes, status: int) -> None:
    result = run_module(box, data)
    assert result.exit_code == status
    told = [line for line in result.stderr.splitlines() if line.startswith("guest.wasm: ")]
    assert len(told) == 1  # the shell adds the line that bash adds


def test_a_trap_in_a_pipeline_ends_one_process(box: Sandbox) -> None:
    run_module(box, program("unreachable"))
    result = box.run("echo in | /tmp/guest.wasm | cat; echo ${PIPESTATUS[@]}")
    assert result.stdout == "0 134 0\n"


# --- disks ---


def test_a_full_disk_keeps_what_was_there() -> None:
    with Sandbox(limits=Limits(disk=8 * MIB)) as box:
        box.files.write("kept", "kept\n" * 1000)
        result = box.run(
            "echo first > log; head -c 20000000 /dev/zero > big; echo status $?\n"
            "echo more >> log || echo refused; wc -l < kept"
        )
        assert "No space left on device" in result.stderr
        assert result.stdout.splitlines() == ["status 1", "refused", "1000"]
        assert box.files.read("log") == b"first\n"
        assert box.files.read("kept") == b"kept\n" * 1000
        assert box.run("rm big; echo more >> log; cat log").stdout == "first\nmore\n"


def test_too_many_names() -> None:
    with Sandbox(limits=Limits(files=300)) as box:
        box.files.write("kept", "kept")
        result = box.run("mkdir d; for ((i = 0; ; i++)); do : > d/$i || break; done")
        assert result.stderr.endswith("No space left on device\n")
        assert box.run("rm -r d; echo x > new; cat new kept").stdout == "x\nkept"


# --- greed ---


def used_memory() -> int:
    """The largest this process has been, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


GREEDY = {
    "a fork bomb": "b() { b | b & wait; }; b",
    "forks without end": "while :; do sleep 100 & done",
    "recursion": "f() { f; }; f",
    "recursion in a substitution": "f() { echo $(f); }; f",
    "recursion by eval": "f() { eval f; }; f",
    "recursion by source": "echo '. /tmp/me' > /tmp/me; . /tmp/me",
    "recursion by a script": "printf '#!/bin/bash\\n/tmp/again\\n' > /tmp/again; chmod +x /tmp/again; /tmp/again",
    "recursion by alias": "shopt -s expand_aliases; alias a='a a'; a; exit 1",
    "recursion in arithmetic": "x=x; echo $((x)); y='y+1'; echo $((y))",
    "a range": "echo {1..1000000000}",
    "ranges in ranges": "echo {1..10000}{1..10000}{1..10000}",
    "nested braces": "echo " + "{a,b}" * 40,
    "endless output into a variable": "x=$(yes)",
    "endless zeros into a variable": "x=$(head -c 100000000000 /dev/zero)",
    "an endless here-string": "while :; do x+=$x.; cat <<< $x > /dev/null; done",
    "a reader that never reads": "yes | (sleep 1000)",
    "a huge power": "echo $((2 ** 9999999999))",
    "a pattern": "x=" + "a" * 5000 + "; [[ $x == " + "*a" * 100 + "b ]]",
    "an array with a far index": "a[9223372036854775807]=1; a[9999999999]=2; echo ${#a[@]}",
}

# Each of these takes gigabytes of the host before the time runs out: text in the shell has no ceiling yet.
UNBOUNDED = {
    "a growing variable": "x=x; while :; do x=$x$x; done",
    "a wide printf": "printf '%1000000000d' 1 | wc -c",
}


@pytest.mark.parametrize("script", UNBOUNDED.values(), ids=UNBOUNDED)
def test_text_is_bounded(box: Sandbox, script: str) -> None:
    before = used_memory()
    box.run(script, timeout=1)
    assert used_memory() - before < 500 * MIB


@pytest.mark.parametrize("script", GREEDY.values(), ids=GREEDY)
def test_greed_ends_with_the_time_given(box: Sandbox, script: str) -> None:
    before, started = used_memory(), time.monotonic()
    result = box.run(script, timeout=1)
    assert time.monotonic() - started < 15
    assert used_memory() - before < 1500 * MIB
    assert "Traceback" not in result.stderr
    assert "internal error" not in result.stderr
    assert box.run("ps -e -o comm= | wc -l", timeout=20).stdout.strip() == "3"
