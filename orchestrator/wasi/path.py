"""The `path_` calls: decode the path, let the namespace do it, encode the answer.

Above: calls. Below: guest, strings, kernel, vfs.namespace. A path starts at a directory fd and
stays beneath it (EPERM); how that is enforced is the walk's business. Opening is in `opening`.
"""

from __future__ import annotations

from orchestrator.wasi import rights
from orchestrator.wasi.abi import FILESTAT_SIZE, LOOKUP_FOLLOW
from orchestrator.wasi.fdstat import filestat
from orchestrator.wasi.guest import Guest
from orchestrator.wasi.strings import encode, load_path
from orchestrator.wasi.times import parse_times
from vfs.errors import fail
from vfs.mount import Location


def is_follow(flags: int) -> bool:
    """Return whether lookup flags say to follow a link in the last place. Raises OSError EINVAL."""
    if flags & ~LOOKUP_FOLLOW:
        fail("EINVAL")
    return bool(flags & LOOKUP_FOLLOW)


def start(
    guest: Guest, fd: int, path: int, path_len: int, right: int
) -> tuple[Location, str, bool]:
    """Return where the path at `path` starts, its text, and whether it must stay beneath.

    Raises:
        OSError: as `strings.load_path` and `Guest.place`.
    """
    text = load_path(guest.memory, path, path_len)
    at, beneath = guest.place(fd, text, right)
    return at, text, beneath


def path_create_directory(guest: Guest, fd: int, path: int, path_len: int) -> None:
    """Make a directory.

    Raises:
        OSError: EEXIST, ENOENT, ENOTDIR, EACCES, ENOSPC, EROFS, EPERM if the path leaves `fd`,
            EFAULT, EILSEQ, ENOTCAPABLE.

    WASI preview1, path_create_directory; POSIX mkdirat.
    """
    at, text, beneath = start(guest, fd, path, path_len, rights.PATH_CREATE_DIRECTORY)
    guest.kernel.namespace.mkdir(at, text, guest.process.cred, beneath=beneath)


def path_filestat_get(
    guest: Guest, fd: int, flags: int, path: int, path_len: int, result: int
) -> None:
    """Write the facts of what the path leads to.

    Raises:
        OSError: ENOENT, ENOTDIR, EACCES, ELOOP, EINVAL for unknown flags, EPERM if the path leaves
            `fd`, EFAULT, EILSEQ, ENOTCAPABLE.

    WASI preview1, path_filestat_get; POSIX fstatat.
    """
    follow = is_follow(flags)
    guest.memory.check(result, FILESTAT_SIZE)
    at, text, beneath = start(guest, fd, path, path_len, rights.PATH_FILESTAT_GET)
    facts = guest.kernel.namespace.stat(
        at, text, guest.process.cred, follow=follow, beneath=beneath
    )
    guest.memory.write(result, filestat(facts))


def path_filestat_set_times(
    guest: Guest,
    fd: int,
    flags: int,
    path: int,
    path_len: int,
    atim: int,
    mtim: int,
    fst_flags: int,
) -> None:
    """Set the times of what the path leads to, as `fst_flags` says.

    Raises:
        OSError: ENOENT, ENOTDIR, EACCES, EPERM (not the owner, or the path leaves `fd`), ELOOP,
            EROFS, EINVAL for flags that contradict each other or a time beyond 2**63, EFAULT,
            EILSEQ, ENOTCAPABLE.

    WASI preview1, path_filestat_set_times; POSIX utimensat.
    """
    follow = is_follow(flags)
    at, text, beneath = start(guest, fd, path, path_len, rights.PATH_FILESTAT_SET_TIMES)
    times = parse_times(guest, atim, mtim, fst_flags)
    namespace, cred = guest.kernel.namespace, guest.process.cred
    if times is None:
        namespace.resolve(at, text, cred, follow=follow, beneath=beneath)
        return
    namespace.utimens(
        at,
        text,
        cred,
        times.atime,
        times.mtime,
        is_now=times.is_now,
        follow=follow,
        beneath=beneath,
    )


def path_link(
    guest: Guest,
    old_fd: int,
    old_flags: int,
    old_path: int,
    old_path_len: int,
    new_fd: int,
    new_path: int,
    new_path_len: int,
) -> None:
    """Give a file a second name.

    Raises:
        OSError: EEXIST, ENOENT, ENOTDIR, EACCES, EXDEV, EMLINK, EPERM (a directory, or a path
            leaves its fd), EROFS, ENOSPC, EINVAL for unknown flags, EFAULT, EILSEQ, ENOTCAPABLE.

    WASI preview1, path_link; POSIX linkat.
    """
    follow = is_follow(old_flags)
    at_old, old, old_beneath = start(guest, old_fd, old_path, old_path_len, rights.PATH_LINK_SOURCE)
    at_new, new, new_beneath = start(guest, new_fd, new_path, new_path_len, rights.PATH_LINK_TARGET)
    beneath = old_beneath or new_beneath
    guest.kernel.namespace.link(
        at_old, old, at_new, new, guest.process.cred, follow=follow, beneath=beneath
    )


def path_readlink(
    guest: Guest, fd: int, path: int, path_len: int, buf: int, buf_len: int, bufused: int
) -> None:
    """Write the text of a symbolic link, cut off where the buffer ends, and how many bytes it takes
    there.

    Raises:
        OSError: EINVAL if it is no link, ENOENT, ENOTDIR, EACCES, ELOOP, EPERM if the path leaves
            `fd`, EFAULT, EILSEQ, ENOTCAPABLE.

    WASI preview1, path_readlink; POSIX readlinkat.
    """
    memory = guest.memory
    memory.check(buf, buf_len)
    memory.check(bufused, 4)
    at, text, beneath = start(guest, fd, path, path_len, rights.PATH_READLINK)
    target = guest.kernel.namespace.readlink(at, text, guest.process.cred, beneath=beneath)
    data = encode(target)[:buf_len]
    memory.write(buf, data)
    memory.store_u32(bufused, len(data))


def path_remove_directory(guest: Guest, fd: int, path: int, path_len: int) -> None:
    """Remove an empty directory.

    Raises:
        OSError: ENOTEMPTY, ENOENT, ENOTDIR, EACCES, EBUSY (a mount point), EINVAL (`.`), EROFS,
            EPERM (a sticky directory, or the path leaves `fd`), EFAULT, EILSEQ, ENOTCAPABLE.

    WASI preview1, path_remove_directory; POSIX unlinkat with AT_REMOVEDIR.
    """
    at, text, beneath = start(guest, fd, path, path_len, rights.PATH_REMOVE_DIRECTORY)
    guest.kernel.namespace.rmdir(at, text, guest.process.cred, beneath=beneath)


def path_rename(
    guest: Guest,
    fd: int,
    old_path: int,
    old_path_len: int,
    new_fd: int,
    new_path: int,
    new_path_len: int,
) -> None:
    """Move a name, replacing what is at the new one in one step.

    Raises:
        OSError: ENOENT, ENOTDIR, EISDIR, ENOTEMPTY, EACCES, EXDEV, EBUSY (a mount point, `.`),
            EINVAL (a directory into itself), EROFS, ENOSPC, EPERM (a sticky directory, or a path
            leaves its fd), EFAULT, EILSEQ, ENOTCAPABLE.

    WASI preview1, path_rename; POSIX renameat.
    """
    at_old, old, old_beneath = start(guest, fd, old_path, old_path_len, rights.PATH_RENAME_SOURCE)
    at_new, new, new_beneath = start(
        guest, new_fd, new_path, new_path_len, rights.PATH_RENAME_TARGET
    )
    beneath = old_beneath or new_beneath
    guest.kernel.namespace.rename(at_old, old, at_new, new, guest.process.cred, beneath=beneath)


def path_symlink(
    guest: Guest, old_path: int, old_path_len: int, fd: int, new_path: int, new_path_len: int
) -> None:
    """Make a symbolic link at the new path that reads as the old one, which is not looked up.

    Deviation: an absolute text is allowed, as on any Unix; whoever walks through it is kept
        beneath.

    Raises:
        OSError: EEXIST, ENOENT, ENOTDIR, EACCES, ENOSPC, EROFS, ENAMETOOLONG, EPERM if the new path
            leaves `fd`, EFAULT, EILSEQ, ENOTCAPABLE.

    WASI preview1, path_symlink; POSIX symlinkat.
    """
    target = load_path(guest.memory, old_path, old_path_len)
    at, text, beneath = start(guest, fd, new_path, new_path_len, rights.PATH_SYMLINK)
    guest.kernel.namespace.symlink(target, at, text, guest.process.cred, beneath=beneath)


def path_unlink_file(guest: Guest, fd: int, path: int, path_len: int) -> None:
    """Remove a name that is not a directory's.

    Raises:
        OSError: EISDIR, ENOENT, ENOTDIR, EACCES, EROFS, EBUSY, EPERM (a sticky directory, or the
            path leaves `fd`), EFAULT, EILSEQ, ENOTCAPABLE.

    WASI preview1, path_unlink_file; POSIX unlinkat.
    """
    at, text, beneath = start(guest, fd, path, path_len, rights.PATH_UNLINK_FILE)
    guest.kernel.namespace.unlink(at, text, guest.process.cred, beneath=beneath)
