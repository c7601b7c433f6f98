"""``[[ text =~ regex ]]``: leftmost-longest matching that cannot explode.

An expression is run as a set of threads over the text (each state at most once per character), so time is the
product of both lengths at worst. Where the expression is so simple that Python's engine gives the same answer
within a known bound, that is used instead, being much faster.
"""

import itertools
import re
from collections.abc import Callable
from functools import lru_cache
from typing import TypeAlias

from orchestrator.shell.expand.environment import Environment
from orchestrator.shell.expand.errors import LimitError
from orchestrator.shell.expand.regex_items import (
    Anchor,
    Char,
    Chars,
    Concat,
    Either,
    Group,
    Node,
    RegexError,
    RegexParser,
    Repeat,
)
from orchestrator.shell.expand.words import compile_quoted_pieces
from orchestrator.shell.syntax.nodes import Word

MAX_PROGRAM = 50_000
_MAX_STEPS = 1_000_000
_Spans: TypeAlias = list[int]
Tick: TypeAlias = Callable[[int], None]
_TICK = 64
_Test: TypeAlias = Callable[[str], object]

__all__ = ["Regex", "RegexError", "compile_regex", "regex"]


class Regex:
    """A compiled expression. ``match`` gives what BASH_REMATCH holds."""

    __slots__ = ("_anchored", "_fast", "_program", "_stars", "groups")

    def __init__(self, chars: Chars, nocase: bool) -> None:
        parser = RegexParser(chars)
        node = parser.parse()
        self.groups = parser.groups
        flags = re.DOTALL | (re.IGNORECASE if nocase else 0)
        self._stars = _simple_stars(node)
        self._anchored = _starts_anchored(node)
        self._fast = re.compile(_python_source(node), flags) if self._stars >= 0 else None
        self._program = _Program(node, self.groups, flags)

    def match(self, text: str, tick: Tick | None = None) -> list[str] | None:
        """The text matched and what each parenthesis took (``""`` when it took no part); None when
        nothing matches. ``tick`` is called with the number of small steps done, see Environment."""
        power = self._stars + (not self._anchored)
        if self._fast is not None and (len(text) + 1) ** power <= _MAX_STEPS:
            found = self._fast.search(text)
            return [found.group(), *(group or "" for group in found.groups())] if found else None
        spans = self._program.run(text, tick)
        if spans is None:
            return None
        pairs = zip(spans[::2], spans[1::2], strict=True)
        return [text[start:end] if start >= 0 and end >= 0 else "" for start, end in pairs]


# ---- the fast way ------------------------------------------------------------------------------


def _simple_stars(node: Node) -> int:
    """How many unbounded repetitions, when only single characters are repeated and choices are words that
    exclude one another; -1 when Python's engine might answer differently or take too long."""
    if isinstance(node, (Char, Anchor)):
        return 0
    if isinstance(node, Group):
        return _simple_stars(node.body)
    if isinstance(node, Repeat):
        if not isinstance(node.body, Char):
            return -1
        return 1
    if isinstance(node, Either):
        return 0 if _exclusive(node) else -1
    counts = [_simple_stars(item) for item in node.items]
    return -1 if -1 in counts else sum(counts)


def _exclusive(node: Either) -> bool:
    """Plain words none of which begins another: at most one can match at any place."""
    words: list[str] = []
    for choice in node.choices:
        items = choice.items if isinstance(choice, Concat) else (choice,)
        if not all(isinstance(item, Char) and item.literal is not None for item in items):
            return False
        words.append("".join(item.literal or "" for item in items if isinstance(item, Char)))
    ordered = sorted(words)
    return all(not b.startswith(a) for a, b in itertools.pairwise(ordered))


def _starts_anchored(node: Node) -> bool:
    if isinstance(node, Anchor):
        return node.kind == "^"
    if isinstance(node, Group):
        return _starts_anchored(node.body)
    return isinstance(node, Concat) and bool(node.items) and _starts_anchored(node.items[0])


_ANCHORS = {"^": r"\A", "$": r"\Z", "\\<": r"\b(?=\w)", "\\>": r"\b(?<=\w)"}


def _python_source(node: Node) -> str:
    if isinstance(node, Char):
        return node.source
    if isinstance(node, Anchor):
        return _ANCHORS.get(node.kind, node.kind)
    if isinstance(node, Group):
        return f"({_python_source(node.body)})"
    if isinstance(node, Repeat):
        high = "" if node.high is None else str(node.high)
        return f"{_python_source(node.body)}{{{node.low},{high}}}"
    if isinstance(node, Either):
        return f"(?:{'|'.join([_python_source(choice) for choice in node.choices])})"
    return "".join([_python_source(item) for item in node.items])


# ---- the sure way ------------------------------------------------------------------------------

CHAR, SPLIT, JUMP, SAVE, ASSERT, DONE = range(6)


class _Program:
    """Instructions for the thread machine."""

    def __init__(self, node: Node, groups: int, flags: int) -> None:
        self.flags = flags
        self.slots = 2 * (groups + 1)
        self.code: list[list[object]] = []
        self.tests: dict[str, _Test] = {}
        self._emit(node)
        self._add(DONE)

    def _add(self, operation: int, first: object = None, second: object = None) -> int:
        if len(self.code) >= MAX_PROGRAM:
            raise LimitError("regular expression too big")
        self.code.append([operation, first, second])
        return len(self.code) - 1

    def _emit(self, node: Node) -> None:
        if isinstance(node, Char):
            self._add(CHAR, self._test(node.source))
        elif isinstance(node, Anchor):
            source = _ANCHORS.get(node.kind, node.kind)
            self._add(ASSERT, re.compile(source).match)
        elif isinstance(node, Group):
            self._add(SAVE, 2 * node.number)
            self._emit(node.body)
            self._add(SAVE, 2 * node.number + 1)
        elif isinstance(node, Repeat):
            self._emit_repeat(node)
        elif isinstance(node, Either):
            self._emit_either(node)
        else:
            for item in node.items:
                self._emit(item)

    def _test(self, source: str) -> _Test:
        if source not in self.tests:
            self.tests[source] = re.compile(source, self.flags).match
        return self.tests[source]

    def _emit_repeat(self, node: Repeat) -> None:
        for _ in range(node.low):
            self._emit(node.body)
        if node.high is None:
            split = self._add(SPLIT)
            self._emit(node.body)
            self._add(JUMP, split)
            self.code[split][1:] = [split + 1, len(self.code)]
            return
        splits: list[int] = []
        for _ in range(node.high - node.low):
            splits.append(self._add(SPLIT))
            self._emit(node.body)
        for split in splits:
            self.code[split][1:] = [split + 1, len(self.code)]

    def _emit_either(self, node: Either) -> None:
        jumps: list[int] = []
        for choice in node.choices[:-1]:
            split = self._add(SPLIT)
            self._emit(choice)
            jumps.append(self._add(JUMP))
            self.code[split][1:] = [split + 1, len(self.code)]
        self._emit(node.choices[-1])
        for jump in jumps:
            self.code[jump][1] = len(self.code)

    def run(self, text: str, tick: Tick | None = None) -> _Spans | None:
        """Spans of the leftmost-longest match, None when there is none."""
        best: _Spans | None = None
        threads: list[tuple[int, _Spans]] = []
        for position in range(len(text) + 1):
            if tick is not None and position % _TICK == 0:
                tick(_TICK)
            seen: set[int] = set()
            ready: list[tuple[int, _Spans]] = []
            for start, spans in threads:
                self._follow(start, spans, text, position, seen, ready)
            if best is None:
                fresh = [-1] * self.slots
                fresh[0] = position
                self._follow(0, fresh, text, position, seen, ready)
            threads = []
            for index, spans in ready:
                operation, test, _ = self.code[index]
                if operation == DONE:
                    best = _better(best, spans, position)
                elif position < len(text) and test(text[position]):  # type: ignore[operator]
                    threads.append((index + 1, spans))
            if best is not None:
                threads = [thread for thread in threads if thread[1][0] <= best[0]]
                if not threads:
                    break
        return best

    def _follow(
        self,
        start: int,
        spans: _Spans,
        text: str,
        position: int,
        seen: set[int],
        ready: list[tuple[int, _Spans]],
    ) -> None:
        """All states reached from ``start`` without reading a character, the preferred ones first."""
        waiting = [(start, spans)]
        while waiting:
            index, spans = waiting.pop()
            if index in seen:
                continue
            seen.add(index)
            operation, first, second = self.code[index]
            if operation == SPLIT:
                waiting.append((second, spans))  # type: ignore[arg-type]
                waiting.append((first, spans))  # type: ignore[arg-type]
            elif operation == JUMP:
                waiting.append((first, spans))  # type: ignore[arg-type]
            elif operation == SAVE:
                spans = spans.copy()
                spans[first] = position  # type: ignore[call-overload]
                waiting.append((index + 1, spans))
            elif operation == ASSERT:
                if first(text, position):  # type: ignore[operator]
                    waiting.append((index + 1, spans))
            else:
                ready.append((index, spans))


def _better(best: _Spans | None, spans: _Spans, position: int) -> _Spans:
    """The leftmost, and of those the longest: a later end always wins over an earlier one."""
    if best is not None and best[0] < spans[0]:
        return best
    if best is not None and best[0] == spans[0] and best[1] >= position:
        return best
    found = spans.copy()
    found[1] = position
    return found


@lru_cache(maxsize=256)
def regex(chars: Chars, nocase: bool) -> Regex:
    """Compile an expression. Cached: a pure function. Raises RegexError, LimitError."""
    return Regex(chars, nocase)


def compile_regex(word: Word) -> Callable[[Environment], Regex]:
    """The closure giving a word as a regular expression. When run it raises RegexError (status 2)."""
    pieces = compile_quoted_pieces(word)

    def run(env: Environment) -> Regex:
        chars = [(char, quoted) for text, quoted in pieces(env) for char in text]
        return regex(tuple(chars), env.options.nocasematch)

    return run
