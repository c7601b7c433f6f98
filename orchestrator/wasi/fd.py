"""Open files, their content and their position: the `fd_` calls that move bytes.

Above: calls, fast. Below: guest, iovec, kernel.file. Facts about fds are in `fdstat`, what concerns
storage in `storage`, directories in `directory`. A call that would block has changed nothing:
results are checked for room before it acts.
"""

from __future__ import annotations

from orchestrator.kernel.file import File
from orchestrator.wasi import iovec, rights
from orchestrator.wasi.abi import FILE_SIZE_MAX
from orchestrator.wasi.guest import Guest
from vfs.errors import fail

_SIGN = 1 << 63


def fd_read(guest: Guest, fd: int, iovs: int, iovs_len: int, nread: int) -> None:
    """Read from the file's offset into the buffers, and write how many bytes were read; 0 is the
    end.

    Raises:
        OSError: EBADF if `fd` is not open for reading, EISDIR, EAGAIN for NONBLOCK, EINTR, EINVAL
            for too many buffers, EFAULT if a buffer or the result lies outside the memory,
            ENOTCAPABLE, EIO.

    WASI preview1, fd_read; POSIX readv.
    """
    file = guest.files.get(fd)
    if file is None:
        fail("EBADF")
    if guest.grants and fd in guest.grants:
        guest.check_grant(fd, file, rights.FD_READ)
    memory = guest.memory
    memory.check(nread, 4)
    if iovs_len == 1:
        buffer, size = memory.load_pair(iovs)
        memory.check(buffer, size)
        data = file.read_nowait(size if size < iovec.TRANSFER_MAX else iovec.TRANSFER_MAX)
        memory.write(buffer, data)
    else:
        pairs = iovec.load(memory, iovs, iovs_len)
        data = file.read_nowait(iovec.room(pairs))
        iovec.scatter(memory, pairs, data)
    memory.store_u32(nread, len(data))


def fd_write(guest: Guest, fd: int, iovs: int, iovs_len: int, nwritten: int) -> None:
    """Write the buffers at the file's offset, and write how many bytes were taken.

    A write to a pipe nobody reads sends SIGPIPE, which ends the guest unless it ignores or catches
    it.

    Raises:
        OSError: EBADF if `fd` is not open for writing, EAGAIN for NONBLOCK, EINTR, EPIPE, ENOSPC,
            EFBIG, EINVAL for too many buffers, EFAULT if a buffer or the result lies outside the memory,
            ENOTCAPABLE, EIO.

    WASI preview1, fd_write; POSIX writev.
    """
    file = guest.files.get(fd)
    if file is None:
        fail("EBADF")
    if guest.grants and fd in guest.grants:
        guest.check_grant(fd, file, rights.FD_WRITE)
    memory = guest.memory
    memory.check(nwritten, 4)
    data = iovec.gather(memory, iovs, iovs_len)
    memory.store_u32(nwritten, write(guest, fd, file, data))


def write(guest: Guest, fd: int, file: File, data: bytes) -> int:
    """Write `data` and return how many bytes were taken. Raises OSError as `fd_write`."""
    try:
        written = file.write_nowait(data)
    except BrokenPipeError:
        guest.kernel.broken_pipe(guest.process)
        raise
    if guest.synced and fd in guest.synced:
        file.sync()
    return written


def fd_pread(guest: Guest, fd: int, iovs: int, iovs_len: int, offset: int, nread: int) -> None:
    """Read at `offset` into the buffers; the file's own offset stays.

    Raises:
        OSError: as `fd_read`; ESPIPE for what has no offset, EINVAL for an offset beyond 2**63.

    WASI preview1, fd_pread; POSIX preadv.
    """
    file = guest.require(fd, rights.FD_READ | rights.FD_SEEK)
    memory = guest.memory
    memory.check(nread, 4)
    pairs = iovec.load(memory, iovs, iovs_len)
    data = file.pread(iovec.room(pairs), file_offset(offset))
    iovec.scatter(memory, pairs, data)
    memory.store_u32(nread, len(data))


def fd_pwrite(guest: Guest, fd: int, iovs: int, iovs_len: int, offset: int, nwritten: int) -> None:
    """Write the buffers at `offset`; the file's own offset stays, and APPEND does not count.

    Raises:
        OSError: as `fd_write`; ESPIPE for what has no offset, EINVAL for an offset beyond 2**63.

    WASI preview1, fd_pwrite; POSIX pwritev.
    """
    file = guest.require(fd, rights.FD_WRITE | rights.FD_SEEK)
    memory = guest.memory
    memory.check(nwritten, 4)
    data = iovec.gather(memory, iovs, iovs_len)
    written = file.pwrite(data, file_offset(offset))
    if fd in guest.synced:
        file.sync()
    memory.store_u32(nwritten, written)


def fd_seek(guest: Guest, fd: int, offset: int, whence: int, newoffset: int) -> None:
    """Move the file's offset by `offset` from `whence`, and write the new one.

    Raises:
        OSError: EBADF, ESPIPE for what has no offset, EINVAL for an unknown whence or a place
            before the start, EOVERFLOW beyond 2**63, EFAULT if the result lies outside the memory,
            ENOTCAPABLE.

    WASI preview1, fd_seek; POSIX lseek.
    """
    is_tell = offset == 0 and whence == 1
    file = guest.require(fd, rights.FD_TELL if is_tell else rights.FD_SEEK)
    guest.memory.check(newoffset, 8)
    place = seek(file, offset, whence)
    guest.memory.store_u64(newoffset, place)


def seek(file: File, offset: int, whence: int) -> int:
    """Move the offset and return it; `offset` may be the unsigned form of a negative one.

    Raises:
        OSError: as `fd_seek`.
    """
    return file.seek(offset - 2 * _SIGN if offset >= _SIGN else offset, whence)


def fd_tell(guest: Guest, fd: int, offset: int) -> None:
    """Write the file's offset.

    Raises:
        OSError: EBADF, ESPIPE for what has no offset, EFAULT if the result lies outside the memory,
            ENOTCAPABLE.

    WASI preview1, fd_tell; POSIX lseek with SEEK_CUR.
    """
    file = guest.require(fd, rights.FD_TELL)
    guest.memory.check(offset, 8)
    guest.memory.store_u64(offset, file.seek(0, 1))


def fd_close(guest: Guest, fd: int) -> None:
    """Close `fd`.

    Raises:
        OSError: EBADF if it is not open.

    WASI preview1, fd_close; POSIX close.
    """
    guest.process.fds.close(fd)
    guest.forget(fd)


def fd_renumber(guest: Guest, fd: int, to: int) -> None:
    """Let `to`, which is open, mean the file of `fd`, and close `fd`. Rights and preopens move
    along.

    Raises:
        OSError: EBADF if either is not open.

    WASI preview1, fd_renumber; like POSIX dup2 followed by close.
    """
    guest.file(to)
    guest.process.fds.move(fd, to)
    if fd != to:
        guest.move(fd, to)


def file_offset(value: int) -> int:
    """Return an offset or length that a file can have. Raises OSError EINVAL."""
    if not 0 <= value <= FILE_SIZE_MAX:
        fail("EINVAL")
    return value
