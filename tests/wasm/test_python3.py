"""python3 in a sandbox: what CPython printed (`record_python.py`), its command line, and what it refuses."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pagebox.sync import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

SCRIPTS = Path(__file__).parent / "python"
TIME_LIMIT = 120

# A script, what it prints on stdout and stderr together, its status. As CPython 3.13, where nothing else is said.
COMMAND_LINE = [
    ("python3 -c 'print(1)'", "1\n", 0),
    ("python3 -V", "Python 3.14.0\n", 0),
    ("python3 -c 'import sys; print(sys.argv)' a -b", "['-c', 'a', '-b']\n", 0),
    ("echo 'import sys; print(sys.argv)' | python3 - x", "['-', 'x']\n", 0),
    ("echo 'print(3)' | python3", "3\n", 0),
    ("echo '{\"a\":1}' | python3 -m json.tool --compact", '{"a":1}\n', 0),
    ("python3 -c 'import sys; sys.exit(\"bye\")'", "bye\n", 1),
    ("python3 -c 'raise SystemExit(7)'", "", 7),
    ("python3 -O -c 'assert 0; print(__debug__)'", "False\n", 0),
    ("PYTHONPATH=/tmp/p python3 -c 'import sys; print(sys.path[:2])'", "['', '/tmp/p']\n", 0),
    (
        'PYTHONPATH=/tmp/p python3 -I -c \'import sys; print("/tmp/p" in sys.path, "" in sys.path)\'',
        "False False\n",
        0,
    ),
    ("X=1 python3 -c 'import os; print(os.environ[\"X\"])'", "1\n", 0),
    ("cd /tmp; python3 -c 'import os; print(os.getcwd())'", "/tmp\n", 0),
    (
        "cd /tmp; echo 'print(\"mine\")' > colorsys.py; python3 -c 'import colorsys'; rm colorsys.py",
        "mine\n",
        0,
    ),
    (
        "cd /tmp; echo 'print(\"mine\")' > json.py; python3 -c 'import json'; rm json.py",
        "mine\n",
        0,
    ),
    (
        "cd /tmp; printf '#!/usr/bin/env python3\\nimport sys; print(sys.argv[1])' > s; chmod +x s; ./s arg",
        "arg\n",
        0,
    ),
    (
        "python3 /tmp/nothing.py",
        "python3: can't open file '/tmp/nothing.py': [Errno 2] No such file or directory\n",
        2,
    ),
    ("python3 -c 'while True: print(1)' | head -n 1", "1\n", 0),
    (
        "{ python3 -c 'import os; os.kill(os.getpid(), 9)' 2> /dev/null; } 2> /dev/null; echo $?",
        "137\n",
        0,
    ),
    (
        "python3 -uc 'import time; time.sleep(9)' & sleep 0.3; kill -TERM $!; wait $!; echo $?",
        "143\n",
        0,
    ),
    ("python3 -c 'import signal; signal.raise_signal(2)' 2> /dev/null; echo $?", "130\n", 0),
    (
        "python3 -W error -c 'import warnings; warnings.warn(\"w\")' 2>&1 | tail -n 1",
        "UserWarning: w\n",
        0,
    ),
    ("python3 -c 'import atexit; atexit.register(print, 2); print(1)'", "1\n2\n", 0),
    ("python3 -q -i -c 'x = 5' <<< 'x + 1'", ">>> 6\n>>> \n", 0),
    (
        "python3 -c 'def f():\n  1/0\nf()'",
        'Traceback (most recent call last):\n  File "<string>", line 3, in <module>\n    f()\n    ~^^\n'
        '  File "<string>", line 2, in f\n    1/0\n    ~^~\nZeroDivisionError: division by zero\n',
        1,
    ),
]

# What is not there, and the sentence that says so.
REFUSED = [
    ("import os; os.fork()", "a WebAssembly process cannot be copied"),
    (
        "import os; os.execv('/bin/ls', ['ls'])",
        "a WebAssembly process cannot become another program",
    ),
    ("import numpy", "No module named 'numpy': it is made of compiled code"),
    ("import requests", "there is no network here"),
    (
        "import subprocess; subprocess.run(['ls'], preexec_fn=print)",
        "a process is started, not copied",
    ),
    (
        "import threading; lock = threading.Lock(); lock.acquire(); lock.acquire()",
        "threads run one after the other",
    ),
]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as made:
        made.files.make_dir("/tmp/python")
        for script in SCRIPTS.glob("*.py"):
            made.files.write(f"/tmp/python/{script.name}", script.read_bytes())
        yield made


@pytest.mark.parametrize("script", sorted(SCRIPTS.glob("*.py")), ids=lambda path: path.stem)
def test_prints_what_cpython_prints(sandbox: Sandbox, script: Path) -> None:
    result = sandbox.run(["python3", f"/tmp/python/{script.name}"], timeout=TIME_LIMIT)
    assert result.stdout_bytes.decode() == script.with_suffix(".out").read_bytes().decode(), (
        result.stderr
    )
    assert result.exit_code == 0


@pytest.mark.parametrize(
    ("script", "output", "status"), COMMAND_LINE, ids=[case[0][:60] for case in COMMAND_LINE]
)
def test_command_line(sandbox: Sandbox, script: str, output: str, status: int) -> None:
    result = sandbox.run(f"{{ {script}\n}} 2>&1", timeout=TIME_LIMIT)
    assert (result.stdout, result.exit_code) == (output, status)


@pytest.mark.parametrize(("program", "sentence"), REFUSED)
def test_says_why_not(sandbox: Sandbox, program: str, sentence: str) -> None:
    result = sandbox.run(["python3", "-c", program], timeout=TIME_LIMIT)
    assert result.exit_code == 1
    assert sentence in result.stderr


def test_what_is_not_there_can_be_asked_for(sandbox: Sandbox) -> None:
    program = "import importlib.util; print(importlib.util.find_spec('numpy'))"
    assert sandbox.run(["python3", "-c", program]).stdout == "None\n"


def test_processes_do_not_share_their_random_numbers(sandbox: Sandbox) -> None:
    drawn = {
        sandbox.run(["python3", "-c", "import random; print(random.random())"]).stdout
        for _ in range(2)
    }
    assert len(drawn) == 2


def test_installs_a_wheel(sandbox: Sandbox, tmp_path: Path) -> None:
    wheel = tmp_path / "pear-1.2-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("pear/__init__.py", "def ripe():\n    return 'yes'\n")
        archive.writestr(
            "pear-1.2.dist-info/METADATA",
            "Metadata-Version: 2.1\nName: pear\nVersion: 1.2\nSummary: Fruit\n",
        )
        archive.writestr("pear-1.2.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr("pear-1.2.dist-info/RECORD", "")
    sandbox.files.write(f"/tmp/{wheel.name}", wheel.read_bytes())
    pip = "python3 -m pip"
    steps = [
        (f"{pip} install /tmp/{wheel.name}", "Successfully installed pear-1.2"),
        ("python3 -c 'import pear; print(pear.ripe())'", "yes"),
        (f"{pip} list", "pear    1.2"),
        (f"{pip} show pear", "Summary: Fruit"),
        (f"{pip} install pear", "Requirement already satisfied: pear"),
        (f"{pip} uninstall -y pear", "Successfully uninstalled pear-1.2"),
        ("python3 -c 'import pear' 2>&1", "No module named 'pear'"),
        (f"{pip} install numpy 2>&1", "only pure Python packages run here"),
        (f"{pip} install some-package 2>&1", "there is no network here"),
    ]
    for script, expected in steps:
        result = sandbox.run(script, timeout=TIME_LIMIT)
        assert expected in result.stdout, (script, result.stdout, result.stderr)


def test_a_wheel_cannot_write_outside(sandbox: Sandbox, tmp_path: Path) -> None:
    wheel = tmp_path / "evil-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("../../../../../tmp/evil", "x")
        archive.writestr("evil-1.0.dist-info/METADATA", "Name: evil\nVersion: 1.0\n")
    sandbox.files.write(f"/tmp/{wheel.name}", wheel.read_bytes())
    result = sandbox.run(
        f"python3 -m pip install /tmp/{wheel.name}; ls /tmp/evil", timeout=TIME_LIMIT
    )
    assert "would be written outside" in result.stderr
    assert result.exit_code == 2
