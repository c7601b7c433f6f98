"""The grammar of commands, by recursive descent: one method per production.

Top of the reader chain: ``source`` -> ``words`` -> ``braced`` -> ``tokens`` -> ``heredoc`` -> ``conditional`` ->
``simple`` -> here. Refuses to nest deeper than ``source.MAX_DEPTH``.
"""

import re
from typing import NoReturn

from orchestrator.errors import ShellSyntaxError
from orchestrator.shell.syntax import modes
from orchestrator.shell.syntax.nodes import (
    AndOr,
    AndOrTail,
    ArithCommand,
    BraceGroup,
    Case,
    CaseClause,
    Command,
    CommandList,
    Coproc,
    For,
    ForArith,
    FunctionDef,
    If,
    IfClause,
    ListItem,
    Literal,
    Pipeline,
    Position,
    Redirected,
    Select,
    Subshell,
    While,
    Word,
)
from orchestrator.shell.syntax.simple import SimpleReader, with_output_too
from orchestrator.shell.syntax.tokens import CLOSERS, END, REDIRECT, WORD

_FUNCTION = re.compile(r"(?:\\\n)*([^ \t\n|&;<>()$`\"'\\=]+)(?:[ \t]|\\\n)*\((?:[ \t]|\\\n)*\)")
_FUNCTION_NAME = re.compile(r"[^ \t\n|&;<>()]+")
_PARENTHESES = re.compile(r"(?:[ \t]|\\\n)*\((?:[ \t]|\\\n)*\)")
_COPROC_NAME = re.compile(
    r"([A-Za-z_][A-Za-z0-9_]*)[ \t]+(?=\{[ \t\n]|\(|\[\[[ \t]|(?:if|while|until|for|case|select)[ \t\n])"
)
_TIME_OPTION = re.compile(r"(-p|--)(?=[ \t\n;|&]|\Z)")
_STARTS = frozenset(
    ["if", "while", "until", "for", "case", "select", "function", "{", "[[", "coproc"]
)
_ONE = Word((Literal("1"),))
"""What bash puts where an expression of ``for ((;;))`` is missing."""


class Parser(SimpleReader):
    """Reads whole commands."""

    __slots__ = ()

    # ---- lists ----

    def read_line(self) -> CommandList | None:
        """One complete command line, None at the end of the text."""
        while True:
            kind = self.peek()
            if kind == END:
                return None
            if kind != "\n":
                break
            self.read_newline()
        items: list[ListItem] = []
        while True:
            items.append(self._read_item_of_list())
            kind = self.peek()
            if kind == "\n":
                self.read_newline()
                break
            if kind == END:
                self._read_late_bodies()
                break
            if not self.separated:
                self.unexpected()
        return CommandList(tuple(items))

    def _read_late_bodies(self) -> None:
        if self.pending:
            self.read_bodies()

    def _read_item_of_list(self) -> ListItem:
        command = self.read_and_or()
        kind = self.peek()
        self.separated = kind in (";", "&")
        if self.separated:
            self.advance()
        return ListItem(command, kind == "&")

    def read_list(self) -> CommandList:
        """Commands up to something that cannot start one: a closing word, ``)``, ``;;`` or the end."""
        self.enter()
        items: list[ListItem] = []
        self.skip_newlines()
        while not self._at_list_end():
            items.append(self._read_item_of_list())
            if self.peek() == "\n":
                self.skip_newlines()
            elif not self.separated:
                break
        self.depth -= 1
        return CommandList(tuple(items))

    def _at_list_end(self) -> bool:
        self.expand_aliases()
        kind = self.peek()
        if kind == WORD:
            return self.peek_reserved() in CLOSERS
        return kind in (END, ")", ";;", ";&", ";;&")

    def read_filled_list(self) -> CommandList:
        """A list that must hold a command."""
        body = self.read_list()
        if not body.items:
            self.unexpected()
        return body

    def skip_newlines(self) -> None:
        """Newlines, with the here-documents that wait for them."""
        while self.peek() == "\n":
            self.read_newline()

    def read_body(self, closer: str, start: int) -> CommandList:
        """The commands of a substitution, up to and with ``closer``."""
        outer, self.pending = self.pending, []
        inside, self.in_substitution = self.in_substitution, closer == ")"
        body = self._read_inner_list(closer)
        self.in_substitution = inside
        self.pending = outer + self.pending
        if closer == "":
            if self.peek() != END:
                self.unexpected()
            self._read_late_bodies()
        elif not self.got(closer):
            if self.peek() == END:
                self._fail_substitution()
            self.unexpected()
        return body

    def _read_inner_list(self, closer: str) -> CommandList:
        """The list of a substitution. What is wrong in ``$( )`` ends bash's whole script."""
        try:
            body = self.read_list()
            if closer and self.peek() not in (closer, END):
                self.unexpected()
            return body
        except ShellSyntaxError as error:
            if closer and not error.incomplete:
                error.place = "$("
            raise

    def _fail_substitution(self) -> NoReturn:
        """bash names the line where the input ended, not the one where the parenthesis opened."""
        message = "unexpected EOF while looking for matching `)'"
        raise ShellSyntaxError(message, self.name, self.end_line(), 1, "", incomplete=True)

    def read_and_or(self) -> Command:
        """``a && b || c``."""
        first = self.read_pipeline()
        rest: list[AndOrTail] = []
        while self.peek() in ("&&", "||"):
            operator = self.peek()
            self.advance()
            self.skip_newlines()
            rest.append(AndOrTail(operator, self.read_pipeline()))
        return AndOr(first, tuple(rest)) if rest else first

    # ---- pipelines ----

    def read_pipeline(self) -> Command:
        """``! time a | b``."""
        self.expand_aliases()
        negated = timed = posix_time = False
        marked = False
        while True:
            word = self.peek_reserved()
            if word == "!":
                negated = not negated
                marked = True
            elif word == "time":
                timed = True
            else:
                break
            self.pos += len(word)
            if word == "time":
                posix_time = self._read_time_options() or posix_time
            self.expand_aliases()
        if (marked or timed) and self._at_pipeline_end():
            return Pipeline((), negated, timed, posix_time)
        commands = self._read_stages()
        if len(commands) == 1 and not negated and not timed:
            return commands[0]
        return Pipeline(tuple(commands), negated, timed, posix_time)

    def _read_time_options(self) -> bool:
        posix_time = False
        while self.peek() == WORD:
            match = _TIME_OPTION.match(self.text, self.pos)
            if not match:
                break
            posix_time = posix_time or match.group() == "-p"
            self.pos = match.end()
        return posix_time

    def _at_pipeline_end(self) -> bool:
        return self.peek() in (END, "\n", ";", ")", "&&", "||", "&", ";;", ";&", ";;&")

    def _read_stages(self) -> list[Command]:
        commands = [self.read_command()]
        while self.peek() in ("|", "|&"):
            if self.peek() == "|&":
                commands[-1] = with_output_too(commands[-1])
            self.advance()
            self.skip_newlines()
            self.expand_aliases()
            commands.append(self.read_command())
        return commands

    # ---- commands ----

    def read_command(self) -> Command:
        """One simple or compound command or a function definition."""
        kind = self.peek()
        if kind == WORD:
            word = self.peek_reserved()
            if word in _STARTS:
                return self._with_redirects(_COMPOUND[word](self))
            if word in CLOSERS or word in ("!", "time"):
                self.unexpected()
            function = _FUNCTION.match(self.text, self.pos)
            if function and not self._is_extglob(function.group()):
                return self._read_function(function)
            if word == "in":
                self.unexpected()
            return self._read_simple_or_function()
        if kind == REDIRECT:
            return self._read_simple_or_function()
        if kind == "(":
            return self._with_redirects(self._read_parenthesized())
        self.unexpected()
        return None

    def _read_simple_or_function(self) -> Command:
        """A simple command; or a function whose name is quoted or expanded, which bash reads and then refuses
        to define."""
        start = self.pos
        command = self.read_simple()
        if self.peek() != "(":
            return command
        if len(command.words) != 1 or command.assignments or command.redirects:
            self.unexpected()
        name = self.text[start : self.pos].rstrip()
        self.advance()
        if not self.got(")"):
            self.unexpected()
        return FunctionDef(name, self._read_function_body(command.pos), False, command.pos)

    def _with_redirects(self, command: Command) -> Command:
        if isinstance(command, (FunctionDef, Coproc)):
            return command
        if self.peek() != REDIRECT:
            return command
        pos = self.position(self.pos)
        return Redirected(command, self.read_redirects(), pos)

    def _read_parenthesized(self) -> Command:
        start = self.pos
        pos = self.position(start)
        if self.text.startswith("((", start):
            expression = self.try_arith(start + 2)
            if expression is not None:
                return ArithCommand(expression, pos)
        self.pos = start + 1
        body = self.read_filled_list()
        if not self.got(")"):
            self.unexpected()
        return Subshell(body, pos)

    def _take(self, word: str) -> Position:
        """Consume the reserved word that is known to stand here; where it stood."""
        pos = self.position(self.pos)
        self.pos += len(word)
        return pos

    def _read_brace_group(self) -> Command:
        pos = self._take("{")
        body = self.read_filled_list()
        self.expect_reserved("}")
        return BraceGroup(body, pos)

    def _read_if(self) -> Command:
        pos = self._take("if")
        clauses = [self._read_if_clause()]
        otherwise = None
        while self.got_reserved("elif"):
            clauses.append(self._read_if_clause())
        if self.got_reserved("else"):
            otherwise = self.read_filled_list()
        self.expect_reserved("fi")
        return If(tuple(clauses), otherwise, pos)

    def _read_if_clause(self) -> IfClause:
        condition = self.read_filled_list()
        self.expect_reserved("then")
        return IfClause(condition, self.read_filled_list())

    def _read_while(self) -> Command:
        word = self.peek_reserved()
        pos = self._take(word)
        condition = self.read_filled_list()
        return While(condition, self._read_do(), word == "until", pos)

    def _read_do(self) -> CommandList:
        self.expect_reserved("do")
        body = self.read_filled_list()
        self.expect_reserved("done")
        return body

    def _read_loop_body(self) -> CommandList:
        """``do ... done``, or the undocumented ``{ ... }``."""
        if self.got_reserved("{"):
            body = self.read_filled_list()
            self.expect_reserved("}")
            return body
        return self._read_do()

    def _read_for(self) -> Command:
        pos = self._take("for")
        if self.peek() == "(" and self.text.startswith("((", self.pos):
            return self._read_for_arith(pos)
        name, words = self._read_loop_head()
        return For(name, words, self._read_loop_body(), pos)

    def _read_select(self) -> Command:
        pos = self._take("select")
        name, words = self._read_loop_head()
        return Select(name, words, self._read_loop_body(), pos)

    def _read_loop_head(self) -> tuple[str, tuple[Word, ...] | None]:
        """``name in words ;`` of for and select. The name is checked when the loop runs, as in bash."""
        if self.peek() != WORD:
            self.unexpected()
        start = self.pos
        self.read_word()
        name = self.text[start : self.pos]
        self.skip_newlines()
        if not self.got_reserved("in"):
            if self.got(";"):
                self.skip_newlines()
            return name, None
        words: list[Word] = []
        while self.peek() == WORD:
            words.append(self.read_word())
        if not self.got(";") and self.peek() != "\n":
            self.unexpected()
        self.skip_newlines()
        return name, tuple(words)

    def _read_for_arith(self, pos: Position) -> Command:
        start = self.pos
        self.pos += 2
        parts: list[Word] = []
        while True:
            word = self.read_word(modes.ARITH_PART)
            parts.append(word if _is_filled(word) else _ONE)
            if self.pos >= len(self.text):
                self.fail_unclosed(")", start)
            self.pos += 1
            if self.text[self.pos - 1] == ")":
                break
        if len(parts) != 3 or not self.text.startswith(")", self.pos):
            self._fail_for_arith(start, len(parts))
        self.pos += 1
        self.got(";")
        self.skip_newlines()
        return ForArith(parts[0], parts[1], parts[2], self._read_loop_body(), pos)

    def _fail_for_arith(self, start: int, count: int) -> NoReturn:
        end = self.text.find("\n", start)
        close = self.text.find("))", start, end if end >= 0 else len(self.text))
        shown = self.text[start : close + 2] if close >= 0 else self.line_at(start)
        reason = "arithmetic expression required" if count < 3 else "`;' unexpected"
        self.fail(f"syntax error: {reason}\nsyntax error: `{shown}'", start, show=False)

    def _read_case(self) -> Command:
        pos = self._take("case")
        if self.peek() != WORD:
            self.unexpected()
        subject = self.read_word()
        self.skip_newlines()
        self.expect_reserved("in")
        self.skip_newlines()
        clauses: list[CaseClause] = []
        while not self.got_reserved("esac"):
            clauses.append(self._read_case_clause())
            self.skip_newlines()
        return Case(subject, tuple(clauses), pos)

    def _read_case_clause(self) -> CaseClause:
        self.got("(")
        patterns: list[Word] = []
        while True:
            if self.peek() != WORD:
                self.unexpected()
            patterns.append(self.read_word())
            if not self.got("|"):
                break
        if not self.got(")"):
            self.unexpected()
        body = self.read_list()
        kind = self.peek()
        if kind in (";;", ";&", ";;&"):
            self.advance()
            return CaseClause(tuple(patterns), body, kind)
        if self.peek_reserved() != "esac":
            self.unexpected()
        return CaseClause(tuple(patterns), body)

    # ---- functions and coprocesses ----

    def _is_extglob(self, text: str) -> bool:
        """Whether ``name()`` is a pattern: ``@()`` and the like when extended globs are on."""
        return self.dialect.extglob and text[text.index("(") - 1] in "?*+@!"

    def _read_function(self, match: re.Match[str]) -> Command:
        pos = self.position(match.start(1))
        self.pos = match.end()
        return FunctionDef(match.group(1), self._read_function_body(pos), False, pos)

    def _read_function_keyword(self) -> Command:
        pos = self._take("function")
        match = _FUNCTION_NAME.match(self.text, self.pos) if self.peek() == WORD else None
        if not match:
            self.unexpected()
        self.pos = match.end()
        parentheses = _PARENTHESES.match(self.text, self.pos)
        if parentheses:
            self.pos = parentheses.end()
        return FunctionDef(match.group(), self._read_function_body(pos), True, pos)

    def _read_function_body(self, pos: Position) -> Command:
        """The body; its redirections fail on the line of the definition, ``pos``."""
        self.enter()
        self.skip_newlines()
        word = self.peek_reserved()
        if self.peek() != "(" and (word not in _STARTS or word in ("function", "coproc")):
            self.unexpected()
        body = self.read_command()
        self.depth -= 1
        return Redirected(body.body, body.redirects, pos) if isinstance(body, Redirected) else body

    def _read_coproc(self) -> Command:
        pos = self._take("coproc")
        self.enter()
        name = "COPROC"
        if self.peek() == WORD:
            match = _COPROC_NAME.match(self.text, self.pos)
            if match and not self.peek_reserved():
                name = match.group(1)
                self.pos = match.end()
        command = self.read_command()
        self.depth -= 1
        return Coproc(name, command, pos)

    def _read_test(self) -> Command:
        self.pos += 2
        return self.read_conditional()


def _is_filled(word: Word) -> bool:
    return any(not isinstance(part, Literal) or part.text.strip() for part in word.parts)


_COMPOUND = {
    "{": Parser._read_brace_group,
    "if": Parser._read_if,
    "while": Parser._read_while,
    "until": Parser._read_while,
    "for": Parser._read_for,
    "select": Parser._read_select,
    "case": Parser._read_case,
    "function": Parser._read_function_keyword,
    "coproc": Parser._read_coproc,
    "[[": Parser._read_test,
}
