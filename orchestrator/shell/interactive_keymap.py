"""Which key does what: readline's names of functions, key sequences as `bind` and inputrc files write them.

A chord is the names of its keys joined by blanks (`C-a`, `C-x C-e`, `M-.`), as `KeyReader` gives them.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from orchestrator.shell.interactive_keys import EndOfInput, Key, KeyReader

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULTS: tuple[tuple[str, str], ...] = (
    *((r"\C-g", "abort"), (r"\C-x\C-g", "abort"), (r"\e\C-g", "abort")),
    *((r"\C-j", "accept-line"), (r"\C-m", "accept-line")),
    *((r"\C-b", "backward-char"), (r"\eOD", "backward-char"), (r"\e[D", "backward-char")),
    *((r"\C-h", "backward-delete-char"), (r"\C-?", "backward-delete-char")),
    (r"\C-x\C-?", "backward-kill-line"),
    *((r"\e\C-h", "backward-kill-word"), (r"\e\C-?", "backward-kill-word")),
    *((r"\e[1;3D", "backward-word"), (r"\e[1;5D", "backward-word"), (r"\eb", "backward-word")),
    (r"\e<", "beginning-of-history"),
    *((r"\C-a", "beginning-of-line"), (r"\eOH", "beginning-of-line")),
    *((r"\e[1~", "beginning-of-line"), (r"\e[H", "beginning-of-line")),
    (r"\C-xe", "call-last-kbd-macro"),
    (r"\ec", "capitalize-word"),
    *((r"\C-]", "character-search"), (r"\e\C-]", "character-search-backward")),
    *((r"\e\C-l", "clear-display"), (r"\C-l", "clear-screen")),
    (r"\C-i", "complete"),
    *((r"\e!", "complete-command"), (r"\e/", "complete-filename")),
    *((r"\e~", "complete-username"), (r"\e$", "complete-variable")),
    *((r"\C-d", "delete-char"), (r"\e[3~", "delete-char")),
    (r"\e\\", "delete-horizontal-space"),
    (r"\e-", "digit-argument"),
    *((rf"\e{digit}", "digit-argument") for digit in range(10)),
    (r"\C-x\C-v", "display-shell-version"),
    (r"\el", "downcase-word"),
    (r"\e\C-i", "dynamic-complete-history"),
    (r"\C-x\C-e", "edit-and-execute-command"),
    (r"\C-x)", "end-kbd-macro"),
    (r"\e>", "end-of-history"),
    *((r"\C-e", "end-of-line"), (r"\eOF", "end-of-line")),
    *((r"\e[4~", "end-of-line"), (r"\e[F", "end-of-line")),
    (r"\C-x\C-x", "exchange-point-and-mark"),
    *((r"\C-f", "forward-char"), (r"\eOC", "forward-char"), (r"\e[C", "forward-char")),
    (r"\C-s", "forward-search-history"),
    *((r"\e[1;3C", "forward-word"), (r"\e[1;5C", "forward-word"), (r"\ef", "forward-word")),
    *((r"\eg", "glob-complete-word"), (r"\C-x*", "glob-expand-word")),
    (r"\C-xg", "glob-list-expansions"),
    (r"\e^", "history-expand-line"),
    *((r"\e[5~", "history-search-backward"), (r"\e[6~", "history-search-forward")),
    *((r"\e#", "insert-comment"), (r"\e*", "insert-completions")),
    *((r"\e.", "insert-last-argument"), (r"\e_", "insert-last-argument")),
    (r"\C-k", "kill-line"),
    *((r"\e[3;5~", "kill-word"), (r"\ed", "kill-word")),
    *((r"\C-n", "next-history"), (r"\eOB", "next-history"), (r"\e[B", "next-history")),
    (r"\C-o", "operate-and-get-next"),
    *((r"\e=", "possible-completions"), (r"\e?", "possible-completions")),
    *((r"\C-p", "previous-history"), (r"\eOA", "previous-history")),
    (r"\e[A", "previous-history"),
    *((r"\C-q", "quoted-insert"), (r"\C-v", "quoted-insert"), (r"\e[2~", "quoted-insert")),
    (r"\C-x\C-r", "re-read-init-file"),
    (r"\C-r", "reverse-search-history"),
    *((r"\e\C-r", "revert-line"), (r"\er", "revert-line")),
    *((r"\C-@", "set-mark"), (r"\e ", "set-mark")),
    *((r"\e\C-b", "shell-backward-word"), (r"\e\C-e", "shell-expand-line")),
    *((r"\e\C-f", "shell-forward-word"), (r"\e\C-d", "shell-kill-word")),
    (r"\C-x(", "start-kbd-macro"),
    (r"\e&", "tilde-expand"),
    *((r"\C-t", "transpose-chars"), (r"\et", "transpose-words")),
    *((r"\C-x\C-u", "undo"), (r"\C-_", "undo")),
    *((r"\C-u", "unix-line-discard"), (r"\C-w", "unix-word-rubout")),
    (r"\eu", "upcase-word"),
    *((r"\C-y", "yank"), (r"\e\C-y", "yank-nth-arg"), (r"\ey", "yank-pop")),
)
"""Emacs keys, as readline has them."""

UNBOUND = (
    *("emacs-editing-mode", "kill-region", "kill-whole-line", "magic-space", "menu-complete"),
    *("menu-complete-backward", "redraw-current-line", "self-insert", "shell-backward-kill-word"),
    *("universal-argument", "unix-filename-rubout", "vi-editing-mode", "yank-last-arg"),
    *("history-substring-search-backward", "history-substring-search-forward"),
    *("alias-expand-line", "delete-char-or-list", "forward-backward-delete-char"),
    *("history-and-alias-expand-line", "overwrite-mode", "copy-region-as-kill"),
)
"""Functions that no key calls unless one is bound to them."""

NAMES = tuple(sorted({name for _, name in DEFAULTS} | set(UNBOUND)))

VARIABLES: Mapping[str, str] = MappingProxyType(
    {
        "bell-style": "audible",
        "comment-begin": "#",
        "completion-ignore-case": "off",
        "completion-query-items": "100",
        "disable-completion": "off",
        "editing-mode": "emacs",
        "enable-bracketed-paste": "on",
        "mark-directories": "on",
        "match-hidden-files": "on",
        "show-all-if-ambiguous": "off",
        "show-all-if-unmodified": "off",
    }
)
"""Settings of readline that mean something here, with their defaults."""

_ESCAPE = re.compile(r"\\(?:([CM])-|([0-7]{1,3})|x([0-9a-fA-F]{1,2})|(.))|(.)", re.DOTALL)
_LETTERS = {"e": 27, "a": 7, "b": 8, "d": 127, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}
_KEY_NAMES = {
    "del": "\x7f",
    "rubout": "\x7f",
    "esc": "\x1b",
    "escape": "\x1b",
    "lfd": "\n",
    "newline": "\n",
    "ret": "\r",
    "return": "\r",
    "spc": " ",
    "space": " ",
    "tab": "\t",
}


@dataclass(frozen=True, slots=True)
class Bound:
    """What a chord does: call `function`, type `macro`, or run `command`. `sequence` is how it was written."""

    sequence: str
    function: str = ""
    macro: str | None = None
    command: str | None = None


class Keymap:
    """The bindings and settings of one shell's editor."""

    def __init__(self) -> None:
        self.bindings: dict[str, Bound] = {}
        self.settings = dict(VARIABLES)
        self.prefixes: set[str] = set()
        for sequence, function in DEFAULTS:
            self.bind(sequence, Bound(sequence, function))

    def bind(self, sequence: str, bound: Bound) -> None:
        """Bind a key sequence."""
        names = chord(sequence)
        if not names:
            return
        self.bindings[" ".join(names)] = bound
        for size in range(1, len(names)):
            self.prefixes.add(" ".join(names[:size]))

    def unbind(self, sequence: str) -> None:
        """Take a key sequence's meaning away."""
        self.bindings.pop(" ".join(chord(sequence)), None)

    def sequences(self, function: str) -> list[str]:
        """Return the sequences that call a function, as they are written."""
        return sorted(b.sequence for b in self.bindings.values() if b.function == function)

    def is_on(self, setting: str) -> bool:
        """Whether a setting is on."""
        return self.settings.get(setting) == "on"


def decode(sequence: str) -> str:
    r"""Return the characters that a key sequence stands for: `\C-x`, `\M-x`, `\e`, octal, hexadecimal."""
    result: list[str] = []
    control = meta = False
    for match in _ESCAPE.finditer(sequence):
        modifier, octal, pair, letter, plain = match.groups()
        if modifier:
            control, meta = control or modifier == "C", meta or modifier == "M"
            continue
        code = _code(octal, pair, letter, plain)
        if control:
            code = 127 if code == ord("?") else ord(chr(code).upper()) & 0x1F
        result.append(("\x1b" if meta else "") + chr(code))
        control = meta = False
    return "".join(result)


def _code(octal: str | None, pair: str | None, letter: str | None, plain: str | None) -> int:
    if octal:
        return int(octal, 8) & 0xFF
    if pair:
        return int(pair, 16)
    if letter:
        return _LETTERS.get(letter, ord(letter))
    return ord(plain or "\0")


def chord(sequence: str) -> list[str]:
    """Return the names of the keys that a sequence is."""
    data = io.BytesIO(decode(sequence).encode("utf-8", "surrogateescape"))
    reader = KeyReader(lambda: data.read(1))
    names: list[str] = []
    try:
        while True:
            names.append(key_name(reader.next()))
    except EndOfInput:
        return names


def key_name(key: Key) -> str:
    """Return what a key is called in a chord: characters are themselves."""
    return key.name or key.text


def named_key(text: str) -> str:
    """Return the sequence of a key given as `Control-x`, `Meta-Rubout`, `TAB`: inputrc's other spelling."""
    *modifiers, last = re.split(r"-(?!$)", text)
    heads = "".join({"c": r"\C-", "m": r"\M-"}.get(word[:1].lower(), "") for word in modifiers)
    char = _KEY_NAMES.get(last.lower(), last[:1])
    return heads + (f"\\{ord(char):03o}" if char < " " or char == "\x7f" else char)
