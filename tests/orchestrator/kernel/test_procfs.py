from __future__ import annotations

import stat as st

import pytest

from orchestrator.kernel import proctext
from orchestrator.kernel.reaping import WaitOptions
from orchestrator.kernel.signal import Disposition, Signal
from orchestrator.kernel.system import System
from tests.orchestrator.kernel.box import Box, fails
from vfs.access import Credentials
from vfs.inode import OpenFlags


def read(system: System, path: str) -> bytes:
    fd = system.open(path)
    try:
        return system.read_all(fd)
    finally:
        system.close(fd)


def test_what_is_there(box: Box) -> None:
    def main(system: System) -> None:
        names = system.listdir("/proc")
        assert names[0] == str(system.pid)
        assert {"self", "mounts", "meminfo", "uptime", "version", "loadavg"} <= set(names)
        for name in names:
            kind = st.S_IFMT(system.lstat(f"/proc/{name}").mode)
            entry = next(entry for entry in system.scandir("/proc") if entry.name == name)
            assert entry.mode_type == kind
            if kind == st.S_IFREG:
                assert read(system, f"/proc/{name}").endswith(b"\n")
        for name in ("0", "99", "01", "+1", "-1", "x", "1_0", "9" * 30):
            with fails("ENOENT"):
                system.stat(f"/proc/{name}")

    box.call(main)


def test_one_process(box: Box) -> None:
    def main(system: System) -> None:
        system.chdir("/tmp")
        here = "/proc/self"
        assert system.readlink(here) == str(system.pid)
        assert read(system, f"{here}/cmdline") == b"my tool\0arg \xff\0"
        assert read(system, f"{here}/environ") == b"A=1\0B=\0"
        assert read(system, f"{here}/comm") == b"my tool\n"
        assert system.readlink(f"{here}/cwd") == "/tmp"
        assert system.readlink(f"{here}/root") == "/"
        with fails("ENOENT"):
            system.readlink(f"{here}/exe")
        system.write(system.open(f"{here}/cwd/made", OpenFlags.WRITE | OpenFlags.CREAT), b"x")
        assert system.exists("/tmp/made")

    def plain(system: System) -> None:
        main(system)

    process, _, _ = box.start(plain, "my tool", "arg \udcff", env={"A": "1", "B": ""})
    box.finish(process)
    assert not box.kernel.faults, box.kernel.faults


def test_self_is_whoever_reads(box: Box) -> None:
    def main(system: System) -> None:
        def child(child: System) -> int:
            return int(child.readlink("/proc/self")) == child.pid

        pid = system.subprogram(child).pid
        assert system.waitpid(pid)[1].code == 1
        assert system.readlink("/proc/self") == str(system.pid)

    box.call(main)
    assert not box.files.exists("/proc/self")  # the host is nobody there
    assert "self" not in list(box.files.list("/proc"))


def test_status_and_stat(box: Box) -> None:
    def main(system: System) -> None:
        system.set_signal(Signal.INT, Disposition.IGNORE)
        system.set_signal(Signal.HUP, Disposition.CATCH)
        child = system.subprogram(lambda child: child.pause(), ["a (b) c"])
        system.kernel.charge_memory(child.process if hasattr(child, "process") else child, 1 << 20)
        lines = dict(
            line.split(":\t", 1) for line in read(system, "/proc/self/status").decode().splitlines()
        )
        assert (lines["Pid"], lines["PPid"], lines["State"]) == (
            str(system.pid),
            "1",
            "R (running)",
        )
        assert (lines["SigIgn"], lines["SigCgt"]) == (f"{2:016x}", f"{1:016x}")
        assert lines["Umask"] == "0022"
        letters = []
        for step in (None, Signal.STOP, Signal.KILL):
            if step:
                system.kill(child.pid, step)
            system.yield_now()
            text = read(system, f"/proc/{child.pid}/stat").decode()
            pid, rest = text.split(" ", 1)
            name, fields = rest.rsplit(") ", 1)
            letters.append(fields.split()[0])
            assert (int(pid), name) == (child.pid, "(a (b) c")
            assert len(fields.split()) == 50
            assert fields.split()[1:4] == [str(system.pid), str(system.pid), str(system.pid)]
        assert letters == ["S", "T", "Z"]
        assert fields.split()[-1] == str(int(Signal.KILL))
        assert read(system, f"/proc/{child.pid}/cmdline") == b""
        assert system.listdir(f"/proc/{child.pid}/fd") == []
        with fails("ENOENT"):
            system.readlink(f"/proc/{child.pid}/cwd")
        system.waitpid(child.pid, WaitOptions(0))
        with fails("ENOENT"):
            system.stat(f"/proc/{child.pid}")

    box.call(main)


def test_work_is_told_in_ticks(box: Box) -> None:
    def main(system: System) -> None:
        def work(child: System) -> int:
            child.kernel.charge_fuel(child.process, 7 * proctext.FUEL_PER_TICK)
            return 3

        child = system.subprogram(work)
        system.yield_now()
        fields = read(system, f"/proc/{child.pid}/stat").decode().rsplit(") ")[1].split()
        assert (fields[11], fields[49]) == ("7", str(3 << 8))
        system.waitpid()
        fields = read(system, "/proc/self/stat").decode().rsplit(") ")[1].split()
        assert (fields[11], fields[13]) == ("0", "7")

    box.call(main)


def test_a_pid_that_ends_while_its_file_is_open(box: Box) -> None:
    def main(system: System) -> None:
        child = system.subprogram(lambda child: child.pause(), ["child"])
        fd = system.open(f"/proc/{child.pid}/cmdline")
        folder = system.open(f"/proc/{child.pid}")
        system.kill(child.pid, Signal.KILL)
        system.waitpid(child.pid)
        assert system.read_all(fd) == b"child\0"
        assert system.fstat(folder).mode & 0o170000 == st.S_IFDIR

    box.call(main)


def test_descriptors(box: Box) -> None:
    box.files.write("/tmp/file", b"content")

    def main(system: System) -> None:
        fd = system.open("/tmp/file")
        reader, writer = system.pipe()
        folder = "/proc/self/fd"
        assert system.readlink(f"{folder}/{fd}") == "/tmp/file"
        pipe = system.readlink(f"{folder}/{reader}")
        assert pipe.startswith("pipe:[")
        assert system.readlink(f"{folder}/{writer}") == f"{pipe}#{writer}"
        system.read(fd, 3)
        assert read(system, f"{folder}/{fd}") == b"content"  # opened anew, with its own offset
        system.unlink("/tmp/file")
        assert system.readlink(f"{folder}/{fd}") == "file (deleted)"
        assert system.read(system.open(f"{folder}/{fd}")) == b"tent"  # the open file itself
        with fails("EACCES"):
            system.open(f"{folder}/{fd}", OpenFlags.WRITE)
        assert st.S_ISFIFO(system.stat(f"{folder}/{reader}").mode)
        assert st.S_ISLNK(system.lstat(f"{folder}/{reader}").mode)
        for name in ("99", "x", "pipe:[99]"):
            with fails("ENOENT"):
                system.stat(f"{folder}/{name}")

    box.call(main)


def test_only_the_owner_sees_descriptors_and_environment(box: Box) -> None:
    other, _, _ = box.start(lambda system: system.pause(), env={"SECRET": "1"})

    def main(system: System) -> None:
        for name in ("fd", "environ"):
            with fails("EACCES"):
                system.open(f"/proc/{other.pid}/{name}")
        read(system, f"/proc/{other.pid}/status")
        read(system, "/proc/self/environ")

    box.call(main, cred=Credentials(uid=1000, gid=1000))


@pytest.mark.parametrize("path", ["/proc/self/cmdline", "/proc/meminfo"])
def test_nothing_can_be_written(box: Box, path: str) -> None:
    def main(system: System) -> None:
        with fails("EACCES"):
            system.open(path, OpenFlags.WRITE)
        for attempt in (
            lambda: system.unlink(path),
            lambda: system.chmod(path, 0o777),
            lambda: system.mkdir("/proc/new"),
            lambda: system.rename(path, "/proc/new"),
        ):
            with pytest.raises(OSError, match=r"not permitted|Permission"):
                attempt()

    box.call(main)


def test_the_whole_machine(box: Box) -> None:
    def main(system: System) -> None:
        lines = read(system, "/proc/mounts").decode().splitlines()
        assert [line.split()[1] for line in lines] == ["/", "/dev", "/proc"]
        assert all(len(line.split()) == 6 for line in lines)
        before = read(system, "/proc/meminfo").decode().split()
        system.kernel.charge_memory(system.process, 64 << 20)
        after = read(system, "/proc/meminfo").decode().split()
        free = before.index("MemFree:") + 1
        assert int(before[free]) - int(after[free]) == 64 << 10
        system.sleep(1_230_000_000)
        assert read(system, "/proc/uptime").split()[0] == b"1.23"
        assert read(system, "/proc/loadavg").split()[3] == b"1/1"

    box.call(main)


def test_reading_in_pieces(box: Box) -> None:
    def main(system: System) -> None:
        fd = system.open("/proc/self/status")
        whole = b""
        while piece := system.read(fd, 7):
            whole += piece
        assert system.seek(fd, 0) == 0
        assert system.seek(fd, -5, 2) == len(whole) - 5
        assert system.read(fd) == whole[-5:]
        assert system.fstat(fd).size == 0
        with fails("EINVAL"):
            system.seek(fd, -1)
        with fails("EINVAL"):
            system.pread(fd, 1, -1)
        assert system.file(fd).describe() == f"/proc/{system.pid}/status"

    box.call(main)
    assert box.files.read("/proc/version").startswith(b"pagebox")
