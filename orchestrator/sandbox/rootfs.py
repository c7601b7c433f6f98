"""What the file system holds before the first prompt: folders, accounts, tools, examples."""

from __future__ import annotations

import pkgutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.sandbox.formats import tool_file
from orchestrator.sandbox.toolset import ModuleBacking
from vfs.devfs import DevFS, make_rdev
from vfs.memfs import MemDirectory, MemFile, MemFS

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

# In `rootfs/` beside this module: where each goes, its mode and its owner.
_FILES = (
    ("passwd", "etc/passwd", 0o644, 0),
    ("group", "etc/group", 0o644, 0),
    ("os-release", "etc/os-release", 0o644, 0),
    ("hostname", "etc/hostname", 0o644, 0),
    ("motd", "etc/motd", 0o644, 0),
    ("profile", "etc/profile", 0o644, 0),
    ("bashrc", f"{HOME[1:]}/.bashrc", 0o644, UID),
    ("sales.csv", f"{HOME[1:]}/examples/sales.csv", 0o644, UID),
    ("report.py", f"{HOME[1:]}/examples/report.py", 0o755, UID),
)


@dataclass(frozen=True, slots=True)
class RootFS:
    """Fills a file system in memory."""

    fs: MemFS

    def fill(self, toolset: Toolset, programs: Iterable[str]) -> None:
        """Make folders, links and files, and install the tools."""
        for path, mode, owner in _FOLDERS:
            self._folder(path, mode, owner)
        for name, target in _LINKS:
            self.fs.root.symlink(name, target, 0, 0)
        for source, path, mode, owner in _FILES:
            self._file(path, _resource(source), mode, owner)
        self._install_modules(toolset)
        self._install_programs(programs)

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

    def _parent(self, path: str) -> tuple[MemDirectory, str]:
        folder, _, name = path.rpartition("/")
        return self._folder_at(folder), name

    def _folder_at(self, path: str) -> MemDirectory:
        here = self.fs.root
        for part in path.split("/"):
            child = here.children[part]
            assert isinstance(child, MemDirectory)
            here = child
        return here

    def _file(self, path: str, data: bytes, mode: int, owner: int) -> None:
        folder, name = self._parent(path)
        folder.add(name, self.fs.fixed_file(data, mode, owner, owner))

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
