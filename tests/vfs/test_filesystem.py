"""The base of file systems, and when one is closed."""

from vfs.contract import ROOT
from vfs.filesystem import FileSystem, Usage
from vfs.memfs import MemFS
from vfs.namespace import Namespace


class Counting(MemFS):
    closed = 0

    def close(self) -> None:
        self.closed += 1


def test_base() -> None:
    fs = FileSystem(read_only=True)
    assert fs.usage() == Usage(0, 0, 0, 0)
    assert fs.read_only
    fs.close()


def test_closed_with_the_last_mount() -> None:
    names, fs = Namespace(MemFS()), Counting()
    for path in ("/a", "/b"):
        names.mkdir(names.root, path, ROOT)
        names.mount(path, fs)
    names.unmount("/a")
    assert fs.closed == 0
    names.unmount("/b")
    assert fs.closed == 1


def test_device_number_is_given_once() -> None:
    fs = MemFS()
    Namespace(fs)
    first = fs.dev
    names = Namespace(MemFS())
    names.mkdir(names.root, "/a", ROOT)
    names.mount("/a", fs)
    assert fs.dev == first != 0
