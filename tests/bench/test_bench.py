"""The report on made-up figures, and that no target is forgotten. No test asserts a time."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import report
from cases import CASES, HEADLESS, JUST_BASH, NATIVE, PAGE, find
from figures import Figure, of_growth, of_script, summarise

# What had to be reached first: (page, headless) by row.
TARGETS = {
    "ready": (700, 250),
    "write": (1.5, 3),
    "clock": (1.5, 3),
    "pipe64": (1000, 800),
    "pipe4": (300, 200),
    "spawn": (5, 1),
    "pipeline": (12, 4),
    "interrupt": (50, 50),
    "seq": (30, 30),
    "loop": (120, 60),
    "alive": (90, 200),
    "parse": (2500, 1500),
}

# What the shell had to reach, as multiples of native bash: (page, headless) by row.
RATIOS = {
    "loop": (1.5, 1.0),
    "fib": (3, 2),
    "parameters": (3, 2),
    "append": (1, 1),
    "substitution": (0.3, 0.2),
}


@pytest.mark.parametrize("key", RATIOS)
def test_every_ratio_has_a_case(key: str) -> None:
    assert (find(key).page_ratio, find(key).headless_ratio) == RATIOS[key]


def test_a_ratio_is_held_against_native() -> None:
    results = {
        HEADLESS: {"append": Figure(6, 6), "fib": Figure(6, 6)},
        NATIVE: {"append": Figure(5, 5), "fib": Figure(5, 5)},
    }
    rows = report.table(HEADLESS, results).splitlines()
    append = next(line for line in rows if "appends" in line)
    assert append.endswith("| 6 ms (6) | <= 1x native | **short** | 1.20x slower (5 ms) | - |")
    assert any("fib 15" in line and "| met |" in line for line in rows)


def test_growth_is_how_many_times_as_long_twice_the_work_takes() -> None:
    case = find("array")
    assert case.half is not None
    assert ("100000" in (case.script or ""), "50000" in (case.half.script or "")) == (True, True)
    assert of_growth(Figure(30, 20), Figure(11, 10)) == Figure(2, 2)
    assert not case.is_met(HEADLESS, 3)


@pytest.mark.parametrize("key", TARGETS)
def test_every_target_has_a_case(key: str) -> None:
    assert (find(key).page, find(key).headless) == TARGETS[key]


def made_up() -> dict[str, dict[str, Figure]]:
    reached = {case.key: Figure(case.headless or 1, case.headless or 1) for case in CASES}
    page = {case.key: Figure(case.page or 1, case.page or 1) for case in CASES}
    return {
        PAGE: page | {"spawn": Figure(7.25, 6)},
        HEADLESS: reached | {"pipe4": Figure(100, 120)},
        NATIVE: {"spawn": Figure(0.5, 0.4), "pipe4": Figure(400, 420)},
        JUST_BASH: {"spawn": Figure(14.5, 14)},
    }


def test_a_row_has_figure_target_verdict_and_ratios() -> None:
    rows = report.table(PAGE, made_up()).splitlines()
    row = next(line for line in rows if "spawn of a coreutils" in line)
    assert row.endswith(
        "| 7.25 ms (6) | <= 5 ms | **short** | 14.5x slower (0.50 ms) | 2x faster (14.5 ms) |"
    )


def test_more_can_be_better() -> None:
    row = next(
        r for r in report.table(HEADLESS, made_up()).splitlines() if "4 KiB" in r and "64" not in r
    )
    assert "| 100 MB/s (120) | >= 200 MB/s | **short** | 4x slower (400 MB/s) | - |" in row


def test_bars_in_titles_are_escaped() -> None:
    rows = report.table(PAGE, made_up()).splitlines()[2:]
    assert {line.replace("\\|", "").count("|") for line in rows} == {7}


def test_what_is_short_is_named() -> None:
    text = report.shortfalls(made_up())
    assert [line.partition(":")[0] for line in text.splitlines()] == ["* In the page", "* Headless"]
    assert "target <= 5 ms" in text


def test_what_was_not_measured_counts_as_short() -> None:
    results = made_up()
    del results[PAGE]["clock"]
    assert "clock_time_get: not measured" in report.shortfalls(results)


def test_a_script_is_charged_without_its_base() -> None:
    case = find("pipeline")
    figure = of_script(case, [110.0, 90.0, 100.0], [20.0, 10.0, 30.0])
    assert figure == Figure(80 / case.turns, 80 / case.turns)
    assert summarise([1, 5, 3], at_least=True) == Figure(3, 5)
