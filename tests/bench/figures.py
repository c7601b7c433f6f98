"""Figures from samples, and the requests that give the samples of each case: the same for every engine."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cases import SCRIPTS, Case, find
from wat import CALLS, PIPE_BYTES

Request = Mapping[str, Any]
Ask = Callable[[Request], list[float]]


@dataclass(frozen=True)
class Figure:
    """A measured value.

    Args:
        value: the median.
        best: the best sample.
    """

    value: float
    best: float


Figures = dict[str, Figure]


def summarise(samples: Sequence[float], *, at_least: bool = False) -> Figure:
    """The figure of some samples."""
    return Figure(statistics.median(samples), max(samples) if at_least else min(samples))


def of_script(case: Case, full: Sequence[float], base: Sequence[float]) -> Figure:
    """The figure of a script's turn: its time less that of its base."""
    one, two = summarise(full), summarise(base)
    return Figure(
        max(one.value - two.value, 0) / case.turns, max(one.best - two.best, 0) / case.turns
    )


def of_growth(full: Figure, half: Figure) -> Figure:
    """How many times as long twice the work takes, by the best of each: a ratio of medians doubles their noise."""
    growth = full.best / half.best
    return Figure(growth, growth)


def in_machine(ask: Ask, processes: int) -> Figures:
    """All that is measured inside a machine, which `ask` runs workloads in."""
    figures: Figures = {}
    for name in ("write", "clock"):
        figures[name] = summarise(ask({"do": "syscall", "name": name, "calls": CALLS}))
    for kib, size in PIPE_BYTES.items():
        samples = ask({"do": "throughput", "kib": kib, "size": size})
        figures[f"pipe{kib}"] = summarise(samples, at_least=True)
    figures["spawn"] = summarise(ask({"do": "spawn"}))
    for case in SCRIPTS:
        figures[case.key] = _script(ask, case)
    figures["alive"] = summarise(ask({"do": "alive", "wanted": processes}), at_least=True)
    return figures


def _script(ask: Ask, case: Case) -> Figure:
    if case.half is not None:
        return of_growth(_script(ask, replace(case, half=None)), _script(ask, case.half))
    ask({"do": "script", "text": case.script, "repeats": 1})  # compiles, and fills caches
    full, base = (
        ask({"do": "script", "text": text, "repeats": case.repeats})
        for text in (case.script, case.base)
    )
    return of_script(case, full, base)


def processes_wanted(subject: str) -> int:
    """How many processes the target asks for."""
    return int(find("alive").target(subject) or 0)
