"""Contents: random writes and cuts against a bytearray, holes, backings, and room that runs out."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from vfs.content import CHUNK, SIZE_MAX, Content, Fixed, Lazy
from vfs.contract import raises
from vfs.quota import Ledger, Quota

# Around the edges of chunks, where the mistakes are.
offsets = some.one_of(
    some.integers(0, 40),
    some.integers(CHUNK - 20, CHUNK + 20),
    some.integers(2 * CHUNK - 20, 2 * CHUNK + 20),
)
sizes = some.one_of(some.integers(0, 40), some.integers(CHUNK - 5, CHUNK + 5), some.just(2 * CHUNK))
steps = some.one_of(
    some.tuples(some.just("write"), offsets, sizes),
    some.tuples(some.just("truncate"), offsets),
    some.tuples(some.just("read"), offsets, sizes),
)
backings = some.one_of(some.just(0), sizes)


def pattern(size: int, seed: int = 1) -> bytes:
    return bytes((seed + 7 * at) % 251 for at in range(min(size, 997))) * (size // 997 + 1)


def new(backing: int = 0, room: int = 1 << 30) -> tuple[Content, bytearray, Ledger]:
    data = pattern(backing, 3)[:backing]
    ledger = Ledger(Quota(room))
    return Content(ledger, Fixed(data) if backing else None, backing), bytearray(data), ledger


def apply(content: Content, model: bytearray, step: tuple[Any, ...], seed: int) -> None:
    match step:
        case ("write", offset, size):
            data = pattern(size, seed)[:size]
            assert content.write(offset, data) == size
            if size:
                model.extend(bytes(max(0, offset - len(model))))
                model[offset : offset + size] = data
        case ("truncate", size):
            content.truncate(size)
            model.extend(bytes(max(0, size - len(model))))
            del model[size:]
        case ("read", offset, size):
            assert content.read(offset, size) == bytes(model[offset : offset + size])


@settings(max_examples=150, deadline=None)
@given(backings, some.lists(steps, max_size=8))
def test_like_a_bytearray(backing: int, script: list[Any]) -> None:
    content, model, ledger = new(backing)
    for seed, step in enumerate(script):
        apply(content, model, step, seed)
        assert content.size == len(model)
        assert content.stored == ledger.bytes <= len(model) + CHUNK
    assert content.read(0, len(model) + 1) == bytes(model)
    content.discard()
    assert ledger.bytes == 0


@settings(max_examples=150, deadline=None)
@given(backings, some.lists(steps, max_size=5), sizes, offsets, sizes)
def test_full_means_a_short_count_or_nothing(
    backing: int, script: list[Any], room: int, offset: int, size: int
) -> None:
    content, model, ledger = new(backing)
    for seed, step in enumerate(script):
        apply(content, model, step, seed)
    ledger.quota = Quota(ledger.bytes + room)
    data = pattern(size, 99)[:size]
    try:
        done = content.write(offset, data)
    except OSError:
        done = 0
    if done:
        model.extend(bytes(max(0, offset - len(model))))
        model[offset : offset + done] = data[:done]
    assert content.read(0, len(model) + 1) == bytes(model)
    assert content.stored == ledger.bytes <= ledger.quota.max_bytes
    if done < size:
        with raises("ENOSPC"):
            assert content.write(offset + done, data[done:]) == 0


def test_append_touches_only_the_last_chunk() -> None:
    content, _, _ = new()
    content.write(0, bytes(8 * CHUNK))
    before = [id(chunk) for chunk in content._chunks.values()]
    content.write(content.size, b"x")
    assert [id(chunk) for chunk in content._chunks.values()][:8] == before
    assert len(content._chunks[8]) == 1


def test_holes_store_nothing() -> None:
    content, _, ledger = new(room=100)
    content.truncate(SIZE_MAX)
    assert content.read(1 << 43, 8) == bytes(8)
    assert content.write(1 << 42, b"here") == 4
    assert content.read((1 << 42) - 2, 8) == b"\0\0here\0\0"
    assert ledger.bytes <= 100
    content.truncate(10)
    assert ledger.bytes == 0


def test_limits() -> None:
    content, _, _ = new()
    with raises("EFBIG"):
        content.write(SIZE_MAX, b"x")
    with raises("EFBIG"):
        content.truncate(SIZE_MAX + 1)
    assert content.write(SIZE_MAX - 1, b"x") == 1
    assert content.write(0, b"") == 0


def test_backing_is_not_copied_until_written() -> None:
    data = pattern(3 * CHUNK)[: 3 * CHUNK]
    ledger = Ledger(Quota(CHUNK))
    content = Content(ledger, Fixed(data), len(data))
    assert content.read(0, len(data)) is data
    assert (ledger.bytes, content.occupied) == (0, len(data))
    content.write(CHUNK + 5, b"XYZ")
    assert (ledger.bytes, content.occupied) == (CHUNK, len(data))
    assert content.read(0, len(data)) == data[: CHUNK + 5] + b"XYZ" + data[CHUNK + 8 :]
    with raises("ENOSPC"):
        content.write(0, b"no room to copy a second chunk")
    assert content.read(0, 10) == data[:10]


def test_cut_backing_does_not_come_back() -> None:
    content, _, _ = new(2 * CHUNK)
    content.truncate(3)
    content.truncate(2 * CHUNK)
    assert content.read(3, 100) == bytes(100)
    content.write(10, b"x")
    assert content.read(3, 8) == bytes(7) + b"x"


def test_lazy_loads_once() -> None:
    calls = []

    def load() -> bytes:
        calls.append(1)
        return b"tool"

    content = Content(Ledger(Quota()), Lazy(load, 4), 4)
    assert (content.size, calls) == (4, [])
    assert content.read(1, 2) == b"oo"
    assert content.read(0, 4) == b"tool"
    assert calls == [1]


def test_lazy_with_a_broken_promise() -> None:
    with raises("EIO"):
        Content(Ledger(Quota()), Lazy(lambda: b"short", 100), 100).read(0, 1)


def test_lazy_failure_is_not_remembered() -> None:
    answers = iter([OSError(5, "gone"), b"back"])

    def load() -> bytes:
        answer = next(answers)
        if isinstance(answer, OSError):
            raise answer
        return answer

    content = Content(Ledger(Quota()), Lazy(load, 4), 4)
    with pytest.raises(OSError, match="gone"):
        content.read(0, 4)
    assert content.read(0, 4) == b"back"
