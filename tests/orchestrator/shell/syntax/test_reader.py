"""Reading line by line, aliases, warnings, and what no input may do."""

import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.errors import ShellSyntaxError
from orchestrator.shell.syntax import CommandReader, Dialect, parse, parse_next, print_node
from orchestrator.shell.syntax.nodes import HereDoc, Redirect, SimpleCommand

PIECES = [
    "if", "then", "else", "elif", "fi", "while", "do", "done", "for", "in", "case", "esac", "function", "{", "}",
    "(", ")", "((", "))", "[[", "]]", "!", "time", "coproc", "select", "&&", "||", "|", "|&", "&", ";", ";;", ";&",
    "\n", " ", "\t", "a", "b=1", "a[1]=", "a=(", "$x", "${x", "${x:-", "${#", "${!", "}", "$(", "$((", "`", "'", '"',
    "\\", "\\\n", "<", ">", "<<", "<<-", "<<<", ">&", "<(", ">(", "2>", "{fd}>", "EOF", "*", "?", "[", "]", "@(", "~",
    "#", "=", "==", "=~", "-f", "-eq", "$'", '$"', "$[", "é", "\udcff", "0", "1", "/", "//", "%", "^", ",", ":", "@Q",
]  # fmt: skip
TEXTS = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=40).map("".join))


def commands(text: str) -> list[str]:
    """The commands of each line, printed."""
    reader = CommandReader(text)
    lines = []
    while (line := reader.next()) is not None:
        lines.append(print_node(line))
    return lines


def test_reads_one_line_at_a_time() -> None:
    assert commands("a; b\n\nif c\nthen d\nfi\n") == ["a; b", "if c; then\n    d;\nfi"]


def test_what_stands_before_an_error_is_read() -> None:
    reader = CommandReader("a\nb )\nc\n")
    assert print_node(reader.next() or pytest.fail("end")) == "a"
    with pytest.raises(ShellSyntaxError) as caught:
        reader.next()
    assert (caught.value.line, caught.value.column, caught.value.text_line) == (2, 3, "b )")
    reader.skip_line()
    assert print_node(reader.next() or pytest.fail("end")) == "c"
    assert reader.next() is None


def test_parse_next_tells_where_to_go_on() -> None:
    text = "a\nb\n"
    first, position, line = parse_next(text)
    assert (print_node(first or pytest.fail("end")), position, line) == ("a", 2, 2)
    second, position, line = parse_next(text, position, line=line)
    assert (print_node(second or pytest.fail("end")), position, line) == ("b", 4, 3)
    assert parse_next(text, position) == (None, 4, 1)


def test_asks_for_more_while_a_command_is_incomplete() -> None:
    lines = ["if a\n", "then 'b\n", "c'\n", "fi\n", "cat <<X\n", "one\n", "X\n", ""]
    asked: list[bool] = []
    reader = CommandReader("", more=lambda: (asked.append(reader.continuing), lines.pop(0))[1])
    assert print_node(reader.next() or pytest.fail("end")) == "if a; then\n    'b\nc';\nfi"
    assert asked == [False, True, True, True]
    assert print_node(reader.next() or pytest.fail("end")) == "cat <<X\none\nX\n"
    assert asked[4:] == [False, True, True]
    assert reader.next() is None


def test_line_numbers_go_on_through_long_input() -> None:
    reader = CommandReader("echo x\n" * 20_000 + "here\n")
    last: Any = None
    while (line := reader.next()) is not None:
        last = line
    assert last.items[0].command.pos.line == 20_001
    assert reader.position == 7 * 20_000 + 5


def test_here_documents_of_one_line_follow_in_order() -> None:
    command = parse("cat <<A 3<<-'B' c\na $x\nA\n\tb $x\n\tB\n").body.items[0].command
    assert isinstance(command, SimpleCommand)
    first, second = (redirect.target for redirect in command.redirects)
    assert isinstance(first, HereDoc)
    assert isinstance(second, HereDoc)
    assert (first.quoted, len(first.body.parts)) == (False, 3)
    assert (second.quoted, second.strip_tabs, second.delimiter) == (True, True, "B")
    assert command.redirects[1].fd == 3


def test_an_unfinished_here_document_is_a_warning() -> None:
    reader = CommandReader("cat <<X\nbody")
    reader.next()
    assert reader.take_warnings() == [
        (2, "warning: here-document at line 1 delimited by end-of-file (wanted `X')")
    ]
    assert reader.take_warnings() == []


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("ll", "ls -l"),
        ("ll a", "ls -l a"),
        ("'ll' a", "'ll' a"),
        ("echo ll", "echo ll"),
        ("x=1 ll", "x=1 ls -l"),
        ("a; ll", "a; ls -l"),
        ("a | ll", "a | ls -l"),
        ("sudo ll", "sudo ls -l"),
        ("self x", "self -x x"),
        ("one", "deep -2 -1"),
        ("begin a; end", "{ a; }"),
        ("again again x", "again -v again -v x"),
        ("if ll; then ll; fi", "if ls -l; then\n    ls -l;\nfi"),
    ],
)
def test_aliases(text: str, printed: str) -> None:
    table = {
        "ll": "ls -l", "sudo": "sudo ", "self": "self -x", "one": "two -1", "two": "deep -2",
        "begin": "{", "end": "}", "again": "again -v ",
    }  # fmt: skip
    assert print_node(parse(text, aliases=table.get)) == printed


def test_an_alias_bomb_is_refused() -> None:
    table = {f"a{n}": f"a{n + 1} a{n + 1} " for n in range(60)}
    with pytest.raises(ShellSyntaxError):
        parse("a0", aliases=table.get)


def test_extended_globs_are_words_when_switched_on() -> None:
    with pytest.raises(ShellSyntaxError):
        parse("echo @(a|b c)")
    assert print_node(parse("echo @(a|b c)x", dialect=Dialect(extglob=True))) == "echo @(a|b c)x"


@pytest.mark.parametrize(
    "text", ["(" * 3000, "{ " * 3000, "$(" * 3000, "${x:-" * 3000, "((" * 3000, "$((" * 3000, "`" * 3000,
             "if " * 3000, "! " * 3000 + "a", "[[ " + "( " * 3000, "[[ " + "! " * 3000, "a=(" * 3000, "<(" * 3000,
             "@(" * 3000, "f() " * 3000, "coproc " * 3000, '"$(' * 1000, "${x/" * 1000, "a[" * 3000, "while " * 3000,
             "case x in a) " * 3000, "time " * 3000, "x=$[" * 3000]
)  # fmt: skip
def test_deep_nesting_is_refused_not_fatal(text: str) -> None:
    try:
        parse(text, dialect=Dialect(extglob=True))
    except ShellSyntaxError as error:
        assert error.message  # noqa: PT017 - some of these nest in form only and are read


@pytest.mark.parametrize(
    "unit",
    ["a; ", "a && ", "a | ", "x$y ", '"a" ', "'a' ", "`a` ", "$(a) ", "((1)) ;", "$((1)) ", "${x:-a} ", "a\\\n",
     "a=1 ", "a[1]=1 ", "<<X\nX\n", ">a ", "{ a; } ;", "( a ) ;", "if a; then b; fi; ", "[[ a ]] ;", "f() { a; } ;",
     "case a in b) c;; esac; ", "# c\n", "\\a", "$x", "a$(", "<(a) ", "((a) ", "a[", "\"${x", "$'a' ", "{a} ", "\n"],
)  # fmt: skip
def test_work_is_linear(unit: str) -> None:
    """Counted in calls and not in seconds, which depend on what else the machine does."""
    small, large = (_calls_to_parse(unit * count + "end") for count in (300, 2400))
    assert large < 8 * small * 1.5 + 1000


def _calls_to_parse(text: str) -> int:
    calls = 0

    def count(_frame: object, _event: str, _argument: object) -> None:
        nonlocal calls
        calls += 1

    sys.setprofile(count)
    try:
        parse(text)
    except ShellSyntaxError:
        pass
    finally:
        sys.setprofile(None)
    return calls


@settings(max_examples=400, deadline=None)
@given(TEXTS, st.booleans())
def test_any_text_is_read_or_refused(text: str, extglob: bool) -> None:
    try:
        parse(text, dialect=Dialect(extglob=extglob))
    except ShellSyntaxError as error:
        if error.line < 1 or not error.message:
            raise


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_what_is_printed_reads_back(text: str) -> None:
    try:
        tree = parse(text)
    except ShellSyntaxError:
        return
    printed = print_node(tree)
    assert print_node(parse(printed)) == printed


def test_redirects_keep_their_numbers() -> None:
    command = parse("a <b 3>c {fd}>>d 2>&1 &>e >|f <>g <<<h 4<&- &>>i").body.items[0].command
    assert isinstance(command, SimpleCommand)
    assert [(r.operator, r.fd, r.variable) for r in command.redirects] == [
        ("<", None, None), (">", 3, None), (">>", None, "fd"), (">&", 2, None), ("&>", None, None),
        (">|", None, None), ("<>", None, None), ("<<<", None, None), ("<&", 4, None), ("&>>", None, None),
    ]  # fmt: skip
    assert all(isinstance(redirect, Redirect) for redirect in command.redirects)
