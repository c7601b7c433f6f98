"""Small guests, each twice: as wasm text for real engines and as a function for the fake one."""

from collections.abc import Callable
from dataclasses import dataclass

from steps import PLAYS, play, wat

from orchestrator.platform.base import UNREACHABLE, Trapped
from orchestrator.platform.fake import FakeGuest

_WASI = "wasi_snapshot_preview1"
_WRITE = f'(import "{_WASI}" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))'
_READ = f'(import "{_WASI}" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))'
_EXIT = f'(import "{_WASI}" "proc_exit" (func $exit (param i32)))'
_POLL = f'(import "{_WASI}" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))'

IOVEC, RESULT, TEXT = 16, 8, 64


@dataclass(frozen=True)
class Guest:
    wat: str
    fake: Callable[[FakeGuest], None]


def _module(imports: str, body: str, memory: str = "1", data: str = "") -> str:
    return f"""(module {imports}
      (memory (export "memory") {memory})
      (data (i32.const {TEXT}) "{data}")
      (data (i32.const {IOVEC}) "\\{TEXT:02x}\\00\\00\\00\\01\\00\\00\\00")
      {body})"""


def _say(fake: FakeGuest, text: bytes) -> int:
    fake.memory.write(TEXT, text)
    fake.memory.store_u32(IOVEC, TEXT)
    fake.memory.store_u32(IOVEC + 4, len(text))
    return fake.call("fd_write", 1, IOVEC, 1, RESULT)


def _spin(fake: FakeGuest) -> None:
    fake.spend()
    while True:
        fake.spend()


def _count(fake: FakeGuest) -> None:
    """3.5 slices of work, then a normal end."""
    fake.spend()
    for _ in range(3_500_000):
        fake.spend()


def _exit(fake: FakeGuest) -> None:
    fake.spend()
    fake.call("proc_exit", 42)


def _trap(fake: FakeGuest) -> None:
    fake.spend()
    raise Trapped(UNREACHABLE)


def _outside(fake: FakeGuest) -> None:
    fake.spend()
    raise Trapped("memory out of bounds")


def _read(fake: FakeGuest) -> None:
    fake.spend()
    fake.memory.store_u32(IOVEC, TEXT)
    fake.memory.store_u32(IOVEC + 4, 1)
    fake.call("fd_read", 0, IOVEC, 1, RESULT)
    fake.call("fd_write", 1, IOVEC, 1, RESULT)


def _flood(fake: FakeGuest) -> None:
    """Writes a letter for ever; ends by itself only on an error."""
    fake.spend()
    while True:
        fake.spend()
        if _say(fake, b"y"):
            return


def _ticks(letter: bytes, turns: int) -> Callable[[FakeGuest], None]:
    def run(fake: FakeGuest) -> None:
        fake.spend()
        for _ in range(20):
            fake.spend()
            for _ in range(turns):
                fake.spend()
            _say(fake, letter)

    return run


def _grow(fake: FakeGuest) -> None:
    fake.spend()
    while True:
        fake.spend()
        if fake.grow(16) == -1:
            break
    _say(fake, b"!")


def _recurse(fake: FakeGuest) -> None:
    raise Trapped("stack overflow")


def _ticks_wat(letter: str, turns: int) -> str:
    body = f"""(func (export "_start") (local $i i32) (local $j i32)
      (loop $outer
        (local.set $j (i32.const 0))
        (loop $inner
          (local.set $j (i32.add (local.get $j) (i32.const 1)))
          (br_if $inner (i32.lt_u (local.get $j) (i32.const {turns}))))
        (drop (call $write (i32.const 1) (i32.const {IOVEC}) (i32.const 1) (i32.const {RESULT})))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $outer (i32.lt_u (local.get $i) (i32.const 20)))))"""
    return _module(_WRITE, body, data=letter)


_WRITE_ONE = f"(call $write (i32.const 1) (i32.const {IOVEC}) (i32.const 1) (i32.const {RESULT}))"

GUESTS: dict[str, Guest] = {
    "spin": Guest(_module("", '(func (export "_start") (loop $l (br $l)))'), _spin),
    "count": Guest(
        _module(
            "",
            """(func (export "_start") (local $i i32)
               (loop $l (local.set $i (i32.add (local.get $i) (i32.const 1)))
                        (br_if $l (i32.lt_u (local.get $i) (i32.const 3500000)))))""",
        ),
        _count,
    ),
    "exit": Guest(_module(_EXIT, '(func (export "_start") (call $exit (i32.const 42)))'), _exit),
    "trap": Guest(_module("", '(func (export "_start") unreachable)'), _trap),
    "outside": Guest(
        _module("", '(func (export "_start") (drop (i32.load (i32.const 0x7fff0000))))'), _outside
    ),
    "recurse": Guest(
        _module(
            "",
            "(func $f (param i32) (call $f (i32.add (local.get 0) (i32.const 1)))"
            ' (call $f (local.get 0))) (func (export "_start") (call $f (i32.const 0)))',
        ),
        _recurse,
    ),
    "read": Guest(
        _module(
            _READ + _WRITE,
            f"""(func (export "_start")
               (drop (call $read (i32.const 0) (i32.const {IOVEC}) (i32.const 1) (i32.const {RESULT})))
               (drop {_WRITE_ONE}))""",
        ),
        _read,
    ),
    "flood": Guest(
        _module(
            _WRITE,
            f'(func (export "_start") (loop $l (br_if $l (i32.eqz {_WRITE_ONE}))))',
            data="y",
        ),
        _flood,
    ),
    "tick": Guest(_ticks_wat("a", 300_000), _ticks(b"a", 300_000)),
    "tock": Guest(_ticks_wat("b", 170_000), _ticks(b"b", 170_000)),
    "grow": Guest(
        _module(
            _WRITE,
            f"""(func (export "_start")
               (loop $l (br_if $l (i32.ne (memory.grow (i32.const 16)) (i32.const -1))))
               (drop {_WRITE_ONE}))""",
            data="!",
        ),
        _grow,
    ),
}
GUESTS |= {name: Guest(wat(*made), play(*made)) for name, made in PLAYS.items()}
