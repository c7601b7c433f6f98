"""The ways in: a whole text, or one command line at a time as a running script needs it."""

from orchestrator.errors import ShellSyntaxError
from orchestrator.shell.syntax import modes
from orchestrator.shell.syntax.dialect import AliasLookup, Dialect
from orchestrator.shell.syntax.nodes import CommandList, ListItem, Script, Word
from orchestrator.shell.syntax.parser import Parser
from orchestrator.shell.syntax.source import More

_KEEP = 1 << 16


class CommandReader:
    """Reads one complete command line after the other.

    A script runs as it is read: what stands before an error still runs, and an alias or ``shopt`` takes
    effect on the next line. ``more`` is asked for text when what there is has been used up.
    """

    __slots__ = ("_dropped", "_parser", "_start")

    def __init__(
        self,
        text: str,
        *,
        name: str = "bash",
        line: int = 1,
        dialect: Dialect | None = None,
        more: More | None = None,
    ) -> None:
        if more is None:
            text = _terminated(text)
        self._parser = Parser(text, name, line, dialect, more)
        self._start = 0
        self._dropped = 0

    def next(self) -> CommandList | None:
        """The next command line with its here-documents; None at the end of the input.

        Raises ShellSyntaxError; after :meth:`skip_line` reading can go on.
        """
        parser = self._parser
        self._drop_used()
        self._start = parser.pos
        parser.continuing = False
        parser.depth = parser.spliced = parser.joined = 0
        parser.in_substitution = False
        parser.not_arith.clear()
        parser.alias_spans.clear()
        try:
            return parser.read_line()
        except RecursionError:
            # the host's recursion limit is lower than our own
            parser.fail("nesting too deep", parser.pos, show=False)

    def skip_line(self) -> None:
        """Forget the rest of the line that could not be read, and everything that waited."""
        parser = self._parser
        end = parser.text.find("\n", parser.pos)
        parser.pos = len(parser.text) if end < 0 else end + 1
        parser.peeked_at = -1
        parser.pending = []
        parser.alias_spans = []

    @property
    def position(self) -> int:
        """How many characters have been read (behind the command next() returned)."""
        return self._dropped + self._parser.pos

    @property
    def line(self) -> int:
        """The line that would be read next."""
        return self._parser.position(self._parser.pos).line

    @property
    def rest(self) -> str:
        """Text that was delivered and not read yet."""
        return self._parser.text[self._parser.pos :]

    @property
    def continuing(self) -> bool:
        """Whether a command is incomplete: ``more`` is asked for its rest (PS2), not for a new one."""
        parser = self._parser
        return bool(parser.pending) or parser.text[self._start : parser.pos].strip() != ""

    @property
    def text_of_last(self) -> str:
        """The source text of what next() returned (or failed on)."""
        return self._parser.text[self._start : self._parser.pos]

    def take_warnings(self) -> list[tuple[int, str]]:
        """Line and text of warnings since the last call (here-documents cut off by the end)."""
        warnings, self._parser.warnings = self._parser.warnings, []
        return warnings

    def _drop_used(self) -> None:
        """Let go of text that was read, so that a long session does not keep all its input."""
        parser = self._parser
        if parser.pos >= _KEEP and parser.pos * 2 > len(parser.text):
            self._dropped += parser.pos
            parser.drop_read()


def _terminated(text: str) -> str:
    """``text`` with a newline at its end, as bash adds one; a last backslash stays what it is."""
    if text.endswith("\n") or not text or (len(text) - len(text.rstrip("\\"))) % 2:
        return text
    return text + "\n"


def parse(
    text: str,
    *,
    name: str = "bash",
    line: int = 1,
    dialect: Dialect | None = None,
    aliases: AliasLookup | None = None,
) -> Script:
    """Read a whole text. Raises ShellSyntaxError for the first thing bash would refuse."""
    if aliases is not None:
        dialect = Dialect(aliases=aliases)
    reader = CommandReader(text, name=name, line=line, dialect=dialect)
    items: list[ListItem] = []
    while (commands := reader.next()) is not None:
        items.extend(commands.items)
    return Script(CommandList(tuple(items)), name)


def parse_next(
    text: str,
    position: int = 0,
    *,
    name: str = "bash",
    line: int = 1,
    dialect: Dialect | None = None,
) -> tuple[CommandList | None, int, int]:
    """Read one command line from ``position``: the commands (None at the end), where the next one starts
    and its line. For many lines a CommandReader is cheaper."""
    reader = CommandReader(text[position:], name=name, line=line, dialect=dialect)
    commands = reader.next()
    return commands, position + reader.position, reader.line


def is_complete(text: str, dialect: Dialect | None = None) -> bool:
    """Whether an editor may submit ``text``: false only when more text could finish a command."""
    try:
        parse(text, dialect=dialect)
    except ShellSyntaxError as error:
        return not error.incomplete
    return True


def parse_word(text: str, *, quoted: bool = False) -> Word:
    """``text`` as one word in which blanks and operators are plain; ``quoted`` as in double quotes."""
    parser = Parser(text)
    return parser.read_word(modes.HERE if quoted else modes.TEXT)


def parse_here_text(text: str) -> Word:
    """``text`` as the body of an unquoted here-document."""
    return Parser(text).read_word(modes.HERE)
