"""What `posix` lacks on WASI and the kernel offers (docs/abi.md).

`_install` puts everything here without an underscore into `posix`, before `os` is imported and takes it from there.
"""

import posix as _posix

import _pagebox

O_NONBLOCK = O_NDELAY = 0x4
O_DSYNC = 0x2
O_RSYNC = 0x8
O_SYNC = 0x10
O_DIRECTORY = 0x2000
O_NOFOLLOW = 0x01000000
O_CLOEXEC = 0
O_NOCTTY = 0
O_ACCMODE = _posix.O_RDONLY | _posix.O_WRONLY

P_WAIT = 0
P_NOWAIT = P_NOWAITO = 1
WNOHANG = 1
WUNTRACED = 2
WCONTINUED = 8
POSIX_SPAWN_OPEN, POSIX_SPAWN_CLOSE, POSIX_SPAWN_DUP2 = 0, 1, 2

EX_OK = 0
EX_USAGE, EX_DATAERR, EX_NOINPUT, EX_NOUSER, EX_NOHOST, EX_UNAVAILABLE = 64, 65, 66, 67, 68, 69
EX_SOFTWARE, EX_OSERR, EX_OSFILE, EX_CANTCREAT, EX_IOERR, EX_TEMPFAIL = 70, 71, 72, 73, 74, 75
EX_PROTOCOL, EX_NOPERM, EX_CONFIG = 76, 77, 78

_SEARCH, _SETPGROUP, _DEFAULT_SIGNALS, _CLOSE_FDS, _SETSID = 1, 2, 4, 8, 16
_CLOEXEC = 1
_ENOSYS, _EPERM, _ECHILD, _EINVAL, _EBADF = 38, 1, 10, 22, 9


def _fail(errno, text=None):
    raise OSError(errno, text or _posix.strerror(errno))


def _bytes(value):
    if isinstance(value, bytes):
        return value
    return _posix.fspath(value).encode("utf-8", "surrogateescape")


def _packed(strings):
    parts = [_bytes(string) for string in strings]
    for part in parts:
        if 0 in part:
            raise ValueError("embedded null byte")
    return b"".join([part + b"\0" for part in parts])


def _packed_env(env):
    if env is None:
        import os

        env = os.environ
    if hasattr(env, "items"):
        pairs = [(_bytes(name), _bytes(value)) for name, value in env.items()]
        for name, _ in pairs:
            if b"=" in name:
                raise ValueError("illegal environment variable name")
        return _packed([name + b"=" + value for name, value in pairs])
    return _packed(env)


def _start(path, argv, env, flags, *, cwd=b"", actions=(), pgroup=0):
    """Starts a program; returns its pid."""
    path = _bytes(path)
    if 0 in path:
        raise ValueError("embedded null byte")
    return _pagebox.spawn(path, _packed(argv), env, cwd, list(actions), flags, pgroup)


# --- processes ---------------------------------------------------------------------------------------------------


def getpid():
    """The id of this process."""
    return _pagebox.ids()[0]


def getppid():
    """The id of the process that started this one."""
    return _pagebox.ids()[1]


def getpgrp():
    """The process group of this process."""
    return _pagebox.ids()[2]


def getpgid(pid):
    """The process group of a process; only this one's can be asked for."""
    ids = _pagebox.ids()
    if pid in (0, ids[0]):
        return ids[2]
    return int(_stat_field(pid, 2))


def getsid(pid):
    """The session of a process."""
    ids = _pagebox.ids()
    if pid in (0, ids[0]):
        return ids[3]
    return int(_stat_field(pid, 3))


def _stat_field(pid, index):
    try:
        with open(f"/proc/{pid}/stat") as stream:
            return stream.read().rpartition(")")[2].split()[index]
    except OSError:
        _fail(3)


def setpgid(pid, pgrp, /):
    """Call the system call setpgid(pid, pgrp)."""
    _pagebox.setpgid(pid, pgrp)


def setpgrp():
    """Make this process the process group leader."""
    _pagebox.setpgid(0, 0)


def setsid():
    """Call the system call setsid()."""
    _pagebox.setsid()


def kill(pid, signal, /):
    """Kill a process with a signal."""
    _pagebox.kill(pid, signal)


def killpg(pgid, signal, /):
    """Kill a process group with a signal."""
    _pagebox.kill(-pgid if pgid else 0, signal)


def waitpid(pid, options, /):
    """Wait for a child; returns (pid, status)."""
    return _pagebox.wait(pid, options)


def wait():
    """Wait for any child; returns (pid, status)."""
    return _pagebox.wait(-1, 0)


def _no_usage():
    import resource

    return resource.struct_rusage((0,) * 16)


def wait3(options):
    """Wait for any child; returns (pid, status, rusage)."""
    return (*_pagebox.wait(-1, options), _no_usage())


def wait4(pid, options):
    """Wait for a child; returns (pid, status, rusage)."""
    return (*_pagebox.wait(pid, options), _no_usage())


def WIFEXITED(status):
    """Whether the process called exit."""
    return status & 0x7F == 0


def WEXITSTATUS(status):
    """The exit status."""
    return status >> 8 & 0xFF


def WIFSIGNALED(status):
    """Whether a signal ended the process."""
    return status & 0x7F not in (0, 0x7F)


def WTERMSIG(status):
    """The signal that ended the process."""
    return status & 0x7F


def WIFSTOPPED(status):
    """Whether the process is stopped."""
    return status & 0xFF == 0x7F


def WSTOPSIG(status):
    """The signal that stopped the process."""
    return status >> 8 & 0xFF


def WIFCONTINUED(status):
    """Whether the process was continued."""
    return status == 0xFFFF


def WCOREDUMP(status):
    """Whether there is a core file: never."""
    return False


def waitstatus_to_exitcode(status):
    """The exit status, or the negative number of a signal."""
    if WIFEXITED(status):
        return WEXITSTATUS(status)
    if WIFSIGNALED(status):
        return -WTERMSIG(status)
    if WIFSTOPPED(status):
        raise ValueError(f"process stopped by delivery of signal {WSTOPSIG(status)}")
    raise ValueError(f"invalid wait status: {status}")


def system(command):
    """Runs a command in the shell; returns its wait status."""
    pid = _start("/bin/sh", ["sh", "-c", command], _packed_env(None), _DEFAULT_SIGNALS)
    return _pagebox.wait(pid, 0)[1]


def _file_actions(actions):
    opened, flat = [], []
    for action in actions or ():
        tag, *rest = action
        if tag == POSIX_SPAWN_OPEN:
            fd, path, flags, mode = rest
            opened.append(_posix.open(path, flags, mode))
            flat += [1, opened[-1], fd]
        elif tag == POSIX_SPAWN_CLOSE:
            flat += [0, rest[0], 0]
        elif tag == POSIX_SPAWN_DUP2:
            flat += [1, rest[0], rest[1]]
        else:
            raise TypeError("Unknown file_actions identifier")
    return opened, flat


def _posix_spawn(path, argv, env, file_actions, setpgroup, setsid, setsigdef, flags):
    argv = list(argv)
    if not argv:
        raise ValueError("posix_spawn: argv must not be empty")
    if setpgroup is not None:
        flags |= _SETPGROUP
    if setsid:
        flags |= _SETSID
    if setsigdef:
        flags |= _DEFAULT_SIGNALS
    opened, flat = _file_actions(file_actions)
    try:
        return _start(path, argv, _packed_env(env), flags, actions=flat, pgroup=setpgroup or 0)
    except OSError as error:
        error.filename = path
        raise
    finally:
        for fd in opened:
            _posix.close(fd)


def posix_spawn(
    path,
    argv,
    env,
    /,
    *,
    file_actions=(),
    setpgroup=None,
    resetids=False,
    setsid=False,
    setsigmask=(),
    setsigdef=(),
    scheduler=None,
):
    """Execute the program specified by path in a new process."""
    return _posix_spawn(path, argv, env, file_actions, setpgroup, setsid, setsigdef, 0)


def posix_spawnp(
    path,
    argv,
    env,
    /,
    *,
    file_actions=(),
    setpgroup=None,
    resetids=False,
    setsid=False,
    setsigmask=(),
    setsigdef=(),
    scheduler=None,
):
    """Execute the program specified by path in a new process, searching PATH."""
    return _posix_spawn(path, argv, env, file_actions, setpgroup, setsid, setsigdef, _SEARCH)


def _spawn(mode, path, args, env, flags):
    if not isinstance(args, (tuple, list)):
        raise TypeError("argv must be a tuple or a list")
    if not args or not args[0]:
        raise ValueError("argv first element cannot be empty")
    try:
        pid = _start(path, args, _packed_env(env), flags)
    except OSError:
        return 127 if mode == P_WAIT else _failed_child()
    if mode == P_NOWAIT:
        return pid
    return waitstatus_to_exitcode(_pagebox.wait(pid, 0)[1])


def _failed_child():
    """CPython forks first, so a program that cannot be started is a child that ends with 127."""
    return _start("/bin/sh", ["sh", "-c", "exit 127"], b"", 0)


def spawnv(mode, file, args):
    """Execute file with arguments from args in a new process."""
    return _spawn(mode, file, args, None, 0)


def spawnve(mode, file, args, env):
    """Execute file with arguments from args and an environment in a new process."""
    return _spawn(mode, file, args, env, 0)


def spawnvp(mode, file, args):
    """Like spawnv, searching PATH."""
    return _spawn(mode, file, args, None, _SEARCH)


def spawnvpe(mode, file, args, env):
    """Like spawnve, searching PATH."""
    return _spawn(mode, file, args, env, _SEARCH)


def fork():
    """Says why not."""
    _fail(
        _ENOSYS,
        "fork is not available here: a WebAssembly process cannot be copied. "
        "Use subprocess, or os.posix_spawn",
    )


forkpty = fork


def register_at_fork(*, before=None, after_in_child=None, after_in_parent=None):
    """Takes functions for when the process is copied, which does not happen."""
    given = [function for function in (before, after_in_child, after_in_parent) if function is not None]
    if not given:
        raise TypeError("At least one argument is required.")
    if not all(map(callable, given)):
        raise TypeError("the arguments must be callable")


def execv(path, argv, /):
    """Says why not."""
    _fail(
        _ENOSYS,
        "exec is not available here: a WebAssembly process cannot become another program. "
        "Use subprocess.run, and sys.exit with its return code",
    )


def execve(path, argv, env, /):
    """Says why not."""
    execv(path, argv)


# --- descriptors -------------------------------------------------------------------------------------------------


def pipe():
    """Create a pipe; returns (read_fd, write_fd), neither inheritable."""
    return _pagebox.pipe(_CLOEXEC)


def pipe2(flags, /):
    """Create a pipe with flags."""
    fds = _pagebox.pipe(_CLOEXEC)
    if flags & O_NONBLOCK:
        for fd in fds:
            set_blocking(fd, False)
    return fds


def dup(fd, /):
    """Return a duplicate of a file descriptor."""
    return _pagebox.dup(fd, 0, _CLOEXEC)


def dup2(fd, fd2, inheritable=True):
    """Duplicate file descriptor fd onto fd2."""
    if fd != fd2:
        _pagebox.dup2(fd, fd2, 0 if inheritable else _CLOEXEC)
    else:
        _posix.fstat(fd)
    return fd2


def get_inheritable(fd, /):
    """Whether a child inherits the descriptor."""
    return not _pagebox.cloexec(fd, -1)


def set_inheritable(fd, inheritable, /):
    """Sets whether a child inherits the descriptor."""
    _pagebox.cloexec(fd, 0 if inheritable else 1)


def get_blocking(fd, /):
    """Whether reads and writes wait."""
    import fcntl

    return not fcntl.fcntl(fd, fcntl.F_GETFL) & O_NONBLOCK


def set_blocking(fd, blocking, /):
    """Sets whether reads and writes wait."""
    import fcntl

    flags = fcntl.fcntl(fd, fcntl.F_GETFL)
    fcntl.fcntl(fd, fcntl.F_SETFL, flags & ~O_NONBLOCK if blocking else flags | O_NONBLOCK)


def pread(fd, length, offset, /):
    """Read from a place without moving the position."""
    here = _posix.lseek(fd, 0, 1)
    try:
        _posix.lseek(fd, offset, 0)
        return _posix.read(fd, length)
    finally:
        _posix.lseek(fd, here, 0)


def pwrite(fd, data, offset, /):
    """Write to a place without moving the position."""
    here = _posix.lseek(fd, 0, 1)
    try:
        _posix.lseek(fd, offset, 0)
        return _posix.write(fd, data)
    finally:
        _posix.lseek(fd, here, 0)


def writev(fd, buffers, /):
    """Write several buffers."""
    return _posix.write(fd, b"".join(buffers))


def tcgetpgrp(fd, /):
    """The process group in the foreground of a terminal."""
    return _pagebox.tty_getpgrp(fd)


def tcsetpgrp(fd, pgid, /):
    """Sets the process group in the foreground of a terminal."""
    _pagebox.tty_setpgrp(fd, pgid)


def get_terminal_size(fd=1, /):
    """The terminal's width and height."""
    rows, columns = _pagebox.tty_size(fd)
    return _posix.terminal_size((columns, rows))


def ttyname(fd, /):
    """The name of the terminal."""
    if not _posix.isatty(fd):
        _fail(25)
    return "/dev/tty"


def ctermid():
    """The name of the controlling terminal."""
    return "/dev/tty"


def fdatasync(fd):
    """Like fsync."""
    _posix.fsync(fd)


def sync():
    """There is nothing to write out."""


# --- who and where -----------------------------------------------------------------------------------------------


def uname():
    """What system this is."""
    try:
        with open("/etc/hostname") as stream:
            node = stream.readline().strip()
    except OSError:
        node = "localhost"
    return _posix.uname_result(("Linux", node, "6.1.0-pagebox", "#1 pagebox", "wasm32"))


def getgroups():
    """The groups of this process."""
    return [_posix.getgid()]


def getlogin():
    """The name of the user."""
    import pwd

    return pwd.getpwuid(_posix.getuid()).pw_name


def getresuid():
    """The three user ids."""
    return (_posix.getuid(),) * 3


def getresgid():
    """The three group ids."""
    return (_posix.getgid(),) * 3


def _same_owner(stat, uid, gid):
    if (uid not in (-1, stat.st_uid)) or (gid not in (-1, stat.st_gid)):
        raise PermissionError(_EPERM, _posix.strerror(_EPERM))


def chown(path, uid, gid, *, dir_fd=None, follow_symlinks=True):
    """Changes nothing: there is no call for it. Asking for the owner a file has is fine."""
    try:
        _same_owner(_posix.stat(path, follow_symlinks=follow_symlinks), uid, gid)
    except PermissionError as error:
        raise PermissionError(error.errno, error.strerror, path) from None


def lchown(path, uid, gid):
    """Like chown, of a link itself."""
    chown(path, uid, gid, follow_symlinks=False)


def fchown(fd, uid, gid):
    """Like chown, of an open file."""
    _same_owner(_posix.fstat(fd), uid, gid)


def nice(increment, /):
    """The niceness: there is only one."""
    return 0


def getloadavg():
    """The load of the machine is not known."""
    _fail(_ENOSYS)


def sched_getaffinity(pid, /):
    """The processors this process may use."""
    return {0}


def sched_yield():
    """Lets others run."""
    _pagebox.poll([], 0.0)


_SYSCONF = {
    "SC_PAGE_SIZE": 4096,
    "SC_PAGESIZE": 4096,
    "SC_NPROCESSORS_ONLN": 1,
    "SC_NPROCESSORS_CONF": 1,
    "SC_OPEN_MAX": 1024,
    "SC_CLK_TCK": 100,
    "SC_ARG_MAX": 2097152,
    "SC_PHYS_PAGES": 262144,
}
sysconf_names = {name: number for number, name in enumerate(_SYSCONF)}


def sysconf(name, /):
    """An integer-valued system configuration variable."""
    if isinstance(name, int):
        return list(_SYSCONF.values())[name]
    if name not in _SYSCONF:
        raise ValueError("unrecognized configuration name")
    return _SYSCONF[name]


def times():
    """User and system time of this process, and the time."""
    import time

    return _posix.times_result((time.process_time(), 0.0, 0.0, 0.0, time.monotonic()))


def _install():
    for name, value in list(globals().items()):
        if not name.startswith("_"):
            setattr(_posix, name, value)
            if hasattr(value, "__module__"):
                value.__module__ = "posix"
    if not hasattr(_posix, "times_result"):
        del _posix.times
