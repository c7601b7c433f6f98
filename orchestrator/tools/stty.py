"""stty(1): the settings of the terminal."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from orchestrator.kernel.termios import Termios
from orchestrator.tools.options import Parsed, Tool, UsageError, quote
from vfs.errors import text
from vfs.inode import OpenFlags

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.kernel.system import System

# What stty calls a flag, and the field of Termios; in the order of `stty -a`. No field: it is always so here.
_INPUT: tuple[tuple[str, str | bool], ...] = (
    *(("ignbrk", False), ("brkint", False), ("ignpar", False), ("parmrk", False), ("inpck", False)),
    *(("istrip", False), ("inlcr", "nl_to_cr"), ("igncr", "ignore_cr"), ("icrnl", "cr_to_nl")),
    *(("ixon", "flow"), ("ixoff", False), ("iuclc", False), ("ixany", False), ("imaxbel", False)),
    ("iutf8", True),
)
_OUTPUT: tuple[tuple[str, str | bool], ...] = (
    *(("opost", "post"), ("olcuc", False), ("ocrnl", False), ("onlcr", "nl_to_crnl")),
    *(("onocr", False), ("onlret", False), ("ofill", False), ("ofdel", False)),
)
_LOCAL: tuple[tuple[str, str | bool], ...] = (
    *(("isig", "signals"), ("icanon", "canonical"), ("iexten", "extended"), ("echo", "echo")),
    *(("echoe", "echo_erase"), ("echok", "echo_erase"), ("echonl", False), ("noflsh", False)),
    *(("xcase", False), ("tostop", "stop_background"), ("echoprt", False)),
    *(("echoctl", "echo_control"), ("echoke", "echo_erase"), ("flusho", False), ("extproc", False)),
)
_FLAGS = dict((*_INPUT, *_OUTPUT, *_LOCAL))
_CHARACTERS = {
    "intr": "intr",
    "quit": "quit",
    "erase": "erase",
    "kill": "kill",
    "eof": "eof",
    "eol": "eol",
    "start": "start",
    "stop": "stop",
    "susp": "susp",
    "rprnt": "reprint",
    "werase": "werase",
    "lnext": "lnext",
}
_SHOWN = ("intr", "quit", "erase", "kill", "eof", "eol", "start", "stop", "susp", "rprnt")
_WIDTH = 80


def _key(value: int) -> str:
    if value == 0:
        return "<undef>"
    if value < 32 or value == 127:
        return f"^{chr(value ^ 64)}"
    return chr(value)


def _parse_key(word: str) -> int:
    """`^C`, `undef`, a number, or the character itself. Raises UsageError."""
    if word in ("^-", "undef", ""):
        return 0
    if word == "^?":
        return 127
    if len(word) == 2 and word[0] == "^":
        return ord(word[1].upper()) & 0x1F
    if word.isdigit() and len(word) > 1:
        value = int(word, 8 if word.startswith("0") else 10)
        if value > 255:
            raise UsageError(f"invalid integer argument: {quote(word)}", hint=False)
        return value
    if len(word.encode()) != 1:
        raise UsageError(f"invalid integer argument: {quote(word)}")
    return ord(word)


def _state(termios: Termios, flag: str | bool) -> bool:
    return flag if isinstance(flag, bool) else bool(getattr(termios, flag))


def _wrapped(words: Sequence[str], between: str) -> list[str]:
    lines, line = [], ""
    for word in words:
        joined = f"{line}{between}{word}" if line else word
        if line and len(joined) >= _WIDTH:
            lines.append(line)
            joined = word
        line = joined
    return [*lines, line] if line else lines


def _all(system: System, fd: int, termios: Termios) -> list[str]:
    """The lines of `stty -a`."""
    size = system.winsize(fd)
    first = f"speed 38400 baud; rows {size.rows}; columns {size.columns}; line = 0;"
    keys = [f"{name} = {_key(getattr(termios, _CHARACTERS[name]))};" for name in _SHOWN]
    keys += [f"{name} = {_key(getattr(termios, name))};" for name in ("werase", "lnext")]
    keys += [f"min = {termios.minimum};", "time = 0;"]
    lines = [first, *_wrapped(keys, " ")]
    for group in (_INPUT, _OUTPUT, _LOCAL):
        words = [name if _state(termios, flag) else f"-{name}" for name, flag in group]
        lines += _wrapped(words, " ")
    return lines


def _changed(termios: Termios) -> list[str]:
    """The lines of plain `stty`: what is not as it usually is."""
    usual = Termios()
    keys = [
        f"{name} = {_key(getattr(termios, field))};"
        for name, field in _CHARACTERS.items()
        if getattr(termios, field) != getattr(usual, field)
    ]
    flags = [
        name if _state(termios, flag) else f"-{name}"
        for name, flag in _FLAGS.items()
        if _state(termios, flag) != _state(usual, flag)
    ]
    return ["speed 38400 baud; line = 0;", *_wrapped(keys, " "), *_wrapped(flags, " ")]


def _saved(termios: Termios) -> str:
    """The settings as `stty -g` gives them; no other program reads them."""
    return ":".join(f"{int(getattr(termios, f.name)):x}" for f in fields(Termios))


def _restored(word: str) -> Termios | None:
    """The settings of a word of `stty -g`."""
    parts = word.split(":")
    known = fields(Termios)
    digits = set("0123456789abcdef")
    if len(parts) != len(known) or not all(p and len(p) < 3 and set(p) <= digits for p in parts):
        return None
    usual = Termios()
    values = {
        f.name: bool(int(part, 16)) if isinstance(getattr(usual, f.name), bool) else int(part, 16)
        for f, part in zip(known, parts, strict=True)
    }
    return Termios(**values)  # type: ignore[arg-type]


class _Settings:
    """Applies the words of a command line, one after the other."""

    def __init__(self, system: System, fd: int) -> None:
        self._system = system
        self._fd = fd
        self.termios = system.tcgetattr(fd)

    def apply(self, words: list[str]) -> None:
        """Raises UsageError for what is no setting."""
        while words:
            word = words.pop(0)
            if word in _CHARACTERS:
                value = _parse_key(self._argument(word, words))
                change: dict[str, Any] = {_CHARACTERS[word]: value}
                self.termios = replace(self.termios, **change)
            elif word in ("min", "time", "rows", "cols", "columns", "ispeed", "ospeed", "line"):
                self._number(word, self._argument(word, words))
            elif not self._show(word) and not self._mode(word):
                self._flag(word)

    def _argument(self, word: str, words: list[str]) -> str:
        if not words:
            raise UsageError(f"missing argument to {quote(word)}")
        return words.pop(0)

    def _number(self, word: str, value: str) -> None:
        if not value.isdigit():
            raise UsageError(f"invalid integer argument: {quote(value)}")
        number = min(int(value), 4096)
        size = self._system.winsize(self._fd)
        if word == "min":
            self.termios = replace(self.termios, minimum=min(number, 255))
        elif word == "rows":
            self._system.tty(self._fd).resize(number, size.columns)
        elif word in ("cols", "columns"):
            self._system.tty(self._fd).resize(size.rows, number)

    def _show(self, word: str) -> bool:
        write = self._system.stdout.write
        if word == "size":
            size = self._system.winsize(self._fd)
            write(f"{size.rows} {size.columns}\n")
        elif word == "speed":
            write("38400\n")
        return word in ("size", "speed")

    def _mode(self, word: str) -> bool:
        """The combinations: `raw`, `sane`, `cbreak` ..."""
        now = self.termios
        if word in ("raw", "-cooked"):
            self.termios = replace(
                now, canonical=False, signals=False, cr_to_nl=False, flow=False, post=False
            )
        elif word in ("cooked", "-raw"):
            self.termios = replace(
                now, canonical=True, signals=True, cr_to_nl=True, flow=True, post=True
            )
        elif word in ("cbreak", "-icanon"):
            self.termios = replace(now, canonical=False)
        elif word in ("-cbreak", "icanon"):
            self.termios = replace(now, canonical=True)
        elif word == "sane":
            self.termios = Termios()
        elif word == "ek":
            self.termios = replace(now, erase=127, kill=21)
        elif word in ("nl", "-nl"):
            self.termios = replace(now, cr_to_nl=word == "-nl", nl_to_crnl=word == "-nl")
        else:
            restored = _restored(word)
            self.termios = restored or now
            return restored is not None
        return True

    def _flag(self, word: str) -> None:
        name, wanted = word.removeprefix("-"), not word.startswith("-")
        flag = _FLAGS.get({"crterase": "echoe", "ctlecho": "echoctl"}.get(name, name))
        if flag is None:
            raise UsageError(f"invalid argument {quote(word)}")
        if isinstance(flag, bool):
            if flag != wanted:
                raise UsageError(f"{quote(word)}: this terminal cannot do that", hint=False)
        else:
            self.termios = replace(self.termios, **{flag: wanted})


class _SttyTool(Tool):
    """Settings begin with a minus, so only the first words are read as options."""

    __slots__ = ()

    def main(self, system: System) -> int:
        """Run as a process's program."""
        words = list(system.argv[1:])
        options = []
        while words and (words[0] in ("-a", "-g", "--all", "--save", "--help", "--version")):
            options.append(words.pop(0))
        if words and words[0] in ("-F", "--file") and len(words) > 1:
            options += ["-F", words[1]]
            del words[:2]
            while words and words[0] in ("-a", "-g"):
                options.append(words.pop(0))
        elif words and words[0].startswith(("-F", "--file=")):
            options.append(words.pop(0))
        system.process.argv = (system.argv[0], *options, "--", *words)
        return Tool.main(self, system)


def _stty(system: System, parsed: Parsed) -> int:
    fd, name = _terminal(system, parsed)
    try:
        now = system.tcgetattr(fd)
    except OSError as error:
        raise UsageError(f"{name}: {text(error)}", hint=False) from None
    everything, save = parsed.has("a", "all"), parsed.has("g", "save")
    if everything and save:
        words = "the options for verbose and stty-readable output styles are\nmutually exclusive"
        raise UsageError(words, hint=False)
    if (everything or save) and parsed.operands:
        raise UsageError("when specifying an output style, modes may not be set", hint=False)
    if save:
        system.stdout.write(f"{_saved(now)}\n")
    elif everything or not parsed.operands:
        lines = _all(system, fd, now) if everything else _changed(now)
        system.stdout.write("".join(f"{line}\n" for line in lines))
    else:
        settings = _Settings(system, fd)
        settings.apply(list(parsed.operands))
        system.flush()
        if settings.termios != now:
            system.tcsetattr(fd, settings.termios)
    return 0


def _terminal(system: System, parsed: Parsed) -> tuple[int, str]:
    path = parsed.last("F", "file")
    if path is None:
        return 0, "'standard input'"
    try:
        return system.open(path, OpenFlags.READ | OpenFlags.NONBLOCK), path
    except OSError as error:
        raise UsageError(f"{path}: {text(error)}", hint=False) from None


STTY = _SttyTool(
    "stty",
    "Show or change the settings of the terminal.",
    "stty [-F DEVICE] [SETTING]...\n  or:  stty [-F DEVICE] -a\n  or:  stty [-F DEVICE] -g",
    _stty,
    "agF:",
    ("all", "save", "file="),
)
