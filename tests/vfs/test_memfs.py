"""What memfs adds to the contract: quotas, times, read-only, lazy files, freeing."""

import stat as st

import pytest

from vfs.content import CHUNK
from vfs.contract import MAKE, ROOT, content, make, raises
from vfs.inode import OpenFlags
from vfs.memfs import LINK_MAX, MemFS, MemNode
from vfs.namespace import Namespace
from vfs.quota import Quota


class Clock:
    def __init__(self) -> None:
        self.now = 1000

    def __call__(self) -> int:
        self.now += 1
        return self.now


def full(max_bytes: int = 1000, max_inodes: int = 10) -> tuple[MemFS, Namespace]:
    fs = MemFS(quota=Quota(max_bytes, max_inodes))
    return fs, Namespace(fs)


class TestQuota:
    def test_full_disk_loses_nothing(self) -> None:
        fs, names = full()
        make(names, "/keep", b"k" * 600)
        inode = make(names, "/big")
        assert inode.write_at(0, b"b" * 700) == 400
        with raises("ENOSPC"):
            inode.append(b"more")
        with raises("ENOSPC"):
            names.open_inode(names.root, "/keep", ROOT, flags=OpenFlags.WRITE).inode.append(b"x")
        assert content(names, "/keep") == b"k" * 600
        assert content(names, "/big") == b"b" * 400
        assert fs.usage().used_bytes == 1000

    def test_overwriting_a_full_file_needs_no_room(self) -> None:
        _, names = full()
        inode = make(names, "/a", b"a" * 1000)
        assert inode.write_at(10, b"bbb") == 3
        assert inode.read_at(9, 5) == b"abbba"

    def test_removal_gives_room_back(self) -> None:
        fs, names = full()
        make(names, "/a", b"a" * 1000)
        names.unlink(names.root, "/a", ROOT)
        assert fs.usage().used_bytes == 0
        make(names, "/b", b"b" * 1000)

    def test_held_file_keeps_its_room_until_released(self) -> None:
        fs, names = full()
        inode = make(names, "/a", b"a" * 1000)
        inode.hold()
        inode.hold()
        names.unlink(names.root, "/a", ROOT)
        inode.release()
        assert fs.usage().used_bytes == 1000
        inode.release()
        assert fs.usage().used_bytes == 0

    def test_inodes(self) -> None:
        fs, names = full(max_inodes=4)
        make(names, "/a")
        names.link(names.root, "/a", names.root, "/b", ROOT)
        names.mkdir(names.root, "/d", ROOT)
        for call in (
            lambda: make(names, "/x"),
            lambda: names.mkdir(names.root, "/x", ROOT),
            lambda: names.symlink("t", names.root, "/x", ROOT),
            lambda: names.link(names.root, "/a", names.root, "/x", ROOT),
            lambda: names.mknod(names.root, "/x", ROOT, st.S_IFIFO | 0o600),
        ):
            with raises("ENOSPC"):
                call()
        assert [entry.name for entry in names.listdir(names.root, "/", ROOT)] == ["a", "b", "d"]
        names.rename(names.root, "/a", names.root, "/c", ROOT)
        names.rmdir(names.root, "/d", ROOT)
        make(names, "/x")
        assert fs.usage() == (1000, 0, 4, 4)

    def test_link_texts_are_paid_for(self) -> None:
        fs, names = full(max_bytes=10)
        with raises("ENOSPC"):
            names.symlink("x" * 11, names.root, "/l", ROOT)
        assert fs.usage().used_inodes == 1
        names.symlink("x" * 10, names.root, "/l", ROOT)
        names.unlink(names.root, "/l", ROOT)
        assert fs.usage() == (10, 0, 10, 1)

    def test_replacing_by_rename_gives_room_back(self) -> None:
        fs, names = full()
        make(names, "/a", b"a" * 500)
        make(names, "/b", b"b" * 500)
        names.rename(names.root, "/a", names.root, "/b", ROOT)
        assert fs.usage() == (1000, 500, 10, 2)

    def test_sparse_file_costs_what_it_stores(self) -> None:
        fs, names = full(max_bytes=CHUNK + 10)
        inode = make(names, "/a")
        inode.truncate(1 << 40)
        assert fs.usage().used_bytes == 0
        assert inode.write_at(1 << 39, b"x") == 1
        assert names.stat(names.root, "/a", ROOT).blocks == 1

    def test_too_many_links(self) -> None:
        fs = MemFS(quota=Quota(0, LINK_MAX + 10))
        inode = fs.root.create("a", 0o644, 0, 0)
        inode.nlink = LINK_MAX
        with raises("EMLINK"):
            fs.root.link("b", inode)


class TestTimes:
    @pytest.fixture
    def names(self) -> Namespace:
        return Namespace(MemFS(clock=Clock()))

    def times(self, names: Namespace, path: str) -> tuple[int, int, int]:
        facts = names.stat(names.root, path, ROOT)
        return facts.atime, facts.mtime, facts.ctime

    def test_write_changes_mtime_and_ctime(self, names: Namespace) -> None:
        inode = make(names, "/a")
        before = self.times(names, "/a")
        inode.write_at(0, b"x")
        after = self.times(names, "/a")
        assert after[0] == before[0]
        assert after[1] == after[2] > before[1]

    def test_chmod_and_link_change_ctime_alone(self, names: Namespace) -> None:
        make(names, "/a")
        for call in (
            lambda: names.chmod(names.root, "/a", ROOT, 0o600),
            lambda: names.chown(names.root, "/a", ROOT, 1, 1),
            lambda: names.link(names.root, "/a", names.root, "/b", ROOT),
            lambda: names.rename(names.root, "/b", names.root, "/c", ROOT),
            lambda: names.unlink(names.root, "/c", ROOT),
        ):
            before = self.times(names, "/a")
            call()
            after = self.times(names, "/a")
            assert after[:2] == before[:2]
            assert after[2] > before[2]

    def test_read_changes_atime_once_per_change(self, names: Namespace) -> None:
        inode = make(names, "/a", b"x")
        inode.read_at(0, 1)
        first = self.times(names, "/a")
        assert first[0] > first[1]
        inode.read_at(0, 1)
        assert self.times(names, "/a") == first

    def test_entries_change_their_directory(self, names: Namespace) -> None:
        names.mkdir(names.root, "/d", ROOT)
        for call in (
            lambda: make(names, "/d/a"),
            lambda: names.rename(names.root, "/d/a", names.root, "/d/b", ROOT),
            lambda: names.mkdir(names.root, "/d/e", ROOT),
            lambda: names.rmdir(names.root, "/d/e", ROOT),
            lambda: names.unlink(names.root, "/d/b", ROOT),
        ):
            before = self.times(names, "/d")
            call()
            assert self.times(names, "/d")[1] > before[1]

    def test_failure_changes_nothing(self, names: Namespace) -> None:
        make(names, "/a")
        before = self.times(names, "/"), self.times(names, "/a")
        with raises("EEXIST"):
            names.mkdir(names.root, "/a", ROOT)
        with raises("ENOENT"):
            names.rename(names.root, "/x", names.root, "/a", ROOT)
        assert (self.times(names, "/"), self.times(names, "/a")) == before


class TestFiles:
    def test_lazy_file(self) -> None:
        fs = MemFS()
        calls: list[int] = []

        def load() -> bytes:
            calls.append(1)
            return b"\0asm"

        fs.root.add("tool", fs.lazy_file(load, 4, 0o755))
        names = Namespace(fs)
        facts = names.stat(names.root, "/tool", ROOT)
        assert (facts.size, facts.mode, calls) == (4, st.S_IFREG | 0o755, [])
        assert content(names, "/tool") == b"\0asm"
        assert calls == [1]

    def test_fixed_file_is_free_until_changed(self) -> None:
        fs = MemFS(quota=Quota(100))
        fs.root.add("a", fs.fixed_file(b"x" * 90))
        assert fs.usage().used_bytes == 0
        names = Namespace(fs)
        names.open_inode(names.root, "/a", ROOT, flags=OpenFlags.WRITE).inode.append(b"y")
        assert fs.usage().used_bytes == 91

    def test_add_refuses_a_taken_name(self) -> None:
        fs = MemFS()
        fs.root.add("a", fs.fixed_file(b""))
        with raises("EEXIST"):
            fs.root.add("a", fs.fixed_file(b""))

    def test_read_only_file_system(self) -> None:
        fs = MemFS()
        node = fs.root.add("a", fs.fixed_file(b"data"))
        fs.read_only = True
        for call in (
            lambda: node.write_at(0, b"x"),
            lambda: node.truncate(0),
            lambda: fs.root.create("b", 0o644, 0, 0),
            lambda: fs.root.unlink("a"),
            lambda: fs.root.rmdir("a"),
            lambda: fs.root.rename("a", fs.root, "b"),
            lambda: fs.root.link("b", node),
        ):
            with raises("EROFS"):
                call()
        atime = node.stat().atime
        assert node.read_at(0, 9) == b"data"
        assert node.stat().atime == atime


class TestDirectories:
    def test_operations_below_the_namespace(self) -> None:
        fs, other = MemFS(), MemFS()
        directory = fs.root.mkdir("d", 0o755, 0, 0)
        file = fs.root.create("f", 0o644, 0, 0)
        with raises("EINVAL"):
            fs.root.rename("d", directory, "x")
        with raises("ENOTDIR"):
            fs.root.rename("d", file, "x")
        with raises("EXDEV"):
            fs.root.rename("f", other.root, "x")
        with raises("EXDEV"):
            fs.root.link("x", other.root.create("y", 0o644, 0, 0))
        with raises("EPERM"):
            fs.root.link("x", directory)
        with raises("EPERM"):
            fs.root.mknod("x", st.S_IFDIR | 0o755, 0, 0, 0)
        with raises("ENOTDIR"):
            file.lookup("x")
        with raises("ENOTDIR"):
            file.create("x", 0o644, 0, 0)

    def test_link_to_a_file_without_a_name(self) -> None:
        fs = MemFS()
        file = fs.root.create("f", 0o644, 0, 0)
        file.hold()
        fs.root.unlink("f")
        with raises("ENOENT"):
            fs.root.link("g", file)

    def test_mknod_makes_regular_files_too(self) -> None:
        names = Namespace(MemFS())
        names.mknod(names.root, "/a", ROOT, st.S_IFREG | 0o600)
        make(names, "/a", b"x", flags=MAKE)
        assert content(names, "/a") == b"x"

    def test_numbers_are_not_used_twice(self) -> None:
        fs = MemFS()
        seen: set[int] = set()
        for _ in range(5):
            node: MemNode = fs.root.create("a", 0o644, 0, 0)
            assert node.ino not in seen
            seen.add(node.ino)
            fs.root.unlink("a")

    def test_deep_trees_need_no_recursion(self) -> None:
        names = Namespace(MemFS())
        here = names.root
        for _ in range(20_000):
            names.mkdir(here, "d", ROOT)
            here = names.resolve(here, "d", ROOT)
        assert len(names.path_of(here)) == 40_000
        with raises("EINVAL"):
            names.rename(names.root, "/d", here, "x", ROOT)
