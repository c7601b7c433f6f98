"""What is done in a machine and timed there, alike headless and in the page (whose worker gets this file as text).

A workload is a generator: it starts processes, yields what has to become true, and returns its samples. Times are taken
where a process starts and where it ends, both while the machine has the turn: whoever drives the workload is not
part of them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping
from typing import Any

from orchestrator.kernel.file import File
from orchestrator.kernel.host import Collector, HostInput, HostOutput

Workload = Generator[Callable[[], bool], None, list[float]]
FOLDER = "/tmp"
REPEATS = 7
MS, US = 1e3, 1e6


class Run:
    """A process on its way.

    Attributes:
        ended: when it ended, in seconds; None while it runs.
        code: its exit status.
    """

    def __init__(self) -> None:
        self.ended: float | None = None
        self.code = -1

    def finish(self, status: Any) -> None:
        """Called by the machine."""
        self.ended = time.perf_counter()
        self.code = status.exit_code

    def has_ended(self) -> bool:
        """Whether it is over."""
        return self.ended is not None


class Lab:
    """A machine in which to measure.

    Args:
        machine: with the bundled tools.
        guests: modules to put into it, by name.
    """

    def __init__(self, machine: Any, guests: Mapping[str, bytes]) -> None:
        self.machine = machine
        for name, data in guests.items():
            machine.files.write(f"{FOLDER}/bench-{name}", data)
            machine.files.chmod(f"{FOLDER}/bench-{name}", 0o755)

    def start(self, argv: list[str], source: File | None = None, sink: File | None = None) -> Run:
        """Start a program of PATH with its input, output and a stderr that is dropped."""
        run = Run()
        stdio = (source or self.nothing(), sink or self.drop(), self.drop())
        path = self.machine.find(argv[0])
        self.machine.start(argv, stdio=stdio, path=path, on_exit=run.finish)
        return run

    def guest(self, name: str, source: File | None = None, sink: File | None = None) -> Run:
        """Start one of the guests."""
        return self.start([f"{FOLDER}/bench-{name}"], source, sink)

    def drop(self) -> File:
        """An output nobody looks at."""
        return HostOutput(Collector(0).outlet)

    def nothing(self) -> File:
        """An input that is at its end."""
        source = HostInput()
        source.end()
        return source

    def pipe(self) -> tuple[File, File]:
        """A pipe of the machine: where to read, where to write."""
        reader, writer = self.machine.kernel.pipe()
        return reader, writer


def _elapsed(began: float, run: Run) -> float:
    assert run.ended is not None
    if run.code != 0:
        raise RuntimeError(f"a measured program ended with status {run.code}")
    return run.ended - began


def script(lab: Lab, text: str, repeats: int) -> Workload:
    """Milliseconds of `bash -c text`, the shell's start included."""
    samples = []
    for _ in range(repeats):
        began = time.perf_counter()
        run = lab.start(["bash", "-c", text])
        yield run.has_ended
        samples.append(_elapsed(began, run) * MS)
    return samples


def spawn(lab: Lab) -> Workload:
    """Milliseconds from starting a coreutils program to its end."""
    samples = []
    for _ in range(60):
        began = time.perf_counter()
        run = lab.start(["true"])
        yield run.has_ended
        samples.append(_elapsed(began, run) * MS)
    return samples


def _calls(lab: Lab, name: str) -> Generator[Callable[[], bool], None, float]:
    """Seconds that a guest takes whose output is a pipe which another guest empties."""
    reader, writer = lab.pipe()
    began = time.perf_counter()
    drain = lab.guest("drain64", source=reader)
    run = lab.guest(name, sink=writer)
    yield lambda: run.has_ended() and drain.has_ended()
    return _elapsed(began, run)


def syscall(lab: Lab, name: str, calls: int) -> Workload:
    """Microseconds a call, by a loop of them less an empty loop."""
    samples = []
    yield from _calls(lab, name)  # compiles
    for _ in range(REPEATS):
        empty = yield from _calls(lab, "empty")
        full = yield from _calls(lab, name)
        samples.append((full - empty) / calls * US)
    return samples


def throughput(lab: Lab, kib: int, size: int) -> Workload:
    """Megabytes a second through a pipe, from the start of two guests to the end of the reading one."""
    samples = []
    for _ in range(REPEATS):
        reader, writer = lab.pipe()
        began = time.perf_counter()
        drain = lab.guest(f"drain{kib}", source=reader)
        produce = lab.guest(f"produce{kib}", sink=writer)
        yield lambda: produce.has_ended() and drain.has_ended()  # noqa: B023
        samples.append(size / 1e6 / _elapsed(began, drain))
    return samples[1:]


def alive(lab: Lab, wanted: int) -> Workload:
    """How many coreutils processes, all started before the first is fed, answer a line each."""
    runs, sources, sinks = [], [], []
    for _ in range(wanted):
        source, sink = HostInput(), Collector()
        try:
            runs.append(lab.start(["cat"], source, HostOutput(sink.outlet)))
        except OSError:
            break
        sources.append(source)
        sinks.append(sink)
    for source in sources:
        source.feed(b"here\n")
    yield lambda: all(sink.size or run.has_ended() for sink, run in zip(sinks, runs, strict=True))
    answered = sum(
        not run.has_ended() and sink.value() == b"here\n"
        for sink, run in zip(sinks, runs, strict=True)
    )
    for source in sources:
        source.end()
    yield lambda: all(run.has_ended() for run in runs)
    return [float(answered)]


def make(lab: Lab, request: Mapping[str, Any]) -> Workload:
    """The workload a request (plain data, so that it can be sent to a worker) asks for."""
    arguments = {name: value for name, value in request.items() if name != "do"}
    kinds: dict[str, Callable[..., Workload]] = {
        "script": script,
        "spawn": spawn,
        "syscall": syscall,
        "throughput": throughput,
        "alive": alive,
    }
    return kinds[request["do"]](lab, **arguments)
