"""Locations: what a working directory keeps, and the path it stands for."""

from vfs.contract import ROOT, make, raises
from vfs.memfs import MemFS
from vfs.mount import Mount, path_of
from vfs.namespace import Namespace


def test_paths() -> None:
    names = Namespace(MemFS())
    names.mkdir(names.root, "/a", ROOT)
    names.mkdir(names.root, "/a/b", ROOT)
    make(names, "/a/b/c")
    for path in ("/", "/a", "/a/b", "/a/b/c"):
        assert path_of(names.resolve(names.root, path, ROOT)) == path


def test_path_of_a_file_is_the_name_it_was_found_by() -> None:
    names = Namespace(MemFS())
    make(names, "/a")
    names.link(names.root, "/a", names.root, "/b", ROOT)
    here = names.resolve(names.root, "/b", ROOT)
    assert path_of(here) == "/b"
    names.rename(names.root, "/b", names.root, "/c", ROOT)
    with raises("ENOENT"):
        path_of(here)
    make(names, "/b")
    with raises("ENOENT"):
        path_of(here)


def test_path_follows_a_moved_mount_point() -> None:
    names = Namespace(MemFS())
    names.mkdir(names.root, "/a", ROOT)
    names.mkdir(names.root, "/a/m", ROOT)
    mount = names.mount("/a/m", MemFS())
    names.mkdir(names.root, "/a/m/d", ROOT)
    here = names.resolve(names.root, "/a/m/d", ROOT)
    names.rename(names.root, "/a", names.root, "/z", ROOT)
    assert path_of(here) == "/z/m/d"
    assert mount.path == "/z/m"


def test_read_only_file_system_makes_a_read_only_mount() -> None:
    mount = Mount(MemFS(read_only=True), None)
    assert mount.read_only
    assert (mount.path, mount.source, mount.fstype) == ("/", "tmpfs", "tmpfs")
