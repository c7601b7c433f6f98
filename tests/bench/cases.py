"""What is measured: every row of docs/benchmarks.md, with its targets."""

from __future__ import annotations

from dataclasses import dataclass

PAGE, HEADLESS, NATIVE, JUST_BASH = "page", "headless", "native", "just-bash"


@dataclass(frozen=True)
class Case:
    """One row.

    Args:
        key: its name in results.
        title: what the reader sees.
        unit: `ms`, `us`, `MB/s`, or empty for a count.
        page, headless: targets; None where none is set.
        at_least: more is better.
        script: for rows any shell can run. The figure is what the script takes, less what `base`
            takes, divided by `turns`.
        needs: a program outside the ordinary tools without which native shells have no such row.
        just_bash: whether just-bash has what the script needs.
    """

    key: str
    title: str
    unit: str
    page: float | None = None
    headless: float | None = None
    at_least: bool = False
    script: str | None = None
    base: str = ":"
    turns: int = 1
    repeats: int = 9
    just_bash: bool = True

    def target(self, subject: str) -> float | None:
        """The target of the page or of headless."""
        return self.page if subject == PAGE else self.headless

    def is_met(self, subject: str, value: float) -> bool:
        """Whether `value` reaches the target, if there is one."""
        target = self.target(subject)
        if target is None:
            return True
        return value >= target if self.at_least else value <= target


def _times(count: int, command: str) -> str:
    return f"for ((n = 0; n < {count}; n++)); do {command}; done"


CASES = (
    Case("ready", "prompt ready in the page, warm cache; `pagebox -c true` with a warm compile cache", "ms", 700, 250),
    Case("write", "small syscall: fd_write of 64 B to a pipe", "us", 1.5, 3),
    Case("clock", "small syscall: clock_time_get", "us", 1.5, 3),
    Case("pipe64", "pipe between two programs, blocks of 64 KiB", "MB/s", 1000, 800, at_least=True),
    Case("pipe4", "pipe between two programs, blocks of 4 KiB", "MB/s", 300, 200, at_least=True),
    Case("spawn", "spawn of a coreutils program (`true`), module compiled", "ms", 5, 1),
    Case(
        "shell_spawn", "the same from a shell's loop", "ms",
        script=_times(50, "/usr/bin/true"), base=_times(50, ":"), turns=50,
    ),
    Case(
        "pipeline", "three-stage pipeline of coreutils: `seq 3 | sort -r | head -n 1`", "ms", 12, 4,
        script=_times(20, "seq 3 | sort -r | head -n 1"), base=_times(20, ":"), turns=20,
    ),
    Case("interrupt", "Ctrl-C on `python3 -c 'while True: pass'`, until the prompt", "ms", 50, 50),
    Case(
        "seq", "`seq 1 1000000000 | head -n 1`", "ms", 30, 30,
        script="seq 1 1000000000 | head -n 1", just_bash=False,
    ),
    Case(
        "loop", "20,000-turn `while (( i < 20000 )); do (( i++ )); done`", "ms", 120, 60,
        script="i=0; while (( i < 20000 )); do (( i++ )); done",
    ),
    Case("alive", "small processes alive at once, each answering", "", 90, 200, at_least=True),
    Case(
        "python", "start of `python3 -c pass`", "ms",
        script="python3 -c pass", just_bash=False,
    ),
)  # fmt: skip

SCRIPTS = tuple(case for case in CASES if case.script is not None)


def find(key: str) -> Case:
    """The case of that name. Raises: KeyError."""
    return {case.key: case for case in CASES}[key]
