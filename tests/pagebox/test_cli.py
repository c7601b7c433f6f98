"""The command `pagebox`, as a process of this machine: words, streams, statuses, signals, a terminal."""

import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import wasmtime

import pagebox as package
from pagebox import cli
from pagebox.mounts import Mount
from tests.pagebox.command import PATIENCE, Streaming, Terminal, pagebox, pipeline

# --- what to run ---


def test_a_script_in_the_words() -> None:
    done = pagebox("-c", 'echo "$0 $# $@"', "name", "one", "two words")
    assert (done.returncode, done.stdout, done.stderr) == (0, "name 2 one two words\n", "")
    assert pagebox("-c", "echo $0").stdout == "bash\n"


def test_words_after_the_script_are_not_options() -> None:
    assert pagebox("-c", 'echo "$@"', "x", "--env", "-t", "--").stdout == "--env -t --\n"


def test_a_script_file(tmp_path: Path) -> None:
    script = tmp_path / "hello.sh"
    script.write_text('echo "${0##*/}: $1"\nexit 7\n')
    done = pagebox(str(script), "there")
    assert (done.returncode, done.stdout) == (7, "hello.sh: there\n")


def test_a_file_of_python(tmp_path: Path) -> None:
    script = tmp_path / "hello.py"
    script.write_text("#!/usr/bin/env python3\nimport sys\nprint('Hello,', *sys.argv[1:])\n")
    assert pagebox(str(script), "a b", "c").stdout == "Hello, a b c\n"


def test_a_module(tmp_path: Path) -> None:
    module = tmp_path / "seven.wasm"
    text = """(module
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (memory (export "memory") 1)
        (func (export "_start") (call $exit (i32.const 7))))"""
    module.write_bytes(wasmtime.wat2wasm(text))
    assert pagebox(str(module)).returncode == 7


def test_a_script_on_stdin() -> None:
    done = pagebox(stdin="read -r line\nwhat it reads is the next line\necho got $line\n")
    assert (done.returncode, done.stdout) == (0, "got what it reads is the next line\n")


def test_stdin_goes_in_and_stdout_comes_out() -> None:
    lines = "".join(f"{n}\n" for n in range(30_000))
    done = pagebox("-c", "cat | sort -n | cat; echo done >&2", stdin=lines)
    assert done.stdout == lines
    assert done.stderr == "done\n"


def test_stdin_is_read_by_readers_only() -> None:
    assert pipeline(r"printf 'a\nb\n' | (pagebox -c true; cat)").stdout == "a\nb\n"


# --- statuses ---


@pytest.mark.parametrize(
    ("script", "status"),
    [
        ("true", 0),
        ("exit 3", 3),
        ("/etc/passwd", 126),
        ("nonesuch", 127),
        ("kill -TERM $$", 143),
        ("kill -KILL $$", 137),
        ("echo (", 2),
        ("yes | head -n 1 > /dev/null", 0),
        ("set -o pipefail; yes | head -n 1 > /dev/null", 141),
    ],
)
def test_statuses_are_those_of_bash(script: str, status: int) -> None:
    assert pagebox("-c", script).returncode == status


@pytest.mark.parametrize(
    "words",
    [
        ["--nonesuch"],
        ["-c"],
        ["--env", "A", "-c", "true"],
        ["--env", "=1", "-c", "true"],
        ["--mount", "here", "-c", "true"],
        ["--mount", ".:work", "-c", "true"],
        ["--mount", ".:/work:rx", "-c", "true"],
        ["--timeout", "soon", "-c", "true"],
    ],
    ids=" ".join,
)
def test_misuse_is_2(words: list[str]) -> None:
    done = pagebox(*words)
    assert done.returncode == cli.USAGE_ERROR
    assert done.stdout == ""
    assert done.stderr.startswith("usage: pagebox")
    assert "Traceback" not in done.stderr


def test_a_file_that_is_not_there_is_127() -> None:
    done = pagebox("/nonesuch.sh")
    assert (done.returncode, done.stderr) == (
        127,
        "pagebox: /nonesuch.sh: No such file or directory\n",
    )


def test_a_folder_is_126(tmp_path: Path) -> None:
    done = pagebox(str(tmp_path))
    assert (done.returncode, done.stderr) == (126, f"pagebox: {tmp_path}: Is a directory\n")


def test_a_mount_that_is_not_there_is_said() -> None:
    done = pagebox("--mount", "/nonesuch:/work", "-c", "true")
    assert done.returncode != 0
    assert done.stderr == "pagebox: /nonesuch: No such file or directory\n"


def test_a_closed_stdout_is_a_quiet_141() -> None:
    done = pipeline("pagebox -c yes | head -n 1; echo ${PIPESTATUS[0]}")
    assert (done.stdout, done.stderr) == ("y\n141\n", "")


# --- options ---


def test_folders_of_the_host(tmp_path: Path) -> None:
    (tmp_path / "in").write_text("from outside\n")
    script = "cat /work/in; echo new > /work/out"
    refused = pagebox("--mount", f"{tmp_path}:/work", "-c", script)
    assert (refused.returncode, refused.stdout) == (1, "from outside\n")
    assert "Read-only file system" in refused.stderr
    assert not (tmp_path / "out").exists()
    assert pagebox("-m", f"{tmp_path}:/work:rw", "-c", script).returncode == 0
    assert (tmp_path / "out").read_text() == "new\n"


def test_variables() -> None:
    done = pagebox("-e", "A=1=2", "--env", "B=", "-c", 'echo "$A,${B-unset},${HOME}"; printenv A')
    assert done.stdout == "1=2,,/home/user\n1=2\n"


def test_the_hosts_variables_stay_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN_OF_THE_HOST", "secret")
    assert "secret" not in pagebox("-c", "env; cat /proc/1/environ 2> /dev/null").stdout


@pytest.mark.parametrize("script", ["sleep 100", "while :; do :; done", "yes > /dev/null", "cat"])
def test_time_runs_out(script: str) -> None:
    started = time.monotonic()
    with_pipe = Streaming("--timeout", "0.2", "-c", f"echo before; {script}")
    try:
        assert with_pipe.line() == "before\n"
        assert with_pipe.wait() == 124
    finally:
        with_pipe.close()
    assert time.monotonic() - started < PATIENCE / 2


def test_system_calls_are_told_on_stderr() -> None:
    done = pagebox("--strace", "-c", "uname")
    assert done.stdout == "wasi\n"
    assert "fd_write(1, " in done.stderr


def test_the_version_and_the_help() -> None:
    assert pagebox("--version").stdout == f"pagebox {package.__version__}\n"
    shown = pagebox("--help")
    assert (shown.returncode, shown.stderr) == (0, "")
    for option in ("--mount", "--env", "--timeout", "--strace", "warm"):
        assert option in shown.stdout


def test_warm_says_what_is_ready(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["warm"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("[1/")
    assert any("python3" in line for line in lines)


def test_mounts_are_spelled_like_this(tmp_path: Path) -> None:
    assert Mount.parse(f"{tmp_path}:/x:rw") == Mount(str(tmp_path), "/x", read_only=False)
    assert Mount.parse(f"{tmp_path}:/x").read_only
    assert Mount.parse(f"{tmp_path}:/x:ro").read_only


# --- signals ---

Start = Callable[..., Streaming]


@pytest.fixture
def start() -> Iterator[Start]:
    made: list[Streaming] = []

    def begin(*words: str) -> Streaming:
        made.append(Streaming(*words))
        return made[-1]

    yield begin
    for one in made:
        one.close()


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
@pytest.mark.parametrize(
    "script", ["sleep 100", "python3 -c 'print(1); exec(\"while True: pass\")'"]
)
def test_a_signal_ends_it(start: Start, script: str, number: int, status: int) -> None:
    running = start("-c", f"echo started; {script}")
    assert running.line() == "started\n"
    sent = time.monotonic()
    running.signal(number)
    assert running.wait() == status
    assert time.monotonic() - sent < PATIENCE / 2


def test_a_script_may_catch_a_signal(start: Start) -> None:
    running = start("-c", "trap 'echo caught; exit 5' TERM; echo started; sleep 100")
    assert running.line() == "started\n"
    running.signal(signal.SIGTERM)
    while (line := running.line()) != "caught\n":
        assert "Terminated" in line  # of sleep, as bash says
    assert running.wait() == 5


def test_who_insists_ends_it(start: Start) -> None:
    running = start("-c", "trap 'echo no' INT; echo started; while :; do sleep 0.1; done")
    assert running.line() == "started\n"
    for _ in range(2):
        running.signal(signal.SIGINT)
        assert running.line() == "no\n"
    running.signal(signal.SIGINT)
    assert running.wait() == 130


# --- a terminal ---


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    made = Terminal(rows=30, columns=100)
    yield made
    made.close()


def test_a_person_types(terminal: Terminal) -> None:
    terminal.prompt()
    assert "\nhi\n" in terminal.run("echo hi")
    terminal.type("exit 3\r")
    assert terminal.wait() == 3


def test_control_d_leaves(terminal: Terminal) -> None:
    terminal.prompt()
    terminal.run("false")
    terminal.type("\x04")
    assert terminal.wait() == 1


def test_tab_completes_a_command(terminal: Terminal) -> None:
    terminal.prompt()
    terminal.type("dirnam\t")
    terminal.see("dirname ")
    assert "\n/a\n" in terminal.run("/a/b")


def test_control_c_gives_a_fresh_prompt(terminal: Terminal) -> None:
    terminal.prompt()
    terminal.type("echo never\x03")
    assert "^C" in terminal.prompt()
    assert "\n130\n" in terminal.run("echo $?")


@pytest.mark.parametrize(
    "line", ["sleep 100", "cat", "python3 -c 'print(1); exec(\"while True: pass\")'"]
)
def test_control_c_ends_a_program(terminal: Terminal, line: str) -> None:
    terminal.prompt()
    terminal.type(f"echo started; {line}\r")
    terminal.see("^started\n")
    terminal.type("\x03")
    assert "^C" in terminal.prompt()
    assert "\n130\n" in terminal.run("echo $?")


def test_the_windows_size_is_known_inside(terminal: Terminal) -> None:
    terminal.prompt()
    assert "\n30 100\n" in terminal.run("stty size")
    terminal.resize(40, 120)
    terminal.run("true")
    assert "\n40 120\n" in terminal.run("stty size")


def test_a_mistyped_name_gets_the_nearest(terminal: Terminal) -> None:
    terminal.prompt()
    shown = terminal.run("grpe x")
    assert "grpe: command not found" in shown
    assert "Did you mean: grep" in shown
    assert "\n127\n" in terminal.run("echo $?")


def test_a_syntax_error_shows_where(terminal: Terminal) -> None:
    terminal.prompt()
    shown = terminal.run("echo a; )").splitlines()
    error = next(number for number, line in enumerate(shown) if "syntax error near" in line)
    quoted, caret = shown[error + 1 : error + 3]
    assert quoted.index(")") == caret.index("^")
    assert "column 9" in caret
    assert "\n2\n" in terminal.run("echo $?")
