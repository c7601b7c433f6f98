"""The walk: links and their limit, slashes, NUL, lengths, mount crossings, and staying beneath."""

import pytest

from vfs import namei
from vfs.contract import ROOT, content, make, raises
from vfs.errors import symbol_of
from vfs.inode import OpenFlags
from vfs.memfs import MemFS
from vfs.namespace import Credentials, Location, Namespace

USER = Credentials(1000, 1000)


@pytest.fixture
def names() -> Namespace:
    """``/home/user/file``, ``/etc/secret`` and a mount at ``/mnt``."""
    names = Namespace(MemFS())
    for path in ("/home", "/home/user", "/etc", "/mnt"):
        names.mkdir(names.root, path, ROOT)
    make(names, "/home/user/file", b"mine")
    make(names, "/etc/secret", b"secret")
    names.mount("/mnt", MemFS())
    return names


def ino(names: Namespace, path: str, at: Location | None = None, **options: bool) -> int:
    return names.resolve(at or names.root, path, ROOT, **options).inode.ino


def home(names: Namespace) -> Location:
    return names.enter(names.root, "/home/user", ROOT)


class TestWalk:
    @pytest.mark.parametrize(
        "path",
        [
            "/home/user/file",
            "home/user/file",
            "//home///user//file",
            "/home/./user/../user/file",
            "/../../home/user/file",
            "/mnt/../home/user/file",
            "/home/user/../../mnt/./../home/user/file",
        ],
    )
    def test_ways_to_one_file(self, names: Namespace, path: str) -> None:
        assert ino(names, path) == ino(names, "/home/user/file")

    @pytest.mark.parametrize(
        ("path", "symbol"),
        [
            ("", "ENOENT"),
            ("nothing", "ENOENT"),
            ("/home/none/file", "ENOENT"),
            ("/home/user/file/x", "ENOTDIR"),
            ("/home/user/file/", "ENOTDIR"),
            ("/home/user/file/.", "ENOTDIR"),
            ("/home/user/file/..", "ENOTDIR"),
            ("a\0b", "EINVAL"),
            ("/home/user/file\0", "EINVAL"),
            ("x" * 256, "ENAMETOOLONG"),
            ("é" * 128, "ENAMETOOLONG"),
            ("a/" * 2048, "ENAMETOOLONG"),
            ("\ud800", "EILSEQ"),
        ],
    )
    def test_errors_carry_the_path_as_given(self, names: Namespace, path: str, symbol: str) -> None:
        with pytest.raises(OSError, match="Errno") as caught:
            names.stat(names.root, path, ROOT)
        assert symbol_of(caught.value) == symbol
        assert caught.value.filename == path

    def test_longest_name_and_path(self, names: Namespace) -> None:
        make(names, "x" * 255)
        make(names, "é" * 127)
        assert ino(names, "/" * 4000 + "home") == ino(names, "/home")
        with raises("ENAMETOOLONG"):
            ino(names, "/" * 4092 + "home")

    def test_search_permission(self, names: Namespace) -> None:
        names.chmod(names.root, "/home", ROOT, 0o700)
        for path in ("/home/user", "/home/none", "/home/.", "/home/.."):
            with raises("EACCES"):
                names.resolve(names.root, path, USER)
        assert names.resolve(names.root, "/home", USER)
        assert names.resolve(names.root, "/home/", USER)

    def test_search_permission_by_class(self, names: Namespace) -> None:
        names.chown(names.root, "/home", ROOT, 1000, 50)
        names.chmod(names.root, "/home", ROOT, 0o077)
        with raises("EACCES"):
            names.resolve(names.root, "/home/user", USER)
        assert names.resolve(names.root, "/home/user", Credentials(5, 50))
        names.chmod(names.root, "/home", ROOT, 0o707)
        with raises("EACCES"):
            names.resolve(names.root, "/home/user", Credentials(5, 6, frozenset({50})))


class TestLinks:
    def test_relative_absolute_and_climbing(self, names: Namespace) -> None:
        names.symlink("user/file", names.root, "/home/a", ROOT)
        names.symlink("/home/user/file", names.root, "/etc/b", ROOT)
        names.symlink("../home/a", names.root, "/etc/c", ROOT)
        for path in ("/home/a", "/etc/b", "/etc/c"):
            assert ino(names, path) == ino(names, "/home/user/file")

    def test_last_link_is_followed_only_if_asked_or_before_a_slash(self, names: Namespace) -> None:
        names.symlink("/home/user", names.root, "/l", ROOT)
        link = ino(names, "/l", follow=False)
        assert link != ino(names, "/l") == ino(names, "/home/user")
        assert ino(names, "/l/", follow=False) == ino(names, "/home/user")
        assert ino(names, "/l/.", follow=False) == ino(names, "/home/user")
        assert ino(names, "/l/file", follow=False) == ino(names, "/home/user/file")

    def test_link_to_a_file_before_a_slash(self, names: Namespace) -> None:
        names.symlink("/etc/secret", names.root, "/l", ROOT)
        names.symlink("/etc/secret/", names.root, "/m", ROOT)
        for path in ("/l/", "/m", "/m/"):
            with raises("ENOTDIR"):
                ino(names, path)

    def test_forty_links_and_no_more(self, names: Namespace) -> None:
        names.symlink("/home/user/file", names.root, "/l1", ROOT)
        for count in range(2, 42):
            names.symlink(f"/l{count - 1}", names.root, f"/l{count}", ROOT)
        assert ino(names, "/l40") == ino(names, "/home/user/file")
        with raises("ELOOP"):
            ino(names, "/l41")
        with raises("ELOOP"):
            names.open_inode(names.root, "/l41", ROOT, flags=OpenFlags.WRITE | OpenFlags.CREAT)

    def test_circles_end(self, names: Namespace) -> None:
        names.symlink("self", names.root, "/self", ROOT)
        names.symlink("/b", names.root, "/a", ROOT)
        names.symlink("/a", names.root, "/b", ROOT)
        for path in ("/self", "/self/x", "/a", "/a/"):
            with raises("ELOOP"):
                ino(names, path)
        assert ino(names, "/self", follow=False)

    def test_many_links_of_many_parts_stay_bounded(self, names: Namespace) -> None:
        names.symlink("./" * 2000 + "l", names.root, "/l", ROOT)
        with raises("ELOOP"):
            ino(names, "/l")

    def test_long_names_within_a_link(self, names: Namespace) -> None:
        names.symlink("x" * 256, names.root, "/l", ROOT)
        with raises("ENAMETOOLONG"):
            ino(names, "/l")
        with raises("ENAMETOOLONG"):
            names.open_inode(names.root, "/l", ROOT, flags=OpenFlags.WRITE | OpenFlags.CREAT)


class TestParent:
    @pytest.mark.parametrize(
        ("path", "parent", "name", "slash"),
        [
            ("/home/user/new", "/home/user", "new", False),
            ("/home/new/", "/home", "new", True),
            ("new//", "/", "new", True),
            ("/", "/", ".", False),
            ("///", "/", ".", False),
            ("/home/..", "/home", "..", False),
            ("/mnt/x", "/mnt", "x", False),
        ],
    )
    def test_parts(self, names: Namespace, path: str, parent: str, name: str, slash: bool) -> None:
        found, last, has_slash = names.resolve_parent(names.root, path, ROOT)
        assert (names.path_of(found), last, has_slash) == (parent, name, slash)

    def test_errors(self, names: Namespace) -> None:
        for path, symbol in (("/etc/secret/x", "ENOTDIR"), ("/no/x", "ENOENT"), ("", "ENOENT")):
            with raises(symbol):
                names.resolve_parent(names.root, path, ROOT)

    def test_directory_must_be_searchable(self, names: Namespace) -> None:
        names.chmod(names.root, "/home", ROOT, 0o766)
        for path in ("/home/user", "/home/none"):
            with raises("EACCES"):
                names.resolve_parent(names.root, path, USER)


class TestMounts:
    def test_crossing_both_ways(self, names: Namespace) -> None:
        make(names, "/mnt/x", b"1")
        names.mkdir(names.root, "/mnt/d", ROOT)
        here = names.enter(names.root, "/mnt/d", ROOT)
        assert names.path_of(here) == "/mnt/d"
        assert names.path_of(names.resolve(here, "..", ROOT)) == "/mnt"
        assert names.path_of(names.resolve(here, "../..", ROOT)) == "/"
        assert ino(names, "../../home", here) == ino(names, "/home")
        assert names.path_of(names.resolve(here, "../x", ROOT)) == "/mnt/x"

    def test_mount_upon_a_mount(self, names: Namespace) -> None:
        names.mkdir(names.root, "/mnt/inner", ROOT)
        names.mount("/mnt/inner", MemFS())
        names.mount("/mnt/inner", MemFS())
        make(names, "/mnt/inner/top")
        here = names.enter(names.root, "/mnt/inner", ROOT)
        assert names.path_of(here) == "/mnt/inner"
        assert names.path_of(names.resolve(here, "..", ROOT)) == "/mnt"
        names.unmount("/mnt/inner")
        with raises("ENOENT"):
            names.stat(names.root, "/mnt/inner/top", ROOT)

    def test_link_across_mounts(self, names: Namespace) -> None:
        names.symlink("../home/user/file", names.root, "/mnt/l", ROOT)
        assert ino(names, "/mnt/l") == ino(names, "/home/user/file")


class TestBeneath:
    """What WASI's capability rule demands; the anchors are published escapes of other hosts."""

    @pytest.mark.parametrize(
        "path", ["..", "../", "../user", "../../etc/secret", "/etc/secret", "/", "d/../..", "./.."]
    )
    def test_nothing_above(self, names: Namespace, path: str) -> None:
        names.mkdir(names.root, "/home/user/d", ROOT)
        with raises("EPERM"):
            names.resolve(home(names), path, ROOT, beneath=True)
        with raises("EPERM"):
            names.open_inode(home(names), path, ROOT, beneath=True)

    @pytest.mark.parametrize(
        "target", ["/etc", "../../etc", "..", "../", "/", "d/../../../etc", "/home/user"]
    )
    @pytest.mark.parametrize("path", ["link", "link/", "link/secret", "link/.", "d/../link/"])
    def test_no_link_leads_out(self, names: Namespace, target: str, path: str) -> None:
        names.mkdir(names.root, "/home/user/d", ROOT)
        names.symlink(target, names.root, "/home/user/link", ROOT)
        with raises("EPERM"):
            names.resolve(home(names), path, ROOT, beneath=True)
        with raises("EPERM"):
            names.open_inode(
                home(names), path.rstrip("/."), ROOT, flags=OpenFlags.READ, beneath=True
            )

    @pytest.mark.parametrize("target", ["/etc/new", "../../etc/new", "../new"])
    def test_no_creation_through_a_dangling_link(self, names: Namespace, target: str) -> None:
        names.symlink(target, names.root, "/home/user/link", ROOT)
        with raises("EPERM"):
            names.open_inode(
                home(names),
                "link",
                ROOT,
                flags=OpenFlags.WRITE | OpenFlags.CREAT,
                beneath=True,
            )
        for path in ("/etc/new", "/home/new"):
            with raises("ENOENT"):
                ino(names, path)

    def test_every_call_is_confined(self, names: Namespace) -> None:
        at, out = home(names), "../../etc/secret"
        for call in (
            lambda: names.stat(at, out, ROOT, beneath=True),
            lambda: names.mkdir(at, "../../etc/d", ROOT, beneath=True),
            lambda: names.unlink(at, out, ROOT, beneath=True),
            lambda: names.rmdir(at, "../../mnt", ROOT, beneath=True),
            lambda: names.rename(at, "file", at, out, ROOT, beneath=True),
            lambda: names.rename(at, out, at, "got", ROOT, beneath=True),
            lambda: names.link(at, out, at, "got", ROOT, beneath=True),
            lambda: names.link(at, "file", at, "../../etc/l", ROOT, beneath=True),
            lambda: names.symlink("x", at, "../../etc/l", ROOT, beneath=True),
            lambda: names.readlink(at, out, ROOT, beneath=True),
            lambda: names.chmod(at, out, ROOT, 0, beneath=True),
            lambda: names.chown(at, out, ROOT, 1, 1, beneath=True),
            lambda: names.utimens(at, out, ROOT, 1, 1, beneath=True),
            lambda: names.truncate(at, out, ROOT, 0, beneath=True),
            lambda: names.access(at, out, ROOT, 0, beneath=True),
            lambda: names.listdir(at, "../..", ROOT, beneath=True),
            lambda: names.mknod(at, "../p", ROOT, 0o010644, beneath=True),
            lambda: names.enter(at, "..", ROOT, beneath=True),
        ):
            with raises("EPERM"):
                call()
        assert content(names, "/etc/secret") == b"secret"
        assert content(names, "/home/user/file") == b"mine"

    def test_climbing_within_is_allowed(self, names: Namespace) -> None:
        names.mkdir(names.root, "/home/user/d", ROOT)
        names.symlink("../file", names.root, "/home/user/d/l", ROOT)
        for path in ("d/../file", "d/l", "./d/../d/l"):
            assert ino(names, path, home(names), beneath=True) == ino(names, "/home/user/file")

    def test_directory_moved_up_while_open(self, names: Namespace) -> None:
        names.mkdir(names.root, "/home/user/d", ROOT)
        names.mkdir(names.root, "/home/user/d/e", ROOT)
        at = names.enter(names.root, "/home/user/d", ROOT)
        names.rename(names.root, "/home/user/d/e", names.root, "/home/e", ROOT)
        with raises("ENOENT"):
            ino(names, "e/../../etc", at, beneath=True)

    def test_at_the_root_there_is_no_above(self, names: Namespace) -> None:
        names.symlink("/etc/secret", names.root, "/home/l", ROOT)
        names.symlink("../../../etc/secret", names.root, "/home/m", ROOT)
        for path in ("../etc/secret", "home/l", "home/m", "home/../../etc/secret"):
            assert ino(names, path, beneath=True) == ino(names, "/etc/secret")
        with raises("EPERM"):
            ino(names, "/etc/secret", beneath=True)

    def test_creation_through_an_absolute_link_at_the_root(self, names: Namespace) -> None:
        names.symlink("/etc/new", names.root, "/home/l", ROOT)
        names.open_inode(
            names.root, "home/l", ROOT, flags=OpenFlags.WRITE | OpenFlags.CREAT, beneath=True
        )
        assert content(names, "/etc/new") == b""

    def test_mount_root_as_floor(self, names: Namespace) -> None:
        at = names.enter(names.root, "/mnt", ROOT)
        with raises("EPERM"):
            names.resolve(at, "../etc/secret", ROOT, beneath=True)


def test_same_place() -> None:
    names = Namespace(MemFS())
    names.mkdir(names.root, "/a", ROOT)
    names.mount("/a", MemFS())
    inner = names.resolve(names.root, "/a", ROOT)
    assert inner.inode.ino == names.root.inode.ino
    assert not namei.is_same(inner, names.root)
    assert namei.is_same(names.resolve(names.root, "a/..", ROOT), names.root)
