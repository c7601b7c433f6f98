"""Every file system keeps the contract; and the contract notices one that does not."""

from pathlib import Path

import pytest

from vfs.contract import FileSystemContract, raises
from vfs.devfs import DevFS
from vfs.errors import fail
from vfs.filesystem import FileSystem
from vfs.hostfs import HostFS
from vfs.memfs import MemFile, MemFS
from vfs.overlay import OverlayFS


class TestMemFS(FileSystemContract):
    def make_fs(self) -> FileSystem:
        return MemFS()


class TestDevFS(FileSystemContract):
    def make_fs(self) -> FileSystem:
        return DevFS()


class TestOverlay(FileSystemContract):
    def make_fs(self) -> FileSystem:
        return OverlayFS(MemFS(read_only=True))


class TestHostFS(FileSystemContract):
    has_symlinks = False
    has_fifos = False
    has_owners = False
    has_sticky = False

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.path = str(tmp_path)

    def make_fs(self) -> FileSystem:
        return HostFS(self.path, writable=True)


class TestOverlayOfHost(FileSystemContract):
    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.path = str(tmp_path)

    def make_fs(self) -> FileSystem:
        return OverlayFS(HostFS(self.path))


class _Forgetful(MemFile):
    __slots__ = ()

    def append(self, data: bytes | bytearray | memoryview) -> int:
        return len(data)


class _ForgetfulFS(MemFS):
    def new_file(self, mode: int, uid: int = 0, gid: int = 0) -> MemFile:
        return _Forgetful(self, mode, uid, gid)


class _Broken(FileSystemContract):
    def make_fs(self) -> FileSystem:
        return _ForgetfulFS()


def test_contract_notices_a_broken_file_system() -> None:
    with pytest.raises(AssertionError):
        _Broken().test_append()
    _Broken().test_truncate()


def test_raises_notices_silence_and_other_errors() -> None:
    with pytest.raises(AssertionError, match="nothing raised"), raises("ENOENT"):
        pass
    with pytest.raises(AssertionError, match="EPERM raised"), raises("ENOENT"):
        fail("EPERM")
