"""What the file system holds before the first prompt: folders, accounts, tools, manual, examples.

The files lie in `rootfs/` beside this module as they lie in the machine; `rootfs/index.txt` names them, and each is
read when somebody opens it.
"""

from __future__ import annotations

import pkgutil
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from orchestrator.sandbox.formats import tool_file
from orchestrator.sandbox.toolset import ModuleBacking
from vfs.devfs import DevFS, make_rdev
from vfs.memfs import MemDirectory, MemFile, MemFS, MemNode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.sandbox.toolset import Toolset

UID = GID = 1000
USER = "user"
HOME = f"/home/{USER}"

_FOLDERS = (
    ("usr/bin", 0o755, 0),
    ("usr/local/bin", 0o755, 0),
    ("usr/lib/pagebox", 0o755, 0),
    ("usr/share/pagebox", 0o755, 0),
    ("etc/skel", 0o755, 0),
    ("etc", 0o755, 0),
    ("dev", 0o755, 0),
    ("proc", 0o555, 0),
    ("home", 0o755, 0),
    ("root", 0o700, 0),
    ("tmp", 0o1777, 0),
    ("var/tmp", 0o1777, 0),
    ("mnt", 0o755, 0),
    (HOME.lstrip("/"), 0o755, UID),
    (f"{HOME}/examples".lstrip("/"), 0o755, UID),
)

_MOST_NAMES = 1 << 14
_MANUAL = "usr/share/pagebox/man"
_LINKS = (("bin", "usr/bin"), ("lib", "usr/lib"), ("sbin", "usr/bin"))

_DEVICES = (
    ("null", 1, 3),
    ("zero", 1, 5),
    ("full", 1, 7),
    ("random", 1, 8),
    ("urandom", 1, 9),
    ("tty", 5, 0),
)

_DEVICE_LINKS = (
    ("fd", "/proc/self/fd"),
    ("stdin", "/proc/self/fd/0"),
    ("stdout", "/proc/self/fd/1"),
    ("stderr", "/proc/self/fd/2"),
)


def enter(folder: MemDirectory, line: str) -> None:
    """Make what one line of the index says: `SIZE PATH`, or `-> PATH TARGET` for a link."""
    size, path = line.split(" ", 1)
    if size == "->":
        path, target = path.split(" ")
        folder.symlink(path.rpartition("/")[2], target, 0, 0)
        return
    name = path.rpartition("/")[2]
    owner = UID if path.startswith(HOME[1:]) else 0
    mode = 0o755 if name.endswith((".sh", ".py")) or "/bin/" in path else 0o644
    folder.add(name, folder.fs.lazy_file(partial(_resource, path), int(size), mode, owner, owner))


class LazyDirectory(MemDirectory):
    """A folder whose entries are made when somebody first looks into it: two hundred pages are a millisecond."""

    __slots__ = ("_lines",)

    def __init__(self, fs: MemFS, lines: list[str]) -> None:
        super().__init__(fs, 0o755, 0, 0)
        self._lines = lines

    @property
    def children(self) -> dict[str, MemNode]:
        """The entries, made if they were not yet."""
        if self._lines:
            self._make()
        return self._children

    def _missing(self, name: str) -> MemNode:
        if self._lines:
            self._make()
            return self.lookup(name)
        return super()._missing(name)

    def _make(self) -> None:
        lines, self._lines = self._lines, []
        times = self.atime, self.mtime, self.ctime
        self.fs.ledger.granted += len(lines)
        for line in lines:
            enter(self, line)
        self.atime, self.mtime, self.ctime = times


@dataclass(frozen=True, slots=True)
class RootFS:
    """Fills a file system in memory."""

    fs: MemFS

    def fill(self, toolset: Toolset, programs: Iterable[str]) -> None:
        """Make folders, links and files, and install the tools. What comes with the machine uses no quota."""
        ledger = self.fs.ledger
        ledger.granted += _MOST_NAMES
        for path, mode, owner in _FOLDERS:
            self._folder(path, mode, owner)
        for name, target in _LINKS:
            self.fs.root.symlink(name, target, 0, 0)
        lines = _resource("index.txt").decode().splitlines()
        folders: dict[str, MemDirectory] = {}
        for line in lines:
            folder = line.split(" ", 2)[1].rpartition("/")[0]
            if folder == _MANUAL:
                continue
            if folder not in folders:
                folders[folder] = self._folder_at(folder)
            enter(folders[folder], line)
        share = self._folder_at("usr/share/pagebox")
        share.symlink("examples", f"{HOME}/examples", 0, 0)
        share.add("man", LazyDirectory(self.fs, [line for line in lines if f" {_MANUAL}/" in line]))
        self._install_modules(toolset)
        self._install_programs(programs)
        ledger.granted = ledger.inodes

    def _folder(self, path: str, mode: int, owner: int) -> MemDirectory:
        here = self.fs.root
        for part in path.split("/"):
            child = here.children.get(part)
            if child is None:
                child = here.mkdir(part, 0o755, owner, owner)
            assert isinstance(child, MemDirectory)
            here = child
        here.mode = here.mode & ~0o7777 | mode
        return here

    def _folder_at(self, path: str) -> MemDirectory:
        here = self.fs.root
        for part in path.split("/"):
            child = here.children[part]
            assert isinstance(child, MemDirectory)
            here = child
        return here

    def _install_modules(self, toolset: Toolset) -> None:
        lib, binaries = self._folder_at("usr/lib/pagebox"), self._folder_at("usr/bin")
        for module in toolset.modules:
            file = MemFile(self.fs, 0o755, 0, 0, ModuleBacking(module), module.size)
            file.attachment = module
            lib.add(f"{module.label}.wasm", file)
            for name in module.names:
                binaries.symlink(name, f"../lib/pagebox/{module.label}.wasm", 0, 0)

    def _install_programs(self, programs: Iterable[str]) -> None:
        """Programs in Python take the place of compiled ones of the same name: they know signals and modes."""
        binaries = self._folder_at("usr/bin")
        for name in programs:
            if name in binaries.children:
                binaries.unlink(name)
            binaries.add(name, self.fs.fixed_file(tool_file(name), 0o755))


def make_devices(fs: DevFS) -> DevFS:
    """Register the devices and the links beside them."""
    for name, major, minor in _DEVICES:
        fs.register(name, make_rdev(major, minor))
    for name, target in _DEVICE_LINKS:
        fs.root.symlink(name, target, 0, 0)
    return fs


def _resource(name: str) -> bytes:
    # Not importlib.resources: in the page we live in a zip file, which it reads anew for every name (90 ms in all).
    data = pkgutil.get_data("orchestrator.sandbox", f"rootfs/{name}")
    assert data is not None
    return data
