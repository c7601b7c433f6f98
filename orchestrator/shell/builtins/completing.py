"""`complete`, `compgen` and `compopt`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.shell.builtin import Builtin, UsageError
from orchestrator.shell.builtins.arguments import Options
from orchestrator.shell.compspec import ACTIONS, LETTERS, OPTIONS, Place, Spec, generate

if TYPE_CHECKING:
    from orchestrator.shell.shell import Shell

_SPEC_OPTIONS = "abcdefgjksuvo:A:G:W:F:C:X:P:S:"
_FALLBACKS = {"-D": "_DefaultCmD_", "-E": "_EmptycmD_", "-I": "_InitialWorD_"}
_EVERYWHERE = {"D": "-D", "E": "-E", "I": "-I"}


def _spec(shell: Shell, caller: str, argv: list[str], options: Options) -> Spec | None:
    """Return what the options describe; None (with a message) when they are wrong."""
    spec = Spec()
    for letter, action in LETTERS.items():
        if letter in options:
            spec.actions.append(action)
    for letter, value in _values(argv, options):
        if letter == "A":
            if value not in ACTIONS:
                shell.report(f"{caller}: {value}: invalid action name")
                return None
            spec.actions.append(value)
        elif letter == "o":
            if value not in OPTIONS:
                shell.report(f"{caller}: {value}: invalid option name")
                return None
            spec.options.add(value)
    spec.glob, spec.words = options.values.get("G"), options.values.get("W")
    spec.function, spec.command = options.values.get("F"), options.values.get("C")
    spec.pattern = options.values.get("X")
    spec.prefix, spec.suffix = options.values.get("P", ""), options.values.get("S", "")
    return spec


def _values(argv: list[str], options: Options) -> list[tuple[str, str]]:
    """Return every argument of `-A` and `-o`, which may be given several times."""
    found = []
    for at, word in enumerate(argv[:-1]):
        if word in ("-A", "-o"):
            found.append((word[1], argv[at + 1]))
    for letter in "Ao":
        if letter in options and not any(known == letter for known, _ in found):
            found.append((letter, options.values[letter]))
    return found


def _compgen(shell: Shell, argv: list[str]) -> int:
    options = Options(argv, _SPEC_OPTIONS)
    spec = _spec(shell, "compgen", argv, options)
    if spec is None:
        return 2
    if len(argv) == 1:
        return 0
    word = options.operands[0] if options.operands else ""
    for letter in "FC":
        if letter in options:
            shell.report(f"compgen: warning: -{letter} option may not work as you expect")
    found = generate(shell, spec, Place(["compgen", word], 1, f"compgen {word}", is_test=True))
    if not found and "dirnames" in spec.options:
        found = ACTIONS["directory"](shell, word)
    if not found and "default" in spec.options:
        found = ACTIONS["file"](shell, word)
    if "plusdirs" in spec.options:
        found += ACTIONS["directory"](shell, word)
    shell.output("".join(name + "\n" for name in found))
    return 0 if found else 1


def _complete(shell: Shell, argv: list[str]) -> int:
    options = Options(argv, _SPEC_OPTIONS + "prDEI")
    names = options.operands + [_EVERYWHERE[letter] for letter in "DEI" if letter in options]
    if "r" in options:
        return _forget(shell, names)
    if "p" in options or len(argv) == 1:
        return _print(shell, names)
    if not names:
        raise UsageError("", show_usage=True)
    spec = _spec(shell, "complete", argv, options)
    if spec is None:
        return 2
    for name in names:
        shell.completions[name] = spec
    return 0


def _forget(shell: Shell, names: list[str]) -> int:
    if not names or not shell.completions:
        shell.completions.clear()
        return 0
    status = 0
    for name in names:
        if shell.completions.pop(name, None) is None:
            shell.report(f"complete: {name}: no completion specification")
            status = 1
    return status


def _print(shell: Shell, names: list[str]) -> int:
    status = 0
    for name in names or list(shell.completions):
        spec = shell.completions.get(name)
        if spec is None:
            shell.report(f"complete: {name}: no completion specification")
            status = 1
        else:
            shell.output(spec.text(name) + "\n")
    return status


def _compopt(shell: Shell, argv: list[str]) -> int:
    """Change the options of a specification; without a name, of the one that is being asked."""
    names: list[str] = []
    changes: list[tuple[bool, str]] = []
    at = 1
    while at < len(argv):
        word = argv[at]
        if word in ("-o", "+o"):
            at += 1
            if at >= len(argv):
                raise UsageError(f"{word}: option requires an argument")
            if argv[at] not in OPTIONS:
                shell.report(f"compopt: {argv[at]}: invalid option name")
                return 2
            changes.append((word[0] == "-", argv[at]))
        elif word in _FALLBACKS:
            names.append(word)
        elif word[:1] in ("-", "+") and len(word) > 1:
            raise UsageError(f"{word[:2]}: invalid option")
        else:
            names += argv[at:]
            break
        at += 1
    return _change_named(shell, names, changes)


def _change_named(shell: Shell, names: list[str], changes: list[tuple[bool, str]]) -> int:
    if not names:
        if shell.completing is None:
            shell.report("compopt: not currently executing completion function")
            return 1
        return _change(shell, "", shell.completing, changes)
    for name in names:
        spec = shell.completions.get(name)
        if spec is None:
            shown = _FALLBACKS.get(name, name)
            shell.report(f"compopt: {shown}: no completion specification")
            return 1
        _change(shell, name, spec, changes)
    return 0


def _change(shell: Shell, command: str, spec: Spec, changes: list[tuple[bool, str]]) -> int:
    """Change options, or show them when there is nothing to change."""
    for on, name in changes:
        (spec.options.add if on else spec.options.discard)(name)
    if not changes:
        order = sorted(OPTIONS)
        words = [f"{'-' if option in spec.options else '+'}o {option}" for option in order]
        shell.output(" ".join(["compopt", *words, command]).rstrip() + "\n")
    return 0


BUILTINS = (
    Builtin(
        "compgen",
        _compgen,
        "compgen [-abcdefgjksuv] [-o option] [-A action] [-G globpat] [-W wordlist] [-F function] "
        "[-C command] [-X filterpat] [-P prefix] [-S suffix] [word]",
        "Display possible completions depending on the options.",
    ),
    Builtin(
        "complete",
        _complete,
        "complete [-abcdefgjksuv] [-pr] [-DEI] [-o option] [-A action] [-G globpat] [-W wordlist] "
        "[-F function] [-C command] [-X filterpat] [-P prefix] [-S suffix] [name ...]",
        "Specify how arguments are to be completed by Readline.",
    ),
    Builtin(
        "compopt",
        _compopt,
        "compopt [-o|+o option] [-DEI] [name ...]",
        "Modify or display completion options.",
    ),
)
