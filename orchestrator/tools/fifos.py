"""mkfifo(1), mknod(1) as far as FIFOs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.tools.mode import InvalidMode, apply_mode, parse_mode
from orchestrator.tools.options import Parsed, Tool, UsageError, missing_operand, quote
from vfs.errors import text

if TYPE_CHECKING:
    from orchestrator.kernel.system import System

_DEFAULT = 0o666


def _mode(system: System, parsed: Parsed) -> int | None:
    """The bits of -m; None without it. Raises UsageError."""
    word = parsed.last("m", "mode")
    if word is None:
        return None
    try:
        bits = apply_mode(parse_mode(word, system.umask()), _DEFAULT, is_dir=False)
    except InvalidMode:
        raise UsageError("invalid mode", hint=False) from None
    if bits & ~0o777:
        raise UsageError("mode must specify only file permission bits", hint=False)
    return bits


def _make(system: System, path: str, bits: int | None) -> None:
    system.mkfifo(path, _DEFAULT if bits is None else bits)
    if bits is not None:
        system.chmod(path, bits)  # -m is not masked


def _mkfifo(system: System, parsed: Parsed) -> int:
    missing_operand(parsed)
    bits = _mode(system, parsed)
    failed = False
    for path in parsed.operands:
        try:
            _make(system, path, bits)
        except OSError as error:
            system.stderr.write(f"mkfifo: cannot create fifo {quote(path)}: {text(error)}\n")
            failed = True
    return int(failed)


def _mknod(system: System, parsed: Parsed) -> int:
    bits = _mode(system, parsed)
    missing_operand(parsed, 2)
    path, kind, *numbers = parsed.operands
    if kind.startswith("p"):
        if numbers:
            lines = f"extra operand {quote(numbers[0])}"
            extra = "\nFifos do not have major and minor device numbers."
            raise UsageError(lines + (extra if len(numbers) == 2 else ""))
        try:
            _make(system, path, bits)
        except OSError as error:
            raise UsageError(f"{path}: {text(error)}", hint=False) from None
        return 0
    if len(numbers) < 2:
        extra = "\nSpecial files require major and minor device numbers."
        last = parsed.operands[-1]
        raise UsageError(f"missing operand after {quote(last)}" + (extra if not numbers else ""))
    if len(numbers) > 2:
        raise UsageError(f"extra operand {quote(numbers[2])}")
    if kind[:1] not in ("b", "c", "u"):
        raise UsageError(f"invalid device type {quote(kind)}")
    raise UsageError(f"{path}: Operation not permitted", hint=False)


MKFIFO = Tool("mkfifo", "Make named pipes.", "mkfifo [-m MODE] NAME...", _mkfifo, "m:", ("mode=",))
MKNOD = Tool(
    "mknod",
    "Make a named pipe (type p).",
    "mknod [-m MODE] NAME TYPE [MAJOR MINOR]",
    _mknod,
    "m:",
    ("mode=",),
)
