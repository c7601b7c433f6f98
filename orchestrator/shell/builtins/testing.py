"""`test` and `[`: by the number of arguments first, as POSIX demands, then by a small grammar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.shell.builtin import Builtin
from orchestrator.shell.builtins.arguments import whole_number
from orchestrator.shell.filetests import FILE_BINARY, NUMERIC, UNARY

if TYPE_CHECKING:
    from orchestrator.shell.shell import Shell

TEXT_BINARY = ("=", "==", "!=", "<", ">")
BINARY = frozenset((*TEXT_BINARY, *FILE_BINARY, *NUMERIC, "-a", "-o"))


class _TestError(Exception):
    """The expression is wrong; the message is bash's."""


def _test(shell: Shell, argv: list[str]) -> int:
    words = argv[1:]
    if argv[0] == "[":
        if not words or words[-1] != "]":
            shell.report("[: missing `]'")
            return 2
        words = words[:-1]
    try:
        return 0 if _Expression(shell, words, bracket=argv[0] == "[").value() else 1
    except _TestError as error:
        shell.report(f"{argv[0]}: {error}")
        return 2


class _Expression:
    """One expression being evaluated, left to right."""

    def __init__(self, shell: Shell, words: list[str], *, bracket: bool) -> None:
        self.shell = shell
        self.bracket = bracket
        self.words = words
        self.at = 0

    def value(self) -> bool:
        """Return what the expression says. Raises: _TestError."""
        words = self.words
        if len(words) <= 4:
            known = self._by_count(words)
            if known is not None:
                return known
        result = self._or()
        if self.at < len(words):
            word = words[self.at]
            wrong = (
                f"syntax error: `{word}' unexpected" if word[:1] == "-" else "too many arguments"
            )
            raise _TestError(wrong)
        return result

    def _by_count(self, words: list[str]) -> bool | None:
        """POSIX's rules for up to four arguments; None leaves it to the grammar."""
        if not words:
            return False
        if len(words) == 1:
            return words[0] != ""
        if len(words) == 2:
            return self._two(words)
        if len(words) == 3:
            return self._three(words)
        if words[0] == "!":
            return not self._three(words[1:])
        if words[0] == "(" and words[3] == ")":
            return self._two(words[1:3])
        return None

    def _two(self, words: list[str]) -> bool:
        first, second = words
        if first == "!":
            return second == ""
        if first in UNARY:
            return self._unary(first, second)
        raise _TestError(f"{first}: unary operator expected")

    def _three(self, words: list[str]) -> bool:
        left, operator, right = words
        if operator == "-a":
            return left != "" and right != ""
        if operator == "-o":
            return left != "" or right != ""
        if operator in BINARY:
            return self._binary(left, operator, right)
        if left == "!":
            return not self._two(words[1:])
        if left == "(" and right == ")":
            return operator != ""
        raise _TestError(f"{operator}: binary operator expected")

    # --- the grammar, for five and more ---

    def _peek(self) -> str | None:
        return self.words[self.at] if self.at < len(self.words) else None

    def _take(self) -> str:
        if self.at >= len(self.words):
            raise _TestError("argument expected")
        self.at += 1
        return self.words[self.at - 1]

    def _or(self) -> bool:
        result = self._and()
        while self._peek() == "-o":
            self.at += 1
            result = self._and() or result
        return result

    def _and(self) -> bool:
        result = self._not()
        while self._peek() == "-a":
            self.at += 1
            result = self._not() and result
        return result

    def _not(self) -> bool:
        wanted = True
        while self._peek() == "!":
            self.at += 1
            wanted = not wanted
        return self._primary() is wanted

    def _primary(self) -> bool:
        if self._peek() == "(":  # before anything else, even `( = (`
            self.at += 1
            return self._group()
        following = self.words[self.at + 1] if self.at + 1 < len(self.words) else None
        if following in BINARY and following not in ("-a", "-o") and self.at + 2 < len(self.words):
            left, operator, right = self._take(), self._take(), self._take()
            return self._binary(left, operator, right)
        first = self._take()
        if first in UNARY and self.at < len(self.words):
            return self._unary(first, self._take())
        return first != ""

    def _group(self) -> bool:
        result = self._or()
        if self._peek() is None:
            self._after_end()
        if self._take() != ")":
            raise _TestError(f"`)' expected, found {self.words[self.at - 1]}")
        return result

    def _after_end(self) -> None:
        """Say what is missing; bash looks one word too far, which for `[` is the bracket."""
        found = ", found ]" if self.bracket else ""
        raise _TestError(f"`)' expected{found}")

    # --- primaries ---

    def _unary(self, operator: str, operand: str) -> bool:
        return UNARY[operator](self.shell, operand)

    def _binary(self, left: str, operator: str, right: str) -> bool:
        if operator in ("=", "=="):
            return left == right
        if operator == "!=":
            return left != right
        if operator == "<":
            return left < right
        if operator == ">":
            return left > right
        if operator in NUMERIC:
            return NUMERIC[operator](_integer(left), _integer(right))
        return FILE_BINARY[operator](self.shell, left, right)


def _integer(text: str) -> int:
    number = whole_number(text)
    if number is None:
        raise _TestError(f"{text}: integer expression expected")
    return number


BUILTINS = (
    Builtin("test", _test, "test [expr]", "Evaluate conditional expression."),
    Builtin("[", _test, "[ arg... ]", "Evaluate conditional expression."),
)
