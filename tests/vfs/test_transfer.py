"""Copies in and out: only files and folders cross, and nothing is written through a link."""

import ntpath
import os
from pathlib import Path

import pytest

from vfs import transfer
from vfs.contract import ROOT, raises
from vfs.memfs import MemFS
from vfs.namespace import Namespace
from vfs.view import FileView


@pytest.fixture
def view() -> FileView:
    return FileView(Namespace(MemFS()))


@pytest.fixture
def host(tmp_path: Path) -> Path:
    (tmp_path / "in" / "sub").mkdir(parents=True)
    (tmp_path / "in" / "run").write_bytes(b"#!/bin/sh\n")
    (tmp_path / "in" / "run").chmod(0o755)
    (tmp_path / "in" / "sub" / "data").write_bytes(b"\0\xff")
    return tmp_path


def test_folder_in(view: FileView, host: Path) -> None:
    (host / "in" / "link").symlink_to("/etc/passwd")
    (host / "in" / "sub" / "up").symlink_to("..")
    os.mkfifo(host / "in" / "pipe")
    view.copy_in(str(host / "in"), "/got/it")
    assert list(view.walk("/got")) == [
        ("/got", ["it"], []),
        ("/got/it", ["sub"], ["run"]),
        ("/got/it/sub", [], ["data"]),
    ]
    assert view.read("/got/it/sub/data") == b"\0\xff"
    assert view.stat("/got/it/run").mode & 0o777 == 0o755


def test_file_in_and_to_the_root(view: FileView, host: Path) -> None:
    view.copy_in(str(host / "in" / "run"), "/bin/run")
    assert view.read("/bin/run") == b"#!/bin/sh\n"
    view.copy_in(str(host / "in"), "/")
    assert view.read("/sub/data") == b"\0\xff"


def test_what_is_not_there_or_no_file(view: FileView, host: Path) -> None:
    with raises("ENOENT"):
        view.copy_in(str(host / "none"), "/x")
    os.mkfifo(host / "pipe")
    with raises("EINVAL"):
        view.copy_in(str(host / "pipe"), "/x")


def test_directory_out(view: FileView, host: Path) -> None:
    view.write("/d/a", b"1", mode=0o777)
    view.write("/d/e/b", b"2")
    view.symlink("/d/a", "/d/link")
    view.symlink("../..", "/d/e/up")
    for source in ("/d", "/d/"):
        view.copy_out(source, str(host / "out"))
        assert (host / "out" / "a").read_bytes() == b"1"
        assert (host / "out" / "e" / "b").read_bytes() == b"2"
        assert sorted(os.listdir(host / "out")) == ["a", "e"]
        assert os.listdir(host / "out" / "e") == ["b"]
    assert os.access(host / "out" / "a", os.X_OK)


def test_root_out(view: FileView, host: Path) -> None:
    view.write("/d/a", b"1")
    view.copy_out("/", str(host / "out"))
    assert (host / "out" / "d" / "a").read_bytes() == b"1"


def test_nothing_is_written_through_links_of_the_host(view: FileView, host: Path) -> None:
    view.write("/d/a", b"evil")
    view.write("/d/e/b", b"evil")
    (host / "victim").write_text("good")
    (host / "out").mkdir()
    (host / "out" / "a").symlink_to(host / "victim")
    with pytest.raises(OSError, match="symbolic"):
        view.copy_out("/d", str(host / "out"))
    (host / "out" / "a").unlink()
    (host / "elsewhere").mkdir()
    (host / "out" / "e").symlink_to(host / "elsewhere")
    with raises("ELOOP"):
        view.copy_out("/d", str(host / "out"))
    assert (host / "victim").read_text() == "good"
    assert os.listdir(host / "elsewhere") == []


def test_names_the_host_would_take_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer.os, "path", ntpath)
    for name in ("..\\x", "C:x", "a\\b"):
        with raises("EINVAL"):
            transfer._require_host_name(name)
    transfer._require_host_name("plain.txt")


def test_device_out(view: FileView, host: Path) -> None:
    names = Namespace(MemFS())
    names.mknod(names.root, "/p", ROOT, 0o010600)
    with raises("EINVAL"):
        FileView(names).copy_out("/p", str(host / "p"))
