"""The file system of device nodes, for ``/dev``: names and numbers, no behaviour.

Above it: the sandbox registers devices, the kernel gives an open one its behaviour by
    ``inode.device``. Below it:
memfs. Opening, reading and writing a device is the kernel's; here it fails as on any node without
content.
"""

import stat as st
import time
from collections.abc import Callable

from vfs.memfs import MemFS, MemNode
from vfs.quota import Quota


class DeviceNode(MemNode):
    """A character or block device. ``device`` is the name its driver goes by, such as
    ``"null"``."""

    __slots__ = ("device",)

    def __init__(self, fs: MemFS, mode: int, rdev: int, device: str) -> None:
        super().__init__(fs, mode, 0, 0, rdev)
        self.device = device


class DevFS(MemFS):
    """A small file system in memory that also keeps registered devices.

    Args:
        clock: the time in nanoseconds since 1970.
        quota: bounds on what root may put beside the devices.
    """

    fstype = "devtmpfs"

    def __init__(
        self, *, clock: Callable[[], int] = time.time_ns, quota: Quota | None = None
    ) -> None:
        super().__init__(quota=quota or Quota(1 << 20, 4096), clock=clock)

    def register(
        self, name: str, rdev: int, *, mode: int = 0o666, device: str = "", is_block: bool = False
    ) -> DeviceNode:
        """Enter a device under ``name`` in the root directory.

        Args:
            rdev: its number, see :func:`make_rdev`.
            device: what the kernel knows it by; the name if empty.

        Raises: EEXIST.
        """
        kind = st.S_IFBLK if is_block else st.S_IFCHR
        node = DeviceNode(self, kind | mode, rdev, device or name)
        self.root.add(name, node)
        return node


def make_rdev(major: int, minor: int) -> int:
    """A device number as Linux packs it, the same on every host (``os.makedev`` is not)."""
    return (major & 0xFFF) << 8 | minor & 0xFF | (minor & ~0xFF) << 12
