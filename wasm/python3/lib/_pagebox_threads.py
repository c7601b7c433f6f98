"""Threads on one stack: what `_thread` is here.

A WebAssembly process has one stack and cannot set it aside. So a thread that was started waits in a queue, and runs from
its beginning to its end, on top of whoever is waiting: in `join`, for a lock, a queue or an event, in `sleep`, in
`select`, or at the end of the program. Most programs that use threads to wait for each other's results work that way.

A thread that itself has to wait lets others run first. If none is left and somebody below it on the stack could go on,
it makes way: it is ended by SystemExit where it waits, as a daemon thread is at the end of a program. If nobody could go
on, that is a deadlock here, and RuntimeError says so instead of hanging.
"""

import time
from collections import deque

error = RuntimeError
TIMEOUT_MAX = 9223372036.0
_MAIN_THREAD_IDENT = 1
_DEADLOCK = (
    "threads run one after the other here, and nobody is left to run: "
    "this wait would never end (start what it waits for first, or use asyncio or subprocess)"
)

_pending = deque()
_running = [_MAIN_THREAD_IDENT]
_below = []
_idents = iter(range(2, 1 << 62))
_real_sleep = time.sleep


def _run_one():
    """Runs the first thread that waits for its turn; False if there is none."""
    if not _pending:
        return False
    run, handle = _pending.popleft()
    handle._started = True
    _running.append(handle.ident)
    try:
        run()
    except SystemExit:
        pass
    except BaseException as problem:
        _report(run, problem)
    finally:
        _running.pop()
        handle._done = True
    return True


def _report(run, problem):
    import sys

    sys.unraisablehook(_Unraisable(type(problem), problem, problem.__traceback__, "Exception ignored in thread", run))


class _Unraisable:
    def __init__(self, exc_type, exc_value, exc_traceback, err_msg, object):
        self.exc_type, self.exc_value, self.exc_traceback = exc_type, exc_value, exc_traceback
        self.err_msg, self.object = err_msg, object


def _wait(ready, seconds=None):
    """Lets others run until `ready()` or the time is over; says which."""
    if ready():
        return True
    deadline = None if seconds is None else time.monotonic() + seconds
    _below.append((ready, deadline))
    try:
        while not ready():
            now = time.monotonic()
            if deadline is not None and now >= deadline:
                return False
            if not _run_one():
                _idle(now, deadline)
        return True
    finally:
        _below.pop()


def _idle(now, deadline):
    """Nobody is left to run: sleeps until somebody's time is over, or makes way for who is below."""
    under = _below[:-1]
    if any(ready() or (end is not None and end <= now) for ready, end in under):
        raise SystemExit
    ends = [end for _, end in under if end is not None]
    if deadline is not None:
        ends.append(deadline)
    if not ends:
        raise RuntimeError(_DEADLOCK)
    _real_sleep(max(min(ends) - now, 0))


def _sleep(seconds, /):
    """Sleeps; threads that wait for their turn run in the meantime."""
    if not _pending and not _below:
        _real_sleep(seconds)
        return
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    _wait(bool, seconds)


def _timeout(blocking, timeout):
    if not blocking:
        if timeout != -1:
            raise ValueError("can't specify a timeout for a non-blocking call")
        return 0
    if timeout == -1:
        return None
    if timeout < 0:
        raise ValueError("timeout value must be a non-negative number")
    if timeout > TIMEOUT_MAX:
        raise OverflowError("timeout value is too large")
    return timeout


class lock:
    """A lock."""

    __slots__ = ("__weakref__", "_locked")

    def __init__(self):
        self._locked = False

    def acquire(self, blocking=True, timeout=-1):
        """Takes the lock; says whether it could."""
        if self._locked or timeout != -1:
            seconds = _timeout(blocking, timeout)
            if self._locked and (not blocking or not _wait(self._free, seconds)):
                return False
        self._locked = True
        return True

    def _free(self):
        return not self._locked

    def release(self):
        """Gives the lock back."""
        if not self._locked:
            raise RuntimeError("release unlocked lock")
        self._locked = False

    def locked(self):
        """Whether somebody has the lock."""
        return self._locked

    acquire_lock, release_lock, locked_lock = acquire, release, locked

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *exception):
        self.release()

    def _at_fork_reinit(self):
        self._locked = False

    def __repr__(self):
        state = "locked" if self._locked else "unlocked"
        return f"<{state} {type(self).__module__}.{type(self).__qualname__} object at {hex(id(self))}>"


class RLock:
    """A lock that its owner may take again."""

    __slots__ = ("__weakref__", "_count", "_owner")

    def __init__(self):
        self._owner, self._count = None, 0

    def acquire(self, blocking=True, timeout=-1):
        """Takes the lock; says whether it could."""
        me = _running[-1]
        if self._owner != me:
            if self._count or timeout != -1:
                seconds = _timeout(blocking, timeout)
                if self._count and (not blocking or not _wait(self._free, seconds)):
                    return False
            self._owner = me
        self._count += 1
        return True

    def _free(self):
        return not self._count

    def release(self):
        """Gives the lock back, once."""
        if self._owner != _running[-1]:
            raise RuntimeError("cannot release un-acquired lock")
        self._count -= 1
        if not self._count:
            self._owner = None

    def locked(self):
        """Whether somebody has the lock."""
        return self._count > 0

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *exception):
        self.release()

    def _is_owned(self):
        return self._owner == _running[-1]

    def _recursion_count(self):
        return self._count if self._is_owned() else 0

    def _release_save(self):
        if not self._count:
            raise RuntimeError("cannot release un-acquired lock")
        state = self._count, self._owner
        self._owner, self._count = None, 0
        return state

    def _acquire_restore(self, state):
        if self._count:
            _wait(self._free)
        self._count, self._owner = state

    def _at_fork_reinit(self):
        self._owner, self._count = None, 0

    def __repr__(self):
        state = "locked" if self._count else "unlocked"
        kind = f"{type(self).__module__}.{type(self).__qualname__}"
        return f"<{state} {kind} object owner={self._owner or 0} count={self._count} at {hex(id(self))}>"


lock.__module__ = RLock.__module__ = "_thread"
LockType = lock
allocate_lock = allocate = lock


class _ThreadHandle:
    """What `threading` knows of a thread."""

    __slots__ = ("__weakref__", "_done", "_started", "ident")

    def __init__(self):
        self.ident, self._done, self._started = 0, False, False

    def is_done(self):
        """Whether the thread has ended."""
        return self._done

    def _set_done(self):
        self._done = True

    def join(self, timeout=None):
        """Waits until the thread has ended."""
        if not self._done and self.ident == _running[-1]:
            raise RuntimeError("Cannot join current thread")
        if not self._done and self.ident in _running:
            raise RuntimeError(_DEADLOCK)
        _wait(self.is_done, None if timeout is None or timeout < 0 else timeout)

    def __repr__(self):
        return f"<_ThreadHandle ident={self.ident}>"


def _make_thread_handle(ident):
    handle = _ThreadHandle()
    handle.ident, handle._started = ident, True
    return handle


def start_joinable_thread(function, handle=None, daemon=True):
    """Puts a thread into the queue."""
    handle = handle or _ThreadHandle()
    handle.ident = next(_idents)
    _pending.append((function, handle))
    if time.sleep is not _sleep:
        time.sleep = _sleep
    if daemon:
        _daemons.add(handle.ident)
    return handle


_daemons = set()


def start_new_thread(function, args, kwargs={}, /):
    """Puts a thread into the queue; returns its identifier."""
    if not isinstance(args, tuple):
        raise TypeError("2nd arg must be a tuple")
    if not isinstance(kwargs, dict):
        raise TypeError("optional 3rd arg must be a dictionary")
    return start_joinable_thread(lambda: function(*args, **kwargs)).ident


start_new = start_new_thread


def _later(run):
    """Queues a piece of work that is nobody's thread: an executor's."""
    handle = _ThreadHandle()
    handle.ident = next(_idents)
    _pending.append((run, handle))
    if time.sleep is not _sleep:
        time.sleep = _sleep


def daemon_threads_allowed():
    """They are."""
    return True


def _shutdown():
    """At the end of the program: what is no daemon still has its turn."""
    while _pending:
        if _pending[0][1].ident in _daemons:
            _pending.popleft()
        else:
            _run_one()


def get_ident():
    """Who is running."""
    return _running[-1]


get_native_id = get_ident


def _get_main_thread_ident():
    return _MAIN_THREAD_IDENT


def _is_main_interpreter():
    return True


def _count():
    return len(_running) - 1


def exit():
    """Ends the thread."""
    raise SystemExit


exit_thread = exit


def interrupt_main(signum=2, /):
    """As if the signal had come."""
    import signal

    signal.raise_signal(signum)


def stack_size(size=0, /):
    """There is one stack."""
    if size:
        raise ValueError("setting the stack size is not supported: threads share one stack here")
    return 0


def _set_sentinel():
    return lock()


def set_name(name):
    """Names are for debuggers, of which there is none."""


class _local:
    """Attributes of which every thread has its own."""

    def __new__(cls, /, *args, **kwargs):
        if (args or kwargs) and cls.__init__ is object.__init__:
            raise TypeError("Initialization arguments are not supported")
        self = object.__new__(cls)
        object.__setattr__(self, "_local__arguments", (args, kwargs))
        object.__setattr__(self, "_local__dicts", {_running[-1]: {}})
        return self

    def __getattribute__(self, name):
        mine = _local_dict(self)
        if name == "__dict__":
            return mine
        if name in mine:
            return mine[name]
        return object.__getattribute__(self, name)

    def __setattr__(self, name, value):
        if name == "__dict__":
            raise AttributeError(f"{type(self).__name__!r} object attribute '__dict__' is read-only")
        _local_dict(self)[name] = value

    def __delattr__(self, name):
        mine = _local_dict(self)
        if name not in mine:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        del mine[name]


def _local_dict(local):
    dicts = object.__getattribute__(local, "_local__dicts")
    me = _running[-1]
    if me not in dicts:
        dicts[me] = {}
        kind = type(local)
        if kind.__init__ is not object.__init__:
            args, kwargs = object.__getattribute__(local, "_local__arguments")
            kind.__init__(local, *args, **kwargs)
    return dicts[me]


class _ExceptHookArgs(tuple):
    """What `threading.excepthook` is given."""

    exc_type = property(lambda self: self[0])
    exc_value = property(lambda self: self[1])
    exc_traceback = property(lambda self: self[2])
    thread = property(lambda self: self[3])


def _install(module):
    """Puts all this into `_thread`."""
    for name, value in globals().items():
        if not name.startswith("__") and name not in ("time", "deque", "_install"):
            setattr(module, name, value)
