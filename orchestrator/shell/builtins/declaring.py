"""One declaration at a time: `name`, `name=value`, `name+=value`, `name[i]=value`, `name=(...)` with attributes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from orchestrator.shell.expand import (
    ArrayArgument,
    assign,
    assign_array,
    assign_element,
)
from orchestrator.shell.expand.errors import ArithError, ExpansionError
from orchestrator.shell.expand.lookup import follow, is_reference, split_subscript
from orchestrator.shell.expand.variable import (
    ARRAY,
    ASSOCIATIVE,
    CAPITAL,
    EXPORT,
    INDEXED,
    INTEGER,
    KEPT,
    LOWER,
    NAMEREF,
    READONLY,
    UPPER,
    AssociativeArray,
    IndexedArray,
    Variable,
)
from orchestrator.shell.scope import TemporaryVariable

if TYPE_CHECKING:
    from orchestrator.shell.shell import Shell

_OPERAND = re.compile(
    r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?:\[(?P<subscript>.*?)\])?(?P<plus>\+)?(?:=(?P<value>.*))?",
    re.DOTALL,
)
_CASES = LOWER | UPPER | CAPITAL


class Refused(Exception):
    """A declaration that cannot be; the message is bash's."""

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)


class Declaration:
    """What one call of a declaring builtin does to each of its operands.

    `local` makes variables of the running function; `everywhere` (`-g`) means the global ones;
    `keeps_scope` (export, readonly) takes the variable as it is found, through namerefs.
    """

    def __init__(
        self,
        shell: Shell,
        caller: str,
        flags: int,
        removed: int,
        *,
        local: bool,
        everywhere: bool = False,
        inherit: bool = False,
        keeps_scope: bool = False,
    ) -> None:
        self.shell = shell
        self.caller = caller
        self.flags = flags
        self.removed = removed
        self.local = local
        self.everywhere = everywhere
        self.inherit = inherit
        self.keeps_scope = keeps_scope

    def apply(self, word: str) -> None:
        """Declare one operand. Raises: Refused."""
        if isinstance(word, ArrayArgument):
            self._array(word)
            return
        match = _OPERAND.fullmatch(word)
        bare = match is not None and match["value"] is None
        if match is None or (bare and (match["plus"] or (match["subscript"] and self.keeps_scope))):
            raise Refused(f"{self.caller}: `{word}': not a valid identifier")
        if self.flags & NAMEREF:
            self._check_reference(match)
        elif match["subscript"] is not None and not bare and not self.local:
            self._end_reference(match["name"])
        name = self._target(match["name"])
        if name.endswith("]"):  # a nameref to an element
            match = _OPERAND.fullmatch(name + word[match.end("name") :])
            if match is None:
                raise Refused(f"{self.caller}: `{name}': not a valid identifier")
            name = match["name"]
        variable = self._variable(name)
        self._check(name, variable, match["value"])
        self._set_kind(name, variable)
        if match["value"] is not None:
            self._assign(name, variable, match)
        elif match["subscript"] is not None and not variable.flags & ARRAY:
            variable.flags |= INDEXED
            self._make_array(variable, INDEXED)
        self._finish(name, variable)

    # --- which variable ---

    def _target(self, name: str) -> str:
        """Follow a nameref, unless the nameref itself is meant."""
        if (self.flags | self.removed) & NAMEREF or (self.local and not self._is_local(name)):
            return name
        target, subscript = follow(self.shell, name)
        if subscript is not None:
            return f"{target}[{subscript}]"
        return target

    def _check_reference(self, match: re.Match[str]) -> None:
        """Refuse what `-n` cannot mean, before anything is made."""
        name, value = match["name"], match["value"] or ""
        if match["subscript"] is not None:
            shown = f"{name}[{match['subscript']}]"
            raise Refused(f"{self.caller}: {shown}: reference variable cannot be an array")
        if split_subscript(value)[0] == name:
            if self.shell.function_frame() is None:
                raise Refused(
                    f"{self.caller}: {name}: nameref variable self references not allowed"
                )
            self.shell.report(f"{self.caller}: warning: {name}: circular name reference")
        if value and not match["plus"] and not is_reference(value):
            raise Refused(f"{self.caller}: `{value}': invalid variable name for name reference")

    def _end_reference(self, name: str) -> None:
        """`declare ref[1]=x`: an array now, and no nameref."""
        variable = self.shell.variables.get(name)
        if variable is not None and variable.flags & NAMEREF:
            self.shell.warn(f"warning: {name}: removing nameref attribute")
            variable.store(None)
            variable.flags &= ~NAMEREF

    def _is_local(self, name: str) -> bool:
        frame = self.shell.function_frame()
        return frame is not None and bool(frame.shadowed) and name in (frame.shadowed or ())

    def _variable(self, name: str) -> Variable:
        shell = self.shell
        if self.everywhere:
            return shell.declare_global(name)
        if not self.local:
            return shell.variables.get(name) or shell.create(name)
        fresh = not self._is_local(name)
        outer = shell.variables.get(name)
        if fresh and outer is not None and outer.flags & READONLY and not self._is_callers(name):
            raise Refused(f"{self.caller}: {name}: readonly variable")
        variable = shell.declare_local(name)
        if fresh and self.inherit and outer is not None:
            copied = outer.copy()
            variable.store(copied.value)
            variable.flags |= copied.flags & ~(EXPORT | NAMEREF)
        return variable

    def _is_callers(self, name: str) -> bool:
        """Whether `name` is a caller's local now, which a local may hide even when it is readonly."""
        return any(frame.shadowed and name in frame.shadowed for frame in self.shell.frames)

    def _check(self, name: str, variable: Variable, value: str | None) -> None:
        if self.flags & NAMEREF:
            self._check_referring(name, variable, value)
        if not variable.flags & READONLY:
            return
        if variable.flags & NAMEREF and variable.value and self.removed & NAMEREF:
            raise Refused(f"{self.caller}: {name}: readonly variable")
        if value is not None or self.removed & READONLY:
            plain = self.keeps_scope and not self.flags & ARRAY
            about = "" if plain else f"{self.caller}: "
            raise Refused(f"{about}{name}: readonly variable")

    def _check_referring(self, name: str, variable: Variable, value: str | None) -> None:
        """Refuse to make a nameref of what cannot be one."""
        if variable.flags & ARRAY:
            raise Refused(f"{self.caller}: {name}: reference variable cannot be an array")
        old = variable.value
        if variable.flags & NAMEREF:
            return
        if variable.flags & READONLY:
            raise Refused(f"{self.caller}: {name}: readonly variable")
        if value is None and isinstance(old, str) and not is_reference(old):
            raise Refused(f"{self.caller}: `{old}': invalid variable name for name reference")

    # --- attributes ---

    def _set_kind(self, name: str, variable: Variable) -> None:
        """Make it an array if asked to, and set the attributes that change how values are taken."""
        flags = self.flags
        if flags & ASSOCIATIVE and variable.flags & INDEXED:
            raise Refused(f"{self.caller}: {name}: cannot convert indexed to associative array")
        if flags & INDEXED and variable.flags & ASSOCIATIVE:
            raise Refused(f"{self.caller}: {name}: cannot convert associative to indexed array")
        if self.removed & ARRAY & variable.flags:
            raise Refused(f"{self.caller}: {name}: cannot destroy array variables in this way")
        self._make_array(variable, flags)
        cases = flags & _CASES
        if cases:
            variable.flags &= ~_CASES
            if cases & (cases - 1):  # two at once cancel each other
                flags &= ~_CASES
        if flags & NAMEREF:
            variable.flags &= ~(INTEGER | _CASES)
        elif variable.flags & NAMEREF and flags & ARRAY:
            variable.store(None)  # it had no target
            variable.flags &= ~NAMEREF
        variable.flags |= flags & ~READONLY
        variable.flags &= ~(self.removed & ~READONLY)

    @staticmethod
    def _make_array(variable: Variable, flags: int) -> None:
        value = variable.value
        if flags & ASSOCIATIVE and not isinstance(value, AssociativeArray):
            variable.store(None if value is None else AssociativeArray([("0", str(value))]))
        elif flags & INDEXED and isinstance(value, str):
            variable.store(IndexedArray([value]))

    def _finish(self, name: str, variable: Variable) -> None:
        """Readonly comes last, since it forbids the assignment that comes with it."""
        variable = self._now(name, variable)
        if self.flags & (READONLY | EXPORT) and isinstance(variable, TemporaryVariable):
            variable.flags |= KEPT
        if self.flags & READONLY:
            variable.flags |= READONLY

    def _now(self, name: str, variable: Variable) -> Variable:
        return variable if self.everywhere else self.shell.variables.get(name, variable)

    # --- values ---

    def _assign(self, name: str, variable: Variable, match: re.Match[str]) -> None:
        value, append = match["value"], bool(match["plus"])
        try:
            if self.everywhere and self.shell.variables.get(name) is not variable:
                self._assign_hidden(name, variable, value, append)
            elif match["subscript"] is not None:
                assign_element(self.shell, name, match["subscript"], value, append=append)
            elif variable.flags & NAMEREF:
                self._refer(name, variable, value, append)
            elif self._is_compound(variable, value):
                self._compound(name, value, append)
            else:
                assign(self.shell, name, value, append=append)
        except ArithError as error:  # the command line is given up
            raise ArithError(self._message(error)) from None
        except ExpansionError as error:
            raise Refused(self._message(error)) from None

    def _message(self, error: ExpansionError) -> str:
        return error.message if self.keeps_scope else f"{self.caller}: {error.message}"

    def _refer(self, name: str, variable: Variable, value: str, append: bool) -> None:
        if append:
            value = (variable.scalar() or "") + value
            if split_subscript(value)[0] == name and self.shell.function_frame() is None:
                raise Refused(f"{name}: nameref variable self references not allowed")
        if not is_reference(value):
            if not variable.value and not self.local:
                self.shell.unset_variable(name)
            raise Refused(f"{self.caller}: `{value}': not a valid identifier")
        variable.store(value)

    def _is_compound(self, variable: Variable, value: str) -> bool:
        """`declare -a a='(1 2)'`: a quoted list, which bash still takes as one."""
        return (
            bool((self.flags | variable.flags) & ARRAY)
            and value.startswith("(")
            and value.endswith(")")
        )

    def _compound(self, name: str, value: str, append: bool) -> None:
        operator = "+=" if append else "="
        self.shell.compiler.run_text(self.shell, f"{name}{operator}{value}", line=self.shell.line)

    def _assign_hidden(self, name: str, variable: Variable, value: str, append: bool) -> None:
        """Assign to a global that a local hides: bring it forward for a moment."""
        shell = self.shell
        local = shell.variables[name]
        shell.variables[name] = variable
        try:
            assign(shell, name, value, append=append)
        finally:
            shell.variables[name] = local

    def _array(self, word: ArrayArgument) -> None:
        if self.flags & NAMEREF:
            raise Refused(f"{self.caller}: {word.name}: reference variable cannot be an array")
        name = self._target(word.name)
        variable = self._variable(name)
        self._check(name, variable, "")
        if not self.flags & ASSOCIATIVE and not variable.flags & ASSOCIATIVE:
            variable.flags |= INDEXED
            self._make_array(variable, INDEXED)
        self._set_kind(name, variable)
        shell = self.shell
        hidden = shell.variables.get(name)
        shell.variables[name] = variable
        try:
            assign_array(shell, name, word.elements, append=word.append)
        except ArithError as error:
            raise ArithError(self._message(error)) from None
        except ExpansionError as error:
            raise Refused(self._message(error)) from None
        finally:
            if hidden is not None:
                shell.variables[name] = hidden
        self._finish(name, variable)
