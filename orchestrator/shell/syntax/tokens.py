"""Tokens: operators, reserved words, and where words start.

The lookahead is one token and reads no words: a word's meaning depends on where it stands, so the parser
asks for it in its own mode. Above ``braced``, below ``heredoc`` and the parser.
"""

import re
from typing import NoReturn

from orchestrator.shell.syntax import modes
from orchestrator.shell.syntax.braced import BracedReader

WORD = "word"
END = "end"
REDIRECT = "redirect"

_JOIN = r"(?:\\\n)*"
_REDIRECTS = ("<<<", "<<-", "<<", "<&", "<>", "<", "&>>", "&>", ">>", ">&", ">|", ">")
_CONTROLS = ("&&", "||", "|&", "|", ";;&", ";;", ";&", ";", "&", "(", ")", "\n")


def _alternatives(operators: tuple[str, ...]) -> str:
    return "|".join(_JOIN.join(map(re.escape, operator)) for operator in operators)


_GAP = re.compile(r"(?:[ \t]|\\\n)*(?:#[^\n]*)?")
_TOKEN = re.compile(
    rf"(?P<process>[<>]\()|(?P<redirect>{_alternatives(_REDIRECTS)})|(?P<control>{_alternatives(_CONTROLS)})"
    r"|(?P<prefixed>(?:[0-9]{1,9}|\{[A-Za-z_][A-Za-z0-9_]*(?:\[[^]\s]*\])?\})(?=[<>]))|(?P<reserved>(?:if|then|elif|else|fi"
    r"|while|until|for|do|done|case|esac|select|function|time|coproc|in|\{|\}|!|\[\[|\]\])"
    r"(?=(?:\\\n)*(?:[ \t\n;&|<>()]|\Z)))"
)
_PREFIX = re.compile(r"([0-9]{1,9}|\{[A-Za-z_][A-Za-z0-9_]*(?:\[[^]\s]*\])?\})(?=[<>])")
_CONTINUED = re.compile(r"[a-z!{}\[\]]*(?:\\\n[a-z!{}\[\]]*)+(?=[ \t\n;&|<>()]|\Z)")
_MAX_JOINED = 1000
"""Each joining copies the text: more of them in one command are read as ordinary words."""
_REDIRECT = re.compile(_alternatives(_REDIRECTS))
RESERVED = frozenset(
    ("if", "then", "elif", "else", "fi", "while", "until", "for", "do", "done", "case", "esac", "in",
     "select", "function", "time", "coproc", "{", "}", "!", "[[", "]]")
)  # fmt: skip
CLOSERS = frozenset(("then", "elif", "else", "fi", "do", "done", "esac", "}", "]]"))


class TokenReader(BracedReader):
    """One token of lookahead over the source."""

    __slots__ = ()

    def peek(self) -> str:
        """The kind of the next token: an operator's text, a newline, WORD, REDIRECT or END.

        Blanks, comments and line continuations in front of it are skipped. A reserved word is a WORD
        here; :meth:`peek_reserved` tells.
        """
        if self.peeked_at == self.pos:
            return self.peeked
        while True:
            gap = _GAP.match(self.text, self.pos)
            assert gap
            self.pos = gap.end()
            if self.pos < len(self.text):
                break
            if not self.refill():
                return self._remember(END, self.pos)
        match = _TOKEN.match(self.text, self.pos)
        if not match or match.lastgroup in ("reserved", "process"):
            return self._remember(WORD, self.pos)
        if match.lastgroup in ("redirect", "prefixed"):
            return self._remember(REDIRECT, self.pos)
        return self._remember(match.group().replace("\\\n", ""), match.end())

    def _remember(self, kind: str, end: int) -> str:
        self.peeked = kind
        self.peeked_at = self.pos
        self.peeked_end = end
        return kind

    def peek_reserved(self) -> str:
        """The reserved word that stands here, ``""`` when the next token is none."""
        if self.peek() != WORD:
            return ""
        match = _TOKEN.match(self.text, self.pos)
        if match is None and _CONTINUED.match(self.text, self.pos):
            self._join_reserved()
            match = _TOKEN.match(self.text, self.pos)
        return match.group() if match and match.lastgroup == "reserved" else ""

    def _join_reserved(self) -> None:
        """A reserved word over several lines is put together; the line ends move behind it."""
        match = _CONTINUED.match(self.text, self.pos)
        assert match
        word = match.group().replace("\\\n", "")
        if word not in RESERVED or self.joined >= _MAX_JOINED:
            return
        self.joined += 1
        ends = "\\\n" * ((match.end() - match.start() - len(word)) // 2)
        self.text = self.text[: self.pos] + word + ends + self.text[match.end() :]

    def advance(self) -> None:
        """Consume the operator that peek() returned."""
        self.pos = self.peeked_end

    def got(self, operator: str) -> bool:
        """Consume ``operator`` if it is next."""
        if self.peek() != operator:
            return False
        self.pos = self.peeked_end
        return True

    def got_reserved(self, word: str) -> bool:
        """Consume the reserved word ``word`` if it is next."""
        if self.peek_reserved() != word:
            return False
        self.pos += len(word)
        return True

    def expect_reserved(self, word: str) -> None:
        """Consume the reserved word ``word``; anything else is an error."""
        if not self.got_reserved(word):
            self.unexpected()

    def unexpected(self) -> NoReturn:
        """Refuse the next token, in bash's words."""
        kind = self.peek()
        if kind == END:
            self.fail_at_end()
        self.fail(f"syntax error near unexpected token `{self.token_text()}'", self.pos)

    def token_text(self) -> str:
        """The next token as bash names it in errors."""
        kind = self.peek()
        if kind == "\n":
            return "newline"
        if kind == REDIRECT:
            return self._redirect_text()
        if kind != WORD:
            return kind
        start = self.pos
        self.read_word(modes.WORD)
        text = self.text[start : self.pos]
        self.pos = start
        return text.replace("\\\n", "")

    def _redirect_text(self) -> str:
        prefix = _PREFIX.match(self.text, self.pos)
        if prefix:
            return prefix.group()
        match = _REDIRECT.match(self.text, self.pos)
        assert match
        return match.group().replace("\\\n", "")

    def read_redirect_operator(self) -> tuple[str, int | None, str | None]:
        """Operator, number and variable of the redirection that peek() announced."""
        prefix = _PREFIX.match(self.text, self.pos)
        number = variable = None
        if prefix:
            self.pos = prefix.end()
            text = prefix.group(1)
            if text.startswith("{"):
                variable = text[1:-1]
            else:
                number = int(text)
        match = _REDIRECT.match(self.text, self.pos)
        assert match
        self.pos = match.end()
        return match.group().replace("\\\n", ""), number, variable
