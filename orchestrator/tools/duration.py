"""Time spans as sleep(1) and timeout(1) take them: `1.5`, `2m`, `infinity`."""

from __future__ import annotations

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
FOREVER = 1 << 62


def parse_duration(text: str) -> int:
    """Nanoseconds; FOREVER for `infinity` and what is longer. Raises ValueError."""
    number, unit = (text[:-1], text[-1]) if text[-1:] in _UNITS else (text, "s")
    if unit == "d" and text[:2].lower() == "0x" and "p" not in text.lower():
        number, unit = text, "s"  # a digit of a hexadecimal number
    if "_" in number or number != number.strip():
        raise ValueError(text)
    is_hexadecimal = number[:2].lower() == "0x"
    seconds = float.fromhex(number) if is_hexadecimal else float(number)
    if not seconds >= 0:  # also for nan
        raise ValueError(text)
    total = seconds * _UNITS[unit]
    return FOREVER if total > FOREVER / 1e9 else int(total * 1e9)
