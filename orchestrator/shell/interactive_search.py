"""Incremental search through the history (C-r, C-s)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.shell.interactive_line import Line

if TYPE_CHECKING:
    from orchestrator.shell.interactive_editor import Editor
    from orchestrator.shell.interactive_keys import Key


class Search:
    """Incremental search: a prompt of its own, until a key that is no part of it."""

    def __init__(self, editor: Editor) -> None:
        self.editor = editor
        self.wanted = ""
        self.at = editor.walk.at
        self.failed = False
        self.prompt = editor.prompt
        self.original = (editor.line, editor.walk.at)

    def run(self, step: int) -> Key | None:
        """Search; return the key that ended it, to be acted on (None when it was given up)."""
        editor = self.editor
        try:
            while True:
                self._show(step)
                key = editor.keys.next()
                if key.name in ("C-r", "C-s"):
                    step = -1 if key.name == "C-r" else 1
                    self._find(self.at + step, step)
                elif key.name == "backspace":
                    self.wanted = self.wanted[:-1]
                    self._find(self.original[1] + (step if step < 0 else 0), step)
                elif not key.name:
                    self.wanted += key.text
                    self._find(self.at, step)
                elif key.name in ("C-g", "C-c"):
                    editor.line, editor.walk.at = self.original
                    return None
                else:
                    return key if key.name != "escape" else None
        finally:
            editor.prompt = self.prompt

    def _show(self, step: int) -> None:
        way = "reverse-i-search" if step < 0 else "i-search"
        failed = "failed " if self.failed else ""
        self.editor.prompt = f"({failed}{way})`{self.wanted}': "

    def _find(self, start: int, step: int) -> None:
        walk = self.editor.walk
        index = walk.search(self.wanted, min(start, len(walk.entries) - 1), step)
        self.failed = index is None
        if index is None:
            self.editor.screen.bell()
            return
        self.at = index
        walk.at = index
        text = walk.text(index)
        self.editor.line = Line(text, text.find(self.wanted))
