"""The formats of `printf`: `%d %s %b %q %(fmt)T` and the rest, with flags, width and precision."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from orchestrator.shell.builtins.echo import decode_printf_argument
from orchestrator.shell.builtins.floating import Real, format_float, parse_float, whole
from orchestrator.shell.clock import format_time
from orchestrator.shell.syntax.quote import backslash_quote, encode_code_point

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.shell.shell import Shell

SECOND = 1_000_000_000
WORD = 1 << 64
LARGEST, SMALLEST = (1 << 63) - 1, -(1 << 63)
MOST_DIGITS = 4000

_DIRECTIVE = re.compile(
    r"%(?P<flags>[-#0 +']*)(?P<width>\*|\d+)?(?:\.(?P<precision>\*|-?\d*))?"
    r"(?:hh|h|ll|l|j|z|t|L)?(?P<letter>\(|.)?",
    re.DOTALL,
)
_ESCAPE = re.compile(
    r"\\(?:([abeEfnrtv\\\"'?])|([0-7]{1,3})|x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})"
    r"|U([0-9a-fA-F]{1,8})|([xuU]))"
)
_LETTERS = {
    "a": b"\a",
    "b": b"\b",
    "e": b"\x1b",
    "E": b"\x1b",
    "f": b"\f",
    "n": b"\n",
    "r": b"\r",
    "t": b"\t",
    "v": b"\v",
}
_NUMBER = re.compile(r"\s*([-+]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)")


class _Ended(Exception):
    r"""`\c` or a directive that cannot be: nothing is printed after `data`."""

    def __init__(self, data: bytes = b"") -> None:
        self.data = data
        super().__init__()


CLOCK_ROOM = 128
"""bash leaves out a time whose text takes this many bytes."""
WIDEST = 1 << 20
"""The largest width or precision. Bash takes up to 2**31; what a sandbox's host must allocate has a limit."""


class Spec:
    """One directive: flags, width and precision (None when absent)."""

    __slots__ = ("alternate", "flags", "left", "precision", "width", "zero")

    def __init__(self, flags: str, width: int | None, precision: int | None) -> None:
        self.flags = flags
        self.left = "-" in flags or (width is not None and width < 0)
        self.zero = "0" in flags and not self.left
        self.alternate = "#" in flags
        self.width = abs(width) if width is not None else 0
        self.precision = precision if precision is None or precision >= 0 else None

    def pad(self, data: bytes, size: int | None = None) -> bytes:
        """Fill up to the width with blanks; `size` is how wide `data` counts."""
        missing = self.width - (len(data) if size is None else size)
        if missing <= 0:
            return data
        return data + b" " * missing if self.left else b" " * missing + data


class Formatter:
    """One call of printf: its format, the arguments not used yet, and the status so far."""

    def __init__(self, shell: Shell, template: str, arguments: list[str]) -> None:
        self.shell = shell
        self.template = template
        self.arguments = arguments
        self.next = 0
        self.status = 0

    def run(self) -> bytes:
        """Return everything that is to be printed."""
        pieces: list[bytes] = []
        try:
            while True:
                before = self.next
                self._pass(pieces)
                self.shell.steps -= 1
                if self.shell.steps < 0:
                    self.shell.refill()
                if self.next >= len(self.arguments) or self.next == before:
                    break
        except _Ended as end:
            pieces.append(end.data)
        return b"".join(pieces)

    def _pass(self, pieces: list[bytes]) -> None:
        """Go through the format once."""
        template = self.template
        at = 0
        while at < len(template):
            char = template[at]
            if char == "%":
                at = self._directive(at, pieces)
            elif char == "\\":
                at = self._escape(at, pieces)
            else:
                end = at + 1
                while end < len(template) and template[end] not in "%\\":
                    end += 1
                pieces.append(template[at:end].encode("utf-8", "surrogateescape"))
                at = end

    def _escape(self, at: int, pieces: list[bytes]) -> int:
        match = _ESCAPE.match(self.template, at)
        if match is None:
            pieces.append(b"\\")
            return at + 1
        letter, octal, pair, short, long, bare = match.groups()
        if bare:
            self._missing_digit(bare)
            pieces.append(match.group().encode())
        elif letter is not None:
            pieces.append(_LETTERS.get(letter, letter.encode()))
        elif octal is not None:
            pieces.append(bytes([int(octal, 8) & 0xFF]))
        elif pair is not None:
            pieces.append(bytes([int(pair, 16)]))
        else:
            pieces.append(encode_code_point(int(short or long, 16)))
        return match.end()

    def _missing_digit(self, letter: str) -> None:
        """Say that `\\x`, `\\u` or `\\U` has no digit; it prints as it is, and the status does not change."""
        kind = "hex" if letter == "x" else "unicode"
        self.shell.report(f"printf: missing {kind} digit for \\{letter}")

    def _directive(self, at: int, pieces: list[bytes]) -> int:
        if self.template.startswith("%%", at):
            pieces.append(b"%")
            return at + 2
        match = _DIRECTIVE.match(self.template, at)
        assert match is not None
        letter = match["letter"]
        if letter is None:
            self._complain(f"`{self.template[at:]}': missing format character")
            raise _Ended
        spec = Spec(match["flags"], self._size(match["width"]), self._size(match["precision"]))
        if letter == "(":
            return self._clock(match.end(), spec, pieces)
        convert = _CONVERSIONS.get(letter)
        if convert is None:
            self._complain(f"`{letter}': invalid format character")
            raise _Ended
        pieces.append(convert(self, spec, letter))
        return match.end()

    def _size(self, text: str | None) -> int | None:
        """Return a width or precision; `*` takes it from the arguments."""
        if text is None:
            return None
        size = self.integer() if text == "*" else int(text) if text not in ("", "-") else 0
        if abs(size) > WIDEST:
            self._complain(f"{size}: Result too large")
            raise _Ended
        return size

    def _clock(self, at: int, spec: Spec, pieces: list[bytes]) -> int:
        """`%(format)T`: seconds since 1970, now (-1 or none), or when the shell started (-2)."""
        end = self._closing(at)
        if self.template[end + 1 : end + 2] != "T":
            found = self.template[end + 1 : end + 2]
            self.shell.report(f"printf: warning: `{found}': invalid time format specification")
            pieces.append(b"%")
            return at - 1
        seconds = self.integer() if self.next < len(self.arguments) else -1
        if seconds in (-1, -2):
            seconds = self.shell.system.realtime() // SECOND
        data = format_time(self.template[at:end] or "%X", seconds).encode()
        pieces.append(spec.pad(_cut(data if len(data) < CLOCK_ROOM else b"", spec)))
        return end + 2

    def _closing(self, at: int) -> int:
        """Return where the parenthesis opened before `at` is closed, or the end."""
        depth = 1
        for place in range(at, len(self.template)):
            depth += {"(": 1, ")": -1}.get(self.template[place], 0)
            if not depth:
                return place
        return len(self.template)

    # --- arguments ---

    def text(self) -> str:
        """Return the next argument, nothing when there are no more."""
        if self.next < len(self.arguments):
            self.next += 1
            return self.arguments[self.next - 1]
        self.next += 1
        return ""

    def integer(self) -> int:
        """Return the next argument as a number: decimal, 0x.., 0.., or `'c` for a character's code."""
        had = self.next < len(self.arguments)
        text = self.text()
        if not had:
            return 0
        if text[:1] in ("'", '"'):
            return _code(text[1:])
        if not text:
            return 0
        match = _NUMBER.match(text)
        if match is None:
            self._complain(f"{text}: invalid number")
            return 0
        sign, digits = match.groups()
        if match.end() != len(text):
            self._complain(f"{text}: invalid {_kind(text)}number")
        base = 16 if digits[:2].lower() == "0x" else 8 if digits[0] == "0" else 10
        number = int(digits, base) if len(digits) < MOST_DIGITS else WORD
        return -number if sign == "-" else number

    def _out_of_range(self, text: str) -> None:
        self.shell.report(f"printf: warning: {text}: Numerical result out of range")

    def number(self) -> Real:
        """Return the next argument as a floating-point number."""
        had = self.next < len(self.arguments)
        text = self.text()
        if not had:
            return Real()
        if text[:1] in ("'", '"'):
            return whole(_code(text[1:]))
        value, complete, out_of_range = parse_float(text)
        if not complete:
            self._complain(f"{text}: invalid number")
        elif out_of_range:
            self._out_of_range(text)
        return value

    def _complain(self, message: str) -> None:
        self.shell.report(f"printf: {message}")
        self.status = 1

    # --- conversions ---

    def convert_text(self, spec: Spec, letter: str) -> bytes:
        """`%s`: precision and width count bytes, as bash does."""
        return spec.pad(_cut(self.text().encode("utf-8", "surrogateescape"), spec))

    def convert_character(self, spec: Spec, letter: str) -> bytes:
        """`%c`: the first byte of the argument."""
        return spec.pad(self.text().encode("utf-8", "surrogateescape")[:1] or b"\0")

    def convert_escaped(self, spec: Spec, letter: str) -> bytes:
        r"""`%b`: backslash escapes in the argument; `\c` ends everything."""
        data, ended = decode_printf_argument(self.text(), self._missing_digit)
        data = spec.pad(_cut(data, spec))
        if ended:
            raise _Ended(data)
        return data

    def convert_quoted(self, spec: Spec, letter: str) -> bytes:
        """`%q` and `%Q`: quoted so that the shell reads it back."""
        text = self.text()
        if letter == "Q" and spec.precision is not None:
            text = text[: spec.precision]
        data = backslash_quote(text).encode("utf-8", "surrogateescape")
        return spec.pad(_cut(data, spec) if letter == "q" else data)

    def convert_signed(self, spec: Spec, letter: str) -> bytes:
        """`%d` and `%i`."""
        value = self.integer()
        if not SMALLEST <= value <= LARGEST:
            self._out_of_range(self.arguments[self.next - 1])
            value = LARGEST if value > 0 else SMALLEST
        sign = "-" if value < 0 else "+" if "+" in spec.flags else " " if " " in spec.flags else ""
        return _digits(spec, sign, str(abs(value)))

    def convert_unsigned(self, spec: Spec, letter: str) -> bytes:
        """`%u %o %x %X`."""
        value = self.integer()
        if abs(value) >= WORD:
            self._out_of_range(self.arguments[self.next - 1])
            value = WORD - 1
        value %= WORD
        digits = format(value, {"u": "d"}.get(letter, letter))
        prefix = ""
        if spec.alternate and letter in "xX" and value:
            prefix = "0" + letter
        if spec.alternate and letter == "o":
            if digits == "0" and spec.precision == 0:
                return spec.pad(b"0")
            digits = digits if digits.startswith("0") else "0" + digits
        return _digits(spec, prefix, digits)

    def convert_float(self, spec: Spec, letter: str) -> bytes:
        """`%e %f %g %a` and their capitals."""
        value = self.number()
        body = format_float(value, letter, spec.precision, spec.alternate)
        sign = ""
        if body.startswith("-"):
            sign, body = "-", body[1:]
        elif "+" in spec.flags or " " in spec.flags:
            sign = "+" if "+" in spec.flags else " "
        if spec.zero and body[0].isdecimal():
            head = body[:2] if body[:2] in ("0x", "0X") else ""
            body = head + body[len(head) :].zfill(spec.width - len(sign) - len(head))
        return spec.pad((sign + body).encode())

    def convert_count(self, spec: Spec, letter: str) -> bytes:
        """`%n`: bash stores the count in a variable; nothing is printed."""
        self.text()
        return b""


def _cut(data: bytes, spec: Spec) -> bytes:
    return data if spec.precision is None else data[: spec.precision]


def _code(text: str) -> int:
    """Return the code of the first character, 0 for none."""
    if not text:
        return 0
    code = ord(text[0])
    return code - 0xDC00 if 0xDC80 <= code <= 0xDCFF else code


def _digits(spec: Spec, sign: str, digits: str) -> bytes:
    """Put sign, zeros and digits together."""
    if spec.precision is not None:
        digits = "" if spec.precision == 0 and digits == "0" else digits.zfill(spec.precision)
    elif spec.zero:
        digits = digits.zfill(spec.width - len(sign))
    return spec.pad((sign + digits).encode())


def _kind(text: str) -> str:
    """Return what bash calls a number that is wrong behind its prefix."""
    if text[:2].lower() == "0x":
        return "hex "
    return "octal " if text[:1] == "0" and text[1:2].isdecimal() else ""


_CONVERSIONS: dict[str, Callable[[Formatter, Spec, str], bytes]] = {
    "s": Formatter.convert_text,
    "c": Formatter.convert_character,
    "b": Formatter.convert_escaped,
    "q": Formatter.convert_quoted,
    "Q": Formatter.convert_quoted,
    "n": Formatter.convert_count,
    **dict.fromkeys("di", Formatter.convert_signed),
    **dict.fromkeys("uoxX", Formatter.convert_unsigned),
    **dict.fromkeys("eEfFgGaA", Formatter.convert_float),
}
