"""Arithmetic: text to ArithExpr nodes, with bash's precedences and bash's complaints.

The text comes after expansion, or with a NUL in the place of each expansion (a placeholder, see
``arithnodes.ArithPlaceholder``), which lets ``$x + 1`` be parsed once. Evaluation is in ``expand``.
"""

import re
from functools import lru_cache
from typing import NoReturn

from orchestrator.shell.syntax.arithnodes import (
    ArithAssign,
    ArithBinary,
    ArithExpr,
    ArithNumber,
    ArithPlaceholder,
    ArithStep,
    ArithTernary,
    ArithUnary,
    ArithVariable,
)

PLACEHOLDER = "\0"
MAX_DEPTH = 200

_TOKEN = re.compile(
    r"[ \t\n\r]*(?:(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<number>[0-9][A-Za-z0-9_@#]*)|(?P<hole>\0)"
    r"|(?P<op><<=|>>=|\*\*|<<|>>|<=|>=|==|!=|&&|\|\||\+\+|--|[-+*/%&^|]=|[-+*/%<>=!~&^|?:,()]))"
)
_BLANKS = re.compile(r"[ \t\n\r]*")
_NAME_AHEAD = re.compile(r"[ \t\n\r]*[A-Za-z_]")
_ASSIGNMENTS = frozenset(("=", "+=", "-=", "*=", "/=", "%=", "<<=", ">>=", "&=", "^=", "|="))
_LEVELS = (
    ("||",),
    ("&&",),
    ("|",),
    ("^",),
    ("&",),
    ("==", "!="),
    ("<", ">", "<=", ">="),
    ("<<", ">>"),
    ("+", "-"),
    ("*", "/", "%"),
    ("**",),
)
_PRECEDENCE = {op: level for level, ops in enumerate(_LEVELS, 1) for op in ops}
_POWER = _PRECEDENCE["**"]
_MASK, _SIGN = (1 << 64) - 1, 1 << 63


class ArithSyntaxError(Exception):
    """The text is no arithmetic expression. ``message`` is bash's, expression and error token included."""

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)


def wrap(value: int) -> int:
    """``value`` as a signed 64-bit number."""
    return ((value + _SIGN) & _MASK) - _SIGN


def parse_number(text: str) -> int:
    """A constant: decimal, ``0`` octal, ``0x`` hexadecimal, ``base#digits``. Raises ArithSyntaxError with
    the reason alone."""
    if text.isdigit() and (text[0] != "0" or text == "0"):
        return wrap(int(text)) if len(text) < 4000 else wrap(_digits(text, 10))
    if text[:2] in ("0x", "0X"):
        return _digits(text[2:], 16)
    if "#" in text:
        return _based(*text.split("#", 1))
    return _digits(text, 8 if text[0] == "0" else 10)


def _based(base_text: str, digits: str) -> int:
    if base_text[0] == "0":
        _digits(base_text.lower().removeprefix("0x"), 16 if base_text[:2].lower() == "0x" else 8)
        raise ArithSyntaxError("invalid number")
    base = _digits(base_text, 10)
    if not 2 <= base <= 64:
        raise ArithSyntaxError("invalid arithmetic base")
    if not digits:
        raise ArithSyntaxError("invalid integer constant")
    return _digits(digits, base)


def _digits(text: str, base: int) -> int:
    value = 0
    for char in text:
        digit = _digit(char, base)
        if digit >= base:
            raise ArithSyntaxError("value too great for base")
        value = (value * base + digit) & _MASK
    return wrap(value)


def _digit(char: str, base: int) -> int:
    if "0" <= char <= "9":
        return ord(char) - 48
    if "a" <= char <= "z":
        return ord(char) - 87
    if "A" <= char <= "Z":
        return ord(char) - 55 if base <= 36 else ord(char) - 29
    return {"@": 62, "_": 63}.get(char, 99)


class ArithParser:
    """One expression. ``kind`` and ``token`` are the current token, ``last`` where the last one that was
    read starts (bash's error token begins there)."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.pos = 0
        self.kind = ""
        self.token = ""
        self.start = 0
        self.last = 0
        self.depth = 0
        self.holes = 0
        self.advance()

    def parse(self) -> ArithExpr:
        """The whole text as one expression; an empty one is 0."""
        if self.kind == "":
            return ArithNumber(0)
        expression = self._comma()
        if self.kind:
            self.fail("syntax error in expression")
        return expression

    def fail(self, reason: str) -> NoReturn:
        """Complain about the token read last."""
        shown, token = self.text.lstrip(), self.text[self.last :]
        raise ArithSyntaxError(f'{shown}: {reason} (error token is "{token}")')

    # ---- tokens ----

    def advance(self) -> None:
        """Read the next token."""
        match = _TOKEN.match(self.text, self.pos)
        if match is None:
            self._end_or_stray()
            return
        before = self.kind
        group = match.lastgroup or ""
        self.token = match.group(group)
        self.start = self.last = match.start(group)
        self.pos = match.end()
        self.kind = group if group != "op" else self.token
        if self.token in ("++", "--"):
            self._settle_step(before)
        elif group == "hole":
            self._check_hole()

    def _end_or_stray(self) -> None:
        blanks = _BLANKS.match(self.text, self.pos)
        assert blanks
        if blanks.end() < len(self.text):
            self.last = blanks.end()
            after_operand = self.kind in ("name", "number", "hole")
            what = "invalid arithmetic operator" if after_operand else "operand expected"
            self.fail(f"syntax error: {what}")
        self.kind = self.token = ""
        self.start = len(self.text)

    def _settle_step(self, before: str) -> None:
        """``++`` steps a name next to it; else it is two signs."""
        if before == "name" or _NAME_AHEAD.match(self.text, self.pos):
            return
        self.token = self.kind = self.token[0]
        self.pos -= 1

    def _check_hole(self) -> None:
        """A value that touches letters or digits becomes part of a longer token: not parsed in advance."""
        around = self.text[self.start - 1 : self.start] + self.text[self.pos : self.pos + 1]
        if any(char.isalnum() or char in "_#@\0" for char in around):
            self.fail("expansion inside a token")

    # ---- grammar ----

    def _comma(self) -> ArithExpr:
        left = self._assignment()
        while self.kind == ",":
            self.advance()
            left = ArithBinary(",", left, self._assignment())
        return left

    def _assignment(self) -> ArithExpr:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail("expression recursion level exceeded")
        target = self._ternary()
        if self.kind in _ASSIGNMENTS:
            if not isinstance(target, ArithVariable):
                self.fail("attempted assignment to non-variable")
            operator = self.token
            self.advance()
            value = self._assignment()
            target = ArithAssign(operator, target, value, self.text[self.last :])
        self.depth -= 1
        return target

    def _ternary(self) -> ArithExpr:
        condition = self._binary(1)
        if self.kind != "?":
            return condition
        self.advance()
        if self.kind in ("", ":"):
            self.fail("expression expected")
        yes = self._comma()
        if self.kind != ":":
            self.fail("`:' expected for conditional expression")
        self.advance()
        if self.kind == "":
            self.fail("expression expected")
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail("expression recursion level exceeded")
        no = self._ternary()
        self.depth -= 1
        return ArithTernary(condition, yes, no)

    def _binary(self, minimum: int) -> ArithExpr:
        left = self._unary()
        while (level := _PRECEDENCE.get(self.kind, 0)) >= minimum:
            operator = self.kind
            self.advance()
            text = self.text[self.start :]
            if level == _POWER:
                right = self._power_operand()
                text = self.text[self.last :]
            else:
                right = self._binary(level + 1)
            left = ArithBinary(operator, left, right, text)
        return left

    def _power_operand(self) -> ArithExpr:
        """``**`` groups to the right."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail("expression recursion level exceeded")
        right = self._binary(_POWER)
        self.depth -= 1
        return right

    def _unary(self) -> ArithExpr:
        if self.kind in ("name", "number", "hole"):
            return self._primary()
        if self.kind in ("++", "--"):
            return self._prefix_step()
        if self.kind not in ("+", "-", "!", "~"):
            return self._primary()
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail("expression recursion level exceeded")
        operator = self.kind
        self.advance()
        operand = self._unary()
        self.depth -= 1
        return ArithUnary(operator, operand)

    def _prefix_step(self) -> ArithExpr:
        operator = self.token
        self.advance()
        target = self._variable()
        if self.kind in ("++", "--"):
            self.fail(f"{self.kind}: assignment requires lvalue")
        return ArithStep(operator, target, True)

    def _primary(self) -> ArithExpr:
        kind, token = self.kind, self.token
        if kind == "number":
            return self._number(token)
        if kind == "name":
            variable = self._variable()
            if self.kind in ("++", "--"):
                operator = self.token
                self.advance()
                return ArithStep(operator, variable, False)
            return variable
        if kind == "hole":
            self.holes += 1
            self.advance()
            return ArithPlaceholder(self.holes - 1)
        if kind == "(":
            self.advance()
            inner = self._comma()
            if self.kind != ")":
                self.fail("missing `)'")
            self.advance()
            # "(x) = 3" is no assignment
            return ArithUnary("+", inner) if isinstance(inner, ArithVariable) else inner
        self.fail("syntax error: operand expected")
        return None

    def _number(self, token: str) -> ArithExpr:
        try:
            value = parse_number(token)
        except ArithSyntaxError as error:
            shown = self.text[: self.pos].lstrip()
            message = f'{shown}: {error.message} (error token is "{token}")'
            raise ArithSyntaxError(message) from None
        self.advance()
        return ArithNumber(value)

    def _variable(self) -> ArithVariable:
        name = self.token
        if not self.text.startswith("[", self.pos):
            self.advance()
            return ArithVariable(name)
        end = subscript_end(self.text, self.pos)
        subscript = self.text[self.pos + 1 : end]
        if end < 0 or not subscript:
            self.fail("bad array subscript")
        first = self.holes
        self.holes += subscript.count(PLACEHOLDER)
        self.pos = end + 1
        self.advance()
        return ArithVariable(name, subscript, first)


def subscript_end(text: str, start: int) -> int:
    """Where the bracket at ``start`` closes, -1 when it does not. Quotes and backslashes are respected."""
    level = 0
    pos = start
    while pos < len(text):
        char = text[pos]
        if char == "\\":
            pos += 1
        elif char in "'\"":
            close = text.find(char, pos + 1)
            pos = close if close >= 0 else pos
        elif char == "[":
            level += 1
        elif char == "]":
            level -= 1
            if level == 0:
                return pos
        pos += 1
    return -1


@lru_cache(maxsize=2048)
def parse_arith(text: str) -> ArithExpr:
    """Parse an expression; NULs in it are placeholders. Raises ArithSyntaxError.

    Cached: a pure function of its text, so that sandboxes cannot see one another through it.
    """
    parser = ArithParser(text)
    try:
        return parser.parse()
    except RecursionError:
        # the host's recursion limit is lower than our own
        parser.fail("expression recursion level exceeded")
