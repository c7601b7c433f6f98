from __future__ import annotations

import pytest

from orchestrator.kernel.device import CHUNK, NullFile, makedev
from orchestrator.kernel.system import System
from tests.orchestrator.kernel.box import DEVICES, Box, fails
from vfs.devfs import make_rdev
from vfs.inode import OpenFlags

RW = OpenFlags.READ | OpenFlags.WRITE


def test_numbers_agree_with_the_file_system() -> None:
    for major, minor in DEVICES.values():
        assert makedev(major, minor) == make_rdev(major, minor)


@pytest.mark.parametrize(
    ("name", "reads", "writes"),
    [
        ("null", b"", None),
        ("zero", bytes(5), None),
        ("full", bytes(5), "ENOSPC"),
        ("random", bytes(range(5)), None),
        ("urandom", bytes(range(5)), None),
    ],
)
def test_devices(box: Box, name: str, reads: bytes, writes: str | None) -> None:
    def main(system: System) -> None:
        fd = system.open(f"/dev/{name}", RW)
        assert system.read(fd, 5) == reads
        if writes:
            with fails(writes):
                system.write(fd, b"abc")
        else:
            assert system.write(fd, b"abc") == 3
        assert system.seek(fd, 100) == 0
        assert system.fstat(fd).rdev == make_rdev(*DEVICES[name])
        assert system.file(fd).describe() == f"/dev/{name}"
        with fails("EBADF"):
            system.write(system.open(f"/dev/{name}"), b"x")
        with fails("EBADF"):
            system.read(system.open(f"/dev/{name}", OpenFlags.WRITE))

    box.call(main)


def test_a_gigabyte_is_not_given_at_once(box: Box) -> None:
    def main(system: System) -> None:
        for name in ("zero", "random"):
            assert len(system.read(system.open(f"/dev/{name}"), 1 << 30)) == CHUNK

    box.call(main)


def test_a_device_nobody_drives(box: Box) -> None:
    def main(system: System) -> None:
        with fails("ENXIO"):
            system.open("/dev/orphan")
        system.kernel.devices.register(
            make_rdev(*DEVICES["orphan"]), lambda k, p, location, flags: NullFile(flags, location)
        )
        assert system.read(system.open("/dev/orphan")) == b""

    box.call(main)


def test_standard_streams_by_name(box: Box) -> None:
    def main(system: System) -> bytes:
        reader, writer = system.pipe()
        system.dup2(reader, 0)
        out = system.open("/dev/stdout", OpenFlags.WRITE | OpenFlags.CREAT | OpenFlags.TRUNC)
        err = system.open("/dev/stderr", OpenFlags.WRITE)
        system.write(out, b"out")
        system.write(err, b"err")
        system.write(system.open(f"/dev/fd/{writer}", OpenFlags.WRITE), b"in")
        with fails("EACCES"):
            system.open("/dev/stdin", OpenFlags.WRITE)
        with fails("ENOENT"):
            system.open("/dev/fd/99")
        assert system.listdir("/dev/fd") == [str(fd) for fd in system.process.fds]
        return system.read(system.open("/dev/stdin"))

    process, out, err = box.start(lambda system: system.write(1, main(system)) and 0)
    assert box.finish(process).code == 0, box.kernel.faults
    assert (out.value(), err.value()) == (b"outin", b"err")
