"""The ledger: what is taken is counted, and never more than there is."""

from vfs.contract import raises
from vfs.quota import Ledger, Quota


def test_bytes() -> None:
    ledger = Ledger(Quota(10, 5))
    assert (ledger.take(7), ledger.take(7), ledger.take(1)) == (7, 3, 0)
    ledger.give_back(4)
    assert ledger.take(9) == 4


def test_inode_and_its_bytes_go_together() -> None:
    ledger = Ledger(Quota(10, 2))
    with raises("ENOSPC"):
        ledger.take_inode(11)
    assert (ledger.bytes, ledger.inodes) == (0, 0)
    ledger.take_inode(10)
    ledger.take_inode()
    with raises("ENOSPC"):
        ledger.take_inode()
    ledger.give_back_inode(10)
    assert (ledger.bytes, ledger.inodes) == (0, 1)


def test_granted_inodes_bring_their_room() -> None:
    ledger = Ledger(Quota(0, 1))
    ledger.grant_inodes(3)
    ledger.take_inode()
    with raises("ENOSPC"):
        ledger.take_inode()
    ledger.give_back_inode()
    ledger.take_inode()


def test_bound_lowered_below_what_is_used() -> None:
    ledger = Ledger(Quota(10, 5))
    ledger.take(8)
    ledger.quota = Quota(5, 5)
    assert ledger.take(1) == 0
