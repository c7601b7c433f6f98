"""vi mode (`set -o vi`): command mode and its motions; insert mode types, with a few keys of emacs mode."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from orchestrator.shell.interactive_editing import kill
from orchestrator.shell.interactive_keys import Key
from orchestrator.shell.interactive_line import Line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from orchestrator.shell.interactive_editor import Editor

FINDS = MappingProxyType({"f": (1, 0), "F": (-1, 0), "t": (1, -1), "T": (-1, 1)})
"""Direction of each search for a character, and how far from it the cursor stops."""
INCLUSIVE = frozenset("eE;,ftFT%$")
"""Motions whose last character an operator takes along."""
MOST_COUNT = 1000
WALKS = frozenset(("previous-history", "next-history", "beginning-of-history"))
"""Functions that show another entry; the cursor goes to its beginning."""
FROM_COMMAND = MappingProxyType(
    {
        "C-p": "previous-history",
        "C-n": "next-history",
        "up": "previous-history",
        "down": "next-history",
        "C-r": "reverse-search-history",
        "C-s": "forward-search-history",
        "C-l": "clear-screen",
        "left": "backward-char",
        "right": "forward-char",
        "home": "beginning-of-line",
        "end": "end-of-line",
        "delete": "delete-char",
        "backspace": "backward-char",
    }
)
"""Keys of command mode that do what they do elsewhere."""


class ViMode:
    """Which mode the line is in, and what command mode remembers: the last change, the last search."""

    def __init__(self, editor: Editor) -> None:
        self.editor = editor
        self.inserting = True
        self.last_find: tuple[str, str] | None = None
        self.last_change: list[str] = []
        self.last_search = ("", -1)
        self.inserted = ""
        self._insert_start = self._undo_depth = 0
        self._keys: list[str] = []
        self._replayed: list[str] = []

    def begin(self) -> None:
        """A new line begins in insert mode."""
        self.inserting = True
        self._insert_start = self._undo_depth = 0

    def press(self, key: Key) -> bool:
        """Act on a key; False leaves it to the bindings of insert mode."""
        if self.inserting:
            return self._insert_key(key)
        if key.name in ("enter", "C-c", "paste"):
            return False
        if key.name.startswith("M-") and len(key.name) == 3:  # Escape, and then a command
            self._command(key.name[2:])
            return True
        if key.name in FROM_COMMAND:
            self.editor.perform(FROM_COMMAND[key.name], key)
            if FROM_COMMAND[key.name] in WALKS:
                self.editor.line.point = 0
        elif not key.name:
            self._command(key.text)
        else:
            return key.name == "escape"
        return True

    def _insert_key(self, key: Key) -> bool:
        """Escape ends inserting; Escape and a key at once is both, one after the other."""
        if key.name != "escape" and not key.name.startswith("M-"):
            return False
        self._leave_insert()
        rest = key.name[2:]
        if len(rest) == 1:
            self._command(rest)
        return True

    def _leave_insert(self) -> None:
        line = self.editor.line
        line.break_undo()
        self.inserting = False
        self.inserted = line.text[self._insert_start : line.point]
        line.join_undo(self._undo_depth)
        if line.point > line.row_start():
            line.point = line.previous()

    # --- reading commands ---

    def _next(self) -> str:
        """Return the next character of a command, from a repeated one first."""
        if self._replayed:
            char = self._replayed.pop(0)
        else:
            key = self.editor.next_key()
            char = key.text if not key.name else "\x1b"
        self._keys.append(char)
        return char

    def _count(self, first: str) -> tuple[int, str]:
        digits, char = "", first
        while char.isdecimal() and (digits or char != "0"):
            digits += char
            char = self._next()
        return min(int(digits[:6] or "1"), MOST_COUNT), char

    def _command(self, first: str) -> None:
        self._keys = [first]
        count, char = self._count(first)
        self.editor.line.break_undo()
        self._undo_depth = self.editor.line.undo_depth()
        self.editor.kills.joining = False
        if char in "dcy":
            self._operate(char, count)
        elif char in COMMANDS:
            COMMANDS[char](self, count)
        else:
            target = self._motion(char, count)
            if target is None:
                self.editor.screen.bell()
            else:
                self._place(target)
        if char in CHANGES:
            self.last_change = self._keys
        self.editor.done(char)

    def _place(self, target: int) -> None:
        """Put the cursor somewhere; in command mode never behind the last character."""
        line = self.editor.line
        last = line.row_end_at(target)
        if not self.inserting and target >= last > line.row_start_at(target):
            target = last - 1
        line.point = max(0, target)

    # --- motions ---

    def _motion(self, char: str, count: int) -> int | None:
        """Return where a motion leads; None when it is none or leads nowhere."""
        line = self.editor.line
        match char:
            case "h":
                return line.point - count if line.point else None
            case "l" | " ":
                return min(line.point + count, len(line.text))
            case "0":
                return line.row_start()
            case "^":
                row = line.text[line.row_start() : line.row_end()]
                return line.row_start() + len(row) - len(row.lstrip())
            case "$":
                return line.row_end() - 1 if line.row_end() > line.row_start() else line.row_end()
            case "|":
                return line.row_start() + count - 1
            case "w" | "W" | "b" | "B" | "e" | "E":
                return self._words(char, count)
            case "f" | "F" | "t" | "T":
                self.last_find = (char, self._next())
                return self._find(*self.last_find, count)
            case ";" | ",":
                return self._find_again(char == ",", count)
            case "%":
                return _partner(line.text, line.point)
        return None

    def _words(self, char: str, count: int) -> int:
        step = {"w": next_word, "b": word_before, "e": end_of_word}[char.lower()]
        at = self.editor.line.point
        for _ in range(count):
            at = step(self.editor.line.text, at, big=char.isupper())
        return at

    def _find(self, kind: str, wanted: str, count: int) -> int | None:
        text, at = self.editor.line.text, self.editor.line.point
        direction, short = FINDS[kind]
        for turn in range(count):
            skip = 1 if turn or not short else 2
            if direction > 0:
                at = text.find(wanted, at + skip)
            else:
                at = text.rfind(wanted, 0, max(0, at + 1 - skip))
            if at < 0:
                return None
        return at + short

    def _find_again(self, backwards: bool, count: int) -> int | None:
        if self.last_find is None:
            return None
        kind, wanted = self.last_find
        return self._find(kind.swapcase() if backwards else kind, wanted, count)

    # --- operators ---

    def _operate(self, operator: str, count: int) -> None:
        """`d`, `c`, `y` and a motion; doubled, the whole line."""
        line = self.editor.line
        more, char = self._count(self._next())
        if char == operator:
            start, end = 0, len(line.text)
        else:
            if operator == "c" and char in "wW":
                target: int | None = self._end_of_changed(char == "W", count * more)
                char = "e"
            else:
                target = self._motion(char, count * more)
            if target is None:
                self.editor.screen.bell()
                return
            start, end = sorted((line.point, target))
            if char in INCLUSIVE and (target >= line.point):
                end += 1
        self._apply(operator, start, min(end, len(line.text)))

    def _end_of_changed(self, big: bool, count: int) -> int:
        """Return the last character `cw` changes: that of this word, not of the next one when it is short."""
        text, at = self.editor.line.text, self.editor.line.point
        while at + 1 < len(text) and _kind(text[at + 1], big) == _kind(text[at], big):
            at += 1
        for _ in range(count - 1):
            at = end_of_word(text, at, big=big)
        return at

    def _apply(self, operator: str, start: int, end: int) -> None:
        line = self.editor.line
        if operator == "y":
            self.editor.kills.add(line.text[start:end], before=False)
            return
        if start < end:
            kill(self.editor, start, end)
        if operator == "c":
            self.insert_at(start)
        else:
            self._place(line.point)

    def insert_at(self, place: int) -> None:
        """Go to insert mode at an index."""
        self.inserting = True
        self.editor.line.point = max(0, min(place, len(self.editor.line.text)))
        self._insert_start = self.editor.line.point

    # --- commands ---

    def erase(self, count: int) -> None:
        """`x`."""
        line = self.editor.line
        self._apply("d", line.point, min(line.point + count, line.row_end()))

    def erase_back(self, count: int) -> None:
        """`X`."""
        line = self.editor.line
        self._apply("d", max(line.row_start(), line.point - count), line.point)

    def replace(self, count: int) -> None:
        """`r`: other characters in the place of those at the cursor."""
        line, char = self.editor.line, self._next()
        if char == "\x1b" or line.point + count > len(line.text):
            self.editor.screen.bell()
            return
        at = line.point
        line.replace(line.text[:at] + char * count + line.text[at + count :], at + count - 1)

    def toggle_case(self, count: int) -> None:
        """`~`."""
        line = self.editor.line
        at, end = line.point, min(line.point + count, len(line.text))
        line.replace(line.text[:at] + line.text[at:end].swapcase() + line.text[end:], end)
        self._place(end)

    def put(self, count: int, *, before: bool) -> None:
        """`p`, `P`: what was cut or copied last."""
        line = self.editor.line
        if not self.editor.kills.entries:
            self.editor.screen.bell()
            return
        line.point = line.point if before or not line.text else line.following()
        line.insert(self.editor.kills.entries[-1] * count)
        self._place(line.point - 1)

    def repeat(self, count: int) -> None:
        """`.`: the last change again."""
        if not self.last_change:
            self.editor.screen.bell()
            return
        kept = self.last_change
        first, *self._replayed = kept
        self._command(first)
        self._replayed, self.last_change = [], kept
        if self.inserting:  # what was typed then is typed again
            self.editor.line.insert(self.inserted)
            self._leave_insert()

    def search(self, count: int, *, direction: int) -> None:
        """`/`, `?`: entries of the history that hold what is typed now."""
        prompt, line = self.editor.prompt, self.editor.line
        self.editor.prompt, self.editor.line = "/" if direction < 0 else "?", Line()
        try:
            while (key := self.editor.keys.next()).name not in ("enter", "escape", "C-c"):
                if not key.name:
                    self.editor.line.insert(key.text)
                elif key.name == "backspace":
                    self.editor.line.cut(self.editor.line.previous(), self.editor.line.point)
            wanted = self.editor.line.text
        finally:
            self.editor.prompt, self.editor.line = prompt, line
        if key.name == "enter":
            self.last_search = (wanted or self.last_search[0], direction)
            self.search_again(count, reverse=False)

    def search_again(self, count: int, *, reverse: bool) -> None:
        """`n`, `N`."""
        wanted, direction = self.last_search
        walk = self.editor.walk
        step = -direction if reverse else direction
        found = walk.search(wanted, walk.at + step, step) if wanted else None
        if found is None:
            self.editor.screen.bell()
            return
        text = walk.move(self.editor.line.text, found) or ""
        self.editor.line = Line(text, 0)

    def perform(self, function: str, count: int = 1) -> None:
        """One of readline's functions."""
        self.editor.count = count
        self.editor.perform(function, Key("", ""))
        if function in WALKS:
            self.editor.line.point = 0
        elif not self.inserting:
            self._place(self.editor.line.point)


def _insert(place: Callable[[Line], int]) -> Callable[[ViMode, int], None]:
    return lambda vi, count: vi.insert_at(place(vi.editor.line))


def _change(
    operator: str, ends: Callable[[Line, int], tuple[int, int]]
) -> Callable[[ViMode, int], None]:
    return lambda vi, count: vi._apply(operator, *ends(vi.editor.line, count))


def _calls(function: str) -> Callable[[ViMode, int], None]:
    return lambda vi, count: vi.perform(function, count)


COMMANDS: Mapping[str, Callable[[ViMode, int], None]] = MappingProxyType(
    {
        "i": _insert(lambda line: line.point),
        "a": _insert(lambda line: line.following() if line.text else 0),
        "I": _insert(lambda line: line.row_start()),
        "A": _insert(lambda line: line.row_end()),
        "x": ViMode.erase,
        "X": ViMode.erase_back,
        "r": ViMode.replace,
        "s": _change(
            "c", lambda line, count: (line.point, min(line.point + count, line.row_end()))
        ),
        "S": _change("c", lambda line, count: (0, len(line.text))),
        "C": _change("c", lambda line, count: (line.point, line.row_end())),
        "D": _change("d", lambda line, count: (line.point, line.row_end())),
        "Y": _change("y", lambda line, count: (0, len(line.text))),
        "~": ViMode.toggle_case,
        "p": lambda vi, count: vi.put(count, before=False),
        "P": lambda vi, count: vi.put(count, before=True),
        "u": _calls("undo"),
        "U": _calls("revert-line"),
        ".": ViMode.repeat,
        "/": lambda vi, count: vi.search(count, direction=-1),
        "?": lambda vi, count: vi.search(count, direction=1),
        "n": lambda vi, count: vi.search_again(count, reverse=False),
        "N": lambda vi, count: vi.search_again(count, reverse=True),
        "k": _calls("previous-history"),
        "-": _calls("previous-history"),
        "j": _calls("next-history"),
        "+": _calls("next-history"),
        "G": _calls("beginning-of-history"),
        "#": _calls("insert-comment"),
        "v": _calls("edit-and-execute-command"),
        "*": _calls("insert-completions"),
        "=": _calls("possible-completions"),
        "\\": _calls("complete"),
        "_": _calls("yank-last-arg"),
    }
)
"""Commands that are neither motions nor operators."""

CHANGES = frozenset("dcxXrsSCD~pP")
"""Commands that `.` repeats."""


# --- words ---


def _kind(char: str, big: bool) -> int:
    """Return 0 for blanks, 1 for letters and digits (or anything in a big word), 2 for other characters."""
    if char.isspace():
        return 0
    return 1 if big or char.isalnum() or char == "_" else 2


def next_word(text: str, at: int, *, big: bool) -> int:
    """Return where the next word begins (`w`, `W`)."""
    size = len(text)
    if at < size:
        kind = _kind(text[at], big)
        while at < size and kind and _kind(text[at], big) == kind:
            at += 1
    while at < size and not _kind(text[at], big):
        at += 1
    return at


def word_before(text: str, at: int, *, big: bool) -> int:
    """Return where the word before begins (`b`, `B`)."""
    while at > 0 and not _kind(text[at - 1], big):
        at -= 1
    if at > 0:
        kind = _kind(text[at - 1], big)
        while at > 0 and _kind(text[at - 1], big) == kind:
            at -= 1
    return at


def end_of_word(text: str, at: int, *, big: bool) -> int:
    """Return the last character of this word or the next (`e`, `E`)."""
    last = len(text) - 1
    at += 1
    while at < last and not _kind(text[at], big):
        at += 1
    while at < last and _kind(text[at + 1], big) == _kind(text[at], big):
        at += 1
    return max(0, min(at, last))


def _partner(text: str, at: int) -> int | None:
    """Return the bracket that belongs to the next one on the line (`%`)."""
    while at < len(text) and text[at] not in "()[]{}":
        at += 1
    if at >= len(text):
        return None
    pairs = "([{)]}"
    own = text[at]
    other = pairs[(pairs.index(own) + 3) % 6]
    step = 1 if own in "([{" else -1
    depth = 0
    while 0 <= at < len(text):
        depth += (text[at] == own) - (text[at] == other)
        if not depth:
            return at
        at += step
    return None
