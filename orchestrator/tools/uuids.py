"""uuidgen(1)."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from orchestrator.tools.options import Parsed, Tool, UsageError

if TYPE_CHECKING:
    from orchestrator.kernel.system import System

_SINCE_1582 = 0x01B21DD213814000  # of 100 ns, to 1970 (RFC 9562, 5.1)
_NAMESPACES = {
    "@dns": "6ba7b8109dad11d180b400c04fd430c8",
    "@url": "6ba7b8119dad11d180b400c04fd430c8",
    "@oid": "6ba7b8129dad11d180b400c04fd430c8",
    "@x500": "6ba7b8149dad11d180b400c04fd430c8",
    "@x.500": "6ba7b8149dad11d180b400c04fd430c8",
}


def _formatted(data: bytes, version: int) -> str:
    raw = bytearray(data[:16])
    raw[6] = raw[6] & 0x0F | version << 4
    raw[8] = raw[8] & 0x3F | 0x80
    text = raw.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def _by_time(system: System) -> str:
    ticks = system.realtime() // 100 + _SINCE_1582
    noise = bytearray(system.random(8))
    noise[2] |= 1  # a multicast address: it belongs to no network card
    low = (ticks & 0xFFFFFFFF).to_bytes(4, "big") + (ticks >> 32 & 0xFFFF).to_bytes(2, "big")
    return _formatted(low + (ticks >> 48).to_bytes(2, "big") + bytes(noise), 1)


def _by_name(parsed: Parsed) -> str:
    space, name = parsed.last("n", "namespace"), parsed.last("N", "name")
    if space is None or name is None:
        missing = "namespace" if space is None else "name"
        raise UsageError(f"--{missing} argument is required with --md5 or --sha1", hint=False)
    digits = _NAMESPACES.get(space, space.replace("-", "").lower())
    if not re.fullmatch(r"[0-9a-f]{32}", digits):
        raise UsageError(f"unknown namespace alias: '{space}'", hint=False)
    data = bytes.fromhex(digits) + name.encode("utf-8", "surrogateescape")
    if parsed.has("m", "md5"):
        return _formatted(hashlib.md5(data, usedforsecurity=False).digest(), 3)
    return _formatted(hashlib.sha1(data, usedforsecurity=False).digest(), 5)


def _uuidgen(system: System, parsed: Parsed) -> int:
    if parsed.has("m", "md5", "s", "sha1"):
        made = _by_name(parsed)
    elif parsed.has("t", "time"):
        made = _by_time(system)
    else:
        made = _formatted(system.random(16), 4)
    system.stdout.write(f"{made}\n")
    return 0


UUIDGEN = Tool(
    "uuidgen",
    "Make a number that is unique.",
    "uuidgen [-r|-t] [-m|-s -n NAMESPACE -N NAME]",
    _uuidgen,
    "rtmsn:N:",
    ("random", "time", "md5", "sha1", "namespace=", "name="),
)
