"""The reserved words of the shell's grammar."""

from __future__ import annotations

RESERVED = frozenset(
    (
        *("if", "then", "else", "elif", "fi", "case", "esac", "for", "select", "while", "until"),
        *("do", "done", "in", "function", "time", "{", "}", "!", "[[", "]]", "coproc"),
    )
)
