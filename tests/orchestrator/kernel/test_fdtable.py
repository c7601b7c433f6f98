from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from orchestrator.kernel.fdtable import FdTable
from orchestrator.kernel.file import File
from tests.orchestrator.kernel.box import fails
from vfs.inode import OpenFlags


class Counted(File):
    """A file that notes when it is closed."""

    __slots__ = ("closed",)

    def __init__(self) -> None:
        super().__init__(OpenFlags.READ)
        self.closed = 0

    def _close(self) -> None:
        self.closed += 1


def test_lowest_free_number_first() -> None:
    table = FdTable()
    assert [table.add(Counted()) for _ in range(3)] == [0, 1, 2]
    table.close(1)
    assert table.add(Counted()) == 1
    assert table.add(Counted(), lowest=10) == 10
    assert table.add(Counted()) == 3
    assert list(table) == [0, 1, 2, 3, 10]


def test_a_file_closes_with_its_last_descriptor() -> None:
    table, file = FdTable(), Counted()
    fd = table.add(file)
    other = table.dup(fd)
    child = table.clone()
    table.close(fd)
    table.close(other)
    assert file.closed == 0
    child.close_all()
    child.close_all()
    assert file.closed == 1


def test_dup2_replaces_and_itself_is_no_change() -> None:
    table, old, new = FdTable(), Counted(), Counted()
    table.add(old)
    table.add(new, cloexec=True)
    assert table.dup2(1, 0) == 0
    assert (old.closed, new.references) == (1, 2)
    assert table.cloexec == {1}
    assert table.dup2(1, 1) == 1
    assert table.cloexec == {1}
    assert new.references == 2


def test_dup2_onto_the_last_descriptor_of_the_same_file() -> None:
    table, file = FdTable(), Counted()
    table.add(file)
    table.dup2(0, 5)
    table.dup2(5, 0)
    assert (file.closed, file.references) == (0, 2)


def test_close_on_exec() -> None:
    table = FdTable()
    kept, dropped = Counted(), Counted()
    table.add(kept)
    table.add(dropped, cloexec=True)
    assert list(table.clone()) == [0]
    fork = table.clone(keep_cloexec=True)
    assert (list(fork), fork.cloexec) == ([0, 1], {1})
    fork.close_cloexec()
    assert list(fork) == [0]
    table.set_cloexec(0, True)
    table.set_cloexec(1, False)
    table.close_cloexec()
    assert (kept.closed, dropped.closed) == (0, 0)
    assert list(table) == [1]


def test_move() -> None:
    table, file, victim = FdTable(), Counted(), Counted()
    table.add(file, cloexec=True)
    table.add(victim)
    table.move(0, 1)
    assert (list(table), victim.closed, table.cloexec) == ([1], 1, {1})
    table.move(1, 1)
    assert table.get(1) is file


def test_errors() -> None:
    table = FdTable(limit=3)
    for _ in range(3):
        table.add(Counted())
    extra = Counted()
    with fails("EMFILE"):
        table.add(extra)
    assert extra.references == 0
    for attempt in (
        lambda: table.get(7),
        lambda: table.close(-1),
        lambda: table.dup(9),
        lambda: table.dup2(0, 3),
        lambda: table.dup2(0, -1),
        lambda: table.dup2(9, 0),
        lambda: table.move(9, 9),
        lambda: table.set_cloexec(9, True),
    ):
        with fails("EBADF"):
            attempt()
    for lowest in (-1, 3):
        with fails("EINVAL"):
            table.dup(0, lowest=lowest)


@given(
    some.lists(some.tuples(some.sampled_from("adxcm"), some.integers(0, 6), some.integers(0, 6)))
)
def test_references_always_count_the_descriptors(script: list[tuple[str, int, int]]) -> None:
    table = FdTable(limit=6)
    files: list[Counted] = []
    for verb, one, two in script:
        try:
            match verb:
                case "a":
                    files.append(Counted())
                    table.add(files[-1], lowest=one % 6, cloexec=two % 2 == 0)
                case "d":
                    table.dup(one, lowest=two)
                case "x":
                    table.dup2(one, two)
                case "m":
                    table.move(one, two)
                case _:
                    table.close(one)
        except OSError:
            pass
    for file in files:
        assert file.references == list(table.files.values()).count(file)
        assert file.closed <= 1
        assert (file.references == 0) == (file.closed == 1) or file not in table.files.values()
    assert table.cloexec <= set(table)
    table.close_all()
    assert all(file.references == 0 for file in files)


def test_contains_and_length() -> None:
    table = FdTable()
    fd = table.add(Counted())
    assert fd in table
    assert len(table) == 1
    table.close(fd)
    with pytest.raises(OSError, match="Bad file"):
        table.get(fd)
