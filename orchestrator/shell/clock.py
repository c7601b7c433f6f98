"""strftime(3) in UTC, the sandbox's time zone: one implementation, since libraries differ in what they know."""

from __future__ import annotations

import re
from calendar import day_abbr, day_name, month_abbr, month_name
from datetime import datetime, timedelta, timezone
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_FIELD = re.compile(r"%([-_0^#+]*)(\d*)[EO]?([a-zA-Z%+])")
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)  # noqa: UP017 - the name is 3.11's
WIDEST = 1024


def format_time(form: str, seconds: int) -> str:
    """Return strftime(3) of a moment; nothing when it is beyond the calendar."""
    try:
        moment = _EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return ""
    return _format(form, moment)


def _format(form: str, moment: datetime) -> str:
    return _FIELD.sub(lambda match: _field(match, moment), form)


def _field(match: re.Match[str], moment: datetime) -> str:
    flags, width, letter = match.groups()
    if letter in _COMPOSED:
        return _padded(_format(_COMPOSED[letter], moment), flags, width)
    if letter in _NUMBERS:
        value, digits, pad = _NUMBERS[letter]
        return _number(value(moment), digits, pad, flags, width)
    text = _TEXTS.get(letter)
    return match.group() if text is None else _padded(text(moment), flags, width)


def _number(value: int, digits: int, pad: str, flags: str, width: str) -> str:
    for flag in flags:
        if flag == "-":
            return str(value)
        pad = {"_": " ", "0": "0", "+": "0"}.get(flag, pad)
    return str(value).rjust(_bounded(width) if width else digits, pad)


def _padded(text: str, flags: str, width: str) -> str:
    if "^" in flags:
        text = text.upper()
    elif "#" in flags:
        text = text.lower() if text.isupper() else text.upper()
    return text.rjust(_bounded(width), "0" if "0" in flags else " ") if width else text


def _bounded(width: str) -> int:
    return min(int(width[:5]), WIDEST)


def _week(moment: datetime, first: int) -> int:
    """Return the week of the year, weeks beginning on weekday `first` (0 is Sunday)."""
    weekday = (moment.isoweekday() - first) % 7
    return (moment.timetuple().tm_yday - 1 + 7 - weekday) // 7


def _seconds(moment: datetime) -> int:
    return int((moment - _EPOCH).total_seconds())


_COMPOSED: Mapping[str, str] = MappingProxyType(
    {
        "c": "%a %b %e %H:%M:%S %Y",
        "D": "%m/%d/%y",
        "F": "%Y-%m-%d",
        "r": "%I:%M:%S %p",
        "R": "%H:%M",
        "T": "%H:%M:%S",
        "x": "%m/%d/%y",
        "X": "%H:%M:%S",
        "+": "%a %b %e %H:%M:%S %Z %Y",
    }
)
_NUMBERS: Mapping[str, tuple[Callable[[datetime], int], int, str]] = MappingProxyType(
    {
        "C": (lambda m: m.year // 100, 2, "0"),
        "d": (lambda m: m.day, 2, "0"),
        "e": (lambda m: m.day, 2, " "),
        "g": (lambda m: m.isocalendar()[0] % 100, 2, "0"),
        "G": (lambda m: m.isocalendar()[0], 4, "0"),
        "H": (lambda m: m.hour, 2, "0"),
        "I": (lambda m: m.hour % 12 or 12, 2, "0"),
        "j": (lambda m: m.timetuple().tm_yday, 3, "0"),
        "k": (lambda m: m.hour, 2, " "),
        "l": (lambda m: m.hour % 12 or 12, 2, " "),
        "m": (lambda m: m.month, 2, "0"),
        "M": (lambda m: m.minute, 2, "0"),
        "s": (_seconds, 1, "0"),
        "S": (lambda m: m.second, 2, "0"),
        "u": (lambda m: m.isoweekday(), 1, "0"),
        "U": (lambda m: _week(m, 0), 2, "0"),
        "V": (lambda m: m.isocalendar()[1], 2, "0"),
        "w": (lambda m: m.isoweekday() % 7, 1, "0"),
        "W": (lambda m: _week(m, 1), 2, "0"),
        "y": (lambda m: m.year % 100, 2, "0"),
        "Y": (lambda m: m.year, 1, "0"),
    }
)
"""Value, digits and padding of each field that is a number."""
_TEXTS: Mapping[str, Callable[[datetime], str]] = MappingProxyType(
    {
        "%": lambda m: "%",
        "a": lambda m: day_abbr[m.weekday()],
        "A": lambda m: day_name[m.weekday()],
        "b": lambda m: month_abbr[m.month],
        "B": lambda m: month_name[m.month],
        "h": lambda m: month_abbr[m.month],
        "n": lambda m: "\n",
        "p": lambda m: "AM" if m.hour < 12 else "PM",
        "P": lambda m: "am" if m.hour < 12 else "pm",
        "t": lambda m: "\t",
        "z": lambda m: "+0000",
        "Z": lambda m: "UTC",
    }
)
