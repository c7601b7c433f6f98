//! The calls of docs/abi.md, as Python functions of the module `_pagebox`.
//!
//! They are as thin as can be: the functions of `os`, `select` and `_posixsubprocess` that stand on them are written in
//! Python (`lib/`).

use core::ffi::c_int;

#[repr(C)]
pub struct SpawnRequest {
    pub path: *const u8,
    pub path_len: u32,
    pub argv: *const u8,
    pub argv_len: u32,
    pub env: *const u8,
    pub env_len: u32,
    pub cwd: *const u8,
    pub cwd_len: u32,
    pub actions: *const SpawnAction,
    pub actions_len: u32,
    pub flags: u32,
    pub pgroup: i32,
}

#[repr(C)]
pub struct SpawnAction {
    pub op: u32,
    pub from: u32,
    pub to: u32,
}

pub mod raw {
    #[link(wasm_import_module = "pagebox")]
    unsafe extern "C" {
        pub fn getcwd(buffer: *mut u8, size: u32, length: *mut u32) -> i32;
        pub fn proc_spawn(request: *const super::SpawnRequest, pid: *mut u32) -> i32;
        pub fn proc_wait(pid: i32, flags: u32, result: *mut [u32; 2]) -> i32;
        pub fn proc_kill(pid: i32, signal: u32) -> i32;
        pub fn proc_ids(ids: *mut [u32; 4]) -> i32;
        pub fn proc_setpgid(pid: u32, pgid: u32) -> i32;
        pub fn proc_setsid() -> i32;
        pub fn fd_pipe(flags: u32, fds: *mut [u32; 2]) -> i32;
        pub fn fd_dup(fd: u32, least: u32, flags: u32, new_fd: *mut u32) -> i32;
        pub fn fd_dup2(from: u32, to: u32, flags: u32) -> i32;
        pub fn fd_cloexec(fd: u32, set: i32, former: *mut u32) -> i32;
        pub fn tty_getpgrp(fd: u32, pgid: *mut u32) -> i32;
        pub fn tty_setpgrp(fd: u32, pgid: u32) -> i32;
        pub fn tty_get(fd: u32, modes: *mut u32) -> i32;
        pub fn tty_set(fd: u32, modes: *const u32) -> i32;
        pub fn tty_size(fd: u32, size: *mut [u16; 2]) -> i32;
        pub fn signal_set(signal: u32, disposition: u32, former: *mut u32) -> i32;
    }
}

unsafe extern "C" {
    /// `shared/library.c`; the build replaces its body.
    fn pagebox_library_read(destination: *mut u8, offset: u32, length: u32);
}

/// A part of the precompiled library, which lies in the module but not in the memory.
#[must_use]
pub fn library_read(offset: u32, length: u32) -> Vec<u8> {
    let mut bytes = vec![0; length as usize];
    unsafe { pagebox_library_read(bytes.as_mut_ptr(), offset, length) };
    bytes
}

/// Goes where the process stands. wasi-libc starts every program at "/".
pub fn enter_working_directory() -> Result<(), c_int> {
    const ROOM: u32 = 4096;
    let mut path = vec![0u8; ROOM as usize + 1];
    let mut length = 0;
    let errno = unsafe { raw::getcwd(path.as_mut_ptr(), ROOM, &mut length) };
    if errno != 0 {
        return Err(errno);
    }
    if path[0] != b'/' {
        return Err(libc::ENOENT);
    }
    path[length as usize] = 0;
    match unsafe { libc::chdir(path.as_ptr().cast()) } {
        0 => Ok(()),
        _ => Err(std::io::Error::last_os_error().raw_os_error().unwrap_or(libc::EIO)),
    }
}

/// Ends the process as the signal would end a program that knows nothing of it.
pub fn die_of(signal: u32) {
    const DEFAULT: u32 = 0;
    let (mut former, mut ids) = (0, [0; 4]);
    unsafe {
        raw::signal_set(signal, DEFAULT, &mut former);
        raw::proc_ids(&mut ids);
        raw::proc_kill(ids[0] as i32, signal);
    }
}

pub(crate) use calls::module_def;

#[rustpython_vm::pymodule(name = "_pagebox")]
mod calls {
    use super::{SpawnAction, SpawnRequest, raw};
    use rustpython_vm::{
        FromArgs, PyObjectRef, PyResult, VirtualMachine, convert::IntoPyException, function::ArgBytesLike,
    };
    use std::{
        io,
        time::{Duration, Instant},
    };

    fn check(errno: i32, vm: &VirtualMachine) -> PyResult<()> {
        match errno {
            0 => Ok(()),
            _ => Err(io::Error::from_raw_os_error(errno).into_pyexception(vm)),
        }
    }

    /// Calls until no signal gets in between; Python's handlers run in the meantime.
    fn retry(vm: &VirtualMachine, mut call: impl FnMut() -> i32) -> PyResult<()> {
        loop {
            match call() {
                libc::EINTR => vm.check_signals()?,
                errno => return check(errno, vm),
            }
        }
    }

    fn number(fd: i32, vm: &VirtualMachine) -> PyResult<u32> {
        u32::try_from(fd).map_err(|_| io::Error::from_raw_os_error(libc::EBADF).into_pyexception(vm))
    }

    #[derive(FromArgs)]
    struct Strings {
        #[pyarg(positional)]
        path: ArgBytesLike,
        #[pyarg(positional)]
        argv: ArgBytesLike,
        #[pyarg(positional)]
        env: ArgBytesLike,
        #[pyarg(positional)]
        cwd: ArgBytesLike,
    }

    /// Takes (path, argv, env, cwd, actions, flags, pgroup): argv and env packed, with a NUL after each string; actions
    /// as a flat list of three numbers each.
    #[pyfunction]
    fn spawn(
        strings: Strings,
        actions: Vec<u32>,
        flags: u32,
        pgroup: i32,
        vm: &VirtualMachine,
    ) -> PyResult<u32> {
        let (path, argv) = (strings.path.borrow_buf(), strings.argv.borrow_buf());
        let (env, cwd) = (strings.env.borrow_buf(), strings.cwd.borrow_buf());
        let actions: Vec<_> = actions
            .chunks_exact(3)
            .map(|part| SpawnAction { op: part[0], from: part[1], to: part[2] })
            .collect();
        let request = SpawnRequest {
            path: path.as_ptr(),
            path_len: path.len() as u32,
            argv: argv.as_ptr(),
            argv_len: argv.len() as u32,
            env: env.as_ptr(),
            env_len: env.len() as u32,
            cwd: cwd.as_ptr(),
            cwd_len: cwd.len() as u32,
            actions: actions.as_ptr(),
            actions_len: actions.len() as u32,
            flags,
            pgroup,
        };
        let mut pid = 0;
        retry(vm, || unsafe { raw::proc_spawn(&request, &mut pid) })?;
        Ok(pid)
    }

    #[pyfunction]
    fn wait(pid: i32, flags: u32, vm: &VirtualMachine) -> PyResult<(u32, u32)> {
        let mut result = [0; 2];
        retry(vm, || unsafe { raw::proc_wait(pid, flags, &mut result) })?;
        Ok((result[0], result[1]))
    }

    #[pyfunction]
    fn kill(pid: i32, signal: u32, vm: &VirtualMachine) -> PyResult<()> {
        check(unsafe { raw::proc_kill(pid, signal) }, vm)?;
        vm.check_signals()
    }

    #[pyfunction]
    fn ids(vm: &VirtualMachine) -> PyResult<(u32, u32, u32, u32)> {
        let mut ids = [0; 4];
        check(unsafe { raw::proc_ids(&mut ids) }, vm)?;
        Ok((ids[0], ids[1], ids[2], ids[3]))
    }

    #[pyfunction]
    fn setpgid(pid: u32, pgid: u32, vm: &VirtualMachine) -> PyResult<()> {
        check(unsafe { raw::proc_setpgid(pid, pgid) }, vm)
    }

    #[pyfunction]
    fn setsid(vm: &VirtualMachine) -> PyResult<()> {
        check(unsafe { raw::proc_setsid() }, vm)
    }

    #[pyfunction]
    fn pipe(flags: u32, vm: &VirtualMachine) -> PyResult<(u32, u32)> {
        let mut fds = [0; 2];
        check(unsafe { raw::fd_pipe(flags, &mut fds) }, vm)?;
        Ok((fds[0], fds[1]))
    }

    #[pyfunction]
    fn dup(fd: i32, least: u32, flags: u32, vm: &VirtualMachine) -> PyResult<u32> {
        let mut new = 0;
        check(unsafe { raw::fd_dup(number(fd, vm)?, least, flags, &mut new) }, vm)?;
        Ok(new)
    }

    #[pyfunction]
    fn dup2(from: i32, to: i32, flags: u32, vm: &VirtualMachine) -> PyResult<()> {
        check(unsafe { raw::fd_dup2(number(from, vm)?, number(to, vm)?, flags) }, vm)
    }

    #[pyfunction]
    fn cloexec(fd: i32, set: i32, vm: &VirtualMachine) -> PyResult<bool> {
        let mut former = 0;
        check(unsafe { raw::fd_cloexec(number(fd, vm)?, set, &mut former) }, vm)?;
        Ok(former != 0)
    }

    #[pyfunction]
    fn tty_getpgrp(fd: i32, vm: &VirtualMachine) -> PyResult<u32> {
        let mut group = 0;
        check(unsafe { raw::tty_getpgrp(number(fd, vm)?, &mut group) }, vm)?;
        Ok(group)
    }

    #[pyfunction]
    fn tty_setpgrp(fd: i32, group: u32, vm: &VirtualMachine) -> PyResult<()> {
        check(unsafe { raw::tty_setpgrp(number(fd, vm)?, group) }, vm)
    }

    #[pyfunction]
    fn tty_get(fd: i32, vm: &VirtualMachine) -> PyResult<u32> {
        let mut modes = 0;
        check(unsafe { raw::tty_get(number(fd, vm)?, &mut modes) }, vm)?;
        Ok(modes)
    }

    #[pyfunction]
    fn tty_set(fd: i32, modes: u32, vm: &VirtualMachine) -> PyResult<()> {
        check(unsafe { raw::tty_set(number(fd, vm)?, &modes) }, vm)
    }

    /// Rows and columns.
    #[pyfunction]
    fn tty_size(fd: i32, vm: &VirtualMachine) -> PyResult<(u16, u16)> {
        let mut size = [0; 2];
        check(unsafe { raw::tty_size(number(fd, vm)?, &mut size) }, vm)?;
        Ok((size[0], size[1]))
    }

    /// What is ready of `wanted`, a flat list of descriptors and events (Linux's numbers). A negative time waits for ever.
    #[pyfunction]
    fn poll(wanted: Vec<i32>, seconds: f64, vm: &VirtualMachine) -> PyResult<Vec<PyObjectRef>> {
        let mut set: Vec<_> = wanted
            .chunks_exact(2)
            .map(|part| libc::pollfd { fd: part[0], events: to_wasi(part[1]), revents: 0 })
            .collect();
        let deadline = (seconds >= 0.0).then(|| Instant::now() + Duration::from_secs_f64(seconds.min(1e9)));
        loop {
            let left = deadline.map_or(-1, |deadline| {
                let left = deadline.saturating_duration_since(Instant::now());
                i32::try_from(left.as_micros().div_ceil(1000)).unwrap_or(i32::MAX)
            });
            if unsafe { libc::poll(set.as_mut_ptr(), set.len() as _, left) } >= 0 {
                break;
            }
            let error = io::Error::last_os_error();
            if error.raw_os_error() != Some(libc::EINTR) {
                return Err(error.into_pyexception(vm));
            }
            vm.check_signals()?;
        }
        let ready = set.iter().filter(|entry| entry.revents != 0);
        Ok(ready.map(|entry| vm.new_tuple((entry.fd, to_linux(entry.revents))).into()).collect())
    }

    const EVENTS: [(i32, i16); 5] = [
        (0x01, libc::POLLIN),
        (0x04, libc::POLLOUT),
        (0x08, libc::POLLERR),
        (0x10, libc::POLLHUP),
        (0x20, libc::POLLNVAL),
    ];

    fn to_wasi(events: i32) -> i16 {
        EVENTS.iter().filter(|(linux, _)| events & linux != 0).fold(0, |all, (_, wasi)| all | wasi)
    }

    fn to_linux(events: i16) -> i32 {
        EVENTS.iter().filter(|(_, wasi)| events & wasi != 0).fold(0, |all, (linux, _)| all | linux)
    }

    /// A part of the precompiled library.
    #[pyfunction]
    fn library_read(offset: u32, length: u32, vm: &VirtualMachine) -> PyObjectRef {
        vm.ctx.new_bytes(super::library_read(offset, length)).into()
    }
}
