"""The same random calls on ours and on the Linux we run on end alike, errors included."""

import errno
import os
import stat as st
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from vfs.errors import fail, symbol_of
from vfs.inode import OpenFlags
from vfs.memfs import MemFS
from vfs.namespace import Credentials, Namespace

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="compares with Linux")

# Calls start deep down, so that ".." stays within the temporary folder.
DEPTH = "/1/2/3/4/5/6/7/8/9/10/11/12"
FLAGS = {
    "read": (OpenFlags.READ, os.O_RDONLY),
    "write": (OpenFlags.WRITE, os.O_WRONLY),
    "creat": (OpenFlags.WRITE | OpenFlags.CREAT, os.O_WRONLY | os.O_CREAT),
    "excl": (
        OpenFlags.WRITE | OpenFlags.CREAT | OpenFlags.EXCL,
        os.O_WRONLY | os.O_CREAT | os.O_EXCL,
    ),
    "nofollow": (OpenFlags.READ | OpenFlags.NOFOLLOW, os.O_RDONLY | os.O_NOFOLLOW),
    "creat_nofollow": (
        OpenFlags.WRITE | OpenFlags.CREAT | OpenFlags.NOFOLLOW,
        os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW,
    ),
    "directory": (OpenFlags.READ | OpenFlags.DIRECTORY, os.O_RDONLY | os.O_DIRECTORY),
    "trunc": (OpenFlags.WRITE | OpenFlags.TRUNC, os.O_WRONLY | os.O_TRUNC),
}


class Ours:
    """The calls on a file system in memory."""

    def __init__(self, uid: int) -> None:
        self.names = names = Namespace(MemFS())
        self.cred = Credentials(uid, uid, frozenset(), 0)
        here = ""
        for name in DEPTH.split("/")[1:]:
            here += "/" + name
            names.mkdir(names.root, here, Credentials(umask=0))
            names.chown(names.root, here, Credentials(), uid, uid)
        self.at = names.resolve(names.root, DEPTH, Credentials())

    def open(self, path: str, how: str) -> None:
        here = self.names.open_inode(self.at, path, self.cred, flags=FLAGS[how][0], mode=0o666)
        if st.S_ISFIFO(here.inode.mode) and FLAGS[how][0] & OpenFlags.WRITE:
            fail("ENXIO")  # nobody reads it: the kernel's part of the call
        if how in ("write", "creat"):
            here.inode.write_at(0, b"12345")

    def stat(self, path: str, follow: bool = True) -> object:
        facts = self.names.stat(self.at, path, self.cred, follow=follow)
        return summary(facts.mode, facts.nlink, facts.size, facts.uid)

    def list(self, path: str) -> object:
        entries = self.names.listdir(self.at, path, self.cred)
        return sorted((entry.name, entry.mode_type) for entry in entries)

    def mkdir(self, path: str, mode: int) -> None:
        self.names.mkdir(self.at, path, self.cred, mode)

    def rmdir(self, path: str) -> None:
        self.names.rmdir(self.at, path, self.cred)

    def unlink(self, path: str) -> None:
        self.names.unlink(self.at, path, self.cred)

    def rename(self, old: str, new: str) -> None:
        self.names.rename(self.at, old, self.at, new, self.cred)

    def link(self, old: str, new: str) -> None:
        self.names.link(self.at, old, self.at, new, self.cred)

    def symlink(self, target: str, path: str) -> None:
        self.names.symlink(target, self.at, path, self.cred)

    def readlink(self, path: str) -> str:
        return self.names.readlink(self.at, path, self.cred)

    def mkfifo(self, path: str) -> None:
        self.names.mknod(self.at, path, self.cred, st.S_IFIFO | 0o644)

    def chmod(self, path: str, mode: int) -> None:
        self.names.chmod(self.at, path, self.cred, mode)


class Linux:
    """The calls on a folder of this machine."""

    def __init__(self, folder: str, uid: int) -> None:
        os.makedirs(folder + DEPTH)
        here = folder
        for name in DEPTH.split("/")[1:]:
            here += "/" + name
            os.chown(here, uid, uid)
            os.chmod(here, 0o777)
        self.fd = os.open(folder + DEPTH, os.O_RDONLY)

    def open(self, path: str, how: str) -> None:
        fd = os.open(path, FLAGS[how][1] | os.O_NONBLOCK, 0o666, dir_fd=self.fd)
        if how in ("write", "creat"):
            os.pwrite(fd, b"12345", 0)
        os.close(fd)

    def stat(self, path: str, follow: bool = True) -> object:
        facts = os.stat(path, dir_fd=self.fd, follow_symlinks=follow)
        return summary(facts.st_mode, facts.st_nlink, facts.st_size, facts.st_uid)

    def list(self, path: str) -> object:
        fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY, dir_fd=self.fd)
        try:
            with os.scandir(fd) as entries:
                return sorted(
                    (e.name, st.S_IFMT(e.stat(follow_symlinks=False).st_mode)) for e in entries
                )
        finally:
            os.close(fd)

    def mkdir(self, path: str, mode: int) -> None:
        os.mkdir(path, mode, dir_fd=self.fd)

    def rmdir(self, path: str) -> None:
        os.rmdir(path, dir_fd=self.fd)

    def unlink(self, path: str) -> None:
        os.unlink(path, dir_fd=self.fd)

    def rename(self, old: str, new: str) -> None:
        os.rename(old, new, src_dir_fd=self.fd, dst_dir_fd=self.fd)

    def link(self, old: str, new: str) -> None:
        os.link(old, new, src_dir_fd=self.fd, dst_dir_fd=self.fd, follow_symlinks=False)

    def symlink(self, target: str, path: str) -> None:
        os.symlink(target, path, dir_fd=self.fd)

    def readlink(self, path: str) -> str:
        return os.readlink(path, dir_fd=self.fd)

    def mkfifo(self, path: str) -> None:
        os.mkfifo(path, 0o644, dir_fd=self.fd)

    def chmod(self, path: str, mode: int) -> None:
        os.chmod(path, mode, dir_fd=self.fd)


def summary(mode: int, nlink: int, size: int, uid: int) -> object:
    """What both must agree on; sizes and link counts of directories are each one's own affair."""
    if st.S_ISDIR(mode):
        return mode, uid
    return mode, uid, nlink, size


def outcome(side: Any, call: tuple[Any, ...]) -> object:
    name, *args = call
    try:
        return getattr(side, name)(*args)
    except OSError as error:
        return symbol_of(error)


names = some.sampled_from(["a", "b", "c", ".", "..", "a", "b"])
paths = some.builds(
    lambda parts, slash: "/".join(parts) + slash,
    some.lists(names, min_size=1, max_size=4),
    some.sampled_from(["", "", "", "/", "//", "/."]),
)
targets = some.sampled_from(["a", "b", "c", "../a", "a/", "b/c", ".", "..", "a/..", "c/../b"])
modes = some.sampled_from([0o777, 0o755, 0o500, 0o300, 0o000, 0o444, 0o111])


def calls(with_modes: bool) -> some.SearchStrategy[Any]:
    made: list[some.SearchStrategy[Any]] = [
        some.tuples(some.just("open"), paths, some.sampled_from(sorted(FLAGS))),
        some.tuples(some.just("stat"), paths, some.booleans()),
        some.tuples(some.just("list"), paths),
        some.tuples(some.just("mkdir"), paths, modes if with_modes else some.just(0o777)),
        some.tuples(some.just("mkdir"), paths, some.just(0o777)),
        some.tuples(some.just("rmdir"), paths),
        some.tuples(some.just("unlink"), paths),
        some.tuples(some.just("rename"), paths, paths),
        some.tuples(some.just("symlink"), targets, paths),
        some.tuples(some.just("readlink"), paths),
        some.tuples(some.just("mkfifo"), paths),
    ]
    if with_modes:
        made.append(some.tuples(some.just("chmod"), paths, modes))
    else:
        made.append(some.tuples(some.just("link"), paths, paths))
    return some.lists(some.one_of(made), min_size=1, max_size=14)


def compare(script: list[Any], uid: int, acting: Callable[[int], Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        linux, ours = Linux(folder, uid), Ours(uid)
        try:
            for step, call in enumerate(script):
                with acting(uid):
                    expected = outcome(linux, call)
                found = outcome(ours, call)
                assert found == expected, f"step {step}: {call} in {script[: step + 1]}"
        finally:
            os.close(linux.fd)


@contextmanager
def as_user(uid: int) -> Iterator[None]:
    os.setegid(uid)
    os.seteuid(uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


@contextmanager
def as_we_are(uid: int) -> Iterator[None]:
    before = os.umask(0)
    try:
        yield
    finally:
        os.umask(before)


@settings(max_examples=int(os.environ.get("VFS_EXAMPLES", "120")), deadline=None)
@given(calls(with_modes=False))
def test_structure(script: list[Any]) -> None:
    compare(script, os.geteuid(), as_we_are)


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root to be others"
)
@settings(max_examples=int(os.environ.get("VFS_EXAMPLES", "120")), deadline=None)
@given(calls(with_modes=True))
def test_permissions(script: list[Any]) -> None:
    groups = os.getgroups()
    before = os.umask(0)
    os.setgroups([])
    try:
        compare(script, 4321, as_user)
    finally:
        os.setgroups(groups)
        os.umask(before)


def test_a_difference_would_be_noticed(tmp_path: Path) -> None:
    linux, ours = Linux(str(tmp_path), os.geteuid()), Ours(os.geteuid())
    ours.mkdir("a", 0o777)
    assert (
        outcome(linux, ("stat", "a"))
        == errno.errorcode[errno.ENOENT]
        != outcome(ours, ("stat", "a"))
    )
    os.close(linux.fd)
