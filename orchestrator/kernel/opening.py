"""open(2): from a path to an open file, by what kind of inode it leads to. A FIFO waits for its
other end.

Above: kernel. Below: file, pipe, device, vfs.
"""

from __future__ import annotations

import stat as st
from typing import TYPE_CHECKING

from orchestrator.kernel.file import DirectoryFile, File, InodeFile
from orchestrator.kernel.pipe import Pipe, PipeBoth, PipeReader, PipeWriter
from orchestrator.kernel.wait import WouldBlock
from vfs.errors import fail
from vfs.inode import Inode, OpenFlags

if TYPE_CHECKING:
    from orchestrator.kernel.kernel import Kernel
    from orchestrator.kernel.process import CallRecord, Process
    from vfs.mount import Location

PipeEnd = PipeReader | PipeWriter


class OpenableInode(Inode):
    """An inode that makes its own open files: generated text in /proc, `/proc/<pid>/fd/N` of a
    pipe.
    """

    __slots__ = ()

    def open_file(
        self, kernel: Kernel, process: Process, location: Location, flags: OpenFlags
    ) -> File:
        """The open file; may raise WouldBlock and what open(2) raises."""
        raise NotImplementedError


def open_nowait(
    kernel: Kernel,
    process: Process,
    at: Location | None,
    path: str,
    flags: OpenFlags,
    mode: int,
    *,
    beneath: bool = False,
) -> File:
    """The open file that `path` leads to from `at` (None: the working directory), not yet held by
    anybody.

    Raises: what `vfs.namespace.Namespace.open_inode` raises; ENFILE; ENXIO (no such device, or a
        FIFO without reader opened for writing with NONBLOCK), WouldBlock (a FIFO whose other end
        nobody has opened yet).
    """
    call = process.call
    if call is not None and isinstance(call.intent, PipeReader | PipeWriter):
        return _meet(call, call.intent)
    location = kernel.namespace.open_inode(
        at or process.cwd, path, process.cred, flags=flags, mode=mode, beneath=beneath
    )
    inode = location.inode
    if isinstance(inode, OpenableInode):
        return inode.open_file(kernel, process, location, flags)
    kind = st.S_IFMT(inode.mode)
    if kind == st.S_IFREG:
        return InodeFile(location, flags)
    if kind == st.S_IFDIR:
        return DirectoryFile(location, flags)
    if kind == st.S_IFIFO:
        return _open_fifo(kernel, process, location, flags)
    return kernel.devices.open(kernel, process, location, flags)


def _open_fifo(kernel: Kernel, process: Process, location: Location, flags: OpenFlags) -> File:
    """fifo(7): each end waits for the other, unless NONBLOCK, or opened for both."""
    reads, writes = bool(flags & OpenFlags.READ), bool(flags & OpenFlags.WRITE)
    if writes and not reads and flags & OpenFlags.NONBLOCK and not _has_reader(location.inode):
        fail("ENXIO")
    pipe = _pipe_of(kernel, location.inode)
    if reads and writes:
        return PipeBoth(pipe, flags, location)
    if not writes:
        end: PipeEnd = PipeReader(pipe, flags, location)
        if pipe.writers or flags & OpenFlags.NONBLOCK:
            return end
        seen = pipe.writer_opens
    else:
        end = PipeWriter(pipe, flags, location)
        if pipe.readers:
            return end
        seen = pipe.reader_opens
    call = process.begin_call("open")
    call.intent, call.seen = end.hold(), seen
    call.on_withdraw(end.release)
    return _meet(call, end)


def _meet(call: CallRecord, end: PipeEnd) -> File:
    """Finish the open if the other end has been opened since, even if it has been closed again."""
    pipe = end.pipe
    others = pipe.writer_opens if end.can_read else pipe.reader_opens
    if others == call.seen:
        raise WouldBlock((pipe.opened,))
    call.keep()
    call.intent = None
    end.references -= 1  # the descriptor to come takes over the hold of the intent
    return end


def _pipe_of(kernel: Kernel, inode: Inode) -> Pipe:
    """The pipe of a FIFO while anybody has it open; kept with the inode, so that it ends with the
    last one.
    """
    pipe = inode.attachment
    if not isinstance(pipe, Pipe):
        pipe = kernel.make_pipe(inode.ino, lambda: _detach(inode))
        inode.attachment = pipe
        inode.hold()
    return pipe


def _has_reader(inode: Inode) -> bool:
    return isinstance(inode.attachment, Pipe) and inode.attachment.readers > 0


def _detach(inode: Inode) -> None:
    inode.attachment = None
    inode.release()
