"""Programs that take the terminal, and tools of each making, as a visitor meets them in the page."""

import pytest
from terminal import PROMPT, PageTerminal

pytestmark = pytest.mark.page


def test_nano_saves_a_file(terminal: PageTerminal) -> None:
    terminal.type("nano notes.txt\n")
    terminal.see(r"\[ New File \]")
    terminal.type("written in\nthe page")
    terminal.press("Control+O")
    terminal.see("File Name to Write: notes.txt")
    terminal.press("Enter")
    terminal.see(r"\[ Wrote 2 lines \]")
    terminal.press("Control+X")
    assert terminal.run("cat notes.txt") == "written in\nthe page"


def test_less_pages_searches_and_quits(terminal: PageTerminal) -> None:
    rows = terminal.page.evaluate("window.pagebox.size().rows")
    terminal.type("seq 1000 | less\n")
    terminal.see(f"^1\n(?:.*\n)*{rows - 1}\n:$")
    terminal.type(" ")
    terminal.see(f"^{rows}\n(?:.*\n)*{2 * rows - 2}\n:$")
    terminal.type("/^777\n")
    terminal.see("^777\n778\n")
    terminal.page.set_viewport_size({"width": 1000, "height": 420})  # what follows is drawn at once
    terminal.see(r"^777\n(?:\d+\n)*:$(?![^])")
    terminal.type("q")
    assert terminal.run("echo $?") == "0"


TOOLS = [
    ("C", "echo '{\"a\": [1, 2]}' | jq -c '.a | map(. + 1)'", "[2,3]"),
    ("C", "seq 4 | awk '{ sum += $1 } END { print sum }'", "10"),
    ("C, spawning", "tar czf a.tgz examples && tar tzf a.tgz | grep -c py", "4"),
    ("Rust", "echo one two | rg -o 't\\w+'", "two"),
    ("a file written", "sqlite3 a.db 'create table t(n); insert into t values(7)'; sqlite3 a.db 'select n * 6 from t'", "42"),
    ("Python", "python3 -c 'import subprocess; subprocess.run(\"echo $((6 * 7)) | tr 4 5\", shell=True)'", "52"),
]  # fmt: skip


def test_tools_of_each_making(terminal: PageTerminal) -> None:
    for making, line, expected in TOOLS:
        assert terminal.run(line) == expected, making


def test_jobs_stop_and_go_on(terminal: PageTerminal) -> None:
    terminal.type("sleep 1000\n")
    terminal.page.locator("#words").filter(has_text="running sleep").wait_for()
    terminal.press("Control+Z")
    terminal.see(rf"^\[1\]\+  Stopped +sleep 1000\n{PROMPT}")
    terminal.type("fg\n")
    terminal.see("^sleep 1000$")
    terminal.press("Control+C")
    assert terminal.run("echo $?; jobs") == "130"


def test_control_c_ends_a_loop_of_the_shell(terminal: PageTerminal) -> None:
    terminal.type("echo going; while :; do :; done\n")
    terminal.see("^going$")
    terminal.press("Control+C")
    terminal.see(r"^\^C$")
    assert terminal.run("echo $?") == "130"
