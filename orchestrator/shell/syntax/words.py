r"""Reads words: quotes, expansions and the text between them.

Above ``source``; the parser builds on it and supplies :meth:`read_body` for commands inside words. One loop
reads parts in every surroundings (see ``modes``). Linear: every character is looked at a bounded number of
times per level of nesting.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from orchestrator.errors import ShellSyntaxError
from orchestrator.shell.syntax import modes
from orchestrator.shell.syntax.modes import Mode
from orchestrator.shell.syntax.nodes import (
    AnsiQuoted,
    ArithSubst,
    BadSubstitution,
    CommandList,
    CommandSubst,
    DoubleQuoted,
    Escaped,
    Literal,
    Parameter,
    ParameterValue,
    ProcessSubst,
    SingleQuoted,
    Word,
    WordPart,
)
from orchestrator.shell.syntax.quote import decode_ansi
from orchestrator.shell.syntax.source import MAX_DEPTH, Source

_NAME_OR_SPECIAL = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:(?:\\\n)+[A-Za-z0-9_]+)*|[0-9@*#?$!-]")
_BACKQUOTED = re.compile(r"(?:[^\\`]|\\.)*", re.DOTALL)
_UNESCAPE = re.compile(r"\\(?:\n|([$`\\]))")
_UNESCAPE_QUOTED = re.compile(r'\\(?:\n|([$`\\"]))')
_EXTGLOB_LEADS = ("?", "*", "+", "@", "!")
_Read: TypeAlias = Callable[[Mode], WordPart]


class WordReader(Source):
    """Reads one word, or the parts of one, from the current position."""

    __slots__ = ()

    def read_body(self, closer: str, start: int) -> CommandList:
        """Commands up to ``closer``, which is consumed. The parser implements it."""
        raise NotImplementedError

    def sub_reader(self, text: str, line: int) -> "WordReader":
        """A reader for text taken out of this one (backquotes, here-documents)."""
        reader = type(self)(text, self.name, line, self.dialect)
        reader.depth = self.depth
        return reader

    def read_word(self, mode: Mode = modes.WORD) -> Word:
        """One word; it may turn out empty when a closer stands right here."""
        return Word(tuple(self.read_parts(mode)))

    def read_parts(self, mode: Mode) -> list[WordPart]:
        """Parts up to a closer of ``mode`` or the end of the text, neither consumed."""
        parts: list[WordPart] = []
        plain: list[str] = []
        start = self.pos
        level = 0
        match_run = mode.run.match
        while True:
            run = match_run(self.text, self.pos)
            if run:
                plain.append(run.group())
                self.pos = run.end()
            if self.pos >= len(self.text):
                if self._text_may_go_on(mode) and self.refill():
                    continue
                break
            char = self.text[self.pos]
            if char in mode.closers:
                if level == 0 and not self._continues_word(char, mode, plain, parts):
                    break
                if level:
                    level -= char in mode.closer_name
                    plain.append(char)
                    self.pos += 1
            elif mode.opener and char == mode.opener:
                level += 1
                plain.append(char)
                self.pos += 1
            else:
                self._read_special(char, mode, plain, parts)
        if plain:
            parts.append(Literal("".join(plain)))
        return parts if self.bad_at < start else self._with_context(parts, start)

    def _with_context(self, parts: list[WordPart], start: int) -> list[WordPart]:
        """Bad substitutions learn the text they stand in, which bash shows when it meets them."""
        context = self.text[start : self.pos]
        return [
            replace(part, context=context)
            if isinstance(part, BadSubstitution) and not part.context
            else part
            for part in parts
        ]

    def _text_may_go_on(self, mode: Mode) -> bool:
        """A plain word may end with the text; everything that needs a closer may not."""
        return bool(mode.closer_name)

    def _continues_word(
        self, char: str, mode: Mode, plain: list[str], parts: list[WordPart]
    ) -> bool:
        """``<(`` and, where patterns may stand, ``@(``: characters that else would end the word."""
        if char == "(":
            return self._read_group(mode, plain, parts)
        if char in "<>" and mode.process and self.text.startswith("(", self.pos + 1):
            self._flush(plain, parts)
            parts.append(self._read_process(char))
            return True
        return False

    def _read_group(self, mode: Mode, plain: list[str], parts: list[WordPart]) -> bool:
        """The parentheses of an extended glob (or, in a regular expression, any)."""
        if mode is not modes.REGEX and not self._at_extglob(mode, plain):
            return False
        start = self.pos
        plain.append("(")
        self.pos += 1
        self.enter()
        self._flush(plain, parts)
        parts.extend(self.read_parts(modes.EXTGLOB))
        if self.pos >= len(self.text):
            self.fail_unclosed(")", start)
        self.depth -= 1
        self.pos += 1
        last = parts.pop()
        if isinstance(last, Literal):
            plain.append(last.text)
        else:
            parts.append(last)
        plain.append(")")
        return True

    def _at_extglob(self, mode: Mode, plain: list[str]) -> bool:
        allowed = mode.extglob or self.dialect.extglob
        return allowed and bool(plain) and plain[-1].endswith(_EXTGLOB_LEADS)

    def _flush(self, plain: list[str], parts: list[WordPart]) -> None:
        if plain:
            parts.append(Literal("".join(plain)))
            plain.clear()

    def _read_special(self, char: str, mode: Mode, plain: list[str], parts: list[WordPart]) -> None:
        """A character that quotes or expands in ``mode``; what it makes goes to ``parts``."""
        if char == "\\":
            self._read_backslash(mode, plain, parts)
            return
        if char == "$":
            if mode.single and self.text.startswith("'", self.pos + 1):
                self._flush(plain, parts)
                parts.extend(_single_quoted(self._read_ansi().text))
                return
            part = self._read_dollar(mode)
        elif char == '"':
            part = self._read_double(self.pos)
        elif char == "'":
            part = self._read_single()
        elif char == "`":
            part = self._read_backquoted(mode)
        elif self.text.startswith("(", self.pos + 1):
            part = self._read_process(char)
        else:
            part = None
        if part is None:
            plain.append(char)
            self.pos += 1
        else:
            self._flush(plain, parts)
            parts.append(part)

    # ---- quotes ----

    def _read_backslash(self, mode: Mode, plain: list[str], parts: list[WordPart]) -> None:
        if self.pos + 1 >= len(self.text) and not self.refill():
            self._flush(plain, parts)
            parts.append(Escaped("\\"))  # printed, it must not quote what follows
            self.pos += 1
            return
        char = self.text[self.pos + 1]
        self.pos += 2
        if char == "\n":
            if self.pos >= len(self.text):
                self.refill()
            return
        if mode.escapes is None or char in mode.escapes:
            self._flush(plain, parts)
            parts.append(Escaped(char))
        else:
            plain.append("\\")
            self.pos -= 1

    def _read_single(self) -> WordPart:
        start = self.pos
        end = self._find("'", start + 1, "'", start)
        self.pos = end + 1
        return SingleQuoted(self.text[start + 1 : end])

    def _find(self, wanted: str, start: int, closer: str, opened: int) -> int:
        """Where ``wanted`` stands at or after ``start``, asking for more text while it does not."""
        while True:
            end = self.text.find(wanted, start)
            if end >= 0:
                return end
            start = len(self.text)
            if not self.refill():
                self.fail_unclosed(closer, opened)

    def _read_double(self, start: int) -> WordPart:
        """``"..."``; the position is at the opening quote."""
        self.pos += 1
        parts = self.read_parts(modes.DOUBLE)
        if self.pos >= len(self.text):
            self.fail_unclosed('"', start)
        self.pos += 1
        return DoubleQuoted(tuple(parts))

    def _read_ansi(self) -> AnsiQuoted:
        start = self.pos
        at = start + 2
        while True:
            at = self._find("'", at, "'", start)
            backslashes = at - len(self.text[start + 2 : at].rstrip("\\")) - start - 2
            if backslashes % 2 == 0:
                break
            at += 1
        raw = self.text[start + 2 : at]
        self.pos = at + 1
        return AnsiQuoted(raw, decode_ansi(raw))

    # ---- expansions ----

    def _read_dollar(self, mode: Mode) -> WordPart | None:
        """What begins with ``$``; None when it is just a dollar sign."""
        match = _NAME_OR_SPECIAL.match(self.text, self.pos + 1)
        if match:
            self.pos = match.end()
            name = match.group()
            if "\\" in name:
                name = name.replace("\\\n", "")
            return ParameterValue(Parameter(name), braced=False)
        following = self.text[self.pos + 1 : self.pos + 2]
        if following == "\\" and self.text.startswith("\n", self.pos + 2):
            self.pos += 2  # a continued line; where it ends stands for the dollar sign
            return self._read_dollar(mode)
        if following == "{":
            return self._nested(self._read_braced, mode)
        if following == "(":
            return self._nested(self._read_parenthesis, mode)
        if following == "[":
            return self._nested(self._read_old_arith, mode)
        if following == "'" and mode is modes.BRACE_DOUBLE:
            return self._read_ansi()
        if following == '"' and mode.double and not mode.quoted:
            self.pos += 1
            return self._read_double(self.pos - 1)
        return None

    def _nested(self, read: _Read, mode: Mode) -> WordPart:
        self.enter()
        part = read(mode)
        self.depth -= 1
        return part

    def _read_braced(self, mode: Mode) -> WordPart:
        """``${...}``: see ``braced``."""
        raise NotImplementedError

    def _read_parenthesis(self, mode: Mode) -> WordPart:
        """``$((...))`` when it closes with ``))``, else ``$(...)``."""
        start = self.pos
        if self.text.startswith("((", start + 1):
            expression = self.try_arith(start + 3)
            if expression is not None:
                return ArithSubst(expression)
        self.pos = start + 2
        return CommandSubst(self.read_body(")", start))

    def try_arith(self, start: int) -> Word | None:
        """The text from ``start`` to ``))``, or None (position undefined) when a lone ``)`` closes it.

        What turned out not to be arithmetic is remembered, so that nesting cannot make reading exponential.
        """
        if start in self.not_arith:
            return None
        self.pos = start
        parts = self.read_parts(modes.ARITH)
        if self.pos >= len(self.text):
            self.fail_unclosed(")", start - 3)
        if not self.text.startswith("))", self.pos):
            self.not_arith.add(start)
            return None
        self.pos += 2
        return Word(tuple(parts))

    def _read_old_arith(self, mode: Mode) -> WordPart:
        start = self.pos
        self.pos += 2
        parts = self.read_parts(modes.OLD_ARITH)
        if self.pos >= len(self.text):
            self.fail_unclosed("]", start)
        self.pos += 1
        return ArithSubst(Word(tuple(parts)), True)

    def _read_process(self, direction: str) -> WordPart:
        start = self.pos
        self.pos += 2
        self.enter()
        body = self.read_body(")", start)
        self.depth -= 1
        return ProcessSubst(direction, body)

    def _read_backquoted(self, mode: Mode) -> WordPart:
        """`` `...` ``: its text loses one level of backslashes and is parsed by itself."""
        start = self.pos
        while True:
            match = _BACKQUOTED.match(self.text, start + 1)
            assert match
            if match.end() < len(self.text) and self.text[match.end()] == "`":
                break
            if not self.refill():
                self.fail_unclosed("`", start)
        unescape = _UNESCAPE_QUOTED if mode is modes.DOUBLE else _UNESCAPE
        inner = unescape.sub(r"\1", match.group())
        self.pos = match.end() + 1
        self.enter()
        reader = self.sub_reader(inner, self.position(start).line)
        error = None
        try:
            body = reader.read_body("", 0)
        except ShellSyntaxError as found:
            if self.depth > MAX_DEPTH // 2:
                raise  # what nests too deep is refused as a whole
            body, error = CommandList(()), found
        self.depth -= 1
        return CommandSubst(body, True, match.group(), error)


def _single_quoted(text: str) -> list[WordPart]:
    """``$'...'`` becomes plain quotes when it is read, as in bash (which prints it so)."""
    if text == "'":
        return [Escaped("'")]
    parts: list[WordPart] = []
    for number, piece in enumerate(text.split("'")):
        if number:
            parts.append(Escaped("'"))
        parts.append(SingleQuoted(piece))
    return parts
