"""sleep, timeout, kill. The clock is the fake one: nothing here takes time."""

import pytest

from orchestrator.tools.duration import parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1", 1), ("0.5", 0.5), (".25", 0.25), ("2m", 120), ("1h", 3600), ("1d", 86400), ("1e1", 10)],
)
def test_durations(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds * 1e9


@pytest.mark.parametrize("text", ["", "x", "1x", "-1", "nan", "1_0", " 1", "s"])
def test_no_durations(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the text is the word itself
        parse_duration(text)


def test_sleep_passes_time(run, machine) -> None:
    before = machine.platform.clock.monotonic()
    assert run("sleep", "90", "0.5").status == 0
    assert machine.platform.clock.monotonic() - before == 90_500_000_000


def test_sleep_refuses(run) -> None:
    outcome = run("sleep", "x", "1", "y")
    assert outcome.status == 1
    assert outcome.err.splitlines()[:2] == [
        "sleep: invalid time interval 'x'",
        "sleep: invalid time interval 'y'",
    ]


def test_timeout_ends_the_command(run) -> None:
    assert run("timeout", "5", "sleep", "1000").status == 124
    assert run("timeout", "-s", "KILL", "5", "sleep", "1000").status == 137
    assert run("timeout", "--preserve-status", "5", "sleep", "1000").status == 143


def test_timeout_passes_the_status(run) -> None:
    assert run("timeout", "5", "sleep", "1").status == 0
    assert run("timeout", "5", "which", "nosuch").status == 1
    assert run("timeout", "0", "sleep", "1000").status == 0


def test_timeout_reaches_grandchildren(run, machine) -> None:
    assert run("timeout", "5", "timeout", "1000", "sleep", "900").status == 124
    assert machine.kernel.alive() == []


def test_timeout_kills_the_stubborn(run) -> None:
    outcome = run("timeout", "-v", "-k", "1", "2", "bash", "-c", "trap '' TERM; sleep 50; sleep 50")
    assert outcome.status == 137
    assert outcome.err.splitlines()[0] == "timeout: sending signal TERM to command 'bash'"


@pytest.mark.parametrize(
    ("argv", "status", "message"),
    [
        (
            ["timeout", "1", "nosuch"],
            127,
            "timeout: failed to run command 'nosuch': No such file or directory\n",
        ),
        (
            ["timeout", "1", "/etc/passwd"],
            126,
            "timeout: failed to run command '/etc/passwd': Permission denied\n",
        ),
        (["timeout", "x", "true"], 125, "timeout: invalid time interval 'x'\n"),
        (["timeout", "-s", "FOO", "1", "true"], 125, "timeout: 'FOO': invalid signal\n"),
        (["timeout", "1"], 125, "Try 'timeout --help' for more information.\n"),
    ],
)
def test_timeout_mistakes(run, argv: list[str], status: int, message: str) -> None:
    outcome = run(*argv)
    assert outcome.status == status
    assert outcome.err.startswith(message)


def test_kill(run) -> None:
    assert run("kill", "-l", "9").out == "KILL\n"
    assert run("kill", "-l", "TERM").out == "15\n"
    assert run("kill", "999").err == "kill: (999): No such process\n"
    assert run("kill", "-FOO", "1").status == 1
    assert run("kill", "-9").status == 1
