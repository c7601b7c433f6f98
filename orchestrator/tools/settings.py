"""getconf(1), locale(1): the fixed facts of the system."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.tools.options import Parsed, Tool, UsageError, quote
from orchestrator.tools.processes import total_memory

if TYPE_CHECKING:
    from orchestrator.kernel.system import System

_PAGE = 4096
_CATEGORIES = (
    *("CTYPE", "NUMERIC", "TIME", "COLLATE", "MONETARY", "MESSAGES", "PAPER", "NAME", "ADDRESS"),
    *("TELEPHONE", "MEASUREMENT", "IDENTIFICATION"),
)


def _facts(system: System) -> dict[str, object]:
    limits, kernel = system.process.limits, system.kernel
    total = total_memory(kernel)
    return {
        "ARG_MAX": limits.arguments,
        "CHAR_BIT": 8,
        "CHILD_MAX": kernel.limits.processes,
        "CLK_TCK": 100,
        "HOST_NAME_MAX": 64,
        "INT_MAX": (1 << 31) - 1,
        "INT_MIN": -(1 << 31),
        "LINE_MAX": 2048,
        "LINK_MAX": 65000,
        "LOGIN_NAME_MAX": 256,
        "LONG_BIT": 32,
        "NAME_MAX": 255,
        "OPEN_MAX": limits.fds,
        "PAGESIZE": _PAGE,
        "PAGE_SIZE": _PAGE,
        "PATH": "/bin:/usr/bin",
        "PATH_MAX": 4096,
        "PIPE_BUF": 4096,
        "SYMLOOP_MAX": 40,
        "UINT_MAX": (1 << 32) - 1,
        "WORD_BIT": 32,
        "_AVPHYS_PAGES": max(0, total - kernel.memory) // _PAGE,
        "_NPROCESSORS_CONF": 1,
        "_NPROCESSORS_ONLN": 1,
        "_PHYS_PAGES": total // _PAGE,
        "_POSIX_VERSION": 200809,
    }


def _getconf(system: System, parsed: Parsed) -> int:
    facts = _facts(system)
    if parsed.has("a"):
        for name, value in facts.items():
            system.stdout.write(f"{name:<34} {value}\n")
        return 0
    if not 1 <= len(parsed.operands) <= 2:
        raise UsageError("")
    name = parsed.operands[0]
    if name not in facts:
        system.stderr.write(f"getconf: Unrecognized variable `{name}'\n")
        return 2
    system.stdout.write(f"{facts[name]}\n")
    return 0


class _GetconfTool(Tool):
    """getconf's own usage."""

    __slots__ = ()

    def complain(self, system: System, error: UsageError) -> None:
        """The usage alone."""
        system.stderr.write(f"Usage: {self.usage}\n")


def _locale(system: System, parsed: Parsed) -> int:
    write = system.stdout.write
    if parsed.has("a", "all-locales"):
        write("C\nC.utf8\nPOSIX\n")
        return 0
    env = system.env
    if parsed.has("m", "charmaps"):
        write("ANSI_X3.4-1968\nUTF-8\n")
        return 0
    if parsed.operands:
        return _keywords(system, parsed)
    every, default = env.get("LC_ALL", ""), env.get("LANG", "")
    write(f"LANG={default}\nLANGUAGE={env.get('LANGUAGE', '')}\n")
    for name in (f"LC_{category}" for category in _CATEGORIES):
        if env.get(name) and not every:
            write(f"{name}={env[name]}\n")
        else:
            write(f'{name}="{every or default or "POSIX"}"\n')
    write(f"LC_ALL={every}\n")
    return 0


def _keywords(system: System, parsed: Parsed) -> int:
    env = system.env
    chosen = env.get("LC_ALL") or env.get("LC_CTYPE") or env.get("LANG") or "C"
    charmap = "UTF-8" if "utf" in chosen.lower() else "ANSI_X3.4-1968"
    failed = False
    for word in parsed.operands:
        if word == "charmap":
            system.stdout.write(
                (f'charmap="{charmap}"' if parsed.has("k", "keyword-name") else charmap) + "\n"
            )
        elif word == "decimal_point":
            system.stdout.write(
                ('decimal_point="."' if parsed.has("k", "keyword-name") else ".") + "\n"
            )
        else:
            system.stderr.write(f"locale: unknown name {quote(word)}\n")
            failed = True
    return int(failed)


GETCONF = _GetconfTool(
    "getconf",
    "Show the limits of the system.",
    "getconf [-v specification] variable_name [pathname]\n       getconf -a [pathname]",
    _getconf,
    "av:",
    bad_usage=2,
)
LOCALE = Tool(
    "locale",
    "Show the language settings.",
    "locale [-a | -m]\n  or:  locale [-k] NAME...",
    _locale,
    "amck",
    ("all-locales", "charmaps", "category-name", "keyword-name"),
)
