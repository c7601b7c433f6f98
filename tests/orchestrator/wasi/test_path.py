"""The `path_` calls but for opening, the rules of names, and attempts to leave a directory."""

import pytest

from orchestrator.wasi import rights
from orchestrator.wasi.abi import Filestat, Filetype, FstFlags
from vfs.access import Credentials
from vfs.memfs import MemFS

ROOT = Credentials()
FOLLOW, STAY = 1, 0


def stat(world, path, fd=3, lookup=FOLLOW):
    out = world.take(64)
    args = (fd, lookup, *world.text(path), out)
    answer = world.call("path_filestat_get", *args, writes=[(out, 64)])
    return answer, Filestat.unpack(world.memory.read(out, 64))


def mkdir(world, path, fd=3):
    return world.call("path_create_directory", fd, *world.text(path))


def readlink(world, path, size=100, fd=3):
    buffer, used = world.take(size), world.take(4)
    args = (fd, *world.text(path), buffer, size, used)
    answer = world.call("path_readlink", *args, writes=[(buffer, size), (used, 4)])
    count = world.memory.load_u32(used) if answer == "SUCCESS" else 0
    return answer, world.memory.read(buffer, count)


def symlink(world, target, path, fd=3):
    return world.call("path_symlink", *world.text(target), fd, *world.text(path))


def link(world, old, new, *, old_fd=3, new_fd=3, lookup=STAY):
    return world.call("path_link", old_fd, lookup, *world.text(old), new_fd, *world.text(new))


def rename(world, old, new, *, old_fd=3, new_fd=3):
    return world.call("path_rename", old_fd, *world.text(old), new_fd, *world.text(new))


def unlink(world, path, fd=3):
    return world.call("path_unlink_file", fd, *world.text(path))


def rmdir(world, path, fd=3):
    return world.call("path_remove_directory", fd, *world.text(path))


def set_times(world, path, atim, mtim, flags, fd=3, lookup=FOLLOW):
    args = (fd, lookup, *world.text(path), atim, mtim, flags)
    return world.call("path_filestat_set_times", *args)


@pytest.fixture
def tree(world):
    """/a/file, /a/link -> file, /a/out -> /etc/secret, /a/up -> ../etc, /a/sub/, /etc/secret."""
    world.directory("/a")
    world.directory("/a/sub")
    world.directory("/etc")
    world.file("/etc/secret", b"secret")
    world.file("/a/file", b"hello")
    for target, path in [("file", "a/link"), ("/etc/secret", "a/out"), ("../etc", "a/up")]:
        world.namespace.symlink(target, world.root(), path, ROOT)
    return world


# --- path_create_directory ---


def test_create_directory(world):
    assert mkdir(world, "new") == "SUCCESS"
    assert world.line == 'path_create_directory(3, "new") = 0'
    assert stat(world, "new")[1].filetype == Filetype.DIRECTORY
    assert mkdir(world, "new") == "EEXIST"
    assert world.line == 'path_create_directory(3, "new") = -1 EEXIST'
    assert mkdir(world, "no/such") == "ENOENT"
    assert mkdir(world, "") == "ENOENT"


def test_directories_obey_the_umask(world):
    world.extension("umask", 0o027)
    mkdir(world, "new")
    assert world.namespace.stat(world.root(), "new", ROOT).mode & 0o777 == 0o750


# --- path_filestat_get ---


def test_filestat(tree):
    answer, found = stat(tree, "a/link")
    assert (answer, found.filetype, found.size) == ("SUCCESS", Filetype.REGULAR_FILE, 5)
    shown = "{REGULAR_FILE, nlink=1, size=5}"
    assert tree.line == f'path_filestat_get(3, FOLLOW, "a/link", {shown}) = 0'
    answer, found = stat(tree, "a/link", lookup=STAY)
    assert (found.filetype, found.size) == (Filetype.SYMBOLIC_LINK, 4)
    assert tree.line == 'path_filestat_get(3, 0, "a/link", {SYMBOLIC_LINK, nlink=1, size=4}) = 0'
    assert stat(tree, "a/none")[0] == "ENOENT"
    assert stat(tree, "a/file/x")[0] == "ENOTDIR"
    assert stat(tree, "a/file/")[0] == "ENOTDIR"


def test_unknown_lookup_flags(tree):
    assert stat(tree, "a/link", lookup=2)[0] == "EINVAL"
    assert stat(tree, "a/link", lookup=-1)[0] == "EINVAL"


def test_a_result_that_does_not_fit_is_found_first(tree):
    end = tree.memory.size()
    assert tree.call("path_filestat_get", 3, 1, *tree.text("none"), end - 63) == "EFAULT"


# --- path_filestat_set_times ---


def test_set_times(tree):
    both = (FstFlags.ATIM | FstFlags.MTIM).value
    assert set_times(tree, "a/link", 5, 6, both) == "SUCCESS"
    assert tree.line == 'path_filestat_set_times(3, FOLLOW, "a/link", 5, 6, ATIM|MTIM) = 0'
    found = stat(tree, "a/file")[1]
    assert (found.atim, found.mtim) == (5, 6)
    assert set_times(tree, "a/link", 7, 8, both, lookup=STAY) == "SUCCESS"
    assert stat(tree, "a/link", lookup=STAY)[1].mtim == 8
    assert stat(tree, "a/file")[1].mtim == 6


def test_setting_no_times_still_looks_at_the_path(tree):
    assert set_times(tree, "a/file", 0, 0, 0) == "SUCCESS"
    assert set_times(tree, "a/none", 0, 0, 0) == "ENOENT"
    assert set_times(tree, "a/file", 0, 0, 3) == "EINVAL"
    assert set_times(tree, "a/file", 1 << 63, 0, 1) == "EINVAL"


# --- path_readlink, path_symlink ---


def test_readlink(tree):
    assert readlink(tree, "a/link") == ("SUCCESS", b"file")
    assert tree.line == 'path_readlink(3, "a/link", "file", 100) = 4'
    assert readlink(tree, "a/out") == ("SUCCESS", b"/etc/secret")
    assert readlink(tree, "a/out", size=4) == ("SUCCESS", b"/etc")
    assert readlink(tree, "a/out", size=0) == ("SUCCESS", b"")
    assert readlink(tree, "a/file")[0] == "EINVAL"
    assert readlink(tree, "a/none")[0] == "ENOENT"


def test_symlink(world):
    assert symlink(world, "to/nothing", "link") == "SUCCESS"
    assert world.line == 'path_symlink("to/nothing", 3, "link") = 0'
    assert readlink(world, "link") == ("SUCCESS", b"to/nothing")
    assert symlink(world, "other", "link") == "EEXIST"
    assert symlink(world, "", "empty") == "ENOENT"
    assert symlink(world, "/absolute", "allowed") == "SUCCESS"
    assert symlink(world, "x", "no/such") == "ENOENT"


# --- path_link ---


def test_link(tree):
    assert link(tree, "a/file", "again") == "SUCCESS"
    assert tree.line == 'path_link(3, 0, "a/file", 3, "again") = 0'
    assert stat(tree, "again")[1].nlink == 2
    assert link(tree, "a/file", "again") == "EEXIST"
    assert link(tree, "a", "b") == "EPERM"
    assert link(tree, "a/none", "c") == "ENOENT"


def test_link_follows_only_when_told(tree):
    assert link(tree, "a/link", "soft") == "SUCCESS"
    assert stat(tree, "soft", lookup=STAY)[1].filetype == Filetype.SYMBOLIC_LINK
    assert link(tree, "a/link", "hard", lookup=FOLLOW) == "SUCCESS"
    assert stat(tree, "hard", lookup=STAY)[1].filetype == Filetype.REGULAR_FILE
    assert link(tree, "a/link", "x", lookup=8) == "EINVAL"


def test_no_links_and_no_moves_across_mounts(tree):
    tree.directory("/mnt")
    tree.namespace.mount("/mnt", MemFS())
    assert link(tree, "a/file", "mnt/file") == "EXDEV"
    assert rename(tree, "a/file", "mnt/file") == "EXDEV"
    assert rmdir(tree, "mnt") == "EBUSY"


# --- path_rename ---


def test_rename(tree):
    assert rename(tree, "a/file", "a/sub/moved") == "SUCCESS"
    assert tree.line == 'path_rename(3, "a/file", 3, "a/sub/moved") = 0'
    assert tree.content("/a/sub/moved") == b"hello"
    assert rename(tree, "a/file", "x") == "ENOENT"


@pytest.mark.parametrize(
    ("old", "new", "symbol"),
    [
        ("a", "a/sub/inside", "EINVAL"),
        ("a/file", "a/sub", "EISDIR"),
        ("a/sub", "a/file", "ENOTDIR"),
        ("a/sub", "etc", "ENOTEMPTY"),
        ("etc", "a/sub", "SUCCESS"),
        ("a/file", "etc/secret", "SUCCESS"),
        ("a/link", "a/link2", "SUCCESS"),
        ("a/file", "a/file", "SUCCESS"),
        ("a/.", "b", "EBUSY"),
        ("a/file/", "b", "ENOTDIR"),
        ("a/file", "b/", "ENOTDIR"),
        ("a/sub/", "b/", "SUCCESS"),
    ],
)
def test_rules_of_rename(tree, old, new, symbol):
    assert rename(tree, old, new) == symbol


# --- path_unlink_file, path_remove_directory ---


def test_unlink(tree):
    assert unlink(tree, "a/link") == "SUCCESS"
    assert tree.line == 'path_unlink_file(3, "a/link") = 0'
    assert stat(tree, "a/file")[0] == "SUCCESS"
    assert unlink(tree, "a/sub") == "EISDIR"
    assert unlink(tree, "a/none") == "ENOENT"
    assert unlink(tree, "a/file/") == "ENOTDIR"


def test_remove_directory(tree):
    assert rmdir(tree, "a/sub") == "SUCCESS"
    assert tree.line == 'path_remove_directory(3, "a/sub") = 0'
    assert rmdir(tree, "a") == "ENOTEMPTY"
    assert rmdir(tree, "a/file") == "ENOTDIR"
    assert rmdir(tree, "a/up") == "ENOTDIR"
    assert rmdir(tree, "a/none") == "ENOENT"
    assert rmdir(tree, "a/.") == "EINVAL"


# --- how a path can be wrong ---

CALLS = {
    "create_directory": mkdir,
    "filestat_get": lambda world, path, fd=3: stat(world, path, fd)[0],
    "set_times": lambda world, path, fd=3: set_times(world, path, 1, 1, 5, fd),
    "readlink": lambda world, path, fd=3: readlink(world, path, fd=fd)[0],
    "symlink": lambda world, path, fd=3: symlink(world, "x", path, fd),
    "link_from": lambda world, path, fd=3: link(world, path, "new", old_fd=fd),
    "link_to": lambda world, path, fd=3: link(world, "a/file", path, new_fd=fd),
    "rename_from": lambda world, path, fd=3: rename(world, path, "new", old_fd=fd),
    "rename_to": lambda world, path, fd=3: rename(world, "a/file", path, new_fd=fd),
    "unlink_file": unlink,
    "remove_directory": rmdir,
    "open": lambda world, path, fd=3: world.fails_to_open(path, fd=fd),
    "stat": lambda world, path, fd=3: world.extension(
        "path_stat", fd, 1, *world.text(path), world.take(12)
    ),
    "chmod": lambda world, path, fd=3: world.extension(
        "path_chmod", fd, 1, *world.text(path), 0o777
    ),
}


@pytest.fixture(params=CALLS)
def call(request):
    return CALLS[request.param]


@pytest.mark.parametrize(
    ("path", "symbol"),
    [
        (b"", "ENOENT"),
        (b"a/\0b", "EINVAL"),
        (b"\0", "EINVAL"),
        (b"a/\xff\xfe", "EILSEQ"),
        (b"\xed\xa0\x80", "EILSEQ"),
        (b"x" * 256, "ENAMETOOLONG"),
        (b"x/" * 2048, "ENAMETOOLONG"),
        (b"a/file/under", "ENOTDIR"),
    ],
)
def test_names_that_cannot_be(tree, call, path, symbol):
    assert call(tree, path) == symbol


@pytest.mark.parametrize("path", ["/etc/secret", "/", "//a"])
@pytest.mark.parametrize("fd", [3, 4])
def test_absolute_paths_are_not_beneath_anything(tree, call, path, fd):
    assert call(tree, path, fd=fd) == "EPERM"


ESCAPES = [
    "..",
    "../etc/secret",
    "sub/../../etc/secret",
    "./../etc/secret",
    "sub/../..",
    "up/secret",
    "up/../etc/secret",
    "/etc/secret",
    "sub/../up/secret",
]


@pytest.mark.parametrize("path", ESCAPES)
def test_no_call_leaves_a_directory(tree, call, path):
    fd = tree.open("a", oflags=2)
    # Calls that make or remove a name refuse `..` as one, whatever it leads to.
    refusals = ("EPERM", "EEXIST", "EBUSY", "EISDIR", "ENOTEMPTY")
    assert call(tree, path, fd=fd) in (refusals if path.endswith("..") else ("EPERM",))
    assert tree.content("/etc/secret") == b"secret"


@pytest.mark.parametrize("path", ["out", "up/.", "out/", "up/"])
def test_no_call_that_follows_leaves_a_directory(tree, path):
    fd = tree.open("a", oflags=2)
    assert stat(tree, path, fd)[0] == "EPERM"
    assert set_times(tree, path, 1, 1, 5, fd) == "EPERM"
    assert tree.fails_to_open(path, fd=fd) == "EPERM"
    refusal = "EISDIR" if path.endswith("/") else "EPERM"  # no file is made under such a name
    assert tree.fails_to_open(path, fd=fd, oflags=1, base=rights.ALL) == refusal


def test_a_dangling_link_is_no_way_to_create_outside(tree):
    tree.namespace.symlink("../etc/new", tree.root(), "a/dangling", ROOT)
    fd = tree.open("a", oflags=2)
    assert tree.fails_to_open("dangling", fd=fd, oflags=1, base=rights.ALL) == "EPERM"
    assert stat(tree, "etc/new")[0] == "ENOENT"


def test_from_the_root_everything_is_beneath(tree):
    assert stat(tree, "a/out")[0] == "SUCCESS"
    assert stat(tree, "a/up/secret")[0] == "SUCCESS"
    assert stat(tree, "../../etc/secret")[0] == "SUCCESS"


def test_the_working_directory_leads_to_all_that_the_root_does(tree):
    cwd = tree.namespace.resolve(tree.root(), "a/sub", ROOT)
    tree.process = tree.spawn(cwd=cwd)
    tree.guest = tree.make_guest(tree.process)
    assert stat(tree, "../file", fd=4)[0] == "SUCCESS"
    assert stat(tree, "../out", fd=4)[0] == "SUCCESS"
    assert rename(tree, "../file", "moved", old_fd=4, new_fd=4) == "SUCCESS"
    assert rename(tree, "moved", "etc/moved", old_fd=4, new_fd=3) == "SUCCESS"


@pytest.mark.parametrize("loss", ["closed", "narrowed"])
def test_without_the_root_the_working_directory_is_all_there_is(tree, loss):
    cwd = tree.namespace.resolve(tree.root(), "a/sub", ROOT)
    tree.process = tree.spawn(cwd=cwd)
    tree.guest = tree.make_guest(tree.process)
    if loss == "closed":
        tree.call("fd_close", 3)
    else:
        tree.call("fd_fdstat_set_rights", 3, rights.PATH_OPEN, rights.ALL)
    assert stat(tree, "../file", fd=4)[0] == "EPERM"
    assert stat(tree, "../out", fd=4)[0] == "EPERM"


def test_an_fd_that_took_the_place_of_the_working_directory_is_held(tree):
    fd = tree.open("a", oflags=2)
    tree.call("fd_renumber", fd, 4)
    assert stat(tree, "../etc/secret", fd=4)[0] == "EPERM"


@pytest.mark.parametrize("fd", [60, -1, 1 << 31])
def test_paths_start_at_an_open_fd(tree, call, fd):
    assert call(tree, "a", fd=fd) == "EBADF"


def test_paths_start_at_a_directory(tree, call):
    fd = tree.open("a/file")
    assert call(tree, "x", fd=fd) == "ENOTDIR"


NEEDED = {
    "create_directory": rights.PATH_CREATE_DIRECTORY,
    "filestat_get": rights.PATH_FILESTAT_GET,
    "set_times": rights.PATH_FILESTAT_SET_TIMES,
    "readlink": rights.PATH_READLINK,
    "symlink": rights.PATH_SYMLINK,
    "link_from": rights.PATH_LINK_SOURCE,
    "link_to": rights.PATH_LINK_TARGET,
    "rename_from": rights.PATH_RENAME_SOURCE,
    "rename_to": rights.PATH_RENAME_TARGET,
    "unlink_file": rights.PATH_UNLINK_FILE,
    "remove_directory": rights.PATH_REMOVE_DIRECTORY,
    "open": rights.PATH_OPEN,
    "stat": rights.PATH_FILESTAT_GET,
    "chmod": rights.PATH_FILESTAT_SET_TIMES,
}


@pytest.mark.parametrize("name", NEEDED)
def test_each_call_takes_its_right(tree, name):
    fd = tree.open("a", oflags=2)
    held = tree.guest.grant(fd)
    assert held.base & NEEDED[name]
    tree.call("fd_fdstat_set_rights", fd, held.base & ~NEEDED[name], held.inheriting)
    assert CALLS[name](tree, "file", fd=fd) == "ENOTCAPABLE"


@pytest.mark.parametrize(("ptr", "size"), [(65536, 1), (65530, 10), (0, -1), (-1, 4), (0, 1 << 31)])
def test_paths_outside_the_memory(tree, ptr, size):
    assert tree.call("path_unlink_file", 3, ptr, size) == "EFAULT"
    assert tree.call("path_create_directory", 3, ptr, size) == "EFAULT"
    assert tree.call("path_symlink", ptr, size, 3, *tree.text("x")) == "EFAULT"
    assert tree.line.startswith("path_symlink(0x")


def test_permissions_are_those_of_the_process(make_world):
    world = make_world(cred=Credentials(uid=1000, gid=1000))
    world.directory("/private", mode=0o700)
    world.directory("/shared", mode=0o777)
    world.file("/private/file")
    assert stat(world, "private/file")[0] == "EACCES"
    assert mkdir(world, "new") == "EACCES"
    assert mkdir(world, "shared/new") == "SUCCESS"
    assert unlink(world, "private/file") == "EACCES"


def test_a_loop_of_links(world):
    symlink(world, "b", "a")
    symlink(world, "a", "b")
    assert stat(world, "a")[0] == "ELOOP"
