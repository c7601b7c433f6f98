"""The server: types, caching, and the header without which the page's worker could load nothing."""

import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from web.serve import FOR_EVER, serving


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "index.html").write_text("<!doctype html>")
    (tmp_path / "app-0123456789ab").mkdir()
    (tmp_path / "app-0123456789ab" / "main.js").write_text("0;")
    (tmp_path / "tool-0123456789ab.wasm").write_bytes(b"\0asm\1\0\0\0")
    (tmp_path / "plain.mjs").write_text("0;")
    with serving(tmp_path) as url:
        yield url


@pytest.mark.parametrize(
    ("path", "kind", "caching"),
    [
        ("", "text/html; charset=utf-8", "no-cache"),
        ("app-0123456789ab/main.js", "text/javascript; charset=utf-8", FOR_EVER),
        ("tool-0123456789ab.wasm", "application/wasm", FOR_EVER),
        ("plain.mjs", "text/javascript; charset=utf-8", "no-cache"),
    ],
)
def test_headers(site: str, path: str, kind: str, caching: str) -> None:
    with urllib.request.urlopen(site + path) as answer:
        assert answer.headers["Content-Type"] == kind
        assert answer.headers["Cache-Control"] == caching
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("path", ["nothing", "app-0123456789ab/", "%2e%2e/%2e%2e/etc/passwd"])
def test_what_is_not_there_is_not_listed_or_left(site: str, path: str) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404") as caught:
        urllib.request.urlopen(site + path)
    caught.value.close()
