"""The host folder: nothing outside it can be reached, and nothing of it changes unless allowed."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from vfs import hostfs
from vfs.contract import MAKE, ROOT, content, make, raises
from vfs.errors import symbol_of
from vfs.hostfs import HostFS
from vfs.inode import OpenFlags
from vfs.memfs import MemFS
from vfs.namespace import Credentials, Namespace

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no calls relative to a folder")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """``box`` to mount, with ``secret`` outside it."""
    (tmp_path / "secret").write_text("secret")
    box = tmp_path / "box"
    (box / "sub").mkdir(parents=True)
    (box / "file").write_text("hello")
    (box / "sub" / "deep").write_text("deep")
    return box


def mounted(folder: Path, *, writable: bool = False) -> Namespace:
    names = Namespace(MemFS())
    names.mkdir(names.root, "/host", ROOT)
    names.mount("/host", HostFS(str(folder), writable=writable))
    return names


def listing(names: Namespace, path: str = "/host") -> list[str]:
    return [entry.name for entry in names.listdir(names.root, path, ROOT)]


@contextmanager
def not_root() -> Iterator[None]:
    """Be somebody whom permissions bind, also where the tests run as root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(4321)
    try:
        yield
    finally:
        os.seteuid(0)


class TestConfinement:
    def test_links_are_text_for_the_guests_own_tree(self, folder: Path) -> None:
        (folder / "abs").symlink_to(folder.parent / "secret")
        (folder / "rel").symlink_to("../secret")
        (folder / "etc").symlink_to("/etc")
        names = mounted(folder)
        assert names.readlink(names.root, "/host/rel", ROOT) == "../secret"
        for path in ("abs", "rel", "etc/passwd", "etc/"):
            with raises("ENOENT"):
                names.stat(names.root, f"/host/{path}", ROOT)
        make(names, "/secret", b"the guest's own")
        assert content(names, "/host/rel") == b"the guest's own"

    def test_link_within_works(self, folder: Path) -> None:
        (folder / "l").symlink_to("sub")
        names = mounted(folder)
        assert content(names, "/host/l/deep") == b"deep"

    def test_file_swapped_for_a_link_after_the_lookup(self, folder: Path) -> None:
        names = mounted(folder)
        inode = names.resolve(names.root, "/host/file", ROOT).inode
        (folder / "file").unlink()
        (folder / "file").symlink_to(folder.parent / "secret")
        for call in (lambda: inode.read_at(0, 9), inode.hold):
            with raises("ELOOP"):
                call()
        with raises("ENOENT"):
            inode.stat()

    def test_folder_swapped_for_a_link_after_the_lookup(self, folder: Path) -> None:
        (folder.parent / "other").mkdir()
        (folder.parent / "other" / "deep").write_text("outside")
        names = mounted(folder)
        inode = names.resolve(names.root, "/host/sub", ROOT).inode
        (folder / "sub").rename(folder / "moved")
        (folder / "sub").symlink_to(folder.parent / "other")
        with pytest.raises(OSError, match="Errno"):
            inode.lookup("deep")
        with pytest.raises(OSError, match="Errno"):
            content(names, "/host/sub/deep")

    def test_folder_swapped_for_another_after_the_lookup(self, folder: Path) -> None:
        names = mounted(folder)
        inode = names.resolve(names.root, "/host/sub", ROOT).inode
        (folder / "sub").rename(folder / "moved")
        (folder / "sub").mkdir()
        with raises("ENOENT"):
            inode.entries()

    def test_dot_dot_at_the_top_leads_to_the_guests_parent(self, folder: Path) -> None:
        names = mounted(folder)
        assert names.path_of(names.resolve(names.root, "/host/..", ROOT)) == "/"
        assert names.path_of(names.resolve(names.root, "/host/sub/..", ROOT)) == "/host"

    def test_fifos_and_devices_are_hidden(self, folder: Path) -> None:
        os.mkfifo(folder / "fifo")
        names = mounted(folder)
        assert listing(names) == ["file", "sub"]
        with raises("ENOENT"):
            names.open_inode(names.root, "/host/fifo", ROOT)

    def test_file_swapped_for_a_fifo_does_not_block(self, folder: Path) -> None:
        names = mounted(folder)
        inode = names.resolve(names.root, "/host/file", ROOT).inode
        (folder / "file").unlink()
        os.mkfifo(folder / "file")
        with raises("ENOENT"):
            inode.read_at(0, 1)

    def test_no_host_path_in_errors(self, folder: Path) -> None:
        names = mounted(folder)
        for path in ("/host/none", "/host/file/x", "/host/sub/none"):
            with pytest.raises(OSError, match="Errno") as caught:
                names.stat(names.root, path, ROOT)
            assert str(folder) not in str(caught.value)
            assert caught.value.filename == path


class TestReadOnly:
    def test_default(self, folder: Path) -> None:
        names = mounted(folder)
        assert content(names, "/host/file") == b"hello"
        for call in (
            lambda: names.open_inode(names.root, "/host/new", ROOT, flags=MAKE),
            lambda: names.open_inode(names.root, "/host/file", ROOT, flags=OpenFlags.WRITE),
            lambda: names.unlink(names.root, "/host/file", ROOT),
            lambda: names.mkdir(names.root, "/host/d", ROOT),
            lambda: names.rename(names.root, "/host/file", names.root, "/host/g", ROOT),
            lambda: names.chmod(names.root, "/host/file", ROOT, 0o777),
        ):
            with raises("EROFS"):
                call()

    def test_inodes_refuse_by_themselves(self, folder: Path) -> None:
        root = HostFS(str(folder)).root
        file = root.lookup("file")
        for call in (
            lambda: file.write_at(0, b"x"),
            lambda: file.truncate(0),
            lambda: file.set_mode(0o777),
            lambda: file.set_times(1, 1),
            lambda: file.set_owner(1, 1),
            lambda: root.create("x", 0o644, 0, 0),
            lambda: root.mkdir("x", 0o644, 0, 0),
            lambda: root.symlink("x", "y", 0, 0),
            lambda: root.mknod("x", 0o644, 0, 0, 0),
            lambda: root.link("x", file),
            lambda: root.unlink("file"),
            lambda: root.rmdir("sub"),
            lambda: root.rename("file", root, "x"),
        ):
            with raises("EROFS"):
                call()
        assert (folder / "file").read_text() == "hello"


class TestWritable:
    def test_changes_reach_the_host(self, folder: Path) -> None:
        names = mounted(folder, writable=True)
        make(names, "/host/new", b"data", mode=0o600)
        names.rename(names.root, "/host/new", names.root, "/host/sub/moved", ROOT)
        assert (folder / "sub" / "moved").read_bytes() == b"data"
        assert (folder / "sub" / "moved").stat().st_mode & 0o7777 == 0o600

    def test_no_links_and_no_set_id_bits_are_planted(self, folder: Path) -> None:
        names = mounted(folder, writable=True)
        with raises("EPERM"):
            names.symlink("/etc/passwd", names.root, "/host/l", ROOT)
        names.chmod(names.root, "/host/file", ROOT, 0o6755)
        names.chmod(names.root, "/host/sub", ROOT, 0o7777)
        names.open_inode(names.root, "/host/new", Credentials(umask=0), flags=MAKE, mode=0o6777)
        for name in ("file", "sub", "new"):
            assert (folder / name).stat().st_mode & 0o7000 == 0

    def test_owners_are_those_given(self, folder: Path) -> None:
        fs = HostFS(str(folder), writable=True, uid=1000, gid=1000)
        facts = fs.root.lookup("file").stat()
        assert (facts.uid, facts.gid) == (1000, 1000)
        fs.root.lookup("file").set_owner(1000, None)
        with raises("EPERM"):
            fs.root.lookup("file").set_owner(0, None)

    def test_write_follows_no_link_put_in_place(self, folder: Path) -> None:
        names = mounted(folder, writable=True)
        inode = names.resolve(names.root, "/host/file", ROOT).inode
        (folder / "file").unlink()
        (folder / "file").symlink_to(folder.parent / "secret")
        with pytest.raises(OSError, match="Errno"):
            inode.write_at(0, b"overwritten")
        with pytest.raises(OSError, match="Errno"):
            inode.set_mode(0o777)
        assert (folder.parent / "secret").read_text() == "secret"

    @pytest.mark.parametrize("limit", [1, 3])
    def test_moves_stay_right_when_many_folders_are_open(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, limit: int
    ) -> None:
        monkeypatch.setattr(hostfs, "_OPEN_FOLDERS", limit)
        deep = folder.joinpath(*"abcdefgh")
        deep.mkdir(parents=True)
        names = mounted(folder, writable=True)
        top = names.resolve(names.root, "/host", ROOT).inode
        target = names.resolve(names.root, "/host/a/b/c/d/e/f/g/h", ROOT).inode
        content(names, "/host/sub/deep")
        top.rename("file", target, "file")
        assert (deep / "file").read_text() == "hello"
        content(names, "/host/sub/deep")
        names.link(names.root, "/host/a/b/c/d/e/f/g/h/file", names.root, "/host/sub/l", ROOT)
        assert (folder / "sub" / "l").read_text() == "hello"

    def test_write_to_a_file_the_host_protects(self, folder: Path) -> None:
        (folder / "file").chmod(0o444)
        fs = HostFS(str(folder), writable=True)
        with not_root():
            file = fs.root.lookup("file")
            file.hold()
            assert file.read_at(0, 9) == b"hello"
            with raises("EACCES"):
                file.write_at(0, b"x")
            file.release()
        assert (folder / "file").read_text() == "hello"


class TestDescriptors:
    def count(self) -> int:
        return len(os.listdir("/proc/self/fd"))

    @pytest.mark.skipif(sys.platform != "linux", reason="counts descriptors in /proc")
    def test_none_are_left(self, folder: Path) -> None:
        before = self.count()
        for number in range(100):
            (folder / f"d{number}").mkdir()
        fs = HostFS(str(folder), writable=True)
        names = Namespace(MemFS())
        names.mkdir(names.root, "/host", ROOT)
        names.mount("/host", fs)
        for number in range(100):
            make(names, f"/host/d{number}/f", b"x")
        inode = names.open_inode(names.root, "/host/file", ROOT).inode
        inode.hold()
        assert self.count() <= before + 70
        inode.release()
        names.unmount("/host")
        assert self.count() == before

    def test_large_request_for_a_small_file(self, folder: Path) -> None:
        assert HostFS(str(folder)).root.lookup("file").read_at(0, 1 << 62) == b"hello"


def test_what_is_no_folder(folder: Path) -> None:
    for path in (folder / "file", folder / "none"):
        with pytest.raises(OSError, match="Errno") as caught:
            HostFS(str(path))
        assert symbol_of(caught.value) in ("ENOTDIR", "ENOENT")


def test_folder_identity_survives_renames(folder: Path) -> None:
    names = mounted(folder, writable=True)
    here = names.enter(names.root, "/host/sub", ROOT)
    names.mkdir(names.root, "/host/other", ROOT)
    names.rename(names.root, "/host/sub", names.root, "/host/other/sub", ROOT)
    assert names.path_of(here) == "/host/other/sub"
    assert content(names, "/host/other/sub/deep") == b"deep"
    assert names.resolve(here, "../../file", ROOT)


def test_usage(folder: Path) -> None:
    usage = HostFS(str(folder)).usage()
    assert 0 < usage.used_bytes <= usage.total_bytes
