"""Floating-point numbers as printf(3) reads and writes them."""

from __future__ import annotations

import math
import re

_FLOAT = re.compile(
    r"\s*([-+]?(?:0[xX][0-9a-fA-F]*\.?[0-9a-fA-F]*(?:[pP][-+]?\d+)?|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?))"
)
_NAMED = re.compile(r"\s*([-+]?(?:inf(?:inity)?|nan))", re.IGNORECASE)


def parse_float(text: str) -> tuple[float, bool]:
    """Return the number at the start of `text` (0 if there is none), and whether that was all of it."""
    match = _NAMED.match(text) or _FLOAT.match(text)
    if match is None:
        return 0.0, False
    digits = match.group(1)
    try:
        value = float.fromhex(digits) if "x" in digits.lower() else float(digits)
    except (ValueError, OverflowError):
        return 0.0, False
    return value, match.end() == len(text)


def format_float(value: float, letter: str, precision: int | None, alternate: bool) -> str:
    """Return `value` as `%e %f %g %a` print it, sign included, without flags and width."""
    if not math.isfinite(value):
        text = str(value)
        return text.upper() if letter.isupper() else text
    if letter in "aA":
        text = _hexadecimal(value, precision)
        return text.upper() if letter == "A" else text
    form = f"{'#' if alternate else ''}.{6 if precision is None else precision}{letter}"
    return format(value, form)


def _hexadecimal(value: float, precision: int | None) -> str:
    """`%a`, with the digits as x86's 80-bit numbers give them (leading digit 8 to f), as bash prints."""
    if value == 0:
        zeros = "." + "0" * precision if precision else ""
        return f"{'-' if math.copysign(1, value) < 0 else ''}0x0{zeros}p+0"
    mantissa, exponent = math.frexp(abs(value))
    digits = int(mantissa * (1 << 64))
    exponent -= 4
    if precision is not None and precision < 15:
        digits, exponent = _rounded(digits, exponent, precision)
    text = f"{digits:016x}"
    fraction = text[1:].rstrip("0") if precision is None else text[1 : 1 + precision]
    fraction = fraction.ljust(precision or 0, "0")
    sign = "-" if value < 0 else ""
    return f"{sign}0x{text[0]}{'.' + fraction if fraction else ''}p{exponent:+d}"


def _rounded(digits: int, exponent: int, precision: int) -> tuple[int, int]:
    """Round a 64-bit mantissa to `precision` digits behind the first, half to even."""
    unit = 1 << (60 - 4 * precision)
    quotient, rest = divmod(digits, unit)
    if rest * 2 > unit or (rest * 2 == unit and quotient & 1):
        quotient += 1
    digits = quotient * unit
    if digits >= 1 << 64:
        return digits >> 4, exponent + 4
    return digits, exponent
