"""The browsers' words for traps, in those of the other engine: what a program prints must not depend on it."""

from __future__ import annotations

from orchestrator.platform.base import UNREACHABLE

_WORDS = {
    # V8
    "unreachable": UNREACHABLE,
    "memory access out of bounds": "memory out of bounds",
    "divide by zero": "integer division by zero",
    "remainder by zero": "integer division by zero",
    "divide result unrepresentable": "integer overflow",
    "float unrepresentable in integer range": "bad conversion to integer",
    "table index is out of bounds": "table out of bounds",
    "null function or function signature mismatch": "bad signature",
    "data segment out of bounds": "memory out of bounds",
    "element segment out of bounds": "table out of bounds",
    # SpiderMonkey
    "unreachable executed": UNREACHABLE,
    "index out of bounds": "memory out of bounds",
    "integer divide by zero": "integer division by zero",
    "integer overflow": "integer overflow",
    "invalid conversion to integer": "bad conversion to integer",
    "indirect call to null": "indirect call to null",
    "indirect call signature mismatch": "bad signature",
    # JavaScriptCore
    "Unreachable code should not be executed": UNREACHABLE,
    "Out of bounds memory access": "memory out of bounds",
    "Division by zero": "integer division by zero",
}


def trap_words(message: str) -> str:
    """The reason of a trap, from a browser's message."""
    plain = message.partition(" (evaluating")[0].strip()
    return _WORDS.get(plain, plain)
