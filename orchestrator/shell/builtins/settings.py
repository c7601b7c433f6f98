"""Builtins that set the shell up: set, shopt, shift, getopts, let, enable."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from orchestrator.shell.builtin import Builtin, UsageError
from orchestrator.shell.builtins.arguments import Options, no_options, whole_number
from orchestrator.shell.builtins.historylist import load
from orchestrator.shell.builtins.showing import all_settings
from orchestrator.shell.control import Discard, ShellExit
from orchestrator.shell.expand import assign, evaluate
from orchestrator.shell.expand.errors import ExpansionError
from orchestrator.shell.expand.variable import EXPORT, HOOKED
from orchestrator.shell.options import SET_LETTERS, SET_NAMES, SHOPT_NAMES
from orchestrator.shell.restricted import refused
from orchestrator.shell.syntax import print_node

if TYPE_CHECKING:
    from orchestrator.shell.shell import Shell

SET_USAGE = "set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]"


# --- set ---


def _set(shell: Shell, argv: list[str]) -> int:
    words = argv[1:]
    if not words:
        shell.output(all_settings(shell))
        for _, function in sorted(shell.functions.items()):
            shell.output(print_node(function.node) + "\n")
        return 0
    at = 0
    while at < len(words):
        word = words[at]
        if word in ("--", "-"):
            if word == "-":
                _turn(shell, "xtrace", False)
                _turn(shell, "verbose", False)
            if word == "--" or words[at + 1 :]:
                shell.positional = words[at + 1 :]
            return 0
        if len(word) < 2 or word[0] not in "-+":
            break
        taken = _set_word(shell, word, words[at + 1 :])
        if taken < 0:
            return 0 if taken == -1 else 2 if taken == -2 else 1
        at += 1 + taken
    if words[at:]:
        shell.positional = words[at:]
    return 0


def _set_word(shell: Shell, word: str, following: list[str]) -> int:
    """Carry out `-eux` or `-o name`; return how many further words it took.

    -1: options were listed and that was all; -2: a usage error; -3: an unknown name.
    """
    on = word[0] == "-"
    taken = 0
    for letter in word[1:]:
        if letter == "o":
            if taken >= len(following):
                _list_set(shell, reusable=not on)
                return -1
            if not set_option(shell, following[taken], on):
                shell.report(f"set: {following[taken]}: invalid option name")
                return -2
            taken += 1
        elif letter == "r" and on:
            shell.options.restricted = True
        elif letter in SET_LETTERS and letter != "r":
            _turn(shell, SET_LETTERS[letter], on)
        else:
            shell.report(f"set: {word[0]}{letter}: invalid option")
            shell.error_text(f"set: usage: {SET_USAGE}\n")
            if shell.options.posix and not shell.interactive:
                raise ShellExit(2)
            return -2 if letter != "r" else -3
    return taken


def set_option(shell: Shell, name: str, on: bool) -> bool:
    """Turn a `set -o` option on or off; whether there is one of that name."""
    attribute = SET_NAMES.get(name)
    if attribute is None:
        return False
    _turn(shell, attribute, on)
    return True


def _read_history(shell: Shell) -> None:
    """Read the file of a history that has no entries of this session yet."""
    path = shell.text("HISTFILE")
    if path:
        with contextlib.suppress(OSError):
            load(shell, path)


def _turn(shell: Shell, attribute: str, on: bool) -> None:
    options = shell.options
    setattr(options, attribute, on)
    if attribute == "posix":
        _set_or_unset(shell, "POSIXLY_CORRECT", "y" if on else None)
        options.expand_aliases = options.expand_aliases or on
    elif attribute == "ignoreeof":
        _set_or_unset(shell, "IGNOREEOF", "10" if on else None)
    elif attribute == "noexec" and on and not shell.interactive:
        shell.options_changed()
        raise Discard(0)  # what follows on the line is not carried out either
    elif attribute.startswith("compat") and on:
        _set_or_unset(shell, "BASH_COMPAT", attribute[6:])
    elif attribute == "history" and on and shell.history_saved == shell.history_number:
        _read_history(shell)
    if attribute in ("vi", "emacs") and on:
        setattr(options, "emacs" if attribute == "vi" else "vi", False)
    if attribute == "allexport" and on:
        for variable in shell.variables.values():
            if not variable.flags & EXPORT:
                variable.flags |= HOOKED
    shell.options_changed()


def _set_or_unset(shell: Shell, name: str, value: str | None) -> None:
    """Keep the variable that stands for an option in step with it."""
    if value is None:
        shell.unset_variable(name)
    elif name not in shell.variables or name == "BASH_COMPAT":
        assign(shell, name, value)


def _list_set(shell: Shell, *, reusable: bool) -> None:
    for name, attribute in SET_NAMES.items():
        on = getattr(shell.options, attribute)
        if reusable:
            shell.output(f"set {'-' if on else '+'}o {name}\n")
        else:
            shell.output(f"{name:<15}\t{'on' if on else 'off'}\n")


def list_options(shell: Shell, words: list[str]) -> int:
    """`bash -o` and `bash +O` without a name list the options."""
    for word in words:
        if word[1] == "o":
            _list_set(shell, reusable=word[0] == "+")
        else:
            _shopt(shell, ["shopt", *(["-p"] if word[0] == "+" else [])])
    return 0


# --- shopt ---


def _shopt(shell: Shell, argv: list[str]) -> int:
    options = Options(argv, "pqsuo")
    if "s" in options and "u" in options:
        raise UsageError(
            "cannot set and unset shell options simultaneously", show_usage=False, status=1
        )
    if "o" in options:
        known = dict(SET_NAMES)
    else:
        known = {name: name for name in SHOPT_NAMES}
    if not options.operands:
        wanted = True if "s" in options else False if "u" in options else None
        _list_shopt(shell, known, wanted, options)
        return 0
    status = 0
    for name in options.operands:
        attribute = known.get(name)
        if attribute is None:
            kind = "option" if "o" in options else "shell option"
            shell.report(f"shopt: {name}: invalid {kind} name")
            status = 1
        elif "s" in options or "u" in options:
            _turn(shell, attribute, "s" in options)
        elif not _show_shopt(shell, name, attribute, options):
            status = 1
    return status


def _list_shopt(shell: Shell, known: dict[str, str], wanted: bool | None, options: Options) -> None:
    for name, attribute in known.items():
        if wanted is None or getattr(shell.options, attribute) is wanted:
            _show_shopt(shell, name, attribute, options)


def _show_shopt(shell: Shell, name: str, attribute: str, options: Options) -> bool:
    on = bool(getattr(shell.options, attribute))
    if "q" in options:
        return on
    if "p" in options:
        letter = "-s" if on else "-u"
        line = f"set {'-' if on else '+'}o {name}" if "o" in options else f"shopt {letter} {name}"
        shell.output(line + "\n")
    else:
        shell.output(f"{name:<15}\t{'on' if on else 'off'}\n")
    return on


# --- shift, let, enable ---


def _shift(shell: Shell, argv: list[str]) -> int:
    operands = no_options(argv) if argv[1:2] == ["--"] else argv[1:]
    count = 1
    if operands:
        number = whole_number(operands[0])
        if number is None:
            shell.report(f"shift: {operands[0]}: numeric argument required")
            return 1
        if len(operands) > 1:
            shell.report("shift: too many arguments")
            raise Discard(1)
        count = number
    if count < 0:
        shell.report(f"shift: {operands[0]}: shift count out of range")
        return 1
    if count > len(shell.positional):
        if shell.options.shift_verbose or shell.options.posix:
            shell.report(f"shift: {count}: shift count out of range")
        return 1
    shell.positional = shell.positional[count:]
    return 0


def _let(shell: Shell, argv: list[str]) -> int:
    words = argv[2:] if argv[1:2] == ["--"] else argv[1:]
    if not words:
        raise UsageError("expression expected", show_usage=False, status=1)
    value = 0
    for word in words:
        try:
            value = evaluate(shell, word)
        except ExpansionError as error:
            shell.report(f"let: {error.message}")
            return 1
    return 0 if value else 1


def _enable(shell: Shell, argv: list[str]) -> int:
    options = Options(argv, "adnpsf:")
    if not options.operands:
        for name in sorted(shell.all_builtins):
            on = name in shell.builtins
            special = shell.all_builtins[name].special
            if ("a" in options or on is ("n" not in options)) and (special or "s" not in options):
                shell.output(f"enable {'' if on else '-n '}{name}\n")
        return 0
    if ("f" in options or "d" in options) and refused(shell, "enable"):
        return 1
    if "f" in options:
        return _no_object(shell, options.values["f"])
    status = 0
    for name in options.operands:
        builtin = shell.all_builtins.get(name)
        if builtin is not None and "d" in options:
            shell.report(f"enable: {name}: not dynamically loaded")
            status = 1
        elif builtin is None:
            shell.report(f"enable: {name}: not a shell builtin")
            status = 1
        elif "n" in options:
            shell.builtins.pop(name, None)
        else:
            shell.builtins[name] = builtin
    return status


def _no_object(shell: Shell, path: str) -> int:
    """`enable -f`: there are no shared objects to load builtins from, whatever the file is."""
    what = "invalid ELF header" if shell.exists(path) else "No such file or directory"
    shell.report(
        f"enable: cannot open shared object {path}: {path}: "
        + ("" if shell.exists(path) else "cannot open shared object file: ")
        + what
    )
    return 1


BUILTINS = (
    Builtin(
        "set",
        _set,
        SET_USAGE,
        "Set or unset values of shell options and positional parameters.",
        special=True,
    ),
    Builtin("shopt", _shopt, "shopt [-pqsu] [-o] [optname ...]", "Set and unset shell options."),
    Builtin("shift", _shift, "shift [n]", "Shift positional parameters.", special=True),
    Builtin("let", _let, "let arg [arg ...]", "Evaluate arithmetic expressions."),
    Builtin(
        "enable",
        _enable,
        "enable [-a] [-dnps] [-f filename] [name ...]",
        "Enable and disable shell builtins.",
    ),
)
