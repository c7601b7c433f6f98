"""All settings of a terminal: `tty_get_2` and `tty_set_2` of the extension.

Above: calls. Below: guest, kernel.termios. The first `tty_get` and `tty_set` (`extension`) know four modes,
which is enough to read a password, but not to leave ^S to an editor.
"""

from __future__ import annotations

import struct

from orchestrator.kernel.termios import Termios
from orchestrator.wasi.guest import Guest
from vfs.errors import fail

MODES = (
    *("canonical", "echo", "signals", "post"),
    *("echo_erase", "echo_control", "extended", "cr_to_nl", "nl_to_cr", "ignore_cr"),
    *("flow", "nl_to_crnl", "stop_background"),
)
"""Fields of `Termios` in the order of their bits; the first four are those of `tty_get`."""
CHARACTERS = (
    *("minimum", "intr", "quit", "susp", "erase", "werase", "kill", "eof", "eol"),
    *("lnext", "reprint", "start", "stop"),
)
"""Fields that are a byte each, in their order in the record."""
FLUSH = 1
_RECORD = struct.Struct(f"<I{len(CHARACTERS)}B3x")
RECORD_SIZE = _RECORD.size


def tty_get_2(guest: Guest, fd: int, result: int) -> None:
    """Write the terminal's settings: 20 bytes, the modes as a 32-bit integer and then the control
    characters.

    Raises:
        OSError: EBADF, ENOTTY, EFAULT if the result lies outside the memory.

    pagebox 1, tty_get_2; POSIX tcgetattr.
    """
    guest.memory.write(result, pack(guest.tty(fd).termios))


def tty_set_2(guest: Guest, fd: int, settings: int, flags: int) -> None:
    """Change the terminal's settings to those at `settings`; with FLUSH (1) what was typed is
    dropped.

    Raises:
        OSError: EBADF, ENOTTY, EINVAL for an unknown mode or flag, EFAULT, EIO for an orphan in the
            background, EINTR.

    pagebox 1, tty_set_2; POSIX tcsetattr.
    """
    tty = guest.tty(fd)
    wanted = unpack(guest.memory.read(settings, RECORD_SIZE))
    if flags & ~FLUSH:
        fail("EINVAL")
    tty.set_termios(guest.process, wanted, flush=flags == FLUSH)


def pack(settings: Termios) -> bytes:
    """Return the record of `settings`."""
    modes = sum(getattr(settings, name) << bit for bit, name in enumerate(MODES))
    return _RECORD.pack(modes, *(getattr(settings, name) for name in CHARACTERS))


def unpack(data: bytes) -> Termios:
    """Read the record `pack` makes. Raises OSError EINVAL for an unknown mode."""
    modes, *characters = _RECORD.unpack(data)
    if modes >> len(MODES):
        fail("EINVAL")
    switches = {name: bool(modes >> bit & 1) for bit, name in enumerate(MODES)}
    return Termios(**switches, **dict(zip(CHARACTERS, characters, strict=True)))
