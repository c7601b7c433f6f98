"""clear(1), reset(1), tput(1): what a terminal understands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.kernel.termios import Termios
from orchestrator.tools.options import Parsed, Tool, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.kernel.system import System

_ESC = "\x1b"
_CSI = "\x1b["
# Capabilities of the terminals we run on, which all speak xterm's language (terminfo(5)).
_STRINGS = {
    "bel": "\a",
    "blink": f"{_CSI}5m",
    "bold": f"{_CSI}1m",
    "cbt": f"{_CSI}Z",
    "civis": f"{_CSI}?25l",
    "clear": f"{_CSI}H{_CSI}2J{_CSI}3J",
    "cnorm": f"{_CSI}?12l{_CSI}?25h",
    "cr": "\r",
    "cub1": "\b",
    "cud1": "\n",
    "cuf1": f"{_CSI}C",
    "cuu1": f"{_CSI}A",
    "cvvis": f"{_CSI}?12;25h",
    "dch1": f"{_CSI}P",
    "dim": f"{_CSI}2m",
    "dl1": f"{_CSI}M",
    "ed": f"{_CSI}J",
    "el": f"{_CSI}K",
    "el1": f"{_CSI}1K",
    "home": f"{_CSI}H",
    "ht": "\t",
    "il1": f"{_CSI}L",
    "ind": "\n",
    "invis": f"{_CSI}8m",
    "kbs": "\x7f",
    "kcub1": f"{_ESC}OD",
    "kcud1": f"{_ESC}OB",
    "kcuf1": f"{_ESC}OC",
    "kcuu1": f"{_ESC}OA",
    "kdch1": f"{_CSI}3~",
    "kend": f"{_ESC}OF",
    "khome": f"{_ESC}OH",
    "knp": f"{_CSI}6~",
    "kpp": f"{_CSI}5~",
    "op": f"{_CSI}39;49m",
    "rc": f"{_ESC}8",
    "rev": f"{_CSI}7m",
    "ri": f"{_ESC}M",
    "ritm": f"{_CSI}23m",
    "rmam": f"{_CSI}?7l",
    "rmcup": f"{_CSI}?1049l{_CSI}23;0;0t",
    "rmir": f"{_CSI}4l",
    "rmkx": f"{_CSI}?1l{_ESC}>",
    "rmso": f"{_CSI}27m",
    "rmul": f"{_CSI}24m",
    "sc": f"{_ESC}7",
    "sgr0": f"{_ESC}(B{_CSI}m",
    "sitm": f"{_CSI}3m",
    "smam": f"{_CSI}?7h",
    "smcup": f"{_CSI}?1049h{_CSI}22;0;0t",
    "smir": f"{_CSI}4h",
    "smkx": f"{_CSI}?1h{_ESC}=",
    "smso": f"{_CSI}7m",
    "smul": f"{_CSI}4m",
}
# With parameters; `+` is a parameter counted from one.
_WITH_PARAMETERS = {
    "cub": "{0}D",
    "cud": "{0}B",
    "cuf": "{0}C",
    "cup": "{0+};{1+}H",
    "cuu": "{0}A",
    "dch": "{0}P",
    "dl": "{0}M",
    "ech": "{0}X",
    "hpa": "{0+}G",
    "ich": "{0}@",
    "il": "{0}L",
    "csr": "{0+};{1+}r",
    "vpa": "{0+}d",
}
_FLAGS = frozenset({"am", "bce", "ccc", "km", "mc5i", "mir", "msgr", "npc", "xenl"})
_NOT_FLAGS = frozenset({"hs", "hc", "hz", "in", "da", "db", "eo", "os", "ul", "xt"})
_TERMINALS = ("xterm", "screen", "tmux", "linux", "vt100", "vt220", "ansi", "rxvt", "alacritty")
_RESET = f"{_ESC}c{_CSI}!p{_CSI}?3;4l{_CSI}4l{_ESC}>"
UNKNOWN_TERMINAL = 3
UNKNOWN_NAME = 4
BAD_USAGE = 2
_MOST_COMMANDS = 1 << 16


def _clear(system: System, parsed: Parsed) -> int:
    system.stdout.write(f"{_CSI}H{_CSI}2J" + ("" if parsed.has("x") else f"{_CSI}3J"))
    return 0


def _reset(system: System, parsed: Parsed) -> int:
    """Terminal and its settings as they were at first."""
    system.write(1, _RESET.encode())
    for fd in (0, 1, 2):
        if system.isatty(fd):
            system.tcsetattr(fd, Termios())
            return 0
    return 0


def _size(system: System) -> tuple[int, int]:
    """Rows and columns: of the terminal at hand, else of LINES and COLUMNS, else 24 by 80."""
    for fd in (2, 1, 0):
        if system.isatty(fd):
            size = system.winsize(fd)
            return size.rows, size.columns
    sizes = [system.env.get(name, "") for name in ("LINES", "COLUMNS")]
    rows, columns = (int(v) if v.isdigit() and 0 < int(v) < 10000 else 0 for v in sizes)
    return rows or 24, columns or 80


def _terminal(system: System, parsed: Parsed) -> str:
    name = parsed.last("T") or system.env.get("TERM", "")
    if not name:
        raise UsageError("No value for $TERM and no -T specified", hint=False)
    return name


def _tput(system: System, parsed: Parsed) -> int:
    terminal = _terminal(system, parsed)
    if terminal != "dumb" and not terminal.startswith(_TERMINALS):
        system.stderr.write(f'tput: unknown terminal "{terminal}"\n')
        return UNKNOWN_TERMINAL
    if parsed.has("S"):
        lines = _commands(system)
        return max(
            (_one(system, terminal, line.split()) for line in lines if line.split()), default=0
        )
    if not parsed.operands:
        raise UsageError("")
    return _one(system, terminal, parsed.operands)


def _commands(system: System) -> list[str]:
    """The lines of standard input, which is short."""
    data = b""
    while len(data) < _MOST_COMMANDS and (piece := system.read(0)):
        data += piece
    return data.decode("utf-8", "surrogateescape").splitlines()


def _one(system: System, terminal: str, words: Sequence[str]) -> int:
    name, *parameters = words
    if name in ("cols", "lines", "colors", "it", "longname"):
        system.stdout.write(_number(system, terminal, name))
        return 0
    if name in ("reset", "init"):
        system.stdout.write(_RESET if name == "reset" and terminal != "dumb" else "")
        return 0
    if name in _FLAGS | _NOT_FLAGS:
        return int(name not in _FLAGS or terminal == "dumb")
    if terminal == "dumb":
        plain = {"bel": "\a", "cr": "\r", "cud1": "\n", "ind": "\n"}
        if name in plain:
            system.stdout.write(plain[name])
            return 0
        known = name in _STRINGS or name in _WITH_PARAMETERS or name in ("setaf", "setab")
        return 1 if known else _unknown(system, name)
    text = _capability(terminal, name, parameters)
    if text is None:
        return _unknown(system, name)
    system.stdout.write(text)
    return 0


def _unknown(system: System, name: str) -> int:
    system.stderr.write(f"tput: unknown terminfo capability '{name}'\n")
    return UNKNOWN_NAME


def _number(system: System, terminal: str, name: str) -> str:
    rows, columns = _size(system)
    if name == "longname":
        return {"xterm-256color": "xterm with 256 colors"}.get(terminal, terminal)
    numbers = {"cols": columns, "lines": rows, "colors": _colours(terminal), "it": 8}
    return f"{numbers[name]}\n"


def _colours(terminal: str) -> int:
    if "256" in terminal or "direct" in terminal:
        return 256
    return -1 if terminal in ("dumb", "vt100", "vt220") else 8


def _capability(terminal: str, name: str, parameters: list[str]) -> str | None:
    numbers = [int(p) if p.isdigit() else 0 for p in parameters] + [0, 0]
    if name in _STRINGS:
        return _STRINGS[name]
    if name in ("setaf", "setab"):
        return _colour(_colours(terminal), numbers[0], 30 if name == "setaf" else 40)
    if name not in _WITH_PARAMETERS:
        return None
    text = _WITH_PARAMETERS[name]
    for index, number in enumerate(numbers[:2]):
        text = text.replace(f"{{{index}}}", str(number)).replace(f"{{{index}+}}", str(number + 1))
    return _CSI + text


def _colour(count: int, number: int, first: int) -> str:
    if number < 8 or count < 256:
        return f"{_CSI}{first + number % 10}m"
    if number < 16:
        return f"{_CSI}{first + 60 + number - 8}m"
    return f"{_CSI}{first + 8};5;{number}m"


class _TputTool(Tool):
    """tput's own usage."""

    __slots__ = ()

    def complain(self, system: System, error: UsageError) -> None:
        """The words, then the usage if asked for."""
        if str(error):
            system.stderr.write(f"tput: {error}\n")
        if error.hint:
            system.stderr.write(f"Usage: {self.usage}\n")


CLEAR = Tool("clear", "Clear the screen.", "clear [-x]", _clear, "xT:")
RESET = Tool("reset", "Bring the terminal back to order.", "reset", _reset, "cIqQrsVw")
TPUT = _TputTool(
    "tput",
    "Print what makes the terminal do something.",
    "tput [-S] [-T TERM] [command]",
    _tput,
    "ST:x",
    permute=False,
    bad_usage=BAD_USAGE,
)
