"""A browser with the built page. `build.py test` builds it first and says where Chromium is."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from web.serve import serving
from web.site import CHROMIUM_FLAGS, find_chromium

sys.path.insert(0, str(Path(__file__).parent))

from terminal import PageTerminal

ROOT = Path(__file__).resolve().parents[2]
DIST = Path(os.environ.get("PAGEBOX_DIST") or ROOT / "web" / "dist")


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """The system's Chromium, with the flags a test machine wants."""
    path = os.environ.get("CHROMIUM") or find_chromium()
    if path is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    return {"executable_path": path, "args": list(CHROMIUM_FLAGS)}


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Where the built page is served."""
    if not (DIST / "index.html").exists():
        pytest.skip("the page has not been built (python3 build.py web)")
    with serving(DIST) as url:
        yield url


@pytest.fixture(scope="session")
def window(browser: Any) -> Iterator[Any]:
    """One browser window for all tests: its cache makes every page but the first start warm."""
    context = browser.new_context(viewport={"width": 1000, "height": 640})
    yield context
    context.close()


@pytest.fixture
def blank(window: Any) -> Iterator[Any]:
    """A tab that shows nothing yet. A failure of the page's own code fails the test."""
    tab = window.new_page()
    failures: list[str] = []
    tab.on("pageerror", lambda error: failures.append(str(error)))
    yield tab
    tab.close()
    assert failures == []


@pytest.fixture
def terminal(blank: Any, address: str) -> PageTerminal:
    """The page, ready, with the keyboard on the terminal."""
    blank.goto(address)
    made = PageTerminal(blank)
    made.ready()
    return made
