"""The interactive shell, from keys to what is on the screen."""

from __future__ import annotations

import pytest

from tests.orchestrator.shell.terminal import InteractiveBox

UP, DOWN, LEFT, RIGHT, HOME, END, DELETE = (
    *("\x1b[A", "\x1b[B", "\x1b[D", "\x1b[C"),
    *("\x1b[H", "\x1b[F", "\x1b[3~"),
)


def test_a_command_and_its_output(term: InteractiveBox) -> None:
    assert term.type("echo hi\r") == "$ echo hi\nhi\n$"


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        pytest.param("abc\x01X", "Xabc", id="C-a"),
        pytest.param("abc\x01\x05X", "abcX", id="C-e"),
        pytest.param("abc\x02\x02X", "aXbc", id="C-b"),
        pytest.param("abc\x01\x06X", "aXbc", id="C-f"),
        pytest.param(f"abc{LEFT}X{RIGHT}Y", "abXcY", id="arrows"),
        pytest.param(f"abc{HOME}X{END}Y", "XabcY", id="home and end"),
        pytest.param(f"abc{HOME}{DELETE}", "bc", id="delete"),
        pytest.param("abc\x01\x04", "bc", id="C-d"),
        pytest.param("abc\x7f\x08", "a", id="backspace and C-h"),
        pytest.param("one two three\x1bb\x1bbX", "one Xtwo three", id="M-b"),
        pytest.param("one two\x01\x1bfX", "oneX two", id="M-f"),
        pytest.param("one two three\x17", "one two", id="C-w"),
        pytest.param("a/b-c\x1b\x7f", "a/b-", id="M-backspace"),
        pytest.param("one two\x01\x1bd", " two", id="M-d"),
        pytest.param("one two\x02\x02\x02\x0b", "one", id="C-k"),
        pytest.param("one two\x02\x02\x02\x15", "two", id="C-u"),
        pytest.param("one two\x17\x01\x19", "twoone ", id="C-y"),
        pytest.param("a b c\x17\x17\x19", "a b c", id="kills join"),
        pytest.param("one\x15two\x15\x19\x1by", "one", id="M-y"),
        pytest.param("abc\x02\x14", "acb", id="C-t inside"),
        pytest.param("ab\x14", "ba", id="C-t at the end"),
        pytest.param("one two\x1bt", "two one", id="M-t"),
        pytest.param("one two\x01\x1bu\x1bc", "ONE Two", id="M-u M-c"),
        pytest.param("ONE\x01\x1bl", "one", id="M-l"),
        pytest.param("abc\x17\x1f", "abc", id="undo"),
        pytest.param("a\x16\x01b", "a^Ab", id="C-v"),
        pytest.param("\x1b5x", "xxxxx", id="count"),
        pytest.param("abcdef\x1b3\x02X", "abcXdef", id="count and move"),
        pytest.param("äö日本\x7fx", "äö日x", id="characters of several bytes"),
    ],
)
def test_editing(term: InteractiveBox, keys: str, line: str) -> None:
    term.type(keys)
    shown = term.line.replace("日", "日")
    assert shown == f"$ {line}".rstrip()


def test_the_edited_line_is_what_runs(term: InteractiveBox) -> None:
    assert term.answer(f"cho edited{HOME}e\r") == "edited"


def test_history_up_and_down(term: InteractiveBox) -> None:
    term.type("echo one\recho two\r")
    term.type(UP + UP)
    assert term.line == "$ echo one"
    term.type(DOWN)
    assert term.line == "$ echo two"
    term.type(DOWN + "new")
    assert term.line == "$ new"


def test_an_unfinished_line_waits_below_the_history(term: InteractiveBox) -> None:
    term.type("echo one\rhalf" + UP + DOWN)
    assert term.line == "$ half"


def test_search(term: InteractiveBox) -> None:
    term.type("echo alpha\recho beta\r\x12alp")
    assert term.line == "(reverse-i-search)`alp': echo alpha"
    assert term.answer("\r") == "alpha"


def test_search_given_up(term: InteractiveBox) -> None:
    term.type("echo alpha\rkeep\x12alp\x07")
    assert term.line == "$ keep"


def test_search_that_fails_says_so(term: InteractiveBox) -> None:
    term.type("echo alpha\r\x12xyz")
    assert term.line.startswith("(failed reverse-i-search)`xyz'")


def test_last_argument(term: InteractiveBox) -> None:
    term.type("echo one two\recho three\recho \x1b.")
    assert term.line == "$ echo three"
    term.type("\x1b.")
    assert term.line == "$ echo two"


def test_incomplete_input_asks_for_more(term: InteractiveBox) -> None:
    assert term.type("for i in 1 2\r").endswith(">")
    assert term.type("do echo $i; done\r").endswith("1\n2\n$")
    term.type(UP)
    assert term.screen.text().endswith("$ for i in 1 2; do echo $i; done")  # cmdhist
    term.type("\x15shopt -s lithist\rif true\rthen echo x\rfi\r" + UP)
    assert term.screen.text().endswith("$ if true\nthen echo x\nfi")


def test_an_open_quote_asks_for_more(term: InteractiveBox) -> None:
    assert term.type("echo 'a\rb'\r").endswith("> b'\na\nb\n$")


def test_pasted_lines_run_when_entered(term: InteractiveBox) -> None:
    assert term.type("\x1b[200~echo a\recho b\x1b[201~").endswith("$ echo a\necho b")
    assert term.type("\r").endswith("a\nb\n$")


def test_interrupt_gives_a_fresh_prompt(term: InteractiveBox) -> None:
    assert term.type("half a line\x03") == "$ half a line^C\n$"
    assert term.answer("echo $?\r") == "130"


def test_interrupt_leaves_a_continuation(term: InteractiveBox) -> None:
    assert term.type("if true\r\x03").endswith("> ^C\n$")
    assert term.answer("echo ok\r") == "ok"


def test_interrupt_ends_a_program(term: InteractiveBox) -> None:
    term.type("cat\r")
    assert term.type("\x03").endswith("^C\n$")
    assert term.answer("echo $?\r") == "130"


def test_interrupt_ends_a_loop_of_programs(term: InteractiveBox) -> None:
    term.type("while true; do cat; done\r")
    assert term.type("\x03").endswith("$")
    assert term.answer("echo here\r") == "here"


def test_interrupt_of_the_shell_itself_gives_a_fresh_line(term: InteractiveBox) -> None:
    term.type("read waiting\r")
    assert term.type("\x03").endswith("^C\n$")
    assert term.answer("echo $?\r") == "130"


def test_end_of_input_leaves(term: InteractiveBox) -> None:
    term.type("false\r\x04")
    assert term.status == 1


def test_end_of_input_on_a_line_with_text_deletes(term: InteractiveBox) -> None:
    term.type("ab\x01\x04")
    assert term.status is None
    assert term.line == "$ b"


def test_exit_says_so(term: InteractiveBox) -> None:
    assert term.type("exit 3\r").endswith("exit")
    assert term.status == 3


def test_a_stopped_program_goes_on(term: InteractiveBox) -> None:
    term.type("cat\r")
    assert "[1]+  Stopped                 cat" in term.type("\x1a")
    assert term.answer("jobs\r") == "[1]+  Stopped                 cat"
    assert term.type("fg\r").endswith("cat")
    assert term.type("line\r").endswith("line\nline")
    assert term.type("\x04").endswith("$")


def test_a_background_job_is_reported(term: InteractiveBox) -> None:
    assert "[1] " in term.type("true & wait\r")
    shown = term.type("\r")
    assert "[1]+  Done                    true" in shown


def test_background_and_kill(term: InteractiveBox) -> None:
    term.type("{ read x; } < /dev/tty &\r")  # reads from the background: it is stopped
    assert "Stopped" in term.answer("jobs\r")
    term.type("kill %1\r")
    assert "Terminated" in term.type("\r")


def test_completion_of_a_command(term: InteractiveBox) -> None:
    term.type("unal\t")
    assert term.line == "$ unalias"


def test_completion_of_a_path(term: InteractiveBox) -> None:
    term.files.write("/tmp/case/a file.txt", b"content\n")
    assert term.answer("cat a\t\r") == "content"
    assert "$ cat a\\ file.txt" in term.screen.text()


def test_completion_of_a_directory_goes_on(term: InteractiveBox) -> None:
    term.files.make_dir("/tmp/case/sub")
    term.files.write("/tmp/case/sub/x", b"")
    term.type("ls su\t\t")
    assert term.line == "$ ls sub/x"


def test_completion_in_quotes(term: InteractiveBox) -> None:
    term.files.write("/tmp/case/a b", b"in quotes\n")
    assert term.answer('cat "a\t\r') == "in quotes"


def test_completion_of_a_variable(term: InteractiveBox) -> None:
    term.type("LONGNAME=value\r")
    assert term.answer("echo $LONGN\t\r") == "value"
    assert term.answer("echo ${LONGN\t\r") == "value"


def test_completion_lists_on_the_second_tab(term: InteractiveBox) -> None:
    for name in ("one", "two"):
        term.files.write(f"/tmp/case/x{name}", b"")
    term.type("ls x\t")
    assert term.line == "$ ls x"
    assert term.type("\t").endswith("xone  xtwo\n$ ls x")


def test_completion_asks_before_a_long_list(term: InteractiveBox) -> None:
    for number in range(120):
        term.files.write(f"/tmp/case/n{number:03d}", b"")
    term.type("ls n\t\t")
    assert term.line == "Display all 120 possibilities? (y or n)"
    term.type("n")
    assert term.line == "$ ls n"


def test_a_long_line_takes_several_rows() -> None:
    box = InteractiveBox(24, 20)
    box.type("echo 0123456789012345678901234567")
    assert box.screen.text() == "$ echo 0123456789012\n345678901234567"
    box.type("\x01" + "\x1b[C" * 5 + "X")
    assert box.screen.text() == "$ echo X012345678901\n2345678901234567"
    assert box.screen.row == 0
    assert box.type("\x05\r").endswith("\nX0123456789012345678\n901234567\n$")


def test_a_line_that_just_fills_the_row() -> None:
    box = InteractiveBox(24, 20)
    box.type("echo 0123456789abc")
    assert (box.screen.row, box.screen.column) == (1, 0)
    box.type("d\x7f\x7f!")
    assert box.screen.text() == "$ echo 0123456789ab!"


def test_resize_redraws() -> None:
    box = InteractiveBox(24, 40)
    box.type("echo 0123456789012345678901234567")
    box.kernel.scheduler.post(lambda: box.tty.resize(24, 20))
    box.screen.columns = 20
    box.run_until_idle()
    assert box.answer("\r") in ("01234567", "0123456789012345678901234567")
    assert box.answer("echo $COLUMNS\r") == "20"


def test_prompt_escapes_and_expansions(term: InteractiveBox) -> None:
    assert term.type("PS1='\\u:\\W:$((1+1)):\\$ '\r").endswith("user:case:2:$")


def test_the_prompt_is_not_expanded_twice(term: InteractiveBox) -> None:
    term.files.make_dir("/tmp/case/$(echo no)")
    assert term.type("cd '$(echo no)'; PS1='\\W> '\r").endswith("$(echo no)>")


def test_prompt_command(term: InteractiveBox) -> None:
    term.type("PROMPT_COMMAND='echo before'\r")
    assert term.type("true\r").endswith("before\n$")


def test_invisible_parts_of_the_prompt_take_no_room() -> None:
    box = InteractiveBox(24, 20)
    box.type("PS1='\\[\\e[32m\\]>\\[\\e[0m\\] '\r")
    box.type("echo 0123456789abcd")
    assert box.line == "d"
    assert (box.screen.row, box.screen.column) == (len(box.screen.rows) - 1, 1)


def test_a_syntax_error_shows_where(term: InteractiveBox) -> None:
    shown = term.type("echo a; ) b\r").splitlines()
    assert shown[-4] == "bash: syntax error near unexpected token `)'"
    assert shown[-3] == "bash: `echo a; ) b'"
    assert shown[-2].index("^") == shown[-3].index(")")


def test_an_unknown_command_suggests(term: InteractiveBox) -> None:
    shown = term.type("sl\r")
    assert shown.endswith("bash: sl: command not found\nDid you mean: ls?\n$")


def test_errors_have_no_line_number(term: InteractiveBox) -> None:
    assert term.answer("cd /nowhere\r") == "bash: cd: /nowhere: No such file or directory"


def test_unbound_variable_does_not_end_it(term: InteractiveBox) -> None:
    assert term.answer("set -u; echo $nope\r") == "bash: nope: unbound variable"
    assert term.answer("echo alive\r") == "alive"


def test_history_is_kept_in_a_file(term: InteractiveBox) -> None:
    term.type("echo remembered\rexit\r")
    assert b"echo remembered\n" in term.files.read("/home/user/.bash_history")


def test_history_control(term: InteractiveBox) -> None:
    term.type("HISTCONTROL=ignoreboth\r echo hidden\recho same\recho same\r")
    listed = term.type("history\r")
    tail = listed[listed.rindex("$ history") :]
    assert "hidden" not in tail
    assert tail.count("echo same") == 1


def test_aliases_work(term: InteractiveBox) -> None:
    term.type("alias greet='echo hello'\r")
    assert term.answer("greet you\r") == "hello you"


def test_trap_int_keeps_the_shell(term: InteractiveBox) -> None:
    term.type("trap 'echo trapped' INT\r")
    term.type("kill -INT $$\r")
    assert "trapped" in term.screen.text()


def test_read_without_echo(term: InteractiveBox) -> None:
    term.type("read -s secret\r")
    before = term.screen.text()
    assert "hidden" not in term.type("hidden\r")[len(before) :]
    assert term.answer("echo $secret\r") == "hidden"


def test_read_counts_characters(term: InteractiveBox) -> None:
    term.type("read -n 1 key\r")
    term.type("y")
    assert term.answer("echo [$key]\r") == "[y]"


def test_the_terminal_is_back_to_normal_for_programs(term: InteractiveBox) -> None:
    term.type("read x\r")
    term.type("abc\x7fd\r")
    assert term.answer("echo $x\r") == "abd"


def test_clear_screen(term: InteractiveBox) -> None:
    before = len(term.raw)
    term.type("abc\x0c")
    assert "\x1b[2J" in term.raw[before:]
