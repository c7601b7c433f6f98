"""Shell cases as data: the text format, read and written.

A case file is a list of cases, each of this form; the recorder fills in what follows `--`:

    == title
    script lines
    -- STATUS
    standard output

A script may begin with `## differs: reason` (ours is not bash's, and why: the case must fail)
and `## needs: name ...` (external programs, for engines that have them). Output that does not
end with a newline is recorded with `-- STATUS no newline`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

CASES = Path(__file__).parent / "cases"


@dataclass(frozen=True, slots=True)
class Case:
    """One script and what bash prints for it."""

    title: str
    script: str
    stdout: str = ""
    status: int | None = None

    @property
    def differs(self) -> str:
        """Return the reason why we differ from bash here, or nothing."""
        return self.directive("differs")

    @property
    def needs(self) -> list[str]:
        """Return the external programs the script cannot do without."""
        return self.directive("needs").split()

    def directive(self, name: str) -> str:
        """Return the text after `## name:` at the head of the script."""
        for line in self.script.splitlines():
            if line.startswith(f"## {name}:"):
                return line.partition(":")[2].strip()
            if not line.startswith("## "):
                break
        return ""

    def recorded(self, stdout: str, status: int) -> Case:
        """Return this case with what was seen as its expectation."""
        return replace(self, stdout=stdout, status=status)


def read_cases(path: Path) -> list[Case]:
    """Return the cases of a file, in order."""
    text = path.read_text("utf-8", errors="surrogateescape")
    chunks = ("\n" + text.removesuffix("\n")).split("\n== ")[1:]
    return [_parse(chunk) for chunk in chunks]


def _parse(chunk: str) -> Case:
    title, _, rest = chunk.partition("\n")
    lines = rest.split("\n")
    at = next((i for i, line in enumerate(lines) if line.startswith("-- ")), None)
    if at is None:
        return Case(title, rest.rstrip("\n") + "\n")
    status, _, flag = lines[at][3:].partition(" ")
    stdout = "\n".join(lines[at + 1 :]).rstrip("\n") if flag else _output(lines[at + 1 :])
    return Case(title, "\n".join(lines[:at]) + "\n", stdout, int(status))


def _output(lines: list[str]) -> str:
    """Return the recorded output; one empty line parts it from the next case."""
    if lines and lines[-1] == "":
        lines = lines[:-1]
    return "".join(line + "\n" for line in lines)


def write_cases(path: Path, cases: list[Case]) -> None:
    """Write the cases back in the form they are read from."""
    header = path.read_text("utf-8", errors="surrogateescape").split("== ", 1)[0]
    text = header + "".join(map(_format, cases))
    path.write_text(text, "utf-8", errors="surrogateescape")


def _format(case: Case) -> str:
    complete = case.stdout.endswith("\n") or not case.stdout
    flag = "" if complete else " no newline"
    body = case.stdout if complete else case.stdout + "\n"
    return f"== {case.title}\n{case.script}-- {case.status}{flag}\n{body}\n"
