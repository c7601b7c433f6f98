"""What ``${name...}`` operators do to a value: trim, replace, change case, slice, transform.

Pure functions of strings and patterns, and the tables that say which is which.
"""

from collections.abc import Callable

from orchestrator.shell.expand.environment import Environment
from orchestrator.shell.expand.errors import SubstringError
from orchestrator.shell.expand.pattern import Pattern
from orchestrator.shell.expand.variable import AssociativeArray, IndexedArray, Variable
from orchestrator.shell.syntax.quote import decode_ansi, double_quote, quote


def trim(text: str, operator: str, pattern: Pattern) -> str:
    """``# ## % %%``."""
    longest = len(operator) == 2
    if operator[0] == "#":
        end = pattern.prefix(text, longest)
        return text[end:] if end > 0 else text
    start = pattern.suffix(text, longest)
    return text[:start] if start >= 0 else text


Replacement = Callable[[str], str]


def replace(text: str, operator: str, pattern: Pattern, replacement: str | Replacement) -> str:
    """``/ // /# /%``; a callable replacement is given what matched (for ``&``)."""
    if operator == "//":
        return _replace_all(text, pattern, replacement)
    if operator == "/#":
        end = pattern.prefix(text, True)
        span = None if end < 0 else (0, end)
    elif operator == "/%":
        start = pattern.suffix(text, True)
        span = None if start < 0 else (start, len(text))
    else:
        span = None if pattern.literal == "" else pattern.find(text, 0)
    if span is None:
        return text
    return text[: span[0]] + _replaced(replacement, text, span) + text[span[1] :]


def _replaced(replacement: str | Replacement, text: str, span: tuple[int, int]) -> str:
    return replacement if isinstance(replacement, str) else replacement(text[span[0] : span[1]])


def _replace_all(text: str, pattern: Pattern, replacement: str | Replacement) -> str:
    literal = pattern.literal
    if literal == "":
        return text
    if literal is not None and isinstance(replacement, str):
        return text.replace(literal, replacement)
    if not text:
        return _replaced(replacement, text, (0, 0)) if pattern.matches(text) else text
    pieces: list[str] = []
    position = 0
    for start, end in pattern.find_all(text):
        if start >= len(text):
            break
        pieces.append(text[position:start])
        pieces.append(_replaced(replacement, text, (start, end)))
        # where the pattern matches nothing, bash puts the replacement in front of the character
        pieces.append(text[start : start + 1] if start == end else "")
        position = max(end, start + 1)
    pieces.append(text[position:])
    return "".join(pieces)


def replacement_of(pieces: list[tuple[str, bool]]) -> str | Replacement:
    r"""The replacement given as texts and whether each was quoted: an unquoted ``&`` stands for the match,
    ``\&`` for itself (``shopt patsub_replacement``)."""
    template: list[str | None] = []
    for text, quoted in pieces:
        if quoted or "&" not in text:
            template.append(text)
        else:
            _cut_ampersands(text, template)
    if None not in template:
        return "".join(text for text in template if text is not None)

    def fill(matched: str) -> str:
        return "".join(matched if text is None else text for text in template)

    return fill


def _cut_ampersands(text: str, template: list[str | None]) -> None:
    plain: list[str] = []
    position = 0
    while position < len(text):
        char = text[position]
        if char == "\\" and text[position + 1 : position + 2] in ("&", "\\"):
            plain.append(text[position + 1])
            position += 1
        elif char == "&":
            template.append("".join(plain))
            plain.clear()
            template.append(None)
        else:
            plain.append(char)
        position += 1
    template.append("".join(plain))


_CASES: dict[str, Callable[[str], str]] = {"^": str.upper, ",": str.lower, "~": str.swapcase}


def change_case(text: str, operator: str, pattern: Pattern | None) -> str:
    """``^ ^^ , ,, ~ ~~``, on the characters that match ``pattern`` (None: on all)."""
    convert = _CASES[operator[0]]
    if len(operator) == 1:
        first = text[:1]
        if not first or (pattern is not None and not pattern.matches(first)):
            return text
        return _same_length(convert, first) + text[1:]
    if pattern is None:
        return convert(text) if text.isascii() else "".join(_same_length(convert, c) for c in text)
    return "".join(_same_length(convert, c) if pattern.matches(c) else c for c in text)


def _same_length(convert: Callable[[str], str], char: str) -> str:
    """C maps one character to one: the German sharp s has no upper case here."""
    changed = convert(char)
    return changed if len(changed) == 1 else char


def slice_text(text: str, offset: int, length: int | None) -> str:
    """``${x:offset:length}``. Raises SubstringError."""
    size = len(text)
    if offset < 0:
        offset += size
    if offset < 0 or offset > size:
        return ""
    end = _slice_end(offset, length, size)
    return text[offset:end]


def _slice_end(offset: int, length: int | None, size: int) -> int:
    if length is None:
        return size
    if length >= 0:
        return offset + length
    end = size + length
    if end < offset:
        raise SubstringError
    return end


def slice_positional(env: Environment, offset: int, length: int | None) -> list[str]:
    """``${@:offset:length}``: ``$0`` counts as number 0."""
    if length is not None and length < 0:
        raise SubstringError
    values = [env.zero, *env.positional]
    return _slice_list(values, offset if offset >= 0 else offset + len(values), length)


def slice_array(variable: Variable | None, offset: int, length: int | None) -> list[str]:
    """``${name[@]:offset:length}``: the offset is an index for an indexed array."""
    value = variable.value if variable is not None else None
    if isinstance(value, IndexedArray):
        if offset < 0:
            offset += value.top + 1
        if offset < 0:
            return []
        pairs = value.pairs()
        return _slice_list([text for index, text in pairs if index >= offset], 0, length)
    if isinstance(value, AssociativeArray):
        # bash counts an associative array's elements from 1
        return _slice_list(value.values(), max(offset - 1, 0), length)
    scalar = variable.scalar() if variable is not None else None
    return [] if scalar is None else [slice_text(scalar, offset, length)]


def _slice_list(values: list[str], offset: int, length: int | None) -> list[str]:
    if offset < 0 or offset >= len(values):
        return []
    if length is not None and length < 0:
        raise SubstringError
    return values[offset:] if length is None else values[offset : offset + length]


def _first_upper(text: str) -> str:
    return _same_length(str.upper, text[0]) + text[1:] if text else text


def _expand_escapes(text: str) -> str:
    return decode_ansi(text)


TRANSFORMS: dict[str, Callable[[str], str]] = {
    "U": lambda text: change_case(text, "^^", None),
    "u": _first_upper,
    "L": lambda text: change_case(text, ",,", None),
    "Q": quote,
    "E": _expand_escapes,
    "K": quote,
    "k": quote,
}


def declaration(name: str, variable: Variable) -> list[str]:
    """``${name[@]@A}``: the words of a command that makes the variable again (see ``expansions`` for ``*``)."""
    letters = variable.attributes()
    value = variable.value
    if isinstance(value, (IndexedArray, AssociativeArray)):
        return ["declare", f"-{letters}", f"{name}=({array_pairs(variable)})"]
    scalar = variable.scalar()
    shown = name if scalar is None else f"{name}={quote(scalar)}"
    return ["declare", f"-{letters}", shown] if letters else [shown]


def array_pairs(variable: Variable) -> str:
    """``[0]="a" [1]="b"`` as ``declare -p`` and ``@A`` print it."""
    value = variable.value
    if isinstance(value, IndexedArray):
        return " ".join(f"[{index}]={double_quote(text)}" for index, text in value.pairs())
    if isinstance(value, AssociativeArray):
        pairs = (f"[{quote_key(key)}]={double_quote(text)} " for key, text in value.pairs())
        return "".join(pairs)
    return ""


def quote_key(key: str) -> str:
    """A key as ``declare -p`` shows it: quoted only when it must be."""
    plain = key and all(char.isalnum() or char in "_./:,%+-=@" for char in key)
    return key if plain else double_quote(key)


def key_value_words(variable: Variable | None, quoted: bool) -> list[str]:
    """``${name[@]@K}`` (``quoted``: one word per array) and ``@k`` (keys and values in turn)."""
    value = variable.value if variable is not None else None
    if isinstance(value, IndexedArray):
        pairs = [(str(index), text) for index, text in value.pairs()]
    elif isinstance(value, AssociativeArray):
        pairs = value.pairs()
    else:
        scalar = variable.scalar() if variable is not None else None
        return [] if scalar is None else [quote(scalar) if quoted else scalar]
    if not quoted:
        return [text for pair in pairs for text in pair]
    if isinstance(value, IndexedArray):
        return [" ".join(f"{key} {double_quote(text)}" for key, text in pairs)]
    return ["".join(f"{quote_key(key)} {double_quote(text)} " for key, text in pairs)]
