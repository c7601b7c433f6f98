"""The two questions expansions ask of the environment only to answer themselves.

Assignment needs arithmetic (``declare -i``, subscripts) and arithmetic needs assignment; words need both and
subscripts need words. The environment stands between them, so that no module imports in a circle. A shell
inherits this class to get the answers.
"""

from functools import lru_cache
from typing import cast

from orchestrator.shell.expand import arith
from orchestrator.shell.expand.environment import Environment
from orchestrator.shell.expand.parts import Text
from orchestrator.shell.expand.words import compile_string
from orchestrator.shell.syntax.reader import parse_word


class Evaluation:
    """Mixin for an :class:`Environment`."""

    __slots__ = ()

    def evaluate(self, text: str) -> int:
        """The value of ``text`` as arithmetic. Raises ArithError."""
        return arith.evaluate(cast("Environment", self), text)

    def expand_text(self, text: str) -> str:
        """``text`` as one word, expanded, quotes removed. Raises ShellSyntaxError and ExpansionError."""
        return _compiled(text)(cast("Environment", self))


@lru_cache(maxsize=256)
def _compiled(text: str) -> Text:
    """Cached: a closure over the text alone."""
    return compile_string(parse_word(text))
