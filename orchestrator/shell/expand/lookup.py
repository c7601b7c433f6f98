"""Finding what a name means: namerefs, subscripts, and reading one value by name."""

from orchestrator.shell.expand.environment import Environment
from orchestrator.shell.expand.errors import ExpansionError
from orchestrator.shell.expand.variable import NAMEREF, Variable
from orchestrator.shell.syntax.quote import is_name

MAX_REFERENCES = 8
"""How many namerefs in a row are followed, as in bash (NAMEREF_MAX)."""


def split_subscript(text: str) -> tuple[str, str | None]:
    """``"a[1]"`` to ``("a", "1")``; a text of another shape comes back with None. The last bracket closes: a
    key that was expanded already may hold brackets."""
    start = text.find("[")
    if start <= 0 or not text.endswith("]") or not is_name(text[:start]):
        return text, None
    return text[:start], text[start + 1 : -1]


def follow(env: Environment, name: str, *, assigning: bool = False) -> tuple[str, str | None]:
    """The name behind namerefs, with the subscript the last one carries; ``name`` itself when it is no
    nameref, has no target yet, or the references go round in circles (a warning says so). A local that names
    itself means the global variable it hides. Raises ExpansionError for a circle when ``assigning``."""
    first = name
    for _ in range(MAX_REFERENCES):
        variable = env.variables.get(name)
        if variable is None or not variable.flags & NAMEREF:
            return name, None
        target = variable.value
        if not isinstance(target, str) or not target:
            return name, None
        source = name
        name, subscript = split_subscript(target)
        if name == source and (hidden := env.hidden_name(name)) is not None:
            env.warn(f"warning: {first}: circular name reference")
            return hidden, subscript
        if subscript is not None:
            return name, subscript
    message = f"warning: {first}: circular name reference"
    if assigning:
        raise ExpansionError(message)
    env.warn(message)
    return first, None


def is_reference(text: str) -> bool:
    """Whether a nameref may have this value: a name, or a name with a subscript."""
    name, subscript = split_subscript(text)
    return is_name(name) and subscript != ""


def lookup(env: Environment, name: str) -> Variable | None:
    """The variable ``name`` means, namerefs followed (a reference to an element gives its array)."""
    variable = env.variables.get(name)
    if variable is None or not variable.flags & NAMEREF:
        return variable
    return env.variables.get(follow(env, name)[0])
