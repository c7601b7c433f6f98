"""Reading directories: `fd_readdir`.

Above: calls. Below: guest, kernel.file. A cookie is a position in the list that the open directory
took when it was first read, so entries that come and go meanwhile move none of the others.
"""

from __future__ import annotations

from orchestrator.kernel.file import DirectoryFile
from orchestrator.wasi import rights
from orchestrator.wasi.abi import filetype, pack_dirent
from orchestrator.wasi.guest import Guest
from orchestrator.wasi.strings import encode
from vfs.errors import fail

_SIGN = 1 << 63


def fd_readdir(guest: Guest, fd: int, buf: int, buf_len: int, cookie: int, bufused: int) -> None:
    """Write entries from `cookie` on, `.` and `..` first, and how many bytes they take.

    The last entry is cut off where the buffer ends; fewer bytes than the buffer has mean that it
    was the last. Cookie 0 looks at the directory anew.

    Raises:
        OSError: EBADF, ENOTDIR, EACCES if it was opened without permission to read, ENOENT if it
            was removed, EINVAL for a cookie beyond 2**63, EFAULT if the buffer or the result lies
            outside the memory, ENOTCAPABLE.

    WASI preview1, fd_readdir; POSIX readdir.
    """
    directory = guest.directory(fd, rights.FD_READDIR)
    memory = guest.memory
    memory.check(buf, buf_len)
    memory.check(bufused, 4)
    if not directory.can_read:
        fail("EACCES")
    if not 0 <= cookie < _SIGN:
        fail("EINVAL")
    if cookie == 0:
        directory.rewind()
    data = _entries(directory, cookie, buf_len)
    memory.write(buf, data)
    memory.store_u32(bufused, len(data))


def _entries(directory: DirectoryFile, cookie: int, size: int) -> bytes:
    """Return the records from position `cookie`, at most `size` bytes."""
    packed = bytearray()
    entries = directory.entries()
    while cookie < len(entries) and len(packed) < size:
        entry = entries[cookie]
        cookie += 1
        packed += pack_dirent(cookie, entry.ino, encode(entry.name), filetype(entry.mode_type))
    return bytes(packed[:size])
