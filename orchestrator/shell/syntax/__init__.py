r"""Shell text to nodes and back. Pure: no variables, no files, no options but the ones passed in.

Reading::

    parse(text, *, name="bash", line=1, dialect=None, aliases=None) -> nodes.Script
        The whole text at once. Raises ShellSyntaxError.
    CommandReader(text, *, name="bash", line=1, dialect=None, more=None)
        .next() -> nodes.CommandList | None
            One complete command line (a list up to its newline, here-documents included), None at
            the end. A script is executed as it is read: what stands before an error still runs.
            After a ShellSyntaxError call .skip_line() to go on behind the offending line.
        .position -> int, .line -> int      how far it has read
        .text_of_last -> str                the source text of what next() returned
        ``more`` is called (no arguments, returns str, "" at the end of input) when the text is used
        up: once at the start of a command and again while a command is incomplete (PS2).
        ``reader.continuing`` tells ``more`` which prompt is due.
    parse_next(text, position=0, *, name="bash", line=1, dialect=None)
        -> tuple[nodes.CommandList | None, int, int]     the command, next position, next line
    Dialect(extglob=False, posix=False, aliases=None)
        Mutable: what ``shopt -s extglob`` or ``alias`` change between two commands.
        ``aliases(name) -> str | None``.

Pieces that other parts of the shell need::

    parse_word(text)      -> nodes.Word          one word of any characters, as in ``${x-word}``
    parse_here_text(text) -> nodes.Word          text that expands like a here-document (PS4, @P)
    arith.parse_arith(text) -> arithnodes.ArithExpr      raises arith.ArithSyntaxError
    is_complete(text) -> bool      whether an editor may submit it
    quote, quote_if_needed, backslash_quote, double_quote, ansi_quote    bash's ways to quote a text:
                                   ${x@Q}; xtrace and set; printf %q; declare -p; $'...'
    print_node(node) -> str        bash's own layout (declare -f)
    is_name(text) -> bool

Errors are :class:`orchestrator.errors.ShellSyntaxError`, worded as bash words them (without the
``name: line n:`` in front); ``incomplete`` drives PS2.
"""

from orchestrator.shell.syntax.dialect import Dialect
from orchestrator.shell.syntax.printer import print_node
from orchestrator.shell.syntax.quote import (
    ansi_quote,
    backslash_quote,
    decode_ansi,
    double_quote,
    is_name,
    quote,
    quote_if_needed,
)
from orchestrator.shell.syntax.reader import (
    CommandReader,
    is_complete,
    parse,
    parse_here_text,
    parse_next,
    parse_word,
)

__all__ = [
    "CommandReader",
    "Dialect",
    "ansi_quote",
    "backslash_quote",
    "decode_ansi",
    "double_quote",
    "is_complete",
    "is_name",
    "parse",
    "parse_here_text",
    "parse_next",
    "parse_word",
    "print_node",
    "quote",
    "quote_if_needed",
]
