"""Paths as text."""

import pytest

from vfs.contract import raises
from vfs.path import check, join, split_last


@pytest.mark.parametrize("path", ["a", "/", "x" * 255, "\udcff", "é" * 127, "a/" * 2047])
def test_good(path: str) -> None:
    check(path)


@pytest.mark.parametrize(
    ("path", "symbol"),
    [
        ("", "ENOENT"),
        ("\0", "EINVAL"),
        ("x" * 256, "ENAMETOOLONG"),
        ("é" * 128, "ENAMETOOLONG"),
        ("\udcff" * 256, "ENAMETOOLONG"),
        ("a/" * 2048, "ENAMETOOLONG"),
        ("é/" * 1400, "ENAMETOOLONG"),
        ("\udbff", "EILSEQ"),
    ],
)
def test_bad(path: str, symbol: str) -> None:
    with raises(symbol):
        check(path)


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("a", ("", "a", False)),
        ("a/", ("", "a", True)),
        ("/a", ("/", "a", False)),
        ("a/b", ("a/", "b", False)),
        ("a//b//", ("a//", "b", True)),
        ("/", ("/", ".", False)),
        ("//", ("/", ".", False)),
        ("..", ("", "..", False)),
        ("a/.", ("a/", ".", False)),
    ],
)
def test_split_last(path: str, parts: tuple[str, str, bool]) -> None:
    assert split_last(path) == parts


def test_join() -> None:
    assert join("/a", "b") == "/a/b"
    assert join("/", "b") == "/b"
    assert join("", "b") == "b"
    assert join("/a", "/b") == "/b"
