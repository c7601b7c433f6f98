"""Every call with arguments no honest program passes: an errno comes back, never a Python exception.

And nothing comes back that the reference page does not name: documentation that is tested is true.
"""

from __future__ import annotations

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestrator.kernel.outlet import Outlet
from orchestrator.kernel.signal import Disposition, Signal
from orchestrator.kernel.tty import Tty
from orchestrator.kernel.wait import ProcessExit, WouldBlock
from orchestrator.wasi import rights
from orchestrator.wasi.abi import EXTENSION, SYMBOL
from orchestrator.wasi.calls import CALLS
from orchestrator.wasi.table import PATH_ERRNOS, errnos
from vfs.access import Credentials
from vfs.inode import OpenFlags
from vfs.quota import Quota

I32 = (0, 1, 3, 4, 5, 8, 65535, 65536, 65537, (1 << 31) - 1, 1 << 31, (1 << 32) - 1, -1, -(1 << 31))
I64 = (0, 1, 5, (1 << 32), (1 << 63) - 1, 1 << 63, (1 << 64) - 1, -1, -(1 << 63))
KEYS = [key for key in CALLS if key[1] != "proc_exit"]
WITH_PAIRS = [key for key in KEYS if len(CALLS[key].signature) >= len("ii>i")]
SLOW = {"random_get"}


def allowed(call) -> set[str]:
    """The symbols the page says the call may answer."""
    symbols = {"SUCCESS", "EFAULT", *errnos(call)}
    if any(param.kind == "path" for param in call.params):
        symbols.update(PATH_ERRNOS)
    return symbols


def types(call) -> str:
    return call.signature.partition(">")[0]


def attack(world, key, args) -> None:
    """Call, and check what is true of every call whatever its arguments."""
    call = CALLS[key]
    try:
        answer = world.guest.calls[key](*args)
    except (WouldBlock, ProcessExit):
        world.process.end_call()
        world.kernel.scheduler.resume(world.process)
        world.process.signals.fatal = None
        return
    assert not world.kernel.faults, world.kernel.faults[0]
    if call.result == "errno":
        assert SYMBOL[answer] in allowed(call), f"{key[1]}{args} = {SYMBOL[answer]}"
    else:
        assert 0 <= answer < 1 << 32
    if key[0] != EXTENSION or call.result == "errno":
        assert world.line.startswith(f"{key[1]}(")


PATHS = b"f.......d/n.....l.......d/..../f"


def furnish(world):
    """One of each kind of file at the small numbers, so that hostile calls reach something."""
    for signal in (Signal.PIPE, Signal.XCPU):
        world.process.signals.set(signal, Disposition.IGNORE)
    world.file("/f", b"0123456789")
    world.directory("/d")
    world.namespace.symlink("d/../f", world.root(), "l", Credentials())
    assert world.open("f", base=rights.ALL) == 0
    world.pipe(5, 1)
    tty = Tty(world.kernel, Outlet(lambda data: None))
    world.process.fds.set(8, tty.open(OpenFlags.READ | OpenFlags.WRITE))
    world.memory.write(0, PATHS * 2)
    return world


@pytest.fixture
def furnished(make_world):
    world = make_world(quota=Quota(max_bytes=1 << 20))
    world.settle()
    return furnish(world)


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key[1])
def test_each_argument_at_its_extremes(furnished, key):
    """One argument after the other takes every extreme, while the rest stay at each of six."""
    width = types(CALLS[key])
    for base in (0, 1, 3, 4, 8, -1):
        for index, kind in enumerate(width):
            for value in I64 if kind == "I" else I32:
                args = [base] * len(width)
                args[index] = value
                attack(furnished, key, args)


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key[1])
def test_all_arguments_at_one_extreme(furnished, key):
    width = types(CALLS[key])
    for value in sorted({*I32, *I64}):
        attack(furnished, key, [value] * len(width))


@pytest.mark.parametrize("key", WITH_PAIRS, ids=lambda key: key[1])
def test_pairs_of_extremes(furnished, key):
    """The last two arguments are a pointer and a length, or an offset and a result, as a rule."""
    width = types(CALLS[key])
    for pair in itertools.product(I32, repeat=2):
        attack(furnished, key, [3] * (len(width) - 2) + list(pair))


def test_the_memory_is_not_the_hosts(furnished):
    """A length of 4 GiB is refused before anything of that size is made."""
    for key in KEYS:
        width = types(CALLS[key])
        attack(furnished, key, [(1 << 32) - 1] * len(width))
    assert len(furnished.memory.buffer) == 65536


VALUES = {
    "i": st.one_of(
        st.integers(-8, 80),
        st.sampled_from(I32),
        st.integers(0, (1 << 32) - 1),
        st.integers(65400, 65600),
    ),
    "I": st.one_of(st.integers(-8, 80), st.sampled_from(I64), st.integers(0, (1 << 64) - 1)),
}
STEP = st.sampled_from(KEYS).flatmap(
    lambda key: st.tuples(st.just(key), st.tuples(*(VALUES[kind] for kind in types(CALLS[key]))))
)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(STEP, max_size=30), fill=st.binary(min_size=128, max_size=512))
def test_any_program_gets_errnos(make_world, steps, fill):
    """A sequence of calls with arbitrary arguments on a memory of arbitrary bytes."""
    world = make_world(quota=Quota(max_bytes=1 << 20))
    world.settle()
    furnish(world)
    world.memory.write(64, fill)
    for key, args in steps:
        if not (key[1] in SLOW and args[1] > 1 << 16):
            attack(world, key, args)
