"""Builtins that declare variables: declare, typeset, local, export, readonly; and unset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.shell.builtin import Builtin, UsageError
from orchestrator.shell.builtins.arguments import Options
from orchestrator.shell.builtins.declaring import Declaration, Refused
from orchestrator.shell.builtins.showing import all_settings, declaration, with_flags
from orchestrator.shell.expand import lookup, unset_element
from orchestrator.shell.expand.errors import ExpansionError
from orchestrator.shell.expand.lookup import follow, split_subscript
from orchestrator.shell.expand.variable import (
    ARRAY,
    ASSOCIATIVE,
    CAPITAL,
    EXPORT,
    INDEXED,
    INTEGER,
    LOWER,
    NAMEREF,
    READONLY,
    TRACE,
    UPPER,
    IndexedArray,
)
from orchestrator.shell.syntax import is_name, print_node

if TYPE_CHECKING:
    from orchestrator.shell.frame import Function
    from orchestrator.shell.shell import Shell

FLAGS = {
    "a": INDEXED,
    "A": ASSOCIATIVE,
    "i": INTEGER,
    "l": LOWER,
    "u": UPPER,
    "c": CAPITAL,
    "n": NAMEREF,
    "r": READONLY,
    "t": TRACE,
    "x": EXPORT,
}
MARKS = {"r": "readonly", "t": "traced", "x": "exported"}
"""Attributes of functions, in the order in which they are shown."""
DECLARE_USAGE = "[-aAfFgiIlnrtux] [name[=value] ...] or {0} -p [-aAfFilnrtux] [name ...]"


def _flags(letters: list[str]) -> int:
    flags = 0
    for letter in letters:
        flags |= FLAGS.get(letter, 0)
    return flags


def _declare(shell: Shell, argv: list[str]) -> int:
    options = Options(argv, "aAfFgiIlnprtuxc", plus=True)
    if "f" in options or "F" in options:
        return _functions(shell, options)
    local = shell.function_frame() is not None and "g" not in options
    return _declare_all(shell, argv[0], options, local=local)


def _local(shell: Shell, argv: list[str]) -> int:
    if shell.function_frame() is None:
        shell.report("local: can only be used in a function")
        return 1
    words = [word for word in argv if word != "-"]
    options = Options(words, "aAgiIlnprtuxc", plus=True)
    if len(words) != len(argv):
        _save_options(shell)
        if not options.operands and not options.given:
            return 0
    if not options.operands:
        return _print_locals(shell)
    return _declare_all(shell, "local", options, local=True)


def _save_options(shell: Shell) -> None:
    """`local -`: the options come back when the function returns."""
    frame = shell.function_frame()
    if frame is not None and frame.options is None:
        frame.options = shell.options.copy()


def _print_locals(shell: Shell) -> int:
    frame = shell.function_frame()
    names = sorted(frame.shadowed or ()) if frame is not None else []
    for name in names:
        variable = shell.variables.get(name)
        if variable is not None:
            shell.output(declaration(name, variable))
    return 0


def _declare_all(shell: Shell, caller: str, options: Options, *, local: bool) -> int:
    flags = _flags(options.given)
    if not options.operands:
        return _print_all(shell, flags, named="p" in options)
    if "p" in options:
        return _print_named(shell, caller, options.operands)
    declared = Declaration(
        shell,
        caller,
        flags,
        _flags(options.removed),
        local=local,
        everywhere="g" in options,
        inherit="I" in options,
    )
    status = 0
    for word in options.operands:
        try:
            declared.apply(word)
        except Refused as error:
            shell.report(error.message)
            status = 1
    return status


def _print_all(shell: Shell, flags: int, *, named: bool) -> int:
    if not flags and not named:
        shell.output(all_settings(shell))
        return _print_functions(shell)
    for name in with_flags(shell, flags):
        shell.output(declaration(name, shell.variables[name]))
    return 0


def _print_marked(shell: Shell, word: str, flags: int) -> int:
    """`export -p`, `readonly -p`: as declarations, in POSIX mode as commands of that name."""
    for name in with_flags(shell, flags):
        line = declaration(name, shell.variables[name])
        if shell.options.posix:
            letters, _, rest = line.removeprefix("declare -").partition(" ")
            kind = "".join(letter for letter in letters if letter in "aA")
            line = f"{word} -{kind} {rest}" if kind else f"{word} {rest}"
        shell.output(line)
    return 0


def _print_functions(shell: Shell) -> int:
    for _, function in sorted(shell.functions.items()):
        shell.output(print_node(function.node) + "\n")
    return 0


def _print_named(shell: Shell, caller: str, names: list[str]) -> int:
    status = 0
    for name in names:
        variable = shell.variables.get(name)
        if variable is None:
            shell.report(f"{caller}: {name}: not found")
            status = 1
        else:
            shell.output(declaration(name, variable))
    return status


def _functions(shell: Shell, options: Options) -> int:
    names = options.operands or sorted(shell.functions)
    status = 0
    for name in names:
        if "=" in name and name not in shell.functions:
            shell.report("declare: cannot use `-f' to make functions")
            return 1
        function = shell.functions.get(name)
        if function is None:
            if "p" in options:
                shell.report(f"declare: {name}: not found")
            status = 1
        elif not _mark_function(shell, function, options):
            status = 1
    return status


def _mark_function(shell: Shell, function: Function, options: Options) -> bool:
    """Change the attributes of one function, or show it when none is named. Whether that was allowed."""
    chosen = [letter for letter in MARKS if letter in options or letter in options.removed]
    if not chosen or not options.operands:
        _show_function(shell, function, options)
        return True
    for letter in chosen:
        if letter == "r" and letter not in options:
            shell.report(f"declare: {function.name}: readonly function")
            return False
        setattr(function, MARKS[letter], letter in options)
    return True


def _show_function(shell: Shell, function: Function, options: Options) -> None:
    name = function.name
    if "F" not in options:
        shell.output(print_node(function.node) + "\n")
    elif not options.operands:
        shell.output(f"declare -f{_letters(function)} {name}\n")
    elif shell.options.extdebug:
        shell.output(f"{name} {function.node.pos.line} {function.source}\n")
    else:
        shell.output(f"{name}\n")


def _letters(function: Function) -> str:
    return "".join(letter for letter, mark in MARKS.items() if getattr(function, mark))


# --- export, readonly ---


def _export(shell: Shell, argv: list[str]) -> int:
    options = Options(argv, "aAfnp")
    if "f" in options:
        return _mark_functions(shell, "export", options, "exported", "n" not in options)
    if not options.operands:
        return _print_marked(shell, "export", EXPORT)
    removed = EXPORT if "n" in options else 0
    added = (
        0 if removed else EXPORT | _flags([letter for letter in options.given if letter in "aA"])
    )
    return _mark(shell, "export", options.operands, added, removed)


def _readonly(shell: Shell, argv: list[str]) -> int:
    options = Options(argv, "aAfnp")
    if "f" in options:
        return _mark_functions(shell, "readonly", options, "readonly", True)
    kind = _flags(options.given) & ARRAY
    if not options.operands:
        return _print_marked(shell, "readonly", READONLY | kind)
    flags = 0 if "n" in options else READONLY  # bash takes -n, and what is readonly stays so
    return _mark(shell, "readonly", options.operands, flags | kind, 0)


def _mark(shell: Shell, caller: str, words: list[str], flags: int, removed: int) -> int:
    marking = Declaration(shell, caller, flags, removed, local=False, keeps_scope=True)
    status = 0
    for word in words:
        try:
            marking.apply(word)
        except Refused as error:
            shell.report(error.message)
            status = 1
    return status


def _mark_functions(
    shell: Shell, caller: str, options: Options, attribute: str, value: bool
) -> int:
    status = 0
    for name in options.operands:
        function = shell.functions.get(name)
        if function is None:
            shell.report(f"{caller}: {name}: not a function")
            status = 1
        elif caller == "export" and ("=" in name or "/" in name):
            shell.report(f"export: {name}: cannot export")
            status = 1
        else:
            setattr(function, attribute, value)
    if not options.operands:
        for name, function in sorted(shell.functions.items()):
            if getattr(function, attribute):
                letter = "x" if attribute == "exported" else "r"
                shell.output(f"{print_node(function.node)}\ndeclare -f{letter} {name}\n")
    return status


# --- unset ---


def _unset(shell: Shell, argv: list[str]) -> int:
    options = Options(argv, "fnv")
    if "f" in options and "v" in options:
        raise UsageError(
            "cannot simultaneously unset a function and a variable", show_usage=False, status=1
        )
    status = 0
    for name in options.operands:
        if not _unset_one(shell, name, options):
            status = 1
    return status


def _unset_one(shell: Shell, name: str, options: Options) -> bool:
    if "f" in options:
        return _unset_function(shell, name)
    base, subscript = split_subscript(name)
    if subscript is not None:
        return _unset_element(shell, base, subscript)
    if not is_name(name):
        if "v" not in options and name in shell.functions:
            return _unset_function(shell, name)
        return True if "v" not in options else _bad_name(shell, name)
    variable = shell.variables.get(name)
    if variable is not None and variable.flags & NAMEREF and "n" not in options:
        target, inner = follow(shell, name)
        if inner is not None:
            return _unset_element(shell, target, inner)
        name, variable = target, lookup(shell, target)
    if variable is not None:
        if variable.flags & READONLY:
            shell.report(f"unset: {name}: cannot unset: readonly variable")
            return False
        shell.unset_variable(name)
        return True
    if "v" not in options and name in shell.functions:
        return _unset_function(shell, name)
    return True


def _bad_name(shell: Shell, name: str) -> bool:
    shell.report(f"unset: `{name}': not a valid identifier")
    return False


def _unset_function(shell: Shell, name: str) -> bool:
    function = shell.functions.get(name)
    if function is not None and function.readonly:
        shell.report(f"unset: {name}: cannot unset: readonly function")
        return False
    shell.functions.pop(name, None)
    return True


def _unset_element(shell: Shell, name: str, subscript: str) -> bool:
    if subscript in ("@", "*"):
        variable = lookup(shell, name)
        if variable is not None and isinstance(variable.value, IndexedArray):
            variable.store(IndexedArray())
            return True
    try:
        unset_element(shell, name, subscript)
    except ExpansionError as error:
        message = error.message
        if message.endswith(": bad array subscript"):  # bash does not name the array here
            message = message.removeprefix(name)
        shell.report(f"unset: {message}")
        return False
    return True


BUILTINS = (
    Builtin(
        "declare",
        _declare,
        "declare " + DECLARE_USAGE.format("declare"),
        "Set variable values and attributes.",
    ),
    Builtin(
        "typeset",
        _declare,
        "typeset "
        + DECLARE_USAGE.format("typeset").replace("[name[=value] ...]", "name[=value] ..."),
        "Set variable values and attributes.",
    ),
    Builtin("local", _local, "local [option] name[=value] ...", "Define local variables."),
    Builtin(
        "export",
        _export,
        "export [-fn] [name[=value] ...] or export -p",
        "Set export attribute for shell variables.",
        special=True,
    ),
    Builtin(
        "readonly",
        _readonly,
        "readonly [-aAf] [name[=value] ...] or readonly -p",
        "Mark shell variables as unchangeable.",
        special=True,
    ),
    Builtin(
        "unset",
        _unset,
        "unset [-f] [-v] [-n] [name ...]",
        "Unset values and attributes of shell variables and functions.",
        special=True,
    ),
)
