"""Figures as Markdown: one table for the page and one for headless, and the rows that are short of their target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cases import CASES, HEADLESS, JUST_BASH, NATIVE, PAGE, Case
from figures import Figure, Figures

Results = Mapping[str, Figures]
TITLES = {PAGE: "In the page", HEADLESS: "Headless"}
NONE = "-"

_INTRODUCTION = """\
# Benchmarks

Written by `python3 build.py bench --write`; `python3 build.py bench` measures again and prints. One run measures
ours, the machine's own bash and GNU tools, and [just-bash](https://github.com/vercel-labs/just-bash) under Node.

A figure is the median of its repetitions, with the best in brackets. Rows that are scripts are timed
as a whole, with the time of the same script without what is measured taken off. Inside the page and
headless, times are taken in the machine, where a process starts and ends, so that drawing on the
terminal is not counted; the first row and Ctrl-C are timed as a visitor sees them: from the
navigation, or the key, until the prompt is on the screen. just-bash starts no processes: its tools are functions."""

_PROFILE = """\
## Where the shell's time goes

Taken with cProfile and by leaving things out, headless; shares hold in the page too, where everything takes about
twice as long.

* A turn of `while (( i < N )); do (( i++ )); done` is six Python calls: the loop, the two commands and the two
  expressions, which touch the variable's cached number and nothing else. About a sixth of it goes into turning the number
  into its text.
* A call of a function (7 us with `local`) is half the frame and the saving and restoring of what locals hide, half its
  commands. `local name=value` is compiled: by way of the builtin it took half of `fib`.
* `x=$(echo hi)` (7 us) installs a file that keeps what is written as descriptor 1, runs the command in the shell
  itself and takes the text. A body that changes something runs in a copy of the shell (60 us with a function call):
  half of that is copying the variables, of which a shell has about fifty; arrays are shared until one side changes
  them. Before, both were a process: 130 us headless, a millisecond in the page.
* What must be a process (`&`, `trap`, `exec`, names known only when they run) still is one. Of a pipeline of two
  builtins, 0.2 ms headless, the copies of the shell are a quarter; the rest is processes, their stacks and the pipe.
* Parsing takes 20 us a line, a third of it for looking at the next token and a third for words.
* A here-document is read line by line and linear; one with a parameter on each line costs 4 us a line, of which the
  value is a tenth.
* The start of `pagebox -c true` is imports: three fifths of them the shell (syntax, expansions, interpreter), a seventh
  the kernel, a tenth WASI, a tenth the file systems. Builtins are imported by family when first used, the line editor
  when there is a line to edit, the rewriter when a module from outside is run; nodes of the syntax tree write one
  method each instead of six."""


def render(results: Results, surroundings: Sequence[str]) -> str:
    """The whole document."""
    parts = [_INTRODUCTION, "\n".join(f"* {line}" for line in surroundings)]
    for subject, title in TITLES.items():
        if subject in results:
            parts.append(f"## {title}\n\n{table(subject, results)}")
    parts.append(f"## Short of the target\n\n{shortfalls(results)}")
    parts.append(_PROFILE)
    return "\n\n".join(parts) + "\n"


def table(subject: str, results: Results) -> str:
    """One subject's rows beside native and just-bash."""
    head = "| what | figure | target | | to native | to just-bash |\n|---|---|---|---|---|---|"
    rows = [
        _row(case, subject, results)
        for case in CASES
        if _has_target(case, subject) or case.key in results[subject]
    ]
    return "\n".join([head, *rows])


def _row(case: Case, subject: str, results: Results) -> str:
    figure = results[subject].get(case.key)
    others = [_beside(case, figure, results.get(name, {})) for name in (NATIVE, JUST_BASH)]
    cells = [
        case.title,
        _figure(case, figure),
        _target(case, subject),
        _verdict(case, subject, results),
    ]
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in [*cells, *others])} |"


def _figure(case: Case, figure: Figure | None) -> str:
    if figure is None:
        return "not measured"
    if not case.unit:
        return number(figure.value)
    return f"{number(figure.value)} {case.unit} ({number(figure.best)})"


def _has_target(case: Case, subject: str) -> bool:
    return case.target(subject) is not None or case.ratio(subject) is not None


def _target(case: Case, subject: str) -> str:
    target, ratio = case.target(subject), case.ratio(subject)
    sign = ">=" if case.at_least else "<="
    texts = [] if target is None else [f"{sign} {number(target)} {case.unit}".rstrip()]
    if ratio is not None:
        texts.append(f"<= {number(ratio)}x native")
    return ", ".join(texts) or NONE


def _verdict(case: Case, subject: str, results: Results) -> str:
    if not _has_target(case, subject):
        return ""
    figure, native = (results.get(name, {}).get(case.key) for name in (subject, NATIVE))
    met = figure and case.is_met(subject, figure.value, native.value if native else None)
    return "met" if met else "**short**"


def _beside(case: Case, figure: Figure | None, others: Figures) -> str:
    other = others.get(case.key)
    if other is None or figure is None or not other.value or not figure.value:
        return NONE
    if case.half is not None:
        return f"{number(other.value)} {case.unit}"
    slower = other.value / figure.value if case.at_least else figure.value / other.value
    words = f"{number(slower)}x slower" if slower >= 1 else f"{number(1 / slower)}x faster"
    return f"{words} ({number(other.value)} {case.unit})"


def shortfalls(results: Results) -> str:
    """Every row that is short of its target, or was not measured, by name."""
    lines = [
        f"* {TITLES[subject]}: {case.title}: {_figure(case, figure)}, target {_target(case, subject)}"
        for subject in TITLES
        if subject in results
        for case in CASES
        for figure in [results[subject].get(case.key)]
        if _verdict(case, subject, results) == "**short**"
    ]
    return "\n".join(lines) or "Nothing: every row meets its target."


def number(value: float) -> str:
    """Three significant digits, never in powers of ten."""
    if value >= 100 or value == int(value):
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
