"""The shell's own command line: `bash [options] [-c text [name [args]] | -s [args] | file [args]]`."""

from __future__ import annotations

from dataclasses import dataclass, field

from orchestrator.shell.options import SET_LETTERS, SET_NAMES, SHOPT_NAMES

LONG = frozenset(
    (
        *("help", "login", "noediting", "noprofile", "norc", "posix", "restricted", "verbose"),
        "version",
    )
)
LONG_WITH_VALUE = frozenset(("rcfile", "init-file"))


class InvocationError(Exception):
    """The command line is wrong: the message is printed, with the usage if it was an unknown option."""

    def __init__(self, message: str, status: int = 2, *, usage: bool = False) -> None:
        self.message = message
        self.status = status
        self.usage = usage
        super().__init__(message)


@dataclass(slots=True)
class Invocation:
    """What the command line asks for. `letters` are the option letters `$-` shows at its end (`c`, `s`)."""

    name: str = "bash"
    text: str | None = None
    script: str | None = None
    arguments: list[str] = field(default_factory=list)
    zero: str = ""
    interactive: bool = False
    from_stdin: bool = False
    login: bool = False
    posix: bool = False
    read_rc: bool = True
    read_profile: bool = True
    editing: bool = True
    restricted: bool = False
    lists: list[str] = field(default_factory=list)
    rc_file: str | None = None
    settings: dict[str, bool] = field(default_factory=dict)
    long: list[str] = field(default_factory=list)


def parse(argv: list[str]) -> Invocation:
    """Read a command line. Raises: InvocationError."""
    found = Invocation(zero=argv[0] if argv else "bash")
    found.login = found.zero.startswith("-")
    base = found.zero.rsplit("/", 1)[-1].lstrip("-")
    found.name = found.zero
    found.posix = base == "sh"
    found.restricted = base == "rbash"
    at = _long_options(argv, 1, found)
    wants_text = False
    while at < len(argv):
        word = argv[at]
        if word in ("-", "--"):
            at += 1
            break
        if len(word) < 2 or word[0] not in "-+":
            break
        at, text = _short_options(argv, at, found)
        wants_text = wants_text or text
    _operands(argv[at:], found, wants_text)
    return found


def _long_options(argv: list[str], at: int, found: Invocation) -> int:
    while at < len(argv) and argv[at].startswith("-") and len(argv[at]) > 2:
        name = argv[at].lstrip("-")
        if name in LONG_WITH_VALUE:
            if at + 1 >= len(argv):
                raise InvocationError(f"{name}: option requires an argument")
            found.rc_file = argv[at + 1]
            at += 2
        elif name in LONG:
            _long_option(name, found)
            at += 1
        elif argv[at].startswith("--"):
            raise InvocationError(f"{argv[at]}: invalid option", usage=True)
        else:
            break
    return at


def _long_option(name: str, found: Invocation) -> None:
    found.long.append(name)
    match name:
        case "login":
            found.login = True
        case "norc":
            found.read_rc = False
        case "noprofile":
            found.read_profile = False
        case "posix":
            found.posix = True
        case "verbose":
            found.settings["verbose"] = True
        case "restricted":
            found.restricted = True
        case "noediting":
            found.editing = False


def _short_options(argv: list[str], at: int, found: Invocation) -> tuple[int, bool]:
    """Read one word of letters; return where to go on, and whether `-c` was among them."""
    word = argv[at]
    on = word[0] == "-"
    wants_text = False
    following = at + 1
    for letter in word[1:]:
        if letter == "c" and on:
            wants_text = True
        elif letter == "i" and on:
            found.interactive = True
        elif letter == "l" and on:
            found.login = True
        elif letter == "s" and on:
            found.from_stdin = True
        elif letter in "oO":
            if following >= len(argv):
                found.lists.append(word[0] + letter)
                continue
            _named_option(argv[following], letter, on, found)
            following += 1
        elif letter in SET_LETTERS and letter != "r":
            found.settings[SET_LETTERS[letter]] = on
        elif letter == "r":
            found.restricted = on
        elif letter != "D":
            fatal = "errexit" in found.settings  # bash sees to that before it says how it is used
            raise InvocationError(
                f"{word[0]}{letter}: invalid option", 1 if fatal else 2, usage=not fatal
            )
    return following, wants_text


def _named_option(name: str, letter: str, on: bool, found: Invocation) -> None:
    if letter == "o":
        if name not in SET_NAMES:
            raise InvocationError(f"bash: {name}: invalid option name")
        found.settings[SET_NAMES[name]] = on
    else:
        if name not in SHOPT_NAMES:
            raise InvocationError(f"{name}: invalid shell option name")
        found.settings[name] = on


def _operands(words: list[str], found: Invocation, wants_text: bool) -> None:
    if wants_text:
        if not words:
            raise InvocationError("-c: option requires an argument")
        found.text, *rest = words
        if rest:
            found.zero, *found.arguments = rest
    elif found.from_stdin or not words:
        found.from_stdin = True
        found.arguments = words
    else:
        found.script, *found.arguments = words
        found.zero = found.script
