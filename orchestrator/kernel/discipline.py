"""The line discipline: keys in, lines or bytes out, with editing, echo and signal characters.
termios(3).

Above: tty. Below: termios. It knows no processes and never waits: signals, echo and flow go out by
callbacks.
"""

from __future__ import annotations

import unicodedata
from collections import deque
from typing import Protocol

from orchestrator.kernel.signal import Signal
from orchestrator.kernel.termios import Termios

LINE_MAX = 4096
"""The longest line that can be edited, as Linux's: one byte is kept for its end."""
QUEUE_MAX = 65536
"""Bytes typed ahead; what comes on top waits in the backlog."""

_PIECE = 512
_NL, _CR, _TAB, _BELL = 0x0A, 0x0D, 0x09, b"\a"


class Outside(Protocol):
    """What the discipline tells the terminal."""

    def echo(self, data: bytes) -> None:
        """Show `data` (already in the form the screen needs)."""

    def signal(self, signal: Signal) -> None:
        """Send to the foreground group."""

    def flow(self, stopped: bool) -> None:
        """^S and ^Q: hold output back, or let it go on."""


class Discipline:
    """What was typed and not yet read.

    `_lines` holds what a read may take: in canonical mode complete lines (one empty entry is an end
    of file), otherwise chunks of bytes. `_line` is the line being edited.
    """

    __slots__ = (
        "_backlog",
        "_echoed",
        "_line",
        "_lines",
        "_literal",
        "_outside",
        "_queued",
        "termios",
    )

    def __init__(self, outside: Outside) -> None:
        self.termios = Termios()
        self._outside = outside
        self._line = bytearray()
        self._lines: deque[bytes] = deque()
        self._queued = 0
        self._literal = False
        self._backlog = bytearray()
        self._echoed = bytearray()  # shown in one piece for each feed

    # --- the reader's side ---

    def available(self) -> int:
        """Bytes a read could take now."""
        return self._queued

    def has_input(self, size: int = QUEUE_MAX) -> bool:
        """Whether a read of `size` has something to return: bytes, a line, or an end of file."""
        if self.termios.canonical:
            return bool(self._lines)
        return self._queued >= min(size, max(1, self.termios.minimum))

    def take(self, size: int) -> bytes:
        """Up to `size` bytes, in canonical mode of one line at most; `b""` for an end of file.
        `has_input` holds.
        """
        data = self._take_line(size) if self.termios.canonical else self._take_bytes(size)
        if self._backlog and self._queued < QUEUE_MAX // 2:
            backlog, self._backlog = bytes(self._backlog), bytearray()
            self.feed(backlog)
        return data

    def _take_line(self, size: int) -> bytes:
        line = self._lines.popleft()
        if len(line) > size:
            self._lines.appendleft(line[size:])
            line = line[:size]
        self._queued -= len(line)
        return line

    def _take_bytes(self, size: int) -> bytes:
        parts: list[bytes] = []
        while self._lines and size > 0:
            part = self._lines.popleft()
            if len(part) > size:
                self._lines.appendleft(part[size:])
                part = part[:size]
            size -= len(part)
            parts.append(part)
        data = b"".join(parts)
        self._queued -= len(data)
        return data

    def set(self, termios: Termios, *, flush: bool = False) -> None:
        """Change the settings; `flush` throws away what was typed (TCSAFLUSH).

        A line that was being edited when canonical mode ends can be read at once, as on Linux.
        """
        if flush:
            self.flush()
        if self.termios.canonical and not termios.canonical:
            self._finish_line()
            self._lines = deque(part for part in self._lines if part)
        self.termios = termios

    def flush(self) -> None:
        """Forget everything typed and not read (tcflush(3))."""
        self._line.clear()
        self._lines.clear()
        self._backlog.clear()
        self._queued = 0
        self._literal = False

    # --- the keyboard's side ---

    def feed(self, data: bytes) -> None:
        """Take what was typed or pasted."""
        if self._backlog or self._queued >= QUEUE_MAX:
            self._hold_back(data)
            return
        if self._is_plain():
            # In pieces: a reader that takes byte by byte shortens the first piece each time.
            for start in range(0, len(data), _PIECE):
                self._push(data[start : start + _PIECE])
            return
        for index, byte in enumerate(data):
            if self._queued >= QUEUE_MAX:
                self._hold_back(data[index:])
                break
            self._key(byte)
        self._flush_echo()

    def _is_plain(self) -> bool:
        """Whether bytes go through untouched, which a raw terminal's pastes should do quickly."""
        t = self.termios
        translated = t.cr_to_nl or t.nl_to_cr or t.ignore_cr
        return not (t.canonical or t.echo or t.signals or t.flow or t.extended or translated)

    def _hold_back(self, data: bytes) -> None:
        """Keep what nobody has room for; but ^C must work on a program that does not read."""
        t = self.termios
        if t.signals and t.intr and t.intr in data:
            self.flush()
            self.feed(data[data.rindex(t.intr) :])
            return
        self._backlog += data

    def _key(self, byte: int) -> None:
        t = self.termios
        if self._literal:
            self._literal = False
            self._insert(byte)
            return
        if byte == _CR:
            if t.ignore_cr:
                return
            byte = _NL if t.cr_to_nl else byte
        elif byte == _NL and t.nl_to_cr:
            byte = _CR
        if t.signals and byte and self._signal_key(byte):
            return
        if t.flow and byte and byte in (t.start, t.stop):
            self._outside.flow(byte == t.stop)
            return
        if t.extended and byte and byte == t.lnext:
            self._literal = True
            self._show(b"^\b" if t.echo_control else b"")
        elif t.canonical:
            self._edit_key(byte)
        else:
            self._show_typed(byte)
            self._push(bytes((byte,)))

    def _signal_key(self, byte: int) -> bool:
        t = self.termios
        if byte not in (t.intr, t.quit, t.susp):
            return False
        signals = {t.intr: Signal.INT, t.quit: Signal.QUIT, t.susp: Signal.TSTP}
        self.flush()
        self._show_typed(byte)
        self._flush_echo()
        self._outside.signal(signals[byte])
        return True

    def _edit_key(self, byte: int) -> None:
        t = self.termios
        if byte == _NL or (byte and byte == t.eol):
            self._line.append(byte)
            self._show_typed(byte)
            self._finish_line()
        elif byte == 0:
            self._insert(byte)
        elif byte == t.eof:
            self._end_of_file()
        elif byte == t.erase:
            self._erase_last()
        elif byte == t.kill:
            self._erase_to(0)
        elif t.extended and byte == t.werase:
            self._erase_to(_word_start(self._line))
        elif t.extended and byte == t.reprint:
            self._show(b"^R\r\n" + b"".join(self._shown(b) for b in self._line))
        else:
            self._insert(byte)

    def _insert(self, byte: int) -> None:
        if not self.termios.canonical:
            self._show_typed(byte)
            self._push(bytes((byte,)))
        elif len(self._line) >= LINE_MAX - 1:
            self._show(_BELL)
        else:
            self._line.append(byte)
            self._show_typed(byte)

    def _end_of_file(self) -> None:
        if self._line:
            self._finish_line()
        else:
            self._lines.append(b"")

    def _finish_line(self) -> None:
        if self._line:
            self._push(bytes(self._line))
            self._line.clear()

    def _push(self, data: bytes) -> None:
        self._lines.append(data)
        self._queued += len(data)

    # --- rubbing out ---

    def _erase_last(self) -> None:
        if self._line:
            self._erase_to(_char_start(self._line))

    def _erase_to(self, start: int) -> None:
        before = self._width(self._line)
        del self._line[start:]
        gone = before - self._width(self._line)
        if self.termios.echo and self.termios.echo_erase:
            self._echoed += b"\b \b" * gone

    def _width(self, line: bytearray) -> int:
        """Columns that `line` takes on the screen, if it began at column 0 (matters for tabs
        alone).
        """
        column = 0
        for char in line.decode("utf-8", "replace"):
            if char == "\t":
                column += 8 - column % 8
            elif ord(char) < 0x20 or ord(char) == 0x7F:
                column += 2 if self.termios.echo_control else 0
            else:
                column += _columns(char)
        return column

    # --- echo ---

    def _show(self, data: bytes) -> None:
        if self.termios.echo:
            self._echoed += data

    def _show_typed(self, byte: int) -> None:
        if self.termios.echo:
            self._echoed += self._shown(byte)

    def _flush_echo(self) -> None:
        if self._echoed:
            data = bytes(self._echoed)
            self._echoed.clear()
            self._outside.echo(data)

    def _shown(self, byte: int) -> bytes:
        if byte == _NL:
            return b"\r\n" if self.termios.post and self.termios.nl_to_crnl else b"\n"
        if byte == _TAB or not self.termios.echo_control or 0x20 <= byte != 0x7F:
            return bytes((byte,))
        return bytes((0x5E, byte ^ 0x40))


def _columns(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _char_start(line: bytearray) -> int:
    """Where the last UTF-8 character of `line` begins (IUTF8)."""
    start = len(line) - 1
    while start > 0 and line[start] & 0xC0 == 0x80:
        start -= 1
    return start


def _word_start(line: bytearray) -> int:
    """Where the last word of `line` begins; blanks after it belong to it."""
    text = bytes(line).rstrip(b" \t")
    return max(text.rfind(b" "), text.rfind(b"\t")) + 1
