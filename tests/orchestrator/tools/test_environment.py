"""env and which."""

import pytest

from orchestrator.tools.environment import split_string
from orchestrator.tools.options import UsageError


def test_prints_the_environment(run) -> None:
    assert run("env", "-i", "A=1", "B=x y").out == "A=1\nB=x y\n"
    assert run("env", "-i0", "A=1").out == "A=1\0"
    assert "HOME" not in run("env", "-u", "HOME").out
    assert "HOME=/home/user\n" in run("env").out


def test_runs_a_command_in_place_of_itself(run) -> None:
    outcome = run("env", "-i", "X=1", "/usr/bin/env")
    assert (outcome.status, outcome.out) == (0, "X=1\n")


@pytest.mark.parametrize(
    ("argv", "status", "message"),
    [
        (["env", "nosuch"], 127, "env: 'nosuch': No such file or directory\n"),
        (["env", "/etc/passwd"], 126, "env: '/etc/passwd': Permission denied\n"),
        (
            ["env", "-C", "/nope", "true"],
            125,
            "env: cannot change directory to '/nope': No such file",
        ),
        (["env", "-u", "A=B"], 125, "env: cannot unset 'A=B': Invalid argument\n"),
        (["env", "-S", "'a"], 125, "env: no terminating quote in -S string\n"),
    ],
)
def test_mistakes(run, argv: list[str], status: int, message: str) -> None:
    outcome = run(*argv)
    assert outcome.status == status
    assert outcome.err.startswith(message)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("a b  c", ["a", "b", "c"]),
        ("'a b' \"c d\"e", ["a b", "c de"]),
        (r"a\_b \# x", ["a b", "#", "x"]),
        ("a # not read", ["a"]),
        ("-x=${V} '${V}'", ["-x=value", "${V}"]),
        (r"a\c b", ["a"]),
        ("''", [""]),
        ("", []),
    ],
)
def test_split_string(line: str, words: list[str]) -> None:
    assert split_string(line, {"V": "value"}) == words


def test_split_string_refuses_bare_variables() -> None:
    with pytest.raises(UsageError, match="only"):
        split_string("$V", {})


def test_split_option_passes_the_rest_on(run) -> None:
    assert run("env", "-S", "-i A=1", "/usr/bin/env").out == "A=1\n"
    assert run("env", "-iS", "A=1 /usr/bin/env").out == "A=1\n"


def test_which(run) -> None:
    assert run("which", "env").out == "/usr/bin/env\n"
    assert run("which", "-a", "env").out.splitlines() == ["/usr/bin/env", "/bin/env"]
    assert run("which", "env", "nosuch").status == 1
    assert run("which").status == 1
