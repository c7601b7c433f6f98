from __future__ import annotations

from orchestrator.kernel.system import System
from tests.orchestrator.kernel.box import Box, fails
from vfs.inode import OpenFlags


def test_paths(box: Box) -> None:
    def main(system: System) -> None:
        system.chdir("tmp")
        system.mkdir("d", 0o750)
        system.write(system.open("d/f", OpenFlags.WRITE | OpenFlags.CREAT), b"abc")
        system.symlink("d/f", "l")
        system.link("d/f", "h")
        assert system.stat("l").size == 3
        assert system.lstat("l").size == 3
        assert system.readlink("l") == "d/f"
        assert system.realpath("l") == "/tmp/d/f"
        assert system.stat("h").nlink == 2
        system.rename("h", "d/g")
        assert system.listdir("d") == ["f", "g"]
        assert [entry.name for entry in system.scandir()] == ["d", "l"]
        system.truncate("l", 1)
        system.chmod("l", 0o600)
        system.utimens("l", 5, 6)
        facts = system.stat("d/f")
        assert (facts.size, facts.mode & 0o777, facts.atime, facts.mtime) == (1, 0o600, 5, 6)
        system.touch("l")
        assert system.stat("l").mtime == system.realtime()
        system.chown("l", 7, 8)
        assert (system.stat("l").uid, system.stat("l").gid) == (7, 8)
        assert system.access("l", 4)
        assert not system.access("l", 1)
        assert not system.access("nothing")
        assert system.exists("d") > system.exists("nothing")
        for name in ("d/f", "d/g", "l"):
            system.unlink(name)
        system.chdir("d")
        system.rmdir("../d")
        with fails("ENOENT"):
            system.getcwd()
        with fails("ENOENT"):
            system.chdir("/nowhere")

    box.call(main)
