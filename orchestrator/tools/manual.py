"""man(1), apropos(1), whatis(1): our own pages, one a command, in /usr/share/pagebox/man.

A page is a text in Markdown's simplest form: `# NAME - summary`, then headings and indented examples.
"""

from __future__ import annotations

import contextlib
import re
import textwrap
from typing import TYPE_CHECKING

from orchestrator.shell.expand.pattern import compile_glob
from orchestrator.shell.expand.regex import RegexError, regex
from orchestrator.tools.options import Parsed, Tool, UsageError
from orchestrator.tools.registry import TOOLS
from orchestrator.tools.search import candidates, run_command

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from orchestrator.kernel.system import System

FOLDER = "/usr/share/pagebox/man"
INDEX = f"{FOLDER}/index"
NOT_FOUND = 16
_CODE = re.compile(r"`([^`\n]+)`")
_BOLD, _PLAIN = "\x1b[1m", "\x1b[m"
_WIDTH = 80


def _text(system: System, path: str) -> str | None:
    try:
        fd = system.open(path)
    except OSError:
        return None
    try:
        return system.read_all(fd).decode("utf-8", "replace")
    finally:
        system.close(fd)


def _summaries(system: System) -> Iterator[tuple[str, str]]:
    """(name, summary) of every page, then of programs that have none."""
    known = set()
    for line in (_text(system, INDEX) or "").splitlines():
        name, _, summary = line.partition(" - ")
        known.add(name)
        yield name, summary
    for name, entry in TOOLS.items():
        if name not in known and entry.summary:
            yield name, entry.summary


def _page(system: System, name: str) -> str | None:
    """The page of a command; other names lead to one by a line `name: page` of the index."""
    if "/" in name or name.startswith("."):
        return None
    return _text(system, f"{FOLDER}/{name}.md")


def _laid_out(page: str, width: int) -> list[str]:
    """The page's lines; those that are not examples broken at blanks."""
    out: list[str] = []
    for line in page.splitlines():
        is_text = line and not line.startswith(("    ", "#"))
        out += textwrap.wrap(line, width, break_long_words=False) if is_text else [line]
    return out


def _marked(page: str, width: int) -> str:
    """A page for a terminal: headings and code bold."""
    out = []
    for line in _laid_out(page, width):
        if line.startswith("#"):
            out.append(f"{_BOLD}{line.lstrip('# ')}{_PLAIN}")
        elif line.startswith("    "):
            out.append(line)
        else:
            out.append(_CODE.sub(lambda m: f"{_BOLD}{m[1]}{_PLAIN}", line))
    return "\n".join(out) + "\n"


def _plain(page: str) -> str:
    lines = _laid_out(page, _WIDTH)
    out = [
        line
        if line.startswith("    ")
        else _CODE.sub(r"\1", line.lstrip("# ") if line[:1] == "#" else line)
        for line in lines
    ]
    return "\n".join(out) + "\n"


def _show(system: System, text: str) -> int:
    """Through $MANPAGER, $PAGER or less on a terminal, else as it is."""
    if not system.isatty(1):
        system.stdout.write(_plain(text))
        return 0
    size = system.winsize(1)
    shown, rows = _marked(text, max(20, size.columns)), size.rows
    pager = system.env.get("MANPAGER") or system.env.get("PAGER") or "less -R"
    words = pager.split()
    path = system.env.get("PATH", "/usr/bin:/bin")
    if shown.count("\n") < rows or next(candidates(system, words[0], path), None) is None:
        system.stdout.write(shown)
        return 0
    system.flush()
    reader, writer = system.pipe(cloexec=True)
    fds = system.process.fds.clone()
    fds.set(0, system.process.fds.get(reader))
    started = run_command(system, "man", words, {"LESS": "-R", **system.env}, fds)
    system.close(reader)
    if isinstance(started, int):
        return started
    with contextlib.suppress(BrokenPipeError):
        system.write(writer, shown.encode())
    system.close(writer)
    return system.waitpid(started.pid)[1].exit_code


def _man(system: System, parsed: Parsed) -> int:
    names = [word for word in parsed.operands if not (word.isdigit() and len(parsed.operands) > 1)]
    if parsed.has("k", "apropos"):
        return _apropos(system, parsed)
    if parsed.has("f", "whatis"):
        return _whatis(system, parsed)
    if not names:
        raise UsageError("What manual page do you want?\nFor example, try 'man man'.", hint=False)
    status, pages = 0, []
    for name in names:
        page = _page(system, name)
        if page is not None and parsed.has("w", "where", "path", "location"):
            system.stdout.write(f"{FOLDER}/{name}.md\n")
        elif page is not None:
            pages.append(page)
        else:
            status = _missing(system, name) or status
    return _show(system, "\n\n".join(pages)) or status if pages else status


def _missing(system: System, name: str) -> int:
    """No page: the program's own --help may do; 16 if there is no such program either."""
    entry = TOOLS.get(name)
    system.flush()
    found = next(candidates(system, name, system.env.get("PATH", "/usr/bin:/bin")), None)
    if found is None or (entry is not None and not entry.summary):
        system.stderr.write(f"No manual entry for {name}\n")
        return NOT_FOUND
    system.stderr.write(f"No manual entry for {name}; `{name} --help` may say more\n")
    return NOT_FOUND


class _ManTool(Tool):
    """man's words have no name in front."""

    __slots__ = ()

    def complain(self, system: System, error: UsageError) -> None:
        """The words alone when they are man's own."""
        if error.hint:
            Tool.complain(self, system, error)
        else:
            system.stderr.write(f"{error}\n")


# --- apropos, whatis ---


def _test(word: str, parsed: Parsed) -> Callable[[str], bool]:
    if parsed.has("w", "wildcard"):
        pattern = compile_glob(word, nocase=True)
        return lambda text: pattern.matches(text)
    try:
        compiled = regex(tuple((c, False) for c in word), True)
    except RegexError as error:
        raise UsageError(f"{word}: {error}", hint=False) from None
    return lambda text: compiled.match(text) is not None


def _found(system: System, name: str, summary: str) -> None:
    system.stdout.write(f"{name + ' (1)':<20} - {summary}\n")


def _apropos(system: System, parsed: Parsed) -> int:
    if not parsed.operands:
        raise UsageError("apropos what?", hint=False)
    status = 0
    pages = list(_summaries(system))
    shown: set[str] = set()
    for word in parsed.operands:
        test, hit = _test(word, parsed), False
        for name, summary in pages:
            if test(name) or test(summary):
                hit = True
                if name not in shown:
                    _found(system, name, summary)
                shown.add(name)
        if not hit:
            system.stderr.write(f"{word}: nothing appropriate.\n")
            status = NOT_FOUND
    return status


def _whatis(system: System, parsed: Parsed) -> int:
    if not parsed.operands:
        raise UsageError("whatis what?", hint=False)
    pages = list(_summaries(system))
    status = 0
    for word in parsed.operands:
        hits = [(name, summary) for name, summary in pages if name == word]
        for name, summary in hits:
            _found(system, name, summary)
        if not hits:
            system.stderr.write(f"{word}: nothing appropriate.\n")
            status = NOT_FOUND
    return status


MAN = _ManTool(
    "man",
    "Show the page of a command.",
    "man [-kfw] NAME...",
    _man,
    "kfwas:",
    ("apropos", "whatis", "where", "path", "location", "all", "wildcard"),
)
APROPOS = _ManTool(
    "apropos",
    "Search the names and summaries of the manual.",
    "apropos [-erw] KEYWORD...",
    _apropos,
    "erwas:",
    ("exact", "regex", "wildcard", "and"),
)
WHATIS = _ManTool("whatis", "Show what a command is for.", "whatis NAME...", _whatis, "rws:")
