"""The built page as files: what it refers to is there, and nothing else is."""

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from conftest import DIST

from web.site import POLICY, Site, zip_of

pytestmark = pytest.mark.page


@pytest.fixture
def manifest() -> dict[str, Any]:
    if not (DIST / "index.html").exists():
        pytest.skip("the page has not been built (python3 build.py web)")
    found = re.search(r'id="manifest">(.*?)</script>', (DIST / "index.html").read_text())
    assert found
    return json.loads(found[1])  # type: ignore[no-any-return]


def test_everything_the_page_refers_to_is_there_and_nothing_else(manifest: dict[str, Any]) -> None:
    files = [manifest["packages"], manifest["snapshot"], *manifest["tools"]]
    for file in files:
        assert (DIST / file["url"]).stat().st_size == file["size"]
    used = {file["url"].split("/")[0] for file in files}
    used |= {manifest["app"], manifest["pyodide"], "index.html"}
    assert {path.name for path in DIST.iterdir()} == used


def test_the_tools_are_those_of_the_index(manifest: dict[str, Any]) -> None:
    keys = {entry["sha256"] for entry in manifest["index"]["modules"]}
    assert keys == {tool["key"] for tool in manifest["tools"]}


def test_the_packages_hold_no_tool_and_no_other_platform(manifest: dict[str, Any]) -> None:
    with zipfile.ZipFile(DIST / manifest["packages"]["url"]) as archive:
        names = archive.namelist()
    assert "playground.py" in names
    assert "orchestrator/platform/browser/engine.py" in names
    assert not [name for name in names if name.endswith(".wasm") or "/native/" in name]


def test_the_policy_is_in_the_page() -> None:
    page = (DIST / "index.html").read_text() if DIST.exists() else pytest.skip("not built")
    for name, value in POLICY.items():
        assert f"{name} {value}".replace("'", "&#39;") in page


def test_no_script_is_inline() -> None:
    page = (DIST / "index.html").read_text() if DIST.exists() else pytest.skip("not built")
    for attributes, body in re.findall(r"<script([^>]*)>(.*?)</script>", page, re.DOTALL):
        assert "application/json" in attributes or not body.strip()
    assert not re.search(r"\son\w+=", page)


def test_a_zip_depends_on_its_content_alone() -> None:
    files = [("a.py", b"1"), ("b/c.py", b"2")]
    assert zip_of(files) == zip_of(files)
    with zipfile.ZipFile(io.BytesIO(zip_of(files))) as archive:
        assert archive.read("b/c.py") == b"2"


def test_a_folder_is_named_by_its_content(tmp_path: Path) -> None:
    site = Site(tmp_path)
    first = site.place("x", {"a": b"1", "b/c": b"2"})
    assert re.fullmatch(r"x-[0-9a-f]{12}", first)
    assert site.place("x", {"b/c": b"2", "a": b"1"}) == first
    assert site.place("x", {"a": b"12", "b/c": b""}) != first
    assert (tmp_path / first / "b" / "c").read_bytes() == b"2"
