"""One line of text for each finished call, in the manner of strace(1).

Above: linker. Below: abi, call, memory. It reads the arguments and what the call wrote, decides
nothing, and believes nothing: a pointer that leads nowhere is shown as a number.

    fd_write(1, [{"hi\\n", 3}], 1) = 3
    path_open(3, FOLLOW, "etc/x", CREAT|EXCL, FD_READ, 0, 0) = -1 EEXIST
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from types import MappingProxyType

from orchestrator.kernel.reaping import WaitOptions
from orchestrator.kernel.signal import Signal
from orchestrator.wasi import abi, rights
from orchestrator.wasi.call import Call
from orchestrator.wasi.memory import Memory
from orchestrator.wasi.spawning import REQUEST_SIZE, Request, SpawnFlags
from orchestrator.wasi.terminal import FLUSH, MODES, RECORD_SIZE

TEXT_MAX = 32
"""Bytes of a text or buffer that are shown."""
VECTORS_MAX = 4
"""Vectors and subscriptions that are shown."""
_FLAGS_MAX = 4
_ESCAPES = MappingProxyType({9: "\\t", 10: "\\n", 13: "\\r", 34: '\\"', 92: "\\\\"})
_SCALARS = ("=size", "=fd", "=u64", "=u32")
_ADVICE = ("NORMAL", "SEQUENTIAL", "RANDOM", "WILLNEED", "DONTNEED", "NOREUSE")


@dataclass(frozen=True, slots=True)
class Finished:
    """A call that has returned.

    Args:
        memory: the guest's.
        ok: whether it succeeded, so that its results mean something.
        count: the one integer it wrote, where there is one: bytes moved, or an fd.
    """

    memory: Memory
    ok: bool
    count: int


def line(call: Call, memory: Memory, args: Sequence[int], answer: int | None) -> str:
    """Return the text for a call that answered `answer`; None: it did not come back."""
    ok = answer == 0 or call.result != "errno"
    place = _scalar_place(call)
    count = _load(memory, args[place[0]], place[1]) if ok and place else 0
    finished = Finished(memory, ok, count)
    shown: list[str] = []
    index = 0
    for param in call.params:
        width = len(param.wasm)
        if place is None or index != place[0]:
            shown += _show(finished, param.kind, args, index)
        index += width
    return f"{call.name}({', '.join(shown)}) = {_outcome(call, answer, place, count)}"


def quoted(data: bytes) -> str:
    """Return `data` between quotes, printable, cut off after TEXT_MAX bytes."""
    text = "".join(_escape(byte) for byte in data[:TEXT_MAX])
    return f'"{text}"' + ("..." if len(data) > TEXT_MAX else "")


def _escape(byte: int) -> str:
    if byte in _ESCAPES:
        return _ESCAPES[byte]
    return chr(byte) if 32 <= byte < 127 else f"\\x{byte:02x}"


def _scalar_place(call: Call) -> tuple[int, str] | None:
    """Return where the only integer result is written, as (index of the argument, kind)."""
    index, found = 0, []
    for param in call.params:
        if param.kind in _SCALARS:
            found.append((index, param.kind))
        index += len(param.wasm)
    return found[0] if len(found) == 1 else None


def _load(memory: Memory, ptr: int, kind: str) -> int:
    try:
        return memory.load_u64(ptr) if kind == "=u64" else memory.load_u32(ptr)
    except OSError:
        return 0


def _outcome(call: Call, answer: int | None, place: tuple[int, str] | None, count: int) -> str:
    if answer is None:
        return "?"
    if call.result == "value":
        return str(answer)
    if answer:
        return f"-1 {abi.SYMBOL.get(answer, answer)}"
    return str(count) if place else "0"


def _show(finished: Finished, kind: str, args: Sequence[int], index: int) -> list[str]:
    """Return the texts for the parameter whose first raw argument is at `index`."""
    renderer = _RENDERERS.get(kind)
    if renderer is None:
        return [_named(kind, args[index])]
    try:
        return renderer(finished, args, index)
    except (OSError, struct.error):
        return [f"0x{args[index] & abi.MASK32:x}"]


# --- numbers and flags ---


def _named(kind: str, value: int) -> str:
    if kind in _FLAGS:
        return _flags(_FLAGS[kind], value)
    if kind in _NAMES:
        names = _NAMES[kind]
        return names[value] if 0 <= value < len(names) else str(value)
    if kind == "ptr":
        return f"0x{value & abi.MASK32:x}"
    if kind in ("pid", "s32"):
        return str(value - (1 << 32) if value >= 1 << 31 else value)
    if kind == "mode":
        return f"{value & abi.MASK32:#o}"
    if kind == "delta":
        return str(value - (1 << 64) if value >= 1 << 63 else value)
    return str(value & abi.MASK64 if kind in ("offset", "time", "cookie") else value)


def _flags(kind: type[IntFlag], value: int) -> str:
    names = [flag.name or "" for flag in kind if value & flag]
    known = sum(flag for flag in kind if value & flag)
    if value & ~known or len(names) > _FLAGS_MAX:
        return f"0x{value & abi.MASK64:x}"
    return "|".join(names) or "0"


def _enum_names(kind: type[IntEnum]) -> tuple[str, ...]:
    return tuple(member.name for member in kind)


class _Lookup(IntFlag):
    FOLLOW = abi.LOOKUP_FOLLOW


class _Descriptor(IntFlag):
    CLOEXEC = 1


class _Terminal(IntFlag):
    FLUSH = FLUSH


_FLAGS: Mapping[str, type[IntFlag]] = MappingProxyType(
    {
        "lookup": _Lookup,
        "oflags": abi.OFlags,
        "fdflags": abi.FdFlags,
        "fstflags": abi.FstFlags,
        "wait": WaitOptions,
        "cloexec": _Descriptor,
        "ttyflags": _Terminal,
    }
)
_NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "clock": _enum_names(abi.Clock),
        "whence": _enum_names(abi.Whence),
        "advice": _ADVICE,
        "signal": abi.SIGNAL_NAMES,
        "signo": ("0", *(signal.name for signal in Signal)),
    }
)


# --- what lies in memory ---


def _rights(finished: Finished, args: Sequence[int], index: int) -> list[str]:
    value = args[index] & rights.ALL
    return ["ALL" if value == rights.ALL else _flags(abi.Rights, value)]


def _path(finished: Finished, args: Sequence[int], index: int) -> list[str]:
    return [quoted(finished.memory.read(args[index], args[index + 1]))]


def _buffer(finished: Finished, args: Sequence[int], index: int) -> list[str]:
    """A buffer the call filled, as far as it did."""
    size = args[index + 1] & abi.MASK32
    if not finished.ok:
        return [f"0x{args[index] & abi.MASK32:x}", str(size)]
    filled = min(size, finished.count) if finished.count else size
    return [quoted(finished.memory.read(args[index], filled)), str(size)]


def _ciovecs(finished: Finished, args: Sequence[int], index: int) -> list[str]:
    return _vectors(finished, args, index, None)


def _iovecs(finished: Finished, args: Sequence[int], index: int) -> list[str]:
    return _vectors(finished, args, index, finished.count if finished.ok else 0)


def _vectors(finished: Finished, args: Sequence[int], index: int, filled: int | None) -> list[str]:
    """Return the vectors with their content; of buffers to fill, the `filled` bytes."""
    count = args[index + 1]
    memory = finished.memory
    shown = []
    for number in range(max(0, min(count, VECTORS_MAX))):
        buffer, size = memory.load_pair(args[index] + 8 * number)
        held = size if filled is None else min(size, filled)
        filled = None if filled is None else filled - held
        text = quoted(memory.read(buffer, min(held, TEXT_MAX + 1)))
        shown.append(f"{{{text}, {size}}}")
    return [f"[{', '.join(shown)}{', ...' if count > VECTORS_MAX else ''}]", str(count)]


def _dirents(finished: Finished, args: Sequence[int], index: int) -> list[str]:
    size = args[index + 1] & abi.MASK32
    if not finished.ok:
        return [f"0x{args[index] & abi.MASK32:x}", str(size)]
    data = finished.memory.read(args[index], finished.count)
    names: list[str] = []
    offset = 0
    while offset + abi.DIRENT_SIZE <= len(data) and len(names) < VECTORS_MAX:
        _, _, length, _ = abi.unpack_dirent(data, offset)
        offset += abi.DIRENT_SIZE
        names.append(quoted(data[offset : offset + length]))
        offset += length
    more = ", ..." if offset < len(data) else ""
    return [f"[{', '.join(names)}{more}]", str(size)]


def _subscriptions(finished: Finished, args: Sequence[int], index: int) -> list[str]:
    count = args[index + 2]
    shown = []
    for number in range(max(0, min(count, VECTORS_MAX))):
        data = finished.memory.read(
            args[index] + number * abi.SUBSCRIPTION_SIZE, abi.SUBSCRIPTION_SIZE
        )
        shown.append(_subscription(abi.Subscription.unpack(data)))
    return [f"[{', '.join(shown)}{', ...' if count > VECTORS_MAX else ''}]"]


def _subscription(item: abi.Subscription) -> str:
    if item.kind != abi.EventType.CLOCK:
        kind = "FD_READ" if item.kind == abi.EventType.FD_READ else "FD_WRITE"
        return f"{{{kind}, {item.ident}}}"
    absolute = ", ABSTIME" if item.flags & abi.SUBSCRIPTION_ABSTIME else ""
    return f"{{CLOCK, {_named('clock', item.ident)}, {item.timeout}{absolute}}}"


def _events(finished: Finished, args: Sequence[int], index: int) -> list[str]:
    """The events that happened: which subscription by its user data, and with what error."""
    if not finished.ok:
        return [f"0x{args[index] & abi.MASK32:x}"]
    shown = []
    for number in range(min(finished.count, VECTORS_MAX)):
        data = finished.memory.read(args[index] + number * abi.EVENT_SIZE, abi.EVENT_SIZE)
        event = abi.Event.unpack(data)
        error = f", {abi.SYMBOL.get(event.error, event.error)}" if event.error else ""
        shown.append(f"{{{event.userdata}{error}}}")
    return [f"[{', '.join(shown)}{', ...' if finished.count > VECTORS_MAX else ''}]"]


def _record(
    size: int, show: Callable[[bytes], str]
) -> Callable[[Finished, Sequence[int], int], list[str]]:
    """Return a renderer for a record the call wrote."""

    def render(finished: Finished, args: Sequence[int], index: int) -> list[str]:
        if not finished.ok:
            return [f"0x{args[index] & abi.MASK32:x}"]
        return [f"{{{show(finished.memory.read(args[index], size))}}}"]

    return render


def _filestat(data: bytes) -> str:
    facts = abi.Filestat.unpack(data)
    return f"{abi.Filetype(facts.filetype).name}, nlink={facts.nlink}, size={facts.size}"


def _fdstat(data: bytes) -> str:
    facts = abi.Fdstat.unpack(data)
    kind, flags = abi.Filetype(facts.filetype).name, _flags(abi.FdFlags, facts.flags)
    return f"{kind}, flags={flags}, base=0x{facts.base:x}, inheriting=0x{facts.inheriting:x}"


def _owner(data: bytes) -> str:
    mode, uid, gid = struct.unpack("<III", data)
    return f"mode={mode:#o}, uid={uid}, gid={gid}"


def _window(data: bytes) -> str:
    rows, columns = struct.unpack("<HH", data)
    return f"rows={rows}, columns={columns}"


def _waited(data: bytes) -> str:
    pid, status = struct.unpack("<II", data)
    return f"pid={pid}, status={status:#06x}"


def _ids(data: bytes) -> str:
    pid, ppid, pgid, sid = struct.unpack("<IIII", data)
    return f"pid={pid}, ppid={ppid}, pgid={pgid}, sid={sid}"


def _fds(data: bytes) -> str:
    return "{}, {}".format(*struct.unpack("<II", data))


def _termios(data: bytes) -> str:
    modes, minimum = struct.unpack_from("<IB", data)
    shown = [name for bit, name in enumerate(MODES) if modes >> bit & 1]
    return f"{' '.join(shown)}, min={minimum}"


def _settings(finished: Finished, args: Sequence[int], index: int) -> list[str]:
    return [f"{{{_termios(finished.memory.read(args[index], RECORD_SIZE))}}}"]


def _spawn(finished: Finished, args: Sequence[int], index: int) -> list[str]:
    """What is started: the path, the arguments, and what else is special."""
    memory = finished.memory
    wanted = Request.unpack(memory.read(args[index], REQUEST_SIZE))
    path = quoted(memory.read(wanted.path, min(wanted.path_len, TEXT_MAX + 1)))
    # Four arguments of the length that is shown, and one more so that it is seen that there are more.
    head = memory.read(wanted.argv, min(wanted.argv_len, (TEXT_MAX + 2) * (VECTORS_MAX + 1)))
    argv = head.rstrip(b"\0").split(b"\0")
    shown = ", ".join(quoted(argument) for argument in argv[:VECTORS_MAX])
    more = ", ..." if len(argv) > VECTORS_MAX else ""
    flags = _flags(SpawnFlags, wanted.flags)
    return [f"{{{path}, [{shown}{more}], actions={wanted.actions_len}, flags={flags}}}"]


def _prestat(data: bytes) -> str:
    return f"DIR, {struct.unpack('<4xI', data)[0]}"


def _u32(finished: Finished, args: Sequence[int], index: int) -> list[str]:
    """An integer that is passed by address."""
    return [f"[{finished.memory.load_u32(args[index])}]"]


def _u32_result(finished: Finished, args: Sequence[int], index: int) -> list[str]:
    """One of several integer results."""
    return _u32(finished, args, index) if finished.ok else [_named("ptr", args[index])]


_RENDERERS: Mapping[str, Callable[[Finished, Sequence[int], int], list[str]]] = MappingProxyType(
    {
        "rights": _rights,
        "path": _path,
        "buffer": _buffer,
        "ciovecs": _ciovecs,
        "iovecs": _iovecs,
        "dirents": _dirents,
        "subscriptions": _subscriptions,
        "events": _events,
        "spawn": _spawn,
        "termios": _settings,
        "=termios": _record(RECORD_SIZE, _termios),
        "=waited": _record(8, _waited),
        "=ids": _record(16, _ids),
        "=fds": _record(8, _fds),
        "u32at": _u32,
        "=u32": _u32_result,
        "=filestat": _record(abi.FILESTAT_SIZE, _filestat),
        "=fdstat": _record(abi.FDSTAT_SIZE, _fdstat),
        "=prestat": _record(abi.PRESTAT_SIZE, _prestat),
        "=owner": _record(12, _owner),
        "=window": _record(4, _window),
    }
)
