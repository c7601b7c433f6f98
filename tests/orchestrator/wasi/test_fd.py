"""The calls that move bytes, the offset, and the numbers of fds."""

import pytest

from orchestrator.kernel.signal import Disposition, Signal
from orchestrator.kernel.wait import ProcessExit, WouldBlock
from orchestrator.wasi import rights
from orchestrator.wasi.abi import FdFlags
from orchestrator.wasi.iovec import TRANSFER_MAX
from vfs.inode import OpenFlags
from vfs.quota import Quota

MINUS_ONE = (1 << 64) - 1


@pytest.fixture
def notes(world):
    """An fd on a file of ten bytes, open for reading and writing."""
    world.file("/notes", b"0123456789")
    return world.open("notes", base=rights.ALL)


def read(world, fd, *sizes):
    """Read into buffers of these sizes: the symbol, the count, and the buffers' bytes."""
    buffers = [(world.take(size), size) for size in sizes]
    vector, count = world.vector(*buffers)
    result = world.take(4)
    answer = world.call("fd_read", fd, vector, count, result, writes=[*buffers, (result, 4)])
    return answer, world.memory.load_u32(result), [world.memory.read(*each) for each in buffers]


def write(world, fd, *parts):
    result = world.take(4)
    answer = world.call("fd_write", fd, *world.data_vector(*parts), result, writes=[(result, 4)])
    return answer, world.memory.load_u32(result)


# --- fd_read ---


def test_read_into_one_buffer(world, notes):
    assert read(world, notes, 4) == ("SUCCESS", 4, [b"0123"])
    assert world.line == f'fd_read({notes}, [{{"0123", 4}}], 1) = 4'


def test_read_scatters_and_leaves_the_rest_alone(world, notes):
    assert read(world, notes, 3, 0, 5, 4, 2) == (
        "SUCCESS",
        10,
        [b"012", b"", b"34567", b"89\xa5\xa5", b"\xa5\xa5"],
    )
    assert world.line.startswith(f'fd_read({notes}, [{{"012", 3}}, {{"", 0}}, {{"34567", 5}}')


def test_read_at_the_end_is_nothing(world, notes):
    read(world, notes, 10)
    assert read(world, notes, 4) == ("SUCCESS", 0, [b"\xa5" * 4])


def test_read_of_nothing(world, notes):
    assert read(world, notes) == ("SUCCESS", 0, [])
    assert read(world, notes, 0) == ("SUCCESS", 0, [b""])


def test_read_blocks_and_changes_nothing(world):
    reader, writer = world.pipe()
    buffer, result = world.take(4), world.take(4)
    vector = world.vector((buffer, 4))
    before = bytes(world.memory.buffer)
    with pytest.raises(WouldBlock):
        world.raw("fd_read", reader, *vector, result)
    assert bytes(world.memory.buffer) == before
    assert world.lines == []
    world.process.fds.get(writer).write_nowait(b"hi")
    assert world.raw("fd_read", reader, *vector, result) == 0
    assert world.memory.read(buffer, 4) == b"hi\xa5\xa5"
    assert world.process.usage.syscalls == 1


def test_read_without_waiting(world):
    reader, _ = world.pipe()
    assert world.call("fd_fdstat_set_flags", reader, FdFlags.NONBLOCK) == "SUCCESS"
    assert read(world, reader, 4)[0] == "EAGAIN"


def test_a_fault_in_the_result_consumes_nothing(world, notes):
    end = world.memory.size()
    buffer = world.take(4)
    assert world.call("fd_read", notes, *world.vector((buffer, 4)), end - 3) == "EFAULT"
    assert world.call("fd_read", notes, *world.vector((end - 3, 4)), buffer) == "EFAULT"
    assert world.call("fd_read", notes, *world.vector((buffer, 4), (end, 1)), buffer) == "EFAULT"
    assert world.call("fd_read", notes, end - 7, 1, buffer) == "EFAULT"
    assert read(world, notes, 4)[2] == [b"0123"]


def test_reading_needs_an_fd_open_for_it(world):
    assert read(world, 50, 1)[0] == "EBADF"
    world.file("/f", b"x")
    fd = world.open("f", base=rights.FD_WRITE)
    assert read(world, fd, 1)[0] == "EBADF"
    assert read(world, 3, 1)[0] == "EISDIR"


@pytest.mark.parametrize("count", [1025, 1 << 30, -1, (1 << 32) - 1])
def test_too_many_vectors(world, notes, count):
    vector, result = world.take(64), world.take(4)
    assert world.call("fd_read", notes, vector, count, result) == "EINVAL"
    assert world.call("fd_write", notes, vector, count, result) == "EINVAL"


def test_a_transfer_is_bounded_however_often_memory_is_named(world):
    sizes = []
    reader, _ = world.pipe()
    file = world.process.fds.get(reader)

    class Recorder(type(file)):
        __slots__ = ()

        def read_nowait(self, size):
            sizes.append(size)
            return b""

    file.__class__ = Recorder
    world.memory.buffer = bytearray(TRANSFER_MAX // 512)
    world.memory.expect_growth()
    whole = (0, len(world.memory.buffer))
    world.memory.write(0, b"".join(ptr.to_bytes(4, "little") for ptr in whole * 1024))
    assert world.raw("fd_read", reader, 0, 1024, 8192) == 0
    assert sizes == [TRANSFER_MAX]


# --- fd_write ---


def test_write_one_buffer(world):
    fd = world.open("new", oflags=1, base=rights.ALL)
    assert write(world, fd, b"hi\n") == ("SUCCESS", 3)
    assert world.line == f'fd_write({fd}, [{{"hi\\n", 3}}], 1) = 3'
    assert world.content("/new") == b"hi\n"


def test_write_gathers(world):
    fd = world.open("new", oflags=1, base=rights.ALL)
    assert write(world, fd, b"one ", b"", b"two ", b"three") == ("SUCCESS", 13)
    assert world.content("/new") == b"one two three"


def test_write_of_nothing(world):
    fd = world.open("new", oflags=1, base=rights.ALL)
    assert write(world, fd) == ("SUCCESS", 0)
    assert write(world, fd, b"") == ("SUCCESS", 0)
    assert world.content("/new") == b""


def test_a_fault_writes_nothing(world):
    fd = world.open("new", oflags=1, base=rights.ALL)
    end = world.memory.size()
    good = world.text(b"good")
    result = world.take(4)
    assert world.call("fd_write", fd, *world.vector(good, (end - 1, 2)), result) == "EFAULT"
    assert world.call("fd_write", fd, *world.vector(good), end - 3) == "EFAULT"
    assert world.call("fd_write", fd, *world.vector((-1 & 0xFFFFFFFF, 1)), result) == "EFAULT"
    assert world.content("/new") == b""


def test_write_blocks_on_a_full_pipe(world):
    _, writer = world.pipe()
    world.process.fds.get(writer).write_nowait(bytes(65536))
    with pytest.raises(WouldBlock):
        write(world, writer, b"x")
    assert world.lines == []


def test_a_broken_pipe_ends_the_guest(world):
    reader, writer = world.pipe()
    world.process.fds.close(reader)
    with pytest.raises(ProcessExit) as caught:
        write(world, writer, b"x")
    assert caught.value.status.signal is Signal.PIPE
    assert world.line.endswith(" = ?")


def test_a_broken_pipe_is_epipe_if_the_signal_is_ignored(world):
    world.process.signals.set(Signal.PIPE, Disposition.IGNORE)
    reader, writer = world.pipe()
    world.process.fds.close(reader)
    assert write(world, writer, b"x")[0] == "EPIPE"


def test_writing_needs_an_fd_open_for_it(world):
    world.file("/f", b"x")
    assert write(world, world.open("f"), b"y")[0] == "EBADF"
    assert write(world, 3, b"y")[0] == "EBADF"
    assert write(world, 1 << 31, b"y")[0] == "EBADF"
    assert world.content("/f") == b"x"


def test_append_goes_to_the_end(world, notes):
    fd = world.open("notes", base=rights.ALL, fdflags=FdFlags.APPEND.value)
    write(world, fd, b"ab")
    write(world, notes, b"XY")
    assert world.content("/notes") == b"XY23456789ab"


def test_a_synchronous_fd_brings_each_write_to_storage(world, monkeypatch):
    fd = world.open("new", oflags=1, base=rights.ALL, fdflags=FdFlags.DSYNC.value)
    synced = []
    inode = world.process.fds.get(fd).inode
    monkeypatch.setattr(type(inode), "sync", lambda self: synced.append(self.size))
    write(world, fd, b"ab")
    pwrite(world, fd, 1, b"cd")
    assert synced == [2, 3]


def test_a_full_file_system_keeps_what_was_there(make_world):
    world = make_world(quota=Quota(max_bytes=8192))
    fd = world.open("new", oflags=1, base=rights.ALL)
    assert write(world, fd, bytes(9000))[0] in ("SUCCESS", "ENOSPC")
    assert write(world, fd, bytes(9000))[0] == "ENOSPC"


# --- fd_pread, fd_pwrite ---


def pread(world, fd, offset, *sizes):
    buffers = [(world.take(size), size) for size in sizes]
    result = world.take(4)
    writes = [*buffers, (result, 4)]
    answer = world.call("fd_pread", fd, *world.vector(*buffers), offset, result, writes=writes)
    return answer, [world.memory.read(*each) for each in buffers]


def pwrite(world, fd, offset, *parts):
    result = world.take(4)
    vector = world.data_vector(*parts)
    return world.call("fd_pwrite", fd, *vector, offset, result, writes=[(result, 4)])


def test_pread_leaves_the_offset(world, notes):
    assert pread(world, notes, 7, 2, 4) == ("SUCCESS", [b"78", b"9\xa5\xa5\xa5"])
    assert world.line == f'fd_pread({notes}, [{{"78", 2}}, {{"9", 4}}], 2, 7) = 3'
    assert read(world, notes, 1)[2] == [b"0"]


def test_pwrite_leaves_the_offset(world, notes):
    assert pwrite(world, notes, 8, b"AB", b"CD") == "SUCCESS"
    assert world.line == f'fd_pwrite({notes}, [{{"AB", 2}}, {{"CD", 2}}], 2, 8) = 4'
    assert world.content("/notes") == b"01234567ABCD"
    assert read(world, notes, 1)[2] == [b"0"]


def test_pwrite_beyond_the_end_leaves_a_gap_of_zeros(world, notes):
    assert pwrite(world, notes, 12, b"Z") == "SUCCESS"
    assert world.content("/notes") == b"0123456789\0\0Z"


@pytest.mark.parametrize("offset", [1 << 63, MINUS_ONE, -1])
def test_offsets_no_file_can_have(world, notes, offset):
    assert pread(world, notes, offset, 1)[0] == "EINVAL"
    assert pwrite(world, notes, offset, b"x") == "EINVAL"


def test_the_largest_offset(world, notes):
    assert pread(world, notes, (1 << 63) - 1, 1) == ("SUCCESS", [b"\xa5"])
    assert pwrite(world, notes, (1 << 63) - 1, b"x") == "EFBIG"


def test_pipes_have_no_offset(world):
    reader, writer = world.pipe()
    assert pread(world, reader, 0, 1)[0] == "ESPIPE"
    assert pwrite(world, writer, 0, b"x") == "ESPIPE"


# --- fd_seek, fd_tell ---


@pytest.mark.parametrize(
    ("offset", "whence", "name", "place"),
    [(4, 0, "SET", 4), (1, 1, "CUR", 3), (-2 & MINUS_ONE, 1, "CUR", 0), (-1, 2, "END", 9)],
)
def test_seek(world, notes, offset, whence, name, place):
    read(world, notes, 2)
    out = world.take(8)
    assert world.call("fd_seek", notes, offset, whence, out, writes=[(out, 8)]) == "SUCCESS"
    assert world.memory.load_u64(out) == place
    shown = offset - (1 << 64) if offset >> 63 == 1 else offset
    assert world.line == f"fd_seek({notes}, {shown}, {name}) = {place}"
    assert world.call("fd_tell", notes, out, writes=[(out, 8)]) == "SUCCESS"
    assert world.memory.load_u64(out) == place
    assert world.line == f"fd_tell({notes}) = {place}"


@pytest.mark.parametrize(
    ("offset", "whence", "symbol"),
    [
        (-1, 0, "EINVAL"),
        (-11, 2, "EINVAL"),
        (0, 3, "EINVAL"),
        (0, -1, "EINVAL"),
        ((1 << 63) - 1, 2, "EOVERFLOW"),
        (-1 << 63, 1, "EINVAL"),
    ],
)
def test_seeks_that_lead_nowhere(world, notes, offset, whence, symbol):
    out = world.take(8)
    assert world.call("fd_seek", notes, offset, whence, out) == symbol
    assert read(world, notes, 1)[2] == [b"0"]


def test_a_seek_whose_result_does_not_fit_does_not_move(world, notes):
    assert world.call("fd_seek", notes, 5, 0, world.memory.size() - 7) == "EFAULT"
    assert read(world, notes, 1)[2] == [b"0"]


def test_pipes_do_not_seek(world):
    reader, _ = world.pipe()
    out = world.take(8)
    assert world.call("fd_seek", reader, 0, 0, out) == "ESPIPE"
    assert world.call("fd_tell", reader, out) == "ESPIPE"


# --- fd_close, fd_renumber ---


def test_close(world, notes):
    assert world.call("fd_close", notes) == "SUCCESS"
    assert world.line == f"fd_close({notes}) = 0"
    assert world.call("fd_close", notes) == "EBADF"
    assert read(world, notes, 1)[0] == "EBADF"


@pytest.mark.parametrize("fd", [-1, 5, 1 << 31, (1 << 32) - 1])
def test_closing_what_is_not_open(world, fd):
    assert world.call("fd_close", fd) == "EBADF"


def test_a_number_is_used_again_without_the_old_rights(world, notes):
    world.call("fd_fdstat_set_rights", notes, 0, 0)
    world.call("fd_close", notes)
    assert world.open("notes") == notes
    assert read(world, notes, 1)[0] == "SUCCESS"


def test_renumber(world, notes):
    other = world.open("other", oflags=1, base=rights.ALL)
    assert world.call("fd_renumber", notes, other) == "SUCCESS"
    assert world.line == f"fd_renumber({notes}, {other}) = 0"
    assert read(world, other, 2)[2] == [b"01"]
    assert world.call("fd_close", notes) == "EBADF"


def test_renumber_takes_rights_along(world, notes):
    other = world.open("other", oflags=1, base=rights.ALL)
    world.call("fd_fdstat_set_rights", notes, rights.FD_WRITE, 0)
    world.call("fd_renumber", notes, other)
    assert read(world, other, 1)[0] == "ENOTCAPABLE"


def test_renumber_to_itself(world, notes):
    assert world.call("fd_renumber", notes, notes) == "SUCCESS"
    assert read(world, notes, 1)[0] == "SUCCESS"


def test_renumber_needs_both(world, notes):
    assert world.call("fd_renumber", notes, 50) == "EBADF"
    assert world.call("fd_renumber", 50, notes) == "EBADF"
    assert world.call("fd_renumber", 50, 50) == "EBADF"
    assert world.call("fd_renumber", notes, 1 << 31) == "EBADF"
    assert read(world, notes, 1)[0] == "SUCCESS"


def test_an_open_directory_replaced_by_renumber_is_no_preopen_any_more(world, notes):
    assert world.call("fd_renumber", notes, 4) == "SUCCESS"
    assert world.call("fd_prestat_get", 4, world.take(8)) == "EBADF"
    assert world.process.fds.get(4).flags & OpenFlags.READ


# --- rights ---


@pytest.mark.parametrize(
    ("lost", "call"),
    [
        (rights.FD_READ, lambda world, fd: read(world, fd, 1)[0]),
        (rights.FD_READ, lambda world, fd: pread(world, fd, 0, 1)[0]),
        (rights.FD_SEEK, lambda world, fd: pread(world, fd, 0, 1)[0]),
        (rights.FD_WRITE, lambda world, fd: write(world, fd, b"x")[0]),
        (rights.FD_WRITE, lambda world, fd: pwrite(world, fd, 0, b"x")),
        (rights.FD_SEEK, lambda world, fd: world.call("fd_seek", fd, 1, 0, world.take(8))),
        (rights.FD_TELL, lambda world, fd: world.call("fd_tell", fd, world.take(8))),
        (rights.FD_TELL, lambda world, fd: world.call("fd_seek", fd, 0, 1, world.take(8))),
    ],
)
def test_what_was_given_up_is_gone(world, notes, lost, call):
    held = world.guest.grant(notes).base
    assert world.call("fd_fdstat_set_rights", notes, held & ~lost, 0) == "SUCCESS"
    assert call(world, notes) == "ENOTCAPABLE"
    assert world.content("/notes") == b"0123456789"
