"""Nodes to text, laid out as bash lays out ``declare -f``, ``jobs`` and ``$BASH_COMMAND``.

What is printed reads back as the same tree, but for what bash itself rewrites: ``elif`` becomes a nested ``if``, a
lone word in ``[[ ]]`` gets ``-n``, a function's body gets braces.
"""

from typing import Any, TypeAlias

from orchestrator.shell.syntax.nodes import (
    AndOr,
    ArithCommand,
    BraceGroup,
    Case,
    Command,
    CommandList,
    Conditional,
    Coproc,
    For,
    ForArith,
    FunctionDef,
    HereDoc,
    If,
    IfClause,
    ListItem,
    Literal,
    Pipeline,
    Redirect,
    Redirected,
    Script,
    Select,
    SimpleCommand,
    Subshell,
    While,
    Word,
)
from orchestrator.shell.syntax.tokens import RESERVED
from orchestrator.shell.syntax.wordprinter import (
    print_assignment,
    print_conditional,
    print_heredoc_body,
    print_part,
    print_word,
)

STEP = 4

Node: TypeAlias = "Script | CommandList | Command | Word | Redirect"


def print_node(node: Node) -> str:
    """The text of a script, list, command, word or redirection."""
    if isinstance(node, Word):
        return print_word(node, print_body)
    printer = _Printer()
    if isinstance(node, Redirect):
        printer.redirects((node,))
    elif isinstance(node, Script):
        printer.list(node.body)
    elif isinstance(node, CommandList):
        printer.list(node)
    elif isinstance(node, FunctionDef):
        printer.function(node, "")
    else:
        printer.command(node)
    printer.flush_heredocs("")
    return printer.text()


def print_body(body: CommandList) -> str:
    """The commands of a substitution, as they stand between the parentheses."""
    printer = _Printer()
    printer.list(body)
    printer.flush_heredocs("")
    text = printer.text()
    return " " + text if text.startswith("(") else text


class _Printer:
    """Text so far. ``margin`` indents; ``deep`` is true inside a function, where lists go one per line;
    ``waiting`` are here-documents whose bodies follow the line."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.margin = 0
        self.deep = 0
        self.waiting: list[HereDoc] = []
        self.skip_indent = True
        self.after_heredoc = False

    def text(self) -> str:
        return "".join(self.out)

    def add(self, text: str) -> None:
        if text:
            self.out.append(text)

    def newline(self, text: str) -> None:
        self.add("\n" + " " * self.margin + text)

    def indent(self) -> None:
        """Every command indents itself, unless it goes on with a line."""
        if self.skip_indent:
            self.skip_indent = False
        else:
            self.add(" " * self.margin)

    def semicolon(self) -> None:
        if not self.out or self.out[-1][-1] not in "&\n":
            self.add(";")

    # ---- lists ----

    def list(self, body: CommandList) -> None:
        """Commands in order; inside a function one per line."""
        for number, item in enumerate(body.items):
            last = number == len(body.items) - 1
            self.command(item.command)
            self._separate(item, number == 0, last)

    def _separate(self, item: ListItem, first: bool, last: bool) -> None:
        """What joins a command to the next. bash leaves out a semicolon after a here-document, and after the
        first command of a list once more."""
        if item.background:
            self.flush_heredocs(" &")
            if not last:
                self.add(" ")
                self.skip_indent = True
            return
        if last:
            return
        if self.waiting:
            self.flush_heredocs("" if self.deep else ";")
            self.after_heredoc = first and bool(self.deep)
        elif self.after_heredoc and (self.deep or self.out[-1].endswith("\n")):
            self.after_heredoc = False
        else:
            self.add(";")
        if self.deep:
            self.add("\n")
        else:
            self.add(" ")
            self.skip_indent = True

    def flush_heredocs(self, joint: str) -> None:
        """Print the bodies that wait, behind ``joint`` (an operator that still belongs to their line)."""
        if joint != ";" or not self.waiting:
            self.add(joint)
        if not self.waiting:
            return
        self.add("\n")
        for doc in self.waiting:
            body = print_heredoc_body(doc, print_body)
            self.add(body if not body or body.endswith("\n") else body + "\n")
            self.add(doc.delimiter + "\n")
        if joint not in ("", ";"):
            self.add(" ")
        self.waiting = []
        self.after_heredoc = True

    # ---- commands ----

    def command(self, node: Any) -> None:
        """One command, indented unless it continues a line."""
        if not self.deep:
            self.after_heredoc = False
        self.indent()
        _PRINTERS[type(node)](self, node)

    def inline(self, node: Any) -> None:
        """A command that goes on with the current line."""
        self.skip_indent = True
        self.command(node)

    def inline_list(self, body: CommandList) -> None:
        self.skip_indent = True
        self.list(body)

    def simple(self, node: SimpleCommand) -> None:
        words = [print_assignment(one, print_body) for one in node.assignments]
        for word in node.words:
            if isinstance(word, Word):
                words.append(print_word(word, print_body))
            else:
                words.append(print_assignment(word, print_body))
        if words and words[0] in RESERVED and node.redirects:
            # "<f if" is a command called "if", which only the redirection in front keeps it
            self.redirects(node.redirects)
            self.add(" " + " ".join(words))
            return
        self.add(" ".join(words))
        if node.redirects:
            self.add(" " if words else "")
            self.redirects(node.redirects)

    def redirected(self, node: Redirected) -> None:
        self.inline(node.body)
        self.add(" ")
        self.redirects(node.redirects)

    def redirects(self, redirects: tuple[Redirect, ...]) -> None:
        self.after_heredoc = self.after_heredoc and not redirects
        for number, redirect in enumerate(redirects):
            self.add(" " if number else "")
            self.redirect(redirect)

    def redirect(self, node: Redirect) -> None:
        operator, target = node.operator, node.target
        prefix = f"{{{node.variable}}}" if node.variable else _number(node)
        if isinstance(target, HereDoc):
            bare = not target.quoted and "\\" not in target.delimiter
            quoted = target.delimiter if bare else f"'{target.delimiter}'"
            space = " " if quoted.startswith("-") else ""  # "<< -x" is not "<<-x"
            self.add(f"{prefix}{operator}{space}{quoted}")
            self.waiting.append(target)
            return
        text = print_word(target, print_body)
        if text == "-" and operator == "<&":
            operator = ">&"
        space = "" if operator in ("<&", ">&") else " "
        self.add(f"{prefix}{operator}{space}{text}")

    def pipeline(self, node: Pipeline) -> None:
        if node.timed:
            self.add("time -p " if node.posix_time else "time ")
        if node.negated:
            self.add("! " if node.commands else "!")
        for number, command in enumerate(node.commands):
            if number:
                self.flush_heredocs(" |")
                self.add(" ")
            self.inline(command)

    def and_or(self, node: AndOr) -> None:
        self.inline(node.first)
        for tail in node.rest:
            self.flush_heredocs(f" {tail.operator} ")
            self.inline(tail.command)

    def subshell(self, node: Subshell) -> None:
        self.add("( ")
        self.inline_list(node.body)
        self.flush_heredocs("")
        self.add(" )")

    def group(self, node: BraceGroup) -> None:
        self.add("{ ")
        if not self.deep:
            self.inline_list(node.body)
            self.flush_heredocs("")
            self.semicolon()
            self.add(" }")
            return
        self.add("\n")
        self.block(node.body)
        self.newline("}")

    def block(self, body: CommandList) -> None:
        """A list one step further in."""
        self.margin += STEP
        self.list(body)
        self.flush_heredocs("")
        self.margin -= STEP

    def if_(self, node: If) -> None:
        clause = node.clauses[0]
        self.add("if ")
        self.inline_list(clause.condition)
        self.flush_heredocs("")
        self.semicolon()
        self.add(" then\n")
        self.block(clause.body)
        otherwise = _else_part(node)
        if otherwise is not None:
            self.semicolon()
            self.newline("else\n")
            self.block(otherwise)
        self.semicolon()
        self.newline("fi")

    def while_(self, node: While) -> None:
        self.add("until " if node.until else "while ")
        self.inline_list(node.condition)
        self.flush_heredocs("")
        self.semicolon()
        self.add(" do\n")
        self._loop_end(node.body)

    def _loop_end(self, body: CommandList) -> None:
        self.block(body)
        self.semicolon()
        self.newline("done")

    def for_(self, node: For | Select) -> None:
        keyword = "for" if isinstance(node, For) else "select"
        if node.words is None:
            words = '"$@"'
        else:
            words = " ".join([print_word(word, print_body) for word in node.words])
        self.add(f"{keyword} {node.name} in {words};")
        self.newline("do\n")
        self._loop_end(node.body)

    def for_arith(self, node: ForArith) -> None:
        parts = [
            print_word(word, print_body).strip() if word else "1"
            for word in (node.start, node.condition, node.step)
        ]
        self.add(f"for (({'; '.join(parts)}))")
        self.newline("do\n")
        self._loop_end(node.body)

    def case(self, node: Case) -> None:
        self.add(f"case {print_word(node.subject, print_body)} in ")
        self.margin += STEP
        for clause in node.clauses:
            patterns = " | ".join([print_word(word, print_body) for word in clause.patterns])
            self.newline(_guarded(patterns) + ")\n")
            self.block(clause.body)
            self.newline(clause.terminator)
        self.margin -= STEP
        self.newline("esac")

    def function(self, node: FunctionDef, keyword: str = "function ") -> None:
        """A definition. The outermost one has no keyword, as ``declare -f`` shows it."""
        self.add(f"{keyword}{node.name} () ")
        self.newline("{ \n")
        redirects: tuple[Redirect, ...] = ()
        body: Any = node.body
        if isinstance(body, Redirected) and isinstance(body.body, BraceGroup):
            body, redirects = body.body, body.redirects
        self.deep += 1
        self.skip_indent = False
        self.block(body.body if isinstance(body, BraceGroup) else CommandList((ListItem(body),)))
        self.deep -= 1
        self.after_heredoc = False
        self.newline("} " if redirects else "}")
        self.redirects(redirects)

    def coproc(self, node: Coproc) -> None:
        # bash prints a name in front of a simple command too, where it reads back as the command
        named = not isinstance(node.command, SimpleCommand)
        self.add(f"coproc {node.name} " if named else "coproc ")
        self.inline(node.command)

    def arith(self, node: ArithCommand) -> None:
        self.add(f"(({print_word(node.expression, print_body)}))")

    def conditional(self, node: Conditional) -> None:
        self.add(f"[[ {print_conditional(node.expression, print_body)} ]]")


def _number(node: Redirect) -> str:
    """The descriptor; bash writes the default one out in front of ``<&``, ``>&`` and ``<>``."""
    default = 0 if node.operator.startswith("<") else 1
    if node.fd is not None and (node.fd != default or node.operator in ("<&", ">&", "<>")):
        return str(node.fd)
    if node.operator in ("&>", "&>>") or not _names_fd(node.target):
        return ""
    return str(default) if node.operator in ("<&", ">&", "<>") else ""


def _names_fd(target: Word | HereDoc) -> bool:
    """Whether the word behind ``>&`` is known to be a number: one that expands gets no default in front."""
    parts = target.parts if isinstance(target, Word) else ()
    return all(isinstance(part, Literal) for part in parts)


def _else_part(node: If) -> CommandList | None:
    """What stands behind ``else``: the remaining ``elif`` clauses make an ``if`` of their own."""
    if len(node.clauses) == 1:
        return node.otherwise
    rest: tuple[IfClause, ...] = node.clauses[1:]
    return CommandList((ListItem(If(rest, node.otherwise)),))


def _guarded(patterns: str) -> str:
    """A first pattern ``esac`` needs its parenthesis."""
    return "(" + patterns if patterns.startswith("esac") else patterns


_PRINTERS: dict[type, Any] = {
    SimpleCommand: _Printer.simple,
    Redirected: _Printer.redirected,
    Pipeline: _Printer.pipeline,
    AndOr: _Printer.and_or,
    Subshell: _Printer.subshell,
    BraceGroup: _Printer.group,
    If: _Printer.if_,
    While: _Printer.while_,
    For: _Printer.for_,
    Select: _Printer.for_,
    ForArith: _Printer.for_arith,
    Case: _Printer.case,
    FunctionDef: _Printer.function,
    Coproc: _Printer.coproc,
    ArithCommand: _Printer.arith,
    Conditional: _Printer.conditional,
}
__all__ = ["print_body", "print_node", "print_part"]
