"""Here-documents: the delimiter where the operator stands, the body after the end of the line."""

import re

from orchestrator.shell.syntax import modes
from orchestrator.shell.syntax.nodes import HereDoc, Literal, Word
from orchestrator.shell.syntax.quote import decode_ansi
from orchestrator.shell.syntax.tokens import WORD, TokenReader

_EMPTY = Word(())
_QUOTING = re.compile(r"""\\(.)|'([^']*)'|"((?:[^"\\]|\\.)*)"|\$'((?:[^'\\]|\\.)*)'""", re.DOTALL)
_IN_DOUBLE = re.compile(r'\\([$`"\\])')


class HereDocReader(TokenReader):
    """Reads delimiters and, at the newline, the bodies that wait."""

    __slots__ = ()

    def read_heredoc(self, operator: str) -> HereDoc:
        """The delimiter after ``<<``; the body is filled in by :meth:`read_bodies`."""
        if self.peek() != WORD:
            self.unexpected()
        start = self.pos
        word = self.read_word(modes.WORD)
        source = self.text[start : self.pos].replace("\\\n", "")
        quoted = any(not isinstance(part, Literal) for part in word.parts)
        quoted = quoted and any(mark in source for mark in "'\"\\")
        delimiter = _unquoted(source) if quoted else source
        doc = HereDoc(delimiter, _EMPTY, quoted, operator == "<<-")
        self.pending.append(doc)
        return doc

    def read_newline(self) -> None:
        """Consume the newline that peek() announced, and the here-documents that follow it."""
        self.pos = self.peeked_end
        if self.pending:
            self.read_bodies()

    def read_bodies(self) -> None:
        """The bodies of all here-documents whose operators stood on the line that just ended."""
        waiting, self.pending = self.pending, []
        for doc in waiting:
            line = self.position(self.pos).line
            text = self._read_lines(doc, line)
            object.__setattr__(doc, "body", self._body_word(doc, text, line))

    def _body_word(self, doc: HereDoc, text: str, line: int) -> Word:
        if not text:
            return _EMPTY
        if doc.quoted or not any(mark in text for mark in "$`\\"):
            return Word((Literal(text),))
        self.enter()
        word = self.sub_reader(text, line).read_word(modes.HERE)
        self.depth -= 1
        return word

    def _read_lines(self, doc: HereDoc, line: int) -> str:
        """The raw text up to the delimiter, tabs stripped for ``<<-``."""
        lines: list[str] = []
        while True:
            piece = self._read_line(joined=not doc.quoted)
            # A delimiter may begin with tabs itself.
            if doc.strip_tabs and piece.removesuffix("\n") != doc.delimiter:
                piece = piece.lstrip("\t")
            if self.in_substitution and self._closes_substitution(doc, piece):
                self._warn_unfinished(doc, line, self.position(self.pos).line)
                break
            if piece.rstrip("\n") == doc.delimiter and piece.count("\n") < 2:
                break
            if not piece:
                self._warn_unfinished(doc, line, self.end_line() - 1)
                break
            lines.append(piece)
        return "".join(lines)

    def _closes_substitution(self, doc: HereDoc, piece: str) -> bool:
        """Whether the delimiter and then the parenthesis of ``$(`` stand on this line, which bash still takes;
        the position goes back to what is behind the delimiter."""
        end = len(doc.delimiter)
        if not piece.startswith(doc.delimiter) or ")" not in piece[end:]:
            return False
        self.pos -= len(piece) - end
        return True

    def _warn_unfinished(self, doc: HereDoc, line: int, ended: int) -> None:
        self.warnings.append(
            (
                ended,
                f"warning: here-document at line {line - 1} delimited by end-of-file "
                f"(wanted `{doc.delimiter}')",
            )
        )

    def _read_line(self, joined: bool) -> str:
        """One line with its newline; ``joined`` lines continue after a backslash."""
        pieces: list[str] = []
        while True:
            if self.pos >= len(self.text) and not self.refill():
                break
            end = self.text.find("\n", self.pos)
            end = len(self.text) if end < 0 else end + 1
            piece = self.text[self.pos : end]
            self.pos = end
            pieces.append(piece)
            if not joined or not _continues(piece):
                break
            pieces[-1] = piece[:-2]
        return "".join(pieces)


def _continues(piece: str) -> bool:
    """Whether a line ends with an odd number of backslashes before its newline."""
    if not piece.endswith("\\\n"):
        return False
    body = piece[:-1]
    return (len(body) - len(body.rstrip("\\"))) % 2 == 1


def _unquoted(source: str) -> str:
    """A delimiter after quote removal; expansions in it stay as written."""
    return _QUOTING.sub(_without_quotes, source)


def _without_quotes(match: re.Match[str]) -> str:
    char, single, double, ansi = match.groups()
    if ansi is not None:
        return decode_ansi(ansi)
    if double is not None:
        return _IN_DOUBLE.sub(r"\1", double)
    return str(single if char is None else char)
