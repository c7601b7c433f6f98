"""Tab: what the word before the cursor could become. Knows quoting, command position, variables and paths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.shell.compspec import Place, generate
from orchestrator.shell.interactive_bang import words_of
from orchestrator.shell.interactive_options import options_of
from orchestrator.shell.interactive_paths import home_path, paths
from orchestrator.shell.interactive_width import text_width
from orchestrator.shell.lookup import command_names, is_executable
from orchestrator.shell.reserved import RESERVED

if TYPE_CHECKING:
    from orchestrator.shell.shell import Shell

BEFORE_COMMAND = frozenset(
    ("if", "then", "else", "elif", "while", "until", "do", "!", "{", "time", "exec", "command",
     "builtin", "eval", "env", "xargs", "nohup", "timeout", "type", "which", "sudo")
)  # fmt: skip
"""Words behind which a command name stands."""
_BREAKS = " \t\n;|&()<>`"
_SPECIAL = frozenset(" \t\n\\'\"`$&|;<>()[]{}*?!#~=%")


@dataclass(frozen=True, slots=True)
class Context:
    """The word being completed: where it starts, its text without quotes, and where it stands.

    `quote` is the quote that is still open (`'`, `"` or nothing); `words` are the words of the command before
    it, without quotes, from `command_start` on.
    """

    start: int
    text: str
    quote: str
    is_command: bool
    words: list[str]
    command_start: int


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
    return Context(
        scan.start,
        "".join(scan.word),
        scan.quote,
        scan.expects_command,
        scan.words,
        scan.command_start,
    )


class _Scan:
    """Reads a command line up to the cursor, keeping track of quotes and of where commands stand."""

    def __init__(self, text: str) -> None:
        self.source = text
        self.start = 0
        self.word: list[str] = []
        self.quote = ""
        self.expects_command = True
        self.words: list[str] = []
        self.command_start = 0

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
                self._note(word)
                self.expects_command = self.expects_command and (
                    word in BEFORE_COMMAND or "=" in word
                )
        elif char in "<>":
            self.expects_command = False
        else:
            self.expects_command = True
            self.words = []
        self.word = []
        self.start = at + 1

    def _note(self, word: str) -> None:
        """Keep a finished word of the command; assignments in front are no part of it."""
        if not self.words:
            if self.expects_command and "=" in word:
                return
            self.command_start = self.start
        self.words.append(word)


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
        folders = [name for name in paths(shell, word) if name.endswith("/")]
        return _finish(context, names or folders, "")
    asked = _ask(shell, context, text)
    if asked is not None:
        return asked
    if word.startswith("-") and context.words:
        options = options_of(context.words[0].rsplit("/", 1)[-1])
        options = sorted(option for option in options if option.startswith(word))
        if options:
            return _finish(context, options, "")
    cut = word.rfind("=") + 1 if "=" in word and not context.quote else 0
    found = paths(shell, word[cut:])
    if context.is_command:
        found = [
            path
            for path in found
            if path.endswith("/") or is_executable(shell, home_path(shell, path))
        ]
    return _finish(context, found, word[:cut])


def complete_kind(shell: Shell, text: str, kind: str) -> Completion:
    """Return completions of one kind, wherever the word stands: `command`, `file`, `user`, `variable`, `history`."""
    context = context_of(text)
    word = context.text
    if kind == "file":
        return _finish(context, paths(shell, word), "")
    if kind == "variable":
        word = word.removeprefix("$")
        found = sorted(name for name in shell.variables if name.startswith(word))
        return _finish(context, found, "$" if context.text.startswith("$") else "")
    if kind == "user":
        return _finish(context, _users(shell, "~" + word.removeprefix("~")), "")
    if kind == "history":
        typed = {part for entry in shell.history for part in words_of(entry)}
        return _finish(context, sorted(part for part in typed if part.startswith(word)), "")
    names = sorted(name for name in command_names(shell) | RESERVED if name.startswith(word))
    return _finish(context, names, "")


def quoted_name(name: str) -> str:
    """Return a name as it is put on the line."""
    return _quoted(name, "")


def _ask(shell: Shell, context: Context, text: str) -> Completion | None:
    """Ask the command's own specification (`complete`); None when there is none or it leaves it to the paths."""
    if context.is_command or not context.words:
        return None
    name = context.words[0]
    spec = shell.completions.get(name) or shell.completions.get(name.rsplit("/", 1)[-1])
    spec = spec or shell.completions.get("-D")
    if spec is None:
        return None
    place = Place([*context.words, context.text], len(context.words), text[context.command_start :])
    shell.completing = spec
    try:
        found = generate(shell, spec, place)
    finally:
        shell.completing = None
    if not found and {"default", "bashdefault", "dirnames"} & spec.options:
        return None
    if "filenames" in spec.options:
        found = [f + "/" if shell.is_directory(home_path(shell, f)) else f for f in found]
    done = _finish(context, sorted(set(found)), "")
    if "nospace" in spec.options and done.replacement.endswith(" "):
        return Completion(done.start, done.replacement[:-1], done.candidates)
    return done


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
