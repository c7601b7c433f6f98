"""Keys that can be changed: bind, inputrc, macros; and the functions that no default key showed so far."""

from __future__ import annotations

import pytest

from tests.orchestrator.shell.terminal import InteractiveBox

UP = "\x1b[A"


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        pytest.param("one two three\x1b2\x1bb\x0b", "one", id="M-2 M-b"),
        pytest.param("one two three\x01\x1b-\x1bfX", "Xone two three", id="negative at the start"),
        pytest.param("one two three\x1b-\x1bdX", "one two X", id="M-- M-d kills backwards"),
        pytest.param("abcdef\x1b12\x7fX", "X", id="a count of two digits"),
        pytest.param("a.b.c\x01\x1d.X", "aX.b.c", id="C-]"),
        pytest.param("a.b.c\x1b\x1d.X", "a.bX.c", id="M-C-]"),
        pytest.param("one  two\x02\x02\x02\x1b\\", "onetwo", id="M-backslash"),
        pytest.param("one two\x00\x01\x18\x18X", "one twoX", id="mark and C-x C-x"),
        pytest.param("one two\x18\x7f", "", id="C-x backspace"),
        pytest.param("one two\x1br", "", id="M-r"),
        pytest.param("a 'b c' d\x1b\x02\x1b\x02\x0b", "a", id="M-C-b knows quotes"),
        pytest.param("a 'b c' d\x01\x1b\x06\x1b\x06\x15", " d", id="M-C-f"),
        pytest.param("one two\x01\x1b\x04", " two", id="M-C-d"),
        pytest.param("one two\x1b-\x1bu", "one TWO", id="M-- M-u changes the word before"),
        pytest.param("ab\x18(cd\x18)\x18e", "abcdcd", id="macro"),
        pytest.param("~/x\x1b&", "/home/user/x", id="M-&"),
        pytest.param("echo $HOME\x1b\x05", "echo /home/user", id="M-C-e"),
    ],
)
def test_functions(term: InteractiveBox, keys: str, line: str) -> None:
    term.type(keys)
    assert term.line == f"$ {line}".rstrip()


def test_arguments_of_earlier_commands(term: InteractiveBox) -> None:
    term.type("echo a b c\r: x y\r")
    assert term.type("\x1b.").endswith("$ y")
    assert term.type("\x1b.").endswith("$ c")
    assert term.type("\x15\x1b\x19").endswith("$ x")
    assert term.type("\x15\x1b0\x1b.").endswith("$ :")


def test_operate_and_get_next(term: InteractiveBox) -> None:
    term.type("echo 1\recho 2\recho 3\r" + UP * 3)
    assert term.type("\x0f").endswith("1\n$ echo 2")
    assert term.type("\x0f").endswith("2\n$ echo 3")


def test_history_by_beginning(term: InteractiveBox) -> None:
    term.type("echo 1\rtrue\recho 2\rtrue\r")
    assert term.type("ec\x1b[5~").endswith("$ echo 2")
    assert term.type("\x1b[5~").endswith("$ echo 1")
    assert term.type("\x1b[6~").endswith("$ echo 2")


def test_the_line_in_an_editor(term: InteractiveBox) -> None:
    term.files.write("/tmp/ed", b'echo echo edited > "$1"\n')
    term.files.chmod("/tmp/ed", 0o755)
    term.type("export EDITOR=/tmp/ed\r")
    assert term.type("typed\x18\x05").endswith("\nedited\n$")


def test_completions_listed_and_inserted(term: InteractiveBox) -> None:
    for name in ("one", "two"):
        term.files.write(f"/tmp/case/x{name}", b"")
    assert term.type("ls x\x1b?").endswith("xone  xtwo\n$ ls x")
    assert term.type("\x1b*").endswith("$ ls xone xtwo")
    assert term.type("\x15ls x*\x18*").endswith("$ ls xone xtwo")


def test_menu_complete(term: InteractiveBox) -> None:
    for name in ("one", "two"):
        term.files.write(f"/tmp/case/x{name}", b"")
    term.type("bind 'TAB: menu-complete'\r")
    assert term.type("ls x\t").endswith("$ ls xone")
    assert term.type("\t").endswith("$ ls xtwo")
    assert term.type("\t").endswith("$ ls x")


def test_options_of_tools(term: InteractiveBox) -> None:
    assert term.type("ls --gr\t").endswith("$ ls --group-directories-first")


@pytest.mark.parametrize(
    ("command", "keys", "line"),
    [
        pytest.param(r"""bind '"\C-t": beginning-of-line'""", "ab\x14X", "Xab", id="function"),
        pytest.param(r"""bind 'Control-t: beginning-of-line'""", "ab\x14X", "Xab", id="by name"),
        pytest.param(r"""bind '"\C-t": "hello "'""", "\x14x", "hello x", id="macro"),
        pytest.param(r"""bind '"\C-xq": "quux"'""", "\x18q", "quux", id="two keys"),
        pytest.param(r"""bind '"jk": end-of-line'""", "ajb", "ajb", id="a prefix is not eaten"),
        pytest.param(r"""bind -r '\C-a'""", "ab\x01X", "abX", id="removed"),
        pytest.param(r"""bind -u end-of-line""", "ab\x01\x05X", "Xab", id="unbound function"),
    ],
)
def test_bind(term: InteractiveBox, command: str, keys: str, line: str) -> None:
    term.type(command + "\r")
    term.type(keys)
    assert term.line == f"$ {line}"


def test_bind_to_a_command(term: InteractiveBox) -> None:
    term.type('f() { READLINE_LINE="<$READLINE_LINE>"; READLINE_POINT=1; }\r')
    term.type("bind -x '\"\\C-t\": f'\r")
    assert term.type("abc\x14X").endswith("$ <Xabc>")


def test_what_is_bound(term: InteractiveBox) -> None:
    assert term.answer("bind -q yank\r") == 'yank can be invoked via "\\C-y".'
    assert term.answer("bind -q menu-complete; echo $?\r") == "1"
    assert term.answer("bind nonsense\r") == "bash: bind: nonsense: no key sequence terminator"
    assert term.answer("bind -v | grep comment-begin\r") == "set comment-begin #"


def test_inputrc() -> None:
    box = InteractiveBox()
    text = (
        '# a comment\n$if mode=vi\n"\\C-t": "vi"\n$else\n"\\C-t": "emacs"\n$endif\n'
        "set completion-query-items 5\nnonsense here\n"
    )
    box.files.write("/tmp/case/rc", text.encode())
    box.type("INPUTRC=/tmp/case/rc\r")
    assert box.type("\x18\x12\x14").endswith("$ emacs")
    box.close()


def test_read_with_the_editor(term: InteractiveBox) -> None:
    term.type("read -e -i init -p 'name: ' x\r")
    assert term.line == "name: init"
    term.type("\x01my \r")
    assert term.answer("echo [$x]\r") == "[my init]"


def test_stopped_jobs_keep_the_shell_once(term: InteractiveBox) -> None:
    term.type("cat\r")
    term.type("\x1a")
    assert term.type("exit\r").endswith("There are stopped jobs.\n$")
    assert term.status is None
    term.type("true\r")
    assert term.type("exit\r").endswith("There are stopped jobs.\n$")
    term.type("exit\r")
    assert term.status is not None


def test_stopped_jobs_and_the_end_of_input(term: InteractiveBox) -> None:
    term.type("cat\r")
    term.type("\x1a")
    assert term.type("\x04").endswith("exit\nThere are stopped jobs.\n$")
    term.type("\x04")
    assert term.status is not None


def test_a_trap_of_the_prompts_interrupt(term: InteractiveBox) -> None:
    term.type("trap 'echo trapped' INT\r")
    assert term.type("abc\x03").endswith("$ abc^C\ntrapped\n$")


def test_time_stamps_of_the_history(term: InteractiveBox) -> None:
    term.type("HISTTIMEFORMAT='<%Y> '\r")
    assert term.answer("history 1\r").endswith("> history 1")


def test_verified_expansions(term: InteractiveBox) -> None:
    term.type("shopt -s histverify\recho one\r")
    assert term.type("!!\r").endswith("$ !!\n$ echo one")
    assert term.type(" two\r").endswith("one two\n$")


def test_a_folder_as_a_command(term: InteractiveBox) -> None:
    term.type("shopt -s autocd; mkdir sub\r")
    assert term.type("sub\r").endswith("cd -- sub\n$")
    assert term.answer("pwd\r") == "/tmp/case/sub"


def test_completions_from_a_command(term: InteractiveBox) -> None:
    term.files.write("/tmp/words", b'echo "$2-from-$1"\n')
    term.files.chmod("/tmp/words", 0o755)
    term.type("complete -C /tmp/words frob\r")
    assert term.type("frob ab\t").endswith("$ frob ab-from-frob")


@pytest.mark.parametrize(
    ("settings", "kept"),
    [
        pytest.param(
            "shopt -u histappend", ["HISTFILE=/tmp/h", "shopt -u histappend", "exit"], id="whole"
        ),
        pytest.param("HISTFILESIZE=2", ["HISTFILESIZE=2", "exit"], id="shortened"),
        pytest.param(
            "shopt -s histappend",
            ["old", "HISTFILE=/tmp/h", "shopt -s histappend", "exit"],
            id="appended",
        ),
    ],
)
def test_the_history_file(term: InteractiveBox, settings: str, kept: list[str]) -> None:
    term.type(f"echo old > /tmp/h; history -c\rHISTFILE=/tmp/h\r{settings}\rexit\r")
    assert term.files.read("/tmp/h").decode().splitlines() == kept
