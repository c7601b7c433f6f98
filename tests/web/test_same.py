"""The page and headless are one system: the same scripts give the same bytes and statuses in both.

Fuel is compared nearly: programs hash with random seeds and look at the clock, which the two do not share. Where
they get neither, it is the same to the last instruction (test_engine).
"""

from collections.abc import Iterator
from typing import Any

import pytest
from terminal import PageTerminal

from pagebox.sync import Sandbox

pytestmark = pytest.mark.page

HELLO = "#!/usr/bin/env python3\nimport sys\nprint('Hello,', sys.argv[1])\n"
SCRIPTS = {
    "sales": "cat /home/user/examples/sales.csv | python3 /home/user/examples/report.py"
    " | sort -t, -k2 -rn | head -n 3",
    "a script of one's own": f"cat > hello.py << 'END'\n{HELLO}END\nchmod +x hello.py && ./hello.py World",
    "endless producers": "yes | head -n 2; seq 1 1000000000 | head -n 1; echo ${PIPESTATUS[@]}",
    "a trap": "printf '\\0asm\\1\\0\\0\\0' > bad.wasm; chmod +x bad.wasm; ./bad.wasm; echo $?",
    "not found": "nonesuch; echo $?; /etc/passwd; echo $?",
    "a syntax error": "echo 'if then' > broken.sh; bash broken.sh; echo $?",
    "signals": "sleep 100 & kill $!; wait $!; echo $?",
    "background": "for i in 1 2 3; do (echo $i; seq $i) & done; wait; echo done",
    "files": "mkdir -p a/b; echo x > a/b/c; ln -s b a/d; cat a/d/c; ls -R a; rm -r a; ls a; echo $?",
    "python errors": "python3 -c 'import sys; sys.exit(7)'; echo $?; python3 -c 'open(\"/nope\")'; echo $?",
    "python recursion": "python3 -c 'def f(n): return n and f(n - 1)\nprint(f(900))'",
    "memory": "python3 -c 'print(len(bytearray(50_000_000)))'",
    "text": "grep -n o /etc/passwd | sed 's/:.*//' | sort -rn | tr '\\n' ' '; echo",
}

IN_PAGE = """
import asyncio
from orchestrator.kernel.host import Collector, HostInput, HostOutput

async def run(script):
    source, out, err, ended = HostInput(), Collector(), Collector(), []
    source.end()
    stdio = source, HostOutput(out.outlet), HostOutput(err.outlet)
    begun = []
    def start():
        begun.append(machine.start(["bash", "-c", script], stdio=stdio, on_exit=ended.append))
    machine.kernel.scheduler.post(start)
    while not ended:
        await asyncio.sleep(0.005)
    budget = begun[0].budget
    return {
        "status": ended[0].exit_code,
        "stdout": out.value().decode(),
        "stderr": err.value().decode(),
        "fuel": budget.fuel,
    }

await run(SCRIPT)
"""


@pytest.fixture(scope="module")
def page(window: Any, address: str) -> Iterator[PageTerminal]:
    """One page for all scripts."""
    tab = window.new_page()
    tab.goto(address)
    terminal = PageTerminal(tab)
    terminal.ready()
    yield terminal
    assert terminal.evaluate("list(machine.kernel.faults)") == []
    tab.close()


@pytest.fixture(scope="module")
def headless() -> Iterator[Sandbox]:
    """One sandbox for all scripts, as the page is one machine."""
    with Sandbox() as box:
        yield box


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_same_in_both(page: PageTerminal, headless: Sandbox, name: str) -> None:
    script = SCRIPTS[name]
    seen = page.evaluate(f"SCRIPT = {script!r}\n{IN_PAGE}")
    result = headless.run(script, stdin="")
    fuel = seen.pop("fuel")
    assert seen == {
        "status": result.exit_code,
        "stdout": result.stdout,
        "stderr": result.stderr,
    }
    assert fuel == pytest.approx(result.usage.fuel, rel=0.01)
