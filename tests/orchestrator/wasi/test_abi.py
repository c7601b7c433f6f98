"""Numbers and layouts, against the specification's own offsets."""

import errno
import stat
import struct

import pytest

from orchestrator.wasi import abi
from vfs import errors


def test_errno_numbers_at_both_ends_and_in_between() -> None:
    assert abi.ERRNO["SUCCESS"] == 0
    assert abi.ERRNO["E2BIG"] == 1
    assert abi.ERRNO["EBADF"] == 8
    assert abi.ERRNO["EEXIST"] == 20
    assert abi.ERRNO["EINVAL"] == 28
    assert abi.ERRNO["ENOENT"] == 44
    assert abi.ERRNO["ENOTSUP"] == 58
    assert abi.ERRNO["EXDEV"] == 75
    assert abi.ERRNO["ENOTCAPABLE"] == 76
    assert len(abi.ERRNO) == 77
    assert abi.SYMBOL[44] == "ENOENT"


# Preview1 has no number for ENOTBLK, which only mount(2) answers: it would come out as EIO.
@pytest.mark.parametrize("symbol", sorted(errors.TEXTS.keys() - {"ENOTBLK"}))
def test_every_symbol_the_inside_can_raise_has_a_number(symbol: str) -> None:
    with pytest.raises(OSError, match=errors.TEXTS[symbol]) as caught:
        errors.fail(symbol)
    number = abi.wasi_errno(caught.value)
    expected = {"EOPNOTSUPP": "ENOTSUP"}.get(symbol, symbol)
    assert abi.SYMBOL[number] == expected


def test_errors_without_a_number_are_told_apart() -> None:
    assert abi.wasi_errno(OSError("no number")) is None
    assert abi.wasi_errno(OSError(99999, "unknown")) is None
    assert abi.wasi_errno(abi.NotCapable()) == abi.ERRNO["ENOTCAPABLE"]
    assert abi.NotCapable().errno == errno.EPERM


def test_filestat_layout() -> None:
    data = abi.Filestat(1, 2, 4, 3, 5, 6, 7, 8).pack()
    assert len(data) == 64
    assert struct.unpack_from("<QQ", data) == (1, 2)
    assert data[16:24] == bytes([4, 0, 0, 0, 0, 0, 0, 0])
    assert struct.unpack_from("<5Q", data, 24) == (3, 5, 6, 7, 8)
    assert abi.Filestat.unpack(data).nlink == 3


def test_times_before_1970_are_zero() -> None:
    assert abi.Filestat.unpack(abi.Filestat(0, 0, 0, 0, 0, -5, 1, 2).pack()).atim == 0


def test_fdstat_layout() -> None:
    data = abi.Fdstat(2, 5, 0x0102, 0x0304).pack()
    assert len(data) == 24
    assert data[:8] == bytes([2, 0, 5, 0, 0, 0, 0, 0])
    assert struct.unpack_from("<QQ", data, 8) == (0x0102, 0x0304)
    assert abi.Fdstat.unpack(data) == abi.Fdstat(2, 5, 0x0102, 0x0304)


def test_subscription_layout() -> None:
    data = bytearray(48)
    struct.pack_into("<QB", data, 0, 9, 0)
    struct.pack_into("<IxxxxQQH", data, 16, 1, 500, 7, 1)
    item = abi.Subscription.unpack(bytes(data))
    assert item == abi.Subscription(9, 0, 1, 500, 7, 1)
    assert item.pack() == bytes(data)


def test_event_layout() -> None:
    data = abi.Event(9, 8, 1, 100, 1).pack()
    assert len(data) == 32
    assert struct.unpack_from("<QHB", data) == (9, 8, 1)
    assert struct.unpack_from("<QH", data, 16) == (100, 1)
    assert abi.Event.unpack(data) == abi.Event(9, 8, 1, 100, 1)


def test_dirent_and_prestat_layout() -> None:
    data = abi.pack_dirent(3, 17, b"name", 4)
    assert struct.unpack_from("<QQIB", data) == (3, 17, 4, 4)
    assert data[24:] == b"name"
    assert abi.unpack_dirent(data) == (3, 17, 4, 4)
    assert abi.pack_prestat(5) == bytes([0, 0, 0, 0, 5, 0, 0, 0])


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        (stat.S_IFREG, abi.Filetype.REGULAR_FILE),
        (stat.S_IFDIR, abi.Filetype.DIRECTORY),
        (stat.S_IFLNK, abi.Filetype.SYMBOLIC_LINK),
        (stat.S_IFCHR, abi.Filetype.CHARACTER_DEVICE),
        (stat.S_IFBLK, abi.Filetype.BLOCK_DEVICE),
        (stat.S_IFSOCK, abi.Filetype.SOCKET_STREAM),
        (stat.S_IFIFO, abi.Filetype.UNKNOWN),
    ],
)
def test_file_types(mode: int, kind: abi.Filetype) -> None:
    assert abi.filetype(mode | 0o644) is kind


def test_signals_are_numbered_as_in_preview1() -> None:
    numbers = {name: number for number, name in enumerate(abi.SIGNAL_NAMES)}
    assert (numbers["NONE"], numbers["TERM"], numbers["CHLD"], numbers["SYS"]) == (0, 15, 16, 30)
