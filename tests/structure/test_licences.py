"""Everything that is shipped is listed with its licence in docs/licences.md."""

import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LISTED = dict(
    re.findall(
        r"^\| `([^`]+)` \| ([^|]+?) \|", (ROOT / "docs/licences.md").read_text(), re.MULTILINE
    )
)
PAGE = json.loads((ROOT / "package.json").read_text())["dependencies"]


@pytest.mark.parametrize("name", PAGE)
def test_parts_of_the_page(name: str) -> None:
    assert name in LISTED
    installed = ROOT / "node_modules" / name / "package.json"
    if installed.exists():
        assert json.loads(installed.read_text())["license"] == LISTED[name]


def test_parts_of_the_wheel() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = {re.split(r"[\s<>=;\[]", item)[0] for item in project["dependencies"]}
    assert names <= set(LISTED)
    assert "LICENSE" in project["license-files"]


def test_nothing_listed_is_gone() -> None:
    python = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    assert set(LISTED) == {*PAGE, *(re.split(r"[\s<>=;\[]", item)[0] for item in python)}


def test_our_own_licence_is_there() -> None:
    assert (ROOT / "LICENSE").read_text().startswith("MIT License")
    assert "MIT" in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["license"]
