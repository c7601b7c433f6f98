"""env(1), which(1), whereis(1): commands and the variables they see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.tools.options import Parsed, Tool, UsageError, quote
from orchestrator.tools.search import candidates, locate, refuse
from vfs.errors import text

if TYPE_CHECKING:
    from orchestrator.kernel.system import System

FAILED = 125
_ESCAPES = {
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
    "#": "#",
    "$": "$",
    "_": " ",
    '"': '"',
    "'": "'",
}


def split_string(line: str, env: dict[str, str]) -> list[str]:
    """The words of `env -S`: quotes, escapes, `${NAME}`, and `#` at the start of a word. Raises UsageError."""
    words: list[str] = []
    word, started, quoted, at = "", False, "", 0
    while at < len(line):
        letter = line[at]
        at += 1
        if quoted and letter == quoted:
            quoted = ""
        elif not quoted and letter in "'\"":
            quoted, started = letter, True
        elif letter == "\\" and at < len(line) and quoted != "'":
            if line[at] == "c":
                break
            word, started, at = word + _escape(line[at], quoted), True, at + 1
        elif letter == "$" and quoted != "'":
            value, at = _variable(line, at, env)
            word, started = word + value, True
        elif letter in " \t\n\r\f\v" and not quoted:
            words += [word] if started else []
            word, started = "", False
        elif letter == "#" and not started:
            break
        else:
            word, started = word + letter, True
    if quoted:
        raise UsageError("no terminating quote in -S string", hint=False)
    return words + ([word] if started else [])


def _escape(letter: str, quoted: str) -> str:
    if letter == "\\":
        return "\\"
    if letter not in _ESCAPES:
        raise UsageError(f"invalid sequence '\\{letter}' in -S", hint=False)
    return _ESCAPES[letter]


def _variable(line: str, at: int, env: dict[str, str]) -> tuple[str, int]:
    end = line.find("}", at)
    if line[at : at + 1] != "{" or end < 0 or not line[at + 1 : end].isidentifier():
        raise UsageError(
            "only ${VARNAME} expansion is supported, error at: $" + line[at:], hint=False
        )
    return env.get(line[at + 1 : end], ""), end + 1


def _variables(system: System, parsed: Parsed, words: list[str]) -> dict[str, str]:
    """The environment after the options, and after the assignments, which are taken off `words`."""
    fresh = parsed.has("i", "ignore-environment") or words[:1] == ["-"]
    if words[:1] == ["-"]:
        del words[0]
    env = {} if fresh else dict(system.env)
    for name in parsed.all("u", "unset"):
        if not name or "=" in name:
            raise UsageError(f"cannot unset {quote(name)}: Invalid argument", hint=False)
        env.pop(name, None)
    while words and "=" in words[0]:
        name, _, value = words.pop(0).partition("=")
        env[name] = value
    return env


def _env(system: System, parsed: Parsed) -> int:
    words = list(parsed.operands)
    debug = parsed.has("v", "debug")
    before = len(words)
    env = _variables(system, parsed, words)
    if debug:
        if parsed.has("i", "ignore-environment"):
            system.stderr.write("cleaning environ\n")
        changes = [f"unset:    {name}\n" for name in parsed.all("u", "unset")]
        set_to = parsed.operands[: before - len(words)]
        changes += [f"setenv:   {word}\n" for word in set_to if word != "-"]
        system.stderr.write("".join(changes))
    if words and parsed.has("0", "null"):
        raise UsageError("cannot specify --null (-0) with command")
    if not words and parsed.has("C", "chdir"):
        raise UsageError("must specify command with --chdir (-C)")
    if not words:
        end = "\0" if parsed.has("0", "null") else "\n"
        for name, value in env.items():
            system.stdout.write(f"{name}={value}{end}")
        return 0
    folder = parsed.last("C", "chdir")
    if folder is not None:
        _enter(system, folder)
    if debug:
        shown = "".join(f"   arg[{index}]= {quote(word)}\n" for index, word in enumerate(words))
        system.stderr.write(f"executing: {words[0]}\n{shown}")
    path = locate(system, words[0], env)
    if path == words[0] and "/" not in path:
        return refuse(system, "env", words[0], FileNotFoundError())
    try:
        system.exec(path, words, env)
    except OSError as error:
        return refuse(system, "env", words[0], error)


def _enter(system: System, folder: str) -> None:
    try:
        system.chdir(folder)
    except OSError as error:
        raise UsageError(
            f"cannot change directory to {quote(folder)}: {text(error)}", hint=False
        ) from None


class _EnvTool(Tool):
    """Replaces `-S string` by its words before getopt sees them: they may be options themselves."""

    __slots__ = ()

    def main(self, system: System) -> int:
        """Run as a process's program."""
        words = list(system.argv)
        try:
            for index, word in enumerate(words[1:], 1):
                split = _split_option(words, index, word)
                if split is not None:
                    head, line, rest = split
                    if any("v" in option for option in head) or "--debug" in words[1:index]:
                        parts = [quote(part) for part in split_string(line, system.env)]
                        shown = "\n     &    ".join(parts)
                        system.stderr.write(f"split -S:  {quote(line)}\n into:    {shown}\n")
                    system.process.argv = (
                        words[0],
                        *words[1:index],
                        *head,
                        *split_string(line, system.env),
                        *rest,
                    )
                    break
                if not word.startswith("-") or word in ("-", "--"):
                    break
        except UsageError as error:
            system.stderr.write(f"env: {error}\n")
            return FAILED
        return Tool.main(self, system)


def _split_option(
    words: list[str], index: int, word: str
) -> tuple[list[str], str, list[str]] | None:
    """For `-Sline`, `-vS line`, `--split-string=line`: options before it, the line, the words after."""
    if word.startswith("--split-string="):
        return [], word.partition("=")[2], words[index + 1 :]
    if word.startswith("--") or not word.startswith("-") or "S" not in word:
        return None
    flags, line = word[1:].split("S", 1)
    if any(flag in "uC" for flag in flags):
        return None
    head = [f"-{flags}"] if flags else []
    if line:
        return head, line, words[index + 1 :]
    return head, " ".join(words[index + 1 : index + 2]), words[index + 2 :]


def _which(system: System, parsed: Parsed) -> int:
    path = system.env.get("PATH", "/usr/bin:/bin")
    failed = False
    for name in parsed.operands:
        found = list(candidates(system, name, path))
        failed = failed or not found
        if not parsed.has("s"):
            for full in found if parsed.has("a") else found[:1]:
                system.stdout.write(f"{full}\n")
    return int(failed or not parsed.operands)


_MAN = "/usr/share/pagebox/man"


def _whereis(system: System, parsed: Parsed) -> int:
    if not parsed.operands:
        raise UsageError("not enough arguments")
    path = system.env.get("PATH", "/usr/bin:/bin")
    both = not parsed.has("b", "m", "s")
    for name in parsed.operands:
        name = name.rpartition("/")[2]
        found = list(candidates(system, name, path)) if both or parsed.has("b") else []
        page = f"{_MAN}/{name}.md"
        found += [page] if (both or parsed.has("m")) and system.exists(page) else []
        unique = {system.resolve(full).inode.ino: full for full in reversed(found)}
        words = [full for full in found if full in unique.values()]
        system.stdout.write(f"{name}:{''.join(f' {word}' for word in words)}\n")
    return 0


ENV = _EnvTool(
    "env",
    "Run a command with other variables; without one, show them.",
    "env [-i0] [-u NAME] [-C DIR] [-S STRING] [NAME=VALUE]... [COMMAND [ARG]...]",
    _env,
    "i0u:C:v",
    ("ignore-environment", "null", "unset=", "chdir=", "debug"),
    permute=False,
    bad_usage=FAILED,
)


class _WhichTool(Tool):
    """Debian's which has words of its own."""

    __slots__ = ()

    def complain(self, system: System, error: UsageError) -> None:
        """For an option it does not know."""
        letter = str(error).rstrip("'")[-1:]
        system.stderr.write(f"Illegal option -{letter}\n")
        system.stdout.write("Usage: /usr/bin/which [-a] args\n")


WHICH = _WhichTool(
    "which", "Show which file a command is.", "which [-as] NAME...", _which, "as", bad_usage=2
)
WHEREIS = Tool(
    "whereis",
    "Show where a command and its manual page are.",
    "whereis [-bms] NAME...",
    _whereis,
    "bmsugl",
)
