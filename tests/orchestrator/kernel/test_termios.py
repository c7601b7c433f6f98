from __future__ import annotations

import dataclasses

import pytest

from orchestrator.kernel.termios import Termios, WindowSize


def test_raw_and_cbreak() -> None:
    cooked = Termios()
    cbreak, raw = cooked.cbreak(), cooked.raw()
    assert (cbreak.canonical, cbreak.echo, cbreak.signals, cbreak.post) == (
        False,
        False,
        True,
        True,
    )
    assert (raw.canonical, raw.signals, raw.post, raw.cr_to_nl) == (False, False, False, False)
    assert raw.intr == cooked.intr  # characters survive, for whoever switches back


def test_records_do_not_change() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Termios().echo = False  # type: ignore[misc]
    assert WindowSize() == WindowSize(24, 80)
