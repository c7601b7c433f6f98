"""xargs, against GNU xargs with the same input."""

import subprocess

import pytest

CASES = [
    (["echo"], "a b\nc\n"),
    (["-n", "2", "echo"], "a b c d e"),
    (["-I", "{}", "echo", "<{}>"], "one two\n three\n\n"),
    (["-0", "echo"], "a b\0c\0"),
    (["-d", ",", "-n1", "echo"], "a,b,c"),
    (["-L", "1", "echo"], "a b\nc d\n"),
    (["-r", "echo", "never"], ""),
    (["echo", "once"], ""),
    (["-t", "echo"], "x"),
    (["echo"], "'a b' \"c d\" e\\ f"),
    (["echo"], "'open"),
    (["false"], "a"),
    (["sh", "-c", "exit 255"], "a b"),
    (["-n1", "sh", "-c", "exit 3"], "a b"),
    (["nosuch-command"], "a"),
    (["-n", "x", "echo"], "a"),
]


@pytest.mark.parametrize(("options", "data"), CASES)
def test_same_as_gnu(run, machine, options: list[str], data: str) -> None:
    gnu = subprocess.run(
        ["xargs", *options],
        input=data,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
    )
    for name, body in (("echo", 'echo "$@"'), ("false", "exit 1")):
        machine.files.write(f"/tmp/bin/{name}", f"#!/bin/bash\n{body}\n", mode=0o755)
        machine.files.chmod(f"/tmp/bin/{name}", 0o755)
    ours = run("xargs", *options, stdin=data.encode(), env={"PATH": "/tmp/bin:/usr/bin:/bin"})
    assert (ours.status, ours.out) == (gnu.returncode, gnu.stdout)
    # GNU's first line says what is wrong; what follows may be its own help.
    assert ours.err.splitlines()[:1] == gnu.stderr.splitlines()[:1]


def test_many_names_in_few_commands(run) -> None:
    data = "".join(f"file-number-{n}\n" for n in range(20_000)).encode()
    outcome = run("xargs", "bash", "-c", "printf '%s\\n' $#", stdin=data)
    counts = [int(line) for line in outcome.out.split()]
    assert sum(counts) + len(counts) == 20_000
    assert 1 < len(counts) < 10
