"""Guests that are lists of calls: a step is one call with the errno it must answer, or a look at the memory.

A list is made into wasm text for real engines and is played by the fake one. The guest ends with 0, or with
the number of the first step that came out otherwise.
"""

import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from orchestrator.platform.fake import FakeGuest
from orchestrator.wasi.abi import ERRNO, EXTENSION, PREVIEW1
from orchestrator.wasi.calls import CALLS


@dataclass(frozen=True)
class At:
    """The 32-bit integer that lies at an address when the step is made."""

    address: int


Value = int | At


class Call:
    """A call that must answer `answer`, the symbol of an errno."""

    def __init__(self, name: str, *args: Value, answer: str = "SUCCESS") -> None:
        self.key = (EXTENSION if (EXTENSION, name) in CALLS else PREVIEW1, name)
        self.args = args
        self.answer = ERRNO[answer]


@dataclass(frozen=True)
class Check:
    """The 32-bit integer at `address` is `value`."""

    address: int
    value: Value


@dataclass(frozen=True)
class SpinUntil:
    """Turn in a loop until the 32-bit integer at `address` is not 0."""

    address: int


Step = Call | Check | SpinUntil


def wat(steps: Sequence[Step], data: Mapping[int, bytes]) -> str:
    """The guest as wasm text."""
    keys = dict.fromkeys([(PREVIEW1, "proc_exit"), *(s.key for s in steps if isinstance(s, Call))])
    imports = "".join(_import(key) for key in keys)
    segments = "".join(f'(data (i32.const {at}) "{_escaped(blob)}")' for at, blob in data.items())
    body = "\n".join(_step(number, step) for number, step in enumerate(steps, 1))
    return f"""(module {imports} (memory (export "memory") 1) {segments}
      (func (export "_start") {body}))"""


def play(steps: Sequence[Step], data: Mapping[int, bytes]) -> Callable[[FakeGuest], None]:
    """The guest as a program of the fake engine."""

    def run(fake: FakeGuest) -> None:
        fake.spend()
        for at, blob in data.items():
            fake.memory.write(at, blob)
        for number, step in enumerate(steps, 1):
            if not _holds(fake, step):
                fake.call("proc_exit", number)

    return run


def _holds(fake: FakeGuest, step: Step) -> bool:
    if isinstance(step, Call):
        args = [_value(fake, arg) for arg in step.args]
        return fake.call(step.key[1], *args, module=step.key[0]) == step.answer
    if isinstance(step, Check):
        return fake.memory.load_u32(step.address) == _value(fake, step.value)
    while not fake.memory.load_u32(step.address):
        fake.spend()
    return True


def _value(fake: FakeGuest, value: Value) -> int:
    return fake.memory.load_u32(value.address) if isinstance(value, At) else value & 0xFFFFFFFF


def _import(key: tuple[str, str]) -> str:
    params, _, result = CALLS[key].signature.partition(">")
    types = " ".join("i64" if letter == "I" else "i32" for letter in params)
    returns = "(result i32)" if result else ""
    return f'(import "{key[0]}" "{key[1]}" (func ${key[1]} (param {types}) {returns}))\n'


def _escaped(blob: bytes) -> str:
    return "".join(f"\\{byte:02x}" for byte in blob)


def _step(number: int, step: Step) -> str:
    if isinstance(step, SpinUntil):
        turn = f"(br_if $l{number} (i32.eqz (i32.load (i32.const {step.address}))))"
        return f"(loop $l{number} {turn})"
    if isinstance(step, Call):
        types = CALLS[step.key].signature
        args = " ".join(_operand(kind, arg) for kind, arg in zip(types, step.args, strict=False))
        left, right = f"(call ${step.key[1]} {args})", f"(i32.const {step.answer})"
    else:
        left, right = f"(i32.load (i32.const {step.address}))", _operand("i", step.value)
    return f"(if (i32.ne {left} {right}) (then (call $proc_exit (i32.const {number}))))"


def _operand(kind: str, value: Value) -> str:
    wide = "i64" if kind == "I" else "i32"
    if isinstance(value, At):
        return f"({wide}.load (i32.const {value.address}))"
    return f"({wide}.const {value})"


# --- the guests ---

OUT, IDS, PID, WAITED, WORD = 16, 32, 48, 56, 64
FDS, MORE_FDS = 72, 80
IOVEC, BYTE = 96, 104
SUBSCRIPTION, EVENTS = 128, 192
REQUEST, ACTIONS, TEXT = 256, 320, 512
STDIN_READ = struct.pack("<QB7xI4x24x", 0, 1, 0)
"""A subscription for fd 0 becoming readable."""
NONBLOCK = 4
INT, KILL, PIPE, ALRM = 2, 9, 13, 14
DEFAULT, IGNORE, CATCH = 0, 1, 2
SEARCH, SETPGROUP = 1, 2
MILLISECOND = 1_000_000

Action = tuple[int, int, int]


def request(
    path: bytes, argv: bytes, env: bytes = b"", *, actions: Sequence[Action] = (), flags: int = 0
) -> dict[int, bytes]:
    """The data of a spawn request that lies at REQUEST."""
    starts = (TEXT, TEXT + len(path), TEXT + len(path + argv))
    words = [w for pair in zip(starts, map(len, (path, argv, env)), strict=True) for w in pair]
    record = struct.pack("<12I", *words, 0, 0, ACTIONS, len(actions), flags, 0)
    packed = b"".join(struct.pack("<III", *action) for action in actions)
    return {REQUEST: record, ACTIONS: packed or b"\0", TEXT: path + argv + env}


_ONE_BYTE = {IOVEC: struct.pack("<II", BYTE, 1), BYTE: b"z\0\0\0"}

# The child reads a byte from one pipe and writes it to the other. Pipes come after the preopens 3 and 4.
PARENT: list[Step] = [
    Call("fd_pipe", 1, FDS),
    Check(FDS, 5),
    Check(FDS + 4, 6),
    Call("fd_pipe", 1, MORE_FDS),
    Check(MORE_FDS + 4, 8),
    Call("proc_spawn", REQUEST, PID),
    Call("fd_close", 5),
    Call("fd_close", 8),
    Call("proc_wait", -1, 1, WAITED),
    Check(WAITED, 0),
    Call("fd_write", 6, IOVEC, 1, OUT),
    Call("fd_read", 7, IOVEC, 1, OUT),
    Check(OUT, 1),
    Check(BYTE, 0x7A),
    Call("proc_wait", At(PID), 0, WAITED),
    Check(WAITED, At(PID)),
    Check(WAITED + 4, 0),
    Call("fd_read", 7, IOVEC, 1, OUT),
    Check(OUT, 0),
    Call("proc_wait", -1, 0, WAITED, answer="ECHILD"),
]
PARENT_DATA = {**_ONE_BYTE, **request(b"/tmp/read", b"read\0", actions=[(1, 5, 0), (1, 8, 1)])}

KILLER: list[Step] = [
    Call("proc_spawn", REQUEST, PID),
    Call("proc_kill", At(PID), 0),
    Call("proc_kill", At(PID), 77, answer="EINVAL"),
    Call("proc_setpgid", At(PID), 0),
    Call("proc_kill", At(PID), KILL),
    Call("proc_wait", At(PID), 0, WAITED),
    Check(WAITED + 4, KILL),
    Call("proc_kill", At(PID), 0, answer="ESRCH"),
    Call("proc_spawn", 65500, PID, answer="EFAULT"),
    Call("proc_wait", -1, 64, WAITED, answer="EINVAL"),
]
KILLER_DATA = request(b"spin", b"spin\0", b"PATH=/none:/tmp\0", flags=SEARCH | SETPGROUP)

DESCRIPTORS: list[Step] = [
    Call("fd_pipe", 0, FDS),
    Call("fd_dup", 5, 20, 1, OUT),
    Check(OUT, 20),
    Call("fd_cloexec", 20, 0, OUT),
    Check(OUT, 1),
    Call("fd_cloexec", 20, -1, OUT),
    Check(OUT, 0),
    Call("fd_dup2", 6, 21, 0),
    Call("fd_write", 21, IOVEC, 1, OUT),
    Call("fd_read", 20, IOVEC, 1, OUT),
    Check(OUT, 1),
    Call("fd_fdstat_set_flags", 20, NONBLOCK),
    Call("fd_read", 5, IOVEC, 1, OUT, answer="EAGAIN"),
    Call("fd_dup2", 6, 3, 0, answer="EBADF"),
    Call("fd_dup2", 60, 21, 0, answer="EBADF"),
    Call("fd_dup", 5, -1, 0, OUT, answer="EINVAL"),
    Call("fd_pipe", 2, FDS, answer="EINVAL"),
    Call("fd_pipe", 0, 65533, answer="EFAULT"),
    Call("tty_getpgrp", 5, OUT, answer="ENOTTY"),
    Call("tty_setpgrp", 5, 1, answer="ENOTTY"),
]

SIGNALS: list[Step] = [
    Call("signal_flag", WORD),
    Call("signal_set", INT, CATCH, OUT),
    Check(OUT, DEFAULT),
    Call("signal_set", INT, -1, OUT),
    Check(OUT, CATCH),
    Call("signal_set", KILL, IGNORE, OUT, answer="EINVAL"),
    Call("proc_ids", IDS),
    Check(IDS + 4, 1),
    Check(IDS + 8, At(IDS)),
    Check(WORD, 0),
    Call("proc_kill", At(IDS), INT),
    Check(WORD, 1),
    Call("signal_take", OUT),
    Check(OUT, INT),
    Check(WORD, 0),
    Call("signal_take", OUT),
    Check(OUT, 0),
    # An alarm ends a wait, once and then again.
    Call("signal_set", ALRM, CATCH, OUT),
    Call("signal_timer", 2 * MILLISECOND, 0, OUT),
    Call("poll_oneoff", SUBSCRIPTION, EVENTS, 1, OUT, answer="EINTR"),
    Call("signal_take", OUT),
    Check(OUT, ALRM),
    Call("signal_timer", MILLISECOND, MILLISECOND, OUT),
    Call("fd_read", 0, IOVEC, 1, OUT, answer="EINTR"),
    Call("signal_take", OUT),
    Call("signal_timer", 0, 0, OUT),
    Call("signal_set", PIPE, IGNORE, OUT),
    Call("fd_pipe", 0, FDS),
    Call("fd_close", 5),
    Call("fd_write", 6, IOVEC, 1, OUT, answer="EPIPE"),
    Call("proc_setsid", answer="EPERM"),
    Call("signal_flag", 65533, answer="EFAULT"),
]
SIGNALS_DATA = {SUBSCRIPTION: STDIN_READ, **_ONE_BYTE}

SLEEPER: list[Step] = [
    Call("signal_set", INT, CATCH, OUT),
    Call("fd_read", 0, IOVEC, 1, OUT, answer="EINTR"),
    Call("signal_take", OUT),
    Check(OUT, INT),
    Call("fd_read", 0, IOVEC, 1, OUT),
]
SPINNER: list[Step] = [
    Call("signal_flag", WORD),
    Call("signal_set", INT, CATCH, OUT),
    SpinUntil(WORD),
    Call("signal_take", OUT),
    Check(OUT, INT),
]

PLAYS: dict[str, tuple[list[Step], dict[int, bytes]]] = {
    "parent": (PARENT, PARENT_DATA),
    "killer": (KILLER, KILLER_DATA),
    "descriptors": (DESCRIPTORS, dict(_ONE_BYTE)),
    "signals": (SIGNALS, SIGNALS_DATA),
    "sleeper": (SLEEPER, dict(_ONE_BYTE)),
    "spinner": (SPINNER, {}),
}
