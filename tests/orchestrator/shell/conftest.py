"""Fixtures for shell tests; what they make is in box.py and terminal.py."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.orchestrator.shell.box import ShellBox
from tests.orchestrator.shell.terminal import InteractiveBox


@pytest.fixture
def box() -> Iterator[ShellBox]:
    made = ShellBox()
    yield made
    made.close()


@pytest.fixture
def term() -> Iterator[InteractiveBox]:
    """A shell that waits at its prompt; it is ended with the test."""
    made = InteractiveBox()
    yield made
    made.kernel.scheduler.post(lambda: made.kernel.kill_tree(made.process))
    made.machine.driver.run(lambda: not made.process.is_alive)
    made.close()
