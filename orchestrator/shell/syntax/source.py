"""The text being read: where we are, where lines begin, and where more text comes from.

Below the word reader and the parser, which inherit from it so that the position is one attribute away.
"""

from collections.abc import Callable
from typing import NoReturn

from orchestrator.errors import ShellSyntaxError
from orchestrator.shell.syntax.dialect import Dialect
from orchestrator.shell.syntax.nodes import HereDoc, Position

MAX_DEPTH = 200
"""How deep constructs may nest. bash has no limit and crashes; we say so."""

More = Callable[[], str]


class Source:
    """A growing text with a position in it.

    ``more`` delivers the next piece when the text is used up, ``""`` at the end of the input.
    """

    __slots__ = (
        "_mark",
        "_mark_line",
        "_mark_start",
        "_more",
        "alias_spans",
        "bad_at",
        "continuing",
        "depth",
        "dialect",
        "in_substitution",
        "joined",
        "name",
        "not_arith",
        "peeked",
        "peeked_at",
        "peeked_end",
        "pending",
        "pos",
        "separated",
        "spliced",
        "text",
        "warnings",
    )

    def __init__(
        self,
        text: str,
        name: str = "bash",
        line: int = 1,
        dialect: Dialect | None = None,
        more: More | None = None,
    ) -> None:
        self.text = text
        self.name = name
        self.dialect = dialect or Dialect()
        self.pos = 0
        self.depth = 0
        self.bad_at = -1
        self.continuing = False
        self.in_substitution = False
        self.separated = False
        self.pending: list[HereDoc] = []
        self.warnings: list[tuple[int, str]] = []
        self.alias_spans: list[tuple[str, int, int]] = []
        self.spliced = 0
        self.joined = 0
        self.not_arith: set[int] = set()
        self.peeked = ""
        self.peeked_at = -1
        self.peeked_end = 0
        self._more = more
        self._mark = 0
        self._mark_line = line
        self._mark_start = 0

    def refill(self) -> bool:
        """Ask for more text; False at the end of the input. What was peeked may be longer now."""
        if self._more is None:
            return False
        self.continuing = True
        piece = self._more()
        if not piece:
            return self._terminate()
        self.text += piece
        self.peeked_at = -1
        return True

    def _terminate(self) -> bool:
        """At the end of the input, add the newline the last line lacks."""
        self._more = None
        if not self.text or self.text.endswith(("\n", "\\")):
            return False
        self.text += "\n"
        self.peeked_at = -1
        return True

    def drop_read(self) -> None:
        """Forget the text in front of the position (between two commands only)."""
        column = self.position(self.pos).column
        self.text = self.text[self.pos :]
        self._mark, self._mark_start = 0, 1 - column
        self.pos = 0
        self.bad_at = -1
        self.peeked_at = -1
        self.alias_spans = []
        self.not_arith.clear()

    def position(self, offset: int) -> Position:
        """Line and column of an offset. Cheap when offsets mostly rise, as they do in a parser."""
        mark = self._mark
        if offset > mark:
            self._advance(mark, offset)
        elif offset < mark:
            self._mark_line -= self.text.count("\n", offset, mark)
            self._mark_start = self.text.rfind("\n", 0, offset) + 1
            self._mark = offset
        return Position(self._mark_line, offset - self._mark_start + 1)

    def _advance(self, mark: int, offset: int) -> None:
        newlines = self.text.count("\n", mark, offset)
        if newlines:
            self._mark_line += newlines
            self._mark_start = self.text.rfind("\n", mark, offset) + 1
        self._mark = offset

    def line_at(self, offset: int) -> str:
        """The line of text that holds ``offset``."""
        start = self.text.rfind("\n", 0, offset) + 1
        end = self.text.find("\n", offset)
        return self.text[start:] if end < 0 else self.text[start:end]

    def fail(self, message: str, offset: int, *, show: bool = True) -> NoReturn:
        """Refuse the text at ``offset``. ``show`` says whether bash would print the line too."""
        line, column = self.position(offset)
        text_line = self.line_at(offset) if show else ""
        raise ShellSyntaxError(message, self.name, line, column, text_line)

    def fail_unclosed(self, closer: str, offset: int) -> NoReturn:
        """The input ended inside something that began at ``offset``."""
        line, column = self.position(offset)
        message = f"unexpected EOF while looking for matching `{closer}'"
        raise ShellSyntaxError(message, self.name, line, column, "", incomplete=True)

    def fail_at_end(self) -> NoReturn:
        """The input ended inside a compound command. bash counts the end as a line of its own."""
        message = "syntax error: unexpected end of file"
        raise ShellSyntaxError(message, self.name, self.end_line(), 1, "", incomplete=True)

    def end_line(self) -> int:
        """The number of the line behind the last one."""
        line = self.position(len(self.text)).line
        return line if not self.text or self.text.endswith("\n") else line + 1

    def enter(self) -> None:
        """Count one level of nesting; every caller gives it back by ``self.depth -= 1``."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail(f"nesting deeper than {MAX_DEPTH} levels", self.pos, show=False)
