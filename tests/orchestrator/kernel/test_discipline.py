from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from orchestrator.kernel.discipline import LINE_MAX, QUEUE_MAX, Discipline
from orchestrator.kernel.signal import Signal
from orchestrator.kernel.termios import Termios


class Screen:
    """What the discipline told the terminal."""

    def __init__(self) -> None:
        self.shown = b""
        self.signals: list[Signal] = []
        self.stopped = False

    def echo(self, data: bytes) -> None:
        self.shown += data

    def signal(self, signal: Signal) -> None:
        self.signals.append(signal)

    def flow(self, stopped: bool) -> None:
        self.stopped = stopped


def typed(data: bytes, termios: Termios | None = None) -> tuple[list[bytes], bytes, list[Signal]]:
    """Lines read, screen, signals after typing `data` byte by byte."""
    screen = Screen()
    discipline = Discipline(screen)
    if termios:
        discipline.set(termios)
    for byte in data:
        discipline.feed(bytes((byte,)))
    lines = []
    while discipline.has_input():
        lines.append(discipline.take(65536))
    return lines, screen.shown, screen.signals


RUB = b"\b \b"
CANONICAL = [
    ("a line", b"hi\n", [b"hi\n"], b"hi\r\n"),
    ("Return is a newline", b"hi\r", [b"hi\n"], b"hi\r\n"),
    ("half a line is not there yet", b"hi", [], b"hi"),
    ("erase", b"abc\x7f\x7fd\n", [b"ad\n"], b"abc" + RUB * 2 + b"d\r\n"),
    ("erase at the start does nothing", b"\x7f\x7fa\n", [b"a\n"], b"a\r\n"),
    ("erase takes a whole character", "né\x7f\n".encode(), [b"n\n"], "né".encode() + RUB + b"\r\n"),
    ("a wide one is two columns", "水\x7f\n".encode(), [b"\n"], "水".encode() + RUB * 2 + b"\r\n"),
    ("a tab is up to eight", b"a\t\x7f\n", [b"a\n"], b"a\t" + RUB * 7 + b"\r\n"),
    ("a control character is two", b"\x01\x7f\n", [b"\n"], b"^A" + RUB * 2 + b"\r\n"),
    ("werase", b"one two  \x17x\n", [b"one x\n"], b"one two  " + RUB * 5 + b"x\r\n"),
    ("kill", b"abc\x15x\n", [b"x\n"], b"abc" + RUB * 3 + b"x\r\n"),
    ("literal next", b"a\x16\x03b\x16\x7f\n", [b"a\x03b\x7f\n"], b"a^\b^Cb^\b^?\r\n"),
    ("a quoted newline does not end it", b"a\x16\nb\n", [b"a\nb\n"], b"a^\b\r\nb\r\n"),
    ("^D at the start is the end", b"\x04", [b""], b""),
    ("^D ends a line without newline", b"abc\x04", [b"abc"], b"abc"),
    ("^D ^D after text is text and end", b"abc\x04\x04", [b"abc", b""], b"abc"),
    ("reprint", b"ab\x12c\n", [b"abc\n"], b"ab^R\r\nabc\r\n"),
    ("NUL is a character", b"a\0\n", [b"a\0\n"], b"a^@\r\n"),
]


@pytest.mark.parametrize(
    ("title", "keys", "lines", "screen"), CANONICAL, ids=[row[0] for row in CANONICAL]
)
def test_canonical(title: str, keys: bytes, lines: list[bytes], screen: bytes) -> None:
    assert typed(keys) == (lines, screen, [])


@pytest.mark.parametrize(
    ("key", "signal", "shown"),
    [
        (b"\x03", Signal.INT, b"^C"),
        (b"\x1c", Signal.QUIT, b"^\\"),
        (b"\x1a", Signal.TSTP, b"^Z"),
    ],
)
def test_signal_keys_discard_what_was_typed(key: bytes, signal: Signal, shown: bytes) -> None:
    assert typed(b"done\nhalf" + key + b"x\n") == (
        [b"x\n"],
        b"done\r\nhalf" + shown + b"x\r\n",
        [signal],
    )


def test_signal_keys_are_bytes_without_isig() -> None:
    assert typed(b"\x03\x1a\n", replace(Termios(), signals=False)) == (
        [b"\x03\x1a\n"],
        b"^C^Z\r\n",
        [],
    )


def test_raw_passes_everything_untouched() -> None:
    every = bytes(range(256))
    assert typed(every, Termios().raw()) == ([every], b"", [])


def test_cbreak_gives_bytes_and_keeps_signals() -> None:
    lines, screen, signals = typed(b"a\x7f\r\x03b", Termios().cbreak())
    assert (lines, screen, signals) == ([b"b"], b"", [Signal.INT])


def test_raw_with_echo_shows_what_was_typed() -> None:
    termios = replace(Termios(), canonical=False)
    assert typed(b"a\x01\n", termios) == ([b"a\x01\n"], b"a^A\r\n", [])


@pytest.mark.parametrize(
    ("change", "keys", "lines"),
    [
        ({"cr_to_nl": False}, b"a\r\n", [b"a\r\n"]),
        ({"ignore_cr": True}, b"a\r\n", [b"a\n"]),
        ({"nl_to_cr": True, "cr_to_nl": False}, b"a\n\x04", [b"a\r"]),
        ({"eol": ord(";")}, b"a;b;", [b"a;", b"b;"]),
        ({"erase": 8}, b"ab\x08\x7f\n", [b"a\x7f\n"]),
        ({"extended": False}, b"a b\x17\x16\n", [b"a b\x17\x16\n"]),
    ],
)
def test_settings(change: dict[str, object], keys: bytes, lines: list[bytes]) -> None:
    assert typed(keys, replace(Termios(), **change))[0] == lines  # type: ignore[arg-type]


def test_no_echo_shows_nothing_even_when_rubbing_out() -> None:
    assert typed(b"pass\x7fword\n", replace(Termios(), echo=False)) == ([b"pasword\n"], b"", [])


def test_reads_take_part_of_one_line_at_a_time() -> None:
    discipline = Discipline(Screen())
    discipline.feed(b"first\nsecond\n")
    assert [discipline.take(3), discipline.take(100), discipline.take(100)] == [
        b"fir",
        b"st\n",
        b"second\n",
    ]


def test_minimum_waits_for_that_many() -> None:
    discipline = Discipline(Screen())
    discipline.set(replace(Termios().raw(), minimum=3))
    discipline.feed(b"ab")
    assert not discipline.has_input()
    discipline.feed(b"c")
    assert discipline.has_input()
    assert discipline.take(2) == b"ab"


def test_leaving_canonical_mode_releases_the_line_being_edited() -> None:
    discipline = Discipline(Screen())
    discipline.feed(b"half\x04\x04abc")
    discipline.set(Termios().raw())
    assert discipline.take(100) == b"halfabc"
    discipline.feed(b"gone")
    discipline.set(Termios(), flush=True)
    assert discipline.available() == 0


def test_flow_keys() -> None:
    screen = Screen()
    discipline = Discipline(screen)
    discipline.feed(b"\x13")
    assert screen.stopped
    discipline.feed(b"\x11a\n")
    assert not screen.stopped
    assert discipline.take(10) == b"a\n"


def test_an_overlong_line_beeps_and_can_still_be_ended() -> None:
    screen = Screen()
    discipline = Discipline(screen)
    discipline.feed(b"x" * (LINE_MAX + 10) + b"\n")
    assert discipline.take(10_000) == b"x" * (LINE_MAX - 1) + b"\n"
    assert screen.shown.count(b"\a") == 11


def test_a_paste_that_nobody_reads_waits_and_comes_whole() -> None:
    discipline = Discipline(Screen())
    paste = b"".join(b"line %d\n" % number for number in range(40_000))
    discipline.feed(paste)
    assert discipline.available() <= QUEUE_MAX + LINE_MAX
    taken = b""
    while discipline.has_input():
        taken += discipline.take(4096)
    assert taken == paste


def test_control_c_gets_through_a_paste_that_nobody_reads() -> None:
    screen = Screen()
    discipline = Discipline(screen)
    discipline.feed(b"many\n" * 100_000)
    assert screen.signals == []
    discipline.feed(b"\x03")
    assert screen.signals == [Signal.INT]
    assert not discipline.has_input()
    discipline.feed(b"again\n")
    assert discipline.take(100) == b"again\n"


@given(some.binary(max_size=300), some.booleans())
def test_any_bytes_in_any_pieces_read_the_same(keys: bytes, canonical: bool) -> None:
    termios = Termios() if canonical else replace(Termios(), canonical=False)
    whole = Discipline(Screen())
    whole.set(termios)
    whole.feed(keys)
    lines = []
    while whole.has_input():
        lines.append(whole.take(65536))
    assert typed(keys, termios)[0] == lines
