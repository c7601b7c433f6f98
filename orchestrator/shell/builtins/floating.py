"""Floating-point numbers as printf(3) reads and writes them on x86: 64 bits of mantissa, as bash has them there.

Everything is exact integer arithmetic, so that both engines print the same digits.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_HEX = re.compile(r"\s*([-+]?)0[xX]([0-9a-fA-F]*)(?:\.([0-9a-fA-F]*))?(?:[pP]([-+]?\d+))?")
_DECIMAL = re.compile(r"\s*([-+]?)(?=\.?\d)(\d*)(?:\.(\d*))?(?:[eE]([-+]?\d+))?")
_NAMED = re.compile(r"\s*([-+]?)(inf(?:inity)?|nan)", re.IGNORECASE)

BITS, LARGEST_EXPONENT, SMALLEST_EXPONENT = 64, 16384 - 64, -16445
MOST_DIGITS = 4000
"""Digits of a number that are looked at; a longer one is only told to be a little more."""
MOST_PLACES = 16500
"""Decimal places an exact expansion can have; more are zeros."""
FAR = 6000


class Real(NamedTuple):
    """`mantissa * 2 ** exponent`, or `special` (`inf`, `nan`)."""

    negative: bool = False
    mantissa: int = 0
    exponent: int = 0
    special: str = ""


class Parsed(NamedTuple):
    """What the beginning of a text is: its value, whether that was all of it, whether it is out of range."""

    value: Real
    complete: bool
    out_of_range: bool = False


def parse_float(text: str) -> Parsed:
    """Return the number at the start of `text`, 0 if there is none."""
    named = _NAMED.match(text)
    if named is not None:
        value = Real(named[1] == "-", special=named[2][:3].lower())
        return Parsed(value, named.end() == len(text))
    match = _HEX.match(text)
    base = 16
    if match is None or not (match[2] or match[3]):
        match, base = _DECIMAL.match(text), 10
    if match is None:
        return Parsed(Real(), not text)
    value, out_of_range = _rounded_value(match, base)
    return Parsed(value, match.end() == len(text), out_of_range)


def whole(code: int) -> Real:
    """Return an integer as a number."""
    return _nearest(False, code, 1)


def _rounded_value(match: re.Match[str], base: int) -> tuple[Real, bool]:
    sign, before, behind, power = match.groups()
    behind = behind or ""
    bits = 4 if base == 16 else 1
    digits = (before + behind).lstrip("0")
    scale = _bounded(power) - len(behind) * bits
    if not digits:
        return Real(sign == "-"), False
    dropped = digits[MOST_DIGITS:]
    if dropped:
        digits = digits[:MOST_DIGITS] + ("1" if dropped.strip("0") else "0")
        scale += (len(dropped) - 1) * bits
    if not -FAR * bits * 4 < scale + len(digits) < FAR * bits * 4:
        return (Real(sign == "-", special="inf") if scale > 0 else Real(sign == "-")), True
    number = int(digits, base)
    unit = 1 << abs(scale) if base == 16 else 10 ** abs(scale)
    numerator, denominator = (number * unit, 1) if scale >= 0 else (number, unit)
    value = _nearest(sign == "-", numerator, denominator)
    return value, bool(value.special) or not value.mantissa


def _bounded(power: str | None) -> int:
    """Return an exponent; one too large for anything is as good as any other such."""
    if not power:
        return 0
    return max(-99999, min(99999, int(power[:12])))


def _nearest(negative: bool, numerator: int, denominator: int) -> Real:
    """Return the number nearest to a fraction, half to even."""
    if not numerator:
        return Real(negative)
    exponent = max(numerator.bit_length() - denominator.bit_length() - BITS, SMALLEST_EXPONENT)
    mantissa = _divided(numerator, denominator, exponent)
    while mantissa >> BITS:
        exponent += 1
        mantissa = _divided(numerator, denominator, exponent)
    if exponent > LARGEST_EXPONENT:
        return Real(negative, special="inf")
    return Real(negative, mantissa, exponent)


def _divided(numerator: int, denominator: int, exponent: int) -> int:
    """Return the fraction over `2 ** exponent`, rounded half to even."""
    if exponent >= 0:
        denominator <<= exponent
    else:
        numerator <<= -exponent
    quotient, rest = divmod(numerator, denominator)
    if rest * 2 > denominator or (rest * 2 == denominator and quotient & 1):
        quotient += 1
    return quotient


def format_float(value: Real, letter: str, precision: int | None, alternate: bool) -> str:
    """Return `value` as `%e %f %g %a` print it, sign included, without flags and width."""
    sign = "-" if value.negative else ""
    if value.special:
        text = value.special
    elif letter in "aA":
        text = _hexadecimal(value, precision, alternate)
    elif letter in "fF":
        text = _fixed(value, 6 if precision is None else precision, alternate)
    elif letter in "eE":
        text = _scientific(value, 6 if precision is None else precision, alternate)
    else:
        text = _general(value, 6 if precision is None else precision or 1, alternate)
    return sign + (text.upper() if letter.isupper() else text)


def _scaled(value: Real, places: int) -> int:
    """Return `value * 10 ** places`, rounded half to even."""
    numerator, denominator = value.mantissa, 1
    if places >= 0:
        numerator *= 10**places
    else:
        denominator = 10**-places
    return _divided(numerator, denominator, -value.exponent)


def _text(number: int) -> str:
    """Return decimal digits; Python refuses to make more than 4,300 at once."""
    if number.bit_length() < 13_000:
        return str(number)
    half = number.bit_length() * 30103 // 200_000
    high, low = divmod(number, 10**half)
    return _text(high) + _text(low).zfill(half)


def _fixed(value: Real, places: int, alternate: bool) -> str:
    exact = min(places, MOST_PLACES)
    digits = _text(_scaled(value, exact)).zfill(exact + 1)
    head, tail = digits[: len(digits) - exact], digits[len(digits) - exact :]
    tail += "0" * (places - exact)
    return f"{head}.{tail}" if tail or alternate else head


def _leading(value: Real, places: int) -> tuple[str, int]:
    """Return `places + 1` digits and the power of ten of the first one."""
    if not value.mantissa:
        return "0" * (places + 1), 0
    power = _power(value)
    digits = _text(_scaled(value, places - power))
    if len(digits) > places + 1:  # rounding up made it ten
        return digits[: places + 1], power + 1
    return digits, power


def _power(value: Real) -> int:
    """Return the power of ten of the first digit of `value`, which is not 0."""
    guess = (value.mantissa.bit_length() + value.exponent) * 30103 // 100_000 + 1
    while not _reaches(value, guess):
        guess -= 1
    return guess


def _reaches(value: Real, power: int) -> bool:
    """Whether `value` is at least `10 ** power`."""
    left = value.mantissa << max(value.exponent, 0)
    right = 1 << max(-value.exponent, 0)
    if power >= 0:
        return bool(left >= right * 10**power)
    return bool(left * 10**-power >= right)


def _scientific(value: Real, places: int, alternate: bool) -> str:
    exact = min(places, MOST_PLACES)
    digits, power = _leading(value, exact)
    digits += "0" * (places - exact)
    point = "." if places or alternate else ""
    return f"{digits[0]}{point}{digits[1:]}e{power:+03d}"


def _general(value: Real, precision: int, alternate: bool) -> str:
    power = _leading(value, min(precision, MOST_PLACES) - 1)[1]
    if precision > power >= -4:
        text, tail = _fixed(value, precision - 1 - power, alternate), ""
    else:
        text, _, tail = _scientific(value, precision - 1, alternate).partition("e")
        tail = "e" + tail
    if "." in text and not alternate:
        text = text.rstrip("0").rstrip(".")
    return text + tail


def _hexadecimal(value: Real, precision: int | None, alternate: bool) -> str:
    """`%a`, with the leading digit 8 to f, as 80-bit numbers give it."""
    if not value.mantissa:
        zeros = "." + "0" * precision if precision else "." if alternate else ""
        return f"0x0{zeros}p+0"
    shift = BITS - value.mantissa.bit_length()
    digits = value.mantissa << shift
    exponent = value.exponent - shift + BITS - 4
    if precision is not None and precision < 15:
        digits, exponent = _rounded(digits, exponent, precision)
    text = f"{digits:016x}"
    fraction = text[1:].rstrip("0") if precision is None else text[1 : 1 + precision]
    fraction = fraction.ljust(precision or 0, "0")
    return f"0x{text[0]}{'.' + fraction if fraction or alternate else ''}p{exponent:+d}"


def _rounded(digits: int, exponent: int, precision: int) -> tuple[int, int]:
    """Round a 64-bit mantissa to `precision` digits behind the first, half to even."""
    unit = 1 << (60 - 4 * precision)
    quotient, rest = divmod(digits, unit)
    if rest * 2 > unit or (rest * 2 == unit and quotient & 1):
        quotient += 1
    digits = quotient * unit
    if digits >> BITS:
        return digits >> 4, exponent + 4
    return digits, exponent
