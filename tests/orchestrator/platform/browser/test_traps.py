import pytest

from orchestrator.platform.base import UNREACHABLE
from orchestrator.platform.browser.traps import trap_words


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("unreachable", UNREACHABLE),
        ("unreachable executed", UNREACHABLE),
        ("Unreachable code should not be executed (evaluating 'start()')", UNREACHABLE),
        ("memory access out of bounds", "memory out of bounds"),
        ("index out of bounds", "memory out of bounds"),
        ("divide by zero", "integer division by zero"),
        ("something new", "something new"),
    ],
)
def test_browsers_words_become_ours(message: str, words: str) -> None:
    assert trap_words(message) == words
