"""Reads ``${...}``: every parameter form of the manual.

Between ``words`` and the parser. What fits no form is kept as BadSubstitution with its source, since bash
complains about it only when it is expanded.
"""

import re
from collections.abc import Callable

from orchestrator.shell.syntax import modes
from orchestrator.shell.syntax.modes import Mode
from orchestrator.shell.syntax.nodes import (
    BadSubstitution,
    Literal,
    Parameter,
    ParameterCase,
    ParameterDefault,
    ParameterKeys,
    ParameterLength,
    ParameterNames,
    ParameterReplace,
    ParameterSlice,
    ParameterTransform,
    ParameterTrim,
    ParameterValue,
    Subscript,
    Word,
    WordPart,
)
from orchestrator.shell.syntax.words import WordReader

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:(?:\\\n)+[A-Za-z0-9_]+)*|[0-9]+|[@*#?$!-]")
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LENGTH = re.compile(r"#(?:[A-Za-z_]|[0-9@*#?$!-]+\})")
_PREFIX_NAMES = re.compile(r"!([A-Za-z_][A-Za-z0-9_]*)([*@])\}")
_KEYS = re.compile(r"!([A-Za-z_][A-Za-z0-9_]*)\[([*@])\]\}")
_INDIRECT = re.compile(r"!(?:[A-Za-z_0-9]|[@*#?$!-]\})")
_TRANSFORM = re.compile(r"@([UuLQEPAKak])\}")


class BracedReader(WordReader):
    """Adds ``${...}`` to the word reader."""

    __slots__ = ()

    def _read_braced(self, mode: Mode) -> WordPart:
        start = self.pos
        self.pos += 2
        self._skip_joins()
        part = self._read_named_form() or self._read_operator_form(mode)
        if part is None:
            return self._read_bad(start)
        if isinstance(part, BadSubstitution):
            return self._read_bad(start, part.parameter)
        return part

    def _skip_joins(self) -> None:
        """Lines may be continued anywhere."""
        while self.text.startswith("\\\n", self.pos):
            self.pos += 2

    def _read_named_form(self) -> WordPart | None:
        """``${!prefix*}``, ``${!name[@]}``, ``${#name}``: the forms told by their first character."""
        text, pos = self.text, self.pos
        if text.startswith("!", pos):
            names = _PREFIX_NAMES.match(text, pos)
            if names:
                self.pos = names.end()
                return ParameterNames(names.group(1), names.group(2) == "*")
            keys = _KEYS.match(text, pos)
            if keys:
                self.pos = keys.end()
                return ParameterKeys(keys.group(1), keys.group(2) == "*")
        if text.startswith("#", pos) and _LENGTH.match(text, pos):
            return self._read_length()
        return None

    def _read_length(self) -> WordPart | None:
        start = self.pos
        self.pos += 1
        parameter = self._read_parameter(False)
        if parameter is not None and self.text.startswith("}", self.pos):
            self.pos += 1
            return ParameterLength(parameter)
        self.pos = start
        return None

    def _read_parameter(self, indirect: bool) -> Parameter | None:
        match = _NAME.match(self.text, self.pos)
        if not match:
            return None
        self.pos = match.end()
        name = match.group()
        if "\\" in name:
            name = name.replace("\\\n", "")
        self._skip_joins()
        if not self.text.startswith("[", self.pos) or not _IDENTIFIER.fullmatch(name):
            return Parameter(name, None, indirect)
        subscript = self.read_subscript(modes.BRACED_SUBSCRIPT)
        if not subscript.word.parts or self.text[self.pos - 1] != "]":
            self.pos -= self.text[self.pos - 1] == "}"
            return None
        return Parameter(name, subscript, indirect)

    def read_subscript(self, mode: Mode = modes.SUBSCRIPT) -> Subscript:
        """``[...]`` at the current position, both brackets consumed."""
        start = self.pos
        self.pos += 1
        word = self.read_word(mode)
        if self.pos >= len(self.text):
            self.fail_unclosed("]", start)
        self.pos += 1
        return Subscript(word)

    def _read_operator_form(self, mode: Mode) -> WordPart | None:
        indirect = _INDIRECT.match(self.text, self.pos) is not None
        if indirect:
            self.pos += 1
        parameter = self._read_parameter(indirect)
        if parameter is None or (self.pos >= len(self.text) and not self.refill()):
            return None
        char = self.text[self.pos]
        if char == "}":
            self.pos += 1
            return ParameterValue(parameter)
        if parameter.name == "#" and char in "%=+/" and self.text.startswith("}", self.pos + 1):
            return None
        read = _OPERATORS.get(char)
        return read(self, parameter, mode) if read else None

    def _close(self) -> bool:
        if self.text.startswith("}", self.pos):
            self.pos += 1
            return True
        return False

    def _read_colon(self, parameter: Parameter, mode: Mode) -> WordPart | None:
        if self.text[self.pos + 1 : self.pos + 2] in ("-", "=", "?", "+"):
            self.pos += 1
            return self._read_default(parameter, mode, colon=True)
        self.pos += 1
        if self.text.startswith("}", self.pos):
            return None
        offset = self._read_offset()
        length = None
        if self.text.startswith(":", self.pos):
            self.pos += 1
            length = self.read_word(modes.LENGTH)
        return ParameterSlice(parameter, offset, length) if self._close() else None

    def _read_offset(self) -> Word:
        """Arithmetic up to a colon that belongs to no ``? :`` or parenthesis."""
        parts: list[WordPart] = []
        while True:
            parts.extend(self.read_parts(modes.OFFSET))
            if not self.text.startswith(":", self.pos) or not _holds_colon(parts):
                return Word(joined(parts))
            parts.append(Literal(":"))
            self.pos += 1

    def _read_default(
        self, parameter: Parameter, mode: Mode, colon: bool = False
    ) -> WordPart | None:
        operator = self.text[self.pos]
        self.pos += 1
        word = self.read_word(modes.BRACE_DOUBLE if mode.quoted else modes.BRACE)
        return ParameterDefault(parameter, operator, colon, word) if self._close() else None

    def _doubled(self) -> str:
        """The operator here, doubled when it stands twice."""
        char = self.text[self.pos]
        self.pos += 1
        if self.text.startswith(char, self.pos):
            self.pos += 1
            return char * 2
        return char

    def _read_trim(self, parameter: Parameter, mode: Mode) -> WordPart | None:
        operator = self._doubled()
        pattern = self.read_word(modes.BRACE)
        return ParameterTrim(parameter, operator, pattern) if self._close() else None

    def _read_case_change(self, parameter: Parameter, mode: Mode) -> WordPart | None:
        operator = self._doubled()
        pattern = self.read_word(modes.BRACE)
        if parameter.name in ("#", "?", "-") or not self._close():
            return None
        return ParameterCase(parameter, operator, pattern if pattern.parts else None)

    def _read_replace(self, parameter: Parameter, mode: Mode) -> WordPart | None:
        self.pos += 1
        operator = "/"
        if self.text[self.pos : self.pos + 1] in ("/", "#", "%"):
            operator += self.text[self.pos]
            self.pos += 1
        parts = self._read_pattern(operator)
        replacement = None
        if self.text.startswith("/", self.pos):
            self.pos += 1
            replacement = self.read_word(modes.BRACE)
        if not self._close():
            return None
        return ParameterReplace(parameter, operator, Word(tuple(parts)), replacement)

    def _read_pattern(self, operator: str) -> list[WordPart]:
        """The pattern; a slash that stands first belongs to it (``${x///-}`` replaces slashes)."""
        if operator == "//" and self.text.startswith("/", self.pos):
            self.pos += 1
            return [Literal("/"), *self.read_parts(modes.PATTERN)]
        return self.read_parts(modes.PATTERN)

    def _read_transform(self, parameter: Parameter, mode: Mode) -> WordPart | None:
        match = _TRANSFORM.match(self.text, self.pos)
        if not match:
            return BadSubstitution("", parameter=parameter)
        self.pos = match.end()
        return ParameterTransform(parameter, match.group(1))

    def _read_bad(self, start: int, parameter: Parameter | None = None) -> WordPart:
        """Skip to the brace that closes what began at ``start``. What was read so far is not read again, else
        nesting would double the work at each level."""
        self.bad_at = start
        self.read_parts(modes.BRACE)
        if self.pos >= len(self.text):
            self.fail_unclosed("}", start)
        self.pos += 1
        return BadSubstitution(self.text[start : self.pos], parameter=parameter)


def _holds_colon(parts: list[WordPart]) -> bool:
    """Whether a ``?`` or ``(`` in the text so far still waits for its other half."""
    text = "".join(part.text for part in parts if isinstance(part, Literal))
    return text.count("(") > text.count(")") or text.count("?") > text.count(":")


def joined(parts: list[WordPart]) -> tuple[WordPart, ...]:
    """Neighbouring literals made one, so that equal text gives equal nodes."""
    joined: list[WordPart] = []
    for part in parts:
        if isinstance(part, Literal) and joined and isinstance(joined[-1], Literal):
            joined[-1] = Literal(joined[-1].text + part.text)
        else:
            joined.append(part)
    return tuple(joined)


_Operator = Callable[[BracedReader, Parameter, Mode], WordPart | None]
_OPERATORS: dict[str, _Operator] = {
    ":": BracedReader._read_colon,
    "-": BracedReader._read_default,
    "=": BracedReader._read_default,
    "?": BracedReader._read_default,
    "+": BracedReader._read_default,
    "#": BracedReader._read_trim,
    "%": BracedReader._read_trim,
    "^": BracedReader._read_case_change,
    ",": BracedReader._read_case_change,
    "~": BracedReader._read_case_change,
    "/": BracedReader._read_replace,
    "@": BracedReader._read_transform,
}
