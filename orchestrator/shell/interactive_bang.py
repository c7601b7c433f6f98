"""History expansion: `!!`, `!$`, `!text`, `^old^new` and their word designators and modifiers.

Works on a line before it is parsed; single quotes and backslashes protect a `!` (the bash manual, 9.3).
"""

from __future__ import annotations

import re
from typing import NamedTuple

_EVENT = re.compile(r"!|-?\d+|\?[^?\n]+\??|[^\s:;&|<>()^$*\"'!%=-][^\s:;&|<>()\"']*|(?=[$^*:%-])")
_DESIGNATOR = re.compile(r":?([$^*%])|:(\d+|\^)?(-(?:\d+|\$)?|\*)?|:?(\d+|(?=-))(-(?:\d+|\$)?)")
_MODIFIER = re.compile(r":(?:(g|a)?(s)(.)|([htrepqx&g]))")
_WORD = re.compile(r"""(?:\\.|'[^']*'|"(?:\\.|[^"\\])*"|[^\s;&|<>()'"\\])+|[;&|<>()]+""", re.DOTALL)


class BangError(Exception):
    """A reference that leads nowhere; the message is bash's."""


class Expanded(NamedTuple):
    """The line, whether anything in it was expanded, and whether it is only to be printed (`:p`)."""

    text: str
    changed: bool
    print_only: bool


def expand_history(line: str, entries: list[str], first_number: int) -> Expanded:
    """Expand the references in `line`. `entries` are numbered from `first_number`. Raises: BangError."""
    if line.startswith("^"):
        parts = line.rstrip("\n")[1:].split("^")
        if len(parts) >= 2:
            line = f"!!:s^{parts[0]}^{parts[1]}^{'^'.join(parts[2:])}" + "\n"
    if "!" not in line:
        return Expanded(line, False, False)
    return _Expander(line, entries, first_number).run()


def words_of(entry: str) -> list[str]:
    """Return the words of a command as history expansion counts them."""
    return _WORD.findall(entry)


class _Expander:
    def __init__(self, line: str, entries: list[str], first_number: int) -> None:
        self.line = line
        self.entries = entries
        self.first_number = first_number
        self.at = 0
        self.changed = self.print_only = False
        self.quote = ""

    def run(self) -> Expanded:
        pieces: list[str] = []
        while self.at < len(self.line):
            pieces.append(self._one("".join(pieces)))
        return Expanded("".join(pieces), self.changed, self.print_only)

    def _one(self, before: str) -> str:
        char = self.line[self.at]
        if char == "\\" and self.quote != "'":
            self.at += 2
            return self.line[self.at - 2 : self.at]
        if char == "'" and self.quote != '"':
            self.quote = "" if self.quote else "'"
        elif char == '"' and self.quote != "'":
            self.quote = "" if self.quote else '"'
        elif char == "!" and self.quote != "'" and self._is_reference():
            return self._reference(before)
        self.at += 1
        return char

    def _is_reference(self) -> bool:
        following = self.line[self.at + 1 : self.at + 2]
        if following in ("", " ", "\t", "\n", "=", "("):
            return False
        if following == '"' and self.quote == '"':
            return False
        return not self.line[: self.at].endswith(("${", "[", "$"))

    def _reference(self, before: str) -> str:
        start = self.at
        self.at += 1
        if self.line[self.at] == "#":
            self.at += 1
            entry = before
        else:
            match = _EVENT.match(self.line, self.at)
            if match is None:
                self.at = start + 1
                return "!"
            self.at = match.end()
            entry = self._event(match.group(), start)
        self.changed = True
        return self._modified(self._words(entry))

    def _fail(self, start: int, what: str) -> BangError:
        return BangError(f"{self.line[start : self.at].rstrip()}: {what}")

    def _event(self, name: str, start: int) -> str:
        entries = self.entries
        found: str | None = None
        if name in ("!", ""):
            found = entries[-1] if entries else None
        elif name.lstrip("-").isdecimal():
            number = int(name)
            index = len(entries) + number if number < 0 else number - self.first_number
            found = entries[index] if 0 <= index < len(entries) else None
        elif name.startswith("?"):
            wanted = name.strip("?")
            found = next((e for e in reversed(entries) if wanted in e), None)
        else:
            found = next((e for e in reversed(entries) if e.startswith(name)), None)
        if found is None:
            raise self._fail(start, "event not found")
        return found

    def _words(self, entry: str) -> str:
        """Apply a word designator, if there is one."""
        match = _DESIGNATOR.match(self.line, self.at)
        if match is None or match.group() in ("", ":"):
            return entry
        start, self.at = self.at, match.end()  # bash quotes the designator alone
        single, low, tail, bare, bare_tail = match.groups()
        words = words_of(entry)
        last = len(words) - 1
        if single:
            chosen = {"$": words[-1:], "^": words[1:2], "*": words[1:], "%": words[-1:]}[single]
            if single == "^" and last < 1:
                raise self._fail(start, "bad word specifier")
            return " ".join(chosen)
        first = 1 if low == "^" else int(low or bare or 0)
        tail = tail or bare_tail
        end = first if tail is None else last
        if tail == "-":
            end = last - 1
        elif tail and tail.startswith("-") and tail != "-$":
            end = int(tail[1:])
        if first > last + 1 or end > last:
            raise self._fail(start, "bad word specifier")
        return " ".join(words[first : end + 1])

    def _modified(self, text: str) -> str:
        """Apply modifiers: `:h :t :r :e :p :q :s/old/new/`."""
        while (match := _MODIFIER.match(self.line, self.at)) is not None:
            everywhere, substitute, delimiter, letter = match.groups()
            start, self.at = self.at, match.end()
            if substitute:
                text = self._substituted(text, delimiter, bool(everywhere), start)
            elif letter == "p":
                self.print_only = True
            elif letter == "q":
                text = "'" + text.replace("'", "'\\''") + "'"
            else:
                text = _path_part(text, letter)
        return text

    def _substituted(self, text: str, delimiter: str, everywhere: bool, start: int) -> str:
        rest = self.line[self.at :].rstrip("\n")
        old, found, after = rest.partition(delimiter)
        new, closed, _ = after.partition(delimiter)
        self.at += len(old) + len(found) + len(new) + len(closed)
        if old not in text or not old:
            raise self._fail(start, "substitution failed")
        return text.replace(old, new.replace("&", old), -1 if everywhere else 1)


def _path_part(text: str, letter: str) -> str:
    head, slash, tail = text.rpartition("/")
    stem, dot, suffix = tail.rpartition(".")
    match letter:
        case "h":
            return head if slash else text
        case "t":
            return tail
        case "r":
            return head + slash + stem if dot else text
        case "e":
            return dot + suffix
    return text
