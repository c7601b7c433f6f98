"""The modes of a terminal: as many of them as the kernel has (docs/abi.md)."""

import _pagebox

error = OSError

TCSANOW, TCSADRAIN, TCSAFLUSH = range(3)
TCIFLUSH, TCOFLUSH, TCIOFLUSH = range(3)
TCOOFF, TCOON, TCIOFF, TCION = range(4)
IGNBRK, BRKINT, IGNPAR, PARMRK, INPCK, ISTRIP = 1, 2, 4, 8, 16, 32
INLCR, IGNCR, ICRNL, IXON, IXANY, IXOFF, IUTF8 = 64, 128, 256, 1024, 2048, 4096, 16384
OPOST, ONLCR, OCRNL, ONOCR, ONLRET = 1, 4, 8, 16, 32
CSIZE, CS5, CS6, CS7, CS8, CSTOPB, CREAD, PARENB, HUPCL, CLOCAL = (
    48,
    0,
    16,
    32,
    48,
    64,
    128,
    256,
    1024,
    2048,
)
ISIG, ICANON, ECHO, ECHOE, ECHOK, ECHONL, NOFLSH, TOSTOP, IEXTEN = (
    1,
    2,
    8,
    16,
    32,
    64,
    128,
    256,
    32768,
)
VINTR, VQUIT, VERASE, VKILL, VEOF, VTIME, VMIN, VSTART, VSTOP, VSUSP = 0, 1, 2, 3, 4, 5, 6, 8, 9, 10
NCCS = 32
B9600, B19200, B38400 = 13, 14, 15
TIOCGWINSZ, TIOCSWINSZ, FIONREAD, TIOCGPGRP, TIOCSPGRP = 21523, 21524, 21531, 21519, 21520

_CANONICAL, _ECHO, _SIGNALS, _OUTPUT = 1, 2, 4, 8
_KEYS = {
    VINTR: b"\x03",
    VQUIT: b"\x1c",
    VERASE: b"\x7f",
    VKILL: b"\x15",
    VEOF: b"\x04",
    VSTART: b"\x11",
    VSTOP: b"\x13",
    VSUSP: b"\x1a",
}


def _number(fd):
    return fd if isinstance(fd, int) else fd.fileno()


def tcgetattr(fd, /):
    """The modes as the list POSIX describes."""
    modes = _pagebox.tty_get(_number(fd))
    local = IEXTEN | ECHOE | ECHOK
    local |= (
        (ICANON if modes & _CANONICAL else 0)
        | (ECHO if modes & _ECHO else 0)
        | (ISIG if modes & _SIGNALS else 0)
    )
    output = OPOST | ONLCR if modes & _OUTPUT else 0
    keys = [_KEYS.get(index, b"\0") for index in range(NCCS)]
    keys[VMIN], keys[VTIME] = (b"\x01", b"\0") if modes & _CANONICAL else (1, 0)
    return [ICRNL | IXON | IUTF8, output, CS8 | CREAD | HUPCL, local, B38400, B38400, keys]


def tcsetattr(fd, when, attributes, /):
    """Sets the modes the kernel has; the others are as they are."""
    if len(attributes) != 7:
        raise TypeError("tcsetattr, arg 3: must be 7 element list")
    output, local = attributes[1], attributes[3]
    modes = (_CANONICAL if local & ICANON else 0) | (_ECHO if local & ECHO else 0)
    modes |= (_SIGNALS if local & ISIG else 0) | (_OUTPUT if output & OPOST else 0)
    _pagebox.tty_set(_number(fd), modes)


def tcdrain(fd, /):
    """Output does not linger."""
    _pagebox.tty_get(_number(fd))


def tcflush(fd, queue, /):
    """Input that was typed stays."""
    _pagebox.tty_get(_number(fd))


def tcflow(fd, action, /):
    """There is no flow control."""
    _pagebox.tty_get(_number(fd))


def tcsendbreak(fd, duration, /):
    """There is no line to break."""
    _pagebox.tty_get(_number(fd))


def tcgetwinsize(fd, /):
    """Rows and columns."""
    return _pagebox.tty_size(_number(fd))
