"""top, watch, man, stty, reset, nohup on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from orchestrator.kernel.signal import Signal
from orchestrator.kernel.termios import Termios
from tests.orchestrator.tools.terminal import ToolBox

Start = Callable[..., ToolBox]


@pytest.fixture
def start() -> Iterator[Start]:
    boxes: list[ToolBox] = []

    def go(*argv: str, rows: int = 12, columns: int = 80) -> ToolBox:
        boxes.append(ToolBox(*argv, rows=rows, columns=columns))
        return boxes[-1]

    yield go
    for box in boxes:
        box.close()


# --- top ---


def test_top_shows_processes(start: Start) -> None:
    box = start("top")
    lines = box.screen.lines
    assert lines[0].startswith("top - ")
    assert lines[1].startswith("Tasks:   1 total,   1 running")
    assert lines[5].split()[:2] == ["PID", "USER"]
    assert lines[6].split()[-1] == "top"
    assert "?1049" not in box.screen.modes
    box.type("q")
    assert box.status == 0
    assert box.tty.termios == Termios()
    assert "1049" not in box.screen.modes


def test_top_goes_on_by_itself(start: Start) -> None:
    box = start("top", "-d", "5")
    before = box.screen.lines[0]
    box.run_until_idle(jumps=2)
    assert box.screen.lines[0] != before
    box.type("h")
    assert "quit" in box.screen.lines[4]


def test_top_kills(start: Start) -> None:
    box = start("bash", "--norc", "-ic", "sleep 1000 & top")
    pid = next(p.pid for p in box.kernel.alive() if p.name == "sleep")
    assert any(line.endswith("sleep") for line in box.screen.lines)
    box.type(f"k{pid}\r")
    assert "15/sigterm" in box.screen.lines[4]
    box.type("9\r")
    box.type(" ")
    assert all(p.name != "sleep" or not p.is_alive for p in box.kernel.processes.values())
    box.type("q")


def test_top_ends_with_control_c(start: Start) -> None:
    box = start("top")
    box.type("\x03")
    assert box.status == 0
    assert box.tty.termios == Termios()


def test_top_for_scripts(run) -> None:
    outcome = run("top", "-bn2", "-d", "0.5")
    assert outcome.status == 0
    assert outcome.out.count("Tasks:") == 2
    assert run("top").err == "top: failed tty get\n"
    assert run("top", "-n", "x").err == "top: bad iterations argument 'x'\n"
    assert run("top", "-b", "-o", "nope").status == 1


# --- watch ---


def test_watch_repeats(start: Start) -> None:
    box = start("watch", "-n", "10", "echo hello; echo $((++n)) >> count; cat count")
    lines = box.screen.lines
    assert lines[0].startswith("Every 10.0s: echo hello; echo $((++n)) >> ")
    assert lines[2:5] == ["hello", "1", ""]
    box.run_until_idle(jumps=1)
    assert box.screen.lines[2:5] == ["hello", "1", "1"]
    box.type("\x03")
    assert box.status == 0
    assert "1049" not in box.screen.modes


def test_watch_marks_differences(start: Start) -> None:
    box = start("watch", "-d", "-t", "echo x >> f; wc -l f")
    assert box.screen.lines[0].split() == ["1", "f"]
    box.run_until_idle(jumps=1)
    assert box.screen.highlighted(0) == "2"


def test_watch_ends_when_the_output_changes(start: Start) -> None:
    box = start("watch", "-g", "-x", "bash", "-c", "echo x >> f; wc -l f")
    box.run_until_idle(jumps=1)
    assert box.status == 0


def test_watch_ends_on_failure(run) -> None:
    assert run("watch", "-e", "-t", "exit 3").status == 3


# --- man ---


def test_man_on_a_terminal(start: Start) -> None:
    box = start("man", "uuidgen")
    assert "\x1b[1muuidgen - a number that is unique\x1b[m" in box.raw


def test_man_goes_through_a_pager(run, start: Start, machine) -> None:
    box = start("bash", "--norc", "-c", "PAGER='head -n 1' man grep")
    assert "lines that match" in box.raw
    assert box.screen.lines[1] == ""
    assert run("man", "uuidgen").out.startswith("uuidgen - a number that is unique\n")


def test_man_mistakes(run) -> None:
    assert run("man").err == "What manual page do you want?\nFor example, try 'man man'.\n"
    assert run("man", "nosuch").err == "No manual entry for nosuch\n"
    assert run("man", "nosuch").status == 16
    assert run("man", "../../../../etc/passwd").status == 16
    assert run("man", "-w", "ls").out == "/usr/share/pagebox/man/ls.md\n"
    assert run("man", "1", "ls").out == run("man", "ls").out == run("help", "ls").out


def test_apropos_and_whatis(run) -> None:
    assert "uuidgen (1)          - a number that is unique\n" in run("man", "-k", "unique").out
    assert run("apropos", "unique").out == run("man", "-k", "unique").out
    assert run("apropos", "zzzz").err == "zzzz: nothing appropriate.\n"
    assert run("apropos", "zzzz").status == 16
    assert (
        run("whatis", "cat").out
        == "cat (1)              - print files one after the other; tac from the last line to the first\n"
    )


# --- the terminal's settings ---


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("size", "12 80\n"),
        ("", "speed 38400 baud; line = 0;\n"),
        ("-echo; stty; stty echo", "speed 38400 baud; line = 0;\n-echo\n"),
        ("raw -echo; stty sane; stty", "speed 38400 baud; line = 0;\n"),
        ("erase ^H; stty", "speed 38400 baud; line = 0;\nerase = ^H;\n"),
        ("speed", "38400\n"),
        ("rows 5 cols 9; stty size", "5 9\n"),
        ('-g > s; stty -echo -icanon; stty "$(cat s)"; stty', "speed 38400 baud; line = 0;\n"),
        ("intr", "stty: missing argument to 'intr'\nTry 'stty --help' for more information.\n"),
        ("foo", "stty: invalid argument 'foo'\nTry 'stty --help' for more information.\n"),
        ("ixany", "stty: 'ixany': this terminal cannot do that\n"),
        ("-ixany; stty", "speed 38400 baud; line = 0;\n"),
    ],
)
def test_stty(start: Start, words: str, expected: str) -> None:
    box = start("bash", "--norc", "-c", f"stty {words}")
    assert box.raw.replace("\r\n", "\n") == expected


def test_stty_shows_everything(start: Start) -> None:
    out = start("stty", "-a").raw
    assert out.startswith("speed 38400 baud; rows 12; columns 80; line = 0;\r\n")
    assert "intr = ^C; quit = ^\\; erase = ^?; kill = ^U; eof = ^D;" in out
    assert "isig icanon iexten echo echoe echok -echonl" in out


def test_reset(start: Start) -> None:
    box = start("bash", "--norc", "-c", "stty raw -echo; reset; stty")
    assert "\x1bc" in box.raw
    assert box.tty.termios == Termios()


def test_nohup_on_a_terminal(start: Start) -> None:
    box = start(
        "bash",
        "--norc",
        "-c",
        "nohup bash -c 'echo out; echo err >&2; read -r x || echo none'; cat nohup.out",
    )
    lines = box.raw.replace("\r\n", "\n").splitlines()
    assert lines[0] == "nohup: ignoring input and appending output to 'nohup.out'"
    assert lines[1:3] == ["out", "err"]
    assert lines[-1] == "none"
    assert box.machine.files.stat("/tmp/case/nohup.out").mode & 0o777 == 0o600


def test_who_is_there(start: Start) -> None:
    assert start("who").raw.split()[:2] == ["user", "tty"]
    assert start("users").raw == "user\r\n"
    assert "still logged in" in start("last").raw
    assert start("w", "-h").raw.split()[:2] == ["user", "tty"]


def test_time_lets_the_command_have_control_c(start: Start) -> None:
    box = start("time", "sleep", "100")
    box.type("\x03")
    assert box.status == 128 + Signal.INT
    assert "Command terminated by signal 2" in box.raw


# --- script ---


def test_script_records_a_command(start: Start) -> None:
    box = start("script", "-c", "printf 'a\\nb\\n'; tty; stty size; exit 3", "out")
    text = box.read("out").decode()
    first, *body, empty, last = text.splitlines()
    assert first.startswith("Script started on 20")
    assert 'COMMAND="printf' in first
    assert 'TERM="xterm-256color" TTY="/dev/tty" COLUMNS="80" LINES="12"]' in first
    assert body == ["a", "b", "/dev/tty", "12 80"] or body[:2] + body[-1:] == ["a", "b", "12 80"]
    assert empty == ""
    assert last.endswith('[COMMAND_EXIT_CODE="3"]')
    assert box.raw.startswith("Script started, output log file is 'out'.\r\na\r\nb\r\n")
    assert box.raw.endswith("Script done.\r\n")
    assert box.status == 0


def test_script_is_a_session_with_jobs(start: Start) -> None:
    box = start("script", "-q", "-e", "out")
    box.type("PS1='> '\r")
    box.type("sleep 1000\r")
    box.type("\x1a")
    assert "Stopped" in box.raw
    box.type("fg\r")
    box.type("\x03")
    box.type("stty size\r")
    box.resize(20, 50)
    box.type("stty size\rexit 7\r")
    assert box.status == 7
    log = box.read("out").decode()
    assert "12 80\r\n" in log
    assert "20 50\r\n" in log
    assert "^C" in log
    assert box.tty.termios == Termios()


def test_script_takes_its_session_with_it(start: Start) -> None:
    box = start("script", "-q", "out")
    box.type("sleep 1000\r")
    box.kernel.deliver(box.process, Signal.TERM)
    box.machine.driver.run(lambda: not box.kernel.alive())


def test_script_without_a_terminal(run, machine) -> None:
    outcome = run("script", "-qec", "read -r x; echo got $x; exit 4", "/tmp/out", stdin=b"hello\n")
    assert outcome.status == 4
    assert "got hello" in outcome.out
    assert b"<not executed on terminal>" in machine.files.read("/tmp/out")
    assert run("script", "/no/such").status == 1
