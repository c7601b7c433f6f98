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


def test_it_reads_as_it_goes(run) -> None:
    """A producer without end is no hindrance, and is ended by SIGPIPE."""
    script = "while :; do echo line; done | xargs -n 1 bash -c 'echo $0; exit 255'; echo ${PIPESTATUS[*]}"
    outcome = run("bash", "-c", script)
    assert outcome.out == "line\n141 124\n"


def test_a_hundred_thousand_names(run) -> None:
    data = b"".join(b"./some folder/name-%d.txt\0" % n for n in range(100_000))
    outcome = run("xargs", "-0", "bash", "-c", "echo $#", stdin=data)
    counts = [int(word) for word in outcome.out.split()]
    assert sum(counts) + len(counts) == 100_000
    assert len(counts) < 40


@pytest.mark.parametrize("words", [[], ["-0"], ["-d", ","], ["-I", "{}"]])
def test_a_line_without_end_is_refused(run, words: list[str]) -> None:
    outcome = run("xargs", *words, "bash", "-c", "echo no", stdin=b"x" * (20 << 20))
    assert (outcome.status, outcome.out) == (1, "")
    assert outcome.err == "xargs: argument line too long\n"


def test_words_across_pieces_of_input(run, machine) -> None:
    """What arrives in small pieces gives the same words."""
    data = "a 'b c' \u65e5\u672c d\\\ne\n\"f g\"\n" * 200
    whole = run("xargs", "-n", "3", "bash", "-c", 'printf "<%s>" "$0" "$@"', stdin=data.encode())
    machine.files.write("/tmp/data", data.encode())
    slowly = 'while IFS= read -r -N 7 x; do printf %s "$x"; done < /tmp/data; printf %s "$x"'
    script = f'{{ {slowly}; }} | xargs -n 3 bash -c \'printf "<%s>" "$0" "$@"\''
    assert run("bash", "-c", script).out == whole.out
