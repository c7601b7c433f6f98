"""How variables are shown: `declare -p`, `set`, `export -p`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.shell.expand.variable import (
    READONLY,
    AssociativeArray,
    DynamicVariable,
    IndexedArray,
    Variable,
)
from orchestrator.shell.scope import HIDDEN
from orchestrator.shell.syntax import double_quote, quote_if_needed
from orchestrator.shell.syntax.quote import ansi_quote, has_control

if TYPE_CHECKING:
    from orchestrator.shell.shell import Shell


def _key(text: str) -> str:
    """Return a subscript as it stands between brackets."""
    plain = text.replace("_", "a").replace(".", "a").replace("-", "a").replace("/", "a").isalnum()
    return text if text and plain else double_quote(text)


def array_text(value: IndexedArray | AssociativeArray) -> str:
    """Return `([0]="a" [1]="b")`; bash leaves a blank before the parenthesis of associative ones."""
    if isinstance(value, IndexedArray):
        return "(" + " ".join(f"[{i}]={double_quote(v)}" for i, v in value.pairs()) + ")"
    return "(" + "".join(f"[{_key(k)}]={double_quote(v)} " for k, v in value.pairs()) + ")"


def declaration(name: str, variable: Variable) -> str:
    """Return the line `declare -p name` prints."""
    head = f"declare -{variable.attributes() or '-'} {name}"
    value = variable.value if not isinstance(variable.value, str) else None
    if isinstance(value, IndexedArray | AssociativeArray):
        unseen = name == "FUNCNAME" and not len(value)
        return f"{head}\n" if unseen else f"{head}{_list(value)}\n"
    text = variable.scalar()
    return f"{head}\n" if text is None else f"{head}={double_quote(text)}\n"


def _list(value: IndexedArray | AssociativeArray) -> str:
    if len(value):
        return f"={array_text(value)}"
    return "=()" if getattr(value, "assigned", True) else ""


def setting(name: str, variable: Variable) -> str:
    """Return the line `set` prints, nothing for an unset variable."""
    value = variable.value if not isinstance(variable.value, str) else None
    if isinstance(value, IndexedArray | AssociativeArray):
        return f"{name}={array_text(value)}\n"
    text = variable.scalar()
    if text is None:
        return ""
    return f"{name}={_plain(text)}\n"


def _plain(text: str) -> str:
    """Return `text` quoted where it must be; nothing stays nothing."""
    if not text:
        return ""
    return ansi_quote(text) if has_control(text) else quote_if_needed(text)


def all_settings(shell: Shell) -> str:
    """Return what `set` without operands prints, functions aside."""
    shown = [(n, v) for n, v in sorted(shell.variables.items()) if not _comes_and_goes(n, v)]
    return "".join(setting(name, variable) for name, variable in shown)


def _comes_and_goes(name: str, variable: Variable) -> bool:
    """Whether a variable is computed when asked for, and not listed otherwise (RANDOM, LINENO ...)."""
    if isinstance(variable, DynamicVariable):
        return not variable.flags & READONLY and name != "_"
    return name.startswith(HIDDEN) or (name in ("FUNCNAME", "PIPESTATUS") and not variable.value)


def with_flags(shell: Shell, flags: int) -> list[str]:
    """Return the names of variables that have every one of `flags`, sorted."""
    found = (n for n, v in shell.variables.items() if v.flags & flags == flags)
    return sorted(n for n in found if not n.startswith(HIDDEN))
