"""What a visitor does: the lines of the README typed into the page, and what the terminal then shows."""

import re
from typing import Any

import pytest
from terminal import PROMPT, PageTerminal

pytestmark = pytest.mark.page


def test_the_prompt_appears(terminal: PageTerminal) -> None:
    text = terminal.see(PROMPT)
    assert text.startswith("Welcome to pagebox")


def test_the_page_starts_from_its_snapshot(blank: Any, address: str) -> None:
    blank.goto(address)
    assert PageTerminal(blank).ready()["way"] == "snapshot"


def test_the_page_starts_plainly_where_the_snapshot_fails(blank: Any, address: str) -> None:
    blank.route("**/snapshot-*", lambda route: route.fulfill(status=404))
    blank.goto(address)
    terminal = PageTerminal(blank)
    assert terminal.ready()["way"] == "plain"
    assert terminal.run("echo still $((40 + 2))") == "still 42"


def test_sales_pipeline(terminal: PageTerminal) -> None:
    line = (
        "cat /home/user/examples/sales.csv | python3 /home/user/examples/report.py"
        " | sort -t, -k2 -rn | head -n 3"
    )
    assert terminal.run(line) == "south,254.60,610\nwest,184.60,450\neast,170.00,370"


def test_a_script_is_typed_in_and_run(terminal: PageTerminal) -> None:
    terminal.type("cat > hello.py\n")
    terminal.type("#!/usr/bin/env python3\nimport sys\nprint('Hello,', sys.argv[1])\n")
    terminal.press("Control+D")
    assert terminal.run("chmod +x hello.py && ./hello.py World") == "Hello, World"


def test_endless_producers_end(terminal: PageTerminal) -> None:
    assert terminal.run("yes | head -n 2; seq 1 1000000000 | head -n 1") == "y\ny\n1"


def test_control_c_ends_a_spinning_program(terminal: PageTerminal) -> None:
    terminal.type('python3 -c \'print("going"); exec("while True: pass")\'\n')
    terminal.see("^going$")
    terminal.press("Control+C")
    terminal.see(r"\^C")
    assert terminal.run("echo $?") == "130"


def test_control_c_ends_a_sleeping_program(terminal: PageTerminal) -> None:
    terminal.type("echo asleep; cat\n")
    terminal.see("^asleep$")
    terminal.press("Control+C")
    assert terminal.run("echo $?") == "130"


def test_the_shell_survives_what_a_program_does(terminal: PageTerminal) -> None:
    assert "not found" in terminal.run("nonesuch")
    assert terminal.run("echo $?") == "127"
    assert terminal.run("(nonesuch) 2> /dev/null; echo $?") == "127"
    assert terminal.run("(/etc/passwd) 2> /dev/null; echo $?") == "126"


def test_keys_typed_before_the_prompt_are_kept(blank: Any, address: str) -> None:
    blank.goto(address, wait_until="commit")
    blank.wait_for_selector(".xterm-helper-textarea", state="attached")
    terminal = PageTerminal(blank)
    terminal.type("echo ear''ly\n")
    terminal.ready()
    terminal.see("^early$")


def test_the_shell_can_be_ended_and_started_again(terminal: PageTerminal) -> None:
    terminal.type("exit 3\n")
    terminal.see(r"^\[the shell ended with status 3; press Enter for a new one\]$")
    terminal.press("Enter")
    assert terminal.run("echo again") == "again"


def test_a_resized_window_is_known_inside(terminal: PageTerminal) -> None:
    before = terminal.page.evaluate("window.pagebox.size()")
    terminal.page.set_viewport_size({"width": 700, "height": 420})
    terminal.page.wait_for_function(
        "rows => window.pagebox.size().rows !== rows", arg=before["rows"]
    )
    size = terminal.page.evaluate("window.pagebox.size()")
    assert size["columns"] < before["columns"]
    terminal.run(":")  # the shell looks at the size before each prompt
    assert terminal.run("echo $LINES $COLUMNS") == f"{size['rows']} {size['columns']}"


def test_pasting_many_lines_runs_nothing_by_itself(terminal: PageTerminal) -> None:
    terminal.page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.setData("text/plain", "echo one\\necho two\\n");
          const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
          document.querySelector(".xterm-helper-textarea").dispatchEvent(event);
        }"""
    )
    terminal.see("echo two")
    assert not re.search("^two$", terminal.text(), re.MULTILINE)
    terminal.press("Enter")
    terminal.see("^two$")


def test_programs_cannot_make_the_terminal_type(terminal: PageTerminal) -> None:
    """Reports, titles and the clipboard: what answers would arrive as if it had been typed."""
    asking = [
        r"\033[c",
        r"\033[>c",
        r"\033[=c",
        r"\033[>q",
        r"\033[5n",
        r"\033[21t",
        r"\033[18t",
        r"\033[?1$p",
        r"\033]52;c;?\a",
        r"\033]4;1;?\a",
        r"\033]10;?\a",
        r"\033P$qm\033\\",
    ]
    line = "printf '" + "".join(asking) + '\'; IFS= read -r -t 1 -n 1 answer; echo "<$answer>"'
    assert terminal.run(line).endswith("<>")


def test_every_python_fault_is_noticed(terminal: PageTerminal) -> None:
    assert terminal.run("ls / | wc -l").strip().isdigit()
    assert terminal.evaluate("list(machine.kernel.faults)") == []


def test_without_jspi_the_page_says_so(blank: Any, address: str) -> None:
    blank.add_init_script("delete WebAssembly.Suspending; delete WebAssembly.promising;")
    blank.goto(address)
    blank.wait_for_selector("#notice:not([hidden])")
    words = blank.inner_text("#notice")
    for browser in ("Chrome or Edge 137", "Firefox 153", "Safari 27"):
        assert browser in words
    assert blank.evaluate("window.pagebox.ready.then(() => 'ready', () => 'refused')") == "refused"


def test_the_header_says_what_runs(terminal: PageTerminal) -> None:
    words = terminal.page.locator("#words")
    terminal.type("sleep 1000\n")
    words.filter(has_text="running sleep").wait_for()
    terminal.press("Control+C")
    words.filter(has_text="ready").wait_for()


def test_the_header_says_what_a_program_waits_for(blank: Any, address: str) -> None:
    held: list[Any] = []
    blank.route("**/tools/python3-*", lambda route: held.append(route))
    blank.goto(address)
    terminal = PageTerminal(blank)
    terminal.ready()
    terminal.type("python3 -c 'print(6 * 7)'\n")
    blank.locator("#words").filter(
        has_text=re.compile(r"loading python3: 0\.0 of \d+\.\d MB")
    ).wait_for()
    held.pop().continue_()
    terminal.see("^42$")
