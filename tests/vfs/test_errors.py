"""Errors by symbol, with our wording on every host."""

import errno
import os
import sys

import pytest

from vfs.errors import TEXTS, fail, symbol_of, text


@pytest.mark.parametrize("symbol", sorted(set(TEXTS) - {"ENOTSUP", "EOPNOTSUPP"}))
def test_symbols_round_trip(symbol: str) -> None:
    with pytest.raises(OSError, match="Errno") as caught:
        fail(symbol, "/a")
    assert symbol_of(caught.value) == symbol
    assert text(caught.value) == TEXTS[symbol]
    assert caught.value.filename == "/a"


@pytest.mark.skipif(sys.platform != "linux", reason="compares with Linux's wording")
@pytest.mark.parametrize("symbol", sorted(TEXTS))
def test_wording_is_linuxs(symbol: str) -> None:
    if os.strerror(errno.ENOENT) != "No such file or directory":
        pytest.skip("this C library words errors in its own way")
    assert TEXTS[symbol] == os.strerror(getattr(errno, symbol))


def test_standard_subclasses() -> None:
    for symbol, kind in (
        ("ENOENT", FileNotFoundError),
        ("EEXIST", FileExistsError),
        ("EACCES", PermissionError),
        ("EISDIR", IsADirectoryError),
        ("EAGAIN", BlockingIOError),
        ("EPIPE", BrokenPipeError),
    ):
        with pytest.raises(kind):
            fail(symbol)


def test_without_a_path() -> None:
    with pytest.raises(OSError, match="Bad file descriptor") as caught:
        fail("EBADF")
    assert caught.value.filename is None


def test_two_symbols_of_one_number() -> None:
    assert symbol_of(OSError(errno.EWOULDBLOCK, "")) == "EAGAIN"
    assert symbol_of(OSError(errno.EOPNOTSUPP, "")) == "ENOTSUP"


def test_errors_without_a_known_number() -> None:
    assert symbol_of(OSError("no number")) == "EIO"
    assert text(OSError("no number")) == "Input/output error"


def test_unknown_symbol_is_a_bug() -> None:
    with pytest.raises(KeyError):
        fail("ENOSUCHSYMBOL")
