"""Calls on paths: trailing slashes, permissions, sticky directories, mount points, set-id rules."""

import stat as st

import pytest

from vfs.contract import MAKE, ROOT, content, make, raises
from vfs.inode import OpenFlags
from vfs.memfs import MemFS
from vfs.namespace import Credentials, Namespace

USER = Credentials(1000, 1000)
OTHER = Credentials(2000, 2000)


@pytest.fixture
def names() -> Namespace:
    """A directory ``/w`` everyone may write to, and a mount at ``/mnt``."""
    names = Namespace(MemFS())
    names.mkdir(names.root, "/w", ROOT)
    names.chmod(names.root, "/w", ROOT, 0o777)
    names.mkdir(names.root, "/mnt", ROOT)
    names.mount("/mnt", MemFS())
    return names


def listing(names: Namespace, path: str = "/w") -> list[str]:
    return sorted(entry.name for entry in names.listdir(names.root, path, ROOT))


class TestSlashes:
    """``a/``, ``link/``, rename of ``link/``: where other hosts slipped."""

    @pytest.fixture(autouse=True)
    def _tree(self, names: Namespace) -> None:
        make(names, "/w/file", b"x")
        names.mkdir(names.root, "/w/dir", ROOT)
        make(names, "/w/dir/inner", b"y")
        names.symlink("dir", names.root, "/w/link", ROOT)
        names.symlink("file", names.root, "/w/flink", ROOT)
        names.symlink("missing", names.root, "/w/dangling", ROOT)

    @pytest.mark.parametrize(
        ("path", "symbol"),
        [
            ("/w/file/", "ENOTDIR"),
            ("/w/dir/", "EISDIR"),
            ("/w/link/", "ENOTDIR"),
            ("/w/none/", "ENOENT"),
            ("/w/.", "EISDIR"),
            ("/w/dir/..", "EISDIR"),
            ("/", "EISDIR"),
        ],
    )
    def test_unlink(self, names: Namespace, path: str, symbol: str) -> None:
        before = listing(names)
        with raises(symbol):
            names.unlink(names.root, path, ROOT)
        assert listing(names) == before

    @pytest.mark.parametrize(
        ("path", "symbol"),
        [
            ("/w/link/", "ENOTDIR"),
            ("/w/link", "ENOTDIR"),
            ("/w/file/", "ENOTDIR"),
            ("/w/dir/", "ENOTEMPTY"),
            ("/w/dir/.", "EINVAL"),
            ("/w/dir/..", "ENOTEMPTY"),
            ("/", "EBUSY"),
            ("/mnt", "EBUSY"),
            ("/mnt/", "EBUSY"),
        ],
    )
    def test_rmdir(self, names: Namespace, path: str, symbol: str) -> None:
        with raises(symbol):
            names.rmdir(names.root, path, ROOT)

    @pytest.mark.parametrize(
        ("old", "new", "symbol"),
        [
            ("/w/link/", "/w/moved", "ENOTDIR"),
            ("/w/flink/", "/w/moved", "ENOTDIR"),
            ("/w/file/", "/w/moved", "ENOTDIR"),
            ("/w/file", "/w/moved/", "ENOTDIR"),
            ("/w/file", "/w/link/", "ENOTDIR"),
            ("/w/dir", "/w/link/", "ENOTDIR"),
            ("/w/dir/.", "/w/moved", "EBUSY"),
            ("/w/dir", "/w/dir/..", "EBUSY"),
            ("/w/file", "/mnt/file", "EXDEV"),
            ("/mnt", "/other", "EBUSY"),
            ("/w", "/w/dir/w", "EINVAL"),
            ("/w/dir", "/w/dir/x/y", "ENOENT"),
            ("/w/dir", "/w", "ENOTEMPTY"),
        ],
    )
    def test_rename(self, names: Namespace, old: str, new: str, symbol: str) -> None:
        before = listing(names)
        with raises(symbol):
            names.rename(names.root, old, names.root, new, ROOT)
        assert listing(names) == before
        assert content(names, "/w/dir/inner") == b"y"

    def test_rename_of_a_link_moves_the_link(self, names: Namespace) -> None:
        names.rename(names.root, "/w/link", names.root, "/w/moved", ROOT)
        assert names.readlink(names.root, "/w/moved", ROOT) == "dir"
        names.rename(names.root, "/w/dir/", names.root, "/w/new/", ROOT)
        assert content(names, "/w/new/inner") == b"y"

    @pytest.mark.parametrize(
        ("path", "symbol"),
        [
            ("/w/new/", "EISDIR"),
            ("/w/file/", "EISDIR"),
            ("/w/dir", "EISDIR"),
            ("/w/dir/", "EISDIR"),
        ],
    )
    def test_open_creat(self, names: Namespace, path: str, symbol: str) -> None:
        with raises(symbol):
            make(names, path)

    def test_creation_follows_a_dangling_link(self, names: Namespace) -> None:
        make(names, "/w/dangling", b"here")
        assert content(names, "/w/missing") == b"here"
        assert names.readlink(names.root, "/w/dangling", ROOT) == "missing"

    def test_excl_and_nofollow_do_not_follow(self, names: Namespace) -> None:
        with raises("EEXIST"):
            make(names, "/w/dangling", flags=MAKE | OpenFlags.EXCL)
        with raises("ELOOP"):
            make(names, "/w/dangling", flags=MAKE | OpenFlags.NOFOLLOW)
        with raises("ELOOP"):
            names.open_inode(
                names.root, "/w/flink", ROOT, flags=OpenFlags.READ | OpenFlags.NOFOLLOW
            )
        with raises("ENOENT"):
            names.stat(names.root, "/w/missing", ROOT)

    def test_mkdir_and_others_with_a_slash(self, names: Namespace) -> None:
        names.mkdir(names.root, "/w/made/", ROOT)
        with raises("EEXIST"):
            names.mkdir(names.root, "/w/dangling", ROOT)
        with raises("EEXIST"):
            names.mkdir(names.root, "/", ROOT)
        with raises("ENOENT"):
            names.symlink("x", names.root, "/w/s/", ROOT)
        with raises("ENOENT"):
            names.link(names.root, "/w/file", names.root, "/w/l/", ROOT)
        with raises("ENOTDIR"):
            names.link(names.root, "/w/file/", names.root, "/w/l", ROOT)

    def test_hard_links_stay_within_a_mount(self, names: Namespace) -> None:
        with raises("EXDEV"):
            names.link(names.root, "/w/file", names.root, "/mnt/file", ROOT)
        again = names.root.inode.fs
        names.mkdir(names.root, "/again", ROOT)
        names.mount("/again", again)
        with raises("EXDEV"):
            names.link(names.root, "/w/file", names.root, "/again/w/l", ROOT)
        with raises("EXDEV"):
            names.rename(names.root, "/w/file", names.root, "/again/w/l", ROOT)


class TestPermissions:
    def test_open(self, names: Namespace) -> None:
        make(names, "/w/a", b"x", mode=0o640)
        for flags in (OpenFlags.READ, OpenFlags.WRITE, OpenFlags.READ | OpenFlags.TRUNC):
            with raises("EACCES"):
                names.open_inode(names.root, "/w/a", USER, flags=flags)
        assert content(names, "/w/a") == b"x"
        names.chown(names.root, "/w/a", ROOT, 1000, None)
        assert names.open_inode(names.root, "/w/a", USER, flags=OpenFlags.WRITE)

    def test_new_file_may_be_written_whatever_its_mode(self, names: Namespace) -> None:
        here = names.open_inode(names.root, "/w/a", USER, flags=MAKE, mode=0o000)
        assert here.inode.mode == st.S_IFREG
        assert (here.inode.uid, here.inode.gid) == (1000, 1000)

    def test_umask(self, names: Namespace) -> None:
        strict = Credentials(1000, 1000, umask=0o077)
        names.mkdir(names.root, "/w/d", strict)
        names.open_inode(names.root, "/w/f", strict, flags=MAKE)
        assert names.stat(names.root, "/w/d", ROOT).mode == st.S_IFDIR | 0o700
        assert names.stat(names.root, "/w/f", ROOT).mode == st.S_IFREG | 0o600

    def test_unwritable_directory(self, names: Namespace) -> None:
        names.mkdir(names.root, "/ro", ROOT)
        make(names, "/ro/a")
        make(names, "/w/b")
        for call in (
            lambda: names.open_inode(names.root, "/ro/new", USER, flags=MAKE),
            lambda: names.mkdir(names.root, "/ro/new", USER),
            lambda: names.unlink(names.root, "/ro/a", USER),
            lambda: names.rename(names.root, "/ro/a", names.root, "/w/a", USER),
            lambda: names.rename(names.root, "/w/b", names.root, "/ro/b", USER),
            lambda: names.link(names.root, "/w/b", names.root, "/ro/b", USER),
            lambda: names.symlink("x", names.root, "/ro/l", USER),
            lambda: names.mknod(names.root, "/ro/p", USER, st.S_IFIFO | 0o600),
        ):
            with raises("EACCES"):
                call()
        assert listing(names, "/ro") == ["a"]

    def test_moving_a_directory_needs_write_permission_on_it(self, names: Namespace) -> None:
        names.mkdir(names.root, "/w/x", ROOT)
        names.chmod(names.root, "/w/x", ROOT, 0o777)
        names.mkdir(names.root, "/w/d", ROOT)
        with raises("EACCES"):
            names.rename(names.root, "/w/d", names.root, "/w/x/d", USER)
        names.rename(names.root, "/w/d", names.root, "/w/e", USER)

    def test_sticky_directory(self, names: Namespace) -> None:
        names.chmod(names.root, "/w", ROOT, 0o1777)
        names.open_inode(names.root, "/w/mine", USER, flags=MAKE)
        names.mkdir(names.root, "/w/d", USER)
        names.open_inode(names.root, "/w/theirs", OTHER, flags=MAKE)
        for call in (
            lambda: names.unlink(names.root, "/w/mine", OTHER),
            lambda: names.rmdir(names.root, "/w/d", OTHER),
            lambda: names.rename(names.root, "/w/mine", names.root, "/w/x", OTHER),
            lambda: names.rename(names.root, "/w/theirs", names.root, "/w/mine", OTHER),
        ):
            with raises("EPERM"):
                call()
        names.unlink(names.root, "/w/mine", USER)
        names.rmdir(names.root, "/w/d", ROOT)

    def test_access(self, names: Namespace) -> None:
        make(names, "/w/a", mode=0o644)
        names.access(names.root, "/w/a", USER, 4)
        for want in (1, 2, 3, 6, 7):
            with raises("EACCES"):
                names.access(names.root, "/w/a", USER, want)
        names.access(names.root, "/w/a", ROOT, 6)
        with raises("EACCES"):
            names.access(names.root, "/w/a", ROOT, 1)
        names.chmod(names.root, "/w/a", ROOT, 0o100)
        names.access(names.root, "/w/a", ROOT, 7)

    def test_listing_needs_read_and_entering_needs_search(self, names: Namespace) -> None:
        names.mkdir(names.root, "/w/r", ROOT)
        names.chmod(names.root, "/w/r", ROOT, 0o744)
        assert names.listdir(names.root, "/w/r", USER) == []
        with raises("EACCES"):
            names.enter(names.root, "/w/r", USER)
        names.chmod(names.root, "/w/r", ROOT, 0o711)
        names.enter(names.root, "/w/r", USER)
        with raises("EACCES"):
            names.listdir(names.root, "/w/r", USER)

    def test_devices_are_for_root(self, names: Namespace) -> None:
        with raises("EPERM"):
            names.mknod(names.root, "/w/null", USER, st.S_IFCHR | 0o666, 0x103)
        names.mknod(names.root, "/w/null", ROOT, st.S_IFCHR | 0o666, 0x103)
        assert names.stat(names.root, "/w/null", ROOT).rdev == 0x103


class TestFacts:
    def test_chmod(self, names: Namespace) -> None:
        make(names, "/w/a")
        with raises("EPERM"):
            names.chmod(names.root, "/w/a", USER, 0o777)
        names.chown(names.root, "/w/a", ROOT, 1000, 7)
        names.chmod(names.root, "/w/a", USER, 0o6755)
        # Not a member of group 7: the set-gid bit is dropped.
        assert names.stat(names.root, "/w/a", ROOT).mode == st.S_IFREG | 0o4755
        names.symlink("a", names.root, "/w/l", ROOT)
        with raises("ENOTSUP"):
            names.chmod(names.root, "/w/l", ROOT, 0o600, follow=False)

    def test_chown(self, names: Namespace) -> None:
        make(names, "/w/a")
        names.chown(names.root, "/w/a", ROOT, 1000, 1000)
        names.chmod(names.root, "/w/a", ROOT, 0o6777)
        member = Credentials(1000, 1000, frozenset({50}))
        with raises("EPERM"):
            names.chown(names.root, "/w/a", member, 0, None)
        with raises("EPERM"):
            names.chown(names.root, "/w/a", member, None, 51)
        with raises("EPERM"):
            names.chown(names.root, "/w/a", Credentials(5, 50), None, 50)
        names.chown(names.root, "/w/a", member, None, 50)
        facts = names.stat(names.root, "/w/a", ROOT)
        assert (facts.uid, facts.gid, facts.mode) == (1000, 50, st.S_IFREG | 0o777)

    def test_chown_of_a_link(self, names: Namespace) -> None:
        make(names, "/w/a")
        names.symlink("a", names.root, "/w/l", ROOT)
        names.chown(names.root, "/w/l", ROOT, 5, 5, follow=False)
        assert names.stat(names.root, "/w/l", ROOT, follow=False).uid == 5
        assert names.stat(names.root, "/w/a", ROOT).uid == 0

    def test_set_gid_directory_hands_on_its_group(self, names: Namespace) -> None:
        names.chown(names.root, "/w", ROOT, 0, 77)
        names.chmod(names.root, "/w", ROOT, 0o2777)
        names.mkdir(names.root, "/w/d", USER)
        names.open_inode(names.root, "/w/f", USER, flags=MAKE)
        assert names.stat(names.root, "/w/d", ROOT).gid == 77
        assert names.stat(names.root, "/w/d", ROOT).mode & st.S_ISGID
        assert names.stat(names.root, "/w/f", ROOT).gid == 77

    def test_utimens(self, names: Namespace) -> None:
        make(names, "/w/a")
        names.chmod(names.root, "/w/a", ROOT, 0o666)
        with raises("EPERM"):
            names.utimens(names.root, "/w/a", USER, 1, 2)
        names.utimens(names.root, "/w/a", USER, 1, 2, is_now=True)
        assert names.stat(names.root, "/w/a", ROOT).mtime == 2
        names.chmod(names.root, "/w/a", ROOT, 0o644)
        with raises("EACCES"):
            names.utimens(names.root, "/w/a", USER, 1, 2, is_now=True)

    def test_truncate(self, names: Namespace) -> None:
        make(names, "/w/a", b"abc")
        with raises("EACCES"):
            names.truncate(names.root, "/w/a", USER, 0)
        with raises("EINVAL"):
            names.truncate(names.root, "/w/a", ROOT, -1)
        with raises("EFBIG"):
            names.truncate(names.root, "/w/a", ROOT, 1 << 62)
        names.mknod(names.root, "/w/p", ROOT, st.S_IFIFO | 0o600)
        with raises("EINVAL"):
            names.truncate(names.root, "/w/p", ROOT, 0)
        names.truncate(names.root, "/w/a", ROOT, 1)
        assert content(names, "/w/a") == b"a"

    def test_symlink_texts(self, names: Namespace) -> None:
        for target, symbol in (("", "ENOENT"), ("a\0b", "EINVAL"), ("x" * 4096, "ENAMETOOLONG")):
            with raises(symbol):
                names.symlink(target, names.root, "/w/l", ROOT)
        names.symlink("x" * 4095, names.root, "/w/l", ROOT)


class TestMounts:
    def test_list(self, names: Namespace) -> None:
        names.mkdir(names.root, "/proc", ROOT)
        names.mount("/proc", MemFS(), read_only=True, source="proc", fstype="proc")
        rows = [(mount.path, mount.fstype, mount.read_only) for mount in names.mounts()]
        assert rows == [("/", "tmpfs", False), ("/mnt", "tmpfs", False), ("/proc", "proc", True)]

    def test_refusals(self, names: Namespace) -> None:
        make(names, "/w/a")
        for path, symbol in (("/none", "ENOENT"), ("/w/a", "ENOTDIR"), ("/", "EBUSY")):
            with raises(symbol):
                names.mount(path, MemFS())
        for path, symbol in (("/w", "EINVAL"), ("/", "EBUSY"), ("/none", "ENOENT")):
            with raises(symbol):
                names.unmount(path)

    def test_unmount(self, names: Namespace) -> None:
        kept = make(names, "/mnt/a", b"open")
        kept.hold()
        names.unmount("/mnt")
        assert listing(names, "/mnt") == []
        assert kept.read_at(0, 9) == b"open"
        names.rmdir(names.root, "/mnt", ROOT)

    def test_unmount_under_another(self, names: Namespace) -> None:
        names.mkdir(names.root, "/mnt/d", ROOT)
        names.mount("/mnt/d", MemFS())
        with raises("EBUSY"):
            names.unmount("/mnt")

    def test_devices_differ(self, names: Namespace) -> None:
        assert names.stat(names.root, "/mnt", ROOT).dev != names.stat(names.root, "/w", ROOT).dev

    def test_read_only_mount_still_lets_devices_be_written(self, names: Namespace) -> None:
        fs = MemFS()
        names.mkdir(names.root, "/dev", ROOT)
        mount = names.mount("/dev", fs)
        names.mknod(names.root, "/dev/null", Credentials(umask=0), st.S_IFCHR | 0o666, 0x103)
        mount.read_only = True
        assert names.open_inode(names.root, "/dev/null", USER, flags=OpenFlags.WRITE)
        names.access(names.root, "/dev/null", USER, 2)

    def test_two_namespaces_share_nothing(self) -> None:
        one, two = Namespace(MemFS()), Namespace(MemFS())
        make(one, "/a")
        with raises("ENOENT"):
            two.stat(two.root, "/a", ROOT)
