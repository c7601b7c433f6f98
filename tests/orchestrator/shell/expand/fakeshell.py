"""The smallest shell that can show what words expand to: assignments, ``declare``, ``set --`` and ``show``.

``show`` prints each field between angle brackets. Files are a dict; nothing is run.
"""

import re
from collections.abc import Iterable

from orchestrator.shell.expand import (
    ArrayArgument,
    Evaluation,
    assign,
    assign_array,
    compile_arith,
    compile_assignment,
    compile_heredoc,
    compile_pattern,
    compile_regex,
    compile_string,
    compile_words,
    unset_element,
)
from orchestrator.shell.expand.environment import ExpandOptions
from orchestrator.shell.expand.errors import ExpansionError
from orchestrator.shell.expand.lookup import split_subscript
from orchestrator.shell.expand.regex_items import RegexError
from orchestrator.shell.expand.variable import (
    ASSOCIATIVE,
    EXPORT,
    INDEXED,
    INTEGER,
    LOWER,
    NAMEREF,
    READONLY,
    UPPER,
    AssociativeArray,
    IndexedArray,
    Variable,
)
from orchestrator.shell.syntax import CommandReader, Dialect
from orchestrator.shell.syntax.nodes import (
    ArithCommand,
    CommandSubst,
    CondBinary,
    Conditional,
    HereDoc,
    ProcessSubst,
    SimpleCommand,
)

FILES = (
    "a.c", "b.c", "ab.txt", ".hidden", "dir/x.c", "dir/y.h", "dir/sub/deep.c", "dir/.dot", "A.C",
    "[x]", "sp ace", "é.c", "z*",
)  # fmt: skip
FLAGS = {
    "a": INDEXED, "A": ASSOCIATIVE, "i": INTEGER, "l": LOWER, "u": UPPER, "n": NAMEREF,
    "r": READONLY, "x": EXPORT,
}  # fmt: skip


class FakeShell(Evaluation):
    """An Environment with the commands above."""

    def __init__(self) -> None:
        self.variables: dict[str, Variable] = {"HOME": Variable("/home/me")}
        self.positional: list[str] = []
        self.zero = "fake"
        self.status = 0
        self.options = ExpandOptions()
        self.arith_depth = 0
        self.ticks = 0
        self.out: list[str] = []
        self.dialect = Dialect()

    # ---- Environment ----

    def special(self, name: str) -> str | None:
        return {"$": "42", "-": "hB", "_": ""}.get(name)

    def tick(self, count: int) -> None:
        self.ticks += count

    def create(self, name: str) -> Variable:
        variable = self.variables[name] = Variable()
        return variable

    def changed(self, name: str) -> None:
        self.out.append(f"(changed {name})\n")

    def command_output(self, node: CommandSubst) -> str:
        """``$(show ...)`` runs here; nothing else does."""
        outer, self.out = self.out, []
        self.execute_list(node.body.items)
        text, self.out = "".join(self.out), outer
        return text.rstrip("\n")

    def process_path(self, node: ProcessSubst) -> str:
        return "/dev/fd/63"

    def list_directory(self, path: str) -> Iterable[tuple[str, bool]]:
        path = path.removeprefix("./") or "."
        prefix = "" if path == "." else path.rstrip("/") + "/"
        names: dict[str, bool] = {}
        for file in FILES:
            if file.startswith(prefix):
                name, _, rest = file[len(prefix) :].partition("/")
                names[name] = bool(rest)
        if not names:
            raise NotADirectoryError(path)
        return names.items()

    def exists(self, path: str) -> bool:
        return path in FILES or self.is_directory(path)

    def is_directory(self, path: str) -> bool:
        return path.rstrip("/") in ("", ".") or any(
            file.startswith(path.rstrip("/") + "/") for file in FILES
        )

    def hidden_name(self, name: str) -> str | None:
        return None

    def home_directory(self, user: str) -> str | None:
        return "/root" if user in ("", "root") else None

    def prompt(self, text: str) -> str:
        return text

    def warn(self, message: str) -> None:
        kind = "" if message.startswith("warning") else "error "
        self.out.append(f"{kind}{message}\n")

    # ---- commands ----

    def run(self, script: str) -> str:
        """What the script shows; an error is its last line."""
        reader = CommandReader(script, dialect=self.dialect)
        while (commands := reader.next()) is not None:
            try:
                self.execute_list(commands.items)
            except ExpansionError as error:
                self.out.append(f"error {error.message}\n")
                if error.fatal:
                    break
        return "".join(self.out)

    def execute_list(self, items: Iterable[object]) -> None:
        for item in items:
            self.execute(item.command)  # type: ignore[attr-defined]

    def execute(self, node: object) -> None:
        if isinstance(node, ArithCommand):
            self.out.append(f"{compile_arith(node.expression)(self)}\n")
            return
        if isinstance(node, Conditional):
            self.condition(node)
            return
        if not isinstance(node, SimpleCommand):
            return
        fields = compile_words(node.words)(self)
        for one in node.assignments:
            compile_assignment(one)(self)
        if fields:
            COMMANDS[fields[0]](self, fields[1:])
        for redirect in node.redirects:
            if fields[0] != "cat":
                continue
            if isinstance(redirect.target, HereDoc):
                self.out.append(compile_heredoc(redirect.target)(self))
            else:
                self.out.append(compile_string(redirect.target)(self) + "\n")

    def condition(self, node: Conditional) -> None:
        test = node.expression
        assert isinstance(test, CondBinary)
        left = compile_string(test.left)(self)
        if test.operator == "=~":
            try:
                groups = compile_regex(test.right)(self).match(left)
            except RegexError:
                self.out.append("bad regex\n")
                return
            shown = "no" if groups is None else "".join(f"<{group}>" for group in groups)
            self.out.append(shown + "\n")
            return
        extglob, self.options.extglob = self.options.extglob, True
        matches = compile_pattern(test.right)(self).matches(left)
        self.options.extglob = extglob
        self.out.append("yes\n" if matches == (test.operator != "!=") else "no\n")

    def show(self, fields: list[str]) -> None:
        self.out.append("".join(f"<{field}>" for field in fields) + "\n")

    def cat(self, fields: list[str]) -> None:
        """Its input is printed as a redirection."""

    def set(self, fields: list[str]) -> None:
        if fields and fields[0] in ("-u", "-f"):
            name = {"-u": "nounset", "-f": "noglob"}[fields[0]]
            setattr(self.options, name, True)
            return
        self.positional = fields[1:]

    def shopt(self, fields: list[str]) -> None:
        for name in fields[1:]:
            setattr(self.options, name, fields[0] == "-s")
            if name == "extglob":
                self.dialect.extglob = fields[0] == "-s"

    def unset(self, fields: list[str]) -> None:
        for name in fields:
            base, subscript = split_subscript(name)
            if subscript is not None:
                unset_element(self, base, subscript)
            else:
                self.variables.pop(name, None)

    def declare(self, fields: list[str]) -> None:
        flags = 0
        for field in fields:
            if field.startswith("-") and not isinstance(field, ArrayArgument):
                for letter in field[1:]:
                    flags |= FLAGS[letter]
                continue
            self._declare_one(field, flags)

    def _declare_one(self, field: str, flags: int) -> None:
        match = re.match(r"([A-Za-z_]\w*)(\+?)(=?)", field)
        assert match
        variable = self.variables.get(match.group(1)) or self.create(match.group(1))
        variable.flags |= flags & ~READONLY
        if flags & ASSOCIATIVE and variable.value is None:
            variable.store(AssociativeArray())
        elif flags & INDEXED and variable.value is None:
            variable.store(IndexedArray())
        if isinstance(field, ArrayArgument):
            assign_array(self, field.name, field.elements, append=field.append)
        elif match.group(3):
            value = field[match.end() :]
            if flags & NAMEREF:
                variable.store(value)
            else:
                assign(self, match.group(1), value, append=bool(match.group(2)))
        variable.flags |= flags & READONLY


COMMANDS = {
    "show": FakeShell.show,
    "cat": FakeShell.cat,
    "set": FakeShell.set,
    "shopt": FakeShell.shopt,
    "declare": FakeShell.declare,
    "unset": FakeShell.unset,
}
