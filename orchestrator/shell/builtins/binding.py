"""`bind`: the keys of the line editor and its settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.shell.builtin import Builtin
from orchestrator.shell.builtins.arguments import Options
from orchestrator.shell.interactive_inputrc import (
    InputrcError,
    apply_line,
    keymap_of,
    read_inputrc,
    split_binding,
)
from orchestrator.shell.interactive_keymap import NAMES, Bound

if TYPE_CHECKING:
    from orchestrator.shell.interactive_keymap import Keymap
    from orchestrator.shell.shell import Shell

KEYMAPS = (
    *("emacs", "emacs-standard", "emacs-meta", "emacs-ctlx", "vi", "vi-move", "vi-command"),
    "vi-insert",
)


def _bind(shell: Shell, argv: list[str]) -> int:
    options = Options(argv, "lvpVPsSXf:q:u:m:r:x:")
    if not shell.interactive:
        shell.report("bind: warning: line editing not enabled")
    if "m" in options and options.values["m"] not in KEYMAPS:
        shell.report(f"bind: `{options.values['m']}': invalid keymap name")
        return 1
    keymap = keymap_of(shell)
    for letter in "lpPsSvVX":
        if letter in options:
            shell.output(_LISTINGS[letter](keymap))
    status = 0
    for letter in "fqurx":
        if letter in options and not _one(shell, keymap, letter, options.values[letter]):
            status = 1
    for text in options.operands:
        try:
            apply_line(shell, text)
        except InputrcError as error:
            shell.report(f"bind: {error}")
            status = 1
    return status


def _one(shell: Shell, keymap: Keymap, letter: str, value: str) -> bool:
    """Carry out an option that has an argument; whether it could be."""
    if letter == "f":
        if not read_inputrc(shell, value):
            shell.report(f"bind: {value}: cannot read: No such file or directory")
            return False
        return True
    if letter == "r":
        keymap.unbind(value)
        return True
    if letter == "x":
        return _bind_command(shell, keymap, value)
    if value not in NAMES:
        shell.report(f"bind: `{value}': unknown function name")
        return False
    sequences = keymap.sequences(value)
    if letter == "q":
        shell.output(_query(value, sequences))
        return bool(sequences)
    for sequence in sequences:
        keymap.unbind(sequence)
    return True


def _query(name: str, sequences: list[str]) -> str:
    if not sequences:
        return f"{name} is not bound to any keys.\n"
    shown = ", ".join(f'"{sequence}"' for sequence in sequences[:5])
    return f"{name} can be invoked via {shown}{', ...' if len(sequences) > 5 else '.'}\n"


def _bind_command(shell: Shell, keymap: Keymap, text: str) -> bool:
    try:
        sequence, command = split_binding(text)
    except InputrcError:
        shell.report(f"bind: {text}: first non-whitespace character is not `\"'")
        return False
    if len(command) > 1 and command[0] == command[-1] and command[0] in "'\"":
        command = command[1:-1]
    keymap.bind(sequence, Bound(sequence, command=command))
    return True


# --- listings ---


def _functions(keymap: Keymap) -> str:
    return "".join(f"{name}\n" for name in NAMES)


def _bindings(keymap: Keymap) -> str:
    lines = []
    for name in NAMES:
        sequences = keymap.sequences(name)
        lines += [f'"{sequence}": {name}\n' for sequence in sequences]
        if not sequences:
            lines.append(f"# {name} (not bound)\n")
    return "\n" + "".join(lines)


def _described(keymap: Keymap) -> str:
    lines = []
    for name in NAMES:
        sequences = keymap.sequences(name)
        shown = ", ".join(f'"{sequence}"' for sequence in sequences[:5])
        tail = ", ..." if len(sequences) > 5 else "."
        lines.append(
            f"{name} can be found on {shown}{tail}\n"
            if sequences
            else f"{name} is not bound to any keys\n"
        )
    return "\n" + "".join(lines)


def _macros(keymap: Keymap, form: str) -> str:
    found = sorted((b.sequence, b.macro) for b in keymap.bindings.values() if b.macro is not None)
    return "".join(form.format(sequence, _shown(macro)) for sequence, macro in found)


def _shown(macro: str) -> str:
    """Return a macro's keys as they are written."""
    names = {"\x1b": "\\e", '"': '\\"', "\\": "\\\\", "\x7f": "\\C-?"}
    return "".join(
        names.get(char) or (f"\\C-{chr(ord(char) + 96)}" if char < " " else char) for char in macro
    )


def _commands(keymap: Keymap) -> str:
    found = sorted(
        (b.sequence, b.command) for b in keymap.bindings.values() if b.command is not None
    )
    return "".join(f'"{sequence}" "{command}"\n' for sequence, command in found)


_LISTINGS = {
    "l": _functions,
    "p": _bindings,
    "P": _described,
    "s": lambda keymap: _macros(keymap, '"{}": "{}"\n'),
    "S": lambda keymap: _macros(keymap, "{} outputs {}\n"),
    "v": lambda keymap: "".join(f"set {k} {v}\n" for k, v in sorted(keymap.settings.items())),
    "V": lambda keymap: "".join(
        f"{k} is set to `{v}'\n" for k, v in sorted(keymap.settings.items())
    ),
    "X": _commands,
}

BUILTINS = (
    Builtin(
        "bind",
        _bind,
        "bind [-lpsvPSVX] [-m keymap] [-f filename] [-q name] [-u name] [-r keyseq] "
        "[-x keyseq:shell-command] [keyseq:readline-function or readline-command]",
        "Set Readline key bindings and variables.",
    ),
)
