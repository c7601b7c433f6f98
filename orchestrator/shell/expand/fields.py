"""Builds the fields of one word while its parts expand: splitting, quote removal, pathname expansion.

Pieces arrive in order, each either protected (quoted) or not; a field keeps both kinds apart until it ends,
because only unprotected characters are patterns.
"""

import re

from orchestrator.shell.expand.environment import Environment
from orchestrator.shell.expand.glob_items import escape
from orchestrator.shell.expand.parameters import ifs_of
from orchestrator.shell.expand.pathnames import expand_field
from orchestrator.shell.expand.split import Splitter, splitter

MAGIC = re.compile(r"[*?\[]|[@!+]\(")
"""Finds text that may be a pattern."""


class Fields:
    """The fields so far (``out``) and the one being built."""

    __slots__ = ("_chunks", "_env", "_magic", "_present", "_splitter", "out")

    def __init__(self, env: Environment, out: list[str]) -> None:
        self.out = out
        self._env = env
        self._chunks: list[tuple[str, bool]] = []
        self._magic = False
        self._present = False
        self._splitter: Splitter | None = None

    def quoted(self, text: str) -> None:
        """Protected text; even an empty one makes a field."""
        self._chunks.append((text, True))
        self._present = True

    def literal(self, text: str) -> None:
        """Unquoted text of the script: a pattern, but never split."""
        self._chunks.append((text, False))
        self._present = True
        self._magic = self._magic or MAGIC.search(text) is not None

    def split(self, text: str) -> None:
        """The result of an unquoted expansion."""
        if not text:
            return
        cut = self._splitter
        if cut is None:
            cut = self._splitter = splitter(ifs_of(self._env))
        if not cut.special.search(text):
            self.literal(text)
            return
        last = 0
        magic = MAGIC.search(text) is not None
        for match in cut.delimiter.finditer(text):
            if match.start() > last:
                self._chunks.append((text[last : match.start()], False))
                self._present = True
                self._magic = self._magic or magic
            if self._present or match.group(1) is not None:
                self.end()
            last = match.end()
        if last < len(text):
            self._chunks.append((text[last:], False))
            self._present = True
            self._magic = self._magic or magic

    def end_if_present(self) -> None:
        """Between two unquoted elements of a list: an empty field vanishes."""
        if self._present:
            self.end()

    def end(self) -> None:
        """The field is complete."""
        chunks = self._chunks
        if self._magic and not self._env.options.noglob:
            pattern = "".join(escape(text) if safe else text for text, safe in chunks)
            self.out.extend(expand_field(self._env, pattern, "".join([c[0] for c in chunks])))
        elif len(chunks) == 1:
            self.out.append(chunks[0][0])
        else:
            self.out.append("".join([chunk[0] for chunk in chunks]))
        self._chunks = []
        self._magic = self._present = False

    def finish(self) -> list[str]:
        """The word is complete: all its fields."""
        if self._present:
            self.end()
        return self.out
