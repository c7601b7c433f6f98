"""id, whoami, hostname, ps, help, clear, stty, and what is not there."""

from dataclasses import replace

import pytest

from orchestrator.tools.absent import REASONS


def test_who(run) -> None:
    assert run("whoami").out == "user\n"
    assert run("id").out == "uid=1000(user) gid=1000(user) groups=1000(user)\n"
    assert run("id", "-u").out == "1000\n"
    assert run("id", "-un").out == "user\n"
    assert run("id", "nobody").status == 0
    assert run("id", "nosuch").err == "id: 'nosuch': no such user\n"
    assert run("hostname").out == "pagebox\n"


def test_ps(run) -> None:
    outcome = run("ps", "-ef")
    heading, row = outcome.out.splitlines()
    assert heading.split() == ["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"]
    assert row.split()[0] == "user"
    assert row.endswith("ps -ef")
    assert run("ps", "-o", "comm=,stat=").out.split() == ["ps", "Rs"]
    assert run("ps", "-o", "nope").status == 1
    assert run("ps", "--bogus").status == 1


def test_help_names_what_there_is(run) -> None:
    out = run("help").out
    assert "chmod" in out
    assert "examples" in out


def test_clear(run) -> None:
    assert run("clear").out == "\x1b[H\x1b[2J\x1b[3J"
    assert run("stty", "size").status == 1  # no terminal here


@pytest.mark.parametrize("name", REASONS)
def test_absent_programs_say_so(run, name: str) -> None:
    outcome = run(name, "--anything")
    assert outcome.status == 127
    assert outcome.err.startswith(f"{name}: not available in pagebox: ")
    assert outcome.err.count("\n") == 1


def test_what_never_ends_uses_no_memory_without_end(run, machine) -> None:
    machine.kernel.limits = replace(machine.kernel.limits, total_memory=1 << 20)
    script = "while :; do echo $RANDOM$RANDOM$RANDOM; done | sponge /tmp/f; echo ${PIPESTATUS[1]}"
    outcome = run("bash", "-c", script)
    assert outcome.out == "1\n"
    assert "Cannot allocate memory" in outcome.err
    assert (
        run(
            "bash", "-c", "while :; do echo -n xxxxxxxxxxxxxxxx; done | ts | { read -rn 20 x; }"
        ).status
        == 0
    )
