from __future__ import annotations

from orchestrator.kernel.signal import Action, Disposition, Signal, SignalState, default_action

FATAL = [s for s in Signal if default_action(s) in (Action.TERMINATE, Action.CORE)]
HARMLESS = [Signal.CHLD, Signal.URG, Signal.WINCH, Signal.CONT]


def test_numbers_are_linuxs() -> None:
    import signal

    for mine in Signal:
        assert getattr(signal, f"SIG{mine.name}") == mine


def test_inherited_state_has_nothing_pending() -> None:
    state = SignalState()
    state.set(Signal.INT, Disposition.CATCH)
    state.catch(Signal.INT)
    state.fatal = Signal.TERM
    child = state.inherited()
    assert (child.fatal, child.caught, child.interrupt) == (None, {}, False)
    assert child.disposition(Signal.INT) is Disposition.DEFAULT
