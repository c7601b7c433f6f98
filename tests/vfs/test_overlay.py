"""What is below shows through and is never written to."""

import stat as st

import pytest

from vfs.content import CHUNK
from vfs.contract import ROOT, content, make, raises
from vfs.inode import OpenFlags
from vfs.memfs import MemFS
from vfs.namespace import Namespace
from vfs.overlay import OverlayFS
from vfs.quota import Quota

BIG = bytes(range(256)) * (3 * CHUNK // 256)


@pytest.fixture
def lower() -> MemFS:
    fs = MemFS()
    names = Namespace(fs)
    for path in ("/bin", "/etc", "/etc/deep"):
        names.mkdir(names.root, path, ROOT)
    make(names, "/bin/tool", BIG, mode=0o755)
    make(names, "/etc/conf", b"lower")
    make(names, "/etc/deep/x", b"deep")
    names.link(names.root, "/etc/conf", names.root, "/etc/conf2", ROOT)
    names.symlink("conf", names.root, "/etc/link", ROOT)
    names.mknod(names.root, "/etc/pipe", ROOT, st.S_IFIFO | 0o600)
    names.utimens(names.root, "/etc/conf", ROOT, 11, 22)
    names.chown(names.root, "/etc/conf", ROOT, 7, 8)
    fs.read_only = True
    return fs


@pytest.fixture
def names(lower: MemFS) -> Namespace:
    return Namespace(OverlayFS(lower, quota=Quota(2 * CHUNK, 8)))


def snapshot(fs: MemFS) -> dict[str, object]:
    """Everything in ``fs``, to see that none of it changed."""
    names, found = Namespace(fs), {}
    pending = ["/"]
    while pending:
        here = pending.pop()
        for entry in names.listdir(names.root, here, ROOT):
            path = f"{here.rstrip('/')}/{entry.name}"
            facts = names.stat(names.root, path, ROOT, follow=False)
            inode = names.resolve(names.root, path, ROOT, follow=False).inode
            data = inode.read_at(0, inode.size) if facts.is_file else None
            found[path] = facts, data
            if entry.is_dir:
                pending.append(path)
    return found


def listing(names: Namespace, path: str) -> list[str]:
    return sorted(entry.name for entry in names.listdir(names.root, path, ROOT))


def test_shows_what_is_below(names: Namespace) -> None:
    assert listing(names, "/") == ["bin", "etc"]
    assert content(names, "/etc/deep/x") == b"deep"
    assert content(names, "/etc/link") == b"lower"
    assert content(names, "/bin/tool") == BIG
    facts = names.stat(names.root, "/etc/conf", ROOT)
    assert (facts.uid, facts.gid, facts.mtime, facts.size) == (7, 8, 22, 5)
    assert names.stat(names.root, "/bin/tool", ROOT).mode == st.S_IFREG | 0o755
    assert names.stat(names.root, "/etc/pipe", ROOT).mode == st.S_IFIFO | 0o600


def test_nothing_is_written_below(lower: MemFS, names: Namespace) -> None:
    before = snapshot(lower)
    for path in ("/etc/conf", "/bin/tool"):
        names.open_inode(names.root, path, ROOT, flags=OpenFlags.WRITE).inode.write_at(0, b"NEW")
    names.truncate(names.root, "/etc/deep/x", ROOT, 0)
    names.chmod(names.root, "/bin/tool", ROOT, 0o600)
    names.unlink(names.root, "/etc/link", ROOT)
    names.rename(names.root, "/etc/deep", names.root, "/deeper", ROOT)
    make(names, "/etc/new", b"new")
    assert snapshot(lower) == before
    assert content(names, "/etc/conf") == b"NEWer"
    assert content(names, "/bin/tool") == b"NEW" + BIG[3:]
    assert content(names, "/deeper/x") == b""


def test_removed_names_stay_removed(names: Namespace) -> None:
    names.unlink(names.root, "/etc/link", ROOT)
    names.unlink(names.root, "/etc/deep/x", ROOT)
    names.rmdir(names.root, "/etc/deep", ROOT)
    assert listing(names, "/etc") == ["conf", "conf2", "pipe"]
    with raises("ENOENT"):
        names.stat(names.root, "/etc/deep", ROOT)
    names.mkdir(names.root, "/etc/deep", ROOT)
    assert listing(names, "/etc/deep") == []


def test_directory_with_entries_only_below_is_not_empty(names: Namespace) -> None:
    names.mkdir(names.root, "/new", ROOT)
    with raises("ENOTEMPTY"):
        names.rmdir(names.root, "/etc/deep", ROOT)
    with raises("ENOTEMPTY"):
        names.rename(names.root, "/new", names.root, "/etc/deep", ROOT)


def test_hard_links_below_stay_one_file(names: Namespace) -> None:
    one, two = (names.stat(names.root, path, ROOT) for path in ("/etc/conf", "/etc/conf2"))
    assert (one.ino, one.nlink) == (two.ino, 2)
    names.unlink(names.root, "/etc/conf", ROOT)
    names.open_inode(names.root, "/etc/conf2", ROOT, flags=OpenFlags.WRITE).inode.append(b"!")
    assert content(names, "/etc/conf2") == b"lower!"
    assert names.stat(names.root, "/etc/conf2", ROOT).nlink == 1


def test_only_changes_are_paid_for(names: Namespace) -> None:
    fs = names.mounts()[0].fs
    content(names, "/bin/tool")
    listing(names, "/etc")
    assert fs.usage().used_bytes == 0
    tool = names.open_inode(names.root, "/bin/tool", ROOT, flags=OpenFlags.WRITE).inode
    assert tool.write_at(CHUNK, b"x") == 1
    assert fs.usage().used_bytes == CHUNK
    assert tool.write_at(0, b"y") == 1
    with raises("ENOSPC"):
        tool.write_at(2 * CHUNK, b"z")
    assert content(names, "/bin/tool") == b"y" + BIG[1:CHUNK] + b"x" + BIG[CHUNK + 1 :]


def test_entries_below_use_no_inodes(names: Namespace) -> None:
    listing(names, "/etc")
    assert names.mounts()[0].fs.usage()[2:] == (8 + 7, 1 + 7)
    for count in range(7):
        make(names, f"/etc/new{count}")
    with raises("ENOSPC"):
        make(names, "/etc/one-more")
    names.unlink(names.root, "/etc/link", ROOT)
    make(names, "/etc/one-more")


def test_two_views_of_one_lower(lower: MemFS) -> None:
    one, two = Namespace(OverlayFS(lower)), Namespace(OverlayFS(lower))
    make(one, "/etc/conf", b"ONE")
    two.unlink(two.root, "/etc/conf", ROOT)
    assert content(one, "/etc/conf") == b"ONEer"
    assert listing(two, "/etc") == ["conf2", "deep", "link", "pipe"]


def test_path_of_what_was_taken_over(names: Namespace) -> None:
    here = names.enter(names.root, "/etc/deep", ROOT)
    assert names.path_of(here) == "/etc/deep"
    assert names.path_of(names.resolve(here, "../..", ROOT)) == "/"
