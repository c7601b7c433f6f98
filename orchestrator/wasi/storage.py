"""What concerns the storage under an open file: its size, room for it, and bringing it to rest.

Above: calls. Below: guest, kernel.file, vfs.
"""

from __future__ import annotations

from orchestrator.kernel.file import File, InodeFile
from orchestrator.wasi import rights
from orchestrator.wasi.abi import ADVICE_MAX, FILE_SIZE_MAX
from orchestrator.wasi.fd import file_offset
from orchestrator.wasi.guest import Guest
from vfs.errors import fail
from vfs.inode import Inode

_CHUNK = 1 << 20


def fd_filestat_set_size(guest: Guest, fd: int, size: int) -> None:
    """Set the file's size; what is added reads as zeros.

    Raises:
        OSError: EBADF, EINVAL if it is no regular file, is not open for writing, or the size is
            beyond 2**63, EFBIG, ENOTCAPABLE.

    WASI preview1, fd_filestat_set_size; POSIX ftruncate.
    """
    guest.require(fd, rights.FD_FILESTAT_SET_SIZE).truncate(file_offset(size))


def fd_advise(guest: Guest, fd: int, offset: int, length: int, advice: int) -> None:
    """Say how the file will be used. It lies in memory already, so good advice changes nothing.

    Raises:
        OSError: EBADF, ESPIPE for what has no offset, EINVAL for unknown advice or a range beyond
            2**63, ENOTCAPABLE.

    WASI preview1, fd_advise; POSIX posix_fadvise.
    """
    file = guest.require(fd, rights.FD_ADVISE)
    if not 0 <= advice <= ADVICE_MAX:
        fail("EINVAL")
    file_offset(offset)
    file_offset(length)
    if file.read_waitable is not None:
        fail("ESPIPE")


def fd_allocate(guest: Guest, fd: int, offset: int, length: int) -> None:
    """Make sure that the file has the `length` bytes from `offset`, and room for them.

    Deviation: what is added is paid for with zeros; a hole that lay inside the file already stays
        one.

    Raises:
        OSError: EBADF if `fd` is not open for writing, EINVAL for an empty or endless range, ENODEV
            if it is no regular file, ESPIPE if it is a pipe, EFBIG, ENOSPC (the file is as it was),
            ENOTCAPABLE.

    WASI preview1, fd_allocate; POSIX posix_fallocate.
    """
    file = guest.require(fd, rights.FD_ALLOCATE)
    if length == 0 or file_offset(offset) + file_offset(length) > FILE_SIZE_MAX:
        fail("EINVAL" if length == 0 else "EFBIG")
    if file.read_waitable is not None or file.write_waitable is not None:
        fail("ESPIPE")
    if not file.can_write:
        fail("EBADF")
    _reserve(file, offset + length)


def fd_datasync(guest: Guest, fd: int) -> None:
    """Bring the file's content to storage, where there is any.

    Raises:
        OSError: EBADF, EINVAL for what has no storage, ENOTCAPABLE, EIO.

    WASI preview1, fd_datasync; POSIX fdatasync.
    """
    guest.require(fd, rights.FD_DATASYNC).sync()


def fd_sync(guest: Guest, fd: int) -> None:
    """Bring the file's content and facts to storage, where there is any.

    Raises:
        OSError: EBADF, EINVAL for what has no storage, ENOTCAPABLE, EIO.

    WASI preview1, fd_sync; POSIX fsync.
    """
    guest.require(fd, rights.FD_SYNC).sync()


def _reserve(file: File, end: int) -> None:
    """Fill the file with zeros up to `end`, all of it or nothing.

    Raises:
        OSError: ENODEV, ENOSPC, EFBIG.
    """
    if not isinstance(file, InodeFile):
        fail("ENODEV")
    inode = file.inode
    former = inode.size
    if end <= former:
        return
    usage = inode.fs.usage()
    if not usage.total_bytes:
        inode.truncate(end)  # nothing bounds it, so there is nothing to reserve
        return
    if end - former > usage.total_bytes - usage.used_bytes:
        fail("ENOSPC")
    try:
        _fill(inode, former, end)
    except OSError:
        inode.truncate(former)
        raise


def _fill(inode: Inode, start: int, end: int) -> None:
    """Write zeros from `start` to `end`. Raises OSError ENOSPC, EFBIG."""
    while start < end:
        start += inode.write_at(start, bytes(min(_CHUNK, end - start)))
