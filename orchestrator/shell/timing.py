"""The reserved word `time`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.shell.frame import Run
    from orchestrator.shell.shell import Shell

MILLISECOND = 1_000_000
STANDARD = "\nreal\t%3lR\nuser\t%3lU\nsys\t%3lS"
POSIX = "real %2R\nuser %2U\nsys %2S"


def timed(inner: Run, *, posix: bool) -> Run:
    """Return a command that runs `inner` and says how long it took.

    Deviation: there is no processor time to tell apart, so user is the time that passed and sys is none.
    """

    def run(shell: Shell) -> int:
        start = shell.system.monotonic()
        try:
            return inner(shell)
        finally:
            elapsed = shell.system.monotonic() - start
            template = POSIX if posix else shell.text("TIMEFORMAT", STANDARD)
            if template:
                _print(shell, template, elapsed)

    return run


def _print(shell: Shell, template: str, elapsed: int) -> None:
    try:
        shell.error_text(render(template, elapsed) + "\n")
    except FormatError as error:
        shell.report(f"TIMEFORMAT: {error}")


class FormatError(Exception):
    """TIMEFORMAT has a letter that means nothing."""


def render(template: str, elapsed: int) -> str:
    """Fill in TIMEFORMAT: `%[digits][l]R`, U, S, `%P`, `%%`. `elapsed` is in nanoseconds.

    Raises: FormatError.
    """
    pieces = []
    at = 0
    while at < len(template):
        if template[at] != "%" or at + 1 == len(template):
            pieces.append(template[at])
            at += 1
            continue
        text, at = _field(template, at + 1, elapsed)
        pieces.append(text)
    return "".join(pieces)


def _field(template: str, at: int, elapsed: int) -> tuple[str, int]:
    digits, long = 3, False
    if template[at].isdecimal():
        digits, at = min(int(template[at]), 3), at + 1
    if template[at : at + 1] == "l":
        long, at = True, at + 1
    letter = template[at : at + 1]
    if letter == "%":
        return "%", at + 1
    if letter == "P":
        return "100.00", at + 1
    if letter in ("R", "U", "S") and letter:
        return duration(elapsed if letter != "S" else 0, digits, long=long), at + 1
    raise FormatError(f"`{letter}': invalid format character")


def duration(elapsed: int, digits: int, *, long: bool) -> str:
    """Return seconds with `digits` decimals, or minutes and seconds (`1m2.345s`)."""
    thousandths = elapsed // MILLISECOND
    minutes, rest = divmod(thousandths, 60_000) if long else (0, thousandths)
    seconds, fraction = divmod(rest, 1000)
    text = str(seconds)
    if digits:
        text += "." + f"{fraction:03d}"[:digits]
    return f"{minutes}m{text}s" if long else text
