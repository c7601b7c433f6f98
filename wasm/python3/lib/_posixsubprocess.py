"""Starts the programs of `subprocess`: one call of the kernel instead of fork and exec.

What goes wrong is told as CPython's child tells it, through the pipe `subprocess` reads from.
"""

import posix

import _pagebox_posix as processes

_ENOENT, _ENOTDIR, _EACCES = 2, 20, 13
_FAILED = 2**31 - 1  # no process has this id


def fork_exec(
    args,
    executable_list,
    close_fds,
    pass_fds,
    cwd,
    env,
    p2cread,
    p2cwrite,
    c2pread,
    c2pwrite,
    errread,
    errwrite,
    errpipe_read,
    errpipe_write,
    restore_signals,
    call_setsid,
    pgid_to_set,
    gid,
    extra_groups,
    uid,
    child_umask,
    preexec_fn,
    *rest,
):
    """Starts the first program of `executable_list` there is; returns its pid."""
    if preexec_fn is not None:
        raise NotImplementedError(
            "preexec_fn is not available here: a process is started, not copied. Use the arguments "
            "cwd, env, umask, start_new_session, process_group and restore_signals"
        )
    if gid is not None or extra_groups is not None or (uid is not None and uid != posix.getuid()):
        return _tell(errpipe_write, 1, b"")
    if cwd is not None:
        errno = _folder_error(cwd)
        if errno:
            return _tell(errpipe_write, errno, b"noexec:chdir")
    flags, pgroup = _flags(close_fds, restore_signals, call_setsid, pgid_to_set)
    actions = _actions((p2cread, c2pwrite, errwrite), pass_fds, errpipe_write)
    env = processes._packed_env(env)
    where = b"" if cwd is None else processes._bytes(cwd)
    return _with_umask(
        child_umask,
        lambda: _first(executable_list, args, env, flags, where, actions, pgroup, errpipe_write),
    )


def _with_umask(mask, start):
    if mask < 0:
        return start()
    former = posix.umask(mask)
    try:
        return start()
    finally:
        posix.umask(former)


def _first(paths, args, env, flags, cwd, actions, pgroup, errpipe):
    errno = _ENOENT
    for path in paths:
        try:
            return processes._start(path, args, env, flags, cwd=cwd, actions=actions, pgroup=pgroup)
        except OSError as error:
            if error.errno not in (_ENOENT, _ENOTDIR) or errno == _ENOENT:
                errno = error.errno if error.errno != _ENOTDIR or len(paths) == 1 else errno
            if error.errno not in (_ENOENT, _ENOTDIR, _EACCES):
                break
    return _tell(errpipe, errno, b"")


def _flags(close_fds, restore_signals, call_setsid, group):
    flags = processes._CLOSE_FDS if close_fds else 0
    if restore_signals:
        flags |= processes._DEFAULT_SIGNALS
    if call_setsid:
        flags |= processes._SETSID
    if group >= 0:
        flags |= processes._SETPGROUP
    return flags, max(group, 0)


def _actions(streams, pass_fds, errpipe):
    """Copies low descriptors out of the way first, so that none is overwritten before it is used."""
    actions, spare = [], []
    for target, fd in enumerate(streams):
        if fd == -1:
            continue
        if fd < target:
            fd = posix.dup(fd)
            spare.append(fd)
        actions += [1, fd, target]
    for fd in pass_fds:
        if fd > 2 and fd != errpipe:
            actions += [1, fd, fd]
    return actions


def _folder_error(cwd):
    try:
        mode = posix.stat(cwd).st_mode
    except OSError as error:
        return error.errno
    return 0 if mode & 0o170000 == 0o040000 else _ENOTDIR


def _tell(errpipe, errno, text):
    posix.write(errpipe, b"OSError:%X:%b" % (errno, text))
    return _FAILED
