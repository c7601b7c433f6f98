"""Tab: what the word before the cursor could become. Knows quoting, command position, variables and paths."""

from __future__ import annotations

import stat as st
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.shell.builtins.identify import RESERVED
from orchestrator.shell.interactive_width import text_width
from orchestrator.shell.lookup import command_names, is_executable

if TYPE_CHECKING:
    from orchestrator.shell.shell import Shell

BEFORE_COMMAND = frozenset(
    ("if", "then", "else", "elif", "while", "until", "do", "!", "{", "time", "exec", "command",
     "builtin", "eval", "env", "xargs", "nohup", "timeout", "type", "which", "sudo")
)  # fmt: skip
"""Words behind which a command name stands."""
ASK_ABOVE = 100
_BREAKS = " \t\n;|&()<>`"
_SPECIAL = frozenset(" \t\n\\'\"`$&|;<>()[]{}*?!#~=%")


@dataclass(frozen=True, slots=True)
class Context:
    """The word being completed: where it starts, its text without quotes, and where it stands.

    `quote` is the quote that is still open (`'`, `"` or nothing).
    """

    start: int
    text: str
    quote: str
    is_command: bool


@dataclass(frozen=True, slots=True)
class Completion:
    """What Tab found: the text that replaces the word, and what may be listed."""

    start: int
    replacement: str
    candidates: list[str]


def context_of(text: str) -> Context:
    """Return what is being completed at the end of `text`."""
    scan = _Scan(text)
    scan.run()
    return Context(scan.start, "".join(scan.word), scan.quote, scan.expects_command)


class _Scan:
    """Reads a command line up to the cursor, keeping track of quotes and of where commands stand."""

    def __init__(self, text: str) -> None:
        self.source = text
        self.start = 0
        self.word: list[str] = []
        self.quote = ""
        self.expects_command = True

    def run(self) -> None:
        at = 0
        while at < len(self.source):
            at = self._one(at)

    def _one(self, at: int) -> int:
        char = self.source[at]
        if char == "\\" and self.quote != "'" and at + 1 < len(self.source):
            self.word.append(self.source[at + 1])
            return at + 2
        if self.quote:
            if char == self.quote:
                self.quote = ""
            else:
                self.word.append(char)
        elif char in "'\"":
            self.quote = char
        elif char in _BREAKS:
            self._break(char, at)
        else:
            self.word.append(char)
        return at + 1

    def _break(self, char: str, at: int) -> None:
        word = "".join(self.word)
        if char in " \t":
            if word:
                self.expects_command = self.expects_command and (
                    word in BEFORE_COMMAND or "=" in word
                )
        else:
            self.expects_command = char not in "<>"
        self.word = []
        self.start = at + 1


def complete(shell: Shell, text: str) -> Completion:
    """Return the completions of the word at the end of `text`."""
    context = context_of(text)
    word = context.text
    dollar = word.rfind("$")
    if dollar >= 0 and context.quote != "'":
        name = word[dollar + 1 :]
        if name.removeprefix("{").isidentifier() or name in ("", "{"):
            return _variables(shell, context, dollar)
    if word.startswith("~") and "/" not in word:
        return _finish(context, _users(shell, word), "")
    if context.is_command and "/" not in word:
        names = sorted(name for name in command_names(shell) | RESERVED if name.startswith(word))
        folders = [name for name in _paths(shell, word) if name.endswith("/")]
        return _finish(context, names or folders, "")
    cut = word.rfind("=") + 1 if "=" in word and not context.quote else 0
    found = _paths(shell, word[cut:])
    if context.is_command:
        found = [
            path for path in found if path.endswith("/") or is_executable(shell, _home(shell, path))
        ]
    return _finish(context, found, word[:cut])


def _variables(shell: Shell, context: Context, dollar: int) -> Completion:
    word = context.text
    brace = word[dollar + 1 : dollar + 2] == "{"
    head = word[: dollar + (2 if brace else 1)]
    prefix = word[len(head) :]
    names = sorted(name for name in shell.variables if name.startswith(prefix))
    shared = shared_beginning(names) if names else prefix
    tail = ""
    if len(names) == 1:
        tail = ("}" if brace else "") + ("" if context.quote else " ")
    return Completion(context.start, context.quote + head + shared + tail, names)


def _users(shell: Shell, word: str) -> list[str]:
    names = [line.split(":")[0] for line in shell.passwd()]
    return [f"~{name}/" for name in sorted(names) if name.startswith(word[1:])]


def _home(shell: Shell, path: str) -> str:
    """Return a path with a leading `~` made the home directory."""
    if path == "~" or path.startswith("~/"):
        return shell.text("HOME") + path[1:]
    return path


def _paths(shell: Shell, word: str) -> list[str]:
    """Return the paths that begin with `word`; directories end in a slash. Hidden ones must be asked for."""
    folder, slash, prefix = word.rpartition("/")
    place = _home(shell, folder + slash) if slash else "."
    try:
        entries = shell.system.scandir(place)
    except OSError:
        return []
    found = []
    for entry in entries:
        if entry.name.startswith(prefix) and (prefix or not entry.name.startswith(".")):
            directory = st.S_ISDIR(entry.mode_type) or (
                st.S_ISLNK(entry.mode_type) and shell.is_directory(f"{place}/{entry.name}")
            )
            found.append(folder + slash + entry.name + ("/" if directory else ""))
    return sorted(found)


def _finish(context: Context, found: list[str], head: str) -> Completion:
    """Make the replacement: what all have in common, quoted, and closed when there is only one."""
    if not found:
        return Completion(context.start, "", [])
    shared = shared_beginning(found)
    text = context.quote + _quoted(head + shared, context.quote)
    if len(found) == 1 and not shared.endswith("/"):
        text += context.quote + " "
    return Completion(context.start, text, found)


def _quoted(text: str, quote: str) -> str:
    if quote == "'":
        return text.replace("'", "'\\''")
    if quote == '"':
        return "".join("\\" + char if char in '\\"`$' else char for char in text)
    lead = "~" if text.startswith("~") else ""
    rest = text[len(lead) :]
    return lead + "".join("\\" + char if char in _SPECIAL - {"="} else char for char in rest)


def shared_beginning(names: list[str]) -> str:
    """Return what all of `names` (not empty) begin with."""
    first, last = min(names), max(names)
    size = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), None)
    return first[: min(len(first), len(last)) if size is None else size]


def listing(candidates: list[str], columns: int) -> str:
    """Return candidates in columns, sorted downwards; paths by their last part."""
    names = [_shown(name) for name in candidates]
    width = max(map(text_width, names)) + 2
    across = max(1, columns // width)
    rows = -(-len(names) // across)
    lines = []
    for row in range(rows):
        cells = names[row::rows]
        padded = [cell + " " * (width - text_width(cell)) for cell in cells[:-1]]
        lines.append("".join([*padded, cells[-1]]))
    return "".join(line + "\n" for line in lines)


def _shown(name: str) -> str:
    trimmed = name.rstrip("/")
    return trimmed.rsplit("/", 1)[-1] + name[len(trimmed) :] if "/" in trimmed else name
