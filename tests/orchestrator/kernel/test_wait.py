from __future__ import annotations

from orchestrator.kernel.wait import Waitable

SECOND = 10**9


def test_a_waitable_wakes_in_order_of_arrival_and_once() -> None:
    class Sleeper:
        def __init__(self, name: str) -> None:
            self.name = name

        def wake(self) -> None:
            woken.append(self.name)

    woken: list[str] = []
    waitable = Waitable()
    first, second, third = Sleeper("1"), Sleeper("2"), Sleeper("3")
    for sleeper in (first, second, third, first):
        waitable.subscribe(sleeper)
    waitable.unsubscribe(second)
    waitable.unsubscribe(second)
    waitable.fire()
    waitable.fire()
    assert woken == ["1", "3"]
