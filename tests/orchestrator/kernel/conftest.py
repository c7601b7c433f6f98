"""Fixtures for kernel tests; what they make is in box.py."""

from __future__ import annotations

import pytest

from tests.orchestrator.kernel.box import Box


@pytest.fixture
def box() -> Box:
    return Box()
