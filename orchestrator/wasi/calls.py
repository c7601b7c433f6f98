"""The whole ABI on one screen: every import a guest can have, in the specification's order.

Above: linker, table, engines. Below: the modules of the calls. Kinds of parameters are in `call`
(how they are passed) and `strace` (how they are shown).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from orchestrator.wasi import (
    args,
    clock,
    descriptors,
    directory,
    environ,
    extension,
    fd,
    fdstat,
    opening,
    path,
    poll,
    proc,
    processes,
    random,
    sched,
    signals,
    sock,
    spawning,
    storage,
    terminal,
)
from orchestrator.wasi.abi import EXTENSION, PREVIEW1
from orchestrator.wasi.call import Call, define

_W, _X = PREVIEW1, EXTENSION
_OPEN_PARAMS = (
    "fd:fd dirflags:lookup path:path oflags:oflags fs_rights_base:rights "
    "fs_rights_inheriting:rights fdflags:fdflags opened:=fd"
)
_LINK_PARAMS = "old_fd:fd old_flags:lookup old_path:path new_fd:fd new_path:path"
_TIMES_PARAMS = "fd:fd flags:lookup path:path atim:time mtim:time fst_flags:fstflags"

_TABLE = (
    define(_W, args.args_get, "argv:ptr argv_buf:ptr"),
    define(_W, args.args_sizes_get, "argc:=u32 argv_buf_size:=u32"),
    define(_W, environ.environ_get, "environ:ptr environ_buf:ptr"),
    define(_W, environ.environ_sizes_get, "environc:=u32 environ_buf_size:=u32"),
    define(_W, clock.clock_res_get, "id:clock resolution:=u64"),
    define(_W, clock.clock_time_get, "id:clock precision:time time:=u64"),
    define(_W, storage.fd_advise, "fd:fd offset:offset len:offset advice:advice"),
    define(_W, storage.fd_allocate, "fd:fd offset:offset len:offset"),
    define(_W, fd.fd_close, "fd:fd"),
    define(_W, storage.fd_datasync, "fd:fd"),
    define(_W, fdstat.fd_fdstat_get, "fd:fd stat:=fdstat"),
    define(_W, fdstat.fd_fdstat_set_flags, "fd:fd flags:fdflags"),
    define(
        _W, fdstat.fd_fdstat_set_rights, "fd:fd fs_rights_base:rights fs_rights_inheriting:rights"
    ),
    define(_W, fdstat.fd_filestat_get, "fd:fd stat:=filestat"),
    define(_W, storage.fd_filestat_set_size, "fd:fd size:offset"),
    define(_W, fdstat.fd_filestat_set_times, "fd:fd atim:time mtim:time fst_flags:fstflags"),
    define(_W, fd.fd_pread, "fd:fd iovs:iovecs offset:offset nread:=size"),
    define(_W, fdstat.fd_prestat_get, "fd:fd prestat:=prestat"),
    define(_W, fdstat.fd_prestat_dir_name, "fd:fd path:buffer"),
    define(_W, fd.fd_pwrite, "fd:fd iovs:ciovecs offset:offset nwritten:=size"),
    define(_W, fd.fd_read, "fd:fd iovs:iovecs nread:=size"),
    define(_W, directory.fd_readdir, "fd:fd buf:dirents cookie:cookie bufused:=size"),
    define(_W, fd.fd_renumber, "fd:fd to:fd"),
    define(_W, fd.fd_seek, "fd:fd offset:delta whence:whence newoffset:=u64"),
    define(_W, storage.fd_sync, "fd:fd"),
    define(_W, fd.fd_tell, "fd:fd offset:=u64"),
    define(_W, fd.fd_write, "fd:fd iovs:ciovecs nwritten:=size"),
    define(_W, path.path_create_directory, "fd:fd path:path"),
    define(_W, path.path_filestat_get, "fd:fd flags:lookup path:path stat:=filestat"),
    define(_W, path.path_filestat_set_times, _TIMES_PARAMS),
    define(_W, path.path_link, _LINK_PARAMS),
    define(_W, opening.path_open, _OPEN_PARAMS),
    define(_W, path.path_readlink, "fd:fd path:path buf:buffer bufused:=size"),
    define(_W, path.path_remove_directory, "fd:fd path:path"),
    define(_W, path.path_rename, "fd:fd old_path:path new_fd:fd new_path:path"),
    define(_W, path.path_symlink, "old_path:path fd:fd new_path:path"),
    define(_W, path.path_unlink_file, "fd:fd path:path"),
    define(
        _W,
        poll.poll_oneoff,
        "in:subscriptions out:events nsubscriptions:count nevents:=size",
    ),
    define(_W, proc.proc_exit, "rval:u32", result=""),
    define(_W, proc.proc_raise, "sig:signal"),
    define(_W, sched.sched_yield, ""),
    define(_W, random.random_get, "buf:buffer"),
    define(_W, sock.sock_accept, "fd:fd flags:fdflags opened:=fd"),
    define(_W, sock.sock_recv, "fd:fd ri_data:iovecs ri_flags:u32 ro_datalen:=size ro_flags:ptr"),
    define(_W, sock.sock_send, "fd:fd si_data:ciovecs si_flags:u32 so_datalen:=size"),
    define(_W, sock.sock_shutdown, "fd:fd how:u32"),
    define(_X, extension.getcwd, "buf:buffer length:=size"),
    define(_X, extension.path_stat, "fd:fd flags:lookup path:path stat:=owner"),
    define(_X, extension.fd_stat, "fd:fd stat:=owner"),
    define(_X, extension.path_chmod, "fd:fd flags:lookup path:path mode:mode"),
    define(_X, extension.fd_chmod, "fd:fd mode:mode"),
    define(_X, extension.umask, "mask:mode", result="value"),
    define(_X, extension.isatty, "fd:fd answer:=u32"),
    define(_X, extension.tty_get, "fd:fd modes:=u32"),
    define(_X, extension.tty_set, "fd:fd modes:u32at"),
    define(_X, extension.tty_size, "fd:fd size:=window"),
    define(_X, terminal.tty_get_2, "fd:fd settings:=termios"),
    define(_X, terminal.tty_set_2, "fd:fd settings:termios flags:ttyflags"),
    define(_X, spawning.proc_spawn, "request:spawn pid:=u32"),
    define(_X, processes.proc_wait, "pid:pid flags:wait result:=waited"),
    define(_X, processes.proc_kill, "pid:pid signal:signo"),
    define(_X, processes.proc_ids, "ids:=ids"),
    define(_X, processes.proc_setpgid, "pid:pid pgid:pid"),
    define(_X, processes.proc_setsid, ""),
    define(_X, descriptors.fd_pipe, "flags:cloexec fds:=fds"),
    define(_X, descriptors.fd_dup, "fd:fd least:fd flags:cloexec copy:=fd"),
    define(_X, descriptors.fd_dup2, "fd:fd to:fd flags:cloexec"),
    define(_X, descriptors.fd_cloexec, "fd:fd value:s32 former:=u32"),
    define(_X, processes.tty_getpgrp, "fd:fd pgid:=u32"),
    define(_X, processes.tty_setpgrp, "fd:fd pgid:pid"),
    define(_X, signals.signal_set, "signal:signo disposition:s32 former:=u32"),
    define(_X, signals.signal_take, "signal:=u32"),
    define(_X, signals.signal_flag, "word:ptr"),
    define(_X, signals.signal_timer, "after:time interval:time left:=u64"),
    define(_X, extension.memory_guard, "delta:u32", result="value"),
    define(_X, extension.yield_, "", result="value"),
)

CALLS: Mapping[tuple[str, str], Call] = MappingProxyType(
    {(call.module, call.name): call for call in _TABLE}
)
"""Every call by (module, name)."""
