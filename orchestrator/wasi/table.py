"""The reference table of all calls, as Markdown, made from the table of calls and their docstrings.

Above: build and tests, which keep docs/syscalls.md equal to it. Below: calls.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable

from orchestrator.wasi.abi import ERRNO, EXTENSION, PREVIEW1
from orchestrator.wasi.call import Call, Param
from orchestrator.wasi.calls import CALLS

_HEAD = """\
# System calls

What a WebAssembly program can import, generated from the code by `orchestrator.wasi.table`; do not
edit. Anything else a module asks for is refused before it runs.

A call returns an errno of WASI preview1, 0 for success, unless the table says otherwise. The names
of errnos are those a C program sees; a pointer or length outside the guest's memory is EFAULT.
Every call that takes a path may also answer
{paths}.

In the types `i` is i32 and `I` is i64. A parameter marked `→` is where a result is written; `path`,
`iovecs`, `ciovecs`, `buffer` and `dirents` are a pointer and a length.
"""
_SECTIONS = (
    (
        PREVIEW1,
        "All 46 functions of preview1. What differs from the specification is marked *Deviation*.",
    ),
    (
        EXTENSION,
        "Version 1 of the extension. `yield` and `memory_guard` are not for programs: the rewriter "
        "adds them to every module.",
    ),
)
PATH_ERRNOS = (
    *("EBADF", "ENOTDIR", "ENOENT", "EACCES", "ELOOP", "ENAMETOOLONG"),
    *("EILSEQ", "EINVAL", "EPERM", "EFAULT", "ENOTCAPABLE"),
)
"""How a path can be wrong: its fd, its text, or where it leads (EPERM: out of the fd)."""
_COLUMNS = "| call | parameters | type | what it does | errnos |\n|---|---|---|---|---|"
_SYMBOL = re.compile(r"\bE[A-Z0-9]{2,}\b")


def markdown() -> str:
    """Return the whole document, ending with a newline."""
    parts = [_HEAD.format(paths=", ".join(PATH_ERRNOS[:-1]) + " and " + PATH_ERRNOS[-1])]
    for module, about in _SECTIONS:
        rows = "\n".join(_row(call) for call in CALLS.values() if call.module == module)
        parts.append(f"## Module `{module}`\n\n{about}\n\n{_COLUMNS}\n{rows}\n")
    return "\n".join(parts)


def errnos(call: Call) -> list[str]:
    """Return the symbols that the `Raises` section of the call's docstring names, in its order.

    A section that says `as` another call includes what that one names.
    """
    section = _paragraph(_doc(call), "Raises:")
    found = list(dict.fromkeys(_SYMBOL.findall(section)))
    for other in re.findall(r"as `(\w+)`", section):
        for module in (PREVIEW1, EXTENSION):
            if (module, other) in CALLS:
                found += errnos(CALLS[module, other])
    return [symbol for symbol in dict.fromkeys(found) if symbol in ERRNO]


def _row(call: Call) -> str:
    cells = (
        f"`{call.name}`",
        ", ".join(_parameter(param) for param in call.params) or "none",
        f"`{call.signature}`",
        _about(call),
        " ".join(errnos(call)) or "none",
    )
    return "| " + " | ".join(cells) + " |"


def _parameter(param: Param) -> str:
    kind = param.kind.removeprefix("=")
    arrow = "→ " if param.kind.startswith("=") else ""
    return f"{param.name}: {arrow}{kind}"


def _about(call: Call) -> str:
    """Return the first paragraph of the docstring, and its deviation if it names one."""
    text = _doc(call)
    about = _joined(text.split("\n\n", 1)[0].splitlines())
    deviation = re.search(r"Deviation: (.+?)(?:\n\n|$)", text, re.DOTALL)
    if deviation:
        about += f" *Deviation*: {_joined(deviation[1].splitlines())}"
    return about.replace("|", "\\|")


def _paragraph(text: str, start: str) -> str:
    _, _, rest = text.partition(start)
    return rest.split("\n\n", 1)[0]


def _joined(lines: Iterable[str]) -> str:
    return " ".join(line.strip() for line in lines)


def _doc(call: Call) -> str:
    return inspect.getdoc(call.function) or ""


if __name__ == "__main__":
    print(markdown(), end="")
