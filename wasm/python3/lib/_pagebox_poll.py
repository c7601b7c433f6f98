"""`select.poll`, over the one call that waits for descriptors."""

import _thread

import _pagebox

POLLIN, POLLPRI, POLLOUT, POLLERR, POLLHUP, POLLNVAL = 1, 2, 4, 8, 16, 32
POLLRDNORM, POLLRDBAND, POLLWRNORM, POLLWRBAND = 64, 128, 256, 512


def _number(fd):
    number = fd if isinstance(fd, int) else fd.fileno()
    if number < 0:
        raise ValueError(f"file descriptor cannot be a negative integer ({number})")
    return number


def _ready(wanted, seconds):
    """Threads that wait for their turn have it before this one waits."""
    while seconds and _thread._pending:
        found = _pagebox.poll(wanted, 0.0)
        if found or not _thread._run_one():
            return found
    return _pagebox.poll(wanted, seconds)


class poll:
    """Waits for what happens to descriptors."""

    def __init__(self):
        self._wanted = {}

    def register(self, fd, eventmask=POLLIN | POLLPRI | POLLOUT, /):
        """Adds a descriptor, or changes what is waited for."""
        self._wanted[_number(fd)] = eventmask

    def modify(self, fd, eventmask, /):
        """Changes what is waited for."""
        number = _number(fd)
        if number not in self._wanted:
            raise FileNotFoundError(2, "No such file or directory")
        self._wanted[number] = eventmask

    def unregister(self, fd, /):
        """Forgets a descriptor."""
        del self._wanted[_number(fd)]

    def poll(self, timeout=None, /):
        """What happened, as (descriptor, events); `timeout` in milliseconds."""
        wanted = [number for pair in self._wanted.items() for number in pair]
        seconds = -1.0 if timeout is None or timeout < 0 else timeout / 1000
        return _ready(wanted, seconds)


def select(rlist, wlist, xlist, timeout=None, /):
    """What of the three lists is ready; `timeout` in seconds."""
    if timeout is not None and timeout < 0:
        raise ValueError("timeout must be non-negative")
    wanted = {}
    readers, writers = [_number(fd) for fd in rlist], [_number(fd) for fd in wlist]
    for number in readers:
        wanted[number] = POLLIN
    for number in writers:
        wanted[number] = wanted.get(number, 0) | POLLOUT
    flat = [number for pair in wanted.items() for number in pair]
    ready = dict(_ready(flat, -1.0 if timeout is None else float(timeout)))
    if any(events & POLLNVAL for events in ready.values()):
        raise OSError(9, "Bad file descriptor")
    ended = POLLIN | POLLHUP | POLLERR
    return (
        [fd for fd, number in zip(rlist, readers) if ready.get(number, 0) & ended],
        [fd for fd, number in zip(wlist, writers) if ready.get(number, 0) & (POLLOUT | POLLERR)],
        [],
    )
