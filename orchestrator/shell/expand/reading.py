"""Reading a value by a name given as text: ``test -v``, ``printf -v``, ``{fd}>`` and other builtins."""

from orchestrator.shell.expand.environment import Environment
from orchestrator.shell.expand.evaluator import element_text, raw_key
from orchestrator.shell.expand.lookup import split_subscript
from orchestrator.shell.expand.parameters import list_values, read_special
from orchestrator.shell.syntax.quote import is_name


def read_value(env: Environment, name: str) -> str | None:
    """The value of ``name``, ``name[subscript]`` or a digit string; None when unset or no name.

    ``name[@]`` gives the elements joined by blanks. Raises ArithError for a wrong subscript.
    """
    if name.isdecimal():
        number = int(name[:9])
        if number == 0:
            return env.zero
        return env.positional[number - 1] if number <= len(env.positional) else None
    base, subscript = split_subscript(name)
    if subscript is None:
        return read_special(env, name) if is_name(name) else None
    if subscript in ("@", "*"):
        values = list_values(env, base)
        return " ".join(values) if values else None
    return element_text(env, base, raw_key(env, subscript))
