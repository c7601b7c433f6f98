"""What shell text means: the tree between the parser, the printer, ``expand`` and the interpreter.

Every node is frozen. Nodes are equal when they mean the same text: positions take no part. Only
commands carry one, since bash reports lines of commands alone. Names are the grammar's (POSIX
chapter 2, the bash manual). The tree keeps quoting exactly as written, so the printer can give the
words back. Nothing here knows variables, options or files. Arithmetic is in ``arithnodes``.
"""

from dataclasses import field
from typing import NamedTuple, TypeAlias

from orchestrator.errors import ShellSyntaxError
from orchestrator.shell.syntax.node import node


class Position(NamedTuple):
    """Where a node starts: line and column, both from 1."""

    line: int = 0
    column: int = 0


NOWHERE = Position()


# ---- words -------------------------------------------------------------------------------------


@node
class Literal:
    """Plain text. Unquoted it is subject to brace, tilde and pathname expansion; inside double
    quotes or a here-document it stands for itself."""

    text: str


@node
class Escaped:
    r"""One character quoted by a backslash (``\x``; inside double quotes only ``\$``, ``\```,
    ``\"`` and ``\\``). ``text`` is the character without the backslash."""

    text: str


@node
class SingleQuoted:
    """``'text'``."""

    text: str


@node
class AnsiQuoted:
    """``$'raw'`` inside ``"${x-...}"``; ``text`` is what it stands for (surrogate-escaped UTF-8). Elsewhere the
    parser turns ``$'...'`` into SingleQuoted and Escaped parts, as bash does."""

    raw: str
    text: str = field(compare=False)


@node
class DoubleQuoted:
    """``"..."``; ``$"..."`` means the same here, where nothing is translated, and is printed so (as in bash)."""

    parts: "tuple[WordPart, ...]"


@node
class Word:
    """One word of the grammar: its parts in order. An empty tuple is the empty string."""

    parts: "tuple[WordPart, ...]"


@node
class Subscript:
    """What stands in ``name[...]``. ``word`` is kept unevaluated: it is arithmetic for an indexed
    array and a string for an associative one, which only the running shell knows. ``@`` and ``*``
    standing alone are told by :attr:`everything`."""

    word: Word

    @property
    def everything(self) -> str:
        """``'@'`` or ``'*'`` when all elements are meant, else ``''``."""
        parts = self.word.parts
        if len(parts) == 1 and isinstance(parts[0], Literal) and parts[0].text in ("@", "*"):
            return parts[0].text
        return ""


@node
class Parameter:
    """The parameter an expansion is about: a name, a digit string, or one of ``@*#?-$!``, with
    subscript, and ``indirect`` for ``${!name...}``."""

    name: str
    subscript: Subscript | None = None
    indirect: bool = False


@node
class ParameterValue:
    """``$name`` or ``${name}``; ``braced`` tells which, for the printer alone."""

    parameter: Parameter
    braced: bool = field(default=True, compare=False)


@node
class ParameterLength:
    """``${#name}``, ``${#name[@]}``."""

    parameter: Parameter


@node
class ParameterDefault:
    """``${name-word}`` and its relatives. ``operator`` is one of ``- = ? +``; ``colon`` makes an
    empty value count as unset."""

    parameter: Parameter
    operator: str
    colon: bool
    word: Word


@node
class ParameterTrim:
    """``${name#pattern}``; ``operator`` is one of ``# ## % %%``."""

    parameter: Parameter
    operator: str
    pattern: Word


@node
class ParameterReplace:
    """``${name/pattern/replacement}``; ``operator`` is one of ``/ // /# /%``. ``replacement`` is
    None when the second slash is missing."""

    parameter: Parameter
    operator: str
    pattern: Word
    replacement: Word | None


@node
class ParameterCase:
    """``${name^pattern}``; ``operator`` is one of ``^ ^^ , ,, ~ ~~``. ``pattern`` None means ``?``."""

    parameter: Parameter
    operator: str
    pattern: Word | None


@node
class ParameterSlice:
    """``${name:offset:length}``; both are arithmetic text, ``length`` None when not given."""

    parameter: Parameter
    offset: Word
    length: Word | None


@node
class ParameterTransform:
    """``${name@operator}``; ``operator`` is one of ``U u L Q E P A K a k``."""

    parameter: Parameter
    operator: str


@node
class ParameterNames:
    """``${!prefix*}`` or ``${!prefix@}``: names of variables; ``joined`` for the star."""

    prefix: str
    joined: bool


@node
class ParameterKeys:
    """``${!name[@]}`` or ``${!name[*]}``: the subscripts in use; ``joined`` for the star."""

    name: str
    joined: bool


@node
class BadSubstitution:
    """``${...}`` that no rule fits. bash complains about it when it is *expanded*, not when read.

    ``context`` is the text it stands in (a word, what is between double quotes), which the message shows. A
    ``parameter`` was followed by an unknown ``@`` operator: nothing is wrong while it is unset.
    """

    source: str
    context: str = field(default="", compare=False)
    parameter: Parameter | None = None


@node
class CommandSubst:
    """``$(body)``, or between backquotes when ``backquoted``. ``$(< file)`` is a body that is one
    simple command with no words and one ``<`` redirection.

    Between backquotes nothing is looked at before it runs: ``source`` is printed as it was written, and an
    ``error`` in it is told then.
    """

    body: "CommandList"
    backquoted: bool = field(default=False, compare=False)
    source: str = field(default="", compare=False)
    error: ShellSyntaxError | None = field(default=None, compare=False)


@node
class ProcessSubst:
    """``<(body)`` or ``>(body)``; ``direction`` is ``<`` or ``>``."""

    direction: str
    body: "CommandList"


@node
class ArithSubst:
    """``$((expression))`` or the old ``$[expression]``. The text may hold expansions, so it is
    parsed as arithmetic by ``expand`` (bash reports errors in it only when it runs)."""

    expression: Word
    bracketed: bool = field(default=False, compare=False)


ParameterExpansion: TypeAlias = (
    ParameterValue
    | ParameterLength
    | ParameterDefault
    | ParameterTrim
    | ParameterReplace
    | ParameterCase
    | ParameterSlice
    | ParameterTransform
    | ParameterNames
    | ParameterKeys
)
WordPart: TypeAlias = (
    Literal
    | Escaped
    | SingleQuoted
    | AnsiQuoted
    | DoubleQuoted
    | ParameterExpansion
    | BadSubstitution
    | CommandSubst
    | ProcessSubst
    | ArithSubst
)


# ---- assignments and redirections --------------------------------------------------------------


@node
class ArrayElement:
    """One element between the parentheses of ``name=(...)``; ``subscript`` for ``[i]=value``
    (``append`` for ``[i]+=value``), else the word is expanded to any number of fields."""

    value: Word
    subscript: Subscript | None = None
    append: bool = False


@node
class ArrayLiteral:
    """``(a b [5]=c)`` on the right of an assignment."""

    elements: tuple[ArrayElement, ...]


@node
class Assignment:
    """``name=value``, ``name+=value``, ``name[i]=value``, ``name=(...)``."""

    name: str
    value: Word | ArrayLiteral
    subscript: Subscript | None = None
    append: bool = False


@node
class HereDoc:
    """The text after ``<<delimiter``. ``body`` ends with a newline unless empty; when the
    delimiter was ``quoted`` it is one literal, else it expands like double-quoted text.

    The body is read after the line that holds the operator, so the parser sets ``body`` (once,
    past the frozen guard) before it hands the tree out."""

    delimiter: str
    body: Word
    quoted: bool
    strip_tabs: bool


@node
class Redirect:
    """One redirection.

    ``operator`` is one of ``< > >> >| <> <& >& &> &>> << <<- <<<``. ``fd`` is the number in front of
    it, ``variable`` the name in ``{name}>``; with neither, the operator's own default applies
    (0 for the ``<`` family, 1 for ``>``). ``target`` is a HereDoc for ``<<`` and ``<<-``.
    """

    operator: str
    target: Word | HereDoc
    fd: int | None = None
    variable: str | None = None


# ---- commands ----------------------------------------------------------------------------------


@node
class SimpleCommand:
    """Assignments, words, redirections; any may be empty, not all.

    ``words`` holds Assignment nodes only behind a declaration builtin (``declare``, ``typeset``,
    ``local``, ``export``, ``readonly``, ``alias``, ``eval``), whose arguments of that shape are expanded like
    assignments.
    """

    assignments: tuple[Assignment, ...]
    words: tuple[Word | Assignment, ...]
    redirects: tuple[Redirect, ...]
    pos: Position = field(default=NOWHERE, compare=False)


@node
class Redirected:
    """A compound command with redirections (``redirects`` is never empty).

    ``pos`` is where the redirections begin: the line that bash names when one of them fails.
    """

    body: "Command"
    redirects: tuple[Redirect, ...]
    pos: Position = field(default=NOWHERE, compare=False)


@node
class Pipeline:
    """``! time a | b``. ``commands`` is empty for a bare ``!`` or ``time``. A ``|&`` has already become
    ``2>&1`` on the command left of it, as bash itself does. One plain command without ``!`` and
    ``time`` is never wrapped in a Pipeline."""

    commands: "tuple[Command, ...]"
    negated: bool = False
    timed: bool = False
    posix_time: bool = False


@node
class AndOrTail:
    """``&& command`` or ``|| command``."""

    operator: str
    command: "Command"


@node
class AndOr:
    """``first && b || c``, evaluated left to right with equal precedence."""

    first: "Command"
    rest: tuple[AndOrTail, ...]


@node
class ListItem:
    """One element of a list; ``background`` when it ends with ``&``."""

    command: "Command"
    background: bool = False


@node
class CommandList:
    """Commands separated by ``;``, ``&`` or newlines. Empty only for an empty script or ``$()``."""

    items: tuple[ListItem, ...]


@node
class Subshell:
    """``( body )``."""

    body: CommandList
    pos: Position = field(default=NOWHERE, compare=False)


@node
class BraceGroup:
    """``{ body; }``."""

    body: CommandList
    pos: Position = field(default=NOWHERE, compare=False)


@node
class IfClause:
    """``if``/``elif`` condition ``then`` body."""

    condition: CommandList
    body: CommandList


@node
class If:
    """``if ...; then ...; elif ...; else ...; fi``."""

    clauses: tuple[IfClause, ...]
    otherwise: CommandList | None
    pos: Position = field(default=NOWHERE, compare=False)


@node
class While:
    """``while`` (or ``until`` when ``until``) condition ``do`` body ``done``."""

    condition: CommandList
    body: CommandList
    until: bool = False
    pos: Position = field(default=NOWHERE, compare=False)


@node
class For:
    """``for name in words; do body; done``; ``words`` None when ``in`` is missing (``"$@"``)."""

    name: str
    words: tuple[Word, ...] | None
    body: CommandList
    pos: Position = field(default=NOWHERE, compare=False)


@node
class Select:
    """``select name in words; do body; done``."""

    name: str
    words: tuple[Word, ...] | None
    body: CommandList
    pos: Position = field(default=NOWHERE, compare=False)


@node
class ForArith:
    """``for ((start; condition; step)) do body; done``; each may be empty (None)."""

    start: Word | None
    condition: Word | None
    step: Word | None
    body: CommandList
    pos: Position = field(default=NOWHERE, compare=False)


@node
class CaseClause:
    """``pattern | pattern) body ;;`` with terminator ``;;``, ``;&`` or ``;;&``."""

    patterns: tuple[Word, ...]
    body: CommandList
    terminator: str = ";;"


@node
class Case:
    """``case subject in clauses esac``."""

    subject: Word
    clauses: tuple[CaseClause, ...]
    pos: Position = field(default=NOWHERE, compare=False)


@node
class FunctionDef:
    """``name () body`` or ``function name body``; ``body`` is a compound command, maybe Redirected."""

    name: str
    body: "Command"
    keyword: bool = field(default=False, compare=False)
    pos: Position = field(default=NOWHERE, compare=False)


@node
class Coproc:
    """``coproc name command``; ``name`` is COPROC when not given."""

    name: str
    command: "Command"
    pos: Position = field(default=NOWHERE, compare=False)


@node
class ArithCommand:
    """``((expression))``; see ArithSubst for why it is a word."""

    expression: Word
    pos: Position = field(default=NOWHERE, compare=False)


@node
class Conditional:
    """``[[ expression ]]``."""

    expression: "CondExpr"
    pos: Position = field(default=NOWHERE, compare=False)


Command: TypeAlias = (
    SimpleCommand
    | Redirected
    | Pipeline
    | AndOr
    | Subshell
    | BraceGroup
    | If
    | While
    | For
    | Select
    | ForArith
    | Case
    | FunctionDef
    | Coproc
    | ArithCommand
    | Conditional
)


# ---- conditional expressions -------------------------------------------------------------------


@node
class CondWord:
    """A lone word: true when it is not empty."""

    word: Word


@node
class CondUnary:
    """``-f word`` and the other unary primaries."""

    operator: str
    word: Word


@node
class CondBinary:
    """``left operator right``: ``= == != =~ < > -eq -ne -lt -le -gt -ge -nt -ot -ef``. The right side
    is a pattern for ``= == !=`` and a regular expression for ``=~``."""

    operator: str
    left: Word
    right: Word


@node
class CondNot:
    """``! operand``."""

    operand: "CondExpr"


@node
class CondLogical:
    """``left && right`` or ``left || right``."""

    operator: str
    left: "CondExpr"
    right: "CondExpr"


@node
class CondGroup:
    """``( operand )``."""

    operand: "CondExpr"


CondExpr: TypeAlias = CondWord | CondUnary | CondBinary | CondNot | CondLogical | CondGroup


# ---- the whole ---------------------------------------------------------------------------------


@node
class Script:
    """A parsed text: ``name`` is what errors call it."""

    body: CommandList
    name: str = field(default="bash", compare=False)
