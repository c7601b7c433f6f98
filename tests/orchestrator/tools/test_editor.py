"""nano on a scripted terminal: what is on the screen, and what is in the file afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from orchestrator.kernel.signal import Signal
from orchestrator.kernel.termios import Termios
from tests.orchestrator.tools.terminal import ToolBox

TEN = b"".join(b"line %d\n" % n for n in range(1, 31))
UP, DOWN, RIGHT, LEFT, HOME, END = (f"\x1b[{c}" for c in "ABCDHF")
PAGE_DOWN, PAGE_UP, DELETE, WORD_RIGHT, WORD_LEFT = (
    "\x1b[6~",
    "\x1b[5~",
    "\x1b[3~",
    "\x1b[1;5C",
    "\x1b[1;5D",
)
SAVE, LEAVE, CUT, PASTE, SEARCH, UNDO, REDO = (
    "\x13",
    "\x18",
    "\x0b",
    "\x15",
    "\x17",
    "\x1bu",
    "\x1be",
)

Open = Callable[..., ToolBox]


@pytest.fixture
def edit() -> Iterator[Open]:
    boxes: list[ToolBox] = []

    def start(
        content: bytes | None = None, *words: str, rows: int = 12, columns: int = 40
    ) -> ToolBox:
        files = {} if content is None else {"f": content}
        boxes.append(ToolBox("nano", *words, "f", rows=rows, columns=columns, files=files))
        return boxes[-1]

    yield start
    for box in boxes:
        box.close()


def saved(box: ToolBox) -> bytes:
    """Save, leave, and look into the file."""
    box.type(SAVE + LEAVE)
    assert box.status == 0
    return box.read("f")


def test_the_screen(edit: Open) -> None:
    box = edit(b"hello\nworld\n")
    lines = box.screen.lines
    assert "f" in lines[0]
    assert lines[1:4] == ["hello", "world", ""]
    assert lines[9].strip() == "[ Read 2 lines ]"
    assert lines[10].startswith("^G Help")
    assert lines[11].startswith("^X Exit")
    assert (box.screen.row, box.screen.column) == (1, 0)
    assert {"1049", "2004", "25"} <= box.screen.modes


def test_the_terminal_is_put_back(edit: Open) -> None:
    box = edit(b"x\n")
    box.type(LEAVE)
    assert box.status == 0
    assert box.screen.modes == {"25"}
    assert box.tty.termios == Termios()


def test_a_new_file(edit: Open) -> None:
    box = edit()
    assert box.screen.lines[9].strip() == "[ New File ]"
    box.type("one\rtwo")
    assert "Modified" in box.screen.lines[0]
    assert saved(box) == b"one\ntwo\n"


# Keys, and what is in the file afterwards.
KEYS = [
    ("typing", b"ab\n", "X", b"Xab\n"),
    ("arrows", b"ab\ncd\n", RIGHT + DOWN + "X" + LEFT + LEFT + UP + "Y" + END + "Z", b"Yab" b"Z\ncXd\n"),
    ("home and end", b"  ab\n", END + "X" + HOME + "Y", b"Y  abX\n"),
    ("control keys", b"ab\ncd\n", "\x06X\x0e\x02Y\x05Z\x01W\x10V", b"aVXb\nWcYdZ\n"),
    ("backspace joins", b"ab\ncd\n", DOWN + "\x7f", b"abcd\n"),
    ("delete joins", b"ab\ncd\n", END + DELETE, b"abcd\n"),
    ("control D", b"abc\n", "\x04\x04", b"c\n"),
    ("nothing before the beginning", b"a\n", "\x7f\x7f", b"a\n"),
    ("a new line", b"ab\n", RIGHT + "\r", b"a\nb\n"),
    ("tab", b"a\n", "\t", b"\ta\n"),
    ("cut and paste", b"a\nb\nc\n", CUT + DOWN + PASTE, b"b\na\nc\n"),
    ("cut several lines", b"a\nb\nc\nd\n", CUT + CUT + DOWN + PASTE + PASTE, b"c\na\nb\na\nb\nd\n"),
    ("cut after moving begins anew", b"a\nb\nc\n", CUT + DOWN + CUT + PASTE, b"b\nc\n"),
    ("copy", b"a\nb\n", "\x1b6" + DOWN + PASTE, b"a\na\nb\n"),
    ("mark and cut", b"hello world\n", "\x1ba" + RIGHT * 6 + CUT + END + PASTE, b"worldhello \n"),
    ("mark over lines, copy", b"ab\ncd\n", RIGHT + "\x1e" + DOWN + "\x1b6" + PASTE, b"ab\ncb\ncd\n"),
    ("backspace removes what is marked", b"abcd\n", "\x1ba" + RIGHT * 2 + "\x7f", b"cd\n"),
    ("cut to the end", b"a\nb\nc\n", DOWN + "\x1bt", b"a\n"),
    ("undo typing at once", b"a\n", "xyz" + UNDO, b"a\n"),
    ("undo, redo", b"a\n", "xyz" + UNDO + REDO, b"xyza\n"),
    ("undo is parted by moving", b"a\n", "x" + RIGHT + "y" + UNDO, b"xa\n"),
    ("undo backspaces", b"abcd\n", END + "\x7f\x7f" + UNDO, b"abcd\n"),
    ("undo a cut", b"a\nb\n", CUT + CUT + UNDO + UNDO, b"a\nb\n"),
    ("undo everything, and more", b"a\n", "x\ry" + UNDO * 9, b"a\n"),
    ("redo after undo everything", b"a\n", "x" + DELETE + UNDO * 2 + REDO * 2, b"x\n"),
    ("words", b"one two  three\n", WORD_RIGHT + "X" + WORD_RIGHT + "Y" + WORD_LEFT * 2 + "Z", b"one ZXtwo  Ythree\n"),
    ("ends of the text", b"a\nb\n", "\x1b/X\x1b\\Y", b"Ya\nb\nX\n"),
    ("go to a line", TEN, "\x1fX\x7f5,3\rX", TEN.replace(b"line 5", b"liXne 5")),
    ("go to a line by M-G", TEN, "\x1bg-1\rX", TEN + b"X\n"),
    ("pasted text", b"", "\x1b[200~a\tb\r\nc\x1b[201~", b"a\tb\nc\n"),
    ("UTF-8", b"", "h\u00e9\u65e5\u672c\U0001f600", "h\u00e9\u65e5\u672c\U0001f600\n".encode()),
    ("bytes that are none", b"\xff\xfe\n", END + "x", b"\xff\xfex\n"),
    ("a NUL", b"a\0b\n", "x", b"xa\0b\n"),
    ("line ends of DOS", b"a\r\nb\r\n", END + "x", b"ax\r\nb\r\n"),
    ("no line end", b"ab", "x", b"xab\n"),
    ("search", b"one two\nthree two\n", SEARCH + "TWO\rX", b"one Xtwo\nthree two\n"),
    ("search again", b"one two\nthree two\n", SEARCH + "two\r\x1bwX", b"one two\nthree Xtwo\n"),
    ("search wraps", b"two\nx\n", DOWN + SEARCH + "two\rX", b"Xtwo\nx\n"),
    ("search with the last word", b"a b\na b\n", SEARCH + "b\r" + SEARCH + "\rX", b"a b\na Xb\n"),
    ("search minds case with M-C", b"a B b\n", SEARCH + "\x1bcb\rX", b"a B Xb\n"),
    ("search given up", b"ab\n", SEARCH + "b\x03X", b"Xab\n"),
    ("replace all", b"a b a\na\n", "\x1ca\rxy\ra", b"xy b xy\nxy\n"),
    ("replace some", b"a b a a\n", "\x1ca\rX\ryny", b"X b a X\n"),
    ("replace by what contains it", b"a a\n", "\x1ca\raa\ra", b"aa aa\n"),
    ("replace from the middle", b"a a a\n", RIGHT + "\x1ca\rbb\ra", b"bb bb bb\n"),
    ("replace by nothing", b"abab\n", "\x1cab\r\ra", b"\n"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "keys", "expected"), [case[1:] for case in KEYS], ids=[c[0] for c in KEYS]
)
def test_keys(edit: Open, content: bytes, keys: str, expected: bytes) -> None:
    box = edit(content)
    for key in keys.split("\0"):
        box.type(key)
    assert saved(box) == expected


def test_leaving_asks(edit: Open) -> None:
    box = edit(b"a\n")
    box.type("x" + LEAVE)
    assert box.screen.lines[9].startswith("Save modified buffer?")
    box.type("\x03")
    assert box.status is None
    assert box.screen.lines[9].strip() == "[ Cancelled ]"
    box.type(LEAVE + "y")
    assert box.screen.lines[9] == "File Name to Write: f"
    box.type("2\r")
    assert box.status == 0
    assert (box.read("f"), box.read("f2")) == (b"a\n", b"xa\n")


def test_leaving_without_saving(edit: Open) -> None:
    box = edit(b"a\n")
    box.type("x" + LEAVE + "n")
    assert (box.status, box.read("f")) == (0, b"a\n")


def test_undoing_to_what_was_saved_is_no_change(edit: Open) -> None:
    box = edit(b"a\n")
    box.type("x" + SAVE + "y" + UNDO)
    assert "Modified" not in box.screen.lines[0]
    box.type(UNDO)
    assert "Modified" in box.screen.lines[0]
    box.type(REDO + LEAVE)
    assert (box.status, box.read("f")) == (0, b"xa\n")


def test_write_out_asks_before_it_replaces(edit: Open) -> None:
    box = edit(b"a\n")
    box.machine.files.write("/tmp/case/g", b"old")
    box.type("\x0f\x15g\r")
    assert 'File "g" exists; OVERWRITE?' in box.screen.lines[9]
    box.type("n")
    assert box.read("g") == b"old"
    box.type("\x0f\x15g\ry")
    assert box.read("g") == b"a\n"
    assert box.screen.lines[9].strip() == "[ Wrote 1 line ]"


def test_a_file_that_cannot_be_written(edit: Open) -> None:
    box = edit(b"a\n")
    box.type("x\x0f\x15/etc/x\r")
    assert "Error writing /etc/x: Permission" in box.screen.lines[9]
    box.type(LEAVE + "n")
    assert box.status == 0


def test_reading_a_file_in(edit: Open) -> None:
    box = edit(b"a\n")
    box.machine.files.write("/tmp/case/g", b"one\ntwo\n")
    box.type("\x12g\r")
    assert saved(box) == b"one\ntwo\na\n"


def test_scrolling(edit: Open) -> None:
    box = edit(TEN)
    assert box.screen.lines[1:9] == [f"line {n}" for n in range(1, 9)]
    box.type(DOWN * 8)
    assert box.screen.lines[8] == "line 9"
    box.type(PAGE_DOWN)
    assert "line 15" in box.screen.lines[1:9]
    box.type("\x1b/")
    assert "line 30" in box.screen.lines[1:9]
    box.type(PAGE_UP * 9)
    assert box.screen.lines[1] == "line 1"


def test_long_lines(edit: Open) -> None:
    box = edit(b"x" * 30 + b"y" * 30 + b"\nshort\n" + b"z" * 50 + b"\n")
    assert box.screen.lines[1] == "x" * 30 + "y" * 9 + ">"
    assert box.screen.lines[3] == "z" * 39 + ">"
    box.type(END)
    assert box.screen.lines[1].startswith("<")
    assert box.screen.lines[1].endswith("y")
    assert box.screen.column < 40
    box.type("!" + HOME)
    assert box.screen.lines[1].startswith("x")
    assert saved(box).splitlines()[0].endswith(b"y!")


def test_wide_characters_and_tabs(edit: Open) -> None:
    box = edit("\u65e5\u672c\ta\n\x01b\n".encode())
    assert box.screen.lines[1] == "\u65e5\u672c    a"
    assert box.screen.lines[2] == "^Ab"
    box.type(RIGHT)
    assert box.screen.column == 2
    box.type(RIGHT * 2)
    assert box.screen.column == 8
    box.type(DOWN)
    assert box.screen.column == 3  # at the end of `^Ab`
    box.type(UP)
    assert box.screen.column == 8  # back where it was


def test_a_wide_character_does_not_fit_at_the_edge(edit: Open) -> None:
    box = edit(("\u65e5" * 30 + "\n").encode(), columns=21)
    assert box.screen.lines[1] == "\u65e5" * 10 + ">"


def test_the_window_changes_its_size(edit: Open) -> None:
    box = edit(TEN)
    box.type(DOWN * 7 + "x")
    lines = box.resize(20, 60)
    assert lines[1:17] == [f"line {n}" for n in range(1, 8)] + ["xline 8"] + [
        f"line {n}" for n in range(9, 17)
    ]
    lines = box.resize(6, 20)
    assert "xline 8" in lines
    assert (box.screen.row, box.screen.column) == (lines.index("xline 8"), 1)
    box.resize(12, 40)
    assert saved(box) == TEN.replace(b"line 8", b"xline 8")


def test_marked_text_is_shown(edit: Open) -> None:
    box = edit(b"hello\nworld\n")
    box.type(RIGHT + "\x1ba" + DOWN)
    assert box.screen.highlighted(1) == "ello"
    assert box.screen.highlighted(2) == "w"


def test_where_am_i(edit: Open) -> None:
    box = edit(b"hello\nworld\n")
    box.type(DOWN + RIGHT * 2 + "\x03")
    assert "line 2/3 (66%), col 3/6" in box.screen.lines[9]


def test_options(edit: Open) -> None:
    box = edit(b"  a\nb\n", "-l", "-i", "-E", "-T", "4", "+1,4")
    assert box.screen.lines[1] == "1   a"
    assert (box.screen.row, box.screen.column) == (1, 5)
    box.type("\rc\t|")
    assert saved(box) == b"  a\n  c |\nb\n"


def test_only_looking(edit: Open) -> None:
    box = edit(b"a\n", "-v")
    box.type("x")
    assert box.screen.lines[9].strip() == "[ Key is invalid in view mode ]"
    box.type(LEAVE)
    assert box.status == 0


def test_help_and_back(edit: Open) -> None:
    box = edit(b"a\n", rows=24, columns=80)
    box.type("\x07")
    assert "save" in box.screen.lines[0]
    box.type("q")
    assert box.screen.lines[1] == "a"


def test_a_terminal_that_goes_away_leaves_what_was_typed(edit: Open) -> None:
    box = edit(b"a\n")
    box.type("precious ")
    box.kernel.deliver(box.process, Signal.HUP)
    box.run_until_idle()
    assert box.status == 0
    assert box.read("f.save") == b"precious a\n"


def test_a_hundred_thousand_lines(edit: Open) -> None:
    content = b"".join(b"%d\n" % n for n in range(100_000))
    box = edit(content)
    box.type("\x1f90000\rX" + SEARCH + "99999\rY")
    assert saved(box) == content.replace(b"\n89999\n", b"\nX89999\n").replace(
        b"\n99999\n", b"\nY99999\n"
    )


def test_mistakes(run) -> None:
    assert run("nano", "f").err == "Standard input is not a terminal\n"
    assert run("nano", "--bogus").status == 1
    box = ToolBox("nano", "/tmp")
    assert "is a directory" in box.raw
    assert box.status == 1
    box.close()


def test_what_has_no_end_is_not_opened(edit: Open) -> None:
    box = ToolBox("nano", "/dev/zero")
    assert (box.status, box.raw) == (1, 'nano: "/dev/zero" is not a normal file\r\n')
    box.close()
    box = edit(b"a\n")
    box.type("\x12/dev/zero\r")
    assert "Error reading /dev/zero" in box.screen.lines[9]
