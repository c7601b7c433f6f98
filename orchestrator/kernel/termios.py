"""How a terminal treats bytes: the settings of termios(3) that mean something here, as one frozen
record.

Above: tty, discipline, system. Below: nothing. Baud rates, parity and modem lines do not exist.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Termios:
    """Terminal settings. Control characters are byte values; 0 switches one off.

    Args:
        canonical: ICANON: lines with editing; otherwise bytes as they come.
        echo, echo_erase, echo_control: ECHO; ECHOE/ECHOK as rubbing out; ECHOCTL, `^C` for control
            characters.
        signals: ISIG: intr, quit and susp make signals.
        extended: IEXTEN: werase, lnext and reprint mean something.
        cr_to_nl, nl_to_cr, ignore_cr: ICRNL, INLCR, IGNCR.
        flow: IXON: ^S and ^Q stop and start output.
        post: OPOST; nl_to_crnl: ONLCR.
        stop_background: TOSTOP: writing from the background stops too.
        minimum: VMIN, when not canonical: bytes a read waits for; 0 never waits. (VTIME does not
            exist.)
    """

    canonical: bool = True
    echo: bool = True
    echo_erase: bool = True
    echo_control: bool = True
    signals: bool = True
    extended: bool = True
    cr_to_nl: bool = True
    nl_to_cr: bool = False
    ignore_cr: bool = False
    flow: bool = True
    post: bool = True
    nl_to_crnl: bool = True
    stop_background: bool = False
    minimum: int = 1
    intr: int = 0x03
    quit: int = 0x1C
    susp: int = 0x1A
    erase: int = 0x7F
    werase: int = 0x17
    kill: int = 0x15
    eof: int = 0x04
    eol: int = 0
    lnext: int = 0x16
    reprint: int = 0x12
    start: int = 0x11
    stop: int = 0x13

    def raw(self) -> Termios:
        """As cfmakeraw(3): nothing is interpreted, echoed or processed."""
        return replace(
            self.cbreak(), signals=False, cr_to_nl=False, flow=False, post=False, extended=False
        )

    def cbreak(self) -> Termios:
        """Byte by byte without echo, with signals and output processing: what line editors use."""
        return replace(self, canonical=False, echo=False, minimum=1)


@dataclass(frozen=True, slots=True)
class WindowSize:
    """Size in characters (tty_ioctl(4), struct winsize)."""

    rows: int = 24
    columns: int = 80
