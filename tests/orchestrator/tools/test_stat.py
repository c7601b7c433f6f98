"""stat, against GNU stat on the same facts."""

import os
import subprocess
from pathlib import Path

import pytest

FORMATS = ["%n %s %a %A %F %h %u %g", "%%|%-8a|%08a|%5s|", "%f %X %Y", "%x", "%B %t %T", "%?"]


@pytest.mark.parametrize("pattern", FORMATS)
@pytest.mark.parametrize("mode", [0o644, 0o4755, 0o1777])
def test_same_as_gnu(run, machine, tmp_path: Path, pattern: str, mode: int) -> None:
    seconds = 1_700_000_000
    machine.files.write("/tmp/f", b"four")
    machine.files.chmod("/tmp/f", mode)
    node = machine.namespace.resolve(machine.namespace.root, "/tmp/f", machine.cred).inode
    node.set_times(seconds * 10**9, seconds * 10**9)
    theirs = tmp_path / "f"
    theirs.write_bytes(b"four")
    os.chown(theirs, 1000, 1000) if os.geteuid() == 0 else pytest.skip(
        "needs root to own a file as 1000"
    )
    theirs.chmod(mode)
    os.utime(theirs, (seconds, seconds))
    gnu = subprocess.run(
        ["stat", "-c", pattern, "f"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        env={"TZ": "UTC0", "LC_ALL": "C"},
    )
    ours = run("bash", "-c", f"cd /tmp; stat -c '{pattern}' f")
    assert ours.out == gnu.stdout


def test_default_and_link(run, machine) -> None:
    machine.files.symlink("target", "/tmp/l")
    lines = run("stat", "/tmp/l").out.splitlines()
    assert lines[0] == "  File: /tmp/l -> target"
    assert lines[1].endswith("symbolic link")


def test_missing(run) -> None:
    outcome = run("stat", "/nope", "/etc")
    assert outcome.status == 1
    assert outcome.err == "stat: cannot statx '/nope': No such file or directory\n"
    assert "directory" in outcome.out


def test_printf_has_escapes(run) -> None:
    assert run("stat", "--printf=%F\\t%a\\n", "/etc").out == "directory\t755\n"
