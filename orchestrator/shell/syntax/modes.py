r"""In what surroundings text is read as parts of a word: which characters end it and which quote.

A mode is a row of a table, not a branch in the reader: the same reading loop serves plain words,
``${x-here}``, double quotes, here-documents, arithmetic and patterns.
"""

import re
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Mode:
    """One kind of surroundings.

    ``closers`` end the word (they are not consumed). ``opener`` and ``closer`` nest: a closer ends the word
    only when as many openers were closed. ``escapes`` are the characters a backslash quotes; None means all.
    ``single``, ``double``, ``process`` tell whether ``'``, ``"`` and ``<(`` mean anything. ``inner`` is the
    name of the mode for the word inside ``${x-...}``.
    """

    closers: str
    opener: str = ""
    escapes: str | None = None
    single: bool = True
    double: bool = True
    process: bool = False
    quoted: bool = False
    extglob: bool = False
    closer_name: str = ""
    run: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        special = self.closers + self.opener + "$`\\"
        special += "'" * self.single + '"' * self.double + "<>" * self.process
        special += "(" * self.extglob
        object.__setattr__(self, "run", re.compile(f"[^{re.escape(special)}]+"))


DOUBLE_ESCAPES = '$`"\\'

WORD = Mode(" \t\n|&;<>()", process=True)
"""A word of a command."""
DOUBLE = Mode('"', escapes=DOUBLE_ESCAPES, single=False, quoted=True, closer_name='"')
"""Between double quotes."""
HERE = Mode("", escapes="$`\\", single=False, double=False, quoted=True)
"""A here-document."""
BRACE = Mode("}", process=True, closer_name="}")
"""The word of ``${x-word}`` outside quotes, and patterns anywhere."""
BRACE_DOUBLE = Mode("}", escapes=DOUBLE_ESCAPES + "}", single=False, quoted=True, closer_name="}")
"""The word of ``${x-word}`` inside double quotes."""
PATTERN = Mode("/}", process=True, closer_name="}")
"""The pattern of ``${x/pattern/string}``, which a slash ends too."""
ARITH = Mode(")", opener="(", escapes=DOUBLE_ESCAPES, single=False, quoted=True, closer_name=")")
"""Inside ``$(( ))`` and ``(( ))``."""
ARITH_PART = Mode(
    ";)", opener="(", escapes=DOUBLE_ESCAPES, single=False, quoted=True, closer_name=")"
)
"""One of the three expressions of ``for (( ; ; ))``."""
OLD_ARITH = Mode(
    "]", opener="[", escapes=DOUBLE_ESCAPES, single=False, quoted=True, closer_name="]"
)
"""Inside ``$[ ]``."""
SUBSCRIPT = Mode("]", opener="[", closer_name="]")
"""Inside ``name[ ]``."""
BRACED_SUBSCRIPT = Mode("]}", opener="[", closer_name="]")
"""Inside ``${name[ ]}``, where a closing brace says that the bracket never closes."""
OFFSET = Mode(":}", opener="", escapes=DOUBLE_ESCAPES, single=False, quoted=True, closer_name="}")
"""The offset of ``${x:offset:length}``; the reader joins what a ``?`` or parenthesis holds together."""
LENGTH = replace(OFFSET, closers="}")
"""The length behind it: all that is left up to the brace."""
EXTGLOB = Mode(")", opener="(", process=True, closer_name=")")
"""Between the parentheses of ``@( )``, and between those of a regular expression."""
REGEX = Mode(" \t\n&;<>()")
"""The right side of ``=~``, where ``|`` belongs to the word and parentheses hold it together."""
TEXT = Mode("")
"""Any text: everything but quotes and expansions is plain."""
