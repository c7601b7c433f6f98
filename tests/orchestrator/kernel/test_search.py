from __future__ import annotations

import pytest

from orchestrator.kernel.search import find_program
from tests.orchestrator.kernel.box import Box, fails
from vfs.access import Credentials


@pytest.fixture
def files(box: Box) -> Box:
    for folder in ("/a", "/b", "/b/sub", "/closed"):
        box.files.make_dir(folder)
    for path, mode in (
        ("/a/plain", 0o644),
        ("/b/plain", 0o755),
        ("/b/tool", 0o755),
        ("/a/data", 0o600),
        ("/closed/secret", 0o755),
    ):
        box.files.write(path, b"x")
        box.files.chmod(path, mode)
    box.files.chmod("/closed", 0o700)
    return box


@pytest.mark.parametrize(
    ("name", "path", "found"),
    [
        ("tool", "/a:/b", "/b/tool"),
        ("tool", "/none:/a/data:/b/", "/b/tool"),
        ("plain", "/a:/b", "/b/plain"),
        ("/any/where", "/a", "/any/where"),
        ("./x", "", "./x"),
        ("tool", "b", "b/tool"),
    ],
)
def test_found(files: Box, name: str, path: str, found: str) -> None:
    root = files.namespace.root
    assert find_program(files.namespace, root, Credentials(), name, path) == found


@pytest.mark.parametrize(
    ("name", "path", "symbol"),
    [
        ("tool", "/a", "ENOENT"),
        ("tool", "", "ENOENT"),
        ("", "/a", "ENOENT"),
        ("data", "/a:/none", "EACCES"),
        ("sub", "/b", "EACCES"),
        ("secret", "/closed:/b", "EACCES"),
        ("x" * 300, "/a", "ENOENT"),
    ],
)
def test_not_found(files: Box, name: str, path: str, symbol: str) -> None:
    with fails(symbol):
        find_program(files.namespace, files.namespace.root, Credentials(uid=7, gid=7), name, path)


def test_an_empty_folder_is_where_one_is(files: Box) -> None:
    there = files.namespace.resolve(files.namespace.root, "/b", Credentials())
    for path in ("", "/a:", ":/a"):
        assert find_program(files.namespace, there, Credentials(), "tool", path) == "./tool"
