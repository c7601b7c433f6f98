"""Files as a host program uses them."""

import pytest

from vfs.contract import ROOT, raises
from vfs.memfs import MemFS
from vfs.namespace import Credentials, Namespace
from vfs.quota import Quota
from vfs.view import FileView


@pytest.fixture
def view() -> FileView:
    return FileView(Namespace(MemFS(quota=Quota(1000, 100))))


class TestContents:
    def test_text_and_bytes(self, view: FileView) -> None:
        view.write("/a/b/c.txt", "grüß\r\ngott\n")
        assert view.read("/a/b/c.txt") == "grüß\r\ngott\n".encode()
        assert view.read_text("/a/b/c.txt") == "grüß\r\ngott\n"
        view.write("/a/b/c.txt", b"\xff")
        with pytest.raises(UnicodeDecodeError):
            view.read_text("/a/b/c.txt")
        assert view.read_text("/a/b/c.txt", errors="replace") == "\ufffd"

    def test_write_replaces_and_keeps_the_mode(self, view: FileView) -> None:
        view.write("/a", "a long text", mode=0o600)
        view.chmod("/a", 0o755)
        view.write("/a", "short")
        assert view.read("/a") == b"short"
        assert view.stat("/a").mode & 0o777 == 0o755

    def test_append(self, view: FileView) -> None:
        view.append("/x/log", "one\n")
        view.append("/x/log", b"two\n")
        assert view.read("/x/log") == b"one\ntwo\n"

    def test_without_parents(self, view: FileView) -> None:
        with raises("ENOENT"):
            view.write("/a/b", "x", parents=False)
        assert not view.exists("/a")

    def test_what_does_not_fit_leaves_the_old(self, view: FileView) -> None:
        view.write("/keep", b"k" * 600)
        view.write("/a", b"a" * 300)
        for call in (
            lambda: view.write("/a", b"b" * 900),
            lambda: view.write("/new", b"b" * 900),
            lambda: view.append("/a", b"b" * 900),
        ):
            with raises("ENOSPC"):
                call()
        assert view.read("/a") == b"a" * 300
        assert view.read("/keep") == b"k" * 600
        assert not view.exists("/new")

    def test_limit(self, view: FileView) -> None:
        view.write("/a", b"12345")
        with raises("EFBIG"):
            view.read("/a", limit=4)
        assert view.read("/a", limit=5) == b"12345"

    def test_sparse_file_does_not_fill_the_host(self) -> None:
        names = Namespace(MemFS())
        FileView(names).write("/a", "x")
        names.truncate(names.root, "/a", ROOT, 1 << 40)
        with raises("EFBIG"):
            FileView(names).read("/a")

    def test_errors_name_the_path(self, view: FileView) -> None:
        for path in ("/none", "/"):
            with pytest.raises(OSError, match="Errno") as caught:
                view.read(path)
            assert caught.value.filename == path


class TestFacts:
    def test_exists(self, view: FileView) -> None:
        view.write("/d/f", "x")
        view.symlink("nowhere", "/dangling")
        view.symlink("circle", "/circle")
        assert view.exists("/d/f")
        assert view.is_file("/d/f")
        assert view.is_dir("/d")
        assert not view.is_dir("/d/f")
        for path in ("/none", "/d/f/x", "/dangling", "/circle"):
            assert not view.exists(path)
            assert not view.is_file(path)
        assert view.stat("/dangling", follow=False).is_link
        assert view.readlink("/dangling") == "nowhere"

    def test_exists_does_not_hide_other_errors(self, view: FileView) -> None:
        with raises("EINVAL"):
            view.exists("a\0b")

    def test_list_is_sorted(self, view: FileView) -> None:
        for name in ("b", "a", "c"):
            view.write(f"/d/{name}", "")
        view.make_dir("/d/e")
        assert [(entry.name, entry.is_dir) for entry in view.list("/d")] == [
            ("a", False),
            ("b", False),
            ("c", False),
            ("e", True),
        ]

    def test_walk(self, view: FileView) -> None:
        view.write("/t/a/x", "")
        view.write("/t/b/y", "")
        view.write("/t/z", "")
        view.symlink("/t", "/t/loop")
        assert list(view.walk("/t")) == [
            ("/t", ["a", "b"], ["loop", "z"]),
            ("/t/a", [], ["x"]),
            ("/t/b", [], ["y"]),
        ]

    def test_walk_can_be_pruned(self, view: FileView) -> None:
        view.write("/t/a/x", "")
        view.write("/t/b/y", "")
        seen = []
        for here, folders, _ in view.walk("/t"):
            seen.append(here)
            if "a" in folders:
                folders.remove("a")
        assert seen == ["/t", "/t/b"]


class TestChanges:
    def test_make_dir(self, view: FileView) -> None:
        view.make_dir("/a/b/c")
        view.make_dir("/a/b/c")
        view.write("/f", "")
        for call in (
            lambda: view.make_dir("/a/b/c", exist_ok=False),
            lambda: view.make_dir("/f"),
        ):
            with raises("EEXIST"):
                call()
        with raises("ENOENT"):
            view.make_dir("/x/y", parents=False)

    def test_remove(self, view: FileView) -> None:
        view.write("/d/a/x", "1")
        view.write("/d/b/y", "2")
        view.write("/keep/z", "3")
        view.symlink("/keep", "/d/link")
        with raises("ENOTEMPTY"):
            view.remove("/d")
        view.remove("/d/a/x")
        view.remove("/d", recursive=True)
        assert not view.exists("/d")
        assert view.read("/keep/z") == b"3"
        with raises("ENOENT"):
            view.remove("/d", recursive=True)

    def test_the_root_is_not_emptied(self, view: FileView) -> None:
        view.write("/a", "x")
        for path in ("/", "//"):
            with raises("EBUSY"):
                view.remove(path, recursive=True)
        assert view.read("/a") == b"x"

    def test_remove_deeper_than_any_path(self) -> None:
        names = Namespace(MemFS())
        names.mkdir(names.root, "/top", ROOT)
        here = names.resolve(names.root, "/top", ROOT)
        for _ in range(3000):
            names.mkdir(here, "deep", ROOT)
            here = names.resolve(here, "deep", ROOT)
        FileView(names).remove("/top", recursive=True)
        assert not FileView(names).exists("/top")

    def test_rename(self, view: FileView) -> None:
        view.write("/a", "x")
        view.rename("/a", "/b")
        assert view.read("/b") == b"x"
        assert not view.exists("/a")

    def test_credentials_and_directory(self, view: FileView) -> None:
        names = Namespace(MemFS())
        FileView(names).make_dir("/home/me")
        names.chown(names.root, "/home/me", ROOT, 1000, 1000)
        at = names.resolve(names.root, "/home/me", ROOT)
        mine = FileView(names, Credentials(1000, 1000), at)
        mine.write("a/b", "x")
        assert FileView(names).read("/home/me/a/b") == b"x"
        assert mine.stat("a/b").uid == 1000
        assert [entry.name for entry in mine.list()] == ["a"]
        with raises("EACCES"):
            mine.write("/etc", "x")
