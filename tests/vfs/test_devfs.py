"""Device nodes: names, numbers, and no behaviour of their own."""

import stat as st

from vfs.contract import ROOT, make, raises
from vfs.devfs import DevFS, DeviceNode, make_rdev
from vfs.namespace import Credentials, Namespace


def test_register() -> None:
    fs = DevFS()
    fs.register("null", make_rdev(1, 3))
    fs.register("sda", make_rdev(8, 0), mode=0o660, device="disk", is_block=True)
    names = Namespace(fs)
    facts = names.stat(names.root, "/null", ROOT)
    assert (facts.mode, facts.rdev, facts.size) == (st.S_IFCHR | 0o666, 0x103, 0)
    null, disk = (names.resolve(names.root, path, ROOT).inode for path in ("/null", "/sda"))
    assert isinstance(null, DeviceNode)
    assert isinstance(disk, DeviceNode)
    assert (null.device, disk.device) == ("null", "disk")
    assert disk.mode == st.S_IFBLK | 0o660


def test_name_taken() -> None:
    fs = DevFS()
    fs.register("null", 1)
    with raises("EEXIST"):
        fs.register("null", 2)


def test_content_is_the_kernels() -> None:
    node = DevFS().register("zero", 5)
    with raises("EINVAL"):
        node.read_at(0, 1)
    with raises("EINVAL"):
        node.write_at(0, b"x")


def test_beside_the_devices() -> None:
    fs = DevFS()
    names = Namespace(fs)
    names.mkdir(names.root, "/shm", Credentials(umask=0), 0o1777)
    names.symlink("/proc/self/fd", names.root, "/fd", ROOT)
    with raises("EACCES"):
        names.mkdir(names.root, "/mine", Credentials(1000, 1000))
    inode = make(names, "/shm/big")
    assert inode.write_at(0, bytes(2 << 20)) < 2 << 20


def test_numbers() -> None:
    assert make_rdev(1, 3) == 0x103
    assert make_rdev(136, 300) == 0x10882C
