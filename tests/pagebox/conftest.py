"""One sandbox for the tests that leave no trace in it; starting it compiles nothing when the cache is warm."""

from collections.abc import Iterator

import pytest

from pagebox.sync import Sandbox


@pytest.fixture
def box() -> Iterator[Sandbox]:
    with Sandbox() as made:
        yield made
