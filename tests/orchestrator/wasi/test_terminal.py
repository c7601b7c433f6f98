"""`tty_get_2` and `tty_set_2`."""

from dataclasses import replace

import pytest

from orchestrator.kernel.outlet import Outlet
from orchestrator.kernel.termios import Termios
from orchestrator.kernel.tty import Tty
from orchestrator.wasi.terminal import CHARACTERS, MODES, RECORD_SIZE, pack, unpack
from vfs.inode import OpenFlags


@pytest.fixture
def tty(world):
    """A terminal, open at fd 0."""
    tty = Tty(world.kernel, Outlet(lambda data: None))
    world.process.fds.set(0, tty.open(OpenFlags.READ | OpenFlags.WRITE))
    return tty


def test_every_setting_has_its_place():
    assert {*MODES, *CHARACTERS} == set(Termios.__dataclass_fields__)
    assert MODES[:4] == ("canonical", "echo", "signals", "post")
    for name in MODES:
        odd = replace(Termios(), **{name: not getattr(Termios(), name)})
        assert unpack(pack(odd)) == odd
    for name in CHARACTERS:
        odd = replace(Termios(), **{name: 0xEE})
        assert unpack(pack(odd)) == odd


def test_what_is_got_can_be_set(world, tty):
    out = world.take(RECORD_SIZE)
    assert world.extension("tty_get_2", 0, out, writes=[(out, RECORD_SIZE)]) == "SUCCESS"
    assert world.memory.read(out, 6) == b"\xff\x0c\0\0\x01\x03"
    assert world.line.startswith("tty_get_2(0, {canonical echo signals post ")
    raw = Termios().raw()
    wanted = world.put(pack(raw))
    assert world.extension("tty_set_2", 0, wanted, 0) == "SUCCESS"
    assert tty.termios == raw
    assert world.line.endswith("min=1}, 0) = 0")


def test_what_was_typed_is_dropped(world, tty):
    same = world.put(pack(Termios()))
    tty.input(b"one\n")
    world.extension("tty_set_2", 0, same, 0)
    assert tty.discipline.has_input()
    assert world.extension("tty_set_2", 0, same, 1) == "SUCCESS"
    assert not tty.discipline.has_input()


def test_settings_that_cannot_be(world, tty):
    reader, _ = world.pipe(read_fd=7)
    good = world.put(pack(Termios()))
    size = world.memory.size()
    for name in ("tty_get_2", "tty_set_2"):
        more = (0,) if name == "tty_set_2" else ()
        assert world.extension(name, reader, good, *more) == "ENOTTY"
        assert world.extension(name, 60, good, *more) == "EBADF"
        assert world.extension(name, 0, size - RECORD_SIZE + 1, *more) == "EFAULT"
    unknown = world.put((1 << len(MODES)).to_bytes(4, "little") + bytes(RECORD_SIZE - 4))
    assert world.extension("tty_set_2", 0, unknown, 0) == "EINVAL"
    assert world.extension("tty_set_2", 0, good, 2) == "EINVAL"
    assert tty.termios == Termios()
