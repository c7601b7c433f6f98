"""Simple commands: assignments, words and redirections in one line of the grammar."""

import re

from orchestrator.errors import ShellSyntaxError
from orchestrator.shell.syntax.conditional import ConditionalReader
from orchestrator.shell.syntax.nodes import (
    ArrayElement,
    ArrayLiteral,
    Assignment,
    Command,
    HereDoc,
    Literal,
    Position,
    Redirect,
    Redirected,
    SimpleCommand,
    Word,
)
from orchestrator.shell.syntax.tokens import END, REDIRECT, WORD

_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(\+?=|\[)")
_ARRAY_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\+?=\(")
_ELEMENT_END = re.compile(r"(\+?)=")
_SUBSCRIPT_STEP = re.compile(r"\\.|'[^']*'|\"(?:[^\"\\]|\\.)*\"|[\[\](){}\n]", re.DOTALL)
_ALIAS_NAME = re.compile(r"[^ \t\n|&;<>()$`\"'\\=/]+(?=[ \t\n|&;<>()]|\Z)")
_PLAIN = re.compile(r"[A-Za-z0-9_./:,%@^-][A-Za-z0-9_./:,%@^=~-]*(?=[ \t\n;|&)])")
_DECLARATIONS = frozenset(
    ["declare", "typeset", "local", "export", "readonly", "alias", "eval", "let"]
)
_ARRAYS_ONLY = frozenset(("eval", "let"))
_PREFIXES = frozenset(("command", "builtin"))
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_OUTPUT_TOO = Redirect(">&", Word((Literal("1"),)), 2)
_MAX_ALIASES = 5000
_MAX_ALIAS_TEXT = 1 << 24


class SimpleReader(ConditionalReader):
    """Adds assignments, redirections and simple commands."""

    __slots__ = ()

    def read_simple(self) -> SimpleCommand:
        """One simple command; the caller has seen that a word or redirection starts here.

        Its line is the one on which its second item ends: so far bash has read when it notes it.
        """
        start = self.pos
        pos = self.position(start)
        assignments: list[Assignment] = []
        words: list[Word | Assignment] = []
        redirects: list[Redirect] = []
        declares = False
        turn, end = 0, start
        while True:
            turn += 1
            if turn < 4:
                end = self.pos
            kind = self.peek()
            if kind == WORD:
                plain = _PLAIN.match(self.text, self.pos) if words and not declares else None
                if plain:
                    self.pos = plain.end()
                    words.append(Word((Literal(plain.group()),)))
                    continue
                declares = self._read_item(assignments, words, declares)
            elif kind == REDIRECT:
                redirects.append(self.read_redirect())
            else:
                break
            if not words and self.dialect.aliases is not None:
                self.expand_aliases()
        if self.text.find("\n", start, end) >= 0:
            pos = Position(self.position(end).line, pos.column)
        return SimpleCommand(tuple(assignments), tuple(words), tuple(redirects), pos)

    def _read_item(
        self, assignments: list[Assignment], words: list[Word | Assignment], declares: bool
    ) -> bool:
        """A word or assignment; returns whether later words may be assignments too."""
        if not words or (declares and self._may_assign(words)):
            assignment = self.read_assignment()
            if assignment is not None:
                (words if words else assignments).append(assignment)
                return declares
        word = self.read_word()
        words.append(word)
        return declares or self._declares(words)

    def _may_assign(self, words: list[Word | Assignment]) -> bool:
        """``eval`` and ``let`` take compound assignments, but their scalars are ordinary words."""
        if not any(_literal(word) in _ARRAYS_ONLY for word in words[:2]):
            return True
        return _ARRAY_ASSIGNMENT.match(self.text, self.pos) is not None

    def _declares(self, words: list[Word | Assignment]) -> bool:
        """Whether the words so far name a declaration builtin."""
        last = words[-1]
        if not isinstance(last, Word) or len(last.parts) != 1:
            return False
        part = last.parts[0]
        if not isinstance(part, Literal) or part.text not in _DECLARATIONS:
            return False
        return all(_literal(word) in _PREFIXES for word in words[:-1])

    # ---- assignments ----

    def read_assignment(self) -> Assignment | None:
        """The assignment that stands here, None (nothing consumed) when it is an ordinary word."""
        match = _ASSIGNMENT.match(self.text, self.pos)
        if not match:
            return None
        name, operator = match.groups()
        subscript = None
        if operator == "[":
            if not self._subscript_assigns(match.end()):
                return None
            self.pos = match.end() - 1
            subscript = self.read_subscript()
            end = _ELEMENT_END.match(self.text, self.pos)
            if not end:
                self.pos = match.start()
                return None
            operator = end.group()
            self.pos = end.end()
        else:
            self.pos = match.end()
        return Assignment(name, self._read_value(), subscript, operator == "+=")

    def _read_value(self) -> Word | ArrayLiteral:
        """A list assigned to an element is refused when it is run."""
        if self.text.startswith("(", self.pos):
            return self._read_array()
        return self.read_word()

    def _subscript_assigns(self, start: int) -> bool:
        """Whether the bracket before ``start`` closes on this line in front of ``=`` or ``+=``.

        Looks without reading, so that text which is no assignment is read only once.
        """
        stack = ["]"]
        for step in _SUBSCRIPT_STEP.finditer(self.text, start):
            char = step.group()
            if char in _CLOSING:
                stack.append(_CLOSING[char])
            elif char == stack[-1]:
                stack.pop()
                if not stack:
                    return _ELEMENT_END.match(self.text, step.end()) is not None
            elif char == "\n":
                return False
        return False

    def _read_array(self) -> ArrayLiteral:
        """A compound assignment. bash gives up the line for an error in it, not the script."""
        try:
            return self._read_elements()
        except ShellSyntaxError as error:
            error.place = error.place or "=("
            raise

    def _read_elements(self) -> ArrayLiteral:
        start = self.pos
        self.pos += 1
        self.enter()
        elements: list[ArrayElement] = []
        while not self.got(")"):
            kind = self.peek()
            if kind == "\n":
                self.read_newline()
            elif kind == WORD:
                elements.append(self._read_element())
            elif kind == END:
                self.fail_unclosed(")", start)
            else:
                self.unexpected()
        self.depth -= 1
        return ArrayLiteral(tuple(elements))

    def _read_element(self) -> ArrayElement:
        if self.text.startswith("[", self.pos) and self._subscript_assigns(self.pos + 1):
            start = self.pos
            subscript = self.read_subscript()
            end = _ELEMENT_END.match(self.text, self.pos)
            if end:
                self.pos = end.end()
                return ArrayElement(self.read_word(), subscript, bool(end.group(1)))
            self.pos = start
        return ArrayElement(self.read_word())

    # ---- redirections ----

    def read_redirect(self) -> Redirect:
        """The redirection that peek() announced."""
        operator, number, variable = self.read_redirect_operator()
        if operator in ("<<", "<<-"):
            target: Word | HereDoc = self.read_heredoc(operator)
        else:
            if self.peek() != WORD:
                self.unexpected()
            target = self.read_word()
        return Redirect(operator, target, number, variable)

    def read_redirects(self) -> tuple[Redirect, ...]:
        """All redirections that stand here."""
        redirects: list[Redirect] = []
        while self.peek() == REDIRECT:
            redirects.append(self.read_redirect())
        return tuple(redirects)

    # ---- aliases ----

    def expand_aliases(self) -> None:
        """Replace the command name here by its alias, as often as that applies.

        The replacement is spliced into the text. A name is not replaced again inside its own text.
        """
        lookup = self.dialect.aliases
        if lookup is None:
            return
        while self.peek() == WORD:
            match = _ALIAS_NAME.match(self.text, self.pos)
            value = lookup(match.group()) if match else None
            if match is None or value is None or self._inside_alias(match.group()):
                return
            self._splice(match, value)

    def _inside_alias(self, name: str) -> bool:
        pos = self.pos
        return any(known == name and start <= pos < end for known, start, end in self.alias_spans)

    def _splice(self, match: re.Match[str], value: str) -> None:
        self.spliced += 1
        if self.spliced > _MAX_ALIASES or len(value) > _MAX_ALIAS_TEXT:
            self.fail("alias text too long", self.pos, show=False)
        here = match.start()
        grown = len(value) - (match.end() - here)
        self.alias_spans = [
            (name, start + grown * (start > here), end + grown * (end > here))
            for name, start, end in self.alias_spans
        ]
        self.alias_spans.append((match.group(), here, here + len(value)))
        self.text = self.text[: match.start()] + value + self.text[match.end() :]
        self.peeked_at = -1
        if value.endswith((" ", "\t")):
            self._expand_following(match.start() + len(value))

    def _expand_following(self, start: int) -> None:
        """An alias that ends with a blank makes the next word an alias candidate too."""
        here, self.pos = self.pos, start
        self.expand_aliases()
        self.pos = here
        self.peeked_at = -1


def _literal(word: Word | Assignment) -> str:
    if isinstance(word, Word) and len(word.parts) == 1 and isinstance(word.parts[0], Literal):
        return word.parts[0].text
    return ""


def with_output_too(command: Command) -> Command:
    """What ``|&`` does to the command on its left."""
    if isinstance(command, SimpleCommand):
        redirects = (*command.redirects, _OUTPUT_TOO)
        return SimpleCommand(command.assignments, command.words, redirects, command.pos)
    if isinstance(command, Redirected):
        return Redirected(command.body, (*command.redirects, _OUTPUT_TOO), command.pos)
    return Redirected(command, (_OUTPUT_TOO,))
