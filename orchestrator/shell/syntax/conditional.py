"""The expression between ``[[`` and ``]]``.

Words here are neither split nor globbed; ``<`` and ``>`` compare, the right side of ``==`` is a pattern and that
of ``=~`` a regular expression, in which parentheses and ``|`` need no quotes.
"""

import re
from dataclasses import replace
from typing import NoReturn

from orchestrator.errors import ShellSyntaxError
from orchestrator.shell.syntax import modes
from orchestrator.shell.syntax.braced import joined
from orchestrator.shell.syntax.heredoc import HereDocReader
from orchestrator.shell.syntax.nodes import (
    CondBinary,
    CondExpr,
    CondGroup,
    Conditional,
    CondLogical,
    CondNot,
    CondUnary,
    CondWord,
    Literal,
    Word,
)
from orchestrator.shell.syntax.tokens import END, REDIRECT, WORD

_COND_WORD = replace(modes.WORD, extglob=True)
_UNARY = re.compile(r"-[abcdefghknoprstuvwxzGLNORS](?=[ \t\n;&|<>()\\]|\Z)")
_BINARY = frozenset(
    ["=", "==", "!=", "=~", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef"]
)
_OPERATOR = re.compile(r"[=!~a-z-]+(?=[ \t\n(\\])")
_CLOSE = re.compile(r"\](?:\\\n)*\](?=[ \t\n;&|<>()\\]|\Z)")


class ConditionalReader(HereDocReader):
    """Adds ``[[ ]]``."""

    __slots__ = ()

    def read_conditional(self) -> Conditional:
        """From behind ``[[`` to behind ``]]``."""
        pos = self.position(self.pos - 2)
        self.enter()
        expression = self._read_or()
        self.depth -= 1
        if not self._at_close():
            self._fail_close(pos.line)
        self.pos = self.text.index("]", self.pos + 1) + 1
        return Conditional(expression, pos)

    def _fail_close(self, opened: int) -> NoReturn:
        kind = self._cond_peek()
        message = "syntax error in conditional expression"
        if kind == END:
            self._fail_at(opened, "unexpected EOF while looking for `]]'")
        self._fail_near(message if kind == WORD else f"{message}: unexpected token `{kind}'")

    def _cond_peek(self) -> str:
        """The next token; newlines are blanks in here."""
        while self.peek() == "\n":
            self.read_newline()
        return self.peek()

    def _at_close(self) -> bool:
        return self._cond_peek() == WORD and _CLOSE.match(self.text, self.pos) is not None

    def _read_or(self) -> CondExpr:
        left = self._read_and()
        while self._cond_peek() == "||":
            self.advance()
            left = CondLogical("||", left, self._read_and())
        return left

    def _read_and(self) -> CondExpr:
        left = self._read_term()
        while self._cond_peek() == "&&":
            self.advance()
            left = CondLogical("&&", left, self._read_term())
        return left

    def _read_term(self) -> CondExpr:
        kind = self._cond_peek()
        if kind == "(":
            return self._read_group_term()
        if kind != WORD or self._at_close():
            self._fail_operand(kind)
        if self.peek_reserved() == "!":
            self.pos += 1
            self.enter()
            operand = self._read_term()
            self.depth -= 1
            return CondNot(operand)
        unary = _UNARY.match(self.text, self.pos)
        if unary:
            return self._read_unary(unary.group())
        return self._read_comparison(self.read_word(_COND_WORD))

    def _fail_operand(self, kind: str) -> NoReturn:
        if kind == END:
            self._fail_near("unexpected token `EOF' in conditional command", incomplete=True)
        self._fail_near(f"unexpected token `{self.token_text()}' in conditional command")

    def _read_group_term(self) -> CondExpr:
        opened = self.position(self.pos).line
        self.advance()
        self.enter()
        inner = self._read_or()
        self.depth -= 1
        if self._cond_peek() != ")":
            if self.peek() == END:
                self._fail_at(opened, "unexpected token `EOF', expected `)'")
            self._fail_near(f"unexpected token `{self.token_text()}', expected `)'")
        self.advance()
        return CondGroup(inner)

    def _read_unary(self, operator: str) -> CondExpr:
        self.pos += len(operator)
        return CondUnary(operator, self._read_argument("unary"))

    def _read_argument(self, kind: str) -> Word:
        """The word an operator wants on its right."""
        if self.peek() != WORD or _CLOSE.match(self.text, self.pos):
            text = self._end_or_text()
            self._fail_near(f"unexpected argument `{text}' to conditional {kind} operator")
        return self.read_word(_COND_WORD)

    def _end_or_text(self) -> str:
        """The next token in bash's words; bash sees a newline in front of the end of the input."""
        return "newline" if self.peek() == END else self.token_text()

    def _binary_operator(self) -> str:
        """The binary operator that stands here, not consumed."""
        kind = self.peek()
        if kind == REDIRECT:
            char = self.text[self.pos]
            return char if char in "<>" else ""
        if kind != WORD:
            return ""
        match = _OPERATOR.match(self.text, self.pos)
        return match.group() if match and match.group() in _BINARY else ""

    def _read_comparison(self, left: Word) -> CondExpr:
        operator = self._binary_operator()
        if operator == "=~":
            self.pos += 2
            return CondBinary(operator, left, self._read_regex())
        if operator:
            self.pos += len(operator)
            return CondBinary(operator, left, self._read_argument("binary"))
        kind = self.peek()
        if kind in ("&&", "||", ")") or (kind == WORD and _CLOSE.match(self.text, self.pos)):
            return CondWord(left)
        expected = "conditional binary operator expected"
        self._fail_near(
            expected if kind == WORD else f"unexpected token `{self._end_or_text()}', {expected}"
        )
        return None

    def _read_regex(self) -> Word:
        """A regular expression: blanks end it, but not inside its parentheses."""
        if self.peek() in (END, "\n") or _CLOSE.match(self.text, self.pos):
            text = self._end_or_text()
            self._fail_near(f"unexpected argument `{text}' to conditional binary operator")
        parts = self.read_parts(modes.REGEX)
        while self.pos < len(self.text) and self.text[self.pos] in "<>":
            parts.append(Literal(self.text[self.pos]))
            self.pos += 1
            parts.extend(self.read_parts(modes.REGEX))
        return Word(joined(parts))

    def _place(self) -> str:
        """An error with nothing behind it is one of the end of the input too, and sets the status."""
        return "" if self.text[self.pos :].isspace() or self.pos >= len(self.text) else "[["

    def _fail_near(self, message: str, incomplete: bool = False) -> NoReturn:
        """bash prints no line of text for these."""
        line, column = self.position(self.pos)
        raise ShellSyntaxError(message, self.name, line, column, "", incomplete, self._place())

    def _fail_at(self, line: int, message: str) -> NoReturn:
        """The input ended too early; ``line`` is where what it should close began."""
        raise ShellSyntaxError(message, self.name, line, 1, "", True, self._place())
