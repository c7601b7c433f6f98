"""Arithmetic expressions as trees: between ``arith``, which parses, and ``expand``, which evaluates."""

from dataclasses import field
from typing import TypeAlias

from orchestrator.shell.syntax.node import node


@node
class ArithNumber:
    """A constant, already wrapped to 64 bits."""

    value: int


@node
class ArithVariable:
    """``name`` or ``name[subscript]``; the subscript stays text, see :class:`Subscript`. ``first`` numbers
    the first placeholder in the subscript."""

    name: str
    subscript: str | None = None
    first: int = field(default=0, compare=False)


@node
class ArithPlaceholder:
    """Stands for the value of the n-th expansion in the text (``$x + 1``), when that is a number."""

    index: int


@node
class ArithUnary:
    """``+ - ! ~`` operand."""

    operator: str
    operand: "ArithExpr"


@node
class ArithBinary:
    """``left operator right``, also for ``&& || ,``. ``text`` is the source from the right operand on,
    which bash quotes when it divides by zero."""

    operator: str
    left: "ArithExpr"
    right: "ArithExpr"
    text: str = field(default="", compare=False)


@node
class ArithTernary:
    """``condition ? yes : no``."""

    condition: "ArithExpr"
    yes: "ArithExpr"
    no: "ArithExpr"


@node
class ArithAssign:
    """``target operator value``; ``operator`` is ``=`` or one of the compound ones (``+=`` ...)."""

    operator: str
    target: ArithVariable
    value: "ArithExpr"
    text: str = field(default="", compare=False)


@node
class ArithStep:
    """``++x --x`` (``prefix``) or ``x++ x--``."""

    operator: str
    target: ArithVariable
    prefix: bool


ArithExpr: TypeAlias = (
    ArithNumber
    | ArithVariable
    | ArithPlaceholder
    | ArithUnary
    | ArithBinary
    | ArithTernary
    | ArithAssign
    | ArithStep
)
