"""Variables over time: locals that come and go with calls, what is exported, temporary assignments.

Names are bound shallowly: `variables` says what each name means now, and a frame remembers what its
locals hid. Below: expand.variable. The values themselves are assigned by `expand`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.shell.expand.variable import (
    ARRAY,
    EXPORT,
    HOOKED,
    KEPT,
    LOCAL,
    NAMEREF,
    READONLY,
    Variable,
)
from orchestrator.shell.hooks import HOOKS
from orchestrator.shell.options import ShellOptions
from orchestrator.shell.syntax import print_node

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.shell.frame import Frame, Function

HIDDEN = "::"
"""Before a name: the key of a global variable that a local nameref of its own name refers to."""

Shadowed = list[tuple[str, Variable | None]]


class Scope:
    """The variables of one shell, with its stack of calls."""

    def __init__(self) -> None:
        self.variables: dict[str, Variable] = {}
        self.positional: list[str] = []
        self.options = ShellOptions()
        self.frames: list[Frame] = []
        self.functions: dict[str, Function] = {}
        self.foreign: dict[str, str] = {}

    # --- making and removing ---

    def create(self, name: str) -> Variable:
        """Make a global variable without a value (see `Environment.create`)."""
        variable = Variable(None, EXPORT if self.options.allexport else 0)
        if name in HOOKS:
            variable.flags |= HOOKED
        self.variables[name] = variable
        return variable

    def declare_local(self, name: str) -> Variable:
        """Make `name` local to the innermost function, unless it is already; return the variable.

        Its value is unset, or the one a temporary assignment (`name=value f`) gave.
        """
        frame = self.function_frame()
        if frame is None:
            return self.variables.get(name) or self.create(name)
        if frame.shadowed is None:
            frame.shadowed = {}
        outer = self.variables.get(name)
        if name in frame.shadowed:
            return outer or self._bind(name, Variable(None, LOCAL))
        frame.shadowed[name] = outer
        return self._bind(name, self._fresh_local(outer))

    def _fresh_local(self, outer: Variable | None) -> Variable:
        """Return a new local: empty, or what it inherits from the variable it hides."""
        if outer is None:
            return Variable(None, LOCAL)
        if isinstance(outer, TemporaryVariable):
            return Variable(outer.value, outer.flags | LOCAL)
        if self.options.localvar_inherit:
            local = outer.copy()
            local.flags = (local.flags | LOCAL) & ~NAMEREF
            return local
        return Variable(None, LOCAL | outer.flags & (HOOKED | EXPORT))

    def _bind(self, name: str, variable: Variable) -> Variable:
        self.variables[name] = variable
        return variable

    def function_frame(self) -> Frame | None:
        """Return the frame of the innermost function; None outside functions."""
        for frame in reversed(self.frames):
            if frame.function is not None:
                return frame
        return None

    def declare_global(self, name: str) -> Variable:
        """Return the global variable `name` (made if need be), however many locals hide it."""
        for frame in self.frames:
            if frame.shadowed and name in frame.shadowed:
                outer = frame.shadowed[name]
                # A copy, since subshells share what a frame hides.
                outer = frame.shadowed[name] = Variable() if outer is None else outer.copy()
                return outer
        return self.variables.get(name) or self.create(name)

    def hidden_name(self, name: str) -> str | None:
        """Give the global variable that locals called `name` hide a key of its own, until they are gone."""
        key = HIDDEN + name
        for frame in self.frames:
            if frame.shadowed is not None and name in frame.shadowed:
                if key not in self.variables:
                    outer = frame.shadowed[name]
                    outer = Variable() if outer is None else outer.copy()
                    self.variables[key] = frame.shadowed[name] = outer
                    frame.shadowed[key] = None
                return key
        return None

    def unset_variable(self, name: str) -> None:
        """Remove what `name` means now.

        A local of the running function stays local, without a value; removing a caller's local
        shows what that hid (the bash manual, Shell Functions).
        """
        variable = self.variables.get(name)
        for frame in reversed(self.frames):
            if frame.shadowed is None or name not in frame.shadowed:
                continue
            if frame is self.function_frame() or self.options.localvar_unset:
                self.variables[name] = Variable(None, LOCAL)
            else:
                self._restore(name, frame.shadowed.pop(name))
            return
        self.variables.pop(name, None)
        if variable is not None and variable.flags & HOOKED:
            self.changed(name)

    def changed(self, name: str) -> None:
        """Act on the assignment of a HOOKED variable."""
        variable = self.variables.get(name)
        if variable is not None and self.options.allexport:
            variable.flags |= EXPORT

    # --- calls ---

    def leave(self, frame: Frame) -> None:
        """Take `frame` (the innermost) off the stack and let its locals go."""
        self.frames.pop()
        self.positional = frame.positional
        shadowed = frame.shadowed
        if shadowed:
            for name, outer in shadowed.items():
                self._restore(name, outer)
        if frame.options is not None:
            self.options = frame.options
            self.options_changed()

    def options_changed(self) -> None:
        """Act on a change of options; the shell caches some."""

    def _restore(self, name: str, outer: Variable | None) -> None:
        if outer is None:
            if self.variables.pop(name, None) is not None and name in HOOKS:
                self.changed(name)
        else:
            self.variables[name] = outer
            if outer.flags & HOOKED:
                self.changed(name)

    # --- temporary assignments ---

    def shadow(self, names: Iterable[str]) -> Shadowed:
        """Hide variables behind exported copies, for `name=value command`; see `unshadow`."""
        shadowed: Shadowed = []
        for name in names:
            outer = self.variables.get(name)
            shadowed.append((name, outer))
            if outer is not None and outer.flags & READONLY:
                continue  # the assignment that follows fails
            self.variables[name] = TemporaryVariable.over(outer)
        return shadowed

    def unshadow(self, shadowed: Shadowed) -> None:
        """Bring back what `shadow` hid.

        A local that the command made (`name=value local name`) stays; so does the variable itself when it was
        exported or made readonly meanwhile.
        """
        hidden = self.frames[-1].shadowed or {} if self.frames else {}
        for name, outer in reversed(shadowed):
            now = self.variables.get(name)
            if isinstance(now, TemporaryVariable):
                if now.flags & KEPT:
                    outer = _outlasting(now, outer)
            elif now is not None and isinstance(hidden.get(name), TemporaryVariable):
                hidden[name] = outer
                continue
            self._restore(name, outer)

    def outside(self, shadowed: Shadowed) -> Shadowed:
        """Let what `shadow` hid be seen for a moment; return what `inside` takes to end it."""
        inner = [(name, self.variables.get(name)) for name, _ in shadowed]
        self.inside(shadowed)
        return inner

    def inside(self, shadowed: Shadowed) -> None:
        """Put variables back as they were, whatever happened meanwhile."""
        for name, variable in reversed(shadowed):
            self._restore(name, variable)

    # --- the environment of programs ---

    def environ(self) -> dict[str, str]:
        """Return what a program started now finds in its environment."""
        environment = self.foreign.copy()  # names that no variable can have
        for name, variable in self.variables.items():
            if variable.flags & EXPORT and not variable.flags & ARRAY and name[0] != ":":
                value = variable.scalar()
                if value is not None:
                    environment[name] = value
        for name, function in self.functions.items():
            if function.exported:
                text = print_node(function.node)
                environment[f"BASH_FUNC_{name}%%"] = "() " + text[text.index("{") :]
        return environment

    # --- conveniences for builtins ---

    def text(self, name: str, default: str = "") -> str:
        """Return the scalar value of `name`, or `default` when unset."""
        variable = self.variables.get(name)
        value = variable.scalar() if variable is not None else None
        return default if value is None else value

    def store(self, name: str, value: str, flags: int = 0) -> Variable:
        """Set `name` to `value` as it is, past attributes and hooks, adding `flags`."""
        variable = self.variables.get(name)
        if variable is None:
            variable = self.create(name)
        variable.store(value)
        variable.flags |= flags
        return variable


class TemporaryVariable(Variable):
    """A variable of `name=value command`: gone afterwards, and a `local` takes its value over."""

    __slots__ = ()

    @classmethod
    def over(cls, outer: Variable | None) -> TemporaryVariable:
        """Return a copy of `outer` to assign to, exported and scalar."""
        if outer is None:
            return cls(None, EXPORT)
        return cls(outer.scalar(), outer.flags & ~(ARRAY | NAMEREF) | EXPORT)


def _outlasting(temporary: Variable, outer: Variable | None) -> Variable:
    """Return the variable that a temporary one becomes."""
    variable = outer or Variable()
    variable.store(temporary.value)
    variable.flags |= temporary.flags & ~KEPT
    return variable
