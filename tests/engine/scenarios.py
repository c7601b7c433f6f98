"""What every engine must do, as generators: they yield conditions to run until, and return what they saw.

A runner (native, fake, page) drives them; a scenario knows a machine and nothing of how it is run.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any

from orchestrator.kernel.host import Collector, HostInput, HostOutput
from orchestrator.kernel.process import Process, Status
from orchestrator.kernel.signal import Signal
from orchestrator.sandbox.machine import Machine

Scenario = Generator[Callable[[], bool], None, dict[str, Any]]


@dataclass
class Run:
    """One guest that was started, and what became of it."""

    machine: Machine
    process: Process
    source: HostInput
    out: Collector
    err: Collector
    ending: list[Status] = field(default_factory=list)

    def ended(self) -> bool:
        return bool(self.ending)

    def outcome(self) -> dict[str, Any]:
        return {
            "status": self.ending[0].exit_code,
            "out": self.out.value().decode(),
            "err": self.err.value().decode(),
        }


def start(
    machine: Machine, name: str, out: Collector | None = None, fuel: int | None = None
) -> Run:
    """Start /bin/<name> with an open stdin."""
    source, out, err = HostInput(), out or Collector(), Collector()
    ending: list[Status] = []
    process = machine.start(
        [name],
        stdio=(source, HostOutput(out.outlet), HostOutput(err.outlet)),
        path=f"/tmp/{name}",
        fuel=fuel,
        on_exit=ending.append,
    )
    return Run(machine, process, source, out, err, ending)


def _one(machine: Machine, name: str) -> Scenario:
    run = start(machine, name)
    yield run.ended
    return run.outcome() | {"fuel": run.process.usage.fuel}


def exits(machine: Machine) -> Scenario:
    return (yield from _one(machine, "exit"))


def counts_fuel(machine: Machine) -> Scenario:
    return (yield from _one(machine, "count"))


def traps(machine: Machine) -> Scenario:
    seen = {}
    for name in ("trap", "outside", "recurse"):
        run = start(machine, name)
        yield run.ended
        seen[name] = run.outcome() | {"lines": run.err.value().count(b"\n")}
        del seen[name]["err"]
    after = start(machine, "exit")
    yield after.ended
    return seen | {"after": after.outcome()["status"]}


def reads_when_fed(machine: Machine) -> Scenario:
    run = start(machine, "read")
    yield lambda: run.process.waiting_on != ()
    run.source.feed(b"x")
    yield run.ended
    return run.outcome()


def kills_a_spinner(machine: Machine) -> Scenario:
    run = start(machine, "spin")
    yield lambda: run.process.usage.fuel > 2_000_000
    machine.kernel.deliver(run.process, Signal.INT)
    yield run.ended
    return run.outcome()


def kills_a_sleeper(machine: Machine) -> Scenario:
    run = start(machine, "read")
    yield lambda: run.process.waiting_on != ()
    machine.kernel.deliver(run.process, Signal.TERM)
    yield run.ended
    return run.outcome()


def kills_before_the_first_turn(machine: Machine) -> Scenario:
    run = start(machine, "exit")
    machine.kernel.deliver(run.process, Signal.KILL)
    yield run.ended
    return run.outcome()


def shares_fairly(machine: Machine) -> Scenario:
    one, two = start(machine, "spin"), start(machine, "spin")
    yield lambda: one.process.usage.fuel + two.process.usage.fuel >= 20_000_000
    ratio = one.process.usage.fuel / two.process.usage.fuel
    for run in (one, two):
        machine.kernel.deliver(run.process, Signal.KILL)
    yield lambda: one.ended() and two.ended()
    return {
        "fair": 0.8 < ratio < 1.25,
        "statuses": [one.ending[0].exit_code, two.ending[0].exit_code],
    }


def interleaves(machine: Machine) -> Scenario:
    shared = Collector()
    one, two = start(machine, "tick", shared), start(machine, "tock", shared)
    yield lambda: one.ended() and two.ended()
    return {"order": shared.value().decode(), "fuel": [r.process.usage.fuel for r in (one, two)]}


def stops_at_the_fuel_limit(machine: Machine) -> Scenario:
    run = start(machine, "spin", fuel=5_000_000)
    yield run.ended
    return {
        "status": run.ending[0].exit_code,
        "reason": run.ending[0].reason,
        "fuel": run.process.usage.fuel,
    }


def stops_growing(machine: Machine) -> Scenario:
    run = start(machine, "grow")
    yield run.ended
    return run.outcome() | {"peak": run.process.usage.peak_memory, "left": machine.kernel.memory}


def ends_a_flood(machine: Machine) -> Scenario:
    run = start(machine, "flood", Collector(1000, discard=False))
    yield run.ended
    return {"status": run.ending[0].exit_code, "kept": len(run.out.value())}


def keeps_many(machine: Machine) -> Scenario:
    runs = [start(machine, "read") for _ in range(90)]
    yield lambda: all(run.process.waiting_on for run in runs)
    for run in runs:
        run.source.feed(b"z")
    yield lambda: all(run.ended() for run in runs)
    return {
        "outcomes": sorted({tuple(sorted(run.outcome().items())) for run in runs}),
        "count": len(runs),
    }


def _plays(name: str) -> Callable[[Machine], Scenario]:
    """A guest of `steps`, which ends with 0 when every step came out as it must."""

    def scenario(machine: Machine) -> Scenario:
        run = start(machine, name)
        yield run.ended
        return run.outcome()

    scenario.__name__ = f"plays_{name}"
    return scenario


def interrupts_a_sleeper(machine: Machine) -> Scenario:
    run = start(machine, "sleeper")
    yield lambda: run.process.waiting_on != ()
    machine.kernel.deliver(run.process, Signal.INT)
    yield lambda: run.process.waiting_on != () and not run.process.signals.caught
    run.source.feed(b"x")
    yield run.ended
    return run.outcome()


def tells_a_spinner(machine: Machine) -> Scenario:
    run = start(machine, "spinner")
    yield lambda: run.process.usage.fuel > 2_000_000
    machine.kernel.deliver(run.process, Signal.INT)
    yield run.ended
    return run.outcome()


def refuses_the_broken(machine: Machine) -> Scenario:
    run = start(machine, "broken")
    yield run.ended
    return {
        "status": run.ending[0].exit_code,
        "says": run.err.value().decode().startswith("broken: cannot execute:"),
    }


SCENARIOS: dict[str, Callable[[Machine], Scenario]] = {
    f.__name__: f
    for f in (
        exits,
        counts_fuel,
        traps,
        reads_when_fed,
        kills_a_spinner,
        kills_a_sleeper,
        kills_before_the_first_turn,
        shares_fairly,
        interleaves,
        stops_at_the_fuel_limit,
        stops_growing,
        ends_a_flood,
        keeps_many,
        refuses_the_broken,
        *map(_plays, ("parent", "killer", "descriptors", "signals")),
        interrupts_a_sleeper,
        tells_a_spinner,
    )
}

MIB = 1 << 20
EXPECTED: dict[str, dict[str, Any]] = {
    "exits": {"status": 42, "out": "", "err": "", "fuel": 1},
    "counts_fuel": {"status": 0, "out": "", "err": "", "fuel": 3_500_001},
    "traps": {
        "trap": {"status": 134, "out": "", "lines": 1},
        "outside": {"status": 139, "out": "", "lines": 1},
        "recurse": {"status": 139, "out": "", "lines": 1},
        "after": 42,
    },
    "reads_when_fed": {"status": 0, "out": "x", "err": ""},
    "kills_a_spinner": {"status": 130, "out": "", "err": ""},
    "kills_a_sleeper": {"status": 143, "out": "", "err": ""},
    "kills_before_the_first_turn": {"status": 137, "out": "", "err": ""},
    "shares_fairly": {"fair": True, "statuses": [137, 137]},
    "stops_at_the_fuel_limit": {"status": 152, "reason": "out of fuel", "fuel": 6_000_001},
    "stops_growing": {"status": 0, "out": "!", "err": "", "peak": 63 * MIB + 65536, "left": 0},
    "ends_a_flood": {"status": 141, "kept": 1000},
    "keeps_many": {"outcomes": [(("err", ""), ("out", "z"), ("status", 0))], "count": 90},
    "refuses_the_broken": {"status": 126, "says": True},
    **{
        name: {"status": 0, "out": "", "err": ""}
        for name in (
            "plays_parent",
            "plays_killer",
            "plays_descriptors",
            "plays_signals",
            "interrupts_a_sleeper",
            "tells_a_spinner",
        )
    },
}
